package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A DB is a published warehouse, open for reading. It stays what it was when it was opened, whatever is published later.
type DB struct {
	engine *engine
}

var _ analysis.Querier = (*DB)(nil)

// Open opens a published warehouse read-only. Queries cannot write to it, read other files, or reach the network. The
// error wraps fs.ErrNotExist where nothing has been published yet.
func Open(ctx context.Context, path string) (_ *DB, err error) {
	defer wrap(&err, "open warehouse %s", path)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf(`nothing is published yet: run "overtake run" first: %w`, fs.ErrNotExist)
	} else if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	e, err := newEngine(0, "", path+".tmp")
	if err != nil {
		return nil, err
	}
	if err := e.openReadOnly(ctx, path); err != nil {
		return nil, errors.Join(explain(err), e.close())
	}
	return &DB{engine: e}, nil
}

func (e *engine) openReadOnly(ctx context.Context, path string) error {
	if err := e.attach(ctx, path, true); err != nil {
		return err
	}
	_, err := e.db.ExecContext(ctx, "set enable_external_access = false; set lock_configuration = true")
	return err
}

// explain adds what to do about an error of DuckDB, where we know.
func explain(err error) error {
	switch {
	case isLocked(err):
		return fmt.Errorf("another process has it open for writing: close it, or open it read-only there: %w", err)
	case isDamaged(err):
		return fmt.Errorf("the file is damaged: run \"overtake rebuild\", which makes it again from the journal: %w", err)
	}
	return err
}

// QueryContext runs a query. It satisfies [analysis.Querier].
func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.engine.db.QueryContext(ctx, query, args...)
}

// AsOf is the last day whose publications the published results have seen, midnight UTC.
func (db *DB) AsOf(ctx context.Context) (time.Time, error) {
	var day string
	err := each(ctx, db, "select value from meta.run where key = 'as_of'", func(rows *sql.Rows) error { return rows.Scan(&day) })
	if err != nil {
		return time.Time{}, err
	}
	if day == "" {
		return latestPublication(ctx, db)
	}
	return time.Parse(time.DateOnly, day)
}

// Checks are the outcomes of the checks that the warehouse passed before it was published.
func (db *DB) Checks(ctx context.Context) ([]CheckResult, error) { return readChecks(ctx, db) }

// Close ends all queries and releases the file.
func (db *DB) Close() error { return db.engine.close() }
