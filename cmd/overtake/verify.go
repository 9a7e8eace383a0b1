package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/overtake-analytics/overtake/analysis/calibration"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/ingest/lake"
	"github.com/overtake-analytics/overtake/reports"
)

// verifyCmd proves that what lies on disk is what was written.
type verifyCmd struct {
	Report string `arg:"" optional:"" placeholder:"REPORT" help:"A report's folder: only its files are proved, wherever it lies. Default: everything in the working folder."`
}

// Help shows examples.
func (verifyCmd) Help() string {
	return `Reads every byte: each journal record against its checksum, each lake file against its commit, each line of the ledger of forecasts against the line before, each table of the warehouse,
whose checks must have passed, each file of the report against the manifest. Changes nothing.

Examples:
  overtake verify
  overtake verify report/            a report alone, such as one that came by mail
  overtake verify --json | jq '.[] | select(.ok | not)'`
}

// A finding is the outcome for one part of the working folder.
type finding struct {
	Part string `json:"part"`
	Path string `json:"path"`
	OK   bool   `json:"ok"`
	What string `json:"what"`
	Cure string `json:"cure,omitempty"`
}

// Run looks at all parts, also after one was found damaged.
func (c verifyCmd) Run(a *app) error {
	if c.Report != "" {
		return a.showFindings([]finding{a.verifyReportIn(c.Report)}, "damaged")
	}
	if err := a.space.needTruth(); err != nil {
		return err
	}
	all := []finding{a.verifyJournal(), a.verifyLake(), a.verifyWarehouse(), a.verifyLedger(), a.verifyReport()}
	return a.showFindings(all, "damaged")
}

// showFindings prints findings and ends with an error that counts the bad ones.
func (a *app) showFindings(all []finding, word string) error {
	bad := 0
	for _, f := range all {
		if !f.OK {
			bad++
		}
	}
	if a.JSON {
		if err := writeJSON(a.std.out, all); err != nil {
			return err
		}
	} else if !a.Quiet || bad > 0 {
		if err := writeFindings(a.std.out, all); err != nil {
			return err
		}
	}
	if err := a.ctx.Err(); err != nil {
		return err
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d parts are %s", bad, len(all), word)
	}
	return nil
}

func writeFindings(w io.Writer, all []finding) error {
	for _, f := range all {
		mark := "ok     "
		if !f.OK {
			mark = "PROBLEM"
		}
		if _, err := fmt.Fprintf(w, "%s  %-10s %s\n", mark, f.Part, f.What); err != nil {
			return err
		}
		if f.Cure != "" {
			if _, err := fmt.Fprintf(w, "         %-10s try: %s\n", "", f.Cure); err != nil {
				return err
			}
		}
	}
	return nil
}

func failed(part, path string, err error, cure string) finding {
	return finding{Part: part, Path: path, What: err.Error(), Cure: cure}
}

func (a *app) verifyJournal() finding {
	path := a.space.journal()
	lk, lakeErr := lake.Open(a.space.lake())
	if !exists(path) && lakeErr == nil && lk.Upto() == 0 {
		return finding{Part: "journal", Path: path, OK: true, What: "none yet: the lake holds imports only"}
	}
	const cure = "restore the named segment from a backup; what the journal has lost cannot be made again"
	j, err := journal.Options{ReadOnly: true}.Open(path)
	if err != nil {
		return failed("journal", path, err, cure)
	}
	defer j.Close()
	r, err := j.Verify(a.ctx)
	if err != nil {
		return failed("journal", path, err, cure)
	}
	// A damaged last record looks like one that a crash left unfinished, unless the lake was made from it.
	if lakeErr == nil && lk.Upto() > j.Last() {
		return failed("journal", path, fmt.Errorf("%s ends with record %d, but the lake holds what record %d said: the end of the last segment is damaged or lost",
			path, j.Last(), lk.Upto()), cure)
	}
	return finding{Part: "journal", Path: path, OK: true, What: fmt.Sprintf("%s in %s, %s", plural(r.Records, "record"), plural(int64(r.Segments), "segment"), bytesText(r.Bytes))}
}

