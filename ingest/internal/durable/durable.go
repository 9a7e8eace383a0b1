// Package durable is the small part of the file system that ingest writes through, so that tests can make any write,
// sync, close or rename fail.
//
// The order that makes a file appear whole or not at all is always the same: write under a temporary name, Sync, Close,
// Rename, SyncDir of the folder. Reading needs no such care and goes through package os.
package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// A File is open for writing.
type File interface {
	io.Writer
	Truncate(size int64) error
	Seek(offset int64, whence int) (int64, error)
	Sync() error
	Close() error
}

// An FS makes, renames and removes files. OS is the real one.
type FS interface {
	// Create makes a new empty file, or empties the one that is there.
	Create(name string) (File, error)
	// Open opens a file that exists, for reading and writing.
	Open(name string) (File, error)
	MkdirAll(name string) error
	Rename(from, to string) error
	Remove(name string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(name string) error
}

// OS is the operating system's file system.
type OS struct{}

// Create implements FS.
func (OS) Create(name string) (File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o644)
}

// Open implements FS.
func (OS) Open(name string) (File, error) { return os.OpenFile(name, os.O_RDWR, 0o644) }

// MkdirAll implements FS.
func (OS) MkdirAll(name string) error { return os.MkdirAll(name, 0o755) }

// Rename implements FS.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements FS. A file that is not there is no error.
func (OS) Remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// SyncDir implements FS.
func (OS) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}

// WriteFile makes the named file appear with the given bytes, whole or not at all, also after a power cut. The temporary
// file stands beside it with the suffix ".tmp".
func WriteFile(fs FS, name string, data []byte) error {
	tmp := name + ".tmp"
	if err := WriteTemp(fs, tmp, data); err != nil {
		return err
	}
	if err := fs.Rename(tmp, name); err != nil {
		return errors.Join(err, fs.Remove(tmp))
	}
	return fs.SyncDir(filepath.Dir(name))
}

// WriteTemp writes and syncs a file under its own name; the caller renames it. What could not be written is removed.
func WriteTemp(fs FS, name string, data []byte) error {
	f, err := fs.Create(name)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return errors.Join(err, fs.Remove(name))
	}
	return nil
}
