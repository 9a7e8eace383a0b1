package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/models"
)

// A table is what a table of the warehouse should look like. Views have no column types of their own.
type table struct {
	schema, name, comment string
	columns               []models.Column
}

func (t table) key() string { return t.schema + "." + t.name }

// quoted is the table's name for SQL: names such as "on" are reserved words.
func (t table) quoted() string { return t.schema + `."` + t.name + `"` }

func (t table) create() string {
	columns := make([]string, len(t.columns))
	for i, c := range t.columns {
		columns[i] = fmt.Sprintf("%q %s", c.Name, c.Type)
	}
	return fmt.Sprintf("create table %s (%s);\n", t.quoted(), strings.Join(columns, ", "))
}

// comments writes the COMMENT ON statements of a table or view.
func (t table) comments(kind string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "comment on %s %s is %s;\n", kind, t.quoted(), quote(t.comment))
	for _, c := range t.columns {
		fmt.Fprintf(&b, "comment on column %s.%q is %s;\n", t.quoted(), c.Name, quote(c.Comment))
	}
	return b.String()
}

// columnList is the columns' names for SQL.
func (t table) columnList() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = `"` + c.Name + `"`
	}
	return strings.Join(names, ", ")
}

func modelTable(m models.Model) table {
	return table{schema: m.Layer, name: m.Name, columns: m.Columns,
		comment: m.Summary() + " Grain: " + m.Grain + "."}
}

// The schemas and what they hold.
var schemas = []struct{ name, comment string }{
	{"lake", "Rows of the lake as they were decoded, newest and replaced ones alike. Read the marts instead."},
	{"staging", "Views on the lake: renamed, cast, repeats removed. Read the marts instead."},
	{"marts", "Answers: one table per thing, each figure with its error, its dates and its source."},
	{"results", "What analysis jobs computed from the marts: growth, forecasts, overtaking, ..."},
	{"meta", "How this file was made: the ledger of loaded files, the state of each model, the outcome of each check."},
}

// The tables of schema meta.
var metaTables = []table{
	{"meta", "run", "Facts about the run that made this file. Grain: one row per key.", []models.Column{
		{Name: "key", Type: "varchar", Comment: "format, version, as_of, lake_commit, lake_columns, results"},
		{Name: "value", Type: "varchar", Comment: "its value in text"}}},
	{"meta", "loads", "Ledger of the lake's files that are loaded. Grain: one row per file.", []models.Column{
		{Name: "file", Type: "varchar", Comment: "path in the lake"},
		{Name: "dataset", Type: "varchar", Comment: "table of schema lake that holds its rows"},
		{Name: "row_count", Type: "bigint", Comment: "rows, counted"},
		{Name: "bytes", Type: "bigint", Comment: "size of the file, bytes"},
		{Name: "sha256", Type: "varchar", Comment: "checksum of the file, as its manifest gives it"},
		{Name: "commit_no", Type: "bigint", Comment: "number of the manifest that lists it"}}},
	{"meta", "models", "State in which each model was run. Grain: one row per model.", []models.Column{
		{Name: "model", Type: "varchar", Comment: "table or view, with its schema"},
		{Name: "definition", Type: "varchar", Comment: "sha256 of its text"},
		{Name: "inputs", Type: "varchar", Comment: "sha256 of its text and of the state of all that it reads"}}},
	{"meta", "checks", "Outcome of each check. Grain: one row per check.", []models.Column{
		{Name: "name", Type: "varchar", Comment: "the check: a file of checks, or table and condition"},
		{Name: "severity", Type: "varchar", Comment: "error (stops publication) or warn"},
		{Name: "violations", Type: "bigint", Comment: "rows that violate it, counted"},
		{Name: "sample", Type: "varchar", Comment: "one of them in words; null where there is none"}}},
}

// createTables makes schemas, lake and meta tables in an empty file. The comments of the lake's tables come later.
func (d *Draft) createTables(ctx context.Context) error {
	var ddl strings.Builder
	for _, s := range schemas {
		fmt.Fprintf(&ddl, "create schema %s;\n", s.name) // DuckDB keeps no comments on schemas
	}
	for _, t := range metaTables {
		ddl.WriteString(t.create() + t.comments("table"))
	}
	for _, m := range d.models {
		if m.Layer == models.Lake {
			t := modelTable(m)
			ddl.WriteString(t.create())
			d.uncommented = append(d.uncommented, t.comments("table"))
		}
	}
	return inTransaction(ctx, d.w, func() error { return exec(ctx, d.w, ddl.String()) })
}

// tableColumns are the columns, with types and comments, of each table and view by its name with schema; the comment of
// the table itself stands under the column "".
type tableColumns map[string][]models.Column

func readColumns(ctx context.Context, c *sql.Conn) (tableColumns, error) {
	known := tableColumns{}
	err := each(ctx, c, `
		select schema_name || '.' || table_name, '' as name, '' as type, coalesce(comment, '') as comment, -1 as place
		from duckdb_tables() where database_name = current_database()
		union all
		select schema_name || '.' || table_name, column_name, lower(data_type), coalesce(comment, ''), column_index
		from duckdb_columns() where database_name = current_database() and not internal
		order by 1, 5`, func(rows *sql.Rows) error {
		var t string
		var c models.Column
		var place int
		err := rows.Scan(&t, &c.Name, &c.Type, &c.Comment, &place)
		known[t] = append(known[t], c)
		return err
	})
	return known, err
}

// has reports whether the table stands already as it should.
func (known tableColumns) has(t table) bool {
	have := known[t.key()]
	return len(have) == len(t.columns)+1 && have[0].Comment == t.comment && slices.Equal(have[1:], t.columns)
}

// ensure gives the statements that make the tables what they should be, and those that comment on the new ones; tables
// that stand already keep their rows.
func (known tableColumns) ensure(tables []table) (ddl, comments string) {
	var create, comment strings.Builder
	for _, t := range tables {
		if !known.has(t) {
			fmt.Fprintf(&create, "drop table if exists %s;\n%s", t.quoted(), t.create())
			comment.WriteString(t.comments("table"))
		}
	}
	return create.String(), comment.String()
}
