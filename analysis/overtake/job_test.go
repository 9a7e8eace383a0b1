package overtake

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

func TestWhatHappenedIsFound(t *testing.T) {
	tables := shippedTables(t)
	want := map[string][2]string{
		"monthly_active_users sina_weibo twitter": {"2016-12-31", "2017-03-31"},
		"daily_active_users threads twitter":      {"2025-06-30", "2026-01-07"},
	}
	rows := rowsOf(t, tables, "crossings")
	for _, r := range rows {
		key := strings.Join([]string{r["metric"].(string), r["challenger"].(string), r["leader"].(string)}, " ")
		if w, ok := want[key]; ok && r["crossed_after"] == any(day(w[0])) && r["crossed_by"] == any(day(w[1])) {
			delete(want, key)
		}
	}
	if len(want) > 0 {
		t.Errorf("crossings not found: %v, among %v", want, rows)
	}
}

func TestPublishedForecastsAreScored(t *testing.T) {
	outcomes := map[string]string{}
	for _, r := range rowsOf(t, shippedTables(t), "published_forecasts_scored") {
		outcomes[strings.Fields(r["forecaster"].(string))[0]] = r["outcome"].(string)
		if r["p_ours_in_window"] == nil || r["ours_median"] == nil {
			t.Errorf("no forecast of ours beside %v: %v", r["forecaster"], r["reason"])
		}
	}
	if want := map[string]string{"Credit": notObserved, "TechNode": notObserved, "Social": possible}; !gocmp.Equal(outcomes, want) {
		t.Errorf("outcomes %v, want %v", outcomes, want)
	}
}

// jobOnce is the job's tables for the tests that only look at them.
var jobOnce sync.Once

var jobTables []analysis.Table

func shippedTables(t *testing.T) []analysis.Table {
	t.Helper()
	jobOnce.Do(func() { jobTables = runJob(t, 0) })
	return jobTables
}

