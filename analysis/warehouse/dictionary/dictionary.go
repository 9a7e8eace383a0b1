// Package dictionary writes data/README.md: what stands where, what each table and column means, and how to ask.
//
// Nothing is said twice: tables and columns come from the headers of package models and from the comments of a
// published warehouse, which holds what the jobs said of their results. The prose around them is readme.md.tmpl. The
// program does not link this package; the test of cmd/overtake that says when data/README.md is stale does, as only cmd
// knows all jobs.
package dictionary

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

//go:embed readme.md.tmpl
var readme string

// A table is one table or view of the warehouse.
type table struct {
	Name, Comment string
	Columns       []models.Column
	Model         *models.Model // nil for results and meta
}

// contents is what the template is filled with.
type contents struct {
	Marts, Results, Staging, Lake, Meta []table
	Checks                              []models.Model
	Promises                            []promise
	Examples                            []Example
	Journey                             Example
}

// A promise is a check of a model's header.
type promise struct {
	Table string
	models.Check
}

// Write writes the whole of data/README.md for a warehouse that holds results.
func Write(ctx context.Context, q analysis.Querier, w io.Writer) error {
	c, err := gather(ctx, q)
	if err != nil {
		return fmt.Errorf("data dictionary: %w", err)
	}
	t, err := template.New("readme.md.tmpl").Funcs(template.FuncMap{
		"cell": cell, "anchor": anchor, "sentence": sentence, "summary": summary, "sql": strings.TrimSpace,
	}).Parse(readme)
	if err != nil {
		return fmt.Errorf("data dictionary: %w", err)
	}
	return t.Execute(w, c)
}

func gather(ctx context.Context, q analysis.Querier) (contents, error) {
	c := contents{Examples: Examples(), Journey: Journey()}
	ms, err := models.All()
	if err != nil {
		return c, err
	}
	slices.SortFunc(ms, func(a, b models.Model) int { return strings.Compare(a.Table(), b.Table()) })
	for i, m := range ms {
		t := table{Name: m.Table(), Comment: m.Description, Columns: m.Columns, Model: &ms[i]}
		switch m.Layer {
		case models.Lake:
			c.Lake = append(c.Lake, t)
		case models.Staging:
			c.Staging = append(c.Staging, t)
		case models.Marts:
			c.Marts = append(c.Marts, t)
		case models.Checks:
			c.Checks = append(c.Checks, m)
		}
		for _, check := range m.Checks {
			c.Promises = append(c.Promises, promise{m.Table(), check})
		}
	}
	if c.Results, err = described(ctx, q, "results"); err != nil {
		return c, err
	}
	c.Meta, err = described(ctx, q, "meta")
	return c, err
}

// described reads the tables of a schema with their comments.
func described(ctx context.Context, q analysis.Querier, schema string) ([]table, error) {
	rows, err := q.QueryContext(ctx, `
		select t.table_name, t.comment, c.column_name, lower(c.data_type), c.comment
		from duckdb_tables() t
		join duckdb_columns() c on c.table_oid = t.table_oid and c.database_oid = t.database_oid
		where t.database_name = current_database() and t.schema_name = ?
		order by t.table_name, c.column_index`, schema)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tables []table
	for rows.Next() {
		var name, comment string
		var col models.Column
		if err := rows.Scan(&name, &comment, &col.Name, &col.Type, &col.Comment); err != nil {
			return nil, err
		}
		if name = schema + "." + name; len(tables) == 0 || tables[len(tables)-1].Name != name {
			tables = append(tables, table{Name: name, Comment: comment})
		}
		last := &tables[len(tables)-1]
		last.Columns = append(last.Columns, col)
	}
	return tables, rows.Err()
}

// cell makes a text fit for a cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`, "_", `\_`).Replace(s)
}

// sentence begins with a capital.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

var sentenceEnd = regexp.MustCompile(`[^. ]\. [A-Z]`)

// summary is the first sentence.
func summary(s string) string {
	if at := sentenceEnd.FindStringIndex(s); at != nil {
		return s[:at[0]+2]
	}
	return s
}

// anchor is the name that GitHub gives to the heading of a table. The views of staging share one.
func anchor(s string) string {
	if strings.HasPrefix(s, models.Staging+".") {
		return models.Staging
	}
	return strings.ReplaceAll(s, ".", "")
}
