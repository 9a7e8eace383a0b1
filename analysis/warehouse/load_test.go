package warehouse_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

func TestADamagedLakeIsNamed(t *testing.T) {
	t.Parallel()
	var eventsOf = func(t *testing.T, f folder) string {
		names, err := filepath.Glob(filepath.Join(f.lake(), "events", "platform=twitter", "*", "*.parquet"))
		if err != nil || len(names) != 2 {
			t.Fatalf("files %v, %v, want the older state and the newer", names, err)
		}
		listed, err := os.ReadFile(filepath.Join(f.lake(), "_commits", "000002.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.Contains(string(listed), filepath.Base(name)) {
				return name
			}
		}
		t.Fatal("the second commit has no events of twitter")
		return ""
	}
	manifest := func(f folder) string { return filepath.Join(f.lake(), "_commits", "000002.json") }
	edit := func(t *testing.T, name, old, new string) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), old) {
			t.Fatalf("%s has no %s", name, old)
		}
		write(t, name, strings.Replace(string(text), old, new, 1))
	}
	tests := []struct {
		name string
		do   func(t *testing.T, f folder)
		want []string
	}{
		{"missing", func(t *testing.T, f folder) { os.Remove(eventsOf(t, f)) }, []string{"events/platform=twitter/", "is missing, though manifest 000002 lists it"}},
		{"cut short", func(t *testing.T, f folder) { truncate(t, eventsOf(t, f), 1000) }, []string{"events/platform=twitter/", "has 1000 bytes, manifest 000002 says"}},
		{"one bit flipped", func(t *testing.T, f folder) { flip(t, eventsOf(t, f), 1234) }, []string{"events/platform=twitter/", "is damaged (sha256"}},
		{"manifest without sense", func(t *testing.T, f folder) { write(t, manifest(f), "{") }, []string{"000002.json is damaged"}},
		{"manifest missing", func(t *testing.T, f folder) { os.Remove(filepath.Join(f.lake(), "_commits", "000001.json")) }, []string{"000001.json is missing"}},
		{"path out of the lake", func(t *testing.T, f folder) { edit(t, manifest(f), `"events/`, `"../../events/`) }, []string{"000002.json is damaged", "../../events/"}},
		{"other number of rows", func(t *testing.T, f folder) { edit(t, manifest(f), `"rows": 1`, `"rows": 11`) }, []string{"rows read, manifests say"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := changedFolder(t)
			before := sum(t, f.path())
			tt.do(t, f)
			_, _, err := attempt(t.Context(), f.options())
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(tt.want, `run "overtake rebuild"`) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q, want one with %q", err, want)
				}
			}
			if sum(t, f.path()) != before {
				t.Error("the published file changed")
			}
		})
	}
}

const someEvents = `select 'product' as kind, 'confirmed' as status, 'Launch ' || i as title,
	date '2011-06-20' as effective_from, date '2011-06-20' as effective_to, 'day' as "precision", date '2011-06-21' as published_on,
	'https://x' as source_url, 'history' as source, 'history/x.csv' as document, 'p1' as page, timestamptz '2026-01-10 08:00:00+08' as ingested_at`

const somePage = `select false as replaces, 'history' as source, 'history/x.csv' as document, 'p1' as page, timestamptz '2026-01-10 08:00:00+08' as ingested_at`

// Files of an earlier version lack columns, files of a later one have more, and so may both in one load.
func TestColumnsComeAndGo(t *testing.T) {
	t.Parallel()
	f := folder{t, t.TempDir()}
	addCommit(t, f.lake(), parquet{"attempts", "all", somePage},
		parquet{"events", "twitter", someEvents + " from range(2) r(i)"},
		parquet{"events", "threads", someEvents + ", 'a note' as note, 42 as column_of_tomorrow from range(3) r(i)"})
	addCommit(t, f.lake(), parquet{"events", "mastodon", someEvents + " from range(4) r(i)"})
	d, stats := f.run()
	if stats.Rows != 10 || stats.Files != 4 {
		t.Errorf("loaded %+v, want 10 rows of 4 files", stats)
	}
	got := ask(t, d, "select platform, count(*), count(note), count(parties), min(ingested_at) from lake.events group by platform order by platform")
	if want := "mastodon,4,0,0,2026-01-10T00:00:00Z\nthreads,3,3,0,2026-01-10T00:00:00Z\ntwitter,2,0,0,2026-01-10T00:00:00Z"; got != want {
		t.Errorf("rows, notes, parties, time:\n%s\nwant\n%s", got, want)
	}
	if got := ask(t, d, "select count(*) from marts.events"); got != "9" {
		t.Errorf("%s events in the marts, want 9", got)
	}
}

