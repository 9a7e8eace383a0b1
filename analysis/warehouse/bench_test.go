package warehouse_test

import (
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
