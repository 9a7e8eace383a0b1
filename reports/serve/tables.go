package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
)

// A table is what the catalog says of one table.
type table struct {
	Schema, Name, Comment string
	Rows                  int64
	Columns               []column
}

// Full is the name as SQL has it.
func (t table) Full() string { return t.Schema + "." + t.Name }

// Lead is the first sentence of the comment.
func (t table) Lead() string {
	lead, _, _ := strings.Cut(t.Comment, "\n")
	if i := strings.Index(lead, ". "); i > 0 {
		lead = lead[:i+1]
	}
	return lead
}

type column struct{ Name, Type, Comment string }

// schemas are shown in this order, with what they hold. Staging is how the marts are made.
var schemas = []struct{ Name, What string }{
	{"results", "Answers, computed from the marts: one job a question."},
	{"marts", "Readings, lists, events and their sources, cleaned and described."},
	{"lake", "Rows as they were read."},
	{"meta", "The run: loads, models, checks."},
}

// tables reads the catalog, in the order of schemas.
func (s *Server) tables(ctx context.Context) ([]table, error) {
	var all []table
	err := s.read(ctx, `
		select schema_name, table_name, coalesce(comment, ''), estimated_size from duckdb_tables()
		where database_name = current_database() order by schema_name, table_name`,
		func(scan func(...any) error) error {
			var t table
			err := scan(&t.Schema, &t.Name, &t.Comment, &t.Rows)
			all = append(all, t)
			return err
		})
	if err != nil {
		return nil, err
	}
	at := map[string]*table{}
	for i := range all {
		at[all[i].Full()] = &all[i]
	}
	err = s.read(ctx, `
		select schema_name, table_name, column_name, lower(data_type), coalesce(comment, '') from duckdb_columns()
		where database_name = current_database() order by schema_name, table_name, column_index`,
		func(scan func(...any) error) error {
			var schema, name string
			var c column
			err := scan(&schema, &name, &c.Name, &c.Type, &c.Comment)
			if t := at[schema+"."+name]; t != nil {
				t.Columns = append(t.Columns, c)
			}
			return err
		})
	place := func(t table) int {
		for i, s := range schemas {
			if s.Name == t.Schema {
				return i
			}
		}
		return len(schemas)
	}
	slices.SortStableFunc(all, func(a, b table) int { return place(a) - place(b) })
	return all, err
}

func (s *Server) listTables(w http.ResponseWriter, r *http.Request) {
	all, err := s.tables(r.Context())
	if err != nil {
		s.noPage(w, err)
		return
	}
	type group struct {
		Name, What string
		Tables     []table
	}
	var groups []group
	for _, sc := range schemas {
		g := group{Name: sc.Name, What: sc.What}
		for _, t := range all {
			if t.Schema == sc.Name {
				g.Tables = append(g.Tables, t)
			}
		}
		if g.Tables != nil {
			groups = append(groups, g)
		}
	}
	s.show(w, r, "tables", page{Title: "Tables", Here: "tables", Body: groups})
}

// firstRows is how many rows the page of a table shows.
const firstRows = 50

// showTable gives the page of a table, or with an ending such as .csv the whole table.
func (s *Server) showTable(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	format := ""
	if ext := strings.TrimPrefix(path.Ext(name), "."); contentTypes[ext] != "" {
		name, format = strings.TrimSuffix(name, "."+ext), ext
	}
	all, err := s.tables(r.Context())
	if err != nil {
		s.noPage(w, err)
		return
	}
	i := slices.IndexFunc(all, func(t table) bool { return t.Full() == name })
	if i < 0 {
		http.Error(w, fmt.Sprintf("there is no table %q: /tables lists them", name), http.StatusNotFound)
		return
	}
	t := all[i]
	sql := "select * from " + identifier(t.Schema) + "." + identifier(t.Name)
	if format != "" {
		s.file(w, r, sql+" order by all", format, t.Full())
		return
	}
	var b bytes.Buffer
	if _, err := s.query(r.Context(), sql, "grid", Limits{firstRows, gridBytes}, &b); err != nil {
		s.noPage(w, err)
		return
	}
	var g struct {
		Columns []struct{ Name, Type string }
		Rows    [][]any
		More    bool
	}
	d := json.NewDecoder(&b)
	d.UseNumber()
	if err := d.Decode(&g); err != nil {
		s.noPage(w, err)
		return
	}
	s.show(w, r, "table", page{Title: t.Full(), Here: "tables", Body: map[string]any{"Table": t, "Grid": g, "SQL": sql + " limit 100"}})
}

// identifier quotes a name for SQL where it must be.
func identifier(name string) string {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
	}
	return name
}

// number reports whether a grid's column holds numbers, which stand to the right.
func number(kind string) bool { return kind == "integer" || kind == "number" }

// cell is a value of a grid as text; no value is nothing.
func cell(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// long reports whether a value wants more than one line.
func long(v any) bool { return len(cell(v)) > 32 }
