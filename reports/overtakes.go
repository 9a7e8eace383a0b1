package reports

import (
	"context"
	"fmt"
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
	ChallengerGrowth, ChallengerSD   *float64 // per month
	ChallengerBasis                  string
	LeaderGrowth, LeaderSD           *float64
	LeaderBasis                      string
	Replay                           bool
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
			leader_growth_month, leader_growth_sd, coalesce(leader_basis, ''), coalesce(replay, false), coalesce(flags, '')
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

// crossed finds the first crossing of a pair that data confirm, or nil.
func (b *Book) crossed(metric, challenger, leader string) *crossing {
	for i, c := range b.crossings {
		if c.Metric == metric && c.Challenger == challenger && c.Leader == leader && c.By != nil {
			return &b.crossings[i]
		}
	}
	return nil
}

// when says in words when a crossing fell: between the last day known before and the first known after.
func (c crossing) when() string {
	switch {
	case c.After == nil:
		return "by " + day(*c.By)
	case c.After.Equal(*c.By):
		return "on " + day(*c.By)
	}
	return "between " + day(*c.After) + " and " + day(*c.By)
}

// window says our 80 % interval of a date: "3 April to 11 August 2011", with what it says where an end is open.
func (v verdict) window() string {
	switch {
	case v.Lo == nil:
		return "not within the horizon"
	case v.Hi == nil:
		return fmt.Sprintf("from %s, with no end before %s", day(*v.Lo), year(v.Horizon))
	}
	return day(*v.Lo) + " to " + day(*v.Hi)
}

// shortWindow is window for tables.
func (v verdict) shortWindow() string {
	switch {
	case v.Lo == nil:
		return "not within the horizon"
	case v.Hi == nil:
		return shortDay(*v.Lo) + " – open"
	}
	return span(*v.Lo, *v.Hi)
}

func year(t *time.Time) string {
	if t == nil {
		return "the horizon"
	}
	return t.Format("2006")
}
