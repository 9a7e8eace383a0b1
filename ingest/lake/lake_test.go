package lake

import (
	"path/filepath"
	"testing"

	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest/files"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

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

// landHistory lands the shipped files that j does not hold yet.
func landHistory(t testing.TB, j *journal.Journal) {
	t.Helper()
	src := files.History(data.History)
	from, err := j.Cursor(t.Context(), src.Name())
	if err != nil {
		t.Fatal(err)
	}
	for page, err := range src.Pages(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Land(t.Context(), page); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHistoryArrivesInTheLake(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, filepath.Join(dir, "journal"))
	landHistory(t, j)
	lk, err := Open(filepath.Join(dir, "lake"))
	if err != nil {
		t.Fatal(err)
	}
	stats, err := lk.Write(t.Context(), j, files.Decoders())
	if err != nil {
		t.Fatal(err)
	}
	// Counted by hand from the files: data rows of each, four figures a day from bluesky_daily.csv.
	want := map[string]int64{"snapshots": 1266 + 895, "platform_metrics": 613 + 7 + 4*122, "events": 114, "forecasts": 3, "platforms": 8, "attempts": 10}
	for dataset, n := range want {
		if stats.Rows[dataset] != n {
			t.Errorf("%d rows of %s, want %d", stats.Rows[dataset], dataset, n)
		}
	}
	if stats.Rejects != 0 || stats.BadPages != 0 {
		t.Errorf("%d rows and %d pages refused, want none", stats.Rejects, stats.BadPages)
	}
	rep, err := lk.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if rep.Accounts != 71 {
		t.Errorf("%d account numbers, want 71: the distinct platform and account of both files", rep.Accounts)
	}
	again, err := lk.Write(t.Context(), j, files.Decoders())
	if err != nil || again.Pages != 0 || again.Files != 0 {
		t.Errorf("second Write: %+v, %v, want nothing to do", again, err)
	}
}
