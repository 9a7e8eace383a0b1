// Package warehouse is the DuckDB file that everything is read from: overtake.duckdb. No other package knows DuckDB.
//
// The file is derived from the lake and can be made again at any time. DuckDB lets one process write or many read, so
// the published file is never written: [Begin] makes a [Draft], next.duckdb beside it, as a copy of what is published;
// Load adds the lake's new files, BuildModels runs the SQL of package models, RunJobs stores what analysis jobs compute,
// Check looks for violations, and Publish puts the draft in place by one rename. A reader that holds the old file open
// keeps what it opened. A process killed at any point leaves the published file as it was; the next Begin sweeps what
// is left of the draft.
//
// A draft costs what is new: files already in the ledger (meta.loads) are not read again, models whose text and inputs
// are unchanged are not run again, and when nothing at all is new the published file itself answers and is not copied.
//
// Schemas of the file: lake (the rows of the lake), staging (views), marts (tables), results (what jobs computed) and
// meta (the ledger, the state of each model, the outcome of each check). data/README.md describes them.
package warehouse
