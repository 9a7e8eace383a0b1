package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A workspace is the working folder: what lies where in it.
type workspace struct{ root, report string }

// Where nobody says otherwise, the work happens here, beside whatever else is in the current folder.
const defaultDir = "overtake-data"

func (w workspace) journal() string   { return filepath.Join(w.root, "journal") }
func (w workspace) lake() string      { return filepath.Join(w.root, "lake") }
func (w workspace) warehouse() string { return filepath.Join(w.root, "overtake.duckdb") }

// ledger is the file of published forecasts. Like the journal it cannot be made again from anything: rebuild leaves it alone.
func (w workspace) ledger() string { return filepath.Join(w.root, "ledger", "forecasts.jsonl") }

// openWorkspace finds the working folder and its configuration. It creates nothing.
func openWorkspace(g globals) (workspace, config, error) {
	path := g.Config
	root := g.Dir
	if path == "" {
		for _, dir := range []string{g.Dir, "."} {
			if dir == "" {
				continue
			}
			if p := filepath.Join(dir, configName); isFile(p) {
				path = p
				break
			}
		}
	}
	conf, err := readConfig(path)
	if err != nil {
		return workspace{}, conf, err
	}
	if err := g.engineFlags(&conf.Engine); err != nil {
		return workspace{}, conf, err
	}
	if root == "" {
		root = defaultDir
		if path != "" {
			root = filepath.Dir(path)
		}
	}
	report := conf.Report.Dir
	if !filepath.IsAbs(report) {
		report = filepath.Join(root, report)
	}
	return workspace{root: root, report: report}, conf, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// create makes the folder, if need be, and takes the lock that keeps two runs from meeting. The lock ends with the
// process, however it ends.
func (w workspace) create() (unlock func(), err error) {
	if strings.Contains(w.root, "?") { // DuckDB takes what follows for options
		return nil, usage{withHint(fmt.Errorf("the warehouse cannot lie in %s: DuckDB allows no question mark in a path", w.root), "choose another folder with --dir")}
	}
	if err := os.MkdirAll(w.root, 0o755); err != nil {
		return nil, withHint(fmt.Errorf("make the working folder: %w", err), "choose a folder that you may write to with --dir")
	}
	path := filepath.Join(w.root, ".lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, withHint(fmt.Errorf("write into the working folder: %w", err), "choose a folder that you may write to with --dir")
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(path)
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, withHint(fmt.Errorf("%s is in use by another overtake (process %s)", w.root, strings.TrimSpace(string(holder))),
				"wait for it to end, or choose another folder with --dir; reading the warehouse and the report is possible meanwhile")
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	return func() { f.Close() }, nil
}

// need reports that there is nothing to read yet, and what to do.
func (w workspace) need(path, what string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return withHint(fmt.Errorf("there is no %s in %s yet", what, w.root), "overtake run --dir %s", w.root)
	}
	return nil
}

// needTruth reports that there is nothing yet from which the rest could be made: neither a journal nor imports in the lake.
func (w workspace) needTruth() error {
	if exists(filepath.Join(w.lake(), "_commits")) {
		return nil
	}
	return w.need(w.journal(), "journal")
}
