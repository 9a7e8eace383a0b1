package warehouse_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// A grid is the shape of GridFormat.
type grid struct {
	Columns []struct{ Name, Type string }
	Rows    [][]any
	More    bool
}

func selected(t *testing.T, db *warehouse.DB, query string, limits warehouse.Limits) (grid, error) {
	t.Helper()
	var b strings.Builder
	n, err := db.Select(t.Context(), query, warehouse.GridFormat, limits, &b)
	if err != nil {
		return grid{}, err
	}
	var g grid
	if err := json.Unmarshal([]byte(b.String()), &g); err != nil {
		t.Fatalf("%s\n%v", b.String(), err)
	}
	if int64(len(g.Rows)) != n {
		t.Errorf("%d rows are told, %d are there", n, len(g.Rows))
	}
	return g, nil
}

func TestSelectAnswersEveryKindOfReading(t *testing.T) {
	t.Parallel()
	db := published(t)
	for query, rows := range map[string]int{
		"select 1":                             1,
		"select 1 ;  ":                         1,
		"select 1 -- the end":                  1,
		"from range(5)":                        5,
		"values (1), (2)":                      2,
		"describe marts.events":                13,
		"with a as (select 7) select * from a": 1,
		"select unnest([1, 2, 3])":             3,
		"select count(*) from duckdb_tables()": 1,
		"select 1 as a, 2 as a":                1,
		"select ';' as semicolon":              1,
	} {
		g, err := selected(t, db, query, warehouse.Limits{Rows: 100})
		if err != nil || len(g.Rows) != rows || g.More {
			t.Errorf("%s: %d rows, more %v, %v; want %d", query, len(g.Rows), g.More, err, rows)
		}
	}
	if _, err := selected(t, db, "select wrong from marts.events", warehouse.Limits{Rows: 3}); err == nil || !strings.Contains(err.Error(), "LINE 1: select wrong") {
		t.Errorf("a wrong column is told as %v", err)
	}
	g, err := selected(t, db, "select x from range(10) r(x) order by x desc", warehouse.Limits{Rows: 3})
	want := grid{Rows: [][]any{{9.0}, {8.0}, {7.0}}, More: true}
	want.Columns = append(want.Columns, struct{ Name, Type string }{"x", "integer"})
	if d := cmp.Diff(want, g); err != nil || d != "" {
		t.Errorf("the first rows (-want +got):\n%s%v", d, err)
	}
	if g, err := selected(t, db, "select 9007199254740993 as n, -9007199254740993 as m, 5 as k", warehouse.Limits{}); err != nil || g.Rows[0][0] != "9007199254740993" || g.Rows[0][1] != "-9007199254740993" || g.Rows[0][2] != 5.0 {
		t.Errorf("large integers: %v, %v", g.Rows, err)
	}
}

// TestSelectRefusesAllButReading holds what a stranger might try. After it, everything still answers and no file is new.
func TestSelectRefusesAllButReading(t *testing.T) {
	t.Parallel()
	db := published(t)
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"", " ; ", "select 1; select 2", "select 1; drop table marts.events",
		"create table memory.main.x as select 1", "create temp table x as select 1", "create macro f() as 1", "drop table marts.events",
		"insert into marts.events select * from marts.events", "update marts.events set title = ''", "delete from marts.events",
		"with x as (delete from marts.events returning *) select * from x",
		"attach '" + secret + "' as z", "attach ':memory:' as z", "detach overtake", "use memory", "checkpoint", "vacuum",
		"copy (select 1) to '" + dir + "/out.csv'", "copy marts.events from '" + secret + "'", "export database '" + dir + "/out'",
		"install httpfs", "load httpfs", "set threads = 1", "set enable_external_access = true", "reset threads", "pragma version",
		"call pragma_version()", "begin transaction", "commit", "explain analyze create table memory.main.x as select 1",
		"prepare a as select 1", "execute a", "create secret s (type s3)",
		"select * from read_csv('" + secret + "')", "select * from read_text('" + secret + "')", "from '" + secret + "'",
		"select * from glob('" + dir + "/*')", "select * from parquet_metadata('" + secret + "')", "select * from sniff_csv('" + secret + "')",
		"select * from enable_logging()", "select * from enable_logging('QueryLog', storage = 'file', storage_path = '" + dir + "/log')",
		"select * from checkpoint()", "select * from force_checkpoint()", "select * from truncate_duckdb_logs()",
		"select * from query('select * from enable_logging()')", "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
		"select * from arrow_scan(1, 2, 3)", "select (select count(*) from enable_logging())", "select 1 where exists (from glob('/*'))",
		"with a as materialized (from enable_logging()) select 1", "select 1 union all select 2 from disable_logging()",
		"select 1) ; create table memory.main.x as (select 1", "select \x00 1",
	} {
		if g, err := selected(t, db, query, warehouse.Limits{Rows: 10}); err == nil {
			t.Errorf("%q was answered: %v", query, g.Rows)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("files in the folder: %v, %v", entries, err)
	}
	g, err := selected(t, db, "select count(*) from duckdb_tables() where database_name <> 'overtake'", warehouse.Limits{})
	if err != nil || g.Rows[0][0] != 0.0 {
		t.Errorf("tables outside of the warehouse: %v, %v", g.Rows, err)
	}
}

func TestSelectKeepsItsLimits(t *testing.T) {
	t.Parallel()
	db := published(t)
	var limit *warehouse.LimitError
	for _, format := range []warehouse.Format{warehouse.CSVFormat, warehouse.JSONFormat, warehouse.ParquetFormat, warehouse.ArrowFormat} {
		if _, err := db.Select(t.Context(), "from range(11)", format, warehouse.Limits{Rows: 10}, io.Discard); !errors.As(err, &limit) || limit.Of != "rows" {
			t.Errorf("%s of too many rows: %v", format, err)
		}
		if n, err := db.Select(t.Context(), "from range(10)", format, warehouse.Limits{Rows: 10}, io.Discard); err != nil || n != 10 {
			t.Errorf("%s of just as many rows: %d, %v", format, n, err)
		}
	}
	if _, err := db.Select(t.Context(), "select repeat('x', 1000000) from range(100)", warehouse.GridFormat, warehouse.Limits{Bytes: 1 << 20}, io.Discard); !errors.As(err, &limit) || limit.Of != "bytes" {
		t.Errorf("too many bytes: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := db.Select(ctx, "select count(*) from range(1000000000000) a", warehouse.GridFormat, warehouse.Limits{}, io.Discard); err == nil || ctx.Err() == nil {
		t.Errorf("a query without end: %v", err)
	}
	if _, err := selected(t, db, "select 1", warehouse.Limits{}); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func TestReadersStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(prototypes, "published", "overtake.duckdb")
	db, err := warehouse.ReadOptions{Threads: 1, MemoryLimit: "64MB", SpillLimit: "1MB"}.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Select(t.Context(), "select count(distinct x) from range(50000000) r(x)", warehouse.GridFormat, warehouse.Limits{}, io.Discard); err == nil {
		t.Error("a query larger than memory and disk was answered")
	}
	if _, err := selected(t, db, "select 1", warehouse.Limits{}); err != nil {
		t.Errorf("after it: %v", err)
	}
}
