// Package warehousetest gives tests of analysis and reports a real warehouse to ask.
package warehousetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// Shipped is a warehouse with the shipped history: lake, staging and marts, without results. It is built once per test
// process and must not be written to; it answers from several goroutines at once.
func Shipped(t testing.TB) analysis.Querier {
	t.Helper()
	db, err := shipped()
	if err != nil {
		t.Fatalf("build the warehouse of the shipped history: %v", err)
	}
	return db
}

var shipped = sync.OnceValues(func() (analysis.Querier, error) {
	dir, err := os.MkdirTemp("", "overtake-warehousetest-*")
	if err != nil {
		return nil, err
	}
	// The open file lives on without its name, so nothing is left when the test process ends.
	defer os.RemoveAll(dir)
	ctx, lake, path := context.Background(), filepath.Join(dir, "lake"), filepath.Join(dir, "overtake.duckdb")
	if err := writeLake(ctx, lake); err != nil {
		return nil, err
	}
	if err := build(ctx, warehouse.Options{Path: path, Lake: lake, Version: "test"}); err != nil {
		return nil, err
	}
	return warehouse.Open(ctx, path)
})

// build makes a warehouse without results.
func build(ctx context.Context, opt warehouse.Options) error {
	d, err := warehouse.Begin(ctx, opt)
	if err != nil {
		return err
	}
	defer d.Discard()
	if _, err := d.Load(ctx); err != nil {
		return err
	}
	if err := d.BuildModels(ctx); err != nil {
		return err
	}
	return d.Publish(ctx)
}

// Lake writes the shipped history as a lake below t's temporary folder and gives its path.
func Lake(t testing.TB) string {
	t.Helper()
	lake := filepath.Join(t.TempDir(), "lake")
	if err := writeLake(t.Context(), lake); err != nil {
		t.Fatalf("write the shipped history as a lake: %v", err)
	}
	return lake
}
