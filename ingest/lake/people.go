package lake

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/overtake-analytics/overtake/ingest"
)

// People are those who follow. Each has a number within its platform, dense from 0, given once and for ever. There may be
// many millions, so they never stand in memory together: the files of _people are sorted by id, and new ids, sorted too,
// are held against them in one pass over all. Ids that are numbers (canonical decimals below 2^64) and other texts stand
// in files of two kinds, which merge apart.

const peopleDir = "_people"

// personNumber is a follower's native id as a number, where it is one.
func personNumber(id string) (uint64, bool) {
	if id == "" || len(id) > 20 || id[0] == '0' && len(id) > 1 || id[0] < '0' || id[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseUint(id, 10, 64)
	return n, err == nil
}

var (
	peopleNumberFields = []Column{
		{Name: "follower_no", Type: uinteger, Comment: "the person's number within its platform, see follows"},
		{Name: "native_number", Type: ubigint, Comment: "the platform's own id, where it is a number; the file is sorted by it"},
	}
	peopleTextFields = []Column{
		{Name: "follower_no", Type: uinteger, Comment: "the person's number within its platform, see follows"},
		{Name: "native_id", Type: varchar, Comment: "the platform's own id, where it is no number; the file is sorted by it"},
	}
)

// A peopleWriter writes one file of people, sorted by id. Exactly one of numbers and texts is used.
type peopleWriter struct {
	*tempFile
	schema  *arrow.Schema
	w       *pqarrow.FileWriter
	nos     []uint32
	numbers []uint64
	texts   []string
	rows    int64
	kind    string
}

func (lk *Lake) newPeopleWriter(ofTexts bool) (*peopleWriter, error) {
	t, err := lk.createTemp()
	if err != nil {
		return nil, err
	}
	columns, kind := peopleNumberFields, "number"
	if ofTexts {
		columns, kind = peopleTextFields, "text"
	}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.field()
	}
	meta := arrow.NewMetadata([]string{"dataset"}, []string{peopleDir})
	p := &peopleWriter{tempFile: t, kind: kind, schema: arrow.NewSchema(fields, &meta)}
	props := parquet.NewWriterProperties(parquet.WithCreatedBy("overtake"), parquet.WithDictionaryDefault(false), parquet.WithMaxRowGroupLength(groupRows), parquet.WithStats(false))
	p.w, err = pqarrow.NewFileWriter(p.schema, t, props, pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, t.discard(err)
	}
	return p, nil
}

func (p *peopleWriter) addNumber(no uint32, id uint64) error {
	p.nos, p.numbers = append(p.nos, no), append(p.numbers, id)
	return p.full()
}

func (p *peopleWriter) addText(no uint32, id string) error {
	p.nos, p.texts = append(p.nos, no), append(p.texts, id)
	return p.full()
}

func (p *peopleWriter) full() error {
	if len(p.nos) < groupRows {
		return nil
	}
	return p.flush()
}

func (p *peopleWriter) flush() error {
	n := len(p.nos)
	if n == 0 {
		return nil
	}
	column := func(t arrow.DataType, b []byte) arrow.Array {
		d := array.NewData(t, n, []*memory.Buffer{nil, memory.NewBufferBytes(b)}, nil, 0, 0)
		defer d.Release()
		return array.MakeFromData(d)
	}
	columns := []arrow.Array{column(arrow.PrimitiveTypes.Uint32, asBytes(p.nos))}
	if p.kind == "number" {
		columns = append(columns, column(arrow.PrimitiveTypes.Uint64, asBytes(p.numbers)))
	} else {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		b.AppendValues(p.texts, nil)
		columns = append(columns, b.NewArray())
	}
	rec := array.NewRecord(p.schema, columns, int64(n))
	defer rec.Release()
	if err := p.w.Write(rec); err != nil {
		return err
	}
	p.rows += int64(n)
	p.nos, p.numbers, p.texts = p.nos[:0], p.numbers[:0], p.texts[:0]
	return nil
}

func (p *peopleWriter) finish(platform ingest.Platform) (File, error) {
	err := p.flush()
	if err == nil {
		err = p.w.Close() // closes no file: tempFile has its own end
	}
	if err != nil {
		return File{}, p.discard(err)
	}
	return p.tempFile.finish(peopleDir, fmt.Sprintf("%s/platform=%s/kind=%s", peopleDir, platform, p.kind), p.rows)
}

// peopleFiles are the files of people of one kind.
func (lk *Lake) peopleFiles(platform ingest.Platform, kind string) []File {
	var files []File
	for _, m := range lk.manifests {
		for _, f := range m.People {
			if p, err := platformOf(f.Path); err == nil && p == platform && strings.Contains(f.Path, "/kind="+kind+"/") {
				files = append(files, f)
			}
		}
	}
	return files
}

// peopleCount is how many numbers the platform has given.
func (lk *Lake) peopleCount(platform ingest.Platform) int64 {
	if n := len(lk.manifests); n > 0 {
		return lk.manifests[n-1].PeopleGiven[platform]
	}
	return 0
}

// A peopleReader walks one file of people.
type peopleReader struct {
	r       *file.Reader
	f       File
	lk      *Lake
	ofTexts bool
	group   int
	nos     file.ColumnChunkReader
	ids     file.ColumnChunkReader
	bufNo   []int32
	bufNum  []int64
	bufText []parquet.ByteArray
	n, i    int // of the buffers
	last    int64
}

