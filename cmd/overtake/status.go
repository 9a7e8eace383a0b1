package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// statusCmd shows what there is.
type statusCmd struct {
	Runs bool `help:"Show what was run in the folder, when, and what became of it."`
}

// Help shows examples.
func (statusCmd) Help() string {
	return "Examples:\n  overtake status\n  overtake status --runs\n  overtake status --json"
}

// A statusAnswer is what status --json prints.
type statusAnswer struct {
	Dir         string           `json:"dir"`
	AsOf        string           `json:"as_of"`
	Documents   []documentStatus `json:"documents"`
	Accounts    []crawl.State    `json:"accounts,omitempty"`  // tracked on living platforms
	Platforms   []liveStatus     `json:"platforms,omitempty"` // that answers were collected from
	Metrics     []metricStatus   `json:"metrics"`
	Quarantined int64            `json:"quarantined"`
	Warnings    []warningStatus  `json:"warnings"`
}

// A documentStatus is the last attempt to read one document.
type documentStatus struct {
	Source   string `json:"source"`
	Document string `json:"document"`
	Fetched  string `json:"fetched_at"`
	Error    string `json:"error,omitempty"`
	Rejected int64  `json:"rejected_rows"`
}

// A metricStatus is what is known of one metric of one platform.
type metricStatus struct {
	Platform string `json:"platform"`
	Metric   string `json:"metric"`
	Readings int64  `json:"readings"`
	Sources  int64  `json:"sources"`
	First    string `json:"first_on"`
	Last     string `json:"last_on"`
}

type warningStatus struct {
	Check      string `json:"check"`
	Violations int64  `json:"violations"`
	Example    string `json:"sample"`
}

// Run reads the published warehouse, and of the journal the cursors of what is collected. A folder in which something was
// collected but nothing loaded yet has an answer, too.
func (c statusCmd) Run(a *app) error {
	if c.Runs {
		return a.showRuns()
	}
	answer := statusAnswer{Dir: a.space.root}
	var err error
	if answer.Accounts, err = a.tracked(); err != nil {
		return err
	}
	if answer.Accounts == nil || a.onTrino() || exists(a.space.warehouse()) {
		db, err := a.openPublished()
		if err != nil {
			return err
		}
		defer db.Close()
		if err := a.readStatus(db, &answer); err != nil {
			return err
		}
	}
	if a.JSON {
		return writeJSON(a.std.out, answer)
	}
	return answer.write(a.std.out, a.now())
}

func (a *app) readStatus(db published, s *statusAnswer) error {
	asOf, err := db.AsOf(a.ctx)
	if err != nil {
		return err
	}
	s.AsOf = asOf.Format(time.DateOnly)
	err = each(a.ctx, db, `
		with latest as (
			select source, document, fetched_at, error,
				row_number() over (partition by source, document order by fetched_at desc) as nth
			from marts.attempts
		),
		rejected as (
			select document, count(*) as n from marts.quarantine group by document
		)
		select l.source, l.document, cast(l.fetched_at as varchar), coalesce(l.error, ''), coalesce(r.n, 0)
		from latest l left join rejected r on r.document = l.document
		where l.nth = 1 and l.source not like '%/%' -- readings of living platforms are told by account
		order by l.source, l.document`,
		func(scan scanner) error {
			var d documentStatus
			defer func() { s.Documents = append(s.Documents, d); s.Quarantined += d.Rejected }()
			return scan(&d.Source, &d.Document, &d.Fetched, &d.Error, &d.Rejected)
		})
	if err != nil {
		return err
	}
	if err := a.readLive(db, s); err != nil {
		return err
	}
	err = each(a.ctx, db, `
		select platform, metric, readings, sources, cast(first_on as varchar), cast(last_on as varchar)
		from marts.coverage order by platform, metric`,
		func(scan scanner) error {
			var m metricStatus
			defer func() { s.Metrics = append(s.Metrics, m) }()
			return scan(&m.Platform, &m.Metric, &m.Readings, &m.Sources, &m.First, &m.Last)
		})
	if err != nil {
		return err
	}
	return each(a.ctx, db, `
		select name, violations, coalesce(sample, '') from meta.checks
		where violations > 0 order by name`,
		func(scan scanner) error {
			var w warningStatus
			defer func() { s.Warnings = append(s.Warnings, w) }()
			return scan(&w.Check, &w.Violations, &w.Example)
		})
}

func (s statusAnswer) write(out io.Writer, now time.Time) error {
	if err := s.writeLive(out, now); err != nil {
		return err
	}
	if s.AsOf == "" {
		_, err := fmt.Fprintf(out, "\nnothing is loaded yet: overtake run --dir %s\n", s.Dir)
		return err
	}
	fmt.Fprintf(out, "%s, publications up to %s\n\n", s.Dir, s.AsOf)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DOCUMENT\tREAD AT (UTC)\tREJECTED ROWS\tERROR")
	for _, d := range s.Documents {
		fmt.Fprintf(w, "%s\t%.19s\t%d\t%s\n", d.Document, d.Fetched, d.Rejected, d.Error)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nPLATFORM\tMETRIC\tREADINGS\tSOURCES\tFIRST\tLAST")
	for _, m := range s.Metrics {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%s\n", m.Platform, m.Metric, m.Readings, m.Sources, m.First, m.Last)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range s.Warnings {
		fmt.Fprintf(out, "\nwarning: %s: %d rows, such as %s", c.Check, c.Violations, strings.TrimSpace(c.Example))
	}
	_, err := fmt.Fprintf(out, "\n%d rows in quarantine\n", s.Quarantined)
	return err
}
