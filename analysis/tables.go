package analysis

import (
	"context"
	"fmt"
)

// A Lister is a Querier that says itself which tables of marts, results and meta it has, such as "marts.events". Others
// are asked through information_schema.
type Lister interface {
	Tables(ctx context.Context) ([]string, error)
}

// Tables gives the tables of marts, results and meta that q has, so that one which no run has made yet can be told from
// an empty one.
func Tables(ctx context.Context, q Querier) (map[string]bool, error) {
	known := map[string]bool{}
	if l, ok := q.(Lister); ok {
		names, err := l.Tables(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the warehouse's tables: %w", err)
		}
		for _, name := range names {
			known[name] = true
		}
		return known, nil
	}
	rows, err := q.QueryContext(ctx, `
		select table_schema || '.' || table_name
		from information_schema.tables
		where table_schema in ('marts', 'results', 'meta')`)
	if err != nil {
		return nil, fmt.Errorf("list the warehouse's tables: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("list the warehouse's tables: %w", err)
		}
		known[name] = true
	}
	return known, rows.Err()
}

// An Engine is a Querier that is not DuckDB and says what it is, such as "Trino 476".
type Engine interface {
	Engine() string
}
