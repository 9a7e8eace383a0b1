package quality

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/turnover"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
	"pgregory.net/rapid"
)

var date = measuretest.Date

func figure(metric, on, trust string, v, step float64) series.Reading {
	r, err := measure.NewReading(v, step, measure.Round)
	if err != nil {
		panic(err)
	}
	return series.Reading{Platform: "p", Family: "f", Metric: metric, Unit: "users", Reading: r, StepBasis: "stated", Precision: "day",
		Span: measure.Span{From: date(on), To: date(on)}, PublishedOn: date(on), SourceURL: "https://" + trust + ".com/" + on, Trust: trust}
}

func data(t *testing.T, rs ...series.Reading) series.Data {
	t.Helper()
	all, err := series.Build(rs)
	if err != nil {
		t.Fatal(err)
	}
	return series.Data{Readings: rs, Series: all, Platforms: []series.Platform{{Name: "p", Family: "f"}},
		Metrics: map[string]series.Metric{"x_pct": {Name: "x_pct", Unit: "percent", Measure: "share"}}}
}

// rules counts findings by rule.
func rules(fs []Finding) map[string]int {
	out := map[string]int{}
	for _, f := range fs {
		out[f.Rule]++
	}
	return out
}

func TestEachRuleFindsItsCase(t *testing.T) {
	const mau, dau, reg = "monthly_active_users", "daily_active_users", "registered_users"
	derived := figure(mau, "2020-01-01", "A", 5e6, 1e5)
	derived.Derived = true
	inferred := figure(mau, "2020-01-01", "A", 5e6, 1e5)
	inferred.StepBasis = "inferred"
	early := figure(mau, "2020-01-01", "A", 5e6, 1e5)
	early.PublishedOn = date("2019-12-01")
	bound := figure(mau, "2020-01-01", "A", 5e6, 1e5)
	bound.Mode, bound.Hi = measure.CensoredRight, math.Inf(1)
	for _, c := range []struct {
		rule string
		rs   []series.Reading
		want int
	}{
		{"stale", []series.Reading{figure(mau, "2024-05-31", "A", 6e8, 1e8), figure(mau, "2025-04-30", "A", 6e8, 1e8), figure(mau, "2025-07-31", "A", 6e8, 1e8)}, 1},
		{"stale", []series.Reading{figure(mau, "2024-05-31", "A", 6e8, 1e8), figure(mau, "2024-06-30", "A", 6e8, 1e8), figure(mau, "2024-07-31", "A", 6e8, 1e8)}, 0},
		{"sources_disagree", []series.Reading{figure(mau, "2016-09-30", "A", 297e6, 1e6), figure(mau, "2016-09-30", "C", 390e6, 1e6)}, 1},
		{"sources_disagree", []series.Reading{figure(mau, "2016-12-31", "A", 318e6, 1e6), figure(mau, "2016-12-31", "B", 319e6, 1e6)}, 0},
		{"contradicts_neighbours", []series.Reading{figure(mau, "2011-06-30", "A", 85e6, 1e6), figure(mau, "2011-07-15", "C", 21e6, 1e6), figure(mau, "2011-09-30", "A", 101e6, 1e6)}, 1},
		{"falling_total", []series.Reading{figure(reg, "2012-06-30", "A", 368e6, 1e6), figure(reg, "2012-09-24", "A", 350e6, 1e6)}, 1},
		{"gap", []series.Reading{figure(mau, "2012-06-30", "A", 1e6, 1e4), figure(mau, "2014-09-24", "A", 2e6, 1e4)}, 1},
		{"impossible", []series.Reading{figure(mau, "2012-06-30", "A", 11, 1), figure(reg, "2012-06-30", "A", 4, 1)}, 1}, // seen on a Mastodon server
		{"impossible", []series.Reading{figure(mau, "2012-06-30", "A", 4, 1), figure(reg, "2012-06-30", "A", 11, 1)}, 0},
		{"impossible", []series.Reading{figure(dau, "2012-06-30", "A", 30e6, 1e6), figure(mau, "2012-07-15", "A", 20e6, 1e6)}, 1},
		{"impossible", []series.Reading{figure(dau, "2012-06-30", "A", 30e6, 1e6), figure(mau, "2012-06-30", "A", 29.4e6, 1e6)}, 0}, // within rounding
		{"out_of_range", []series.Reading{figure(mau, "2012-06-30", "A", -5, 1)}, 1},
		{"out_of_range", []series.Reading{figure("x_pct", "2012-06-30", "A", 140, 1)}, 1},
		{"out_of_range", []series.Reading{figure("x_pct", "2012-06-30", "A", 100, 1)}, 0},
		{"derived", []series.Reading{derived}, 1},
		{"inferred_rounding", []series.Reading{inferred}, 1},
		{"published_before_period", []series.Reading{early}, 1},
		{"censored", []series.Reading{bound}, 1},
		{"weak_sources", []series.Reading{figure(mau, "2012-06-30", "C", 5, 1)}, 1},
		{"weak_sources", []series.Reading{figure(mau, "2012-06-30", "C", 5, 1), figure(mau, "2013-06-30", "B", 5, 1)}, 0},
		{"one_source", []series.Reading{figure(mau, "2012-06-30", "A", 5, 1), figure(mau, "2012-07-30", "A", 6, 1)}, 1},
		{"rounding_staircase", []series.Reading{figure(reg, "2012-01-30", "A", 5e8, 1e8), figure(reg, "2012-02-28", "A", 5e8, 1e8), figure(reg, "2012-03-30", "A", 5e8, 1e8),
			figure(reg, "2012-04-30", "A", 6e8, 1e8), figure(reg, "2012-05-30", "A", 6e8, 1e8)}, 1},
	} {
		if got := rules(OfSeries(data(t, c.rs...)))[c.rule]; got != c.want {
			t.Errorf("%s found %d times in %d readings, want %d", c.rule, got, len(c.rs), c.want)
		}
	}
}

