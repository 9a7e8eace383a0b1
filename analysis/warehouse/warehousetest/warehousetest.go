// Package warehousetest gives tests of analysis and reports a real warehouse to ask.
package warehousetest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest/files"
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/ingest/lake"
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

var shipped = sync.OnceValues(func() (*warehouse.DB, error) { return build(context.Background(), nil) })

// Analyzed is a warehouse of the shipped history with the results of the given jobs. It is built anew for each call.
func Analyzed(t testing.TB, jobs []analysis.Job) *warehouse.DB {
	t.Helper()
	db, err := build(t.Context(), jobs)
	if err != nil {
		t.Fatalf("build and analyze the warehouse of the shipped history: %v", err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// build takes the shipped history all the way and opens what was published.
func build(ctx context.Context, jobs []analysis.Job) (*warehouse.DB, error) {
	dir, err := os.MkdirTemp("", "overtake-warehousetest-*")
	if err != nil {
		return nil, err
	}
	// The open file lives on without its name, so nothing is left when the test process ends.
	defer os.RemoveAll(dir)
	if err := Collect(ctx, dir, data.History); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "overtake.duckdb")
	d, err := warehouse.Begin(ctx, warehouse.Options{Path: path, Lake: filepath.Join(dir, "lake"), Version: "test"})
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
	if len(jobs) > 0 {
		if err := d.RunJobs(ctx, jobs, analysis.Env{}); err != nil {
			return nil, err
		}
	}
	if err := d.Publish(ctx); err != nil {
		return nil, err
	}
	return warehouse.Open(ctx, path)
}

// Lake makes a lake of the shipped history below t's temporary folder and gives its path.
func Lake(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := Collect(t.Context(), dir, data.History); err != nil {
		t.Fatalf("make a lake of the shipped history: %v", err)
	}
	return filepath.Join(dir, "lake")
}

// Collect takes what is new in the history files of fsys (history/*.csv) into dir/journal and from there into dir/lake.
func Collect(ctx context.Context, dir string, fsys fs.FS) error {
	j, err := journal.Open(filepath.Join(dir, "journal"))
	if err != nil {
		return err
	}
	defer j.Close()
	source := files.History(fsys)
	cursor, err := j.Cursor(ctx, source.Name())
	if err != nil {
		return err
	}
	for page, err := range source.Pages(ctx, cursor) {
		if err != nil {
			return err
		}
		if err := j.Land(ctx, page); err != nil {
			return err
		}
	}
	lk, err := lake.Open(filepath.Join(dir, "lake"))
	if err != nil {
		return err
	}
	_, err = lk.Write(ctx, j, files.Decoders())
	return err
}
