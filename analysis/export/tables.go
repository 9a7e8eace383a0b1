package export

import (
	"context"
	"database/sql"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// withheld are the tables that are never exported: they hold what strangers wrote as it came, or addresses in which ids
// of followers may stand.
func withheld(t warehouse.TableCopy) bool {
	asked := t.Schema != "marts" && strings.HasSuffix(t.Name, "memberships") // with the requests that asked for each person
	return t.Name == "quarantine" || t.Name == "attempts" || asked || strings.HasPrefix(t.Name, "stg_journal__")
}

// choose gives the tables that the patterns ask for, in the order of the catalog. A pattern is a table's name, where *
// stands for anything: "marts.events", "results.*". Each must find something.
func choose(all []warehouse.TableCopy, patterns []string) ([]warehouse.TableCopy, error) {
	var chosen []warehouse.TableCopy
	found := make([]bool, len(patterns))
	for _, t := range all {
		take := false
		for i, p := range patterns {
			ok, err := path.Match(p, t.Schema+"."+t.Name)
			if err != nil {
				return nil, fmt.Errorf("%q is no pattern such as marts.events or results.*: %w", p, err)
			}
			if ok && withheld(t) {
				if p == t.Schema+"."+t.Name {
					return nil, fmt.Errorf("%s is not exported: it holds rows and addresses as they came from strangers, ids of people among them; overtake query shows it", p)
				}
				found[i] = true
				continue
			}
			take, found[i] = take || ok, found[i] || ok
		}
		if take {
			chosen = append(chosen, t)
		}
	}
	if i := slices.Index(found, false); i >= 0 {
		return nil, fmt.Errorf("no table is called %q: overtake query 'show all tables' lists them", patterns[i])
	}
	return chosen, nil
}

// catalog reads which tables and views there are.
func catalog(ctx context.Context, q analysis.Querier) ([]warehouse.TableCopy, error) {
	var all []warehouse.TableCopy
	err := each(ctx, q, `
		with named as (
			select schema_name, table_name, comment from duckdb_tables() where database_name = current_database()
			union all
			select schema_name, view_name, comment from duckdb_views() where database_name = current_database() and not internal
		)
		select n.schema_name, n.table_name, coalesce(n.comment, ''), c.column_name, c.data_type, coalesce(c.comment, '')
		from named n join duckdb_columns() c
			on c.database_name = current_database() and c.schema_name = n.schema_name and c.table_name = n.table_name
		order by n.schema_name, n.table_name, c.column_index`,
		func(rows *sql.Rows) error {
			var t warehouse.TableCopy
			var c warehouse.ColumnCopy
			if err := rows.Scan(&t.Schema, &t.Name, &t.Comment, &c.Name, &c.Type, &c.Comment); err != nil {
				return err
			}
			if n := len(all); n == 0 || all[n-1].Schema != t.Schema || all[n-1].Name != t.Name {
				all = append(all, t)
			}
			last := &all[len(all)-1]
			last.Columns = append(last.Columns, c)
			return nil
		})
	return all, err
}

// each runs a query and gives every row.
func each(ctx context.Context, q analysis.Querier, query string, row func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