func TestAccountRules(t *testing.T) {
	at := func(on string, x float64) value { return value{date(on), x, x, x} }
	spike := account{"p", "a", "A", []value{at("2012-01-01", 100), at("2012-02-01", 300), at("2012-03-01", 104)}}
	steady := account{"p", "b", "B", []value{at("2012-01-01", 100), at("2012-02-01", 102), at("2012-03-01", 104)}}
	jump := account{"p", "c", "C", []value{at("2012-01-01", 100), at("2012-02-01", 300), at("2012-03-01", 310)}}
	if got := rules(ofAccounts([]account{spike, steady, jump})); got["outlier"] != 1 || len(got) != 1 {
		t.Errorf("%v, want one outlier", got)
	}
	var all []account
	for i := range 5 {
		x := float64(1000 * (i + 1))
		all = append(all, account{"p", fmt.Sprint(i), "A", []value{at("2018-06-15", x), at("2018-07-15", x*0.97), at("2018-08-15", x*0.98)}})
	}
	got := sharedFalls(all)
	if len(got) != 1 || !got[0].On.Equal(date("2018-07-01")) || got[0].Affected != 5 {
		t.Errorf("%+v, want the purge of July", got)
	}
	all[0].readings[1].x, all[0].readings[1].lo, all[0].readings[1].h = 1010, 1010, 1010
	all[1].readings[1].x, all[1].readings[1].lo, all[1].readings[1].h = 2010, 2010, 2010
	if got = sharedFalls(all); len(got) != 0 {
		t.Errorf("%+v though two of five rose", got)
	}
}

func TestListRules(t *testing.T) {
	l := turnover.List{Platform: "p", On: date("2012-01-01"), SourceURL: "u"}
	for i, v := range []float64{90, 70, 80, 60} {
		l.Entries = append(l.Entries, turnover.Entry{Rank: i + 1, ID: fmt.Sprint(i), Followers: measure.Reading{Value: v, Lo: v, Hi: v, Mode: measure.Exact}})
	}
	if got := rules(ofLists([]turnover.List{l})); got["list_not_descending"] != 1 || got["list_coverage"] != 1 || len(got) != 2 {
		t.Errorf("%v, want one line out of order", got)
	}
	l.Entries[1].Followers.Hi, l.Entries[3].Rank = 85, 7
	if got := rules(ofLists([]turnover.List{l})); got["list_incomplete"] != 1 || got["list_coverage"] != 1 || len(got) != 2 {
		t.Errorf("%v, want a hole, and no fault within rounding", got)
	}
}

func TestListCoverageAndCensoring(t *testing.T) {
	bound := measure.Reading{Value: 1e6, Step: 1, Mode: measure.CensoredRight, Lo: 1e6, Hi: math.Inf(1)}
	l := turnover.List{Platform: "p", On: date("2012-01-01"), SourceURL: "u", Entries: []turnover.Entry{{Rank: 1, ID: "a", Followers: bound}, {Rank: 2, ID: "b", Followers: bound}}}
	found := ofLists([]turnover.List{l})
	if got := rules(found); got["list_censored"] != 1 || got["list_coverage"] != 1 {
		t.Errorf("%v, want a censored list that holds two places", got)
	}
	for _, f := range found {
		if f.Rule == "list_censored" && f.What != "u: 2 of 2 lines (100 %) are only lower bounds" {
			t.Errorf("%q", f.What)
		}
	}
	full := turnover.List{Platform: "q", On: date("2012-01-01")}
	for i := range 100 {
		full.Entries = append(full.Entries, turnover.Entry{Rank: i + 1, ID: fmt.Sprint(i)})
	}
	if got := coverage([]turnover.List{full}); got[0].Severity != Info || got[0].Affected != 100 {
		t.Errorf("%+v, want a full list to be no worry", got)
	}
}

