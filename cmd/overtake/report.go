package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/reports"
)

// reportFlags are what a run and a report can be told about the report.
type reportFlags struct {
	Lang     string `placeholder:"en|zh" help:"Language of the report: en or zh. Default: report.lang of the configuration."`
	Template string `placeholder:"FILE" help:"Your own order of sections: a file with one section's id a line. Default: report.template of the configuration, else all sections."`
	Compare  string `placeholder:"DIR" help:"Say what has changed since the report in this folder; it may be the one that is about to be replaced."`
}

// apply puts the flags over the configuration, and reads what they name.
func (f reportFlags) apply(a *app) error {
	if f.Lang != "" {
		a.conf.Report.Lang = f.Lang
	}
	if err := reports.CheckLang(a.conf.Report.Lang); err != nil {
		return usage{err}
	}
	if file := a.conf.Report.Template; file != "" && !filepath.IsAbs(file) {
		a.conf.Report.Template = filepath.Join(a.space.root, file)
	}
	if f.Template != "" {
		a.conf.Report.Template = f.Template
	}
	if f.Compare != "" {
		if _, err := reports.Verify(f.Compare); err != nil {
			return usage{withHint(err, "--compare wants a folder that overtake has written a report into, as it was written")}
		}
		a.shape.Compare = f.Compare
	}
	return a.readTemplate()
}

// readTemplate reads the order of the report's sections, if one was given.
func (a *app) readTemplate() error {
	name := a.conf.Report.Template
	if name == "" {
		return nil
	}
	file, err := os.Open(name)
	if err != nil {
		return usage{withHint(fmt.Errorf("the report's template: %w", err), "write the ids of the sections you want into it, one a line: %s", strings.Join(reports.SectionIDs(), ", "))}
	}
	defer file.Close()
	if a.shape.Sections, err = reports.ReadTemplate(file); err != nil {
		return usage{fmt.Errorf("the report's template %s: %w", name, err)}
	}
	return nil
}

// reportCmd writes the report from the published warehouse.
type reportCmd struct {
	reportFlags
	Platforms []string  `placeholder:"ID,..." help:"Only these platforms, such as sina_weibo,twitter,bluesky."`
	Metric    []string  `placeholder:"ID,..." help:"Only these kinds of count, such as monthly_active_users."`
	Since     sinceFlag `placeholder:"DATE" help:"Only figures, lists and events from this day on: YYYY, YYYY-MM or YYYY-MM-DD."`
	Until     untilFlag `placeholder:"DATE" help:"Only figures, lists and events up to this day: YYYY (its last day), YYYY-MM or YYYY-MM-DD."`
	Out       string    `placeholder:"DIR" help:"Write the report there. Default: report.dir of the configuration."`
}

// Help shows examples.
func (reportCmd) Help() string {
	return `Sections, for --template: ` + strings.Join(reports.SectionIDs(), ", ") + `.

Examples:
  overtake report
  overtake report --lang zh
  overtake report --platforms sina_weibo,twitter,bluesky --since 2010 --until 2014 --out early
  overtake report --metric registered_users --template short.txt --out registered
  overtake report --compare overtake-data/report         what has changed since the last report
  overtake report --dir ~/microblogs --json`
}

// Run changes nothing but the report's folder.
func (c reportCmd) Run(a *app) error {
	if err := c.apply(a); err != nil {
		return err
	}
	if c.Out != "" {
		a.space.report = c.Out
	}
	if !c.Since.IsZero() && !c.Until.IsZero() && c.Until.Before(c.Since.Time) {
		return usage{fmt.Errorf("--since %s and --until %s: the report would end before it begins", c.Since.Format(time.DateOnly), c.Until.Format(time.DateOnly))}
	}
	a.shape.Scope = reports.Scope{Platforms: c.Platforms, Metrics: c.Metric, Since: c.Since.Time, Until: c.Until.Time}
	return a.work(1, func(p *progress, out *outcome) error {
		db, err := a.openPublished()
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

// sinceFlag and untilFlag are days that may be given as a month or a year: its first day, or its last.
type (
	sinceFlag struct{ time.Time }
	untilFlag struct{ time.Time }
)

// UnmarshalText reads YYYY, YYYY-MM or YYYY-MM-DD.
func (f *sinceFlag) UnmarshalText(text []byte) (err error) {
	f.Time, _, err = period(string(text))
	return err
}

// UnmarshalText reads YYYY, YYYY-MM or YYYY-MM-DD.
func (f *untilFlag) UnmarshalText(text []byte) (err error) {
	_, f.Time, err = period(string(text))
	return err
}

// period is the first and the last day of what a date names.
func period(s string) (first, last time.Time, err error) {
	for _, form := range []struct {
		layout        string
		years, months int
		days          int
	}{{"2006", 1, 0, 0}, {"2006-01", 0, 1, 0}, {time.DateOnly, 0, 0, 1}} {
		if t, err := time.Parse(form.layout, s); err == nil {
			return t, t.AddDate(form.years, form.months, form.days-1), nil
		}
	}
	return first, last, errors.New("want a year, a month or a day, such as 2011, 2011-02 or 2011-02-28, got " + fmt.Sprintf("%q", s))
}
