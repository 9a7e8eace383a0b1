package calibration_test

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/calibration"
	"github.com/overtake-analytics/overtake/analysis/forecast"
	"github.com/overtake-analytics/overtake/analysis/overtake"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// The whole way on the shipped history: fans are made as of one day and go into the ledger; as of a later day they are scored.
func TestFansArePublishedAndScoredWhenTheirDayComes(t *testing.T) {
	lake := warehousetest.Lake(t)
	path := filepath.Join(t.TempDir(), "ledger.jsonl")
	run := func(asOf string, record bool) (rows int, coverage, n float64, scored int) {
		t.Helper()
		day, err := time.Parse(time.DateOnly, asOf)
		if err != nil {
			t.Fatal(err)
		}
		d, err := warehouse.Begin(t.Context(), warehouse.Options{Path: filepath.Join(t.TempDir(), "w.duckdb"), Lake: lake, AsOf: day, Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Discard()
		if _, err := d.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.BuildModels(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := []analysis.Job{series.Job{}, forecast.Job{}, overtake.Job{}, calibration.Job{Ledger: path}}
		if err := d.RunJobs(t.Context(), jobs, analysis.Env{AsOf: day}); err != nil {
			t.Fatal(err)
		}
		if record {
			l, err := calibration.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			p := calibration.Publication{MadeAt: day.Add(time.Hour), AsOf: day, Version: "test", DataHash: "h"}
			if rows, err = calibration.Record(t.Context(), d, l, p); err != nil {
				t.Fatal(err)
			}
			if again, err := calibration.Record(t.Context(), d, l, p); err != nil || again != 0 {
				t.Errorf("recorded again: %d, %v", again, err)
			}
		}
		one := func(query string, dest ...any) {
			t.Helper()
			r, err := d.QueryContext(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for r.Next() {
				if err := r.Scan(dest...); err != nil {
					t.Fatal(err)
				}
			}
		}
		one("select coverage80, n from results.calibration where kind = 'replay' and months is null", &coverage, &n)
		one("select count(*) from results.forecast_scored where wis > 0 and pit between 0 and 1", &scored)
		return rows, coverage, n, scored
	}
	rows, _, _, scored := run("2014-06-30", true)
	if rows < 5 || scored != 0 {
		t.Fatalf("as of 2014: %d recorded, %d scored", rows, scored)
	}
	_, coverage, n, scored := run("2026-01-10", false)
	if scored < 3 {
		t.Errorf("as of 2026: %d forecasts of 2014 scored", scored)
	}
	if n < 100 || math.Abs(coverage-0.8) > 0.1 {
		t.Errorf("replay: 80 %% intervals held %.3f of %v", coverage, n)
	}
}