func (a *app) verifyLake() finding {
	path, cure := a.space.lake(), "overtake rebuild --dir "+a.space.root
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return failed("lake", path, errors.New("there is no lake"), cure)
	}
	lk, err := lake.Open(path)
	if err != nil {
		return failed("lake", path, err, cure)
	}
	r, err := lk.Verify(a.ctx)
	if err != nil {
		return failed("lake", path, err, cure)
	}
	return finding{Part: "lake", Path: path, OK: true, What: fmt.Sprintf("%d files, %d rows, %s", r.Files, r.Rows, bytesText(r.Bytes)) + importsText(lk)}
}

// importsText says that imported data sets were proved, and that the lake is their only copy.
func importsText(lk *lake.Lake) string {
	n := len(lk.Imports())
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %s among them", plural(int64(n), "import"))
}

func (a *app) verifyWarehouse() finding {
	path, cure := a.space.warehouse(), "overtake rebuild --dir "+a.space.root
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return failed("warehouse", path, errors.New("there is no warehouse"), "overtake run --dir "+a.space.root)
	}
	db, err := warehouse.Open(a.ctx, path)
	if err != nil {
		return failed("warehouse", path, err, cure)
	}
	defer db.Close()
	if err := db.Verify(a.ctx); err != nil {
		return failed("warehouse", path, fmt.Errorf("%s: %w", path, err), cure)
	}
	checks, err := db.Checks(a.ctx)
	if err != nil {
		return failed("warehouse", path, err, cure)
	}
	for _, c := range checks {
		if c.Broken() {
			return failed("warehouse", path, fmt.Errorf("check %s finds %d rows: %s", c.Name, c.Violations, c.Sample), cure)
		}
	}
	return finding{Part: "warehouse", Path: path, OK: true, What: fmt.Sprintf("%d checks pass", len(checks))}
}

func (a *app) verifyLedger() finding {
	path := a.space.ledger()
	l, err := calibration.Read(path)
	if err != nil {
		return failed("ledger", path, err, "restore it from a backup: forecasts once published cannot be made again")
	}
	n := int64(len(l.Entries()))
	if n == 0 {
		return finding{Part: "ledger", Path: path, OK: true, What: "no forecast published yet"}
	}
	what := plural(n, "forecast") + " as they were published"
	if l.Torn {
		what += "; the end was cut off in the middle of a write, the next run drops it"
	}
	return finding{Part: "ledger", Path: path, OK: true, What: what}
}

// verifyReportIn proves a report that need not be the working folder's own.
func (a *app) verifyReportIn(path string) finding {
	m, err := reports.Verify(path)
	if err != nil {
		return failed("report", path, err, "ask whoever sent it for a fresh copy, or make it again with overtake report")
	}
	return finding{Part: "report", Path: path, OK: true, What: fmt.Sprintf("%d files as written, report hash %.12s, data hash %.12s, as of %s, by overtake %s",
		len(m.Files), m.ReportHash, m.Inputs.DataHash, m.Inputs.AsOf, m.Inputs.Version)}
}

func (a *app) verifyReport() finding {
	path := a.space.report
	m, err := reports.Verify(path)
	if errors.Is(err, reports.ErrNotReport) && !exists(path) {
		return finding{Part: "report", Path: path, OK: true, What: "not written yet", Cure: "overtake report --dir " + a.space.root}
	}
	if err != nil {
		return failed("report", path, err, "overtake report --dir "+a.space.root)
	}
	return finding{Part: "report", Path: path, OK: true, What: fmt.Sprintf("%d files, report hash %.12s", len(m.Files), m.ReportHash)}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// plural writes a number with its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// bytesText writes a size for people.
func bytesText(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	size, suffix := float64(n)/unit, "KMGT"
	i := 0
	for size >= unit && i < len(suffix)-1 {
		size, i = size/unit, i+1
	}
	return fmt.Sprintf("%.1f %ciB", size, suffix[i])
}
