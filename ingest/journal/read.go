package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// A Record is one page as the journal keeps it.
type Record struct {
	ID      Pos
	Page    ingest.Page
	Segment string // path of the file that holds it
	Offset  int64  // where it begins there

	sha256 string
}

func parseHeader(text []byte) (header, error) {
	var h header
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("record header: %w", err)
	}
	if h.RawBytes < 0 || h.RawBytes > maxRawBytes {
		return h, fmt.Errorf("record header promises an answer of %d bytes, want at most %d", h.RawBytes, maxRawBytes)
	}
	return h, nil
}

// Records reads the records after the given position, in order, up to the last one that was acknowledged when the call
// was made. It yields at most one error, as its last value. The bytes of a page are the caller's to keep.
func (j *Journal) Records(ctx context.Context, after Pos) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		last := j.Last()
		if after > last {
			yield(Record{}, fmt.Errorf("journal %s ends with record %d, but record %d was read from it before; it has lost records: restore it from a copy",
				j.dir, last, after))
			return
		}
		if after == last {
			return
		}
		segs, err := listSegments(j.dir)
		if err != nil {
			yield(Record{}, err)
			return
		}
		want := after + 1
		if len(segs) > 0 && segs[0].first > want {
			yield(Record{}, &DamageError{Segment: segs[0].path, Reason: fmt.Sprintf(
				"it begins with record %d, and no segment holds record %d", segs[0].first, want)})
			return
		}
		for i, seg := range segs {
			if seg.first > last || i+1 < len(segs) && segs[i+1].first <= want {
				continue // all of it lies outside
			}
			next, ok := j.readSegment(ctx, seg, want, last, yield)
			if !ok || next > last {
				return
			}
			if i+1 == len(segs) || segs[i+1].first != next {
				yield(Record{}, &DamageError{Segment: seg.path, Offset: 0, Reason: fmt.Sprintf(
					"it ends before record %d, and no segment begins there", next)})
				return
			}
			want = next
		}
	}
}

// readSegment yields the records want..last of one segment and returns the id after the last one that it holds. It
// returns false where there is no more to do, be it that the caller stops or that an error was yielded.
func (j *Journal) readSegment(ctx context.Context, seg segment, want, last Pos, yield func(Record, error) bool) (Pos, bool) {
	fail := func(offset int64, err error) (Pos, bool) {
		yield(Record{}, segmentError(seg.path, offset, err))
		return 0, false
	}
	f, err := os.Open(seg.path)
	if err != nil {
		yield(Record{}, err)
		return 0, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		yield(Record{}, err)
		return 0, false
	}
	s, err := newScanner(f, info.Size(), seg.first)
	if err != nil {
		return fail(0, err)
	}
	for s.next <= last {
		if err := ctx.Err(); err != nil {
			yield(Record{}, err)
			return 0, false
		}
		at := s.off
		rec, err := s.record()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fail(at, err)
		}
		if rec.id < want {
			continue
		}
		out, err := j.decode(rec, seg)
		if err != nil {
			return fail(at, err)
		}
		if !yield(out, nil) {
			return 0, false
		}
	}
	return s.next, true
}

// decode turns stored bytes into a page.
func (j *Journal) decode(rec raw, seg segment) (Record, error) {
	h, err := parseHeader(rec.header)
	if err != nil {
		return Record{}, err
	}
	var body []byte
	if len(rec.body) > 0 {
		if body, err = j.unzip.DecodeAll(rec.body, make([]byte, 0, h.RawBytes)); err != nil {
			return Record{}, fmt.Errorf("decompress: %w", err)
		}
	}
	if int64(len(body)) != h.RawBytes {
		return Record{}, fmt.Errorf("answer of %d bytes, want %d", len(body), h.RawBytes)
	}
	return Record{ID: rec.id, Page: h.page(body), Segment: seg.path, Offset: rec.offset, sha256: h.RawSHA256}, nil
}

// A Report is what Verify found.
type Report struct {
	Segments int
	Records  int64
	RawBytes int64 // of all answers, decompressed
	Bytes    int64 // on disk
	Torn     int   // files that keep what crashes left unfinished
}

// Verify reads every record, recomputes the checksum of every record and of every answer, and reports what it read. The
// error names the first segment and byte that is not as it was written.
func (j *Journal) Verify(ctx context.Context) (Report, error) {
	var rep Report
	segs, err := listSegments(j.dir)
	if err != nil && !(j.options.ReadOnly && errors.Is(err, os.ErrNotExist)) {
		return rep, fmt.Errorf("verify journal: %w", err)
	}
	for _, seg := range segs {
		if info, err := os.Stat(seg.path); err == nil {
			rep.Bytes += info.Size()
		}
	}
	rep.Segments = len(segs)
	if rep.Torn, err = countTorn(j.dir); err != nil {
		return rep, err
	}
	for rec, err := range j.Records(ctx, 0) {
		if err != nil {
			return rep, err
		}
		if sum := sha256.Sum256(rec.Page.Raw); hex.EncodeToString(sum[:]) != rec.sha256 {
			return rep, &DamageError{Segment: rec.Segment, Offset: rec.Offset, Reason: "answer does not match its sha256"}
		}
		rep.Records++
		rep.RawBytes += int64(len(rec.Page.Raw))
	}
	return rep, nil
}

func countTorn(dir string) (int, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	n := 0
	for _, e := range entries {
		if len(e.Name()) > 5 && e.Name()[len(e.Name())-5:] == ".torn" {
			n++
		}
	}
	return n, err
}

// Since is a position before every record that was written since t: the beginning of a segment. Segments that were last
// written to well before t are left out.
func (j *Journal) Since(t time.Time) (Pos, error) {
	segs, err := listSegments(j.dir)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	after := Pos(0)
	for _, seg := range segs {
		info, err := os.Stat(seg.path)
		if err != nil {
			return 0, err
		}
		after = seg.first - 1
		if !info.ModTime().Before(t.Add(-time.Hour)) { // clocks of file servers differ
			break
		}
	}
	return after, nil
}
