// Package durabletest is a file system that fails when told to and forgets what was not synced.
package durabletest

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// An FS is the operating system's file system with two bad habits. It is safe for several goroutines.
type FS struct {
	// FailAt is the operation that fails, counted from 1; 0 means none. A failing write leaves half of its bytes.
	FailAt int
	// Forever makes all later operations fail too, as a full disk does.
	Forever bool

	mu      sync.Mutex
	ops     int
	last    string           // what failed
	synced  map[string]int64 // durable length of each file that was written
	renames []rename         // not yet durable
}

type rename struct{ from, to string }

// ErrFull is what fails.
var ErrFull = &os.PathError{Op: "write", Path: "disk", Err: syscall.ENOSPC}

// Ops is how many operations there were.
func (f *FS) Ops() int { f.mu.Lock(); defer f.mu.Unlock(); return f.ops }

// Failed says which operation failed, "" if none did.
func (f *FS) Failed() string { f.mu.Lock(); defer f.mu.Unlock(); return f.last }

// op counts an operation and says whether it is to fail.
func (f *FS) op(name, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ops++
	if f.FailAt > 0 && (f.ops == f.FailAt || f.Forever && f.ops > f.FailAt) {
		if f.last == "" {
			f.last = fmt.Sprintf("%s %s", name, filepath.Base(path))
		}
		return ErrFull
	}
	return nil
}

func (f *FS) note(path string, length int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.synced == nil {
		f.synced = map[string]int64{}
	}
	f.synced[path] = length
}

// Create implements durable.FS.
func (f *FS) Create(name string) (durable.File, error) {
	if err := f.op("create", name); err != nil {
		return nil, err
	}
	file, err := durable.OS{}.Create(name)
	if err != nil {
		return nil, err
	}
	f.note(name, 0)
	return &handle{File: file, fs: f, path: name}, nil
}

// Open implements durable.FS. What is in the file when it is opened counts as durable.
func (f *FS) Open(name string) (durable.File, error) {
	if err := f.op("open", name); err != nil {
		return nil, err
	}
	file, err := durable.OS{}.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	f.note(name, info.Size())
	return &handle{File: file, fs: f, path: name}, nil
}

// MkdirAll implements durable.FS.
func (f *FS) MkdirAll(name string) error {
	if err := f.op("mkdir", name); err != nil {
		return err
	}
	return durable.OS{}.MkdirAll(name)
}

// Rename implements durable.FS.
func (f *FS) Rename(from, to string) error {
	if err := f.op("rename", from); err != nil {
		return err
	}
	if err := (durable.OS{}).Rename(from, to); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.synced == nil {
		f.synced = map[string]int64{}
	}
	f.synced[to] = f.synced[from]
	delete(f.synced, from)
	f.renames = append(f.renames, rename{from, to})
	return nil
}

// Remove implements durable.FS.
func (f *FS) Remove(name string) error {
	if err := f.op("remove", name); err != nil {
		return err
	}
	f.mu.Lock()
	delete(f.synced, name)
	f.mu.Unlock()
	return durable.OS{}.Remove(name)
}

// SyncDir implements durable.FS.
func (f *FS) SyncDir(name string) error {
	if err := f.op("sync folder", name); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var rest []rename
	for _, r := range f.renames {
		if filepath.Dir(r.to) != name {
			rest = append(rest, r)
		}
	}
	f.renames = rest
	return nil
}

// PowerCut takes back what was not synced: renames whose folder was not, and of the bytes that were written since a
// file's last sync a random number at the end.
func (f *FS) PowerCut(r *rand.Rand) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.renames) - 1; i >= 0; i-- {
		n := f.renames[i]
		if err := os.Rename(n.to, n.from); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if length, ok := f.synced[n.to]; ok {
			f.synced[n.from] = length
			delete(f.synced, n.to)
		}
	}
	f.renames = nil
	for path, length := range f.synced {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if loose := info.Size() - length; loose > 0 {
			if err := os.Truncate(path, length+r.Int64N(loose+1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// A handle is an open file of an FS.
type handle struct {
	durable.File
	fs   *FS
	path string
}

// Write implements durable.File.
func (h *handle) Write(b []byte) (int, error) {
	if err := h.fs.op("write", h.path); err != nil {
		n, werr := h.File.Write(b[:len(b)/2])
		return n, errors.Join(err, werr)
	}
	return h.File.Write(b)
}

// Truncate implements durable.File.
func (h *handle) Truncate(size int64) error {
	if err := h.fs.op("truncate", h.path); err != nil {
		return err
	}
	return h.File.Truncate(size)
}

// Sync implements durable.File. It leaves out the real fsync, as the tests' power cuts are not real either.
func (h *handle) Sync() error {
	if err := h.fs.op("sync", h.path); err != nil {
		return err
	}
	size, err := h.File.Seek(0, io.SeekEnd)
	if err == nil {
		h.fs.note(h.path, size)
	}
	return err
}

// Close implements durable.File. The file is closed also where that is to fail.
func (h *handle) Close() error {
	err := h.fs.op("close", h.path)
	return errors.Join(err, h.File.Close())
}

// Dir is a temporary folder for tests that write many small files: in memory where the system has such a place, as they
// leave out the syncs anyway.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "overtake-test-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
