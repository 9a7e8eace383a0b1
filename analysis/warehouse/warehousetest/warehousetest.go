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
	return build(context.Background(), dir)
})

func build(ctx context.Context, dir string) (*warehouse.DB, error) {
	lake, path := filepath.Join(dir, "lake"), filepath.Join(dir, "overtake.duckdb")
	if err := writeLake(ctx, lake); err != nil {
		return nil, err
	}
	d, err := warehouse.Begin(ctx, warehouse.Options{Path: path, Lake: lake, Version: "test"})
	if err != nil {
		return nil, err
	}
	defer d.Discard()
	if _, err := d.Load(ctx); err != nil {
		return nil, err
	}
	if err := d.BuildModels(ctx); err != nil {
		return nil, err
	}
	if err := d.Publish(ctx); err != nil {
		return nil, err
	}
	return warehouse.Open(ctx, path)
}
