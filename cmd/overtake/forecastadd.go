package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/calibration"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// addCmd keeps somebody else's forecast in the ledger.
type addCmd struct {
	By          string             `required:"" placeholder:"NAME" help:"Whose forecast it is."`
	MadeOn      dayFlag            `required:"" placeholder:"DATE" help:"Day on which it was published."`
	Metric      string             `short:"m" default:"monthly_active_users" help:"What is forecast."`
	Platform    string             `required:"" help:"Whose count, or who is to pass."`
	Source      string             `placeholder:"URL" help:"Page that says so."`
	On          dayFlag            `group:"A value" placeholder:"DATE" help:"Day that the value is of."`
	Median      *float64           `group:"A value" help:"The value; the same as --quantile 0.5=VALUE."`
	Quantile    map[string]float64 `group:"A value" placeholder:"LEVEL=VALUE" mapsep:"," help:"Quantiles, such as 0.1=120e6,0.9=180e6."`
	Passes      string             `group:"An overtake" placeholder:"PLATFORM" help:"The leader that the platform is to pass."`
	From        dayFlag            `group:"An overtake" placeholder:"DATE" help:"First day of the window in which it is to pass."`
	To          dayFlag            `group:"An overtake" placeholder:"DATE" help:"Last day of the window. Default: open."`
	Probability *float64           `group:"An overtake" help:"Probability of the window, where one was named (0 to 1)."`
	Statement   string             `group:"An overtake" help:"The forecast in the words in which it was made."`
}

// Help shows examples.
func (addCmd) Help() string {
	return `What is in the ledger stays there: a forecast can be added, never changed or removed. When its day has come, the next run says how far off it
was and who was nearer. One that is added after its day is scored too, and marked as entered late.

Examples:
  overtake forecast add --by "An analyst" --made-on 2026-01-05 --platform threads --on 2026-12-31 --quantile 0.1=430e6,0.5=480e6,0.9=540e6
  overtake forecast add --by "A bank" --made-on 2011-02-11 --metric top100_followers_total --platform sina_weibo --passes twitter \
    --from 2011-07-01 --to 2011-12-31 --statement "Sina exceeds Twitter in the second half of 2011"`
}

// Run appends one line to the ledger.
func (c addCmd) Run(a *app) error {
	e, err := c.entry(a.now())
	if err == nil {
		err = e.Check()
	}
	if err != nil {
		return usage{withHint(err, "overtake forecast add --help")}
	}
	if err := a.space.need(a.space.warehouse(), "warehouse"); err != nil {
		return err
	}
	unlock, err := a.space.create()
	if err != nil {
		return err
	}
	defer unlock()
	if err := a.knownNames(e); err != nil {
		return err
	}
	l, err := calibration.Open(a.space.ledger())
	if err != nil {
		return a.ledgerHint(err)
	}
	n, err := l.Append(e)
	if err != nil {
		return err
	}
	words := "kept; the next overtake run sets it beside ours"
	if n == 0 {
		words = "this forecast is in the ledger already"
	}
	_, err = fmt.Fprintf(a.std.out, "%s: %s\n", a.space.ledger(), words)
	return err
}

// entry makes the line of the ledger from the flags.
func (c addCmd) entry(now time.Time) (calibration.Entry, error) {
	e := calibration.Entry{MadeAt: c.MadeOn.Time, AsOf: c.MadeOn.Format(time.DateOnly), Forecaster: c.By, Platform: c.Platform, Metric: c.Metric,
		Source: c.Source, EnteredAt: now, Model: "as published", P: c.Probability, Statement: c.Statement}
	value := !c.On.IsZero() || c.Median != nil || len(c.Quantile) > 0
	switch {
	case c.MadeOn.After(now):
		return e, fmt.Errorf("--made-on %s is yet to come", e.AsOf)
	case value && (c.Passes != "" || !c.From.IsZero()):
		return e, errors.New("a value (--on, --median, --quantile) or an overtake (--passes, --from), not both")
	case value:
		return c.value(e)
	case c.Passes == "" || c.From.IsZero():
		return e, errors.New("what is forecast? A value needs --on and --median or --quantile, an overtake --passes, --from and --statement")
	case c.Statement == "":
		return e, errors.New("an overtake needs --statement: the forecast in the words in which it was made")
	}
	e.Leader, e.From = c.Passes, c.From.Format(time.DateOnly)
	if !c.To.IsZero() {
		e.To = c.To.Format(time.DateOnly)
	}
	return e, nil
}

func (c addCmd) value(e calibration.Entry) (calibration.Entry, error) {
	if c.On.IsZero() {
		return e, errors.New("a value needs the day that it is of: --on")
	}
	if !c.On.After(c.MadeOn.Time) {
		return e, errors.New("--on must lie after --made-on: what had come already is no forecast")
	}
	e.On, e.P, e.Statement = c.On.Format(time.DateOnly), nil, ""
	at := map[float64]float64{}
	if c.Median != nil {
		at[0.5] = *c.Median
	}
	for level, v := range c.Quantile {
		p, err := strconv.ParseFloat(level, 64)
		if err != nil {
			return e, fmt.Errorf("--quantile %s=...: the level must be a number between 0 and 1", level)
		}
		if old, twice := at[p]; twice && old != v {
			return e, fmt.Errorf("the %v quantile is given twice: %v and %v", p, old, v)
		}
		at[p] = v
	}
	for _, p := range slices.Sorted(maps.Keys(at)) {
		e.Levels, e.Quantiles = append(e.Levels, p), append(e.Quantiles, at[p])
	}
	return e, nil
}

// knownNames reports a platform or metric that the warehouse does not know, and lists those that it does.
func (a *app) knownNames(e calibration.Entry) error {
	db, err := warehouse.Open(a.ctx, a.space.warehouse())
	if err != nil {
		return err
	}
	defer db.Close()
	for _, check := range []struct{ what, name, query string }{
		{"platform", e.Platform, "select platform from marts.platforms order by platform"},
		{"platform", e.Leader, "select platform from marts.platforms order by platform"},
		{"metric", e.Metric, "select metric from marts.metrics order by metric"},
	} {
		if check.name == "" {
			continue
		}
		known, err := names(a, db, check.query)
		if err != nil {
			return err
		}
		if !slices.Contains(known, check.name) {
			return usage{fmt.Errorf("unknown %s %q: there are %s", check.what, check.name, strings.Join(known, ", "))}
		}
	}
	return nil
}

func names(a *app, q analysis.Querier, query string) (out []string, err error) {
	err = each(a.ctx, q, query, func(scan scanner) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}
