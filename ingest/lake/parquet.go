package lake

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// rowGroupRows is the length of a row group.
const rowGroupRows = 128 << 10

// encodeParquet returns a Parquet file: Snappy pages (the library makes a new zstd encoder of megabytes for every page), dictionaries where they help, and the Arrow schema with the columns'
// units and comments.
func encodeParquet(rec arrow.Record) ([]byte, error) {
	var buf bytes.Buffer
	props := []parquet.WriterProperty{
		parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithMaxRowGroupLength(rowGroupRows),
		parquet.WithCreatedBy("overtake"),
	}
	for _, f := range rec.Schema().Fields() {
		props = append(props, parquet.WithDictionaryFor(f.Name, repeats(f)))
	}
	w, err := pqarrow.NewFileWriter(rec.Schema(), &buf, parquet.NewWriterProperties(props...), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return nil, err
	}
	if err := w.Write(rec); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// repeats reports whether a column holds few different values, so that a dictionary is worth its hashing.
func repeats(f arrow.Field) bool {
	switch f.Type.ID() {
	case arrow.FLOAT64, arrow.UINT32, arrow.INT64:
		return false
	}
	return f.Name != "native_id" && f.Name != "handle" && f.Name != "display_name"
}

// parquetRows returns the number of rows that a file's footer promises. The caller has checked the bytes, as the library
// trusts them.
func parquetRows(data []byte) (int64, error) {
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	return r.NumRows(), r.Close()
}

// readNumbers yields the account numbers and native ids of a file that has both columns.
func readNumbers(ctx context.Context, data []byte, yield func(no uint32, id string)) error {
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer r.Close()
	fr, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: 64 << 10}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	noCol, idCol := r.MetaData().Schema.ColumnIndexByName("account_no"), r.MetaData().Schema.ColumnIndexByName("native_id")
	if noCol < 0 || idCol < 0 {
		return fmt.Errorf("no columns account_no and native_id")
	}
	groups := make([]int, r.NumRowGroups())
	for i := range groups {
		groups[i] = i
	}
	rr, err := fr.GetRecordReader(ctx, []int{noCol, idCol}, groups)
	if err != nil {
		return err
	}
	defer rr.Release()
	for rr.Next() {
		rec := rr.Record()
		var nos *array.Uint32
		var ids *array.String
		for i, f := range rec.Schema().Fields() {
			switch f.Name {
			case "account_no":
				nos, _ = rec.Column(i).(*array.Uint32)
			case "native_id":
				ids, _ = rec.Column(i).(*array.String)
			}
		}
		if nos == nil || ids == nil {
			return fmt.Errorf("columns account_no and native_id are not of the types uint32 and string")
		}
		for i := range nos.Len() {
			yield(nos.Value(i), ids.Value(i))
		}
	}
	if err := rr.Err(); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// decodeParquet reads a whole file that was written by encodeParquet.
func decodeParquet(ctx context.Context, data []byte) (arrow.Record, error) {
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	fr, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	table, err := fr.ReadTable(ctx)
	if err != nil {
		return nil, err
	}
	defer table.Release()
	columns := make([]arrow.Array, table.NumCols())
	for i := range columns {
		chunks := table.Column(i).Data().Chunks()
		if columns[i], err = array.Concatenate(chunks, memory.DefaultAllocator); err != nil {
			return nil, err
		}
	}
	return array.NewRecord(table.Schema(), columns, table.NumRows()), nil
}

// concatRecords puts records of one schema behind one another.
func concatRecords(recs []arrow.Record) (arrow.Record, error) {
	columns := make([]arrow.Array, recs[0].NumCols())
	rows := int64(0)
	for _, r := range recs {
		rows += r.NumRows()
	}
	for i := range columns {
		var parts []arrow.Array
		for _, r := range recs {
			parts = append(parts, r.Column(i))
		}
		var err error
		if columns[i], err = array.Concatenate(parts, memory.DefaultAllocator); err != nil {
			return nil, err
		}
	}
	return array.NewRecord(recs[0].Schema(), columns, rows), nil
}
