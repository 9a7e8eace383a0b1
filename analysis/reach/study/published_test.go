package study

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/reach"
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
	rows := measuretest.Rows(named(tables, "reach_estimate"))
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
	if err := one(q, &lists, `
		select count(*) from (select distinct platform, list, listed_to from marts.list_entries
			union all select distinct platform, '', effective_to from marts.platform_readings where metric = 'top100_followers_total')`); err != nil {
		t.Fatal(err)
	}
	if len(rows) != lists || lists == 0 {
		t.Errorf("%d rows for %d lists", len(rows), lists)
	}
	summed := false
	for _, r := range rows {
		if r["list"] != totalList || r["platform"] != "sina_weibo" || !r["list_on"].(time.Time).Equal(date("2011-01-31")) {
			continue
		}
		// The 198.2 million of February 2011: not one person more than Sina Weibo had accounts.
		if hi := r["reach_hi"]; r["accounts"] != 100 || r["reach_lo"].(float64) != 1_981_500 || hi != r["registered_users"] || hi.(float64) >= 198e6 {
			t.Errorf("the sum of a hundred accounts gives %v", r)
		}
		summed = true
	}
	if !summed {
		t.Error("no row for the published sum of the top 100 of Sina Weibo")
	}
	env.AsOf = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	if tables, err = (Job{}).Run(context.Background(), q, env); err != nil || len(named(tables, "reach_estimate").Rows) != 0 {
		t.Errorf("before anything was published: %d rows (%v)", len(named(tables, "reach_estimate").Rows), err)
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
	table := reach.EstimateTable()
	table.Rows = [][]any{row}
	r := measuretest.Rows(table)[0]
	if r["reach_lo"] != 9. || r["reach_hi"] != 14. || r["flags"] != "cap_contradicts_list" {
		t.Errorf("%v", r)
	}
}

// named is the table of that name.
func named(tables []analysis.Table, name string) analysis.Table {
	for _, t := range tables {
		if t.Name == name {
			return t
		}
	}
	return analysis.Table{}
}
