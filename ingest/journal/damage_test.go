package journal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durabletest"
)

// shortPages are pages that take few bytes, for tests that change each of them.
func shortPages(from, to int) []ingest.Page {
	pages := numbered("a", from, to)
	for i := range pages {
		p := &pages[i]
		*p = ingest.Page{Source: "a", Document: p.Document, FetchedAt: p.FetchedAt, Next: p.Next}
		if i%2 == 0 {
			p.Raw = []byte("微博")
		}
	}
	return pages
}

// openQuick opens a journal without real fsyncs.
func openQuick(dir string) (*Journal, error) { return Options{}.open(dir, &durabletest.FS{}) }

// small writes a journal of one segment with n records and returns its folder, the segment's bytes and the offsets at
// which records begin, the end included.
func small(t testing.TB, n int) (dir string, text []byte, at []int64) {
	t.Helper()
	dir = t.TempDir()
	j := mustOpen(t, Options{}, dir)
	mustLand(t, j, shortPages(1, n)...)
	j.Close()
	segs, err := listSegments(dir)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(segs[0].path); err != nil {
		t.Fatal(err)
	}
	s, err := newScanner(bytes.NewReader(text), int64(len(text)), 1)
	if err != nil {
		t.Fatal(err)
	}
	for at = []int64{s.off}; ; at = append(at, s.off) {
		if _, err := s.record(); err == io.EOF {
			return dir, text, at
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// with returns a folder that holds one segment of the given bytes.
func with(t testing.TB, dir string, text []byte) (segment string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	torn, _ := filepath.Glob(filepath.Join(dir, "*.torn"))
	for _, name := range torn {
		os.Remove(name)
	}
	segment = filepath.Join(dir, segmentName(1))
	if err := os.WriteFile(segment, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return segment
}

// TestEveryTruncation cuts a journal at each byte. What is whole stays, the torn rest is kept aside, and the journal
// takes pages again.
func TestEveryTruncation(t *testing.T) {
	const n = 3
	_, text, at := small(t, n)
	dir := filepath.Join(durabletest.Dir(t), "cut")
	for size := range text {
		segment := with(t, dir, text[:size])
		j, err := openQuick(dir)
		if int64(size) < at[0] { // segments appear whole, so this is no crash
			var damage *DamageError
			if !errors.As(err, &damage) || damage.Segment != segment {
				t.Fatalf("cut to %d bytes, within the header: %v, want a DamageError", size, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut to %d bytes: %v", size, err)
		}
		whole := 0
		for whole < n && at[whole+1] <= int64(size) {
			whole++
		}
		checkPages(t, j, 0, shortPages(1, whole))
		if torn := j.Torn(); (int64(size) != at[whole]) != (len(torn) == 1) {
			t.Fatalf("cut to %d bytes: torn %v", size, torn)
		} else if len(torn) == 1 {
			kept, err := os.ReadFile(torn[0].Kept)
			if err != nil || !bytes.Equal(kept, text[at[whole]:size]) || torn[0].Offset != at[whole] || torn[0].Bytes != int64(len(kept)) {
				t.Fatalf("cut to %d bytes: torn %+v, kept %d bytes, %v", size, torn[0], len(kept), err)
			}
		}
		cursor, _ := j.Cursor(t.Context(), "a")
		if want := shortPages(1, whole); whole > 0 && cursor != want[whole-1].Next || whole == 0 && cursor != "" {
			t.Fatalf("cut to %d bytes: cursor %q", size, cursor)
		}
		mustLand(t, j, shortPages(1, whole+1)[whole])
		j.Close()
		if j, err = openQuick(dir); err != nil {
			t.Fatal(err)
		}
		checkPages(t, j, 0, shortPages(1, whole+1))
		if len(j.Torn()) != 0 {
			t.Fatalf("cut to %d bytes: torn again", size)
		}
		j.Close()
	}
}

// TestEveryBitFlip changes one bit of each byte. Damage before the last record is always an error that names the place;
// damage of the last record may also pass for a torn tail, which keeps the bytes. Wrong pages are never read.
func TestEveryBitFlip(t *testing.T) {
	const n = 3
	_, text, at := small(t, n)
	dir := filepath.Join(durabletest.Dir(t), "flip")
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 1 << (i % 8)
		segment := with(t, dir, changed)
		j, err := openQuick(dir)
		if err != nil {
			var damage *DamageError
			var newer *VersionError
			switch {
			case errors.As(err, &newer) && i >= 8 && i < 12:
			case errors.As(err, &damage) && damage.Segment == segment && damage.Offset <= int64(i):
			default:
				t.Fatalf("byte %d: %v, want a DamageError at or before it", i, err)
			}
			continue
		}
		if int64(i) < at[n-1] {
			t.Fatalf("byte %d was changed before the last record, and Open accepts it", i)
		}
		torn := j.Torn()
		if len(torn) != 1 || torn[0].Offset != at[n-1] {
			t.Fatalf("byte %d: torn %v, want the last record", i, torn)
		}
		if kept, err := os.ReadFile(torn[0].Kept); err != nil || !bytes.Equal(kept, changed[at[n-1]:]) {
			t.Fatalf("byte %d: the cut bytes are not kept: %v", i, err)
		}
		checkPages(t, j, 0, shortPages(1, n-1))
		j.Close()
	}
}

// TestBitFlipsInClosedSegments: Open reads the last segment only, Verify reads all.
func TestBitFlipsInClosedSegments(t *testing.T) {
	dir := durabletest.Dir(t)
	j := mustOpen(t, Options{SegmentBytes: 1}, dir)
	mustLand(t, j, shortPages(1, 3)...)
	segs, _ := listSegments(dir)
	text, _ := os.ReadFile(segs[1].path)
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 0x10
		os.WriteFile(segs[1].path, changed, 0o644)
		_, err := j.Verify(t.Context())
		var damage *DamageError
		var newer *VersionError
		if errors.As(err, &newer) && i >= 8 && i < 12 {
			continue
		}
		if !errors.As(err, &damage) || damage.Segment != segs[1].path || damage.Offset > int64(i) {
			t.Fatalf("byte %d: %v, want a DamageError", i, err)
		}
	}
	for size := range text { // a closed segment that was cut short
		os.WriteFile(segs[1].path, text[:size], 0o644)
		if _, err := j.Verify(t.Context()); err == nil {
			t.Fatalf("a closed segment cut to %d bytes passed", size)
		}
	}
}

// TestTornBatch: of several records that were written together and not yet synced, any may be missing. A later one that
// is whole does not prove that the earlier ones had been acknowledged.
func TestTornBatch(t *testing.T) {
	_, text, at := small(t, 1)
	var head []byte
	{
		s, err := newScanner(bytes.NewReader(text), int64(len(text)), 1)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := s.record()
		if err != nil {
			t.Fatal(err)
		}
		head = bytes.Clone(rec.header)
	}
	batch := appendRecord(nil, 2, at[1], head, nil)
	second := len(batch)
	batch = appendRecord(batch, 3, at[1], head, nil)
	for i := range second { // the first page of the batch never reached the disk
		batch[i] = 0
	}
	dir := filepath.Join(t.TempDir(), "batch")
	with(t, dir, append(bytes.Clone(text), batch...))
	j := mustOpen(t, Options{}, dir)
	if j.Last() != 1 || len(j.Torn()) != 1 {
		t.Errorf("last record %d, torn %v, want the whole batch to be cut", j.Last(), j.Torn())
	}
}

func TestTailOfZerosIsTorn(t *testing.T) {
	_, text, at := small(t, 2)
	dir := filepath.Join(t.TempDir(), "zeros")
	with(t, dir, append(bytes.Clone(text), make([]byte, 5000)...)) // the file grew, its blocks were never written
	j := mustOpen(t, Options{}, dir)
	checkPages(t, j, 0, shortPages(1, 2))
	if torn := j.Torn(); len(torn) != 1 || torn[0].Bytes != 5000 || torn[0].Offset != at[2] {
		t.Errorf("torn %v", torn)
	}
}

// FuzzOpen opens a segment of any bytes: it never panics, never takes memory for lengths that are not there, and what it
// reads has the ids 1, 2, 3, ...
func FuzzOpen(f *testing.F) {
	_, text, at := small(f, 3)
	f.Add(text)
	f.Add(text[:at[1]+7])
	f.Add(text[:at[0]])
	f.Add([]byte(magic))
	f.Add([]byte{})
	huge := bytes.Clone(text)
	copy(huge[at[1]+4:], []byte{0xff, 0xff, 0x0f, 0, 0xff, 0xff, 0xff, 0x1f})
	f.Add(huge)
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := filepath.Join(t.TempDir(), "fuzz")
		with(t, dir, text)
		j, err := Options{ReadOnly: true}.Open(dir)
		if err != nil {
			return
		}
		defer j.Close()
		var pages []ingest.Page
		if pages, err = read(j, 0); err == nil && Pos(len(pages)) != j.Last() {
			t.Errorf("%d pages, want %d", len(pages), j.Last())
		}
	})
}
