package warehousetest

import (
	"cmp"
	"maps"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/models"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

func TestShippedHasRowsInEveryMart(t *testing.T) {
	q := Shipped(t)
	for _, mart := range []string{"platforms", "metrics", "platform_readings", "accounts", "account_readings", "list_entries", "events", "published_forecasts", "sources", "coverage"} {
		rows, err := q.QueryContext(t.Context(), "select count(*) from marts."+mart)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var n int
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		if n == 0 {
			t.Errorf("marts.%s has no rows", mart)
		}
	}
}

// The lake's files and the tables that hold their rows are declared twice, as ingest and analysis do not know each
// other: here the two are compared.
func TestTheLakeHasTheColumnsThatModelsDeclare(t *testing.T) {
	inWarehouse := map[string]string{"uinteger": "bigint", "timestamp with time zone": "timestamp"}
	ms, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]models.Model{}
	for _, m := range ms {
		if m.Layer == models.Lake {
			declared[m.Name] = m
		}
	}
	for _, d := range lake.Datasets() {
		m, ok := declared[d.Name]
		if !ok {
			t.Errorf("dataset %s has no file in analysis/models/lake", d.Name)
			continue
		}
		delete(declared, d.Name)
		want := map[string]string{"platform": "varchar", "day": "date"} // in the path
		for _, c := range d.Columns {
			want[c.Name] = cmp.Or(inWarehouse[c.Type], c.Type)
		}
		got := map[string]string{}
		for _, c := range m.Columns {
			got[c.Name] = c.Type
		}
		if !maps.Equal(want, got) {
			t.Errorf("dataset %s has the columns %v, analysis/models/lake/%s.sql declares %v", d.Name, want, d.Name, got)
		}
	}
	for name := range declared {
		t.Errorf("analysis/models/lake/%s.sql: the lake has no such dataset", name)
	}
}
