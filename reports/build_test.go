package reports

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// testDay is the day of the fixture's report.
var testDay = time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)

func options(dir string) Options {
	return Options{Dir: dir, AsOf: testDay, Version: "v0.0.0-test", Generated: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)}
}

func mustBuild(t *testing.T, q analysis.Querier, o Options) Manifest {
	t.Helper()
	m, err := Build(t.Context(), q, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readAll(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(rel)], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSameWarehouseSameBytes(t *testing.T) {
	q, dir := fixture(t), t.TempDir()
	o := options(filepath.Join(dir, "one"))
	one := mustBuild(t, q, o)
	o.Dir, o.Generated = filepath.Join(dir, "two"), o.Generated.AddDate(1, 0, 0)
	two := mustBuild(t, q, o)
	if one.ReportHash != two.ReportHash {
		t.Errorf("report hashes %s and %s, want the same", one.ReportHash, two.ReportHash)
	}
	a, b := readAll(t, filepath.Join(dir, "one")), readAll(t, filepath.Join(dir, "two"))
	delete(a, manifestName)
	delete(b, manifestName)
	if !maps.EqualFunc(a, b, bytes.Equal) {
		t.Error("two runs gave different files")
	}
	o.Version = "v9"
	if m := mustBuild(t, q, o); m.ReportHash == one.ReportHash {
		t.Error("another version gave the same report hash: the hash does not cover the page")
	}
}

func TestReportIsComplete(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	m := mustBuild(t, fixture(t), options(dir))
	files := readAll(t, dir)
	var missing []string
	for _, id := range []string{"families-picture", "replay-fan", "replay-curve", "actives-lines", "actives-foreseen", "growth-monthly-active-users",
		"top-accounts-twitter", "growth-rates", "forecast-monthly-active-users", "events-timeline", "concentration-chart", "coverage-chart"} {
		for _, name := range []string{"charts/" + id + ".svg", "charts/" + id + ".png", "tables/" + id + ".csv"} {
			if len(files[name]) == 0 {
				missing = append(missing, name)
			}
		}
	}
	for _, table := range []string{"results.series", "results.overtake", "marts.events", "marts.sources"} {
		if len(files[exportPath(table)]) == 0 {
			missing = append(missing, exportPath(table))
		}
	}
	if len(missing) > 0 {
		t.Errorf("missing or empty: %s", strings.Join(missing, ", "))
	}
	if n := len(files["index.html"]); n > 2<<20 {
		t.Errorf("index.html has %d bytes, want at most 2 MB", n)
	}
	if m.Inputs.AsOf != "2026-01-15" || m.Inputs.Version != "v0.0.0-test" || !strings.HasPrefix(m.Inputs.Engine, "DuckDB 1.") || m.Inputs.DataHash == "" {
		t.Errorf("inputs %+v", m.Inputs)
	}
	if m.Run.Generated != "2026-02-01T12:00:00Z" {
		t.Errorf("generated %q", m.Run.Generated)
	}
	if bytes.Contains(files["index.html"], []byte("2026-02-01")) {
		t.Error("the page tells the time of the run")
	}
}

func BenchmarkBuild(b *testing.B) {
	q, o := fixture(b), options(filepath.Join(b.TempDir(), "report"))
	for b.Loop() {
		if _, err := Build(b.Context(), q, o); err != nil {
			b.Fatal(err)
		}
	}
}

func TestVerifyFindsWhatChanged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	want := mustBuild(t, fixture(t), options(dir))
	got, err := Verify(dir)
	if err != nil || got.ReportHash != want.ReportHash {
		t.Fatalf("Verify of a new report: %v", err)
	}
	page := filepath.Join(dir, "index.html")
	data, _ := os.ReadFile(page)
	data[len(data)/2] ^= 1
	if err := os.WriteFile(page, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "tables", "events-table.csv")); err != nil {
		t.Fatal(err)
	}
	var bad *VerifyError
	if _, err := Verify(dir); !errors.As(err, &bad) {
		t.Fatalf("Verify of a damaged report: %v, want a VerifyError", err)
	}
	if !slices.Equal(bad.Changed, []string{"index.html"}) || !slices.Equal(bad.Missing, []string{"tables/events-table.csv"}) {
		t.Errorf("changed %q, missing %q", bad.Changed, bad.Missing)
	}
	if _, err := Verify(t.TempDir()); !errors.Is(err, ErrNotReport) {
		t.Errorf("Verify of an empty folder: %v, want ErrNotReport", err)
	}
}

func TestForeignFolderIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	keep := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(keep, []byte("ten years"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Build(t.Context(), fixture(t), options(dir))
	if !errors.Is(err, ErrNotReport) {
		t.Errorf("Build over a folder of somebody else's: %v, want ErrNotReport", err)
	}
	if _, err := os.Stat(keep); err != nil {
		t.Error(err)
	}
	_, err = Build(t.Context(), fixture(t), options(keep))
	if err == nil {
		t.Error("Build over a file: no error")
	}
}

func TestNewReportReplacesOldWhole(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "report")
	mustBuild(t, fixture(t), options(dir))
	for _, name := range []string{"notes.txt", "tables/mine.csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.Open(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	stale := filepath.Join(parent, ".report.new-123")
	if err := os.MkdirAll(filepath.Join(stale, "charts"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustBuild(t, fixture(t).without(true), options(dir))

	if _, err := Verify(dir); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"notes.txt", "tables/mine.csv"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != "mine" {
			t.Errorf("%s was not carried over: %v", name, err)
		}
	}
	entries, _ := os.ReadDir(parent)
	if len(entries) != 1 {
		t.Errorf("left beside the report: %v", entries)
	}
	if _, err := old.Stat(); err != nil {
		t.Errorf("whoever reads the old page is disturbed: %v", err)
	}
}

func TestSweepPutsBackWhatACrashLeft(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "report")
	mustBuild(t, fixture(t).without(true), options(dir))
	if err := os.Rename(dir, filepath.Join(parent, ".report.old")); err != nil { // as replace does first
		t.Fatal(err)
	}
	sweep(parent, ".report.new-")
	if _, err := Verify(dir); err != nil {
		t.Errorf("the old report is not back: %v", err)
	}
}

func TestReportDayIsTheDayOfTheAnalysis(t *testing.T) {
	q := fixture(t)
	q.tables["meta.run"] = "from (values ('as_of', '2026-01-15')) t(key, value)"
	o := options(filepath.Join(t.TempDir(), "report"))
	o.AsOf = time.Time{}
	if m := mustBuild(t, q, o); m.Inputs.AsOf != "2026-01-15" {
		t.Errorf("report as of %s, want the day of the analysis", m.Inputs.AsOf)
	}
	o.AsOf = testDay.AddDate(-15, 0, 0)
	if _, err := Build(t.Context(), q, o); err == nil || !strings.Contains(err.Error(), "2026-01-15") {
		t.Errorf("report as of 2011 from results of 2026: error %v, want one that names the day of the analysis", err)
	}
}

func TestFailureLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	q := fixture(t)
	q.tables["results.growth"] = "select 1 as nonsense"
	_, err := Build(t.Context(), q, options(filepath.Join(parent, "report")))
	if err == nil || !strings.Contains(err.Error(), "results.growth") {
		t.Errorf("error %v, want one that names results.growth", err)
	}
	if entries, _ := os.ReadDir(parent); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}
