package main

import (
	"errors"
	"time"

	"github.com/overtake-analytics/overtake/analysis/forecast"
	"github.com/overtake-analytics/overtake/analysis/overtake"
)

// forecastCmd looks ahead, and keeps what others say.
type forecastCmd struct {
	Ask    askCmd    `cmd:"" default:"withargs" help:"Say when one platform passes another, or forecast any series (what forecast does without a further word)."`
	Add    addCmd    `cmd:"" help:"Keep somebody else's forecast in the ledger, to be held against ours when its day comes."`
	Ledger ledgerCmd `cmd:"" help:"Show the forecasts that were published, ours and others', and what waits for its day."`
}

// Help shows examples.
func (forecastCmd) Help() string {
	return `Without a further word it answers when one platform passes another; overtake forecast ask --help lists the flags.

Examples:
  overtake forecast twitter sina_weibo --metric top100_followers_total --as-of 2011-02-28
  overtake forecast --input panel.csv --horizon 6 --out quantiles.csv      your own series
  overtake forecast add --by "A bank" --made-on 2026-01-05 --platform threads --on 2026-12-31 --median 480e6
  overtake forecast ledger`
}

// askCmd asks when one platform passes another.
type askCmd struct {
	Leader     string   `arg:"" optional:"" help:"The platform that is to be passed, such as twitter."`
	Challenger string   `arg:"" optional:"" help:"The platform that comes from behind, such as sina_weibo."`
	Metric     string   `short:"m" default:"monthly_active_users" help:"What is compared, such as monthly_active_users or top100_followers_total."`
	Years      float64  `help:"How many years to look ahead; 5 unless said otherwise."`
	Paths      int      `default:"4000" help:"How many futures to draw; the default gives the figures of the report, more give steadier ones and take longer."`
	Corr       *float64 `help:"Correlation of the two platforms' errors, -1 to 1. Default: as the history known by then tells."`
	Edition    string   `enum:"full,first" default:"full" help:"full, or first: the model before it drew forms of trend, errors of sources and their correlation."`

	Pair     []string  `group:"Many at once" placeholder:"LEADER:CHALLENGER" sep:"," help:"Several pairs of platforms, separated by commas."`
	AllPairs bool      `group:"Many at once" help:"Every pair that has figures of the metric on each date."`
	At       []dayFlag `group:"Many at once" placeholder:"DATE" sep:"," help:"Several as-of dates, separated by commas."`

	Input   string `group:"Any series" placeholder:"FILE" help:"Forecast these series instead: CSV with the columns unique_id,ds,y; - reads standard input."`
	Horizon int    `group:"Any series" default:"6" help:"How many steps ahead."`
	Season  int    `group:"Any series" help:"Steps in a season; 0 finds it, 1 says there is none."`
	Out     string `group:"Any series" short:"o" placeholder:"FILE" help:"Where the quantiles go. Default: standard output."`
}

// Help shows examples.
func (askCmd) Help() string {
	return `Answers three questions that are easily confused: is the challenger ahead at a date, has it been ahead at least once by then, and does
it stay ahead from then on. Every input is printed with its source; with --as-of only what was published by that day is used.

Examples:
  overtake forecast twitter sina_weibo --metric top100_followers_total --as-of 2011-02-28
  overtake forecast twitter sina_weibo --metric monthly_active_users --as-of 2015-12-31
  overtake forecast twitter threads --metric daily_active_users --json
  overtake forecast twitter sina_weibo --at 2013-12-31,2014-12-31,2015-12-31,2016-12-31
  overtake forecast --all-pairs --metric monthly_active_users --out pairs.csv
  overtake forecast --input panel.csv --horizon 6 --out quantiles.csv      your own series`
}

// Run reads the published warehouse only.
func (c askCmd) Run(a *app) error {
	switch {
	case c.Input != "" && c.Leader != "":
		return usage{withHint(errors.New("two platforms or --input, not both"), "overtake forecast --help")}
	case c.Input != "":
		return a.onPanel(c.Input, "", c.Out, forecast.RunOptions{Horizons: []int{c.Horizon}, Season: c.Season}, forecast.RunForecast)
	case c.many():
		return c.runMany(a)
	case c.Challenger == "":
		return usage{withHint(errors.New("who is to pass whom? name the leader, then the challenger"), "overtake forecast twitter sina_weibo")}
	}
	db, err := a.openPublished()
	if err != nil {
		return err
	}
	defer db.Close()
	asOf := a.AsOf.Time
	if asOf.IsZero() {
		if asOf, err = db.AsOf(a.ctx); err != nil {
			return err
		}
	}
	answer, err := overtake.Forecast(a.ctx, db, overtake.Request{
		Leader: c.Leader, Challenger: c.Challenger, Metric: c.Metric, AsOf: asOf,
		Horizon: time.Duration(c.Years * 365.25 * 24 * float64(time.Hour)), Seed: a.conf.Analysis.Seed, Paths: c.Paths,
		Corr: c.Corr, Edition: editions[c.Edition],
	})
	if errors.Is(err, overtake.ErrRequest) {
		return usage{err}
	}
	if err != nil {
		return err
	}
	if a.JSON {
		return writeJSON(a.std.out, answer)
	}
	return answer.WriteText(a.std.out)
}
