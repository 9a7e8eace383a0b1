package lake

import (
	"fmt"
	"math"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// A Dataset describes one folder of the lake.
type Dataset struct {
	Name    string
	Comment string   // what a row is
	Columns []Column // in the order of the files; the partition columns platform and day are not among them
}

// A Column describes one column of a dataset's files.
type Column struct {
	Name     string
	Type     string // in SQL words: varchar, double, integer, uinteger, bigint, boolean, date, timestamp with time zone
	Unit     string // empty where the column has none
	Comment  string
	Nullable bool
}

// Partitions describes the two columns that stand in a file's path instead of the file.
func Partitions() []Column {
	return []Column{
		{Name: "platform", Type: varchar, Comment: "short name of the platform that the row is about; all where it is about none in particular"},
		{Name: "day", Type: date, Comment: "day of ingestion, UTC"},
	}
}

// A place says where a row comes from: what every dataset's last columns hold.
type place struct {
	source, document, page string
	ingestedAt             time.Time
	accountNo              uint32 // of the account that the row is about, where it is about one
}

// A column of a dataset whose rows are of type T: what it is, and how a row's value is put into it.
type column[T any] struct {
	Column
	put func(b array.Builder, row *T, at *place)
}

// A set is a dataset that can be written.
type set[T any] struct {
	Dataset
	columns []column[T]
	schema  *arrow.Schema
}

// newSet makes a dataset of the given columns and those that every dataset ends with.
func newSet[T any](name, comment string, groups ...[]column[T]) *set[T] {
	return bareSet(name, comment, append(groups, placeColumns[T]())...)
}

func bareSet[T any](name, comment string, groups ...[]column[T]) *set[T] {
	s := &set[T]{Dataset: Dataset{Name: name, Comment: comment}}
	for _, g := range groups {
		s.columns = append(s.columns, g...)
	}
	var fields []arrow.Field
	for _, c := range s.columns {
		s.Columns = append(s.Columns, c.Column)
		fields = append(fields, c.field())
	}
	meta := arrow.NewMetadata([]string{"dataset", "comment"}, []string{name, comment})
	s.schema = arrow.NewSchema(fields, &meta)
	return s
}

// field is the column as Arrow has it; unit and comment are the field's metadata.
func (c Column) field() arrow.Field {
	keys, values := []string{"comment"}, []string{c.Comment}
	if c.Unit != "" {
		keys, values = append(keys, "unit"), append(values, c.Unit)
	}
	return arrow.Field{Name: c.Name, Type: arrowTypes[c.Type], Nullable: c.Nullable, Metadata: arrow.NewMetadata(keys, values)}
}

const (
	varchar   = "varchar"
	double    = "double"
	integer   = "integer"
	uinteger  = "uinteger"
	bigint    = "bigint"
	ubigint   = "ubigint"
	boolean   = "boolean"
	date      = "date"
	timestamp = "timestamp with time zone"
)

var arrowTypes = map[string]arrow.DataType{
	varchar:   arrow.BinaryTypes.String,
	double:    arrow.PrimitiveTypes.Float64,
	integer:   arrow.PrimitiveTypes.Int32,
	uinteger:  arrow.PrimitiveTypes.Uint32,
	bigint:    arrow.PrimitiveTypes.Int64,
	ubigint:   arrow.PrimitiveTypes.Uint64,
	boolean:   arrow.FixedWidthTypes.Boolean,
	date:      arrow.FixedWidthTypes.Date32,
	timestamp: arrow.FixedWidthTypes.Timestamp_us,
}

// The functions below make one column each. get reads the value out of a row. Those for nullable columns write NULL
// where there is nothing to say: an empty text, a zero time, a figure that is not finite.

func text[T any](name, comment string, get func(*T, *place) string) column[T] {
	return column[T]{Column{Name: name, Type: varchar, Comment: comment, Nullable: true}, func(b array.Builder, row *T, at *place) {
		sb := b.(*array.StringBuilder)
		if s := get(row, at); s != "" {
			sb.Append(s)
		} else {
			sb.AppendNull()
		}
	}}
}

func key[T any](name, comment string, get func(*T, *place) string) column[T] {
	return column[T]{Column{Name: name, Type: varchar, Comment: comment}, func(b array.Builder, row *T, at *place) {
		b.(*array.StringBuilder).Append(get(row, at))
	}}
}

func day[T any](name, comment string, get func(*T, *place) time.Time) column[T] {
	return column[T]{Column{Name: name, Type: date, Comment: comment, Nullable: true}, func(b array.Builder, row *T, at *place) {
		db := b.(*array.Date32Builder)
		if t := get(row, at); !t.IsZero() {
			db.Append(arrow.Date32FromTime(t))
		} else {
			db.AppendNull()
		}
	}}
}

func instant[T any](name, comment string, get func(*T, *place) time.Time) column[T] {
	return column[T]{Column{Name: name, Type: timestamp, Unit: "UTC", Comment: comment, Nullable: true}, func(b array.Builder, row *T, at *place) {
		tb := b.(*array.TimestampBuilder)
		if t := get(row, at); !t.IsZero() {
			tb.Append(arrow.Timestamp(t.UnixMicro()))
		} else {
			tb.AppendNull()
		}
	}}
}

func number[T any](name, unit, comment string, get func(*T, *place) float64) column[T] {
	return column[T]{Column{Name: name, Type: double, Unit: unit, Comment: comment, Nullable: true}, func(b array.Builder, row *T, at *place) {
		fb := b.(*array.Float64Builder)
		if v := get(row, at); !math.IsNaN(v) && !math.IsInf(v, 0) {
			fb.Append(v)
		} else {
			fb.AppendNull()
		}
	}}
}

func count32[T any](name, comment string, get func(*T, *place) int) column[T] {
	return column[T]{Column{Name: name, Type: integer, Comment: comment, Nullable: true}, func(b array.Builder, row *T, at *place) {
		ib := b.(*array.Int32Builder)
		if v := get(row, at); v != 0 && v == int(int32(v)) {
			ib.Append(int32(v))
		} else {
			ib.AppendNull()
		}
	}}
}

func count64[T any](name, unit, comment string, get func(*T, *place) int64) column[T] {
	return column[T]{Column{Name: name, Type: bigint, Unit: unit, Comment: comment}, func(b array.Builder, row *T, at *place) {
		b.(*array.Int64Builder).Append(get(row, at))
	}}
}

// known64 is count64 with NULL for what is not known, written as -1.
func known64[T any](name, unit, comment string, get func(*T, *place) int64) column[T] {
	return column[T]{Column{Name: name, Type: bigint, Unit: unit, Comment: comment, Nullable: true}, func(b array.Builder, row *T, at *place) {
		ib := b.(*array.Int64Builder)
		if v := get(row, at); v >= 0 {
			ib.Append(v)
		} else {
			ib.AppendNull()
		}
	}}
}

func flag[T any](name, comment string, get func(*T, *place) bool) column[T] {
	return column[T]{Column{Name: name, Type: boolean, Comment: comment}, func(b array.Builder, row *T, at *place) {
		b.(*array.BooleanBuilder).Append(get(row, at))
	}}
}

func accountNo[T any]() column[T] {
	return column[T]{Column{Name: "account_no", Type: uinteger,
		Comment: "the account's number within its platform: dense from 0, given in journal order, never changed"},
		func(b array.Builder, _ *T, at *place) { b.(*array.Uint32Builder).Append(at.accountNo) }}
}

// A part is one file in the making.
type part[T any] struct {
	set     *set[T]
	builder *array.RecordBuilder
	rows    int64
}

func newPart[T any](s *set[T]) *part[T] {
	return &part[T]{set: s, builder: array.NewRecordBuilder(memory.DefaultAllocator, s.schema)}
}

func (p *part[T]) add(row *T, at *place) {
	for i, c := range p.set.columns {
		c.put(p.builder.Field(i), row, at)
	}
	p.rows++
}

// encode returns the file's bytes, the same for the same rows, and the number of rows. The part is spent.
func (p *part[T]) encode() ([]byte, int64, error) {
	rec := p.builder.NewRecord()
	defer p.builder.Release()
	defer rec.Release()
	data, err := encodeParquet(rec)
	if err != nil {
		return nil, 0, fmt.Errorf("encode %s: %w", p.set.Name, err)
	}
	return data, p.rows, nil
}
