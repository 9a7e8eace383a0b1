package turnover

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// list is a list of one-letter accounts with these exact followers.
func list(on, order string, followers ...float64) List {
	l := List{Platform: "p", Name: "top " + on, On: date(on)}
	for i, id := range letters(order) {
		f := measure.Reading{Value: followers[i], Step: 1, Mode: measure.Exact, Lo: followers[i], Hi: followers[i]}
		l.Entries = append(l.Entries, Entry{Rank: i + 1, ID: id, DisplayName: strings.ToUpper(id), Followers: f})
	}
	return l
}

func TestTop(t *testing.T) {
	l := list("2020-01-01", "abcd", 9, 8, 7, 6)
	if got := len(l.Top()); got != 4 {
		t.Errorf("top of a whole list has %d, want 4", got)
	}
	l.Entries[2].Rank, l.Entries[3].Rank = 5, 6
	if got := len(l.Top()); got != 2 {
		t.Errorf("top of a list with a hole has %d, want 2", got)
	}
	l.Entries[1].Rank, l.Entries[2].Rank, l.Entries[3].Rank = 1, 3, 4
	if got := len(l.Top()); got != 4 {
		t.Errorf("top of a list with a shared rank has %d, want 4", got)
	}
	l.Entries[0].Rank = 2
	if got := len(l.Top()); got != 0 {
		t.Errorf("top of a list without its first has %d, want 0", got)
	}
}

func TestComparableTakesTheLongest(t *testing.T) {
	short, long := list("2020-01-01", "abc", 9, 8, 7), list("2020-01-01", "abcd", 9, 8, 7, 6)
	two, twice := list("2020-01-02", "ab", 9, 8), list("2020-01-03", "aba", 9, 8, 9)
	got := Comparable([]List{short, long, two, twice})["p"]
	if len(got) != 1 || len(got[0].Entries) != 4 {
		t.Errorf("%d lists, want the long one alone", len(got))
	}
}

func TestTurnoverRow(t *testing.T) {
	// The accounts of UT-9.6 as two lists of three; the counts of d and e at the start and of a at the end come from readings.
	start, end := list("2020-01-01", "abc", 100, 90, 80), list("2020-02-01", "edb", 120, 110, 95)
	s := Sightings{{"p", "d"}: {{date("2020-01-03"), 40}}, {"p", "e"}: {{date("2019-12-30"), 10}},
		{"p", "a"}: {{date("2020-02-01"), 60}}, {"p", "c"}: {{date("2020-02-05"), 82}}}
	table, err := turnoverTable(map[string][]List{"p": {start, end}}, s)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, table)
	r := measuretest.Rows(table)[0]
	digits(t, "cohort", r["cohort_growth"].(float64), "-.122222")
	digits(t, "survivor", r["survivor_growth"].(float64), "1.32143")
	digits(t, "slot", r["slot_growth"].(float64), ".203704")
	if r["left_names"] != "A; C" || r["entered_names"] != "E; D" || r["common"] != 1 || r["tau_b"] != nil || r["flags"] != "" {
		t.Errorf("%v", r)
	}
	delete(s, [2]string{"p", "a"})
	if table, err = turnoverTable(map[string][]List{"p": {start, end}}, s); err != nil {
		t.Fatal(err)
	}
	if r = measuretest.Rows(table)[0]; r["cohort_growth"] != nil || r["flags"] != "cohort_incomplete" || r["slot_growth"] == nil {
		t.Errorf("%v: want no cohort figure where an account is lost from sight", r)
	}
}

func TestSlotGrowthFlags(t *testing.T) {
	a, b := list("2020-01-01", "abc", 100, 90, 80), list("2020-02-01", "abc", 101, 90, 80)
	for i := range a.Entries {
		a.Entries[i].Followers, b.Entries[i].Followers = wide(a.Entries[i].Followers), wide(b.Entries[i].Followers)
	}
	if e := slotGrowth(a.Entries, b.Entries); !e.Flags.Has("within_error") {
		t.Errorf("growth of 1 with a step of 10: %+v", e)
	}
	b.Entries[0].Followers.Mode = measure.CensoredRight
	if e := slotGrowth(a.Entries, b.Entries); e.Defined() || !e.Flags.Has(measure.Censored) {
		t.Errorf("growth to a lower bound: %+v", e)
	}
	zero := list("2020-01-01", "abc", 0, 0, 0)
	if e := slotGrowth(zero.Entries, a.Entries); e.Defined() || len(e.Flags) == 0 {
		t.Errorf("growth from zero: %+v", e)
	}
}

func wide(r measure.Reading) measure.Reading {
	r.Step, r.Mode, r.Lo, r.Hi = 10, measure.Round, r.Value-5, r.Value+5
	return r
}

func TestTenures(t *testing.T) {
	lists := []List{
		list("2020-01-01", "abc", 9, 8, 7), list("2020-01-11", "abd", 9, 8, 7), // c left after 10 days
		list("2020-01-31", "dae", 9, 8, 7), // b left after 30
		list("2020-03-01", "dae", 9, 8, 7),
	}
	// Stays: c 10 ended; b 30 ended; e 30, d 50, a 60 cut short. S(10) = 4/5, S(30) = 4/5*3/4.
	steps, err := Tenures(lists, 3, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 2 || steps[0].AtRisk != 5 || steps[1].AtRisk != 4 || steps[0].Days != 10 || steps[1].Days != 30 {
		t.Fatalf("%+v", steps)
	}
	digits(t, "S(10)", steps[0].Survival.Point, "0.8")
	digits(t, "S(30)", steps[1].Survival.Point, "0.6")
	// After a silence of years nobody is said to have left.
	lists = append(lists[:1], list("2025-01-01", "xyz", 9, 8, 7))
	if steps, err = Tenures(lists, 3, 0.95); err != nil || len(steps) != 0 {
		t.Errorf("%+v, %v: want no end of a stay across a silence", steps, err)
	}
}

func TestShippedHistory(t *testing.T) {
	q := warehousetest.Shipped(t)
	tables, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	if n := len(tables[0].Rows); n < 300 {
		t.Errorf("%d lines of lists", n)
	}
	found := false
	for _, r := range measuretest.Rows(tables[1]) {
		if c, k := r["common"].(int), r["k"].(int); c+r["entered"].(int) != k || math.Abs(r["churn"].(float64)-(1-float64(c)/float64(k))) > 1e-12 {
			t.Errorf("%v: common and entered do not make k", r)
		}
		if r["platform"] == "twitter" && r["from_on"] == date("2011-02-14") && r["to_on"] == date("2011-04-04") {
			found = r["k"] == 10 && r["slot_growth"].(float64) > 0.03
		}
	}
	if !found {
		t.Error("no turnover between the top tens of February and April 2011, or no growth in it")
	}
	early, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2011-02-28")})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range measuretest.Rows(early[0]) {
		if r["list_on"].(time.Time).After(date("2011-02-28")) {
			t.Errorf("as of 2011-02-28 there is %v", r)
		}
	}
	if len(early[0].Rows) == 0 || len(early[0].Rows) >= len(tables[0].Rows) {
		t.Errorf("%d lines known by 2011-02-28", len(early[0].Rows))
	}
}
