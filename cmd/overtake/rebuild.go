package main

import (
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// rebuildCmd makes everything below the journal again.
type rebuildCmd struct{}

// Help shows examples.
func (rebuildCmd) Help() string {
	return `The journal is the truth and is only read. Lake and warehouse are deleted and made again from it, with the same figures; the
sources are not asked. Imported follow graphs are not in the journal: their files stay in the lake, each proved by its sha256. The report
of the last run stays until the new one stands.

Examples:
  overtake rebuild
  overtake rebuild --dir ~/microblogs --json`
}

// Run ends with the same figures and the same report hash as the run before it.
func (rebuildCmd) Run(a *app) error {
	if err := a.space.needTruth(); err != nil {
		return err
	}
	figures := a.hasPages()
	return a.work(6, func(p *progress, out *outcome) error {
		// Nothing is deleted that a damaged journal could not give back.
		if err := p.stage("verify", func() ([]any, error) { return nil, a.proveJournal() }); err != nil {
			return err
		}
		if err := p.stage("delete", func() ([]any, error) {
			return nil, a.deleteDerived(out)
		}); err != nil {
			return err
		}
		a.sourcesOff = true
		if err := a.ingestAll(p, out); err != nil {
			return err
		}
		d, err := a.draft(p, out)
		if err != nil {
			return err
		}
		defer d.Discard()
		if !figures { // imports alone: there is nothing to forecast or report
			return p.stage("publish", func() ([]any, error) { return nil, a.publish(d, out) })
		}
		if err := a.finish(p, d, out); err != nil {
			return err
		}
		return a.makeReport(p, d, out)
	})
}

// deleteDerived removes what can be made again: the lake but for its imports, and the warehouse.
func (a *app) deleteDerived(out *outcome) error {
	rep, err := lake.Reset(a.ctx, a.space.lake())
	for _, lost := range rep.Lost {
		out.Notes = append(out.Notes, "an imported data set is lost: "+lost)
	}
	if err != nil {
		return err
	}
	return a.removeAll(a.space.warehouse())
}

// hasPages reports whether the journal holds anything; a folder may hold imports alone.
func (a *app) hasPages() bool {
	if !exists(a.space.journal()) {
		return false
	}
	j, err := journal.Options{ReadOnly: true}.Open(a.space.journal())
	if err != nil {
		return true // what is wrong shows where it is read
	}
	defer j.Close()
	return j.Last() > 0
}

// proveJournal reads every record of the journal, where there is one: a folder may hold imports alone.
func (a *app) proveJournal() error {
	if !exists(a.space.journal()) {
		return nil
	}
	j, err := journal.Options{ReadOnly: true}.Open(a.space.journal())
	if err != nil {
		return err
	}
	defer j.Close()
	_, err = j.Verify(a.ctx)
	return err
}
