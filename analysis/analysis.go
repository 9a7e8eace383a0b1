// Package analysis holds what all analysis jobs share: how they read the warehouse and what they give back.
//
// A job answers one question (growth, reach, overtake, ...) and lives in a package named after it: SQL gathers and
// groups, pure functions compute, and the rows go back as a [Table] that the warehouse stores as results.<name>. Jobs
// know the warehouse only as a [Querier] and the data only by the columns that data/README.md documents; they import
// neither ingest nor a database driver.
package analysis

import (
	"context"
	"database/sql"
	"time"
)

// Querier is all that analysis and reports know of the warehouse; *sql.DB satisfies it.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// An Env is what a run fixes for all of its jobs, so that the same warehouse and the same Env give the same tables.
type Env struct {
	// AsOf is the last day whose publications may be seen, midnight UTC. A job must filter published_on <= AsOf.
	AsOf time.Time
	// Seed starts every random stream; a job derives its own by name, so jobs do not disturb one another.
	Seed uint64
	// Workers bounds the goroutines of one job; 0 means GOMAXPROCS. It never changes a result.
	Workers int
}

// A Job answers one question. Run reads marts (and results of the jobs before it), computes, and returns tables that
// the warehouse writes as results.<Table.Name>. It must be deterministic given q and env.
type Job interface {
	Name() string
	Run(ctx context.Context, q Querier, env Env) ([]Table, error)
}

// An OutsideReader is a job that also reads something beside the warehouse, such as the ledger of published forecasts. Inputs is a hash of what of
// it can change the job's tables as of a day: when it is as it was, their results stand.
type OutsideReader interface {
	Inputs(asOf time.Time) (string, error)
}

// A Table is what a job gives back: named, commented, in a fixed row order.
type Table struct {
	Name    string // snake_case, without schema
	Comment string // one sentence: what a row is (the grain) and what it is for
	Columns []Column
	Rows    [][]any // one value per column; nil is NULL
}

// A Column is one column of a Table. Type is one of varchar, bigint, double, boolean, date, timestamp. Dates and
// timestamps are time.Time in UTC; NaN and infinities are not allowed (use nil and say why in a flags column).
type Column struct {
	Name, Type, Comment string // the comment gives the unit and the range
}
