package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/fetch"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// collectCmd asks living platforms for what is due.
type collectCmd struct {
	Sources []string   `arg:"" optional:"" name:"SOURCE" help:"Sources of the configuration, such as bluesky. Default: all of them."`
	Budget  budgetFlag `placeholder:"requests=N,minutes=M" help:"Stop after so many requests or minutes; the next run goes on there. Default: that of the configuration."`
}

// Help shows examples.
func (collectCmd) Help() string {
	return `Asks the platforms of overtake.toml for what is due, and keeps every answer in the journal. Stopped at any moment, it goes on
behind the last answer. "overtake run" does this too, and all that follows.

Examples:
  overtake collect
  overtake collect bluesky --budget requests=5000,minutes=30`
}

// Run ends with the exit code 3 when something that was due could not be read.
func (c collectCmd) Run(a *app) error {
	if len(a.conf.Collect.Source) == 0 {
		return usage{withHint(errors.New("no living platform is configured"), "overtake init DIR writes a commented %s; see [[collect.source]] there", configName)}
	}
	return a.work(1, func(p *progress, out *outcome) error {
		j, err := a.openJournal(out)
		if err != nil {
			return err
		}
		defer j.Close()
		return a.collectLive(p, out, j, c)
	})
}

// openJournal opens the journal for writing and notes what a crash had left.
func (a *app) openJournal(out *outcome) (*journal.Journal, error) {
	j, err := journal.Options{Log: a.log}.Open(a.space.journal())
	if err != nil {
		return nil, withHint(err, "overtake doctor --dir %s", a.space.root)
	}
	for _, t := range j.Torn() {
		out.Notes = append(out.Notes, fmt.Sprintf("the end of %s was cut off in the middle of a write; %d bytes were moved to %s, nothing that was acknowledged is lost", t.Segment, t.Bytes, t.Kept))
	}
	return j, nil
}

// collectLive asks all sources that are wanted, side by side. One that fails does not stop the others.
func (a *app) collectLive(p *progress, out *outcome, j *journal.Journal, c collectCmd) error {
	crawlers, err := a.crawlers(p, j, c)
	if err != nil {
		return err
	}
	return p.stage("platforms", func() ([]any, error) {
		out.Collected = make([]crawl.Summary, len(crawlers))
		failed := make([]error, len(crawlers))
		var wg sync.WaitGroup
		for i, cr := range crawlers {
			wg.Go(func() { out.Collected[i], failed[i] = cr.Run(a.ctx) })
		}
		wg.Wait()
		if err := a.ctx.Err(); err != nil {
			return nil, err
		}
		pages := 0
		for i := range out.Collected {
			s := &out.Collected[i]
			pages += s.Pages
			out.FailedPages += s.Failed
			if err := failed[i]; err != nil {
				s.Stopped = reasonWithout(err, s.Site)
			}
		}
		out.Pages += pages
		return []any{"pages", pages, "sources", len(crawlers)}, nil
	})
}

func reasonWithout(err error, site string) string {
	return strings.TrimPrefix(err.Error(), site+": ")
}

