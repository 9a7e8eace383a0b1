package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/files"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("LAKE_TEST_WRITER"); dir != "" {
		writeAndDie(dir)
	}
	goleak.VerifyTestMain(m)
}

// openJournal opens a journal that is closed when the test ends.
func openJournal(t testing.TB, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// landHistory lands the files that j does not hold yet.
func landHistory(t testing.TB, j *journal.Journal, fsys fs.FS) {
	t.Helper()
	if _, err := ingest.Collect(t.Context(), files.History(fsys), j, nil); err != nil {
		t.Fatal(err)
	}
}

// openLake opens a lake whose commits are small.
func openLake(t testing.TB, dir string) *Lake {
	t.Helper()
	lk, err := Options{CommitRows: 5}.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return lk
}

// decoders of the tests: each line of a page is "platform account followers". A document named file... replaces its older
// pages; a page that begins with "broken" cannot be decoded.
var decoders = map[string]ingest.Decoder{"test/v1": func(p ingest.Page) (ingest.Rows, error) {
	rows := ingest.Rows{Replaces: strings.HasPrefix(p.Document, "file")}
	if bytes.HasPrefix(p.Raw, []byte("broken")) {
		return ingest.Rows{}, errors.New("no header")
	}
	for line := range strings.Lines(string(p.Raw)) {
		f := strings.Fields(line)
		n, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			rows.Quarantine = append(rows.Quarantine, ingest.Reject{Document: p.Document, Line: 1, Text: line, Reason: err.Error()})
			continue
		}
		r, _ := ingest.ExactReading(ingest.Followers, n)
		platform := ingest.Platform(f[0])
		rows.Accounts = append(rows.Accounts, ingest.Account{Platform: platform, NativeID: f[1], Handle: f[1]})
		rows.Snapshots = append(rows.Snapshots, ingest.Snapshot{Platform: platform, NativeID: f[1], Reading: r})
	}
	return rows, nil
}}

