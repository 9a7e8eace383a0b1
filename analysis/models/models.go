// Package models holds the SQL of the warehouse and reads what its headers promise.
//
// One file per table; the folder is the schema and the file name the table name:
//
//	lake/*.sql     columns of the lake's datasets: a header without a query, as the rows come from Parquet
//	staging/*.sql  views stg_<source>__<thing>: rename, cast, remove repeats
//	marts/*.sql    tables that answer: what jobs, reports and researchers read
//	checks/*.sql   queries that select what must not be: no row is a pass
//
// A file begins with comment lines: a description, then keys. Package warehouse takes from them the build order (reads),
// the column types and comments (columns) and the checks; [Dictionary] makes data/README.md of them.
//
//	-- Followers of each account at the end of each day, as last seen that day.
//	--
//	-- grain:    one row per (platform, day)
//	-- reads:    staging.stg_history__snapshots
//	-- columns:
//	--   platform  varchar  short name
//	--   day       date     calendar day, UTC
//	-- checks:   unique(platform, day); not null(day); warn day >= date '2006-01-01'
//	select platform, cast(seen_at as date) as day from ...
//
// The queries are written in the words that DuckDB and Trino share (a test refuses others), so that one text serves both.
package models

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// The layers, which are also the schemas. Checks are not tables: their layer has no schema.
const (
	Lake    = "lake"
	Staging = "staging"
	Marts   = "marts"
	Checks  = "checks"
)

//go:embed lake/*.sql staging/*.sql marts/*.sql checks/*.sql
var files embed.FS

// A Model is one SQL file with what its header says.
type Model struct {
	Layer       string // Lake, Staging, Marts or Checks
	Name        string // of the file without .sql, and of the table
	Description string // one paragraph or more, separated by an empty line
	Grain       string // what one row is
	Reads       []string
	Columns     []Column
	Checks      []Check
	Severity    Severity // of a model of the layer Checks
	SQL         string   // the query, without a closing semicolon; empty in the layer Lake
}

// A Column is one column as the header declares it. Type is a name that DuckDB and Trino share.
type Column struct {
	Name, Type, Comment string
}

// Table is the model's name with its schema, such as marts.platforms.
func (m Model) Table() string { return m.Layer + "." + m.Name }

// Summary is the first paragraph of the description.
func (m Model) Summary() string {
	first, _, _ := strings.Cut(m.Description, "\n\n")
	return first
}

// All gives the models of this package in build order: what is read stands before what reads it. The slice is the
// caller's; what it points to is shared and must not be changed.
func All() ([]Model, error) {
	ms, err := all()
	return slices.Clone(ms), err
}

var all = sync.OnceValues(func() ([]Model, error) { return Read(files) })

// Read reads every <layer>/<name>.sql of fsys and gives the models in build order.
func Read(fsys fs.FS) ([]Model, error) {
	var ms []Model
	for _, layer := range []string{Lake, Staging, Marts, Checks} {
		names, err := fs.Glob(fsys, layer+"/*.sql")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, err
			}
			m, err := Parse(layer, strings.TrimSuffix(path.Base(name), ".sql"), string(text))
			if err != nil {
				return nil, err
			}
			ms = append(ms, m)
		}
	}
	return Order(ms)
}

// Order sorts models so that each stands after all that it reads; among those that could come next the first by layer
// and name does. It fails on a table that nobody makes and on a circle, and names the models concerned.
func Order(ms []Model) ([]Model, error) {
	byName := make(map[string]int, len(ms))
	for i, m := range ms {
		if _, twice := byName[m.Table()]; twice {
			return nil, fmt.Errorf("model %s: defined twice", m.Table())
		}
		byName[m.Table()] = i
	}
	ordered := make([]Model, 0, len(ms))
	const onTheWay, done = 1, 2
	state := make([]int, len(ms))
	var visit func(i int, way []string) error
	visit = func(i int, way []string) error {
		way = append(way, ms[i].Table())
		switch state[i] {
		case done:
			return nil
		case onTheWay:
			return fmt.Errorf("models read one another in a circle: %s", strings.Join(way[slices.Index(way, ms[i].Table()):], " -> "))
		}
		state[i] = onTheWay
		for _, read := range slices.Sorted(slices.Values(ms[i].Reads)) {
			j, known := byName[read]
			if !known {
				return fmt.Errorf("model %s: reads %s, which no model makes", ms[i].Table(), read)
			}
			if err := visit(j, way); err != nil {
				return err
			}
		}
		state[i] = done
		ordered = append(ordered, ms[i])
		return nil
	}
	for _, i := range byLayerAndName(ms) {
		if err := visit(i, nil); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

func byLayerAndName(ms []Model) []int {
	layers := []string{Lake, Staging, Marts, Checks}
	at := make([]int, len(ms))
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(a, b int) int {
		if d := slices.Index(layers, ms[a].Layer) - slices.Index(layers, ms[b].Layer); d != 0 {
			return d
		}
		return strings.Compare(ms[a].Name, ms[b].Name)
	})
	return at
}
