package main

import (
	"path/filepath"

	"github.com/overtake-analytics/overtake/ingest/journal"
)

// rebuildCmd makes everything below the journal again.
type rebuildCmd struct{}

// Help shows examples.
func (rebuildCmd) Help() string {
	return `The journal is the truth and is only read. Lake and warehouse are deleted and made again from it, with the same figures; the
sources are not asked. The report of the last run stays until the new one stands.

Examples:
  overtake rebuild
  overtake rebuild --dir ~/microblogs --json`
}

// Run ends with the same figures and the same report hash as the run before it.
func (rebuildCmd) Run(a *app) error {
	if err := a.space.need(a.space.journal(), "journal"); err != nil {
		return err
	}
	return a.work(6, func(p *progress, out *outcome) error {
		// Nothing is deleted that a damaged journal could not give back.
		if err := p.stage("verify", func() ([]any, error) { return nil, a.proveJournal() }); err != nil {
			return err
		}
		if err := p.stage("delete", func() ([]any, error) {
			// The commits go first: without them the lake's files count for nothing, however far the deletion gets.
			return nil, a.removeAll(filepath.Join(a.space.lake(), "_commits"), a.space.lake(), a.space.warehouse())
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
		if err := a.finish(p, d, out); err != nil {
			return err
		}
		return a.makeReport(p, d, out)
	})
}

// proveJournal reads every record of the journal.
func (a *app) proveJournal() error {
	j, err := journal.Options{ReadOnly: true}.Open(a.space.journal())
	if err != nil {
		return err
	}
	defer j.Close()
	_, err = j.Verify(a.ctx)
	return err
}
