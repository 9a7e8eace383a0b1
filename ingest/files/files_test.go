package files

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
)

// collect reads all pages from a cursor.
func collect(t *testing.T, src ingest.Source, from ingest.Cursor) []ingest.Page {
	t.Helper()
	var pages []ingest.Page
	for p, err := range src.Pages(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, p)
	}
	return pages
}

func documents(pages []ingest.Page) []string {
	var names []string
	for _, p := range pages {
		names = append(names, p.Document)
	}
	return names
}

func TestHistoryIsReadOnce(t *testing.T) {
	src := History(data.History)
	pages := collect(t, src, "")
	if len(pages) != len(tables()) {
		t.Fatalf("%d pages, want one for each of %d files", len(pages), len(tables()))
	}
	for i, p := range pages {
		// A run that stops behind any page goes on with the next one.
		rest := collect(t, src, p.Next)
		if !slices.Equal(documents(rest), documents(pages[i+1:])) {
			t.Errorf("after %s: %v, want %v", p.Document, documents(rest), documents(pages[i+1:]))
		}
	}
}

func TestOnlyChangedFilesAreReadAgain(t *testing.T) {
	fsys := fstest.MapFS{
		"history/a.csv":     {Data: []byte("x")},
		"history/b.csv":     {Data: []byte("y")},
		"history/notes.txt": {Data: []byte("no table")},
	}
	pages := collect(t, History(fsys), "")
	if got := documents(pages); !slices.Equal(got, []string{"history/a.csv", "history/b.csv"}) {
		t.Fatalf("documents %v", got)
	}
	end := pages[1].Next
	fsys["history/b.csv"] = &fstest.MapFile{Data: []byte("z")}
	fsys["history/c.csv"] = &fstest.MapFile{Data: []byte("new")}
	again := collect(t, History(fsys), end)
	if got := documents(again); !slices.Equal(got, []string{"history/b.csv", "history/c.csv"}) {
		t.Errorf("after a change: %v, want the changed and the new file", got)
	}
	if got := collect(t, History(fsys), again[1].Next); len(got) != 0 {
		t.Errorf("after that: %v, want nothing", documents(got))
	}
}

// sick is a file system of which one file cannot be read.
type sick struct{ fstest.MapFS }

func (s sick) ReadFile(name string) ([]byte, error) {
	if name == "history/a.csv" {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("input/output error")}
	}
	return s.MapFS.ReadFile(name)
}

func TestUnreadableFileIsAnAttempt(t *testing.T) {
	fsys := sick{fstest.MapFS{"history/a.csv": {Data: []byte("x")}, "history/b.csv": {Data: []byte("y")}}}
	pages := collect(t, History(fsys), "")
	if len(pages) != 2 || !strings.Contains(pages[0].Err, "input/output error") || pages[1].Err != "" {
		t.Fatalf("pages %+v, want the first as a failed attempt and the second whole", pages)
	}
	if healed := collect(t, History(fsys.MapFS), pages[1].Next); len(healed) != 1 || healed[0].Document != "history/a.csv" {
		t.Errorf("once it can be read: %v, want history/a.csv", documents(healed))
	}
}

func TestHistoryObeysContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var last error
	for _, err := range History(data.History).Pages(ctx, "") {
		if last = err; err == nil {
			n++
		}
		cancel()
	}
	if n != 1 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d pages and the error %v, want one page and context.Canceled", n, last)
	}
}

func TestHistoryRefusesAForeignCursor(t *testing.T) {
	for _, err := range History(data.History).Pages(t.Context(), "next_page=7") {
		if err == nil {
			t.Error("a cursor of another source was accepted")
		}
	}
}

func TestOwnFilesStandBesideTheShippedOnes(t *testing.T) {
	fsys := fstest.MapFS{"history/events.csv": {Data: []byte("x")}}
	own := fstest.MapFS{"events.csv": {Data: []byte("x")}, "deep/more.csv": {Data: []byte("y")}}
	pages := collect(t, History(fsys, own), "")
	if got := documents(pages); !slices.Equal(got, []string{"history/events.csv", "own/events.csv"}) {
		t.Errorf("documents %v: a file of the same name and bytes is another document", got)
	}
	if again := collect(t, History(fsys, own), pages[1].Next); len(again) != 0 {
		t.Errorf("unchanged, they are read again: %v", documents(again))
	}
}
