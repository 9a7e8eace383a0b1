package warehouse

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/marcboeker/go-duckdb/v2"

	"github.com/overtake-analytics/overtake/analysis"
)

// A Format is a way of writing the rows of a query.
type Format string

// The formats.
const (
	TableFormat   Format = "table"   // aligned, for a person at a terminal; long cells are cut
	CSVFormat     Format = "csv"     // RFC 4180, cells that a spreadsheet would run are defused
	JSONFormat    Format = "json"    // an array of objects, one a line
	ParquetFormat Format = "parquet" // zstd
	ArrowFormat   Format = "arrow"   // Arrow IPC file, also known as Feather 2
	GridFormat    Format = "grid"    // a JSON object for a page: columns with their types, rows as arrays, whether there are more
)

// Formats are all formats that people ask for, for help texts.
func Formats() []Format {
	return []Format{TableFormat, CSVFormat, JSONFormat, ParquetFormat, ArrowFormat}
}

// A rowWriter writes rows in one format. Values are those that plain gives. close completes the output, and is not called
// after an error; release, always called, frees what the writer holds.
type rowWriter interface {
	write(row []any) error
	close() error
	release() error
}

// Limits bound what an export gives. Zero means no limit.
type Limits struct {
	Rows  int64
	Bytes int64 // of output
}

// A LimitError says that an answer is larger than it may be. What was written of it is not whole.
type LimitError struct {
	Limit int64
	Of    string // "rows" or "bytes"
}

// Error names the limit.
func (e *LimitError) Error() string {
	return fmt.Sprintf("the answer has more than %d %s, which is the limit here", e.Limit, e.Of)
}

// Export runs a query and writes its rows to w, which it does not close. Rows are streamed: memory does not grow with
// their number. It is the caller's to pass a q that cannot write, such as a [DB].
func Export(ctx context.Context, q analysis.Querier, query string, format Format, w io.Writer) error {
	_, err := ExportWithin(ctx, q, query, format, Limits{}, w)
	return err
}

// ExportWithin is Export of no more than limits allow, and counts the rows. Where there are more rows, a grid ends and
// says so; in any other format that is a [LimitError].
func ExportWithin(ctx context.Context, q analysis.Querier, query string, format Format, limits Limits, w io.Writer) (int64, error) {
	return exportRows(ctx, q, query, format, limits, nil, w)
}

// ExportMasked is Export with some columns masked, and counts the rows.
func ExportMasked(ctx context.Context, q analysis.Querier, query string, format Format, mask Mask, w io.Writer) (int64, error) {
	return exportRows(ctx, q, query, format, Limits{}, mask, w)
}

func exportRows(ctx context.Context, q analysis.Querier, query string, format Format, limits Limits, mask Mask, w io.Writer) (n int64, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return 0, fmt.Errorf("query: %w", explain(err))
	}
	defer rows.Close()
	columns, err := exportColumns(rows)
	if err != nil {
		return 0, fmt.Errorf("query: %w", err)
	}
	mask.apply(columns)
	if limits.Bytes > 0 {
		w = &boundedWriter{w, limits.Bytes, limits.Bytes}
	}
	out, err := newRowWriter(ctx, format, columns, w)
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", format, err)
	}
	defer func() { err = errors.Join(err, out.release()) }()
	if n, err = writeRows(rows, columns, format, limits.Rows, out); err != nil {
		var limit *LimitError
		if errors.As(err, &limit) {
			return n, limit
		}
		return n, err
	}
	if err := out.close(); err != nil {
		return n, fmt.Errorf("write %s: %w", format, err)
	}
	return n, nil
}

// writeRows gives every row to out, up to the limit.
func writeRows(rows *sql.Rows, columns []exportColumn, format Format, limit int64, out rowWriter) (n int64, err error) {
	row := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if limit > 0 && n == limit {
			grid, ok := out.(*gridWriter)
			if !ok {
				return n, &LimitError{limit, "rows"}
			}
			grid.cut()
			return n, nil
		}
		if err := rows.Scan(into...); err != nil {
			return n, fmt.Errorf("query: %w", err)
		}
		for i, c := range columns {
			row[i] = c.plain(row[i])
		}
		if err := out.write(row); err != nil {
			return n, fmt.Errorf("write %s: %w", format, err)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return n, fmt.Errorf("query: %w", explain(err))
	}
	return n, nil
}

// A boundedWriter refuses more bytes than it has room for.
type boundedWriter struct {
	io.Writer
	room, limit int64
}

// Write writes p or nothing.
func (b *boundedWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > b.room {
		return 0, &LimitError{b.limit, "bytes"}
	}
	b.room -= int64(len(p))
	return b.Writer.Write(p)
}

