package calibration

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A contest is somebody's forecast beside ours of the same thing, made from what had been published on the same day.
type contest struct {
	forecaster, kind, platform, leader, metric string
	madeOn, from, to                           time.Time // value: from is the day forecast; window: to is zero where it is open
	theirs, ours, outcome                      sql.NullFloat64
	statement, verdict, source                 string
	late                                       bool
}

// What can be said of who was nearer.
const (
	nearerTheirs = "theirs"
	nearerOurs   = "ours"
	nearerTie    = "tie"
	undecided    = "undecided" // the figures leave the outcome open
	stillOpen    = "open"      // the day has not come
	noneOfOurs   = "no_forecast_of_ours"
)

// errors gives both distances from the outcome: of a value as a share of it, of a window the squared error of a probability.
func (c contest) errors() (theirs, ours sql.NullFloat64) {
	dist := func(f sql.NullFloat64) sql.NullFloat64 {
		if !f.Valid || !c.outcome.Valid {
			return sql.NullFloat64{}
		}
		if c.kind == "window" {
			return sql.NullFloat64{Float64: Brier(f.Float64, c.outcome.Float64 > 0.5), Valid: true}
		}
		return sql.NullFloat64{Float64: math.Abs(f.Float64/c.outcome.Float64 - 1), Valid: c.outcome.Float64 != 0}
	}
	return dist(c.theirs), dist(c.ours)
}

// settle says who was nearer, where that is not said already.
func (c *contest) settle() {
	theirs, ours := c.errors()
	switch {
	case c.verdict != "":
	case !c.outcome.Valid:
		c.verdict = undecided
	case !ours.Valid || !theirs.Valid:
		c.verdict = noneOfOurs
	case math.Abs(theirs.Float64-ours.Float64) < 1e-9:
		c.verdict = nearerTie
	case theirs.Float64 < ours.Float64:
		c.verdict = nearerTheirs
	default:
		c.verdict = nearerOurs
	}
}

// nearest sets all others' forecasts beside ours: the windows that the overtake job scored, and the values of the ledger.
func nearest(ctx context.Context, q analysis.Querier, entries []Entry, t truth, asOf time.Time) ([]contest, error) {
	out, err := windows(ctx, q, entries)
	if err != nil {
		return nil, err
	}
	ours, err := claimed(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Forecaster == Us || len(e.Levels) == 0 {
			continue
		}
		_, on := e.days()
		c := contest{forecaster: e.Forecaster, kind: "value", platform: e.Platform, metric: e.Metric, madeOn: e.MadeAt.UTC().Truncate(24 * time.Hour),
			from: on, to: on, statement: e.Model, source: e.Source, late: e.late()}
		c.theirs = sql.NullFloat64{Float64: medianOf(e.Levels, e.Quantiles), Valid: true}
		c.ours = ours[claimKey{e.Platform, e.Metric, c.madeOn.Format(time.DateOnly), e.On}]
		if on.After(asOf) {
			c.verdict = stillOpen
		} else if y, ok := t.at(e.Platform, e.Metric, on); ok {
			c.outcome = sql.NullFloat64{Float64: y, Valid: true}
		}
		out = append(out, c)
	}
	for i := range out {
		out[i].settle()
	}
	slices.SortStableFunc(out, func(a, b contest) int {
		return cmp.Or(a.madeOn.Compare(b.madeOn), cmp.Compare(a.forecaster, b.forecaster), cmp.Compare(a.platform, b.platform), a.from.Compare(b.from))
	})
	return out, nil
}

// medianOf reads the median between the quantiles; beyond them it is the nearest.
func medianOf(p, q []float64) float64 {
	for i := range p {
		if p[i] >= 0.5 {
			if i == 0 || p[i] == 0.5 {
				return q[i]
			}
			return q[i-1] + (q[i]-q[i-1])*(0.5-p[i-1])/(p[i]-p[i-1])
		}
	}
	return q[len(q)-1]
}

