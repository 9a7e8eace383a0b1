package lake

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest/journal"
)

// TestForgottenPeopleStayForgotten takes a numeric and a textual follower out of lists of pages and of an import, and makes
// the lake again: they do not come back, and nobody's number changes.
func TestForgottenPeopleStayForgotten(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	j, err := journal.Open(dir + "/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	lk, err := Options{CommitRows: 1}.Open(dir + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	write := func(lk *Lake) {
		t.Helper()
		if _, err := lk.Write(ctx, j, followDecoders); err != nil {
			t.Fatal(err)
		}
	}
	followPages(t, j, follow("one", "A", "5550001", "ada-the-first", "12")) // 0, 1, 2
	write(lk)
	importList(t, lk, "set", "B", 7, 5550001) // 3
	followPages(t, j, follow("two", "A", "bob", "ada-the-first"))
	write(lk)
	for id, lists := range map[string]int{"5550001": 2, "ada-the-first": 2, "never-seen": 0} {
		rep, err := lk.Forget(ctx, "bluesky", id, time.Unix(0, 0))
		if err != nil || rep.Lists != lists || rep.Known != (lists > 0) {
			t.Errorf("forget %s: %+v %v, want %d lists", id, rep, err, lists)
		}
	}
	want := map[string][]uint32{"one": {2}, "import-set": {3}, "two": {4}}
	check := func(name string, lk *Lake, want map[string][]uint32) {
		t.Helper()
		if got := followerNumbers(t, lk); !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if _, err := lk.Verify(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name := fileWith(t, lk.dir, "5550001", "ada-the-first"); name != "" {
			t.Errorf("%s: %s names somebody who is forgotten", name, name)
		}
	}
	check("forgotten", lk, want)

	// Later pages and imports, then all of it again from the journal.
	followPages(t, j, follow("three", "A", "5550001", "never-seen", "zoe"))
	write(lk)
	importList(t, lk, "more", "B", 8, 5550001)
	want["three"], want["import-more"] = []uint32{5}, []uint32{6, noFollower} // the caller of NumberPeople leaves NoFollower out
	if got := followerNumbers(t, lk); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("later: %v, want %v", got, want)
	}
	if _, err := Reset(ctx, dir+"/lake"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	write(again)
	check("made again", again, want)
}

// fileWith names a file below dir that holds one of the texts; numbers count in the eight bytes of Parquet too.
func fileWith(t *testing.T, dir string, texts ...string) (name string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, s := range texts {
			n, ok := personNumber(s)
			if bytes.Contains(data, []byte(s)) || ok && bytes.Contains(data, asBytes([]uint64{n})) {
				name = path
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}
