package warehousetest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/marcboeker/go-duckdb/v2" // registers "duckdb"

	"github.com/overtake-analytics/overtake/analysis/models"
)

// Scratch is an empty DuckDB in memory with one connection: for plain SQL that a result is held against.
func Scratch(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// Marts is a Scratch with the tables of marts, empty: columns and types are those that the models declare.
func Marts(t testing.TB) *sql.DB {
	t.Helper()
	db := Scratch(t)
	ms, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("create schema marts"); err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		if m.Layer != models.Marts {
			continue
		}
		var columns []string
		for _, c := range m.Columns {
			columns = append(columns, fmt.Sprintf("%q %s", c.Name, c.Type))
		}
		if _, err := db.Exec(fmt.Sprintf("create table %s (%s)", m.Table(), strings.Join(columns, ", "))); err != nil {
			t.Fatalf("%s: %v", m.Table(), err)
		}
	}
	return db
}
