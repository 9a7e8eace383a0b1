package lake

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// importList imports one list of numeric ids as a data set of its own.
func importList(t *testing.T, lk *Lake, id, account string, followers ...uint64) {
	t.Helper()
	ctx := context.Background()
	im, err := lk.BeginImport("bluesky", time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	im.Named(id, id+".txt")
	var nos []uint32
	if err := im.NumberPeople(ctx, slices.Values(followers), func(no uint32) { nos = append(nos, no) }); err != nil {
		t.Fatal(err)
	}
	no, err := im.Number(account)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(nos)
	w, err := im.CreateRuns()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(no, "import-"+id, account, nos); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := im.List(no, ingest.ListReading{Platform: "bluesky", List: "import-" + id, NativeID: account}); err != nil {
		t.Fatal(err)
	}
	if err := im.Commit(ctx, Import{ID: id, Platform: "bluesky", Files: []ImportedFile{{Name: id + ".txt", SHA256: id}}}); err != nil {
		t.Fatal(err)
	}
}

// TestImportsSurviveARebuild builds a lake of pages and imports in turn, and makes it again from the journal.
func TestImportsSurviveARebuild(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	j, err := journal.Open(dir + "/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	lk, err := Open(dir + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	write := func(lk *Lake) {
		t.Helper()
		if _, err := lk.Write(ctx, j, followDecoders); err != nil {
			t.Fatal(err)
		}
	}
	importList(t, lk, "first", "Z", 5, 7) // before the journal has a record
	followPages(t, j, follow("one", "A", "7", "ada"))
	write(lk)
	importList(t, lk, "second", "A", 1, 7, 9)
	importList(t, lk, "third", "B", 2, 9)
	followPages(t, j, follow("two", "B", "2", "3"), follow("one", "A", "3"))
	write(lk)
	want := map[string][]uint32{"import-first": {0, 1}, "one": {1, 2, 6}, "import-second": {1, 3, 4}, "import-third": {4, 5}, "two": {5, 6}}
	if got := followerNumbers(t, lk); !maps.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("before: %v, want %v", got, want)
	}
	files := len(lk.Files())

	again := func(name string) {
		t.Helper()
		lk, err := Open(dir + "/lake")
		if err != nil {
			t.Fatal(err)
		}
		write(lk)
		if got := followerNumbers(t, lk); !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if rep, err := lk.Verify(ctx); err != nil || rep.Accounts != 3 {
			t.Errorf("%s: %+v %v, want three accounts", name, rep, err)
		}
		if n := len(lk.Imports()); n != 3 {
			t.Errorf("%s: %d imports, want 3", name, n)
		}
		if len(lk.WaitingImports()) != 0 {
			t.Errorf("%s: imports still wait", name)
		}
	}
	reset := func() ResetReport {
		t.Helper()
		rep, err := Reset(ctx, dir+"/lake")
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
	if rep := reset(); len(rep.Kept) != 3 || len(rep.Lost) != 0 {
		t.Fatalf("reset: %+v", rep)
	}
	again("made again")
	if got, err := Open(dir + "/lake"); err != nil || len(got.Files()) > files {
		t.Errorf("%d files, had %d (%v)", len(got.Files()), files, err)
	}

	// A manifest that cannot be read breaks the chain; the imports behind it are still found.
	os.WriteFile(dir+"/lake/_commits/000002.json", []byte("{}"), 0o644)
	if _, err := Open(dir + "/lake"); err == nil {
		t.Fatal("a broken chain opens")
	}
	reset()
	reset() // interrupted before Write, and begun again
	again("made again from a broken chain")

	// An import whose file is damaged is given up, and said to be.
	open, err := Open(dir + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range open.manifests {
		if m.Import != nil && m.Import.ID == "third" {
			os.Truncate(open.path(m.Follows[0].Path), 50)
		}
	}
	if rep := reset(); len(rep.Kept) != 2 || len(rep.Lost) != 1 || !strings.Contains(rep.Lost[0], "third.txt") {
		t.Errorf("reset with a damaged import: %+v", rep)
	}
}
