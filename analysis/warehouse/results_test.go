package warehouse_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// seriesJob counts readings a platform.
type seriesJob struct{ ran *int }

func (seriesJob) Name() string { return "series" }

func (j seriesJob) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	if j.ran != nil {
		*j.ran++
	}
	rows, err := q.QueryContext(ctx, "select platform, count(*) from marts.platform_readings where published_on <= ? group by platform order by platform", env.AsOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := analysis.Table{Name: "series", Comment: "One row per platform.", Columns: []analysis.Column{
		{Name: "platform", Type: "varchar", Comment: "short name"}, {Name: "on", Type: "date", Comment: "as of"}, {Name: "n", Type: "bigint", Comment: "readings"},
	}}
	for rows.Next() {
		var p string
		var n int64
		if err := rows.Scan(&p, &n); err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, []any{p, env.AsOf, n})
	}
	return []analysis.Table{t}, rows.Err()
}

// tableJob gives fixed tables.
type tableJob struct {
	name   string
	tables []analysis.Table
	err    error
}

func (j tableJob) Name() string { return j.name }
func (j tableJob) Run(context.Context, analysis.Querier, analysis.Env) ([]analysis.Table, error) {
	return j.tables, j.err
}

var everyType = []analysis.Column{
	{Name: "text", Type: "varchar", Comment: "a text"}, {Name: "count", Type: "bigint", Comment: "a count"},
	{Name: "value", Type: "double", Comment: "a value"}, {Name: "is", Type: "boolean", Comment: "a truth"},
	{Name: "on", Type: "date", Comment: "a day"}, {Name: "at", Type: "timestamp", Comment: "an instant"},
}

func table(name string, rows ...[]any) analysis.Table {
	return analysis.Table{Name: name, Comment: "Rows of a test.", Columns: everyType, Rows: rows}
}