// windows reads what the overtake job found of others' statements. A statement without a probability is taken at its word: 1.
func windows(ctx context.Context, q analysis.Querier, entries []Entry) ([]contest, error) {
	rows, err := q.QueryContext(ctx, `
		select forecaster, challenger, leader, metric, made_on, window_from, window_to, statement, p_ours_in_window, outcome, coalesce(source_url, '')
		from results.published_forecasts_scored order by made_on, forecaster, statement`)
	if err != nil {
		return nil, fmt.Errorf("read results.published_forecasts_scored: %w", err)
	}
	defer rows.Close()
	var out []contest
	for rows.Next() {
		c := contest{kind: "window", theirs: sql.NullFloat64{Float64: 1, Valid: true}}
		var to sql.NullTime
		var came string
		if err := rows.Scan(&c.forecaster, &c.platform, &c.leader, &c.metric, &c.madeOn, &c.from, &to, &c.statement, &c.ours, &came, &c.source); err != nil {
			return nil, fmt.Errorf("read results.published_forecasts_scored: %w", err)
		}
		c.to = to.Time
		if e := c.entry(entries); e != nil {
			c.late = e.late()
			if e.P != nil {
				c.theirs.Float64 = *e.P
			}
		}
		switch came {
		case "held":
			c.outcome = sql.NullFloat64{Float64: 1, Valid: true}
		case "failed":
			c.outcome = sql.NullFloat64{Valid: true}
		case "open":
			c.verdict = stillOpen
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// entry finds the ledger's entry of a statement that came from there.
func (c contest) entry(entries []Entry) *Entry {
	i := slices.IndexFunc(entries, func(e Entry) bool {
		return e.Stated() && e.Statement == c.statement && e.Forecaster == c.forecaster && e.Platform == c.platform && e.Leader == c.leader &&
			e.Metric == c.metric && e.AsOf == c.madeOn.Format(time.DateOnly)
	})
	if i < 0 {
		return nil
	}
	return &entries[i]
}

type claimKey struct{ platform, metric, madeOn, on string }

// claimed reads our own medians of what others forecast, made from what had been published on the same day.
func claimed(ctx context.Context, q analysis.Querier) (map[claimKey]sql.NullFloat64, error) {
	rows, err := q.QueryContext(ctx, `select platform, metric, made_on, "on", q50 from results.forecast_claims`)
	if err != nil {
		return nil, fmt.Errorf("read results.forecast_claims: %w", err)
	}
	defer rows.Close()
	out := map[claimKey]sql.NullFloat64{}
	for rows.Next() {
		var k claimKey
		var madeOn, on time.Time
		var v sql.NullFloat64
		if err := rows.Scan(&k.platform, &k.metric, &madeOn, &on, &v); err != nil {
			return nil, fmt.Errorf("read results.forecast_claims: %w", err)
		}
		k.madeOn, k.on = madeOn.Format(time.DateOnly), on.Format(time.DateOnly)
		out[k] = v
	}
	return out, rows.Err()
}

func nearerTable(all []contest) analysis.Table {
	t := analysis.Table{
		Name:    "nearer",
		Comment: "Who was nearer: one row per forecast of somebody else, beside what we say from what had been published on the same day, and what came.",
		Columns: []analysis.Column{
			{Name: "forecaster", Type: "varchar", Comment: "who said so"},
			{Name: "made_on", Type: "date", Comment: "day of the statement, and as-of day of ours"},
			{Name: "kind", Type: "varchar", Comment: "value (of a count on a day) or window (in which one platform passes the other)"},
			{Name: "platform", Type: "varchar", Comment: "whose count, or who passes: key of marts.platforms"},
			{Name: "leader", Type: "varchar", Comment: "who is passed; null for a value"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "on_from", Type: "date", Comment: "the day forecast, or the first day of the window"},
			{Name: "on_to", Type: "date", Comment: "the same day, or the last day of the window; null where it is open-ended"},
			{Name: "statement", Type: "varchar", Comment: "in words; written by strangers"},
			{Name: "theirs", Type: "double", Comment: "their median, in the unit of the metric, or the probability that they gave the window (1 where they named none)"},
			{Name: "ours", Type: "double", Comment: "our median or probability of the same; null where we had none"},
			{Name: "outcome", Type: "double", Comment: "what came: the value, or 1 (passed within the window) or 0 (did not); null where it is not known"},
			{Name: "error_theirs", Type: "double", Comment: "their distance from the outcome: of a value as a share of it, of a window the squared error of the probability"},
			{Name: "error_ours", Type: "double", Comment: "our distance from it"},
			{Name: "nearer", Type: "varchar", Comment: "theirs, ours, tie, undecided (the figures leave the outcome open), open (the day has not come) or no_forecast_of_ours"},
			{Name: "entered_late", Type: "boolean", Comment: "true where it was written into our ledger after its day had come"},
			{Name: "source_url", Type: "varchar", Comment: "page of the statement; null where none was given"},
		},
	}
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	num := func(f sql.NullFloat64) any {
		if !f.Valid || math.IsNaN(f.Float64) || math.IsInf(f.Float64, 0) {
			return nil
		}
		return f.Float64
	}
	for _, c := range all {
		theirs, ours := c.errors()
		var to any
		if !c.to.IsZero() {
			to = c.to
		}
		t.Rows = append(t.Rows, []any{c.forecaster, c.madeOn, c.kind, c.platform, text(c.leader), c.metric, c.from, to, c.statement, num(c.theirs), num(c.ours),
			num(c.outcome), num(theirs), num(ours), c.verdict, c.late, text(c.source)})
	}
	return t
}
