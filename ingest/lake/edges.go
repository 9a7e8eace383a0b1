package lake

import (
	"context"
	"fmt"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// Edges reads two columns of ids of a Parquet file that somebody else wrote.
type Edges struct {
	r                 *file.Reader
	path              string
	account, follower int // leaf columns
	first             []int64
}

// An EdgeID is one id: a number, or a text, or what is wrong with it.
type EdgeID struct {
	Number  uint64
	Text    []byte
	IsText  bool
	Problem string
}

// String is the id as text.
func (e EdgeID) String() string {
	if e.IsText {
		return string(e.Text)
	}
	return strconv.FormatUint(e.Number, 10)
}

// OpenEdges opens a file; choose finds the two columns by the names of all.
func OpenEdges(path string, choose func(names []string) (account, follower int, err error)) (e *Edges, err error) {
	defer recovered(&err)
	r, err := file.OpenParquetFile(path, false)
	if err != nil {
		return nil, fmt.Errorf("this is no Parquet file that can be read: %w", err)
	}
	sc := r.MetaData().Schema
	names := make([]string, sc.NumColumns())
	for i := range names {
		names[i] = sc.Column(i).Path()
	}
	e = &Edges{r: r, path: path}
	if e.account, e.follower, err = choose(names); err != nil {
		r.Close()
		return nil, err
	}
	rows := int64(0)
	for i := range r.NumRowGroups() {
		e.first = append(e.first, rows)
		rows += r.MetaData().RowGroup(i).NumRows()
	}
	return e, nil
}

// recovered turns a panic of the library, which trusts every byte of a file, into an error.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("this Parquet file is damaged: %v", p)
	}
}

// Groups is the number of row groups.
func (e *Edges) Groups() int { return len(e.first) }

// Close closes the file.
func (e *Edges) Close() error { return e.r.Close() }

// Read yields the rows of one row group. Several goroutines may read one group each.
func (e *Edges) Read(ctx context.Context, group int, yield func(row int64, account, follower EdgeID) error) (err error) {
	defer recovered(&err)
	r, err := file.OpenParquetFile(e.path, false) // a reader of its own: the library's are not for several goroutines
	if err != nil {
		return err
	}
	defer r.Close()
	fr, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{BatchSize: 64 << 10}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	rr, err := fr.GetRecordReader(ctx, []int{e.account, e.follower}, []int{group})
	if err != nil {
		return err
	}
	defer rr.Release()
	accountAt, followerAt := 0, 1
	if e.follower < e.account {
		accountAt, followerAt = 1, 0
	}
	row := e.first[group]
	for rr.Next() {
		rec := rr.Record()
		account, err := idsOf(rec.Column(accountAt))
		if err != nil {
			return err
		}
		follower, err := idsOf(rec.Column(followerAt))
		if err != nil {
			return err
		}
		for i := range int(rec.NumRows()) {
			if err := yield(row, account(i), follower(i)); err != nil {
				return err
			}
			row++
		}
	}
	return rr.Err()
}

// idsOf reads ids out of a column.
func idsOf(column arrow.Array) (func(i int) EdgeID, error) {
	signed := func(v int64) EdgeID {
		if v < 0 {
			return EdgeID{Problem: fmt.Sprintf("%d is negative", v)}
		}
		return EdgeID{Number: uint64(v)}
	}
	var get func(i int) EdgeID
	switch c := column.(type) {
	case *array.Int64:
		get = func(i int) EdgeID { return signed(c.Value(i)) }
	case *array.Int32:
		get = func(i int) EdgeID { return signed(int64(c.Value(i))) }
	case *array.Uint64:
		get = func(i int) EdgeID { return EdgeID{Number: c.Value(i)} }
	case *array.Uint32:
		get = func(i int) EdgeID { return EdgeID{Number: uint64(c.Value(i))} }
	case *array.String:
		get = func(i int) EdgeID { return EdgeID{IsText: true, Text: []byte(c.Value(i))} }
	case *array.LargeString:
		get = func(i int) EdgeID { return EdgeID{IsText: true, Text: []byte(c.Value(i))} }
	default:
		return nil, fmt.Errorf("a column of ids is of type %s, want whole numbers or text", column.DataType())
	}
	return func(i int) EdgeID {
		if column.IsNull(i) {
			return EdgeID{Problem: "an id is null"}
		}
		return get(i)
	}, nil
}
