package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/marcboeker/go-duckdb/v2"
)

// A parquetWriter collects rows in a DuckDB of its own, which spills to disk what is too much for memory, and lets it
// write the file. The connection that answers the query could not: it may write nothing.
type parquetWriter struct {
	ctx    context.Context // of the one call of Export that owns the writer
	w      io.Writer
	dir    string
	engine *engine
	conn   *sql.Conn
	add    *duckdb.Appender
	row    []driver.Value
}

var parquetTypes = map[valueKind]string{
	textValue: "varchar", intValue: "bigint", doubleValue: "double", boolValue: "boolean", dateValue: "date", instantValue: "timestamp",
}

func newParquetWriter(ctx context.Context, columns []exportColumn, w io.Writer) (_ *parquetWriter, err error) {
	p := &parquetWriter{ctx: ctx, w: w, row: make([]driver.Value, len(columns))}
	if p.dir, err = os.MkdirTemp("", "overtake-export-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.release()
		}
	}()
	if p.engine, err = newEngine(0, "", filepath.Join(p.dir, "spill")); err != nil {
		return nil, err
	}
	if err := p.engine.attach(ctx, filepath.Join(p.dir, "rows.duckdb"), false); err != nil {
		return nil, err
	}
	if p.conn, err = p.engine.db.Conn(ctx); err != nil {
		return nil, err
	}
	declarations := make([]string, len(columns))
	for i, c := range columns {
		declarations[i] = `"` + strings.ReplaceAll(c.name, `"`, `""`) + `" ` + parquetTypes[c.kind]
	}
	if err := exec(ctx, p.conn, "create table export_rows ("+strings.Join(declarations, ", ")+")"); err != nil {
		return nil, err
	}
	return p, p.conn.Raw(func(c any) error {
		p.add, err = duckdb.NewAppenderFromConn(c.(driver.Conn), "", "export_rows")
		return err
	})
}

func (p *parquetWriter) write(row []any) error {
	for i, v := range row {
		p.row[i] = v
	}
	return p.add.AppendRow(p.row...)
}

func (p *parquetWriter) close() error {
	err := p.add.Close()
	p.add = nil
	if err != nil {
		return err
	}
	name := filepath.Join(p.dir, "rows.parquet")
	if err := exec(p.ctx, p.conn, fmt.Sprintf("copy export_rows to %s (format parquet, compression zstd)", quote(name))); err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(p.w, f)
	return err
}

func (p *parquetWriter) release() error {
	var errs []error
	if p.add != nil {
		errs = append(errs, p.add.Close())
	}
	if p.conn != nil {
		errs = append(errs, p.conn.Close())
	}
	if p.engine != nil {
		errs = append(errs, p.engine.close())
	}
	return errors.Join(append(errs, os.RemoveAll(p.dir))...)
}
