package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// planCmd says what collecting will take, without asking anybody.
type planCmd struct {
	Sources []string   `arg:"" optional:"" name:"SOURCE" help:"Sources of the configuration. Default: all of them."`
	Budget  budgetFlag `placeholder:"requests=N,minutes=M" help:"Say how far a budget goes. Default: that of the configuration."`
}

// Help shows examples.
func (planCmd) Help() string {
	return `Counts the requests of one round of everything that overtake.toml asks for, the time that they take at each platform's limits, and
what they cost where reads are paid for. For samples of followers it says how wide the interval of unique reach will be, and how
to split the same number of draws better. No request is made: lengths of lists come from the last run.

Examples:
  overtake plan
  overtake plan bluesky --budget requests=5000`
}

// A planAnswer is what plan --json prints.
type planAnswer struct {
	Sources  []crawl.Plan `json:"sources"`
	Requests int64        `json:"requests"`
	USD      float64      `json:"usd"`
	Budget   int          `json:"budget_requests,omitempty"`
	Minutes  int          `json:"budget_minutes,omitempty"`
}

// Run reads the configuration and the published warehouse only.
func (c planCmd) Run(a *app) error {
	if len(a.conf.Collect.Source) == 0 {
		return usage{withHint(errors.New("no living platform is configured"), "overtake init DIR writes a commented %s; see [[collect.source]] there", configName)}
	}
	if err := a.knownSources(c.Sources); err != nil {
		return err
	}
	answer := planAnswer{Budget: a.conf.Collect.Requests, Minutes: a.conf.Collect.Minutes}
	if c.Budget.set {
		answer.Budget, answer.Minutes = c.Budget.requests, c.Budget.minutes
	}
	err := a.eachSource(c.Sources, func(s sourceConfig, site crawl.Site, orders crawl.Orders) error {
		sizes, err := a.sizes(site)
		if err != nil {
			return err
		}
		p := crawl.MakePlan(site, orders, sizes)
		if l := s.limit(site.Traits(), noLimit); l.Requests > 0 {
			p.Took = time.Duration(float64(p.Requests) / float64(l.Requests) * float64(l.Per))
			p.Seconds = p.Took.Seconds()
		}
		answer.Sources = append(answer.Sources, p)
		answer.Requests += p.Requests
		answer.USD += p.USD
		return nil
	})
	if err != nil {
		return err
	}
	if a.JSON {
		return writeJSON(a.std.out, answer)
	}
	return answer.write(a.std.out)
}

// sizes is what the last run knows of the accounts of a platform, by native id and by handle.
func (a *app) sizes(site crawl.Site) (map[string]crawl.Size, error) {
	sizes := map[string]crawl.Size{}
	if a.space.need(a.space.warehouse(), "warehouse") != nil {
		return sizes, nil
	}
	db, err := warehouse.Open(a.ctx, a.space.warehouse())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(a.ctx, `
		with counts as (
			select account_no, max_by(case when metric = 'followers' then value end, effective_to) as followers,
				max_by(case when metric = 'following' then value end, effective_to) as following
			from marts.account_readings where platform = ? group by account_no
		),
		checked as (
			select account_no, avg(1.0 / follows) as mean, stddev_samp(1.0 / follows) as sd
			from marts.memberships where platform = ? group by account_no
		)
		select n.account_id, coalesce(n.handle, ''), coalesce(c.followers, 0), coalesce(c.following, 0), coalesce(m.mean, 0), coalesce(m.sd, 0)
		from marts.accounts n
		left join counts c on c.account_no = n.account_no
		left join checked m on m.account_no = n.account_no
		where n.platform = ? order by n.account_no`, string(site.Platform()), string(site.Platform()), string(site.Platform()))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, handle string
		var followers, following float64
		var s crawl.Size
		if err := rows.Scan(&id, &handle, &followers, &following, &s.Mean, &s.SD); err != nil {
			return nil, err
		}
		s.Followers, s.Following = int64(followers), int64(following)
		sizes[id] = s
		if handle != "" {
			sizes[handle] = s
		}
	}
	return sizes, rows.Err()
}