// crawlers makes one crawler of each wanted source, over one client: a host has one budget however many ask it.
func (a *app) crawlers(p *progress, j *journal.Journal, c collectCmd) ([]*crawl.Crawler, error) {
	conf := a.conf.Collect
	if err := a.knownSources(c.Sources); err != nil {
		return nil, err
	}
	budget := a.budget(c)
	limits := map[string]fetch.HostLimit{}
	var all []*crawl.Crawler
	err := a.eachSource(c.Sources, func(s sourceConfig, site crawl.Site, orders crawl.Orders) error {
		if len(site.Traits().USD) > 0 && s.Budget == 0 && budget.Requests == 0 {
			return usage{withHint(fmt.Errorf("%s: reads of %s are paid for, and nothing bounds them: set budget in its section, or give --budget requests=N", a.conf.path, s.Name),
				"overtake plan %s says what they cost", s.Name)}
		}
		for _, host := range site.Traits().Hosts {
			limits[host] = s.limit(site.Traits(), limits[host])
		}
		all = append(all, &crawl.Crawler{
			Site: site, Orders: orders, Sink: j, Budget: budget, Log: a.log, Kept: kept(j), Now: a.now, Parallel: s.Parallel,
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	client, err := fetch.New(fetch.Options{
		UserAgent: fmt.Sprintf("overtake/%s (+%s)", buildVersion(), conf.Contact), Hosts: limits,
		AllowPrivate: conf.AllowPrivate, Tries: conf.Tries, Log: a.log,
	})
	if err != nil {
		return nil, err
	}
	m := &meter{now: a.now, budget: budget, left: client.Left, hosts: map[string][]string{}}
	for _, cr := range all {
		cr.Fetch = client
		if g, ok := cr.Site.(interface {
			Getter(*fetch.Client) crawl.Getter
		}); ok {
			cr.Fetch = g.Getter(client)
		}
		m.hosts[cr.Site.Name()] = cr.Site.Traits().Hosts
		cr.Progress = func(e crawl.Event) {
			if line, ok := m.add(e); ok {
				p.describe(line)
			}
		}
	}
	for _, s := range conf.Source {
		if s.TokenEnv != "" {
			client.Hide(secretsOf(os.Getenv(s.TokenEnv))...)
		}
	}
	return all, nil
}

// knownSources reports a name that the configuration does not have.
func (a *app) knownSources(names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(a.conf.Collect.Source, func(s sourceConfig) bool { return s.Name == name }) {
			return usage{fmt.Errorf("%s configures no source %q", cmp.Or(a.conf.path, configName), name)}
		}
	}
	return nil
}

// eachSource calls do with each wanted source of the configuration, its site and its orders. No names: all of them.
func (a *app) eachSource(names []string, do func(sourceConfig, crawl.Site, crawl.Orders) error) error {
	giveUp, _ := duration(a.conf.Collect.GiveUp) // checked when the file was read
	seen := map[string]bool{}
	for i, s := range a.conf.Collect.Source {
		if len(names) > 0 && !slices.Contains(names, s.Name) {
			continue
		}
		site, err := a.site(s)
		var accounts []string
		if err == nil {
			accounts, err = a.accountsOf(s)
		}
		if err != nil {
			return fmt.Errorf("%s: collect.source[%d] (%s): %w", a.conf.path, i+1, s.Name, err)
		}
		if seen[site.Name()] { // their cursors would be each other's
			return usage{fmt.Errorf("%s: collect.source[%d]: a second source %s; put its accounts into the first one", a.conf.path, i+1, site.Name())}
		}
		seen[site.Name()] = true
		orders := s.orders(a.conf.Analysis.Seed, giveUp, accounts)
		if r, ok := site.(interface{ Rankings() []string }); ok { // rankings are all that it has
			orders.Collect, orders.Rankings = []crawl.What{crawl.Ranking}, r.Rankings()
		}
		if err := do(s, site, orders); err != nil {
			return err
		}
	}
	return nil
}

// noLimit is what a source allows itself where no other one asks the same host.
var noLimit fetch.HostLimit

// limit is what a source allows itself at a host; where several ask the same host, the strictest counts.
func (s sourceConfig) limit(t crawl.Traits, before fetch.HostLimit) fetch.HostLimit {
	l := fetch.HostLimit{Requests: t.Requests, Per: t.Per, Parallel: cmp.Or(s.Parallel, t.Parallel), Budget: s.Budget, Robots: t.Robots || before.Robots}
	if s.RequestsPerMinute > 0 {
		l.Requests, l.Per = s.RequestsPerMinute, time.Minute
	}
	if before.Requests > 0 && float64(before.Requests)/before.Per.Seconds() < float64(l.Requests)/l.Per.Seconds() {
		before.Robots = l.Robots
		return before
	}
	return l
}

// site makes the site of a source's configuration, with its token.
func (a *app) site(s sourceConfig) (crawl.Site, error) {
	token := ""
	if s.TokenEnv != "" {
		if token = os.Getenv(s.TokenEnv); token == "" {
			return nil, usage{withHint(fmt.Errorf("the environment variable %s, which token_env names, is not set", s.TokenEnv), "export %s=...", s.TokenEnv)}
		}
	}
	return siteMakers[s.Name](a, s, token)
}

// accountsOf are the accounts of a source: those listed, those of a file, and the top of a ranking.
func (a *app) accountsOf(s sourceConfig) ([]string, error) {
	all := slices.Clone(s.Accounts)
	if s.AccountsFile != "" {
		more, err := readAccounts(a.conf.beside(s.AccountsFile))
		if err != nil {
			return nil, usage{fmt.Errorf("accounts_file: %w", err)}
		}
		all = append(all, more...)
	}
	if s.Top == 0 {
		return all, nil
	}
	more, err := a.topOf(s)
	return append(all, more...), err
}

// topOf are the native ids of the first accounts of a published list, in its newest state that the warehouse has.
func (a *app) topOf(s sourceConfig) (ids []string, err error) {
	hint := func(err error) error {
		return withHint(fmt.Errorf("top = %d of %q: %w", s.Top, s.Of, err), "overtake query 'select platform, list, max(listed_to) from marts.list_entries group by platform, list'")
	}
	if a.space.need(a.space.warehouse(), "warehouse") != nil {
		return nil, hint(errors.New("there is no warehouse yet to look the list up in: overtake run first"))
	}
	db, err := warehouse.Open(a.ctx, a.space.warehouse())
	if err != nil {
		return nil, hint(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(a.ctx, `
		with newest as (select platform, list, max(listed_to) as day from marts.list_entries where list = ? group by platform, list)
		select e.account_id from marts.list_entries e
		join newest n on n.platform = e.platform and n.list = e.list and n.day = e.listed_to
		where e.rank <= ? order by e.rank, e.account_id`, s.Of, s.Top)
	if err != nil {
		return nil, hint(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, hint(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, hint(err)
	}
	if len(ids) == 0 {
		return nil, hint(errors.New("the warehouse has no such list"))
	}
	return ids, nil
}

func (a *app) budget(c collectCmd) *crawl.Budget {
	b := &crawl.Budget{Requests: a.conf.Collect.Requests}
	minutes := a.conf.Collect.Minutes
	if c.Budget.set {
		b.Requests, minutes = c.Budget.requests, c.Budget.minutes
	}
	if minutes > 0 {
		b.Until = a.now().Add(time.Duration(minutes) * time.Minute)
	}
	return b
}

// kept reads the journal's pages since a time.
func kept(j *journal.Journal) func(context.Context, time.Time) iter.Seq2[ingest.Page, error] {
	return func(ctx context.Context, since time.Time) iter.Seq2[ingest.Page, error] {
		return func(yield func(ingest.Page, error) bool) {
			after, err := j.Since(since)
			if err != nil {
				yield(ingest.Page{}, err)
				return
			}
			for rec, err := range j.Records(ctx, after) {
				if !yield(rec.Page, err) {
					return
				}
			}
		}
	}
}

// A budgetFlag is requests=5000,minutes=30 on the command line.
type budgetFlag struct {
	set               bool
	requests, minutes int
}

// UnmarshalText reads the two bounds, either of which may be left out.
func (b *budgetFlag) UnmarshalText(text []byte) error {
	b.set = true
	for part := range strings.SplitSeq(string(text), ",") {
		name, value, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n <= 0 {
			return fmt.Errorf("want requests=5000,minutes=30 or one of them, got %q", text)
		}
		switch strings.TrimSpace(name) {
		case "requests":
			b.requests = n
		case "minutes":
			b.minutes = n
		default:
			return fmt.Errorf("want requests=5000,minutes=30 or one of them, got %q", text)
		}
	}
	return nil
}
