package reports

import (
	"context"
	"database/sql"
	"embed"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

//go:embed testdata/tables/*.sql
var tableFiles embed.FS

// An overlay is a real warehouse in which some tables are replaced by selects and all others are missing.
type overlay struct {
	q      analysis.Querier
	tables map[string]string // "marts.events": select
}

var tableName = regexp.MustCompile(`\b(?:marts|results|meta)\.[a-z_]+\b`)

func (o overlay) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if strings.Contains(query, "information_schema.tables") {
		var names []string
		for t := range o.tables {
			names = append(names, "('"+t+"')")
		}
		return o.q.QueryContext(ctx, "select * from (values ('none.none'), "+strings.Join(names, ", ")+")")
	}
	query = tableName.ReplaceAllStringFunc(query, func(t string) string {
		if s, ok := o.tables[t]; ok {
			return "(" + s + ")"
		}
		return t
	})
	return o.q.QueryContext(ctx, query, args...)
}

// fixture is a small warehouse with a row or two of everything, hostile names among them: testdata/tables.
func fixture(t testing.TB) overlay {
	t.Helper()
	files, err := tableFiles.ReadDir("testdata/tables")
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]string{}
	for _, f := range files {
		data, err := tableFiles.ReadFile(path.Join("testdata/tables", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		tables[strings.TrimSuffix(f.Name(), ".sql")] = strings.TrimSpace(string(data))
	}
	return overlay{warehousetest.Shipped(t), tables}
}

// without is o with every table there but empty, or with no table at all.
func (o overlay) without(rows bool) overlay {
	empty := overlay{o.q, map[string]string{}}
	if !rows {
		return empty
	}
	for t, s := range o.tables {
		empty.tables[t] = "select * from (" + s + ") where false"
	}
	return empty
}
