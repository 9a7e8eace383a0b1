package warehouse_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/data"
)

func TestARunThatBringsNothingChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	_, stats := f.run(seriesJob{})
	if stats.Files == 0 || stats.Rows < 3000 {
		t.Errorf("first run loaded %d files with %d rows, want all of the history", stats.Files, stats.Rows)
	}
	before, err := os.Stat(f.path())
	if err != nil {
		t.Fatal(err)
	}
	d, stats := f.run(seriesJob{})
	if stats.Files != 0 || stats.Rows != 0 {
		t.Errorf("second run loaded %+v, want nothing", stats)
	}
	after, err := os.Stat(f.path())
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("the second run published a new file though nothing is new")
	}
	if n := ask(t, d, "select count(*) from marts.platforms"); n != "8" {
		t.Errorf("the draft answers %s platforms, want 8", n)
	}
	if err := d.Discard(); err != nil {
		t.Error(err)
	}
	if left := f.left(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOnlyNewFilesAreLoaded(t *testing.T) {
	t.Parallel()
	f := changedFolder(t)
	d, stats := f.run()
	// The changed file comes again whole, and nothing else does.
	if stats.Rows != 114+1 {
		t.Errorf("second run loaded %d rows, want the 114 of events.csv and its attempt", stats.Rows)
	}
	want := published(t)
	if d := cmp.Diff(figures(t, want), figures(t, d)); d != "" {
		t.Errorf("figures of one load and of two differ (-one +two):\n%s", d)
	}
	if n := ask(t, d, "select count(*) - count(distinct file) from meta.loads"); n != "0" {
		t.Errorf("%s files stand twice in the ledger", n)
	}
}

func TestAReaderKeepsWhatItOpened(t *testing.T) {
	t.Parallel()
	f := olderFolder(t)
	reader := f.open()
	before := ask(t, reader, "select count(*) from marts.events")
	f.collect(data.History)
	f.run()
	if now := ask(t, reader, "select count(*) from marts.events"); now != before {
		t.Errorf("the reader saw %s events and now %s", before, now)
	}
	if now := ask(t, f.open(), "select count(*) from marts.events"); before != "94" || now != "114" {
		t.Errorf("%s events before and %s after, want 94 and 114", before, now)
	}
}

func TestDiscardLeavesThePublishedFile(t *testing.T) {
	t.Parallel()
	f := olderFolder(t)
	before := sum(t, f.path())
	f.collect(data.History)
	d, err := warehouse.Begin(t.Context(), f.options())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := ask(t, d, "select count(distinct page) from lake.events"); n != "2" {
		t.Errorf("the draft has %s states of the file, want 2", n)
	}
	if err := errors.Join(d.Discard(), d.Discard()); err != nil {
		t.Error(err)
	}
	if sum(t, f.path()) != before {
		t.Error("the published file changed")
	}
	if left := f.left(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestACancelledRunLeavesThePublishedFile(t *testing.T) {
	f := olderFolder(t)
	before := sum(t, f.path())
	f.collect(data.History)
	for _, at := range []string{"inserted", "built"} {
		ctx, cancel := context.WithCancel(t.Context())
		warehouse.SetStep(func(name string) {
			if name == at {
				cancel()
			}
		})
		_, _, err := attempt(ctx, f.options())
		warehouse.SetStep(func(string) {})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled when %s: error %v, want that of the context", at, err)
		}
		if sum(t, f.path()) != before {
			t.Fatalf("cancelled when %s: the published file changed", at)
		}
		if left := f.left(); len(left) > 0 {
			t.Errorf("cancelled when %s: left behind %v", at, left)
		}
	}
	f.run()
}

func TestAFileThatIsNoneOfOursIsMovedAside(t *testing.T) {
	t.Parallel()
	garbage := map[string]func(t *testing.T, f folder){
		"garbage": func(t *testing.T, f folder) { write(t, f.path(), strings.Repeat("no database ", 1000)) },
		"empty":   func(t *testing.T, f folder) { write(t, f.path(), "") },
		"cut":     func(t *testing.T, f folder) { truncate(t, f.path(), 20_000) },
		"another database": func(t *testing.T, f folder) {
			if err := os.Remove(f.path()); err != nil {
				t.Fatal(err)
			}
			release, err := warehouse.HoldForWriting(f.path())
			if err != nil {
				t.Fatal(err)
			}
			release()
		},
		"a damaged header": func(t *testing.T, f folder) { flip(t, f.path(), 4096+20) },
	}
	for name, make := range garbage {
		t.Run(name, func(t *testing.T) {
			f := publishedFolder(t)
			make(t, f)
			was := sum(t, f.path())
			d, err := warehouse.Begin(t.Context(), f.options())
			if err != nil {
				t.Fatal(err)
			}
			defer d.Discard()
			if notes := d.Notes(); len(notes) != 1 || !strings.Contains(notes[0], f.path()+".broken-1") {
				t.Errorf("notes %q, want one that names the file moved aside", notes)
			}
			if sum(t, f.path()+".broken-1") != was {
				t.Error("the file moved aside is not what stood there")
			}
			if n := ask(t, d, "select count(*) from meta.loads"); n != "0" {
				t.Errorf("the draft begins with %s files loaded, want none", n)
			}
		})
	}
}

func TestARunAfterGarbageIsLikeTheFirst(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	write(t, f.path(), "garbage")
	write(t, f.path()+".broken-1", "that of last week")
	d, stats := f.run()
	if notes := d.Notes(); stats.Rows < 3000 || len(notes) != 1 || !strings.Contains(notes[0], ".broken-2") {
		t.Errorf("loaded %d rows, notes %q: want all rows and a note with .broken-2", stats.Rows, notes)
	}
	if diff := cmp.Diff(figures(t, published(t)), figures(t, f.open())); diff != "" {
		t.Errorf("figures (-first run +after garbage):\n%s", diff)
	}
}

// A bit flipped in the rows is found when they are read, and the warehouse is made again.
func TestDamagedRowsAreMadeAgain(t *testing.T) {
	t.Parallel()
	f := olderFolder(t)
	damageRows(t, f)
	f.collect(data.History)
	d, stats := f.run()
	want := published(t)
	if d := cmp.Diff(figures(t, want), figures(t, d)); d != "" {
		t.Errorf("figures after the damage (-want +got):\n%s", d)
	}
	if len(d.Notes()) == 0 {
		t.Error("nothing was said of the damage")
	}
	t.Logf("loaded %d rows; %v", stats.Rows, d.Notes())
}

// damageRows flips a byte in each block of the file but the headers and those that DuckDB needs to open it.
func damageRows(t *testing.T, f folder) {
	t.Helper()
	b, err := os.ReadFile(f.path())
	if err != nil {
		t.Fatal(err)
	}
	damaged := 0
	for at := 3*4096 + 8000; at < len(b) && damaged < 12; at += 3 * 16384 {
		b[at] ^= 0xff
		write(t, f.path(), string(b))
		if db, err := warehouse.Open(t.Context(), f.path()); err != nil {
			b[at] ^= 0xff // the catalog: too much for this test
		} else {
			damaged++
			db.Close()
		}
	}
	write(t, f.path(), string(b))
	if damaged < 12 {
		t.Fatalf("only %d blocks damaged", damaged)
	}
}

func TestALakeMadeAnewIsLoadedFromTheStart(t *testing.T) {
	t.Parallel()
	f := olderFolder(t)
	for _, name := range []string{"journal", "lake"} {
		if err := os.RemoveAll(filepath.Join(f.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	f.collect(data.History)
	d, _ := f.run()
	if n := ask(t, d, "select count(*) from lake.events"); n != "114" {
		t.Errorf("%s rows of events, want 114: those of the old lake must be gone", n)
	}
	if len(d.Notes()) > 0 {
		t.Errorf("notes %q: nothing was broken", d.Notes())
	}
}

func TestAsOfIsTheLatestPublication(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	d, _ := f.run()
	got, err := d.AsOf(t.Context())
	if want := time.Date(2026, 1, 8, 0, 0, 0, 0, time.UTC); err != nil || !got.Equal(want) {
		t.Errorf("AsOf = %v, %v, want %v", got, err, want)
	}
	opt := f.options()
	opt.AsOf = time.Date(2011, 2, 28, 0, 0, 0, 0, time.UTC)
	d, _, err = attempt(t.Context(), opt, seriesJob{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	if got, err := d.AsOf(t.Context()); err != nil || !got.Equal(opt.AsOf) {
		t.Errorf("AsOf = %v, %v, want that of the options, %v", got, err, opt.AsOf)
	}
	if got, err := f.open().AsOf(t.Context()); err != nil || !got.Equal(opt.AsOf) {
		t.Errorf("AsOf of the published file = %v, %v, want that of its results, %v", got, err, opt.AsOf)
	}
}

func TestAFolderWithoutLakeGivesEmptyTables(t *testing.T) {
	t.Parallel()
	f := folder{t, filepath.Join(t.TempDir(), "new", "folder")}
	d, stats := f.run()
	if stats.Rows != 0 {
		t.Errorf("loaded %d rows of nothing", stats.Rows)
	}
	if n := ask(t, d, "select count(*) from marts.platform_readings"); n != "0" {
		t.Errorf("%s readings, want none", n)
	}
	if _, err := d.AsOf(t.Context()); err == nil || !strings.Contains(err.Error(), "no dated figure") {
		t.Errorf("AsOf without data: error %v", err)
	}
}

func TestAForeignLogGoesAside(t *testing.T) {
	t.Parallel()
	f := olderFolder(t)
	write(t, f.path()+".wal", "the log of a program that was killed")
	f.collect(data.History)
	d, _ := f.run()
	if n := ask(t, f.open(), "select count(*) from marts.events"); n != "114" {
		t.Errorf("%s events, want 114", n)
	}
	if len(d.Notes()) != 1 || !slices.ContainsFunc(f.left(), func(n string) bool { return strings.HasSuffix(n, ".wal") && n != "overtake.duckdb.wal" }) {
		t.Errorf("notes %q, left %v: want the log moved aside and a note", d.Notes(), f.left())
	}
}

func TestBeginSaysWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	if err := os.Mkdir(f.path(), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouse.Begin(t.Context(), f.options()); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("a folder in the place of the file: error %v", err)
	}
	opt := f.options()
	write(t, filepath.Join(f.dir, "file"), "")
	opt.Path = filepath.Join(f.dir, "file", "overtake.duckdb")
	if _, err := warehouse.Begin(t.Context(), opt); err == nil || !strings.Contains(err.Error(), opt.Path) {
		t.Errorf("a file in the place of the folder: error %v", err)
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	if _, err := warehouse.Open(t.Context(), f.path()); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "overtake run") {
		t.Errorf("nothing published: error %v", err)
	}
	write(t, f.path(), strings.Repeat("no database ", 1000))
	if _, err := warehouse.Open(t.Context(), f.path()); err == nil || !strings.Contains(err.Error(), "overtake rebuild") {
		t.Errorf("garbage: error %v", err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, name string, size int64) {
	t.Helper()
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
}

// flip changes one bit of a file.
func flip(t *testing.T, name string, at int) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
}
