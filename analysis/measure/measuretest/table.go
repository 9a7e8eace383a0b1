package measuretest

import (
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// Date is the day written as in 2011-02-28. It panics on anything else, as a mistake of the test.
func Date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// CheckTables fails unless every table is declared in full and every value is of its column's type and finite.
func CheckTables(t T, tables ...analysis.Table) {
	t.Helper()
	for _, table := range tables {
		if table.Name == "" || table.Comment == "" || len(table.Columns) == 0 {
			t.Errorf("table %q: want a name, a comment and columns", table.Name)
		}
		for _, c := range table.Columns {
			if c.Name == "" || c.Comment == "" {
				t.Errorf("table %s: column %q has no name or comment", table.Name, c.Name)
			}
		}
		for i, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Fatalf("table %s row %d: %d values for %d columns", table.Name, i, len(row), len(table.Columns))
			}
			for j, v := range row {
				if c := table.Columns[j]; !fits(v, c.Type) {
					t.Errorf("table %s row %d column %s: %T %v, want %s", table.Name, i, c.Name, v, v, c.Type)
				}
			}
		}
	}
}

func fits(v any, typ string) bool {
	switch x := v.(type) {
	case nil:
		return true
	case float64:
		return typ == "double" && !math.IsNaN(x) && !math.IsInf(x, 0)
	case int, int64:
		return typ == "bigint" || typ == "double"
	case string:
		return typ == "varchar"
	case bool:
		return typ == "boolean"
	case time.Time:
		return (typ == "date" || typ == "timestamp") && !x.IsZero()
	}
	return false
}

// Column is the values of one column of a table; it fails where there is none of that name.
func Column(t T, table analysis.Table, name string) []any {
	t.Helper()
	for j, c := range table.Columns {
		if c.Name != name {
			continue
		}
		out := make([]any, len(table.Rows))
		for i, row := range table.Rows {
			out[i] = row[j]
		}
		return out
	}
	t.Fatalf("table %s has no column %s", table.Name, name)
	return nil
}

// Rows are the rows of a table as maps from column name to value.
func Rows(table analysis.Table) []map[string]any {
	out := make([]map[string]any, len(table.Rows))
	for i, row := range table.Rows {
		out[i] = map[string]any{}
		for j, v := range row {
			out[i][table.Columns[j].Name] = v
		}
	}
	return out
}
