package main

import (
	"encoding/json"
	"fmt"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"path/filepath"
)

// runCmd does everything that the configuration asks for.
type runCmd struct{ reportFlags }

// Help shows examples.
func (runCmd) Help() string {
	return `Takes every source into the journal, new pages into the lake, new files into the warehouse, computes all results and writes
the report. Doing it again costs only what is new; stopping it at any moment loses nothing.

Examples:
  overtake run
  overtake run --dir ~/microblogs --json
  overtake run --lang zh                           the report in Chinese
  overtake run --as-of 2011-02-28 --dir replay     what a report would have said on that day`
}

// Run ends with the exit code 3 when rows had to be put into quarantine.
func (c runCmd) Run(a *app) error {
	if err := c.apply(a); err != nil {
		return err
	}
	a.live = true
	return a.work(5, func(p *progress, out *outcome) error {
		if err := a.ingestAll(p, out); err != nil {
			return err
		}
		d, err := a.draft(p, out)
		if err != nil {
			return err
		}
		defer d.Discard()
		if err := a.finish(p, d, out); err != nil {
			return err
		}
		if err := a.makeReport(p, d, out); !warehouse.IsDamaged(err) {
			return err
		}
		return a.mend(p, d, out)
	})
}

// mend makes the warehouse again from the lake: a run with nothing new meets damaged blocks only when the report reads them.
func (a *app) mend(p *progress, damaged draft, out *outcome) error {
	if err := damaged.Discard(); err != nil {
		a.log.Debug("close a damaged file", "err", err) // DuckDB may refuse even that
	}
	out.Notes = append(out.Notes, fmt.Sprintf("%s was damaged and was made again from the lake", a.space.warehouse()))
	if err := a.removeAll(a.space.warehouse()); err != nil {
		return err
	}
	d, err := a.draft(p, out)
	if err != nil {
		return err
	}
	defer d.Discard()
	if err := a.finish(p, d, out); err != nil {
		return err
	}
	return a.makeReport(p, d, out)
}

// loadCmd brings the warehouse up to date without computing results.
type loadCmd struct{}

// Help shows examples.
func (loadCmd) Help() string {
	return "Examples:\n  overtake load && overtake query 'select platform, count(*) as n from marts.platform_readings group by platform order by n desc'"
}

// Run leaves the results of the last analysis as they are.
func (loadCmd) Run(a *app) error {
	return a.work(4, func(p *progress, out *outcome) error {
		if err := a.ingestAll(p, out); err != nil {
			return err
		}
		d, err := a.draft(p, out)
		if err != nil {
			return err
		}
		defer d.Discard()
		return p.stage("publish", func() ([]any, error) { return nil, a.publish(d, out) })
	})
}

// analyzeCmd computes the results again.
type analyzeCmd struct{}

// Help shows examples.
func (analyzeCmd) Help() string {
	return "Examples:\n  overtake analyze\n  overtake analyze --as-of 2016-12-31 && overtake report"
}

// Run loads nothing from sources; what the lake has is taken in.
func (analyzeCmd) Run(a *app) error {
	if err := a.space.need(a.space.lake(), "lake"); err != nil {
		return err
	}
	return a.work(3, func(p *progress, out *outcome) error {
		d, err := a.draft(p, out)
		if err != nil {
			return err
		}
		defer d.Discard()
		return a.finish(p, d, out)
	})
}

// work holds the folder's lock while do runs, then says what was done.
func (a *app) work(stages int, do func(*progress, *outcome) error) error {
	unlock, err := a.space.create()
	if err != nil {
		return err
	}
	defer unlock()
	began := a.beginRun()
	out := outcome{Dir: a.space.root}
	p := a.newProgress(stages)
	if err = do(p, &out); err == nil {
		err = a.verdict(out)
	}
	p.done()
	return a.conclude(began, out, err)
}

// say tells a person what a run did.
func (a *app) say(out outcome) error {
	for _, note := range out.Notes {
		if a.LogFormat == "json" {
			a.log.Info(note)
		} else {
			fmt.Fprintln(a.std.err, "note:", note)
		}
	}
	answer := filepath.Join(out.Report, "index.html")
	if out.Report == "" && out.Collected != nil {
		answer = collected(out.Collected)
	} else if out.Report == "" {
		answer = fmt.Sprintf("%s: %d new pages, %d new rows", a.space.warehouse(), out.Pages, out.Rows)
	}
	_, err := fmt.Fprintln(a.std.out, answer)
	return err
}

// verdict is what a run that did its work ends with: rows in quarantine, or lists that are not whole, make it partly done.
func (a *app) verdict(out outcome) error {
	if missing := missingOf(out.Collected); missing != "" {
		return withHint(partly{missing}, "overtake status --dir %s, then overtake collect once more", a.space.root)
	}
	if out.Quarantined > 0 {
		return withHint(partly{fmt.Sprintf("%s could not be read, see the quarantine", plural(out.Quarantined, "row"))},
			"overtake query --dir %s 'select document, line, reason, text from marts.quarantine'", a.space.root)
	}
	return nil
}

func writeJSON(w interface{ Write([]byte) (int, error) }, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
