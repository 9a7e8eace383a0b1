package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/marcboeker/go-duckdb/v2"

	"github.com/overtake-analytics/overtake/analysis"
)

// A Mask says which columns may not be exported as they are, and gives the text that stands for a value of theirs. It
// gives nil for the other columns.
type Mask func(column string) func(value string) string

// apply makes texts of the columns that are masked.
func (m Mask) apply(columns []exportColumn) {
	if m == nil {
		return
	}
	for i := range columns {
		if columns[i].mask = m(columns[i].name); columns[i].mask != nil {
			columns[i].kind = textValue
		}
	}
}

// A Column is one column of an answer. Type is text, integer, number, boolean, date or instant.
type Column struct{ Name, Type string }

// EachRow runs a query and gives its columns to begin, then every row to row: values are string, int64, float64, bool,
// [time.Time] in UTC, or nil. The slice is used again for the next row.
func EachRow(ctx context.Context, q analysis.Querier, query string, mask Mask, begin func([]Column) error, row func([]any) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("query: %w", explain(err))
	}
	defer rows.Close()
	columns, err := exportColumns(rows)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	mask.apply(columns)
	named := make([]Column, len(columns))
	for i, c := range columns {
		named[i] = Column{c.name, kindWords[c.kind]}
	}
	if err := begin(named); err != nil {
		return err
	}
	_, err = writeRows(rows, columns, "rows", 0, rowFunc(row))
	return err
}

// A rowFunc is a rowWriter that ends with its rows.
type rowFunc func([]any) error

func (f rowFunc) write(row []any) error { return f(row) }
func (f rowFunc) close() error          { return nil }
func (f rowFunc) release() error        { return nil }

// A TableCopy says what to copy: a table of the warehouse, with the comments that its copy gets.
type TableCopy struct {
	Schema, Name, Comment string
	Columns               []ColumnCopy
}

// A ColumnCopy is one column of a [TableCopy]; Type is DuckDB's.
type ColumnCopy struct{ Name, Type, Comment string }

// CopyTables makes a DuckDB file at path, which must not exist, with copies of tables: same types, same comments, rows
// in a stable order. Masked columns are texts.
func CopyTables(ctx context.Context, q analysis.Querier, tables []TableCopy, mask Mask, path string) (err error) {
	defer wrap(&err, "copy tables into %s", path)
	e, err := newEngine(0, "", filepath.Join(filepath.Dir(path), ".spill"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	if err := e.attach(ctx, path, false); err != nil {
		return err
	}
	c, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, t := range tables {
		if err := t.copy(ctx, q, mask, c); err != nil {
			return fmt.Errorf("%s.%s: %w", t.Schema, t.Name, err)
		}
	}
	return exec(ctx, c, "checkpoint "+catalog)
}

// copy makes the table, and fills it by appending what the query gives, value by value.
func (t TableCopy) copy(ctx context.Context, q analysis.Querier, mask Mask, c *sql.Conn) error {
	masks := make([]func(string) string, len(t.Columns))
	declared := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		kind := column.Type
		if mask != nil {
			if masks[i] = mask(column.Name); masks[i] != nil {
				kind = "varchar"
			}
		}
		declared[i] = identifier(column.Name) + " " + kind
	}
	name := identifier(t.Schema) + "." + identifier(t.Name)
	text := fmt.Sprintf("create schema if not exists %s; create table %s (%s); comment on table %s is %s;",
		identifier(t.Schema), name, strings.Join(declared, ", "), name, quote(t.Comment))
	for _, column := range t.Columns {
		text += fmt.Sprintf(" comment on column %s.%s is %s;", name, identifier(column.Name), quote(column.Comment))
	}
	if err := exec(ctx, c, text); err != nil {
		return err
	}
	rows, err := q.QueryContext(ctx, "select * from "+name+" order by all")
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	return c.Raw(func(conn any) error {
		add, err := duckdb.NewAppender(conn.(driver.Conn), catalog, t.Schema, t.Name)
		if err != nil {
			return err
		}
		return errors.Join(appendRows(rows, masks, add), add.Close())
	})
}

func appendRows(rows *sql.Rows, masks []func(string) string, add *duckdb.Appender) error {
	values, into := make([]any, len(masks)), make([]any, len(masks))
	for i := range values {
		into[i] = &values[i]
	}
	row := make([]driver.Value, len(masks))
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if masks[i] != nil && v != nil {
				v = masks[i](fmt.Sprint(v))
			}
			row[i] = v
		}
		if err := add.AppendRow(row...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// identifier quotes a name.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
