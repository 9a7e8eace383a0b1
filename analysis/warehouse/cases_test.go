package warehouse

import (
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/models"
)

// TestModelCases runs every case of testdata/models/<layer>.<model>/<case>: each <layer>.<table>.csv holds the rows of a
// table (columns that it leaves out are null, and so is an empty field), want.csv the rows that the model gives, of the
// columns that it names, in any order. Models between the input and the model under test are run as they are.
func TestModelCases(t *testing.T) {
	cases, err := filepath.Glob("testdata/models/*/*/want.csv")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases found (%v)", err)
	}
	for _, want := range cases {
		dir := filepath.Dir(want)
		t.Run(filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			runCase(t, filepath.Base(filepath.Dir(dir)), dir)
		})
	}
}

func runCase(t *testing.T, model, dir string) {
	ms, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	c := memory(t)
	for _, m := range ms {
		input := filepath.Join(dir, m.Table()+".csv")
		_, err := os.Stat(input)
		given := err == nil
		switch {
		case m.Table() == model:
			header, want := readCSV(t, filepath.Join(dir, "want.csv"))
			got := ask(t, c, fmt.Sprintf("select %s from (\n%s\n) m", strings.Join(header, ", "), m.SQL))
			slices.SortFunc(want, slices.Compare)
			slices.SortFunc(got, slices.Compare)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s of %s (-want +got):\n%s", strings.Join(header, ","), model, d)
			}
			return
		case given:
			insertCSV(t, c, modelTable(m), input)
		case m.Layer == models.Lake:
			mustExec(t, c, modelTable(m).create())
		case m.Layer != models.Checks:
			mustExec(t, c, fmt.Sprintf("create view %s as %s", m.Table(), m.SQL))
		}
	}
	t.Fatalf("no model %s", model)
}

// memory gives a connection to a DuckDB in memory with the schemas.
func memory(t *testing.T) *sql.Conn {
	t.Helper()
	e, err := newEngine(1, "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	c, err := e.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	for _, s := range schemas {
		mustExec(t, c, "create schema "+s.name)
	}
	return c
}

func insertCSV(t *testing.T, c *sql.Conn, into table, name string) {
	t.Helper()
	mustExec(t, c, into.create())
	header, rows := readCSV(t, name)
	for _, row := range rows {
		values := make([]string, len(row))
		for i, v := range row {
			if values[i] = quote(v); v == "" {
				values[i] = "null"
			}
		}
		mustExec(t, c, fmt.Sprintf("insert into %s (%s) values (%s)", into.quoted(), strings.Join(header, ", "), strings.Join(values, ", ")))
	}
}

func readCSV(t *testing.T, name string) (header []string, rows [][]string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return all[0], all[1:]
}

// ask gives the rows of a query as text, null as the empty text.
func ask(t *testing.T, q querier, query string) [][]string {
	t.Helper()
	var out [][]string
	err := each(t.Context(), q, query, func(rows *sql.Rows) error {
		columns, err := exportColumns(rows)
		if err != nil {
			return err
		}
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = valueText(c.kind, c.plain(row[i]))
		}
		out = append(out, cells)
		return nil
	})
	if err != nil {
		t.Fatalf("%v in\n%s", err, query)
	}
	return out
}

func mustExec(t *testing.T, c *sql.Conn, statements string) {
	t.Helper()
	if err := exec(context.Background(), c, statements); err != nil {
		t.Fatalf("%v in\n%s", err, statements)
	}
}

// Every model has the columns that its header declares, in that order: the warehouse writes them by name, but who
// pastes the query into a shell, or runs it on another engine, sees them as they come.
func TestModelsGiveTheColumnsTheyDeclare(t *testing.T) {
	t.Parallel()
	ms, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	c := memory(t)
	for _, m := range ms {
		switch m.Layer {
		case models.Lake:
			mustExec(t, c, modelTable(m).create())
			continue
		case models.Checks:
			if got := described(t, c, m.SQL); len(got) != 1 || got[0].Name != "what" || got[0].Type != "varchar" {
				t.Errorf("check %s gives columns %v, want the one column what, a varchar", m.Name, got)
			}
			continue
		}
		var want []models.Column
		for _, col := range m.Columns {
			want = append(want, models.Column{Name: col.Name, Type: col.Type})
		}
		if d := cmp.Diff(want, described(t, c, m.SQL)); d != "" {
			t.Errorf("%s: columns of the header and of the query (-header +query):\n%s", m.Table(), d)
		}
		mustExec(t, c, fmt.Sprintf("create view %s as %s", m.Table(), m.SQL))
	}
}

func described(t *testing.T, c *sql.Conn, query string) []models.Column {
	t.Helper()
	var columns []models.Column
	for _, row := range ask(t, c, "select column_name, lower(column_type) from (describe "+query+")") {
		columns = append(columns, models.Column{Name: row[0], Type: row[1]})
	}
	return columns
}

// Every mart and check has a case, and every folder of cases a model.
func TestModelsHaveCases(t *testing.T) {
	t.Parallel()
	ms, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range ms {
		known[m.Table()] = true
		cases, err := fs.Glob(os.DirFS("testdata/models"), m.Table()+"/*/want.csv")
		if err != nil {
			t.Fatal(err)
		}
		if len(cases) == 0 && m.Layer != models.Lake {
			t.Errorf("%s has no case in testdata/models", m.Table())
		}
	}
	folders, err := os.ReadDir("testdata/models")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !known[f.Name()] {
			t.Errorf("testdata/models/%s: no such model", f.Name())
		}
	}
}
