package forecast

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

func runJob(t *testing.T, asOf string, workers int) map[string]analysis.Table {
	t.Helper()
	day, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := Job{}.Run(t.Context(), warehousetest.Shipped(t), analysis.Env{AsOf: day, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]analysis.Table{}
	for _, tb := range tables {
		out[tb.Name] = tb
	}
	return out
}

// cell gives a column's value in a row.
func cell(tb analysis.Table, row []any, name string) any {
	for i, c := range tb.Columns {
		if c.Name == name {
			return row[i]
		}
	}
	return nil
}

func TestJobTablesAreWhole(t *testing.T) {
	for _, asOf := range []string{"2026-01-10", "2014-06-30", "2011-06-20", "2009-01-01", "2005-01-01"} {
		for name, tb := range runJob(t, asOf, 0) {
			if tb.Comment == "" {
				t.Errorf("%s: no comment", name)
			}
			for _, row := range tb.Rows {
				if len(row) != len(tb.Columns) {
					t.Fatalf("%s %s: %d cells, %d columns: %v", asOf, name, len(row), len(tb.Columns), row)
				}
				for i, v := range row {
					if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
						t.Fatalf("%s %s.%s: %v", asOf, name, tb.Columns[i].Name, row)
					}
				}
			}
		}
	}
}

func TestFansOfTheShippedHistory(t *testing.T) {
	tb := runJob(t, "2026-01-10", 0)["forecast"]
	seen := map[string]int{}
	for _, row := range tb.Rows {
		key := cell(tb, row, "platform").(string) + "/" + cell(tb, row, "metric").(string)
		seen[key]++
		before := 0.0
		for _, q := range []string{"q05", "q10", "q25", "q50", "q75", "q90", "q95"} {
			v := cell(tb, row, q).(float64)
			if v < before {
				t.Fatalf("%s %v: %s is %v, below %v", key, cell(tb, row, "on"), q, v, before)
			}
			before = v
		}
	}
	for _, key := range []string{"bluesky/registered_users", "threads/monthly_active_users", "twitter/monthly_active_users", "sina_weibo/monthly_active_users"} {
		if seen[key] < 24 {
			t.Errorf("%s: %d days in the fan, want two years of months", key, seen[key])
		}
	}
	if seen["sina_weibo/registered_users"] > 0 {
		t.Error("a series that ended in 2013 is forecast from 2026")
	}
	refused := runJob(t, "2026-01-10", 0)["forecast_refused"]
	if len(refused.Rows) == 0 || refused.Rows[0][3] == "" {
		t.Errorf("refused: %v", refused.Rows)
	}
}

// A fan made as of a day is the same whether or not later figures are in the warehouse: the job only asks for what was published.
func TestJobIsTheSameForAnyNumberOfWorkers(t *testing.T) {
	one := runJob(t, "2014-06-30", 1)
	for _, n := range []int{2, 5} {
		if d := cmp.Diff(one, runJob(t, "2014-06-30", n)); d != "" {
			t.Errorf("%d workers: %s", n, d)
		}
	}
	if len(one["backtest"].Rows) == 0 {
		t.Error("no past forecast was judged")
	}
}

func TestPastForecastsSeeOnlyWhatWasPublished(t *testing.T) {
	day := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	d := loadShipped(t, day)
	st, err := studyOf(t.Context(), d, day, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range st.lines {
		for _, f := range l.past {
			n++
			if f.known <= f.origin || f.target <= 0 {
				t.Errorf("%s: outcome published on %v, origin %v", l.id(), Date(f.known), Date(f.origin))
			}
		}
	}
	if n < 100 {
		t.Errorf("%d past forecasts", n)
	}
	for h, c := range st.cover {
		if c.Share < 0.6 || c.Share > 0.97 {
			t.Errorf("%d months ahead 80 %% intervals held %.2f of %v", h, c.Share, c.N)
		}
	}
}

// What was published after a day moves nothing that is said as of that day: not the readings behind a past forecast, and not an answer to somebody's
// claim, even where later rows are absurd.
func TestClaimsSeeOnlyWhatWasPublished(t *testing.T) {
	today, then := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC), time.Date(2016, 1, 5, 0, 0, 0, 0, time.UTC)
	claims := []Claim{{"sina_weibo", "monthly_active_users", then, time.Date(2016, 12, 31, 0, 0, 0, 0, time.UTC)}, {"orkut", "monthly_active_users", then, today}}
	d := loadShipped(t, today)
	clean, err := studyOf(t.Context(), d, today, 0, claims)
	if err != nil {
		t.Fatal(err)
	}
	if len(clean.claims) != 2 || clean.claims[0].q == nil || clean.claims[1].reason == "" {
		t.Fatalf("claims %+v, want one answer and one reason", clean.claims)
	}
	n := 0
	for _, l := range clean.lines {
		was, err := l.knownBy(Days(then))
		if err != nil {
			t.Fatal(err)
		}
		poisoned := &line{Series: l.Series, measure: l.measure}
		for _, r := range l.readings {
			if r.PublishedOn.After(then) {
				r.Value, r.Lo, r.Hi = 9e15, 9e15, 9e15
				n++
			}
			poisoned.readings = append(poisoned.readings, r)
		}
		is, err := poisoned.knownBy(Days(then))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(was, is); diff != "" {
			t.Errorf("%s: later publications change what was known: %s", l.id(), diff)
		}
	}
	if n < 100 {
		t.Errorf("only %d readings are later: the test tests nothing", n)
	}
}

func BenchmarkJob(b *testing.B) {
	q := warehousetest.Shipped(b)
	env := analysis.Env{AsOf: time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)}
	for b.Loop() {
		if _, err := (Job{}).Run(b.Context(), q, env); err != nil {
			b.Fatal(err)
		}
	}
}

func loadShipped(t *testing.T, asOf time.Time) series.Data {
	t.Helper()
	d, err := series.Load(t.Context(), warehousetest.Shipped(t), asOf)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
