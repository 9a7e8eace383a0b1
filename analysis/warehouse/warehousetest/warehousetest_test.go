package warehousetest

import (
	"testing"
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
