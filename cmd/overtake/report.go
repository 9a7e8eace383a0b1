package main

import (
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/reports"
)

// reportFlags are what a run and a report can be told about the report.
type reportFlags struct {
	Lang string `placeholder:"en|zh" help:"Language of the report: en or zh. Default: report.lang of the configuration."`
}

// apply puts the flags over the configuration.
func (f reportFlags) apply(a *app) error {
	if f.Lang != "" {
		a.conf.Report.Lang = f.Lang
	}
	if err := reports.CheckLang(a.conf.Report.Lang); err != nil {
		return usage{err}
	}
	return nil
}

// reportCmd writes the report from the published warehouse.
type reportCmd struct{ reportFlags }

// Help shows examples.
func (reportCmd) Help() string {
	return "Examples:\n  overtake report\n  overtake report --lang zh\n  overtake report --dir ~/microblogs --json"
}

// Run changes nothing but the report's folder.
func (c reportCmd) Run(a *app) error {
	if err := c.apply(a); err != nil {
		return err
	}
	if err := a.space.need(a.space.warehouse(), "warehouse"); err != nil {
		return err
	}
	return a.work(1, func(p *progress, out *outcome) error {
		db, err := warehouse.Open(a.ctx, a.space.warehouse())
		if err != nil {
			return err
		}
		defer db.Close()
		if out.Quarantined, err = count(a.ctx, db, "select count(*) from marts.quarantine"); err != nil {
			return err
		}
		return a.makeReport(p, db, out)
	})
}
