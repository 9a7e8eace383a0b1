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

var date = measuretest.Date

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
	s := Sightings{{"p", "d"}: {{date("2020-01-03"), measure.Normal(40, 0, .95, "")}}, {"p", "e"}: {{date("2019-12-30"), measure.Normal(10, 0, .95, "")}},
		{"p", "a"}: {{date("2020-02-01"), measure.Normal(60, 0, .95, "")}}, {"p", "c"}: {{date("2020-02-05"), measure.Normal(82, 0, .95, "")}}}
	table, err := turnoverTable(map[string][]List{"p": {start, end}}, s, 1)
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
	if table, err = turnoverTable(map[string][]List{"p": {start, end}}, s, 1); err != nil {
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
	slot := func(a, b List) measure.Estimate { return tripleOf(a, b, 3, nil).Slot }
	if e := slot(a, b); !e.Flags.Has("within_error") {
		t.Errorf("growth of 1 with a step of 10: %+v", e)
	}
	b.Entries[0].Followers.Mode = measure.CensoredRight
	if e := slot(a, b); e.Defined() || !e.Flags.Has(measure.Censored) {
		t.Errorf("growth to a lower bound: %+v", e)
	}
	if e := slot(list("2020-01-01", "abc", 0, 0, 0), a); e.Defined() || len(e.Flags) == 0 {
		t.Errorf("growth from zero: %+v", e)
	}
}

// A published sum tells the growth of the places and nothing of the accounts, and says so beside it.
func TestSurvivorshipOfATotal(t *testing.T) {
	tables, err := Job{}.Run(t.Context(), warehousetest.Shipped(t), analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	totals, lists := 0, 0
	for _, r := range measuretest.Rows(tables[3]) {
		if r["basis"] == "lists" {
			lists++
			if (r["cohort"] == nil || r["survivor"] == nil) != (r["why"] != nil) {
				t.Errorf("%v: a figure is missing without a reason, or a reason without a missing figure", r)
			}
			continue
		}
		totals++
		if r["platform"] == "sina_weibo" {
			digits(t, "the bank's 16 % a month", r["slot"].(float64), "0.16")
		}
		if r["cohort"] != nil || r["survivor"] != nil || r["why"] == nil || r["slot_lo95"] == nil {
			t.Errorf("%v: accounts behind a sum", r)
		}
	}
	if totals == 0 || lists < 30 {
		t.Errorf("%d totals and %d lists", totals, lists)
	}
}

func TestTauHasAnInterval(t *testing.T) {
	a, b := list("2020-01-01", "abcdef", 60, 50, 40, 30, 20, 10), list("2020-02-01", "bacdfe", 61, 52, 43, 33, 21, 12)
	e := commonTau(a.Entries, b.Entries, 1)
	digits(t, "tau-b", e.Point, "0.733333") // 13 concordant, 2 discordant of 15
	if again := commonTau(a.Entries, b.Entries, 1); again.Lo != e.Lo || again.Hi != e.Hi {
		t.Error("the interval is not repeatable")
	}
	if !(-1 <= e.Lo && e.Lo < e.Point && e.Point < e.Hi && e.Hi <= 1) {
		t.Errorf("%+v", e)
	}
	if e = commonTau(a.Entries[:4], b.Entries[:4], 1); measure.Finite(e.Lo) || !e.Defined() {
		t.Errorf("four accounts: %+v, want a point alone", e)
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
	digits(t, "mean stay within 30 days", steps[1].Mean.Point, "26") // 10 + 20*0.8
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

func TestSurvivalOfAccounts(t *testing.T) {
	day := func(s string) life { return life{first: date("2026-01-01"), last: date(s)} }
	lost := day("2026-03-02")
	lost.lost = date("2026-01-11")
	steps, err := survivalOf([]life{lost, day("2026-03-02"), day("2026-03-02"), day("2026-01-06")}, 0.95)
	if err != nil || len(steps) != 1 {
		t.Fatalf("%+v, %v", steps, err)
	}
	// The one that was asked for during five days alone is not at risk on the tenth.
	if s := steps[0]; s.Days != 10 || s.AtRisk != 3 || s.Left != 1 {
		t.Errorf("%+v", s)
	}
	digits(t, "survival", steps[0].Survival.Point, "0.666667")
	if steps, err = survivalOf(nil, 0.95); err != nil || len(steps) != 0 {
		t.Errorf("%+v, %v", steps, err)
	}
}
