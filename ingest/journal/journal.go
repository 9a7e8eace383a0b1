package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// Options say how a journal is opened. The zero value is what Open uses.
type Options struct {
	SegmentBytes int64        // a segment is closed once it is this long; 0 means 64 MiB
	ReadOnly     bool         // take no lock, cut nothing, refuse Land; what a writer is appending meanwhile is not seen
	Log          *slog.Logger // where cut tails are told; nil means nowhere
}

const defaultSegmentBytes = 64 << 20

// A Journal is an open journal. It is an [ingest.Sink]; its methods may be called from several goroutines at once, and
// pages that are landed at the same time share one fsync.
type Journal struct {
	dir     string
	options Options
	fs      durable.FS
	lock    *durable.Lock
	torn    []Torn

	zip   *zstd.Encoder
	unzip *zstd.Decoder

	writer sync.Mutex // held by whoever writes: guards file and path
	file   durable.File
	path   string // of the last segment, "" before the first one

	mu      sync.Mutex // guards what follows
	queue   []*landing // waiting to be written
	size    int64      // durable bytes of the last segment
	last    Pos        // last acknowledged record
	id      string     // random name of the journal, "" before the first segment
	cursors map[string]ingest.Cursor
	broken  error // set once a write has failed; nothing is written after it
}

// Open opens the journal in dir for reading and writing, and makes the folder where there is none. It refuses a journal
// that another process has open for writing.
func Open(dir string) (*Journal, error) { return Options{}.Open(dir) }

// Open opens the journal in dir.
func (o Options) Open(dir string) (*Journal, error) { return o.open(dir, durable.OS{}) }

func (o Options) open(dir string, fs durable.FS) (j *Journal, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("open journal: %w", err)
		}
	}()
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = defaultSegmentBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	j = &Journal{dir: dir, options: o, fs: fs, cursors: map[string]ingest.Cursor{}}
	if !o.ReadOnly {
		if err := makeDir(fs, dir); err != nil {
			return nil, err
		}
		if j.lock, err = durable.Acquire(filepath.Join(dir, "lock")); err != nil {
			return nil, err
		}
	}
	if j.zip, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20)); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	if j.unzip, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxRawBytes)); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	if err := j.recover(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// makeDir makes a folder that will outlive a power cut.
func makeDir(fs durable.FS, dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := fs.MkdirAll(dir); err != nil {
		return err
	}
	return fs.SyncDir(filepath.Dir(dir))
}

// recover finds the end of the last segment and the cursors there, and cuts a torn tail.
func (j *Journal) recover() error {
	segs, err := listSegments(j.dir)
	if errors.Is(err, os.ErrNotExist) && j.options.ReadOnly {
		return nil
	}
	if err != nil || len(segs) == 0 {
		return err
	}
	last := segs[len(segs)-1]
	f, err := os.Open(last.path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	s, err := newScanner(f, info.Size(), last.first)
	if err != nil {
		return segmentError(last.path, 0, err)
	}
	j.id = s.start.Journal
	maps.Copy(j.cursors, s.start.Cursors)
	reason, err := j.readTail(s, last.path)
	if err != nil {
		return err
	}
	j.path, j.size, j.last = last.path, s.off, s.next-1
	if reason != nil {
		acked, err := s.acknowledged(s.off)
		if err != nil {
			return err
		}
		if acked {
			return segmentError(last.path, s.off, reason)
		}
	}
	if j.options.ReadOnly {
		return nil
	}
	return j.reopen(info.Size())
}

// readTail reads the cursors of the last segment up to its end, or to where it cannot be read, and says why.
func (j *Journal) readTail(s *scanner, path string) (reason, err error) {
	for {
		rec, err := s.record()
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return err, nil
		}
		h, err := parseHeader(rec.header)
		if err != nil {
			return nil, segmentError(path, rec.offset, err)
		}
		j.cursors[h.Source] = h.Next
	}
}

// reopen opens the last segment for writing, cuts it to its whole records and puts what was cut aside.
func (j *Journal) reopen(size int64) error {
	f, err := j.fs.Open(j.path)
	if err != nil {
		return err
	}
	if size > j.size {
		if err := j.cut(f, size); err != nil {
			return errors.Join(fmt.Errorf("cut the unfinished record at byte %d of %s: %w", j.size, j.path, err), f.Close())
		}
	}
	if _, err := f.Seek(j.size, io.SeekStart); err != nil {
		return errors.Join(err, f.Close())
	}
	j.file = f
	return nil
}

// cut keeps the bytes behind the last whole record in a file of their own and shortens the segment.
func (j *Journal) cut(f durable.File, size int64) error {
	r, err := os.Open(j.path)
	if err != nil {
		return err
	}
	defer r.Close()
	tail := make([]byte, size-j.size)
	if _, err := r.ReadAt(tail, j.size); err != nil {
		return err
	}
	t := Torn{Segment: j.path, Offset: j.size, Bytes: size - j.size, Kept: freeName(fmt.Sprintf("%s-at-%d", j.path, j.size), ".torn")}
	if err := durable.WriteFile(j.fs, t.Kept, tail); err != nil {
		return err
	}
	if err := f.Truncate(j.size); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	j.torn = append(j.torn, t)
	j.options.Log.Warn("journal: torn tail cut", "segment", t.Segment, "offset", t.Offset, "bytes", t.Bytes, "kept", t.Kept)
	return nil
}

// freeName is base+suffix, or with a number between where that is taken.
func freeName(base, suffix string) string {
	name := base + suffix
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); err != nil {
			return name
		}
		name = fmt.Sprintf("%s-%d%s", base, n, suffix)
	}
}

// segmentError says in which file and where something cannot be read.
func segmentError(path string, offset int64, err error) error {
	var v *VersionError
	if errors.As(err, &v) {
		v.Segment = path
		return v
	}
	return &DamageError{Segment: path, Offset: offset, Reason: err.Error()}
}

// Torn lists what Open had to cut, which is at most one tail.
func (j *Journal) Torn() []Torn { return j.torn }

// Dir is the folder of the journal.
func (j *Journal) Dir() string { return j.dir }

// ID is the random name that the journal was given with its first record, "" before it. Two journals never share one.
func (j *Journal) ID() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.id
}

// Last is the id of the last acknowledged record, 0 in an empty journal.
func (j *Journal) Last() Pos {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// Cursor implements [ingest.Sink]: the position after the last page that the source landed, "" before its first.
func (j *Journal) Cursor(_ context.Context, source string) (ingest.Cursor, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.cursors[source], nil
}

// Close lets the journal go. Everything that Land acknowledged is on disk already.
func (j *Journal) Close() error {
	j.writer.Lock()
	defer j.writer.Unlock()
	var err error
	if j.file != nil {
		err = j.file.Close()
		j.file = nil
	}
	j.mu.Lock()
	if j.broken == nil {
		j.broken = errors.New("journal is closed")
	}
	j.mu.Unlock()
	if j.zip != nil {
		err = errors.Join(err, j.zip.Close())
	}
	if j.unzip != nil {
		j.unzip.Close()
	}
	return errors.Join(err, j.lock.Release())
}
