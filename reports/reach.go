package reports

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// reach is the section of how many people the most-followed accounts reach, which is not the sum of their followers.
type reach struct{}

func (reach) ID() string    { return "reach" }
func (reach) Title() string { return word("How many people the most-followed reach") }

// A reached is one row of results.reach_estimate.
type reached struct {
	Platform, List   string
	On               time.Time
	Accounts         int64
	Sum, Value       *float64
	Lo, Hi           *float64
	Level            float64
	Method           string
	ShareLo, ShareHi *float64
	Source, Why      string
	Flags            string
}

// heldList is how results.reach_estimate calls the accounts whose own follower lists were read.
const heldList = "follower lists"

// held reports whether the row rests on follower lists and not on a published list of counts.
func (r reached) held() bool { return r.List == heldList }

// exact reports whether every person was counted.
func (r reached) exact() bool { return r.Method == "exact" }

func (c reach) Render(ctx context.Context, b *Book, w io.Writer) error {
	all, err := collect[reached](ctx, b.store, `
		select platform, list, list_on, accounts, sum_followers, reach, reach_lo, reach_hi, level, method,
		    registered_share_lo, registered_share_hi, coalesce(source_url, ''), coalesce(why_not_better, ''), coalesce(flags, '')
		from results.reach_estimate
		where list_on <= ? and accounts >= 2
		order by platform, list <> 'follower lists', list_on desc, accounts desc, list`, b.AsOf)
	if err != nil {
		return err
	}
	newest := newestReach(all)
	if len(newest) == 0 {
		return b.empty(w, "Neither a follower list nor a published list of accounts is held, so nothing can be said of the people reached.")
	}
	var v struct {
		Lead, Why string
		Sum       *figure
		Parts     []reachPart
		Table     *Table
		Ratios    *Table
	}
	v.Lead, v.Why = c.lead(b, newest), c.why(b, newest)
	if v.Sum, err = c.sumFigure(b, newest); err != nil {
		return err
	}
	for _, r := range newest {
		if !r.exact() {
			continue
		}
		part, err := exactReach(ctx, b, r)
		if err != nil {
			return err
		}
		v.Parts = append(v.Parts, part)
	}
	if v.Table, err = b.table(reachTable(b, newest)); err != nil {
		return err
	}
	if v.Ratios, err = ratioTable(ctx, b); err != nil {
		return err
	}
	return b.render(w, "reach", v)
}

// newestReach keeps one row a platform: that of follower lists, else of the longest list within a year of its newest. The
// best ground comes first.
func newestReach(all []reached) []reached {
	var out []reached
	for _, r := range all {
		n := len(out)
		switch {
		case n == 0 || out[n-1].Platform != r.Platform:
			out = append(out, r)
		case !out[n-1].held() && r.Accounts > out[n-1].Accounts && out[n-1].On.Sub(r.On) <= 366*24*time.Hour:
			out[n-1] = r
		}
	}
	slices.SortStableFunc(out, func(a, b reached) int { return ground(a) - ground(b) })
	return out
}

// ground orders what was counted before what was estimated, and both before bounds.
func ground(r reached) int {
	switch {
	case r.exact():
		return 0
	case r.Value != nil:
		return 1
	}
	return 2
}

// lead says the finding of the first platform whose people were counted, else of the first with bounds.
func (reach) lead(b *Book, rows []reached) string {
	var said []string
	for _, r := range rows {
		switch {
		case r.Value != nil && r.Sum != nil && *r.Value > 0:
			said = append(said, b.say("On %s, %s have %s followers between them and reach %s people: each is counted %s times.", b.platform(r.Platform),
				b.amount(int(r.Accounts), "account"), b.short(*r.Sum), b.short(*r.Value), digits(*r.Sum / *r.Value, 3)))
		case r.Sum != nil && r.Lo != nil && r.Hi != nil:
			said = append(said, b.say("On %s, the followers of %s add up to %s (%s); they are between %s and %s people.", b.platform(r.Platform),
				b.amount(int(r.Accounts), "account"), b.short(*r.Sum), b.month(r.On), b.short(*r.Lo), b.short(*r.Hi)))
		}
		if len(said) == 2 {
			break
		}
	}
	return b.sentences(said...)
}

// why says which method was used, where it was not the best.
func (reach) why(b *Book, rows []reached) string {
	for _, r := range rows {
		if r.Method == "bounds_counts" {
			return b.say("For lists of which only the counts are known nobody can say more than that: at least the largest account, at most the sum, and never more than the platform had users. “overtake collect” and “overtake import” bring follower lists in; with complete ones this section counts people one by one.")
		}
	}
	return ""
}

// methodWords says on what ground a figure stands.
func methodWords(b *Book, method string) string {
	switch method {
	case "exact":
		return b.say("every person counted")
	case "multiplicity":
		return b.say("random followers asked")
	case "sketch":
		return b.say("samples of complete lists")
	case "bounds_truncated":
		return b.say("bounds from lists cut off")
	case "bounds_pairs":
		return b.say("bounds from counts and overlaps")
	}
	return b.say("bounds from counts")
}