func newRowWriter(ctx context.Context, format Format, columns []exportColumn, w io.Writer) (rowWriter, error) {
	switch format {
	case TableFormat:
		return newTableWriter(columns, w), nil
	case CSVFormat:
		return newCSVWriter(columns, w)
	case JSONFormat:
		return newJSONWriter(columns, w)
	case ParquetFormat:
		return newParquetWriter(ctx, columns, w)
	case ArrowFormat:
		return newArrowWriter(columns, w)
	case GridFormat:
		return newGridWriter(columns, w)
	}
	return nil, fmt.Errorf("unknown format, want one of %v", Formats())
}

// The kinds of values that are exported: all types of SQL come down to them.
type valueKind int

const (
	textValue    valueKind = iota // string
	intValue                      // int64
	doubleValue                   // float64
	boolValue                     // bool
	dateValue                     // time.Time, midnight UTC
	instantValue                  // time.Time, UTC
)

// An exportColumn is one column of a result; names are made unique.
type exportColumn struct {
	name string
	kind valueKind
	mask func(value string) string // nil for most
}

func exportColumns(rows *sql.Rows) ([]exportColumn, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	if len(types) == 0 {
		return nil, errors.New("it gives no rows")
	}
	var columns []exportColumn
	for _, t := range types {
		name := t.Name()
		for n := 2; slices.ContainsFunc(columns, func(c exportColumn) bool { return c.name == name }); n++ {
			name = fmt.Sprintf("%s_%d", t.Name(), n)
		}
		columns = append(columns, exportColumn{name: name, kind: kindOf(t.DatabaseTypeName())})
	}
	return columns, nil
}

// kindOf maps the type names of DuckDB; those of Trino are the same in lower case.
func kindOf(typeName string) valueKind {
	name, _, _ := strings.Cut(strings.ToUpper(typeName), "(")
	switch name {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER":
		return intValue
	case "FLOAT", "REAL", "DOUBLE", "DECIMAL", "HUGEINT", "UHUGEINT", "UBIGINT":
		return doubleValue
	case "BOOLEAN":
		return boolValue
	case "DATE":
		return dateValue
	case "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS":
		return instantValue
	}
	return textValue
}

// plain gives a scanned value as the Go type of the column's kind, or nil. Numbers that no float64 holds exactly, such
// as those of a sum of bigints beyond 2^53, are rounded to the nearest; NaN and infinities become nil.
func (c exportColumn) plain(v any) any {
	if v == nil {
		return nil
	}
	if c.mask != nil {
		return c.mask(fmt.Sprint(v))
	}
	switch c.kind {
	case intValue:
		return plainInt(v)
	case doubleValue:
		return plainDouble(v)
	case boolValue, dateValue, instantValue:
		if t, ok := v.(time.Time); ok {
			return t.UTC()
		}
		return v
	}
	return plainText(v)
}

func plainInt(v any) any {
	switch n := v.(type) {
	case int64:
		return n
	case int32:
		return int64(n)
	case int16:
		return int64(n)
	case int8:
		return int64(n)
	case uint32:
		return int64(n)
	case uint16:
		return int64(n)
	case uint8:
		return int64(n)
	}
	return nil
}

func plainDouble(v any) any {
	var f float64
	switch n := v.(type) {
	case float64:
		f = n
	case float32:
		f, _ = strconv.ParseFloat(strconv.FormatFloat(float64(n), 'g', -1, 32), 64)
	case uint64:
		f = float64(n)
	case *big.Int:
		f, _ = new(big.Float).SetInt(n).Float64()
	case duckdb.Decimal:
		f = n.Float64()
	default:
		return nil
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return f
}

// plainText shows what is neither number, date nor truth value: lists and structs as JSON, the rest by its own String.
func plainText(v any) any {
	switch s := v.(type) {
	case string:
		return strings.ToValidUTF8(s, "\uFFFD")
	case []byte:
		return strings.ToValidUTF8(string(s), "\uFFFD")
	case fmt.Stringer:
		return s.String()
	}
	if text, err := json.Marshal(v); err == nil {
		return string(text)
	}
	return fmt.Sprint(v)
}

// valueText writes a value without loss. Null is the empty text.
func valueText(kind valueKind, v any) string {
	switch x := v.(type) {
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return doubleText(x, -1)
	case bool:
		return strconv.FormatBool(x)
	case time.Time:
		if kind == dateValue {
			return x.Format(time.DateOnly)
		}
		return x.Format("2006-01-02T15:04:05.999999Z")
	}
	return ""
}

// doubleText writes a number with at most the given significant digits (-1: as many as tell it from its neighbours),
// without an exponent where a person would not use one.
func doubleText(x float64, digits int) string {
	if digits > 0 {
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	}
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e17) {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
