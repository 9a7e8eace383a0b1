package reports

import (
	"context"
	"slices"
	"time"
)

// A verdict is one row of results.overtake: the answer to one question about one pair, as of a day.
type verdict struct {
	AsOf                             time.Time
	Metric, Challenger, Leader       string
	Ahead                            string
	PNow                             *float64
	LogRatio, LogRatioLo, LogRatioHi *float64 // of challenger to leader, 80 %
	LastBoth                         *time.Time
	Question                         string // ahead_at, ever_by, for_good
	P1, P2, PNever                   *float64
	Horizon                          *time.Time
	Median, Lo, Hi                   *time.Time
	ChallengerGrowth, ChallengerSD   *float64 // log units per month
	ChallengerBasis                  string
	LeaderGrowth, LeaderSD           *float64
	LeaderBasis                      string
	Replay                           bool
	Reason                           string // why there is no forecast; empty where there is one
	Flags                            string
}

// A crossing is one row of results.crossings: what truly happened.
type crossing struct {
	Metric, Challenger, Leader string
	After, By                  *time.Time
	Note                       string
}

// A claim is one row of results.published_forecasts_scored: what somebody else said, beside what we say.
type claim struct {
	Forecaster                 string
	Made                       time.Time
	Metric, Challenger, Leader string
	From                       time.Time
	To                         *time.Time
	Statement                  string
	Median, Lo, Hi             *time.Time
	PInWindow                  *float64
	Outcome, URL               string
}

// loadOvertakes reads what the overtake job found.
func (b *Book) loadOvertakes(ctx context.Context) (err error) {
	b.verdicts, err = collect[verdict](ctx, b.store, `
		select cast(as_of as date), metric, challenger, leader, coalesce(ahead_now, ''), p_challenger_ahead_now,
			log_ratio, log_ratio_lo80, log_ratio_hi80, last_both_on, question, p_within_1y, p_within_2y, p_never,
			horizon_on, median_on, lo80_on, hi80_on, challenger_growth_month, challenger_growth_sd, coalesce(challenger_basis, ''),
			leader_growth_month, leader_growth_sd, coalesce(leader_basis, ''), coalesce(replay, false), coalesce(reason, ''), coalesce(flags, '')
		from results.overtake
		order by as_of, metric, challenger, leader, question`)
	if err != nil {
		return err
	}
	b.crossings, err = collect[crossing](ctx, b.store, `
		select metric, challenger, leader, crossed_after, crossed_by, coalesce(note, '')
		from results.crossings
		order by metric, challenger, leader, crossed_by`)
	if err != nil {
		return err
	}
	b.claims, err = collect[claim](ctx, b.store, `
		select forecaster, made_on, metric, challenger, leader, window_from, window_to, statement,
			ours_median, ours_lo80, ours_hi80, p_ours_in_window, coalesce(outcome, ''), coalesce(source_url, '')
		from results.published_forecasts_scored
		order by made_on, forecaster, statement`)
	return err
}

// crossings finds the crossings of two platforms in either direction, oldest first.
func (b *Book) crossingsOf(metric, one, other string) []crossing {
	var all []crossing
	for _, c := range b.crossings {
		if c.Metric == metric && c.By != nil && (c.Challenger == one && c.Leader == other || c.Challenger == other && c.Leader == one) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(x, y crossing) int { return x.By.Compare(*y.By) })
	return all
}

// when says in words when a crossing fell: between the last day known before and the first known after.
func (l *locale) when(c crossing) string {
	switch {
	case c.After == nil:
		return l.say("by %s", l.day(*c.By))
	case c.After.Equal(*c.By):
		return l.say("on %s", l.day(*c.By))
	}
	return l.say("between %s and %s", l.day(*c.After), l.day(*c.By))
}

// roughly is when to the season, for headlines: "in early 2017", "between mid-2025 and early 2026".
func (l *locale) roughly(c crossing) string {
	by := l.season(*c.By)
	if c.After == nil {
		return l.say("by %s", by)
	}
	if after := l.season(*c.After); after != by && c.By.Sub(*c.After) > seasonLength {
		return l.say("between %s and %s", after, by)
	}
	return l.say("in %s", by)
}

// seasonLength is how far apart two days may lie and still be told as one season.
const seasonLength = 100 * 24 * time.Hour

// window says our 80 % interval of a date in words. A lower end on the day of the forecast means: possibly already.
func (l *locale) window(v verdict) string {
	from, to := l.say("now"), l.say("later than %s", l.year(v.Horizon))
	switch {
	case v.Lo == nil:
		return to
	case v.Lo.After(v.AsOf):
		from = l.day(*v.Lo)
	}
	if v.Hi != nil {
		to = l.day(*v.Hi)
	}
	return l.say("%s to %s", from, to)
}

// shortWindow is window for tables.
func (l *locale) shortWindow(v verdict) string {
	beyond := l.say("beyond %s", l.year(v.Horizon))
	if v.Lo == nil {
		return beyond
	}
	open := !v.Lo.After(v.AsOf)
	from := l.say("at once")
	if !open {
		from = l.shortDay(*v.Lo)
	}
	switch {
	case v.Hi == nil:
		return from + l.apart() + beyond
	case open:
		return from + l.apart() + l.shortDay(*v.Hi)
	}
	return l.span(*v.Lo, *v.Hi)
}
