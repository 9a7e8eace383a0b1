package journal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// A landing is a page on its way to disk.
type landing struct {
	source string
	next   ingest.Cursor
	head   []byte // JSON
	body   []byte // zstd
	done   bool   // guarded by Journal.writer
	err    error
}

// Land implements [ingest.Sink]. It returns nil once the page is on disk. After an error the journal writes no more, as
// it cannot know what the disk holds: close it and open it again.
func (j *Journal) Land(ctx context.Context, page ingest.Page) error {
	wait, err := j.Start(ctx, page)
	if err != nil {
		return err
	}
	return wait()
}

// Start implements [ingest.Starter]: it takes its place behind all pages that were started before, and wait returns as
// Land does. Pages that wait at the same time share one fsync.
func (j *Journal) Start(ctx context.Context, page ingest.Page) (wait func() error, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l, err := j.encode(page)
	if err != nil {
		return nil, fmt.Errorf("land %s page %q: %w", page.Source, page.Document, err)
	}
	j.mu.Lock()
	j.queue = append(j.queue, l)
	j.mu.Unlock()
	return func() error {
		if err := j.settle(l); err != nil {
			return fmt.Errorf("land %s page %q: %w", page.Source, page.Document, err)
		}
		return nil
	}, nil
}

// settle returns once the page is written, be it by us together with all that wait, or by another who took it along.
func (j *Journal) settle(l *landing) error {
	j.writer.Lock()
	defer j.writer.Unlock()
	if !l.done {
		j.mu.Lock()
		batch := j.queue
		j.queue = nil
		j.mu.Unlock()
		err := j.write(batch)
		for _, b := range batch {
			b.done, b.err = true, err
		}
	}
	return l.err
}

// encode does all of the work that needs no lock.
func (j *Journal) encode(page ingest.Page) (*landing, error) {
	switch {
	case j.options.ReadOnly:
		return nil, errors.New("journal is open for reading only")
	case page.Source == "":
		return nil, errors.New("page without a source")
	case len(page.Raw) > maxRawBytes:
		return nil, fmt.Errorf("answer of %d bytes, want at most %d", len(page.Raw), maxRawBytes)
	}
	head, err := json.Marshal(headerOf(page, sha256.Sum256(page.Raw)))
	if err != nil {
		return nil, err
	}
	l := &landing{source: page.Source, next: page.Next, head: head}
	if len(page.Raw) > 0 {
		l.body = j.zip.EncodeAll(page.Raw, nil)
	}
	if len(head) > maxHeaderBytes || len(l.body) > maxBodyBytes {
		return nil, fmt.Errorf("record of %d and %d bytes, want at most %d and %d", len(head), len(l.body), maxHeaderBytes, maxBodyBytes)
	}
	return l, nil
}

// write appends the batch, syncs, and only then counts it. The caller holds j.writer.
func (j *Journal) write(batch []*landing) error {
	j.mu.Lock()
	broken, size, last := j.broken, j.size, j.last
	j.mu.Unlock()
	if broken != nil {
		return broken
	}
	if err := j.append(batch, size, last); err != nil {
		j.mu.Lock()
		j.broken = fmt.Errorf("journal stopped after a write that failed, open it again: %w", err)
		j.mu.Unlock()
		return err
	}
	return nil
}

func (j *Journal) append(batch []*landing, size int64, last Pos) error {
	if j.file == nil || size >= j.options.SegmentBytes {
		n, err := j.rotate(last + 1)
		if err != nil {
			return err
		}
		size = n
	}
	var b []byte
	for i, l := range batch {
		b = appendRecord(b, last+1+Pos(i), size, l.head, l.body)
	}
	if _, err := j.file.Write(b); err != nil {
		return fmt.Errorf("append to %s: %w", j.path, err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", j.path, err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.size = size + int64(len(b))
	j.last = last + Pos(len(batch))
	for _, l := range batch {
		j.cursors[l.source] = l.next
	}
	return nil
}

// rotate makes a new segment and returns its length.
func (j *Journal) rotate(first Pos) (int64, error) {
	j.mu.Lock()
	if j.id == "" {
		j.id = rand.Text()
	}
	start := state{Journal: j.id, First: first, Cursors: maps.Clone(j.cursors)}
	j.mu.Unlock()
	head, err := encodeSegmentHeader(start)
	if err != nil {
		return 0, err
	}
	path := filepath.Join(j.dir, segmentName(first))
	if err := durable.WriteFile(j.fs, path, head); err != nil {
		return 0, fmt.Errorf("begin segment %s: %w", path, err)
	}
	f, err := j.fs.Open(path)
	if err != nil {
		return 0, err
	}
	if _, err := f.Seek(int64(len(head)), 0); err != nil {
		return 0, errors.Join(err, f.Close())
	}
	if j.file != nil {
		if err := j.file.Close(); err != nil {
			return 0, errors.Join(fmt.Errorf("close %s: %w", j.path, err), f.Close())
		}
	}
	j.file, j.path = f, path
	j.mu.Lock()
	j.size = int64(len(head))
	j.mu.Unlock()
	return int64(len(head)), nil
}
