package main

import (
	"context"

	"github.com/overtake-analytics/overtake/analysis"
)

// A scanner copies the columns of the current row.
type scanner func(dest ...any) error

// each runs query and calls read for every row.
func each(ctx context.Context, q analysis.Querier, query string, read func(scanner) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// count runs a query that gives one number.
func count(ctx context.Context, q analysis.Querier, query string) (n int64, err error) {
	err = each(ctx, q, query, func(scan scanner) error { return scan(&n) })
	return n, err
}