func runJob(t testing.TB, workers int) []analysis.Table {
	t.Helper()
	tables, err := Job{}.Run(t.Context(), warehousetest.Shipped(t), analysis.Env{AsOf: today, Seed: 1, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// rowsOf are the rows of one table by column name.
func rowsOf(t *testing.T, tables []analysis.Table, name string) []map[string]any {
	t.Helper()
	i := slices.IndexFunc(tables, func(x analysis.Table) bool { return x.Name == name })
	if i < 0 {
		t.Fatalf("no table %s", name)
	}
	var out []map[string]any
	for _, r := range tables[i].Rows {
		row := map[string]any{}
		for c, column := range tables[i].Columns {
			row[column.Name] = r[c]
		}
		out = append(out, row)
	}
	return out
}

func TestWorkersChangeNothing(t *testing.T) {
	if diff := gocmp.Diff(runJob(t, 1), runJob(t, 7)); diff != "" {
		t.Errorf("one worker and seven differ:\n%s", diff)
	}
}

func TestJobAgreesWithForecast(t *testing.T) {
	a := ask(t, early2011)
	for _, r := range rowsOf(t, shippedTables(t), "overtake") {
		if r["as_of"] == any(early2011.AsOf) && r["question"] == EverBy {
			if got := r["median_on"].(time.Time); !got.Equal(a.Questions[1].Median.Time) || r["p_never"] != any(a.Questions[1].PNever) {
				t.Errorf("the job says %v and never %v, the command %v and %v", got, r["p_never"], a.Questions[1].Median, a.Questions[1].PNever)
			}
			return
		}
	}
	t.Error("no row for the replay of 2011")
}

func TestTablesAreWhole(t *testing.T) {
	tables := shippedTables(t)
	var names []string
	for _, table := range tables {
		names = append(names, table.Name)
		if table.Comment == "" || len(table.Rows) == 0 {
			t.Errorf("%s: %d rows, comment %q", table.Name, len(table.Rows), table.Comment)
		}
		for _, c := range table.Columns {
			if c.Comment == "" {
				t.Errorf("%s.%s has no comment", table.Name, c.Name)
			}
		}
		for _, row := range table.Rows {
			checkRow(t, table, row)
		}
	}
	if want := []string{"overtake", "overtake_curve", "overtake_fan", "overtake_evidence", "crossings", "published_forecasts_scored", "overtake_editions"}; !slices.Equal(names, want) {
		t.Errorf("tables %v, want %v", names, want)
	}
	checkOrder(t, rowsOf(t, tables, "overtake"))
}

func checkRow(t *testing.T, table analysis.Table, row []any) {
	t.Helper()
	if len(row) != len(table.Columns) {
		t.Fatalf("%s: a row of %d values for %d columns", table.Name, len(row), len(table.Columns))
	}
	for i, v := range row {
		c := table.Columns[i]
		ok := v == nil
		switch x := v.(type) {
		case string:
			ok = c.Type == "varchar"
		case int64:
			ok = c.Type == "bigint"
		case bool:
			ok = c.Type == "boolean"
		case float64:
			ok = c.Type == "double" && measure.Finite(x) && (!strings.HasPrefix(c.Name, "p_") || x >= 0 && x <= 1)
		case time.Time:
			ok = c.Type == "date" && x.Equal(x.Truncate(24*time.Hour)) && x.Location() == time.UTC
		}
		if !ok {
			t.Errorf("%s.%s: %v (%T) in a column of type %s", table.Name, c.Name, v, v, c.Type)
		}
	}
}

// checkOrder asks of every pair: ever is no later than for good, and no less probable.
func checkOrder(t *testing.T, rows []map[string]any) {
	t.Helper()
	type key struct{ asOf, metric, challenger, leader any }
	byPair := map[key]map[string]map[string]any{}
	for _, r := range rows {
		k := key{r["as_of"], r["metric"], r["challenger"], r["leader"]}
		if byPair[k] == nil {
			byPair[k] = map[string]map[string]any{}
		}
		byPair[k][r["question"].(string)] = r
	}
	answered := 0
	for k, q := range byPair {
		if len(q) != 3 {
			t.Errorf("%v has %d questions, want 3", k, len(q))
			continue
		}
		if q[EverBy]["p_never"] == nil {
			if q[EverBy]["reason"] == nil || q[EverBy]["flags"] == "" {
				t.Errorf("%v has neither a forecast nor a reason", k)
			}
			continue
		}
		answered++
		ever, ahead, good := q[EverBy]["p_within_1y"].(float64), q[AheadAt]["p_within_1y"].(float64), q[ForGood]["p_within_1y"].(float64)
		if ever < ahead-.005 || ahead < good-.005 { // ahead_at is interpolated between days of the grid
			t.Errorf("%v: within a year ever %v, ahead %v, for good %v", k, ever, ahead, good)
		}
		if q[ForGood]["median_on"] != nil && q[EverBy]["median_on"].(time.Time).After(q[ForGood]["median_on"].(time.Time)) {
			t.Errorf("%v: ever on %v, after for good on %v", k, q[EverBy]["median_on"], q[ForGood]["median_on"])
		}
	}
	if answered < 10 {
		t.Errorf("only %d pairs have a forecast", answered)
	}
}

func BenchmarkJob(b *testing.B) {
	q := warehousetest.Shipped(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Job{}).Run(b.Context(), q, analysis.Env{AsOf: today, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkForecast(b *testing.B) {
	q := warehousetest.Shipped(b)
	for b.Loop() {
		if _, err := Forecast(b.Context(), q, early2011); err != nil {
			b.Fatal(err)
		}
	}
}

// A date that comes from the warehouse and the same date written in Go must share one study.
func TestDatesOfOneDayShareAStudy(t *testing.T) {
	at := day("2025-09-29") // the day of a published forecast
	tables, err := Job{}.Run(t.Context(), warehousetest.Shipped(t), analysis.Env{AsOf: at.In(time.FixedZone("UTC", 0)), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, tables, "published_forecasts_scored"); len(rows) != 3 {
		t.Errorf("%d published forecasts scored, want 3", len(rows))
	}
}
