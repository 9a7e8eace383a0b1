package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("JOURNAL_TEST_WRITER"); dir != "" {
		writeForever(dir)
	}
	goleak.VerifyTestMain(m)
}

// page is the n-th page of a source, with all fields set.
func page(source string, n int) ingest.Page {
	return ingest.Page{
		Source: source, Decoder: "test/v1", Document: fmt.Sprintf("doc-%d", n), URL: "https://example.org/微博?n=1", Platform: "twitter",
		FetchedAt: time.Date(2011, 2, 28, 12, 0, n, 123456789, time.UTC), Status: 200, MediaType: "application/json",
		Raw:  []byte(strings.Repeat(fmt.Sprintf("%s answer %d, 新浪微博\n", source, n), n%5)),
		Next: ingest.Cursor(fmt.Sprintf("after-%d", n)), Took: time.Duration(n) * time.Millisecond,
	}
}

func mustOpen(t testing.TB, o Options, dir string) *Journal {
	t.Helper()
	j, err := o.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func mustLand(t testing.TB, j *Journal, pages ...ingest.Page) {
	t.Helper()
	for _, p := range pages {
		if err := j.Land(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns all pages after a position and the error that ended it.
func read(j *Journal, after Pos) ([]ingest.Page, error) {
	var pages []ingest.Page
	next := after + 1
	for rec, err := range j.Records(context.Background(), after) {
		if err != nil {
			return pages, err
		}
		if rec.ID != next {
			return pages, fmt.Errorf("record %d where %d should come", rec.ID, next)
		}
		next++
		if len(rec.Page.Raw) == 0 {
			rec.Page.Raw = nil
		}
		pages = append(pages, rec.Page)
	}
	return pages, nil
}

func numbered(source string, from, to int) []ingest.Page {
	var pages []ingest.Page
	for n := from; n <= to; n++ {
		p := page(source, n)
		if len(p.Raw) == 0 {
			p.Raw = nil
		}
		pages = append(pages, p)
	}
	return pages
}

func checkPages(t testing.TB, j *Journal, after Pos, want []ingest.Page) {
	t.Helper()
	got, err := read(j, after)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages after %d (-want +got):\n%s", after, diff)
	}
}

func TestWhatWasLandedIsThere(t *testing.T) {
	for _, size := range []int64{0, 1, 600} { // one segment, one record each, a few each
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "journal")
			o := Options{SegmentBytes: size}
			j := mustOpen(t, o, dir)
			want := numbered("history", 1, 12)
			mustLand(t, j, want...)
			failed := ingest.Page{Source: "other", Document: "x", FetchedAt: time.Unix(1, 0).UTC(), Err: "timeout", Next: "c"}
			mustLand(t, j, failed)
			want = append(want, failed)
			checkPages(t, j, 0, want)
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}

			j = mustOpen(t, o, dir)
			checkPages(t, j, 0, want)
			checkPages(t, j, 5, want[5:])
			checkPages(t, j, 13, nil)
			for source, cursor := range map[string]ingest.Cursor{"history": "after-12", "other": "c", "none": ""} {
				if got, err := j.Cursor(t.Context(), source); got != cursor || err != nil {
					t.Errorf("cursor of %s = %q, %v, want %q", source, got, err, cursor)
				}
			}
			rep, err := j.Verify(t.Context())
			if err != nil || rep.Records != 13 || rep.Torn != 0 || len(j.Torn()) != 0 {
				t.Errorf("Verify = %+v, %v, want 13 records and nothing torn", rep, err)
			}
			if segs, _ := listSegments(dir); rep.Segments != len(segs) || (size == 1) != (len(segs) == 13) {
				t.Errorf("%d segments for a size of %d", len(segs), size)
			}
		})
	}
}