func TestADatasetOfTomorrowIsCounted(t *testing.T) {
	t.Parallel()
	f := folder{t, t.TempDir()}
	addCommit(t, f.lake(), parquet{"polls", "twitter", "select 1 as a"}, parquet{"attempts", "all", somePage})
	_, stats := f.run()
	if stats.Files != 1 || stats.Unknown["polls"] != 1 {
		t.Errorf("stats %+v, want one file loaded and one of polls unknown", stats)
	}
	if _, stats = f.run(); stats.Unknown["polls"] != 1 {
		t.Errorf("second run: stats %+v, want polls counted again", stats)
	}
}

func TestAViolatedCheckStopsPublication(t *testing.T) {
	t.Parallel()
	f := changedFolder(t)
	before := sum(t, f.path())
	addCommit(t, f.lake(), parquet{"attempts", "all", somePage},
		parquet{"events", "twitter", strings.Replace(someEvents, "confirmed", "hoped for", 1) + " from range(2) r(i)"})
	_, _, err := attempt(t.Context(), f.options())
	var violated *warehouse.CheckError
	if !errors.As(err, &violated) || len(violated.Broken) != 1 {
		t.Fatalf("error %v, want a CheckError with one check", err)
	}
	got := violated.Broken[0]
	want := warehouse.CheckResult{Name: "marts.events: status in ('confirmed', 'planned', 'rumour')", Severity: "error", Violations: 2,
		Sample: "platform=twitter, kind=product, title=Launch 0, event_from=2011-06-20, event_to=2011-06-20, source_url=https://x"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the violated check (-want +got):\n%s", d)
	}
	if sum(t, f.path()) != before {
		t.Error("the published file changed")
	}
}

func TestWarningsAreCountedAndKept(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	addCommit(t, f.lake(), parquet{"attempts", "all", strings.ReplaceAll(somePage, "history", "mastodon")},
		parquet{"events", "mastodon", strings.ReplaceAll(someEvents, "'history'", "'mastodon'") + " from range(2) r(i)"})
	d, _ := f.run()
	checks, err := d.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := f.open().Checks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(checks, kept); diff != "" {
		t.Errorf("checks of the draft and of the file differ:\n%s", diff)
	}
	for _, c := range kept {
		if c.Name == "sources_without_models" {
			if c.Violations != 1 || c.Sample != "mastodon: 2 rows" || c.Broken() {
				t.Errorf("check %+v", c)
			}
			return
		}
	}
	t.Errorf("no check sources_without_models in %v", kept)
}

// The same files in any order, loaded by any number of threads, give the same figures.
func TestOrderAndThreadsDoNotMatter(t *testing.T) {
	t.Parallel()
	want := figures(t, published(t))
	for seed, threads := range []int{2, 5} {
		f := newFolder(t)
		shuffleManifest(t, filepath.Join(f.lake(), "_commits", "000001.json"), uint64(seed))
		opt := f.options()
		opt.Threads = threads
		d, _, err := attempt(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, figures(t, d)); diff != "" {
			t.Errorf("seed %d, %d threads (-in order +shuffled):\n%s", seed, opt.Threads, diff)
		}
		if err := d.Discard(); err != nil {
			t.Error(err)
		}
	}
}

func shuffleManifest(t *testing.T, name string, seed uint64) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	files := m["files"].([]any)
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	if text, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	write(t, name, string(text))
}
