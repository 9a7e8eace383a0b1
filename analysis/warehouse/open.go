package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// A DB is a published warehouse, open for reading. It stays what it was when it was opened, whatever is published later.
type DB struct {
	engine *engine
}

var _ analysis.Querier = (*DB)(nil)

// Open opens a published warehouse read-only. Queries cannot write to it, read other files, or reach the network. The
// error wraps fs.ErrNotExist where nothing has been published yet.
func Open(ctx context.Context, path string) (*DB, error) { return ReadOptions{}.Open(ctx, path) }

// ReadOptions bound what readers of a published warehouse may take together. Zero values are DuckDB's own choices.
type ReadOptions struct {
	Threads     int
	MemoryLimit string // such as "1GB"
	SpillLimit  string // of data that do not fit into memory, on disk
}

// Open is [Open] within these bounds.
func (o ReadOptions) Open(ctx context.Context, path string) (_ *DB, err error) {
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
	// Readers of one file may be many, and may not write beside it.
	spill := filepath.Join(os.TempDir(), fmt.Sprintf("overtake-%d-%d", os.Getpid(), readers.Add(1)))
	e, err := newEngine(o.Threads, o.MemoryLimit, spill)
	if err != nil {
		return nil, err
	}
	if err := e.openReadOnly(ctx, path, o.SpillLimit); err != nil {
		return nil, errors.Join(explain(err), e.close())
	}
	return &DB{engine: e}, nil
}

var readers atomic.Int64

func (e *engine) openReadOnly(ctx context.Context, path, spillLimit string) error {
	if err := e.attach(ctx, path, true); err != nil {
		return err
	}
	if spillLimit != "" {
		if _, err := e.db.ExecContext(ctx, "set max_temp_directory_size = "+quote(spillLimit)); err != nil {
			return err
		}
	}
	_, err := e.db.ExecContext(ctx, "set enable_external_access = false; set lock_configuration = true")
	return err
}

// A cured error of DuckDB says what to do about it.
type cured struct {
	advice string
	err    error
}

// Error leaves out the stack trace of DuckDB, which says nothing to who has to act.
func (e *cured) Error() string {
	text, _, _ := strings.Cut(e.err.Error(), "\n\nStack Trace:")
	return e.advice + ": " + text
}

func (e *cured) Unwrap() error { return e.err }

// explain adds what to do about an error of DuckDB, where we know and where it has not been said yet.
func explain(err error) error {
	var said *cured
	switch {
	case errors.As(err, &said):
		return err
	case isLocked(err):
		return &cured{"another process has it open for writing: close it, or open it read-only there", err}
	case isFull(err):
		return &cured{"the disk is full: free some space and run it again", err}
	case isDamaged(err):
		return &cured{"the warehouse file is damaged: run \"overtake rebuild\", which makes it again from the journal", err}
	}
	return err
}

// QueryContext runs a query. It satisfies [analysis.Querier].
func (db *DB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := db.engine.db.QueryContext(ctx, query, args...)
	return rows, explain(err)
}

// AsOf is the last day whose publications the published results have seen, midnight UTC.
func (db *DB) AsOf(ctx context.Context) (time.Time, error) {
	var day string
	err := each(ctx, db, "select value from meta.run where key = 'as_of'", func(rows *sql.Rows) error { return rows.Scan(&day) })
	if err != nil {
		return time.Time{}, err
	}
	if day == "" {
		return models.LatestPublication(ctx, db)
	}
	return time.Parse(time.DateOnly, day)
}

// Checks are the outcomes of the checks that the warehouse passed before it was published.
func (db *DB) Checks(ctx context.Context) ([]CheckResult, error) { return readChecks(ctx, db) }

// Verify reads every value of every table, so that DuckDB compares every block in use with its checksum: opening a file
// looks at a few of them only.
func (db *DB) Verify(ctx context.Context) (err error) {
	defer wrap(&err, "verify warehouse")
	var tables []string
	err = each(ctx, db, "select schema_name, table_name from duckdb_tables() where database_name = "+quote(catalog)+" order by all", func(rows *sql.Rows) error {
		var schema, table string
		err := rows.Scan(&schema, &table)
		tables = append(tables, fmt.Sprintf("%q.%q", schema, table))
		return err
	})
	for _, table := range tables {
		if err == nil {
			err = each(ctx, db, "select max(hash(t)) from "+table+" t", func(*sql.Rows) error { return nil })
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", table, err)
		}
	}
	return err
}

// Close ends all queries and releases the file.
func (db *DB) Close() error { return db.engine.close() }