// land lands pages of the source "test".
func land(t testing.TB, j *journal.Journal, document string, raws ...string) {
	t.Helper()
	for _, raw := range raws {
		p := ingest.Page{Source: "test", Decoder: "test/v1", Document: document, Platform: "twitter",
			FetchedAt: time.Date(2026, 1, 9, 1, 2, 3, 4000, time.UTC), Raw: []byte(raw)}
		if err := j.Land(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
}

// someJournal holds six pages that make several commits of a small lake.
func someJournal(t testing.TB, dir string) *journal.Journal {
	t.Helper()
	j := openJournal(t, dir)
	land(t, j, "file 1", "twitter gaga 10\ntwitter katy 9\nsina_weibo yaochen 8\n")
	land(t, j, "list", "sina_weibo xiena 7\ntwitter gaga 11\n", "twitter oprah 5\nmastodon gargron 1\n")
	land(t, j, "file 1", "twitter gaga 12\ntwitter katy x\n", "broken\n")
	land(t, j, "list", "twitter katy 13\nsina_weibo yaochen 9\ntwitter yaochen 2\n")
	return j
}

func mustWrite(t testing.TB, lk *Lake, j *journal.Journal) Stats {
	t.Helper()
	stats, err := lk.Write(t.Context(), j, decoders)
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

// contents are all files under dir, by path.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "_lock" {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rowsOf reads a dataset back, file by file in the order of the commits, with the platform of the path.
func rowsOf(t testing.TB, lk *Lake, dataset string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, f := range lk.Files() {
		if f.Dataset != dataset {
			continue
		}
		text, err := os.ReadFile(lk.path(f.Path))
		if err != nil {
			t.Fatal(err)
		}
		table, err := pqarrow.ReadTable(context.Background(), bytes.NewReader(text), nil, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		platform, err := platformOf(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		rows := make([]map[string]any, table.NumRows())
		for i := range rows {
			rows[i] = map[string]any{"platform": string(platform)}
		}
		for c := range int(table.NumCols()) {
			name, i := table.Schema().Field(c).Name, 0
			for _, chunk := range table.Column(c).Data().Chunks() {
				for k := range chunk.Len() {
					rows[i][name] = chunk.GetOneForMarshal(k)
					i++
				}
			}
		}
		table.Release()
		all = append(all, rows...)
	}
	return all
}

func TestHistoryArrivesInTheLake(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, filepath.Join(dir, "journal"))
	landHistory(t, j, data.History)
	lk, err := Open(filepath.Join(dir, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	stats, err := lk.Write(t.Context(), j, files.Decoders())
	if err != nil {
		t.Fatal(err)
	}
	// Counted from the files: data rows of each, four figures a day from bluesky_daily.csv.
	want := map[string]int64{"snapshots": 1266 + 895, "rankings": 355, "platform_metrics": 613 + 7 + 4*122, "events": 114, "forecasts": 3, "platforms": 8, "attempts": 10}
	for dataset, n := range want {
		if stats.Rows[dataset] != n {
			t.Errorf("%d rows of %s, want %d", stats.Rows[dataset], dataset, n)
		}
	}
	if stats.Rejects != 0 || stats.BadPages != 0 || stats.Commits != 1 {
		t.Errorf("%d rows and %d pages refused in %d commits, want none and one", stats.Rejects, stats.BadPages, stats.Commits)
	}
	rep, err := lk.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rep.Accounts != 71 {
		t.Errorf("%d account numbers, want 71: the distinct platform and account of both files", rep.Accounts)
	}
	before := contents(t, lk.dir)
	again, err := lk.Write(t.Context(), j, files.Decoders())
	if err != nil || again.Pages != 0 || again.Files != 0 || !maps.Equal(before, contents(t, lk.dir)) {
		t.Errorf("second Write: %+v, %v, want nothing to do", again, err)
	}

	// Made again from the journal, with another number of workers, it is the same lake to the byte.
	if err := lk.Remove(); err != nil {
		t.Fatal(err)
	}
	if left := contents(t, lk.dir); len(left) != 0 {
		t.Errorf("Remove left %v", slices.Sorted(maps.Keys(left)))
	}
	if lk, err = (Options{Workers: 7}).Open(lk.dir); err != nil {
		t.Fatal(err)
	}
	if _, err := lk.Write(t.Context(), j, files.Decoders()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(contents(t, lk.dir)))); diff != "" {
		t.Errorf("files (-first +rebuilt):\n%s", diff)
	}
	if !maps.Equal(before, contents(t, lk.dir)) {
		t.Error("the rebuilt files have other bytes")
	}
}

func TestAccountNumbersStay(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, j)
	want := map[string]uint32{ // in the order in which the journal names them
		"twitter gaga": 0, "twitter katy": 1, "sina_weibo yaochen": 0, "sina_weibo xiena": 1, "twitter oprah": 2, "mastodon gargron": 0, "twitter yaochen": 3,
	}
	check := func(when string) {
		t.Helper()
		for _, dataset := range []string{"accounts", "snapshots"} {
			got := map[string]uint32{}
			for _, r := range rowsOf(t, lk, dataset) {
				name := fmt.Sprint(r["platform"], " ", r["native_id"])
				no := r["account_no"].(uint32)
				if old, ok := got[name]; ok && old != no {
					t.Errorf("%s: %s has the numbers %d and %d", when, name, old, no)
				}
				got[name] = no
			}
			for name, no := range got {
				if no != want[name] {
					t.Errorf("%s: %s in %s has number %d, want %d", when, name, dataset, no, want[name])
				}
			}
		}
	}
	check("at first")
	land(t, j, "list", "twitter newcomer 1\ntwitter oprah 6\n")
	want["twitter newcomer"] = 4
	lk = openLake(t, lk.dir) // numbers come from the files
	mustWrite(t, lk, j)
	check("later")
	if err := lk.Remove(); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, lk, j)
	check("rebuilt")
	if rep, err := lk.Verify(t.Context()); err != nil || rep.Accounts != 8 {
		t.Errorf("Verify = %+v, %v, want 8 accounts", rep, err)
	}
}

// TestSeveralCommitsHoldTheSameRows: how often Write is called changes files, never rows or their order.
func TestSeveralCommitsHoldTheSameRows(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	small, large := openLake(t, filepath.Join(dir, "small")), openLake(t, filepath.Join(dir, "large"))
	large.options.CommitRows = 1000
	a, b := mustWrite(t, small, j), mustWrite(t, large, j)
	if a.Commits < 3 || b.Commits != 1 {
		t.Fatalf("%d and %d commits, want several and one", a.Commits, b.Commits)
	}
	if !maps.Equal(a.Rows, b.Rows) || a.Pages != b.Pages || a.Rejects != b.Rejects || a.BadPages != b.BadPages {
		t.Errorf("%+v\n%+v", a, b)
	}
	for _, d := range Datasets() {
		byPlatform := func(lk *Lake) map[string][]map[string]any {
			m := map[string][]map[string]any{}
			for _, r := range rowsOf(t, lk, d.Name) {
				m[r["platform"].(string)] = append(m[r["platform"].(string)], r)
			}
			return m
		}
		if diff := cmp.Diff(byPlatform(small), byPlatform(large)); diff != "" {
			t.Errorf("%s (-several commits +one):\n%s", d.Name, diff)
		}
	}
}

func TestLakeOfAnotherJournalIsRefused(t *testing.T) {
	dir := t.TempDir()
	lk := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, someJournal(t, filepath.Join(dir, "journal")))
	for _, other := range []*journal.Journal{someJournal(t, filepath.Join(dir, "other")), openJournal(t, filepath.Join(dir, "empty"))} {
		if _, err := lk.Write(t.Context(), other, decoders); err == nil || !strings.Contains(err.Error(), "another journal") {
			t.Errorf("Write from another journal: %v", err)
		}
	}
}

func TestShortenedJournalIsNoticed(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, j)
	j.Close()
	segment := filepath.Join(dir, "journal", "000000000001.otj")
	info, err := os.Stat(segment)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(segment, info.Size()-1); err != nil {
		t.Fatal(err)
	}
	if _, err := lk.Write(t.Context(), openJournal(t, filepath.Join(dir, "journal")), decoders); err == nil || !strings.Contains(err.Error(), "lost records") {
		t.Errorf("Write from a journal that lost its last record: %v", err)
	}
}

func TestTwoWritersOfALakeNeverMeet(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	if err := os.MkdirAll(lk.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := durable.Acquire(lk.path("_lock"))
	if err != nil {
		t.Fatal(err)
	}
	var locked *durable.LockedError
	if _, err := lk.Write(t.Context(), j, decoders); !errors.As(err, &locked) {
		t.Errorf("Write beside another writer: %v", err)
	}
	if err := lk.Remove(); !errors.As(err, &locked) {
		t.Errorf("Remove beside a writer: %v", err)
	}
	lock.Release()
	mustWrite(t, lk, j)
}

// TestLakeGoesOnBehindAnotherWriter: a lake that was opened before somebody else wrote to it sees what is there.
func TestLakeGoesOnBehindAnotherWriter(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	early := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, openLake(t, early.dir), j)
	land(t, j, "list", "twitter newcomer 1\n")
	if stats := mustWrite(t, early, j); stats.Pages != 1 {
		t.Errorf("%d pages, want the new one", stats.Pages)
	}
	if _, err := early.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWriteObeysContext(t *testing.T) {
	dir := t.TempDir()
	j := someJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	ctx, cancel := context.WithCancel(t.Context())
	lk.step = func(at string) error {
		if at == "done" {
			cancel()
		}
		return nil
	}
	stats, err := lk.Write(ctx, j, decoders)
	if !errors.Is(err, context.Canceled) || stats.Commits != 1 {
		t.Errorf("%d commits and %v, want one and context.Canceled", stats.Commits, err)
	}
	lk.step = func(string) error { return nil }
	mustWrite(t, lk, j)
	if lk.Upto() != j.Last() {
		t.Errorf("lake holds %d records, journal %d", lk.Upto(), j.Last())
	}
}