func TestFollowerLists(t *testing.T) {
	got := ofFollowerLists([]verdictCount{{"p", "complete", 3}, {"p", "hidden", 1}, {"p", "truncated", 4}, {"q", "complete", 2}})
	if len(got) != 2 || got[0].What != "3 of 8 follower lists are complete; the others: 4 truncated, 1 hidden" || got[0].Affected != 5 || got[0].Severity != Warn {
		t.Errorf("%+v", got)
	}
	if got[1].Severity != Info || got[1].Affected != 0 {
		t.Errorf("%+v, want no worry where all are whole", got[1])
	}
}

func TestGridCoarserThanStated(t *testing.T) {
	var rs []series.Reading
	for i, v := range []float64{10e6, 20e6, 30e6, 40e6, 60e6} {
		rs = append(rs, figure("monthly_active_users", fmt.Sprintf("2012-%02d-28", i+1), "A", v, 1e6))
	}
	if got := rules(OfSeries(data(t, rs...)))["grid_coarser_than_stated"]; got != 1 {
		t.Errorf("found %d times, want once", got)
	}
	rs[2].Value = 31e6
	if got := rules(OfSeries(data(t, rs...)))["grid_coarser_than_stated"]; got != 0 {
		t.Errorf("found %d times though one value is finer", got)
	}
}

// Each rule is listed once, and no finding of the shipped history names another.
func TestRulesAreListed(t *testing.T) {
	tables, err := Job{}.Run(t.Context(), warehousetest.Shipped(t), analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]Rule{}
	for _, r := range Rules {
		if _, twice := known[r.Name]; twice || r.Looks == "" || r.Consequence == "" {
			t.Errorf("%+v is listed twice or lacks words", r)
		}
		known[r.Name] = r
	}
	total := 0
	for _, r := range measuretest.Rows(tables[1]) {
		total += r["findings"].(int)
	}
	for _, r := range measuretest.Rows(tables[0]) {
		rule, ok := known[r["rule"].(string)]
		if !ok || rule.Consequence != depends && rule.Consequence != r["consequence"] {
			t.Errorf("%v: the rule is not listed or promises %q", r, rule.Consequence)
		}
	}
	if total != len(tables[0].Rows) {
		t.Errorf("%d findings by rule, %d in all", total, len(tables[0].Rows))
	}
}

// Whatever the readings, every finding is complete and names a rule of the column's comment.
func TestFindingsAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 10).Draw(t, "n")
		var rs []series.Reading
		for range n {
			on := date("2012-01-31").AddDate(0, rapid.IntRange(0, 30).Draw(t, "month"), 0).Format(time.DateOnly)
			rs = append(rs, figure(rapid.SampledFrom([]string{"registered_users", "monthly_active_users", "x_pct"}).Draw(t, "metric"), on,
				rapid.SampledFrom([]string{"A", "B", "C", ""}).Draw(t, "trust"), rapid.Float64Range(-10, 1e18).Draw(t, "value"), 1e3))
		}
		all, err := series.Build(rs)
		if err != nil {
			t.Fatal(err)
		}
		found := OfSeries(series.Data{Series: all, Platforms: []series.Platform{{Name: "p"}}})
		tab := table(found)
		measuretest.CheckTables(t, tab)
		for _, f := range found {
			if f.Rule == "" || f.What == "" || f.Consequence == "" || f.Severity == "" || f.Platform == "" {
				t.Fatalf("%+v", f)
			}
		}
	})
}

func TestShippedHistory(t *testing.T) {
	q := warehousetest.Shipped(t)
	tables, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	found := map[string]int{}
	order := []string{}
	for _, r := range measuretest.Rows(tables[0]) {
		found[r["rule"].(string)]++
		order = append(order, r["severity"].(string))
		if on, ok := r["on"].(time.Time); ok && r["rule"] == "sources_disagree" && r["platform"] == "sina_weibo" && on.Equal(date("2016-09-30")) && r["severity"] != "error" {
			t.Errorf("297 against 390 million is no error: %v", r)
		}
	}
	for _, rule := range []string{"sources_disagree", "contradicts_neighbours", "gap", "derived", "stale", "falling_total", "list_incomplete"} {
		if found[rule] == 0 {
			t.Errorf("%s finds nothing in the shipped history", rule)
		}
	}
	if order[0] != "error" || order[len(order)-1] != "info" {
		t.Errorf("the gravest do not come first: %q ... %q", order[0], order[len(order)-1])
	}
	early, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2011-02-28")})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range measuretest.Rows(early[0]) {
		if on, ok := r["on"].(time.Time); ok && on.After(date("2011-02-28")) {
			t.Errorf("as of 2011-02-28 there is %v", r)
		}
	}
}
