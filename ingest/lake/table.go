package lake

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// A TableColumn is a column of rows that were computed elsewhere. Type is one of varchar, bigint, double, boolean, date,
// timestamp.
type TableColumn struct{ Name, Type, Comment string }

var tableTypes = map[string]arrow.DataType{
	"varchar": arrow.BinaryTypes.String, "bigint": arrow.PrimitiveTypes.Int64, "double": arrow.PrimitiveTypes.Float64,
	"boolean": arrow.FixedWidthTypes.Boolean, "date": arrow.FixedWidthTypes.Date32,
	"timestamp": &arrow.TimestampType{Unit: arrow.Microsecond}, // no zone: UTC by custom, as in all datasets
}

// WriteTable writes rows as one Parquet file, whole or not at all, and makes the folders above it. A value is nil or a
// string, int64, float64, bool or time.Time, as its column's type asks.
func WriteTable(path string, columns []TableColumn, rows [][]any) error {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		typ, ok := tableTypes[c.Type]
		if !ok {
			return fmt.Errorf("write %s: column %s: type %q is none that tables have", path, c.Name, c.Type)
		}
		fields[i] = arrow.Field{Name: c.Name, Type: typ, Nullable: true, Metadata: arrow.NewMetadata([]string{"comment"}, []string{c.Comment})}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for i, row := range rows {
		for j, v := range row {
			if err := appendValue(b.Field(j), v); err != nil {
				return fmt.Errorf("write %s: row %d, column %s: %w", path, i+1, columns[j].Name, err)
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	data, err := encodeParquet(rec)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := (durable.OS{}).MkdirAll(filepath.Dir(path)); err != nil {
		return err
	}
	return durable.WriteFile(durable.OS{}, path, data)
}

func appendValue(to array.Builder, v any) error {
	if v == nil {
		to.AppendNull()
		return nil
	}
	ok := true
	switch b := to.(type) {
	case *array.StringBuilder:
		var x string
		if x, ok = v.(string); ok {
			b.Append(x)
		}
	case *array.Int64Builder:
		var x int64
		if x, ok = v.(int64); ok {
			b.Append(x)
		}
	case *array.Float64Builder:
		var x float64
		if x, ok = v.(float64); ok {
			b.Append(x)
		}
	case *array.BooleanBuilder:
		var x bool
		if x, ok = v.(bool); ok {
			b.Append(x)
		}
	case *array.Date32Builder:
		var x time.Time
		if x, ok = v.(time.Time); ok {
			b.Append(arrow.Date32FromTime(x))
		}
	case *array.TimestampBuilder:
		var x time.Time
		if x, ok = v.(time.Time); ok {
			b.Append(arrow.Timestamp(x.UnixMicro()))
		}
	}
	if !ok {
		return fmt.Errorf("value %v of type %T does not fit", v, v)
	}
	return nil
}
