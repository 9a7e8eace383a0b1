package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const segmentSuffix = ".otj"

// A segment is one file of the journal.
type segment struct {
	path  string
	first Pos
}

func segmentName(first Pos) string { return first.String() + segmentSuffix }

// listSegments returns the segments of a folder in order. A name that no writer gives is an error, as it could hide
// records; files of other suffixes are none of the journal's.
func listSegments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var segs []segment
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		if !ok {
			continue
		}
		first, err := strconv.ParseUint(name, 10, 64)
		if err != nil || first == 0 || segmentName(Pos(first)) != e.Name() {
			return nil, fmt.Errorf("journal %s holds %s, which is no segment's name; move it aside", dir, e.Name())
		}
		segs = append(segs, segment{filepath.Join(dir, e.Name()), Pos(first)})
	}
	slices.SortFunc(segs, func(a, b segment) int { return int(int64(a.first) - int64(b.first)) })
	return segs, nil
}

// A scanner reads the records of one segment, in order.
type scanner struct {
	r     io.ReaderAt
	size  int64 // bytes to read
	off   int64 // of the next record
	next  Pos   // id that the next record must have
	start state
	buf   []byte
}

// newScanner reads the segment's header. What is wrong with it is never a torn tail, as segments appear whole.
func newScanner(r io.ReaderAt, size int64, first Pos) (*scanner, error) {
	s := &scanner{r: r, size: size, next: first}
	b, err := s.read(0, segmentPrefix)
	if err != nil {
		return nil, err
	}
	n, err := parseSegmentPrefix(b)
	if err != nil {
		return nil, err
	}
	if b, err = s.read(0, segmentPrefix+n); err != nil {
		return nil, err
	}
	if s.start, err = parseState(b); err != nil {
		return nil, err
	}
	if s.start.First != first {
		return nil, fmt.Errorf("segment begins with record %d, want %d as its name says", s.start.First, first)
	}
	s.off = int64(len(b))
	return s, nil
}

var errShort = errors.New("the file ends within a record")

// read returns n bytes at off, in the scanner's buffer.
func (s *scanner) read(off int64, n int) ([]byte, error) {
	if off+int64(n) > s.size {
		return nil, errShort
	}
	if cap(s.buf) < n {
		s.buf = make([]byte, max(n, 2*cap(s.buf), 1<<16))
	}
	b := s.buf[:n]
	if _, err := s.r.ReadAt(b, off); err != nil {
		return nil, err
	}
	return b, nil
}

// record reads the next record; io.EOF where the segment ends cleanly.
func (s *scanner) record() (raw, error) {
	if s.off == s.size {
		return raw{}, io.EOF
	}
	rec, err := s.at(s.off)
	if err != nil {
		return raw{}, err
	}
	if rec.id != s.next {
		return raw{}, fmt.Errorf("record %d stands where record %d should", rec.id, s.next)
	}
	s.off += rec.size
	s.next++
	return rec, nil
}

// at reads the record that begins at off.
func (s *scanner) at(off int64) (raw, error) {
	b, err := s.read(off, recordPrefix)
	if err != nil {
		return raw{}, err
	}
	head, body, err := parsePrefix(b)
	if err != nil {
		return raw{}, err
	}
	if b, err = s.read(off, recordPrefix+head+body); err != nil {
		return raw{}, err
	}
	rec, err := parseRecord(b, head)
	rec.offset = off
	return rec, err
}

// acknowledged reports whether the bytes at off, which cannot be read, had been on disk before a record behind them was
// written.
func (s *scanner) acknowledged(off int64) (bool, error) {
	const window = 1 << 20
	chunk := make([]byte, window+len(mark)-1)
	for at := off + 1; at < s.size; at += window {
		n := min(int64(len(chunk)), s.size-at)
		if _, err := s.r.ReadAt(chunk[:n], at); err != nil {
			return false, err
		}
		for i := 0; ; i++ {
			j := bytes.Index(chunk[i:n], []byte(mark))
			if j < 0 {
				break
			}
			i += j
			if rec, err := s.at(at + int64(i)); err == nil && rec.id > s.next && rec.durable > off {
				return true, nil
			}
		}
	}
	return false, nil
}