func TestResultsKeepEveryType(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	day := time.Date(1969, 7, 20, 0, 0, 0, 0, time.UTC)
	at := time.Date(2026, 1, 9, 23, 59, 59, 123456000, time.FixedZone("CST", 8*3600))
	d, _ := f.run(tableJob{name: "types", tables: []analysis.Table{table("types",
		[]any{"姚晨 \"=1+1\"\n\u202e😀", 1 << 60, 0.1, true, day, at},
		[]any{nil, nil, nil, nil, nil, nil},
		[]any{"", int64(-1), 3, false, day, at},
	)}})
	rows, err := d.QueryContext(t.Context(), `select text, count, value, "is", "on", "at" from results.types`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got [][]any
	for rows.Next() {
		row := make([]any, 6)
		if err := rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5]); err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	want := [][]any{
		{"姚晨 \"=1+1\"\n\u202e😀", int64(1 << 60), 0.1, true, day, at.UTC()},
		{nil, nil, nil, nil, nil, nil},
		{"", int64(-1), 3.0, false, day, at.UTC()},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}

func TestResultsRefuseWhatATableMustNotHold(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	good := []any{"a", 1, 1.0, true, time.Now(), time.Now()}
	bad := func(column int, v any) []any {
		row := append([]any(nil), good...)
		row[column] = v
		return row
	}
	columns := func(c ...analysis.Column) analysis.Table {
		return analysis.Table{Name: "bad", Comment: "Rows.", Columns: c}
	}
	tests := []struct {
		name  string
		table analysis.Table
		want  string
	}{
		{"NaN", table("bad", good, bad(2, math.NaN())), "job j: table bad: column value, row 2: NaN: want nil and a word in flags"},
		{"infinity", table("bad", bad(2, math.Inf(-1))), "column value, row 1: -Inf"},
		{"text that is not UTF-8", table("bad", bad(0, "\xff")), `column text, row 1: text "\xff" is not UTF-8`},
		{"a number for a text", table("bad", bad(0, 1)), "column text, row 1: whole number 1: want string"},
		{"a fraction for a count", table("bad", bad(1, 1.5)), "column count, row 1: float64 value 1.5: want int or int64"},
		{"a text for a date", table("bad", bad(4, "2011-06-30")), "column on, row 1: string value 2011-06-30: want time.Time"},
		{"a short row", table("bad", good[:5]), "row 1 has 5 values for 6 columns"},
		{"a name that is none", table("Bad Table"), "name: want lower-case"},
		{"no comment", analysis.Table{Name: "bad", Columns: everyType}, "want a comment"},
		{"no columns", columns(), "at least one column"},
		{"a column without comment", columns(analysis.Column{Name: "a", Type: "bigint"}), "column a: want a comment"},
		{"an unknown type", columns(analysis.Column{Name: "a", Type: "int8", Comment: "x"}), `column a: type "int8"`},
		{"a column twice", columns(everyType[0], everyType[0]), "column text stands twice"},
	}
	d, err := warehouse.Begin(t.Context(), f.options())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := d.RunJobs(t.Context(), []analysis.Job{tableJob{name: "j", tables: []analysis.Table{tt.table}}}, analysis.Env{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// A caller may end the context of one step before the next.
func TestAStepsContextMayEndWithIt(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	d, err := warehouse.Begin(t.Context(), f.options())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	steps := []func(context.Context) error{
		func(ctx context.Context) error { _, err := d.Load(ctx); return err },
		d.BuildModels,
		func(ctx context.Context) error { return d.RunJobs(ctx, []analysis.Job{seriesJob{}}, analysis.Env{}) },
		d.Publish,
	}
	for i, step := range steps {
		ctx, cancel := context.WithCancel(t.Context())
		err := step(ctx)
		cancel()
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if without := ask(t, f.open(), "select count(*) from duckdb_columns() where comment is null and not internal"); without != "0" {
		t.Errorf("%s columns without a comment", without)
	}
}

func TestTwoJobsMustNotWriteOneTable(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	_, _, err := attempt(t.Context(), f.options(), tableJob{name: "a", tables: []analysis.Table{table("t")}}, tableJob{name: "b", tables: []analysis.Table{table("t")}})
	if err == nil || !strings.Contains(err.Error(), "job b: table t is that of job a") {
		t.Errorf("error %v", err)
	}
}

func TestAFailingJobStopsTheRun(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	why := errors.New("no growth to speak of")
	if _, _, err := attempt(t.Context(), f.options(), tableJob{name: "growth", err: why}); !errors.Is(err, why) || !strings.Contains(err.Error(), "job growth") {
		t.Errorf("error %v, want that of the job with its name", err)
	}
}

// laterJob reads the results of the one before it.
type laterJob struct{}

func (laterJob) Name() string { return "later" }
func (laterJob) Run(ctx context.Context, q analysis.Querier, _ analysis.Env) ([]analysis.Table, error) {
	rows, err := q.QueryContext(ctx, "select sum(n) from results.series")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var n float64
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
	}
	return []analysis.Table{{Name: "total", Comment: "One row.", Columns: []analysis.Column{{Name: "n", Type: "double", Comment: "readings"}}, Rows: [][]any{{n}}}}, rows.Err()
}

func TestResultsOfAnEarlierRun(t *testing.T) {
	t.Parallel()
	f := publishedFolder(t)
	ran := 0
	d, _ := f.run(seriesJob{&ran}, laterJob{})
	if got := ask(t, d, "select n from results.total"); got != "865" {
		t.Errorf("the later job saw %s readings, want 865", got)
	}
	t.Run("stand while nothing changes", func(t *testing.T) {
		f.run(seriesJob{&ran}, laterJob{})
		if ran != 1 {
			t.Errorf("the job ran %d times, want once", ran)
		}
	})
	t.Run("are computed again for another day", func(t *testing.T) {
		opt := f.options()
		opt.AsOf = time.Date(2011, 2, 28, 0, 0, 0, 0, time.UTC)
		d, _, err := attempt(t.Context(), opt, seriesJob{&ran}, laterJob{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Discard()
		if got := ask(t, d, "select n from results.total"); ran != 2 || got == "865" {
			t.Errorf("ran %d times with %s readings, want twice and fewer than 865", ran, got)
		}
	})
	t.Run("are computed again by another version", func(t *testing.T) {
		opt := f.options()
		opt.Version = "next"
		if _, _, err := attempt(t.Context(), opt, seriesJob{&ran}, laterJob{}); err != nil || ran != 3 {
			t.Errorf("ran %d times (%v), want 3", ran, err)
		}
	})
	t.Run("go when no job gives them any more", func(t *testing.T) {
		d, _ := f.run(seriesJob{&ran})
		if got := ask(t, d, "select table_name from duckdb_tables() where schema_name = 'results'"); got != "series" {
			t.Errorf("tables of results: %q, want series alone", got)
		}
	})
	t.Run("follow their new columns", func(t *testing.T) {
		d, _ := f.run(tableJob{name: "new series", tables: []analysis.Table{table("series")}})
		got := ask(t, d, "select column_name || ' ' || data_type || ' ' || comment from duckdb_columns() where schema_name = 'results' and table_name = 'series' order by column_index limit 2")
		if want := "text VARCHAR a text\ncount BIGINT a count"; got != want {
			t.Errorf("columns %q, want %q", got, want)
		}
	})
}

func TestEveryTableAndColumnHasAComment(t *testing.T) {
	t.Parallel()
	f := newFolder(t)
	d, _ := f.run(seriesJob{})
	for _, query := range []string{
		"select schema_name || '.' || table_name from duckdb_tables() where comment is null",
		"select schema_name || '.' || view_name from duckdb_views() where comment is null and not internal",
		"select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() where comment is null and not internal",
	} {
		if without := ask(t, d, query); without != "" {
			t.Errorf("without a comment:\n%s", without)
		}
	}
	if n := ask(t, d, "select count(*) from duckdb_columns() where comment is not null and schema_name in ('lake', 'staging', 'marts', 'results', 'meta')"); len(n) < 3 {
		t.Errorf("only %s columns have a comment", n)
	}
}
