package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/follows"
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/ingest/lake"
	"github.com/overtake-analytics/overtake/reports"
)

// An outcome is what a run did, for its last words and for --json.
type outcome struct {
	Command   string    `json:"command"`
	Status    string    `json:"status"` // ok, partly, failed or interrupted
	ExitCode  int       `json:"exit_code"`
	Error     string    `json:"error,omitempty"`
	Hint      string    `json:"hint,omitempty"`
	StartedAt time.Time `json:"started_at"`
	TookMS    int64     `json:"took_ms"`

	Dir         string          `json:"dir"`
	Pages       int             `json:"pages"`               // taken into the journal by this run
	FailedPages int             `json:"failed_pages"`        // of them, those that brought no answer
	Rows        int64           `json:"rows"`                // added to the warehouse by this run
	Collected   []crawl.Summary `json:"collected,omitempty"` // from living platforms
	Quarantined int64           `json:"quarantined"`         // rows that could not be read, of all runs
	Warnings    int             `json:"warnings"`            // checks of severity warn that found something
	Report      string          `json:"report,omitempty"`
	ReportHash  string          `json:"report_hash,omitempty"`
	AsOf        string          `json:"as_of,omitempty"`
	Notes       []string        `json:"notes,omitempty"` // what a person should be told

	Import *follows.Result `json:"import,omitempty"` // what "overtake import" took in
}

// ingestAll takes what the sources have to say into the journal, and the journal's news into the lake.
func (a *app) ingestAll(p *progress, out *outcome) error {
	j, err := a.openJournal(out)
	if err != nil {
		return err
	}
	defer j.Close()
	sources, err := a.sources()
	if err != nil {
		return err
	}
	err = p.stage("collect", func() ([]any, error) {
		for _, src := range sources {
			done, err := ingest.Collect(a.ctx, src, oneByOne{j}, nil)
			out.Pages += done.Pages
			out.FailedPages += done.Failed
			if err != nil {
				return nil, err
			}
		}
		return []any{"pages", out.Pages}, nil
	})
	if err != nil {
		return err
	}
	if a.live && len(a.conf.Collect.Source) > 0 {
		if err := a.collectLive(p, out, j, collectCmd{}); err != nil {
			return err
		}
	}
	return a.fillLake(p, j)
}

// fillLake takes the journal's news into the lake.
func (a *app) fillLake(p *progress, j *journal.Journal) error {
	return p.stage("lake", func() ([]any, error) {
		lk, err := lake.Options{Log: a.log}.Open(a.space.lake())
		if err != nil {
			return nil, withHint(err, "overtake rebuild --dir %s", a.space.root)
		}
		stats, err := lk.Write(a.ctx, j, decoders(a.ownDescriptions()))
		return []any{"pages", stats.Pages, "files", stats.Files}, withHint(err, "overtake rebuild --dir %s", a.space.root)
	})
}

// oneByOne is a journal whose pages reach the disk one after the other. Files are read at once, so nothing is gained by having
// several under way, and a record that was damaged later can be told from one that a crash left unfinished: the next one
// says that it was whole.
type oneByOne struct{ ingest.Sink }

// draft begins the next warehouse with the lake's new files and the models built.
func (a *app) draft(p *progress, out *outcome) (draft, error) {
	d, err := a.begin()
	if err != nil {
		return nil, err
	}
	out.Notes = append(out.Notes, d.Notes()...)
	err = p.stage("load", func() ([]any, error) {
		stats, err := d.Load(a.ctx)
		if err != nil {
			return nil, withHint(err, "overtake rebuild --dir %s", a.space.root)
		}
		out.Rows = stats.Rows
		for dataset, files := range stats.Unknown {
			out.Notes = append(out.Notes, fmt.Sprintf("%d files of the dataset %s were written by a newer version of overtake and are not loaded", files, dataset))
		}
		return []any{"rows", stats.Rows, "files", stats.Files}, d.BuildModels(a.ctx)
	})
	if err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

func (a *app) warehouseOptions() warehouse.Options {
	asOf, _ := a.conf.asOf() // checked when the file was read
	if !a.AsOf.IsZero() {
		asOf = a.AsOf.Time
	}
	return warehouse.Options{
		Path: a.space.warehouse(), Lake: a.space.lake(), AsOf: asOf,
		Threads: a.conf.Warehouse.Threads, MemoryLimit: a.conf.Warehouse.MemoryLimit,
		Log: a.log, Version: buildVersion(),
	}
}

// finish runs the jobs, checks and publishes the draft.
func (a *app) finish(p *progress, d draft, out *outcome) error {
	err := p.stage("analyze", func() ([]any, error) {
		list, err := a.withLedger(a.withLists(jobs()))
		if err != nil {
			return nil, err
		}
		list, end := overlapped(list)
		defer end()
		return nil, d.RunJobs(a.ctx, list, analysis.Env{Seed: a.conf.Analysis.Seed, Workers: a.conf.Analysis.Workers})
	})
	if err != nil {
		return err
	}
	return p.stage("publish", func() ([]any, error) { return nil, a.publish(d, out) })
}

// publish checks the draft, puts it in place and notes what a person should know of it.
func (a *app) publish(d draft, out *outcome) error {
	checks, err := d.Check(a.ctx)
	if err != nil {
		return err
	}
	for _, c := range checks {
		if c.Violations > 0 && !c.Broken() {
			out.Warnings++
			a.log.Debug("check", "name", c.Name, "violations", c.Violations)
		}
	}
	if err := a.keepForecasts(d); err != nil { // first: what is published is in the ledger, whenever the run is killed
		return err
	}
	if err := d.Publish(a.ctx); err != nil {
		return err
	}
	if asOf, err := d.AsOf(a.ctx); err == nil {
		out.AsOf = asOf.Format("2006-01-02")
	}
	out.Quarantined, err = count(a.ctx, d, "select count(*) from marts.quarantine")
	return err
}

// makeReport writes the report from what is published.
func (a *app) makeReport(p *progress, q analysis.Querier, out *outcome) error {
	return p.stage("report", func() ([]any, error) {
		o := a.shape
		o.Dir, o.AsOf, o.Lang, o.Version, o.Generated = a.space.report, a.AsOf.Time, a.conf.Report.Lang, buildVersion(), a.now()
		m, err := reports.Build(a.ctx, q, o)
		out.Report, out.ReportHash = a.space.report, m.ReportHash
		var path *fs.PathError
		var scope *reports.ScopeError
		if errors.As(err, &scope) {
			return nil, usage{withHint(err, "overtake query 'select %[1]s, name from marts.%[1]ss order by 1' lists them with their names", scope.Kind)}
		}
		if err != nil && !a.AsOf.IsZero() && strings.Contains(err.Error(), "was analyzed as of") {
			err = withHint(err, "overtake analyze --dir %s --as-of %s", a.space.root, a.AsOf.Format(time.DateOnly))
		}
		if errors.Is(err, reports.ErrNotReport) || errors.As(err, &path) {
			err = withHint(err, "choose another folder: report.dir in %s", configName)
		}
		return []any{"files", len(m.Files)}, err
	})
}

// removeAll deletes what can be made again from the journal.
func (a *app) removeAll(paths ...string) error {
	for _, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("delete what is to be made again: %w", err)
		}
	}
	return nil
}
