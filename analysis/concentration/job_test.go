package concentration

import (
	"testing"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

var date = measuretest.Date

func TestRowOfOddLists(t *testing.T) {
	tab := table()
	for name, c := range map[string]struct {
		list  list
		flags string
		gini  bool
	}{
		"five":     {list{counts: five, sds: make([]float64, 5), ranks: []int{1, 2, 3, 4, 5}}, "", true},
		"a hole":   {list{counts: five, sds: make([]float64, 5), ranks: []int{1, 2, 3, 5, 9}}, "list_incomplete", true},
		"two":      {list{counts: []float64{2, 1}, sds: make([]float64, 2), ranks: []int{1, 2}}, "few_points", false},
		"equal":    {list{counts: []float64{2, 2, 2, 2, 2}, sds: make([]float64, 5)}, "all_equal", true},
		"zeros":    {list{counts: []float64{0, 0, 0}, sds: make([]float64, 3)}, "all_equal,non_positive", false},
		"negative": {list{counts: []float64{3, 2, -1}, sds: make([]float64, 3)}, "non_positive", false},
		"censored": {list{counts: five, sds: make([]float64, 5), censored: 1}, "censored", false},
		"huge":     {list{counts: []float64{1e308, 1e308, 1e307}, sds: make([]float64, 3)}, "non_positive", false},
	} {
		row, err := c.list.row(1)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		row[2] = date("2020-01-01")
		one := tab
		one.Rows = [][]any{row}
		measuretest.CheckTables(t, one)
		r := measuretest.Rows(one)[0]
		if r["flags"] != c.flags || (r["gini"] != nil) != c.gini {
			t.Errorf("%s: gini %v, flags %q, want flags %q", name, r["gini"], r["flags"], c.flags)
		}
	}
}

func TestPowerLawColumns(t *testing.T) {
	x := pareto(60, 2.2, 3)
	l := list{name: "l", counts: x, sds: make([]float64, len(x))}
	a, b := l.law(7), l.law(7)
	if a[7] == nil || a[9] != "neither" || a[7] != b[7] {
		t.Errorf("%v, then %v: want a repeatable test without a verdict", a, b)
	}
	l.counts = lognormal()
	if got := l.law(7); got[7] == nil {
		t.Errorf("%v", got)
	}
	l.counts = make([]float64, 30)
	if got := l.law(7); got[7] != nil {
		t.Errorf("a law of zeros: %v", got)
	}
}

func TestShippedHistory(t *testing.T) {
	q := warehousetest.Shipped(t)
	tables, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2026-12-31"), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	tested := 0
	for _, r := range measuretest.Rows(tables[0]) {
		n := r["entries"].(int)
		if (r["gini"] != nil) != (n >= 3) {
			t.Errorf("%v: Gini of %d entries", r, n)
		}
		if r["power_law_p"] != nil {
			tested++
		}
	}
	if tested == 0 {
		t.Error("no list is long enough for a power law, yet there is one of 27")
	}
	early, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2011-02-28")})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(early[0].Rows); n == 0 || n >= len(tables[0].Rows) {
		t.Errorf("%d lists known by 2011-02-28, %d today", n, len(tables[0].Rows))
	}
}

// The intervals of a list of five by an independent jackknife (leave one out, in another language), and what a bootstrap
// of the first share can be at most.
func TestIntervalsOfAList(t *testing.T) {
	l := list{name: "l", counts: five, sds: make([]float64, 5), ranks: []int{1, 2, 3, 4, 5}, on: date("2020-01-01")}
	row, err := l.row(1)
	if err != nil {
		t.Fatal(err)
	}
	one := table()
	one.Rows = [][]any{row}
	r := measuretest.Rows(one)[0]
	half := func(name string) float64 { return r[name].(float64) }
	digits(t, "HHI", half("hhi"), ".273333")
	digits(t, "HHI hi", half("hhi_hi95"), "0.372904")
	digits(t, "entropy hi", half("entropy_hi95"), "1.60318")
	digits(t, "Theil hi", half("theil_hi95"), "0.355809")
	digits(t, "effective number lo", half("effective_lo95"), "2.68166")
	if r["scope"] != "within the top 5" || half("top1_lo95") > 0.4 || half("top1_hi95") < 0.4 || half("top1_hi95") > 1 || r["top5_share"] != nil {
		t.Errorf("%v", r)
	}
}