func TestPagesLandedAtOnceAreAllThere(t *testing.T) {
	const writers, each = 8, 25
	dir := t.TempDir()
	j := mustOpen(t, Options{SegmentBytes: 20_000}, dir)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := 1; n <= each; n++ {
				if err := j.Land(context.Background(), page(fmt.Sprint("source", w), n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	j.Close()
	j = mustOpen(t, Options{}, dir)
	got, err := read(j, 0)
	if err != nil || len(got) != writers*each {
		t.Fatalf("%d pages, %v, want %d", len(got), err, writers*each)
	}
	count := map[string]int{}
	for _, p := range got { // of each source in order
		count[p.Source]++
		if p.Document != fmt.Sprintf("doc-%d", count[p.Source]) {
			t.Errorf("%s: %s comes as number %d", p.Source, p.Document, count[p.Source])
		}
	}
	for w := range writers {
		if c, _ := j.Cursor(t.Context(), fmt.Sprint("source", w)); c != ingest.Cursor(fmt.Sprintf("after-%d", each)) {
			t.Errorf("cursor %q", c)
		}
	}
}

func TestTwoWritersNeverMeet(t *testing.T) {
	dir := t.TempDir()
	first := mustOpen(t, Options{}, dir)
	_, err := Open(dir)
	var locked *durable.LockedError
	if !errors.As(err, &locked) || locked.PID != os.Getpid() || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Fatalf("second Open: %v, want a LockedError with the process id", err)
	}
	reader := mustOpen(t, Options{ReadOnly: true}, dir)
	mustLand(t, first, page("a", 1))
	if err := reader.Land(t.Context(), page("a", 2)); err == nil {
		t.Error("a journal open for reading took a page")
	}
	first.Close()
	mustOpen(t, Options{}, dir)
}

func TestReadingBesideAWriter(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, Options{}, dir)
	mustLand(t, j, numbered("a", 1, 3)...)
	segs, _ := listSegments(dir)
	f, err := os.OpenFile(segs[0].path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("otjr half a record") // the writer is in the middle of one
	f.Close()
	before, _ := os.ReadFile(segs[0].path)
	reader := mustOpen(t, Options{ReadOnly: true}, dir)
	checkPages(t, reader, 0, numbered("a", 1, 3))
	if rep, err := reader.Verify(t.Context()); err != nil || rep.Records != 3 {
		t.Errorf("Verify = %+v, %v", rep, err)
	}
	if after, _ := os.ReadFile(segs[0].path); string(after) != string(before) {
		t.Error("reading changed the journal")
	}
	if empty := mustOpen(t, Options{ReadOnly: true}, filepath.Join(dir, "none")); empty.Last() != 0 {
		t.Error("a journal that is not there has records")
	}
}

func TestLandSaysNo(t *testing.T) {
	j := mustOpen(t, Options{}, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Land(ctx, page("a", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Land with a done context: %v", err)
	}
	if err := j.Land(t.Context(), ingest.Page{Document: "x"}); err == nil {
		t.Error("a page without a source was taken")
	}
	j.Close()
	if err := j.Land(t.Context(), page("a", 1)); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("Land after Close: %v", err)
	}
}

func TestRecordsStopWithTheContext(t *testing.T) {
	j := mustOpen(t, Options{SegmentBytes: 1}, t.TempDir())
	mustLand(t, j, numbered("a", 1, 5)...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var last error
	for _, err := range j.Records(ctx, 0) {
		if last = err; err == nil {
			n++
		}
		cancel()
	}
	if n != 1 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d records and %v, want one and context.Canceled", n, last)
	}
}

func TestNewerVersionIsRefused(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, Options{}, dir)
	mustLand(t, j, page("a", 1))
	j.Close()
	segs, _ := listSegments(dir)
	b, _ := os.ReadFile(segs[0].path)
	b[8] = version + 1
	os.WriteFile(segs[0].path, b, 0o644)
	_, err := Open(dir)
	var v *VersionError
	if !errors.As(err, &v) || v.Version != version+1 || !strings.Contains(err.Error(), "newer overtake") || !strings.Contains(err.Error(), segs[0].path) {
		t.Errorf("Open: %v, want a VersionError that names the file", err)
	}
}

func TestMissingSegmentIsNoticed(t *testing.T) {
	for _, gone := range []int{0, 1, 2} {
		dir := t.TempDir()
		j := mustOpen(t, Options{SegmentBytes: 1}, dir)
		mustLand(t, j, numbered("a", 1, 4)...)
		segs, _ := listSegments(dir)
		os.Remove(segs[gone].path)
		var damage *DamageError
		if _, err := j.Verify(t.Context()); !errors.As(err, &damage) {
			t.Errorf("without segment %d: Verify says %v, want a DamageError", gone, err)
		}
	}
}

func TestStrangeSegmentNameIsRefused(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "copy of 000000000001.otj"), nil, 0o644)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "copy of") {
		t.Errorf("Open: %v, want an error that names the file", err)
	}
}

func TestReaderThatKnowsMoreThanTheJournalIsTold(t *testing.T) {
	j := mustOpen(t, Options{}, t.TempDir())
	mustLand(t, j, page("a", 1))
	if _, err := read(j, 7); err == nil || !strings.Contains(err.Error(), "lost records") {
		t.Errorf("reading behind the end: %v", err)
	}
}

func BenchmarkLand(b *testing.B) {
	j := mustOpen(b, Options{}, b.TempDir())
	p := page("a", 1)
	p.Raw = []byte(strings.Repeat(`{"id":12345,"name":"someone","followers":1173000},`, 200))
	b.SetBytes(int64(len(p.Raw)))
	for b.Loop() {
		if err := j.Land(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecords(b *testing.B) {
	j := mustOpen(b, Options{}, b.TempDir())
	p := page("a", 1)
	p.Raw = []byte(strings.Repeat(`{"id":12345,"name":"someone","followers":1173000},`, 200))
	for range 1000 {
		mustLand(b, j, p)
	}
	b.SetBytes(1000 * int64(len(p.Raw)))
	for b.Loop() {
		for _, err := range j.Records(b.Context(), 0) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
