package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// A liveStatus counts the answers of one living platform that are loaded.
type liveStatus struct {
	Platform string `json:"platform"`
	Answers  int64  `json:"answers"`
	Failed   int64  `json:"failed"`
	Last     string `json:"last_at"`
}

// tracked is what the journal's cursors say of the configured accounts. Followers are never named.
func (a *app) tracked() ([]crawl.State, error) {
	if len(a.conf.Collect.Source) == 0 || a.space.need(a.space.journal(), "journal") != nil {
		return nil, nil
	}
	j, err := journal.Options{ReadOnly: true}.Open(a.space.journal())
	if err != nil {
		return nil, err
	}
	defer j.Close()
	all := []crawl.State{}
	err = a.eachSource(nil, func(_ sourceConfig, site crawl.Site, orders crawl.Orders) error {
		states, err := crawl.States(a.ctx, site, orders, j)
		all = append(all, states...)
		return err
	})
	return all, err
}

func (a *app) readLive(db published, s *statusAnswer) error {
	return each(a.ctx, db, `
		select platform, count(*), count(error), cast(max(fetched_at) as varchar)
		from marts.attempts where source like '%/%' group by platform order by platform`,
		func(scan scanner) error {
			var l liveStatus
			defer func() { s.Platforms = append(s.Platforms, l) }()
			return scan(&l.Platform, &l.Answers, &l.Failed, &l.Last)
		})
}

// shownAccounts is how many accounts a person is shown; --json has all.
const shownAccounts = 200

func (s statusAnswer) writeLive(out io.Writer, now time.Time) error {
	if len(s.Accounts) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SOURCE\tACCOUNT\tWHAT\tLAST READ (UTC)\tVERDICT\tREAD\tSTATED\tCOVERAGE\tNEXT DUE")
	for _, a := range s.Accounts[:min(len(s.Accounts), shownAccounts)] {
		if a.ID == "" {
			fmt.Fprintf(w, "%s\t%s\t\t\t%s\t\t\t\tnow\n", a.Site, a.Account, cmp.Or(a.Reason, "not asked for yet"))
		}
		for _, r := range a.Walks {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Site, a.Account, r.What, lastRead(r), dueWord(r, now))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(s.Accounts) - shownAccounts; more > 0 {
		fmt.Fprintf(out, "and %d more accounts, see --json\n", more)
	}
	if len(s.Platforms) > 0 {
		fmt.Fprintln(w, "\nPLATFORM\tANSWERS LOADED\tFAILED\tLAST (UTC)")
		for _, p := range s.Platforms {
			fmt.Fprintf(w, "%s\t%d\t%d\t%.19s\n", p.Platform, p.Answers, p.Failed, p.Last)
		}
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// lastRead is the middle of a line: when, verdict, rows, stated, coverage.
func lastRead(r crawl.WalkState) string {
	at, verdict, rows, stated, coverage := "never", r.Verdict, "", "", ""
	if !r.LastAt.IsZero() {
		at = r.LastAt.UTC().Format("2006-01-02 15:04")
	}
	if r.Reading {
		verdict = "in progress"
	}
	if slices.Contains([]crawl.What{crawl.Followers, crawl.Following}, r.What) {
		rows, stated = fmt.Sprint(r.Rows), "?"
		if r.Stated > 0 {
			stated, coverage = fmt.Sprint(r.Stated), fmt.Sprintf("%.0f %%", 100*r.Coverage)
		}
		if r.LastAt.IsZero() {
			rows, stated, coverage = "", "", ""
		}
	}
	return at + "\t" + verdict + "\t" + rows + "\t" + stated + "\t" + coverage
}

func dueWord(r crawl.WalkState, now time.Time) string {
	if r.DueAt.IsZero() || !now.Before(r.DueAt) {
		return "now"
	}
	return "in " + spoken(r.DueAt.Sub(now))
}
