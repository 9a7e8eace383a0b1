package growth

import (
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

func run(t *testing.T, asOf string) map[string][]map[string]any {
	t.Helper()
	tables, err := Job{}.Run(t.Context(), warehousetest.Shipped(t), analysis.Env{AsOf: date(asOf)})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	out := map[string][]map[string]any{}
	for _, table := range tables {
		out[table.Name] = measuretest.Rows(table)
	}
	return out
}

func TestShippedHistory(t *testing.T) {
	tables := run(t, "2026-12-31")
	find := func(table string, match map[string]any) map[string]any {
		t.Helper()
	rows:
		for _, r := range tables[table] {
			for k, v := range match {
				if r[k] != v {
					continue rows
				}
			}
			return r
		}
		t.Fatalf("results.%s has no row %v", table, match)
		return nil
	}
	// Twitter's monthly users of 2013: 185 to 241 million by the quarterly reports.
	r := find("growth", map[string]any{"platform": "twitter", "metric": "monthly_active_users", "period": "2013"})
	digits(t, "rate", r["rate"].(float64), "0.3027")
	// The bank's 16 % a month: the December figure is derived from it, so the row must say so.
	r = find("growth", map[string]any{"platform": "sina_weibo", "metric": "top100_followers_total", "period": "all"})
	digits(t, "rate", r["rate"].(float64), "0.16")
	if !strings.Contains(r["flags"].(string), "derived") {
		t.Errorf("flags %q of a growth that rests on a derived figure", r["flags"])
	}
	for _, r := range tables["growth"] {
		if strings.Contains(r["flags"].(string), "below_step") && (r["rate"] != nil || r["cagr"] != nil) {
			t.Errorf("%v: a rate below the rounding step", r)
		}
	}
	for _, r := range tables["growth_curves"] {
		if (r["k"] == nil) == (r["refused_because"] == nil) || (r["k"] != nil) != r["identified"].(bool) {
			t.Errorf("%v: want a level or a reason", r)
		}
	}
	r = find("growth_curves", map[string]any{"platform": "twitter", "metric": "registered_users", "model": "logistic"})
	if r["identified"].(bool) {
		t.Errorf("a saturation level for Twitter's contradictory registrations: %v", r)
	}
	for _, r := range tables["family_series"] {
		if n := len(strings.Split(r["platforms"].(string), ",")); r["n_platforms"] != n {
			t.Errorf("%v: counts %v platforms and names %d", r, r["n_platforms"], n)
		}
	}
}

func TestAsOfHidesTheFuture(t *testing.T) {
	tables := run(t, "2011-02-28")
	for name, column := range map[string]string{"growth": "to_on", "family_series": "on", "age_series": "on"} {
		for _, r := range tables[name] {
			if r[column] == nil || date("2011-02-28").Before(r[column].(time.Time)) {
				t.Errorf("results.%s as of 2011-02-28 holds %v", name, r)
			}
		}
	}
	if rows := run(t, "2000-01-01"); len(rows["growth"]) != 0 {
		t.Errorf("%d rows before anything was published", len(rows["growth"]))
	}
}
