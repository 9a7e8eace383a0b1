package lake

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"unsafe"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// Follows is the dataset of follow edges. Its files are written by hand of Arrow's pages instead of rows: an account's
// followers are one run, of which only the follower numbers take space and time.
var Follows = Dataset{
	Name: "follows",
	Comment: "One row per follower of one reading of an account's list, sorted by (account_no, follower_no) in every file. " +
		"Not loaded into the warehouse, as there may be billions.",
	Columns: []Column{
		{Name: "list", Type: varchar, Comment: "the reading of the list, see lists"},
		{Name: "account_no", Type: uinteger, Comment: "who is followed: the account's number within its platform, see accounts"},
		{Name: "follower_no", Type: uinteger, Comment: "who follows: a number of its own space of people per platform, dense from 0, given once and for ever"},
	},
}

const (
	groupRows = 1 << 20 // rows of a row group of follows
	pageRows  = 1 << 16 // rows of a page of follower_no: what a cursor reads at a time
)

// castagnoli checks pages: a bit that flipped in a file is seen by who reads that page.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A run is one list in one file.
type run struct {
	account  uint32
	rows     int64
	list, id string // the reading, and the account's native id
}

// A runWriter writes one file of follows.
type runWriter struct {
	*tempFile
	meta   *metadata.FileMetaDataBuilder
	props  *parquet.WriterProperties
	group  []uint32 // follower numbers of the row group in the making
	parts  []run    // runs of the row group in the making
	groups int16
	index  runIndex
	last   int64 // account of the last run, -1 before the first
}

func (lk *Lake) newRunWriter() (*runWriter, error) {
	t, err := lk.createTemp()
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(Follows.Columns))
	for i, c := range Follows.Columns {
		fields[i] = c.field()
	}
	meta := arrow.NewMetadata([]string{"dataset", "comment"}, []string{Follows.Name, Follows.Comment})
	props := parquet.NewWriterProperties(parquet.WithCreatedBy("overtake"), parquet.WithDictionaryDefault(true),
		parquet.WithDictionaryFor("follower_no", false))
	sc, err := pqarrow.ToParquet(arrow.NewSchema(fields, &meta), props, pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, t.discard(err)
	}
	w := &runWriter{tempFile: t, props: props, meta: metadata.NewFileMetadataBuilder(sc, props, nil), last: -1}
	_, err = t.Write([]byte("PAR1"))
	if err != nil {
		return nil, t.discard(err)
	}
	return w, nil
}

// add appends the followers of one list, ascending and distinct. Lists come in the order of their accounts' numbers.
func (w *runWriter) add(account uint32, list, id string, followers []uint32) error {
	if int64(account) <= w.last {
		return fmt.Errorf("follows: account %d after %d", account, w.last)
	}
	return w.extend(account, list, id, followers)
}

