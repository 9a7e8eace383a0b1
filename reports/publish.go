package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A new report is written into a folder beside the old one and changes places with it in one step, so that whoever
// looks finds a whole old report or a whole new one. The builder holds a lock on its folder while it writes; a folder
// whose lock is free was left behind by a run that died, and the next run sweeps it.

// errTaken says that a folder is in use by another run.
var errTaken = errors.New("in use by another run")

// checkTarget refuses a folder that holds something other than a report of ours, and resolves symbolic links.
func checkTarget(dir string) (string, error) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return dir, nil
	case err != nil:
		return "", err
	case len(entries) == 0:
		return dir, nil
	}
	if _, err := readManifest(dir); err != nil {
		return "", fmt.Errorf("%w, so it is left alone; name another folder, or move this one away", err)
	}
	return dir, nil
}

// publish writes files into a new folder and puts it in place of dir.
func publish(dir string, files map[string][]byte) error {
	parent, base := filepath.Split(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	prefix := "." + base + ".new-"
	sweep(parent, prefix)
	tmp, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return err
	}
	unlock, err := lockDir(tmp)
	if err != nil {
		return err
	}
	defer unlock()
	if err := writeFiles(tmp, files); err != nil {
		os.RemoveAll(tmp)
		return err
	}
	if err := errors.Join(carryOver(dir, tmp), os.Chmod(tmp, 0o755)); err != nil {
		os.RemoveAll(tmp)
		return err
	}
	if err := swap(tmp, dir); err != nil {
		os.RemoveAll(tmp)
		return err
	}
	if err := syncDir(parent); err != nil {
		return err
	}
	return os.RemoveAll(tmp) // after an exchange, the old report
}

// carryOver copies into the new report what somebody has put into the old one beside our own files.
func carryOver(old, tmp string) error {
	m, err := readManifest(old)
	if err != nil {
		return nil // no old report
	}
	ours := map[string]bool{manifestName: true}
	for _, f := range m.Files {
		ours[f.Path] = true
	}
	return filepath.WalkDir(old, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(old, path)
		if err != nil || ours[filepath.ToSlash(rel)] {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		to := filepath.Join(tmp, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := writeSynced(to, data); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
}

// writeFiles writes and syncs every file, some at a time.
func writeFiles(dir string, files map[string][]byte) error {
	for name := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			return err
		}
	}
	var g errgroup.Group
	g.SetLimit(8)
	for name, data := range files {
		g.Go(func() error { return writeSynced(filepath.Join(dir, filepath.FromSlash(name)), data) })
	}
	return g.Wait()
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// replace is swap in two steps, for file systems that cannot exchange: the old folder is renamed away, then the new one
// takes its name. A crash between the two leaves the old report whole under a name that sweep puts back.
func replace(tmp, dir string) error {
	old := filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".old")
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return os.RemoveAll(old)
}

// sweep removes what dead runs left in parent, and puts a report back that died half way through replace. What cannot
// be removed is left for the next run: it harms nobody.
func sweep(parent, prefix string) {
	dir := filepath.Join(parent, strings.TrimSuffix(strings.TrimPrefix(prefix, "."), ".new-"))
	old := filepath.Join(parent, "."+filepath.Base(dir)+".old")
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		os.Rename(old, dir)
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		stale := filepath.Join(parent, e.Name())
		unlock, err := lockDir(stale)
		if err != nil {
			continue
		}
		os.RemoveAll(stale)
		unlock()
	}
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !os.IsPermission(err) {
		return err
	}
	return nil
}
