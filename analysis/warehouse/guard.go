package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A RefusedError says why a query of a stranger is not run.
type RefusedError struct{ Why string }

// Error says it.
func (e *RefusedError) Error() string { return e.Why }

// Select runs a query of somebody who is granted reading and nothing else, and writes its rows to w. It takes one select
// (describe, show and summarize are selects to DuckDB), in a read-only transaction: a connection that only reads the
// warehouse could still fill tables in memory. Functions that make rows are allowed by name, as some change settings for
// everybody or read memory. The error is a [RefusedError] where the query may not run, and a [LimitError] where it has too
// many rows; a grid is cut instead.
func (db *DB) Select(ctx context.Context, query string, format Format, limits Limits, w io.Writer) (rows int64, err error) {
	c, err := db.engine.db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	text, err := onlySelect(ctx, c, query)
	if err != nil {
		return 0, err
	}
	// What is wrong with it is said of the text as it was written.
	checked, err := c.PrepareContext(ctx, text)
	if err != nil {
		return 0, fmt.Errorf("query: %w", explain(err))
	}
	if err := checked.Close(); err != nil {
		return 0, err
	}
	if limits.Rows > 0 {
		// The database need not make more rows than are going to be shown.
		bounded := fmt.Sprintf("select * from (\n%s\n) limit %d", text, limits.Rows+1)
		if _, err := onlySelect(ctx, c, bounded); err == nil {
			text = bounded
		}
	}
	if err := exec(ctx, c, "begin transaction read only"); err != nil {
		return 0, err
	}
	// The context may be what ended the query; the connection goes back to the pool in any case.
	defer func() { err = errors.Join(err, exec(context.WithoutCancel(ctx), c, "rollback")) }()
	return ExportWithin(ctx, c, text, format, limits, w)
}

// onlySelect gives the query without what ends it, or says why it may not run. DuckDB's own parser decides, without
// running anything.
func onlySelect(ctx context.Context, c *sql.Conn, query string) (string, error) {
	text := strings.TrimRight(strings.TrimSpace(query), "; \t\r\n")
	if text == "" {
		return "", &RefusedError{"there is no query"}
	}
	if strings.ContainsRune(text, 0) {
		return "", &RefusedError{"the query has a NUL character in it"}
	}
	var parsed any
	if err := c.QueryRowContext(ctx, "select json_serialize_sql(cast(? as varchar))", text).Scan(&parsed); err != nil {
		return "", err
	}
	tree, _ := parsed.(map[string]any)
	if failed, _ := tree["error"].(bool); failed {
		if kind, _ := tree["error_type"].(string); kind == "parser" {
			return "", fmt.Errorf("query: %v", tree["error_message"])
		}
		return "", &RefusedError{"only a select may be run here: nothing can be written, attached, loaded or set"}
	}
	statements, _ := tree["statements"].([]any)
	if len(statements) != 1 {
		return "", &RefusedError{fmt.Sprintf("one query at a time, please: there are %d", len(statements))}
	}
	if name := foreignFunction(statements[0]); name != "" {
		return "", &RefusedError{fmt.Sprintf("the function %s may not be used here: it could reach beyond the warehouse", name)}
	}
	return text, nil
}

// rowFunctions are the functions in a "from" that read the catalog or make rows, and do nothing else.
var rowFunctions = map[string]bool{
	"range": true, "generate_series": true, "unnest": true, "repeat": true, "repeat_row": true, "json_each": true, "json_tree": true,
	"duckdb_tables": true, "duckdb_columns": true, "duckdb_views": true, "duckdb_schemas": true, "duckdb_constraints": true,
	"duckdb_functions": true, "duckdb_types": true, "duckdb_keywords": true, "duckdb_databases": true, "pragma_table_info": true,
	"pragma_show": true, "pragma_version": true, "pragma_collations": true, "icu_calendar_names": true, "pg_timezone_names": true,
	"summary": true,
}

// foreignFunction finds a function in a "from" of the parsed query that is not among rowFunctions.
func foreignFunction(node any) string {
	switch n := node.(type) {
	case []any:
		for _, child := range n {
			if name := foreignFunction(child); name != "" {
				return name
			}
		}
	case map[string]any:
		if n["type"] == "TABLE_FUNCTION" {
			call, _ := n["function"].(map[string]any)
			name, _ := call["function_name"].(string)
			if !rowFunctions[strings.ToLower(name)] {
				return strings.ToLower(name)
			}
		}
		for _, child := range n {
			if name := foreignFunction(child); name != "" {
				return name
			}
		}
	}
	return ""
}
