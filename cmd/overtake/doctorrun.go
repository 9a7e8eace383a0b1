package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// checkTokens looks whether the environment has what the configuration names. It never looks at what is in there.
func (a *app) checkTokens() finding {
	var missing []string
	named := 0
	for _, s := range a.conf.Collect.Source {
		if s.TokenEnv == "" {
			continue
		}
		if named++; os.Getenv(s.TokenEnv) == "" {
			missing = append(missing, fmt.Sprintf("%s (for %s)", s.TokenEnv, s.Name))
		}
	}
	if len(missing) > 0 {
		return failed("tokens", a.conf.path, fmt.Errorf("not set in the environment: %s", strings.Join(missing, ", ")),
			"get a token from the platform and set the variable where overtake is started, such as: export NAME=...")
	}
	what := "no source wants a token"
	if named > 0 {
		what = fmt.Sprintf("%s of the configuration set in the environment", plural(int64(named), "variable"))
	}
	return finding{Part: "tokens", OK: true, What: what}
}

// checkRuns looks at what became of the last run.
func (a *app) checkRuns() finding {
	path := a.space.history()
	runs, err := a.space.readHistory()
	switch {
	case err != nil:
		return failed("runs", path, err, "delete the file: it is the history only")
	case len(runs) == 0:
		return finding{Part: "runs", OK: true, What: "none is known of"}
	}
	last := runs[0]
	when := last.Started.UTC().Format("2006-01-02 15:04")
	switch last.Status {
	case "running":
		return finding{Part: "runs", Path: path, OK: true, What: fmt.Sprintf("process %d is at work since %s", last.Process, when)}
	case "failed":
		return failed("runs", path, fmt.Errorf("the last %s, of %s, failed: %s", last.Command, when, last.Error), "overtake "+last.Command+" --dir "+a.space.root)
	case "killed", "interrupted":
		return failed("runs", path, fmt.Errorf("the last %s, of %s, did not come to its end", last.Command, when), "overtake "+last.Command+" --dir "+a.space.root+": it goes on from there")
	}
	return finding{Part: "runs", Path: path, OK: true, What: fmt.Sprintf("the last %s, of %s, ended well; %d are known of", last.Command, when, len(runs))}
}

// checkLeftovers looks for files that nobody needs any more: of runs that were killed, and damaged ones that were moved
// aside to be looked at.
func (a *app) checkLeftovers() finding {
	if a.space.locked() {
		return finding{Part: "old files", OK: true, What: "not looked for while a run is at work"}
	}
	var old []string
	for _, pattern := range []string{
		"next.duckdb*", "overtake.duckdb.broken-*", "overtake.duckdb.foreign.wal",
	} {
		found, err := filepath.Glob(filepath.Join(a.space.root, pattern))
		if err != nil {
			continue // a folder with a bracket in its name
		}
		old = append(old, found...)
	}
	old = append(old, deadSpills()...)
	if len(old) == 0 {
		return finding{Part: "old files", OK: true, What: "none"}
	}
	size := int64(0)
	for _, path := range old {
		_ = filepath.WalkDir(path, func(_ string, d os.DirEntry, err error) error {
			if err == nil {
				if info, err := d.Info(); err == nil {
					size += info.Size()
				}
			}
			return nil // what cannot be read is not counted
		})
	}
	return failed("old files", a.space.root, fmt.Errorf("%s, %s, that nothing needs any more", plural(int64(len(old)), "file"), bytesText(size)), "rm -r "+strings.Join(old, " "))
}

// deadSpills are folders for what did not fit into memory, of processes that are gone.
func deadSpills() []string {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "overtake-[0-9]*-[0-9]*"))
	if err != nil {
		return nil
	}
	var dead []string
	for _, path := range found {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), "overtake-"), "-")
		if n, err := strconv.Atoi(pid); err == nil && errors.Is(unix.Kill(n, 0), unix.ESRCH) {
			dead = append(dead, path)
		}
	}
	return dead
}

// checkAge looks whether report and warehouse belong together, and whether this program made them.
func (a *app) checkAge() finding {
	again := "overtake run --dir " + a.space.root
	db, err := warehouse.Open(a.ctx, a.space.warehouse())
	if err != nil {
		return finding{Part: "age", OK: true, What: "there is no warehouse that could be old"} // verifyWarehouse tells what is wrong with it
	}
	defer db.Close()
	made := ""
	if err := each(a.ctx, db, "select value from meta.run where key = 'version'", func(scan scanner) error { return scan(&made) }); err != nil {
		return failed("age", a.space.warehouse(), err, again)
	}
	if made != buildVersion() {
		return failed("age", a.space.warehouse(), fmt.Errorf("the warehouse was made by overtake %s, this is %s", made, buildVersion()), again+": it is made again where that is needed")
	}
	w, err := os.Stat(a.space.warehouse())
	if err != nil {
		return failed("age", a.space.warehouse(), err, again)
	}
	r, err := os.Stat(filepath.Join(a.space.report, "index.html"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return finding{Part: "age", OK: true, What: "the warehouse is of this version; there is no report"}
	case err != nil:
		return failed("age", a.space.report, err, "overtake report --dir "+a.space.root)
	case r.ModTime().Before(w.ModTime()):
		return failed("age", a.space.report, fmt.Errorf("the report is of %s, the warehouse of %s", r.ModTime().UTC().Format("2006-01-02 15:04:05"), w.ModTime().UTC().Format("2006-01-02 15:04:05")),
			"overtake report --dir "+a.space.root)
	}
	return finding{Part: "age", OK: true, What: "warehouse and report are of this version and of one run"}
}