func (p planAnswer) write(out io.Writer) error {
	for i, s := range p.Sources {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := writePlan(out, s); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "\nin all: %s%s%s\n", plural(p.Requests, "request"), dollars(p.USD), p.fits())
	return err
}

// fits says how far the budget goes.
func (p planAnswer) fits() string {
	text := ""
	if p.Budget > 0 && p.Requests > int64(p.Budget) {
		text += fmt.Sprintf("; %s a run: %s", plural(int64(p.Budget), "request"), plural(int64(math.Ceil(float64(p.Requests)/float64(p.Budget))), "run"))
	} else if p.Budget > 0 {
		text += fmt.Sprintf("; the budget of %s is enough", plural(int64(p.Budget), "request"))
	}
	longest := time.Duration(0)
	for _, s := range p.Sources {
		longest = max(longest, s.Took)
	}
	if budget := time.Duration(p.Minutes) * time.Minute; budget > 0 && longest > budget {
		text += fmt.Sprintf("; %d minutes a run: at least %s", p.Minutes, plural(int64(math.Ceil(float64(longest)/float64(budget))), "run"))
	}
	return text
}

func writePlan(out io.Writer, s crawl.Plan) error {
	fmt.Fprintf(out, "%s: %s, %s at the platform's limit%s\n", s.Site, plural(s.Requests, "request"), spoken(s.Took), dollars(s.USD))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "WHAT\tREADINGS\tREQUESTS\tA DAY\t\t")
	for _, l := range s.Lines {
		about := ""
		if l.About {
			about = "about"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%s\t\n", l.What, l.Walks, l.Requests, l.PerDay, about)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if s.Unknown > 0 {
		fmt.Fprintf(out, "  of %s the number of followers is not known yet: each list is counted with one page; collect profiles first\n", plural(int64(s.Unknown), "account"))
	}
	return writeReachPlan(out, s)
}

func writeReachPlan(out io.Writer, s crawl.Plan) error {
	if s.Draws == 0 {
		return nil
	}
	switch {
	case s.HalfWidth > 0:
		fmt.Fprintf(out, "  unique reach from %d draws: ± %.1f %% of the sum of followers (95 %%), judged by earlier samples; never more than ± %.1f %%\n", s.Draws, 100*s.HalfWidth, 100*s.Bound)
	case s.Bound > 0:
		fmt.Fprintf(out, "  unique reach from %d draws: never more than ± %.1f %% of the sum of followers (95 %%), whatever the overlaps\n", s.Draws, 100*s.Bound)
	default:
		fmt.Fprintf(out, "  unique reach from %d draws: no interval beforehand, as no list's length is known\n", s.Draws)
		return nil
	}
	worth := slices.DeleteFunc(slices.Clone(s.Split), func(a crawl.Allocation) bool { return a.Better == a.Draws })
	if len(worth) == 0 {
		return nil
	}
	slices.SortStableFunc(worth, func(a, b crawl.Allocation) int { return int(b.Better - a.Better) })
	fmt.Fprintln(out, "  the same draws, split so that the interval is narrowest:")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "ACCOUNT\tFOLLOWERS\tDRAWS\tBETTER\t")
	for _, a := range worth[:min(len(worth), shownMissing)] {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t\n", a.Account, a.Followers, a.Draws, a.Better)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if more := len(worth) - shownMissing; more > 0 {
		fmt.Fprintf(out, "  and %d more, see --json\n", more)
	}
	return nil
}

func dollars(usd float64) string {
	if usd == 0 {
		return ""
	}
	return fmt.Sprintf(", about $%.2f", usd)
}

// spoken is a duration as people say it.
func spoken(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", math.Ceil(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}
