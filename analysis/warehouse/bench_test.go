package warehouse_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// BenchmarkFirstRun makes the warehouse of the shipped history from nothing.
func BenchmarkFirstRun(b *testing.B) {
	lake := warehousetest.Lake(b)
	for b.Loop() {
		run(b, warehouse.Options{Path: filepath.Join(b.TempDir(), "overtake.duckdb"), Lake: lake})
	}
}

// BenchmarkNothingNew runs again where the lake has nothing new.
func BenchmarkNothingNew(b *testing.B) {
	opt := warehouse.Options{Path: filepath.Join(b.TempDir(), "overtake.duckdb"), Lake: warehousetest.Lake(b)}
	run(b, opt)
	for b.Loop() {
		run(b, opt)
	}
}

func run(tb testing.TB, opt warehouse.Options) {
	tb.Helper()
	d, err := warehouse.Begin(tb.Context(), opt)
	if err != nil {
		tb.Fatal(err)
	}
	defer d.Discard()
	if _, err := d.Load(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if err := d.BuildModels(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if err := d.Publish(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkDay365 adds one day's readings of 100 accounts to a year of them; BenchmarkDay2 adds it to one day. A day
// should cost what the day brings.
func BenchmarkDay365(b *testing.B) { benchmarkDay(b, 364) }
func BenchmarkDay2(b *testing.B)   { benchmarkDay(b, 1) }

func benchmarkDay(b *testing.B, before int) {
	f := newFolder(b)
	addDays(b, f.lake(), 0, before)
	f.run()
	base := f.dir
	addDays(b, f.lake(), before, 1)
	for b.Loop() {
		b.StopTimer()
		f := folder{b, filepath.Join(b.TempDir(), "folder")}
		if err := os.CopyFS(f.dir, os.DirFS(base)); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		run(b, f.options())
	}
}