// extend appends followers to the list that was added last, or to a new one.
func (w *runWriter) extend(account uint32, list, id string, followers []uint32) error {
	r := run{account: account, list: list, id: id, rows: int64(len(followers))}
	if n := len(w.index.runs); n > 0 && w.last == int64(account) {
		w.index.runs[n-1].rows += r.rows
	} else {
		w.index.runs = append(w.index.runs, r)
	}
	w.last = int64(account)
	for len(followers) > 0 {
		if w.group == nil {
			w.group = make([]uint32, 0, groupRows)
		}
		n := min(len(followers), groupRows-len(w.group))
		r.rows = int64(n)
		w.parts = append(w.parts, r)
		w.group = append(w.group, followers[:n]...)
		followers = followers[n:]
		if len(w.group) == groupRows {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes the row group.
func (w *runWriter) flush() error {
	if len(w.group) == 0 {
		return nil
	}
	rg := w.meta.AppendRowGroup()
	begin := w.size
	lists, accounts := make([]byte, 0, 40*len(w.parts)), make([]byte, 0, 4*len(w.parts))
	for _, p := range w.parts {
		lists = append(binary.LittleEndian.AppendUint32(lists, uint32(len(p.list))), p.list...)
		accounts = binary.LittleEndian.AppendUint32(accounts, p.account)
	}
	if err := w.constants(rg, lists); err != nil {
		return err
	}
	if err := w.constants(rg, accounts); err != nil {
		return err
	}
	if err := w.followers(rg); err != nil {
		return err
	}
	rg.SetNumRows(len(w.group))
	if err := rg.Finish(w.size-begin, w.groups); err != nil {
		return err
	}
	w.groups++
	w.index.rows += int64(len(w.group))
	w.group, w.parts = w.group[:0], w.parts[:0]
	return nil
}

// pager begins the next column of the row group.
func (w *runWriter) pager(rg *metadata.RowGroupMetaDataBuilder) (file.PageWriter, *metadata.ColumnChunkMetaDataBuilder, error) {
	col := rg.NextColumnChunk()
	path := col.Descr().Path()
	p, err := file.NewPageWriter(w.tempFile, w.props.CompressionFor(path), w.props.CompressionLevelFor(path), col, w.groups,
		int16(rg.CurrentColumn()), memory.DefaultAllocator, false, nil, nil)
	return p, col, err
}

// constants writes a column that has one value per run: a dictionary with a value for each, and run lengths.
func (w *runWriter) constants(rg *metadata.RowGroupMetaDataBuilder, dictionary []byte) error {
	p, col, err := w.pager(rg)
	if err != nil {
		return err
	}
	n := len(w.parts)
	if col.Descr().PhysicalType() == parquet.Types.Int32 { // statistics let a reader skip row groups
		col.SetStats(metadata.EncodedStatistics{HasMin: true, HasMax: true, HasNullCount: true, Min: dictionary[:4], Max: dictionary[4*(n-1):]})
	}
	if _, err := p.WriteDictionaryPage(file.NewDictionaryPage(memory.NewBufferBytes(dictionary), int32(n), parquet.Encodings.Plain)); err != nil {
		return err
	}
	const width = 20 // bits of an index: a row group has no more runs than rows
	page := []byte{width}
	for i, r := range w.parts {
		page = binary.AppendUvarint(page, uint64(r.rows)<<1)
		page = append(page, byte(i), byte(i>>8), byte(i>>16))
	}
	_, err = p.WriteDataPage(file.NewDataPageV1(memory.NewBufferBytes(page), int32(len(w.group)), parquet.Encodings.PlainDict, parquet.Encodings.RLE, parquet.Encodings.RLE, int32(len(page))))
	if err != nil {
		return err
	}
	return p.Close(true, false)
}

// followers writes the follower numbers as they are: reading them back is a copy.
func (w *runWriter) followers(rg *metadata.RowGroupMetaDataBuilder) error {
	p, _, err := w.pager(rg)
	if err != nil {
		return err
	}
	for rest := w.group; len(rest) > 0; {
		n := min(len(rest), pageRows)
		data := asBytes(rest[:n])
		_, err := p.WriteDataPage(file.NewDataPageV1(memory.NewBufferBytes(data), int32(n), parquet.Encodings.Plain, parquet.Encodings.RLE, parquet.Encodings.RLE, int32(len(data))))
		if err != nil {
			return err
		}
		w.index.pages = append(w.index.pages, runPage{at: w.size - int64(len(data)), crc: crc32.Checksum(data, castagnoli)})
		rest = rest[n:]
	}
	return p.Close(false, false)
}

// finish ends the file and gives it the name by which publish finds it.
func (w *runWriter) finish(dir string) (File, error) {
	err := w.flush()
	if err == nil {
		_, err = w.Write(w.index.encode())
	}
	if err == nil {
		err = w.footer()
	}
	if err != nil {
		return File{}, w.discard(err)
	}
	return w.tempFile.finish(Follows.Name, dir, w.index.rows)
}

func (w *runWriter) footer() error {
	m, err := w.meta.Finish()
	if err != nil {
		return err
	}
	begin := w.size
	if _, err := m.WriteTo(w.tempFile, nil); err != nil {
		return err
	}
	_, err = w.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(w.size-begin)), "PAR1"...))
	return err
}

// asBytes is the memory of v as the little-endian bytes that Parquet wants; overtake runs on little-endian machines only.
func asBytes[T uint32 | uint64](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
}
