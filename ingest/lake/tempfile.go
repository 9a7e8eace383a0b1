package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"

	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// A tempFile is a file in the making that is too large to be made in memory. It is written front to back through a
// buffer, while its sha256 is computed.
type tempFile struct {
	lk   *Lake
	name string // relative to the lake
	f    durable.File
	sum  hash.Hash
	buf  []byte
	size int64 // bytes written so far, those in the buffer included
}

const tempBuffer = 1 << 20

// createTemp begins a file under a name that nothing else has.
func (lk *Lake) createTemp() (*tempFile, error) {
	if err := lk.fs.MkdirAll(lk.path(tempDir)); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s/%06d.making", tempDir, lk.temps.Add(1))
	f, err := lk.fs.Create(lk.path(name))
	if err != nil {
		return nil, err
	}
	return &tempFile{lk: lk, name: name, f: f, sum: sha256.New(), buf: make([]byte, 0, tempBuffer)}, nil
}

// Write implements io.Writer.
func (t *tempFile) Write(p []byte) (int, error) {
	t.size += int64(len(p))
	if len(t.buf)+len(p) <= cap(t.buf) {
		t.buf = append(t.buf, p...)
		return len(p), nil
	}
	if err := t.out(t.buf); err != nil {
		return 0, err
	}
	t.buf = t.buf[:0]
	if len(p) >= cap(t.buf)/2 {
		return len(p), t.out(p)
	}
	t.buf = append(t.buf, p...)
	return len(p), nil
}

func (t *tempFile) out(p []byte) error {
	t.sum.Write(p)
	_, err := t.f.Write(p)
	return err
}

// Tell is how far the file is written, which Arrow's writers ask for.
func (t *tempFile) Tell() int64 { return t.size }

// finish makes the file durable under the name by which publish finds it. The caller's folder is where it will appear.
func (t *tempFile) finish(dataset, dir string, rows int64) (File, error) {
	err := t.out(t.buf)
	if err == nil {
		err = t.f.Sync()
	}
	if err != nil {
		return File{}, t.discard(err)
	}
	if err := t.f.Close(); err != nil {
		t.f = nil
		return File{}, t.discard(err)
	}
	t.f = nil
	name := hex.EncodeToString(t.sum.Sum(nil))
	if err := t.lk.fs.MkdirAll(t.lk.path(dir)); err != nil {
		return File{}, t.discard(err)
	}
	if err := t.lk.fs.Rename(t.lk.path(t.name), t.lk.path(tempDir+"/"+name)); err != nil {
		return File{}, t.discard(err)
	}
	return File{Dataset: dataset, Path: fmt.Sprintf("%s/part-%s.parquet", dir, name[:16]), Rows: rows, Bytes: t.size, SHA256: name}, nil
}

// discard removes what could not be finished and gives err back.
func (t *tempFile) discard(err error) error {
	if t.f != nil {
		err = errors.Join(err, t.f.Close())
		t.f = nil
	}
	return errors.Join(err, t.lk.fs.Remove(t.lk.path(t.name)))
}