// sumFigure draws the sum of followers beside the people.
func (c reach) sumFigure(b *Book, rows []reached) (*figure, error) {
	rows = rows[:min(len(rows), chartSeries)]
	wide := sumBars(b, rows, func(r reached) (sum, people string) {
		name := b.say("%s, %s", b.platform(r.Platform), b.shortMonth(r.On))
		return b.say("%s: followers added up", name), b.say("%s: people", name)
	})
	narrow := sumBars(b, rows, func(r reached) (sum, people string) {
		return b.say("%s: sum", b.platform(r.Platform)), b.say("%s: people", b.platform(r.Platform))
	})
	return b.figure(figureSpec{
		ID:       "reach-sum",
		Title:    b.say("Added up, the followers of the most-followed are more than the people behind them"),
		Subtitle: b.say("Followers of the accounts of a list added up, and the people who follow at least one of them"),
		Caption:  b.say("A full bar is a count. A pale bar spans what is possible where people could not be counted: there is no best guess on it."),
		Format:   chart.Count,
		Sources:  b.sourcesOf(nil, "followers", "registered_users"),
		Draw:     func(o chart.Options) (*chart.Figure, error) { return chart.Bars(o, wide) },
		Narrow:   func(o chart.Options) (*chart.Figure, error) { return chart.Bars(o, narrow) },
	})
}

// sumBars are two bars a platform, under the names that label gives.
func sumBars(b *Book, rows []reached, label func(reached) (sum, people string)) []chart.Bar {
	var bars []chart.Bar
	for _, r := range rows {
		sumLabel, peopleLabel := label(r)
		sum := chart.Bar{Key: r.Platform + "-sum", Label: sumLabel, Value: value(r.Sum)}
		people := chart.Bar{Key: r.Platform, Label: peopleLabel, Platform: r.Platform, Value: value(r.Value), Note: methodWords(b, r.Method)}
		if r.Lo != nil && r.Hi != nil {
			people.Lo, people.Hi = *r.Lo, *r.Hi
		}
		bars = append(bars, sum, people)
	}
	return bars
}

// reachTable is the newest reach of every platform with its ground.
func reachTable(b *Book, rows []reached) *Table {
	t := &Table{ID: "reach-table", Caption: "People reached, as far as it can be told", Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "list_on", Head: "List of"}, {Key: "accounts", Head: "Accounts", Number: true},
		{Key: "sum_followers", Head: "Followers added up", Number: true}, {Key: "people", Head: "People", Hint: "no figure where there are only bounds", Number: true},
		{Key: "bounds", Head: "From, to", Hint: "interval, or what is certain and what is possible", Number: true},
		{Key: "registered_share", Head: "Of all registered", Number: true}, {Key: "method", Head: "How"},
	}}
	for _, r := range rows {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(r.Platform), r.Platform), date(&r.On, b.shortDay), integer(r.Accounts), number(r.Sum, b.short), number(r.Value, b.short),
			b.interval(r.Lo, r.Hi, b.short), b.interval(r.ShareLo, r.ShareHi, b.percent), coded(methodWords(b, r.Method), r.Method),
		})
	}
	return t
}

// A reachRatio is one row of results.reach_ratio.
type reachRatio struct {
	Platform, Other, Metric string
	Value                   *float64
	Lo, Hi                  float64
	Accounts, OtherAccounts int64
	DaysApart               int64
}

// ratioTable compares platforms by reach per user.
func ratioTable(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[reachRatio](ctx, b.store, `
		select platform, other, metric, log_ratio, log_ratio_lo, log_ratio_hi, accounts, other_accounts, days_apart
		from results.reach_ratio
		order by platform, other, metric`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "reach-ratio-table", Caption: "Reach per user, one platform against another", Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "accounts", Head: "Accounts", Number: true},
		{Key: "other", Head: "Against"}, {Key: "other_accounts", Head: "Its accounts", Number: true}, {Key: "metric", Head: "Reach divided by"},
		{Key: "ratio", Head: "Times the share", Hint: "no figure where there are only bounds", Number: true}, {Key: "interval", Head: "From, to", Number: true},
		{Key: "days_apart", Head: "Days between the lists", Number: true},
	}}
	for _, r := range all {
		lo, hi := math.Exp(r.Lo), math.Exp(r.Hi)
		var times *float64
		if r.Value != nil {
			x := math.Exp(*r.Value)
			times = &x
		}
		two := func(v float64) string { return digits(v, 2) }
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(r.Platform), r.Platform), integer(r.Accounts), coded(b.platform(r.Other), r.Other), integer(r.OtherAccounts),
			coded(b.measure(r.Metric), r.Metric), number(times, two), b.interval(&lo, &hi, two), integer(r.DaysApart),
		})
	}
	return b.table(t)
}

// slug is an id of a figure of one platform.
func slug(kind, platform string) string {
	return fmt.Sprintf("reach-%s-%s", kind, strings.ReplaceAll(platform, "_", "-"))
}
