package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sys/unix"
)

// A runRecord is one line of runs.jsonl, the history of what was done in a folder. Each run leaves two: one when it begins
// and one when it ends; a run that was killed leaves the first only.
type runRecord struct {
	ID       string    `json:"id"`
	Command  string    `json:"command"`
	Version  string    `json:"version"`
	Process  int       `json:"process"`
	Started  time.Time `json:"started_at"`
	Status   string    `json:"status"` // running, then ok, partly, failed or interrupted; killed where no end was written
	ExitCode int       `json:"exit_code"`
	TookMS   int64     `json:"took_ms,omitempty"`
	Pages    int       `json:"pages,omitempty"`
	Rows     int64     `json:"rows,omitempty"`
	Rejected int64     `json:"quarantined,omitempty"`
	Hash     string    `json:"report_hash,omitempty"`
	Error    string    `json:"error,omitempty"`
}

// What runs.jsonl may grow to before its older half is dropped.
const maxHistory = 1 << 20

func (w workspace) history() string { return filepath.Join(w.root, "runs.jsonl") }

// beginRun notes that a run begins. The folder's lock is held.
func (a *app) beginRun() runRecord {
	now := a.now()
	r := runRecord{
		ID: fmt.Sprintf("%s-%d", now.Format("20060102T150405.000Z"), os.Getpid()), Command: a.command, Version: buildVersion(),
		Process: os.Getpid(), Started: now, Status: "running",
	}
	a.note(r)
	return r
}

// endRun notes what became of a run.
func (a *app) endRun(r runRecord, out outcome) {
	r.Status, r.ExitCode, r.TookMS, r.Error = out.Status, out.ExitCode, out.TookMS, out.Error
	r.Pages, r.Rows, r.Rejected, r.Hash = out.Pages, out.Rows, out.Quarantined, out.ReportHash
	a.note(r)
}

// note adds a line to the history. A history that cannot be written is no reason to stop.
func (a *app) note(r runRecord) {
	line, err := json.Marshal(r)
	if err == nil {
		err = a.shortenHistory()
	}
	if err == nil {
		err = appendLine(a.space.history(), line)
	}
	if err != nil {
		a.log.Warn("the run history cannot be written", "file", a.space.history(), "err", err)
	}
}

func appendLine(path string, line []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// shortenHistory drops the older half of a long history.
func (a *app) shortenHistory() error {
	info, err := os.Stat(a.space.history())
	if err != nil || info.Size() < maxHistory {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	data, err := os.ReadFile(a.space.history())
	if err != nil {
		return err
	}
	rest := data[len(data)/2:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[i+1:]
	}
	return writeWhole(a.space.history(), func(w io.Writer) error { _, err := w.Write(rest); return err })
}

// readHistory gives the runs, the latest first. A line that was cut off in the middle of a write is passed over.
func (w workspace) readHistory() ([]runRecord, error) {
	f, err := os.Open(w.history())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	var ids []string
	runs := map[string]runRecord{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r runRecord
		if json.Unmarshal(lines.Bytes(), &r) != nil || r.ID == "" {
			continue
		}
		if _, known := runs[r.ID]; !known {
			ids = append(ids, r.ID)
		}
		runs[r.ID] = r
	}
	var all []runRecord
	for i := len(ids) - 1; i >= 0; i-- {
		r := runs[ids[i]]
		if r.Status == "running" && (i < len(ids)-1 || !w.locked()) {
			r.Status = "killed"
		}
		all = append(all, r)
	}
	return all, lines.Err()
}

// locked reports whether a run holds the folder's lock.
func (w workspace) locked() bool {
	f, err := os.Open(filepath.Join(w.root, ".lock"))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// shownRuns is how many runs "status --runs" shows to a person.
const shownRuns = 20

// showRuns prints the history.
func (a *app) showRuns() error {
	runs, err := a.space.readHistory()
	if err != nil {
		return err
	}
	if a.JSON {
		if runs == nil {
			runs = []runRecord{}
		}
		return writeJSON(a.std.out, runs)
	}
	if len(runs) == 0 {
		_, err := fmt.Fprintf(a.std.out, "nothing was run in %s yet\n", a.space.root)
		return err
	}
	w := tabwriter.NewWriter(a.std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "BEGAN (UTC)\tCOMMAND\tSTATUS\tEXIT\tTOOK\tNEW PAGES\tNEW ROWS\tREPORT\tERROR")
	for _, r := range runs[:min(len(runs), shownRuns)] {
		exit, took := fmt.Sprint(r.ExitCode), (time.Duration(r.TookMS) * time.Millisecond).String()
		if r.Status == "running" || r.Status == "killed" {
			exit, took = "", ""
		}
		problem, _, _ := strings.Cut(r.Error, "\n")
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%.12s\t%s\n", r.Started.UTC().Format(time.DateTime), r.Command, r.Status, exit, took, r.Pages, r.Rows, r.Hash, problem)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(runs) - shownRuns; more > 0 {
		_, err = fmt.Fprintf(a.std.out, "and %d before: overtake status --runs --json\n", more)
	}
	return err
}
