package lake

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"strings"
)

// A runIndex says which lists stand where in a file of follows, so that an account's run is found without reading the
// columns list and account_no. It stands between the last row group and Parquet's footer, where other readers do not look:
// the index, its length (8 bytes), "otruns\n\x00". The index is: format 1, number of runs, per run the account number (less
// that of the run before), rows, list and native id (bytes shared with the run before, length of the rest, the rest);
// number of pages, per page the offset of its follower numbers (less that of the page before) and their CRC-32C; CRC-32C of
// all that. Numbers are uvarints, CRCs four bytes.
type runIndex struct {
	runs  []run
	pages []runPage // page i holds rows i*pageRows and on
	rows  int64
}

// A runPage is a page of follower numbers.
type runPage struct {
	at  int64 // offset in the file of the first number
	crc uint32
}

const (
	indexFormat = 1
	indexMagic  = "otruns\n\x00"
)

func (x *runIndex) encode() []byte {
	b := []byte{indexFormat}
	b = binary.AppendUvarint(b, uint64(len(x.runs)))
	before := run{}
	for _, r := range x.runs {
		b = binary.AppendUvarint(b, uint64(r.account-before.account))
		b = binary.AppendUvarint(b, uint64(r.rows))
		b = appendShared(b, before.list, r.list)
		b = appendShared(b, before.id, r.id)
		before = r
	}
	b = binary.AppendUvarint(b, uint64(len(x.pages)))
	at := int64(0)
	for _, p := range x.pages {
		b = binary.AppendUvarint(b, uint64(p.at-at))
		b = binary.LittleEndian.AppendUint32(b, p.crc)
		at = p.at
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	n := len(b)
	return append(binary.LittleEndian.AppendUint64(b, uint64(n)), indexMagic...)
}

// appendShared appends s as the difference to the text before it.
func appendShared(b []byte, before, s string) []byte {
	n := 0
	for n < len(s) && n < len(before) && s[n] == before[n] {
		n++
	}
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendUvarint(b, uint64(len(s)-n))
	return append(b, s[n:]...)
}

var errIndex = errors.New("its list of runs is damaged")

// decodeIndex calls yield for each run with the row that it begins at, and returns the pages.
func decodeIndex(b []byte, yield func(r run, first int64)) (pages []runPage, err error) {
	if len(b) < 5 || b[0] != indexFormat {
		return nil, errIndex
	}
	end := len(b) - 4
	if crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return nil, errIndex
	}
	d := indexDecoder{b: b[1:end]}
	first := int64(0)
	var r run
	for n := d.number(); n > 0 && !d.bad; n-- {
		r.account += uint32(d.number())
		r.rows = int64(d.number())
		r.list = d.shared(r.list)
		r.id = d.shared(r.id)
		if !d.bad {
			yield(r, first)
		}
		first += r.rows
	}
	at := int64(0)
	for n := d.number(); n > 0 && !d.bad; n-- {
		at += int64(d.number())
		pages = append(pages, runPage{at: at, crc: d.crc()})
	}
	if d.bad {
		return nil, errIndex
	}
	return pages, nil
}

// An indexDecoder takes an index apart; bad is set when it ends too early.
type indexDecoder struct {
	b   []byte
	bad bool
}

func (d *indexDecoder) number() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *indexDecoder) crc() uint32 {
	if len(d.b) < 4 {
		d.bad = true
		return 0
	}
	v := binary.LittleEndian.Uint32(d.b)
	d.b = d.b[4:]
	return v
}

func (d *indexDecoder) shared(before string) string {
	n, m := d.number(), d.number()
	if n > uint64(len(before)) || m > uint64(len(d.b)) {
		d.bad = true
		return ""
	}
	if m == 0 && n == uint64(len(before)) {
		return before
	}
	rest := d.b[:m]
	d.b = d.b[m:]
	return strings.Clone(before[:n]) + string(rest)
}

// readIndex reads the index of a file of follows.
func (lk *Lake) readIndex(f File, yield func(r run, first int64)) ([]runPage, error) {
	path := lk.path(f.Path)
	b, err := indexBytes(path, f.Bytes)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &FileError{Path: path, Reason: "it is not there"}
	}
	var pages []runPage
	if err == nil {
		pages, err = decodeIndex(b, yield)
	}
	if err != nil {
		return nil, &FileError{Path: path, Reason: err.Error()}
	}
	return pages, nil
}

// indexBytes finds the index from the end of the file. Arrow's reader is not asked, as it trusts every byte of a footer.
func indexBytes(path string, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const mark, tail = 8 + len(indexMagic), 8
	var end [mark]byte
	if _, err := f.ReadAt(end[:tail], size-tail); err != nil {
		return nil, err
	}
	at := size - tail - int64(binary.LittleEndian.Uint32(end[:4])) - int64(mark)
	if at < 0 {
		return nil, errIndex
	}
	if _, err := f.ReadAt(end[:], at); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(end[:8])
	if string(end[8:]) != indexMagic || n > uint64(at) {
		return nil, errIndex
	}
	b := make([]byte, n)
	_, err = f.ReadAt(b, at-int64(n))
	return b, err
}