const peopleBatch = 64 << 10

// openPeople proves the file before it reads it, once for an open lake: a wrong number would spread.
func (lk *Lake) openPeople(f File) (*peopleReader, error) {
	if !lk.proved[f.SHA256] {
		if err := lk.prove(f); err != nil {
			return nil, err
		}
		lk.proved[f.SHA256] = true
	}
	r, err := file.OpenParquetFile(lk.path(f.Path), false)
	if err != nil {
		return nil, &FileError{Path: lk.path(f.Path), Reason: err.Error()}
	}
	return &peopleReader{r: r, f: f, lk: lk, ofTexts: strings.Contains(f.Path, "/kind=text/"), bufNo: make([]int32, peopleBatch)}, nil
}

// next moves to the next person; false at the end.
func (p *peopleReader) next() (bool, error) {
	p.i++
	if p.i < p.n {
		return true, nil
	}
	for {
		if p.nos == nil || !p.nos.HasNext() {
			if p.group == p.r.NumRowGroups() {
				return false, nil
			}
			rg := p.r.RowGroup(p.group)
			p.group++
			var err error
			if p.nos, err = rg.Column(0); err == nil {
				p.ids, err = rg.Column(1)
			}
			if err != nil {
				return false, p.damaged(err)
			}
		}
		if err := p.read(); err != nil {
			return false, p.damaged(err)
		}
		if p.n > 0 {
			return true, nil
		}
	}
}

func (p *peopleReader) read() error {
	nos, ok := p.nos.(*file.Int32ColumnChunkReader)
	if !ok {
		return fmt.Errorf("follower_no is of another type")
	}
	_, n, err := nos.ReadBatch(peopleBatch, p.bufNo, nil, nil)
	if err != nil {
		return err
	}
	m := 0
	switch ids := p.ids.(type) {
	case *file.Int64ColumnChunkReader:
		if p.bufNum == nil {
			p.bufNum = make([]int64, peopleBatch)
		}
		m, err = readFull(n, func(at int) (int, error) {
			_, k, err := ids.ReadBatch(int64(n-at), p.bufNum[at:], nil, nil)
			return k, err
		})
	case *file.ByteArrayColumnChunkReader:
		if p.bufText == nil {
			p.bufText = make([]parquet.ByteArray, peopleBatch)
		}
		m, err = readFull(n, func(at int) (int, error) {
			_, k, err := ids.ReadBatch(int64(n-at), p.bufText[at:], nil, nil)
			return k, err
		})
	}
	if err == nil && m != n {
		err = io.ErrUnexpectedEOF
	}
	p.n, p.i = n, 0
	return err
}

// readFull reads n values by as many calls as it takes.
func readFull(n int, read func(at int) (int, error)) (int, error) {
	at := 0
	for at < n {
		k, err := read(at)
		if err != nil || k == 0 {
			return at, err
		}
		at += k
	}
	return at, nil
}

func (p *peopleReader) no() uint32     { return uint32(p.bufNo[p.i]) }
func (p *peopleReader) number() uint64 { return uint64(p.bufNum[p.i]) }
func (p *peopleReader) text() string   { return string(p.bufText[p.i]) }

func (p *peopleReader) damaged(err error) error {
	return &FileError{Path: p.lk.path(p.f.Path), Reason: err.Error()}
}

// matchNumbers holds ascending ids against the people of the platform and calls found for those that have a number.
func (lk *Lake) matchNumbers(ctx context.Context, platform ingest.Platform, ids []uint64, found func(i int, no uint32)) error {
	return lk.match(ctx, platform, "number", len(ids), func(p *peopleReader, from int) (int, bool) {
		id := p.number()
		i, ok := search(ids, from, id)
		return i, ok
	}, found)
}

// matchTexts does the same for ids that are no numbers.
func (lk *Lake) matchTexts(ctx context.Context, platform ingest.Platform, ids []string, found func(i int, no uint32)) error {
	return lk.match(ctx, platform, "text", len(ids), func(p *peopleReader, from int) (int, bool) {
		return search(ids, from, p.text())
	}, found)
}

func (lk *Lake) match(ctx context.Context, platform ingest.Platform, kind string, n int, at func(p *peopleReader, from int) (int, bool), found func(i int, no uint32)) error {
	if n == 0 {
		return nil
	}
	for _, f := range lk.peopleFiles(platform, kind) {
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := lk.openPeople(f)
		if err != nil {
			return err
		}
		err = p.each(func() bool {
			i, ok := at(p, int(p.last))
			if ok {
				found(i, p.no())
			}
			p.last = int64(i)
			return i < n
		})
		p.r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls yield at every person until it says no.
func (p *peopleReader) each(yield func() bool) error {
	for {
		ok, err := p.next()
		if err != nil || !ok || !yield() {
			return err
		}
	}
}

// search finds id at or behind from, galloping, as ids come in order.
func search[T uint64 | string](ids []T, from int, id T) (int, bool) {
	step := 1
	lo, hi := from, from
	for hi < len(ids) && ids[hi] < id {
		lo = hi + 1
		hi += step
		step *= 2
	}
	i, ok := slices.BinarySearch(ids[lo:min(hi+1, len(ids))], id)
	return lo + i, ok
}
