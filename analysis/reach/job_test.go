package reach

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

func TestShippedListsHaveBounds(t *testing.T) {
	q := warehousetest.Shipped(t)
	env := analysis.Env{AsOf: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)}
	tables, err := Job{}.Run(context.Background(), q, env)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	rows := measuretest.Rows(tables[0])
	for _, r := range rows {
		lo, hi := r["reach_lo"].(float64), r["reach_hi"]
		if r["reach"] != nil || r["method"] != "bounds_counts" || r["why_not_better"] == "" {
			t.Errorf("%v: a point or no reason from counts alone: %v", r["list"], r)
		}
		if hi != nil && (hi.(float64) < lo || lo <= 0) {
			t.Errorf("%v: bounds [%v, %v]", r["list"], lo, hi)
		}
		if sum := r["sum_followers"]; sum != nil && lo > sum.(float64) {
			t.Errorf("%v: at least %v people from a sum of %v follows", r["list"], lo, sum)
		}
		if strings.Contains(r["flags"].(string), "capped") && hi != r["registered_users"] {
			t.Errorf("%v: capped at %v, registered %v", r["list"], hi, r["registered_users"])
		}
		if on := r["registered_on"]; on != nil && on.(time.Time).Before(r["list_on"].(time.Time)) {
			t.Errorf("%v of %v is capped by the older statement of %v", r["list"], r["list_on"], on)
		}
	}
	var lists int
	if err := one(q, &lists, `select count(*) from (select distinct platform, list, listed_to from marts.list_entries)`); err != nil {
		t.Fatal(err)
	}
	if len(rows) != lists || lists == 0 {
		t.Errorf("%d rows for %d lists", len(rows), lists)
	}
	env.AsOf = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	if tables, err = (Job{}).Run(context.Background(), q, env); err != nil || len(tables[0].Rows) != 0 {
		t.Errorf("before anything was published: %d rows (%v)", len(tables[0].Rows), err)
	}
}

// one reads a single value.
func one(q analysis.Querier, dst any, query string) error {
	rows, err := q.QueryContext(context.Background(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	rows.Next()
	if err := rows.Scan(dst); err != nil {
		return err
	}
	return rows.Err()
}

func TestContradictoryCapIsSaid(t *testing.T) {
	l := published{platform: "p", list: "l", lo: []float64{9, 5}, hi: []float64{9, 5}, sum: 14, users: registered{hi: 8, source: "u"}}
	row, err := l.row()
	if err != nil {
		t.Fatal(err)
	}
	table := EstimateTable()
	table.Rows = [][]any{row}
	r := measuretest.Rows(table)[0]
	if r["reach_lo"] != 9. || r["reach_hi"] != 14. || r["flags"] != "cap_contradicts_list" {
		t.Errorf("%v", r)
	}
}

func TestAssess(t *testing.T) {
	for _, c := range []struct {
		e    Evidence
		want Method
		why  string
	}{
		{Evidence{Accounts: 3, Complete: 3, Counts: 3}, MethodExact, ""},
		{Evidence{Accounts: 3, Complete: 3, OverLimit: true}, MethodSketch, "exceed"},
		{Evidence{Accounts: 3, Complete: 2, Draws: 500}, MethodMulti, "2 of 3 follower lists are complete"},
		{Evidence{Accounts: 3, Pairs: true, Counts: 3}, MethodPairBounds, "no random sample"},
		{Evidence{Accounts: 3, Truncated: 3, Counts: 3}, MethodTruncated, "newest part"},
		{Evidence{Accounts: 3, Counts: 3}, MethodCountBounds, "no follower list is held"},
		{Evidence{Accounts: 3, Counts: 2}, "", "1 of 3 accounts have no follower count"},
		{Evidence{}, "", "no follower list"},
	} {
		v := Assess(c.e)
		if v.Method != c.want || !strings.Contains(v.Why, c.why) || (c.why == "") != (v.Why == "") {
			t.Errorf("%+v: %+v, want %q because of %q", c.e, v, c.want, c.why)
		}
	}
}

func TestTablesOfAnExactResult(t *testing.T) {
	l := Labelled{Result: FromSets(abcd()), Platform: "p", On: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), IDs: []string{"A", "B", "C", "D"}, Small: 1}
	measuretest.CheckTables(t, l.Tables()...)
	if r := measuretest.Rows(l.Tables()[0])[0]; r["unique_reach"] != int64(9) || r["sum_followers"] != int64(15) {
		t.Errorf("reach = %v", r)
	}
	if rows := l.Tables()[2].Rows; len(rows) != 6 {
		t.Errorf("%d pairs, want 6", len(rows))
	}
	l.Small = 4
	small := l.Tables()
	measuretest.CheckTables(t, small...)
	for _, table := range small {
		for _, r := range measuretest.Rows(table) {
			for _, name := range []string{"persons", "both", "exclusive", "gain", "reached_twice"} {
				if n, ok := r[name].(int64); ok && n > 0 && n < 4 {
					t.Errorf("%s tells %s = %d, below 4 persons", table.Name, name, n)
				}
			}
		}
	}
	if !slices.ContainsFunc(small[2].Rows, func(r []any) bool { return r[len(r)-1] == "small_cell" }) {
		t.Error("no pair is marked small_cell")
	}
}
