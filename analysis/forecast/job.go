package forecast

import (
	"context"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// Job writes results.forecast, results.backtest, results.forecast_past, results.forecast_refused and results.forecast_claims: fans of each platform's metrics
// to two years after env.AsOf, how such fans did in the past, each past forecast with its outcome, which series have none, and what we would have
// said of others' forecasts. It uses no random numbers, so the seed does not matter.
type Job struct {
	Claims []Claim // what others forecast; those made after env.AsOf are left out
}

// Name is the job's name in logs.
func (Job) Name() string { return "forecast" }

// The numbers of the job.
const (
	fanDays     = 730 // how far fans reach beyond env.AsOf
	maxAgeDays  = 730 // a series whose last reading is older than this is not forecast
	minReadings = 3   // fewer say nothing about a slope
	maxOrigins  = 6   // past origins per series
	fewOutcomes = 4   // fewer past outcomes than this do not tell whether a model beats drift
)

// Run forecasts every stock and flow whose last reading is recent enough, from what was published by env.AsOf.
func (j Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	d, err := series.Load(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("forecast: %w", err)
	}
	st, err := studyOf(ctx, d, env.AsOf, env.Workers, j.Claims)
	if err != nil {
		return nil, fmt.Errorf("forecast: %w", err)
	}
	return []analysis.Table{st.forecastTable(), st.backtestTable(), st.pastTable(), st.refusedTable(), st.claimsTable()}, nil
}

// A study is the job's work on all series.
type study struct {
	asOf    time.Time
	lines   []*line
	refused []refusedLine
	claims  []claimed
	cover   map[int]coverageAt // by horizon, months
}

type refusedLine struct {
	platform, metric, reason string
	lastOn                   time.Time
}

// studyOf fits all series, now and at past origins, and calibrates the fans on the past ones.
func studyOf(ctx context.Context, d series.Data, asOf time.Time, workers int, claims []Claim) (*study, error) {
	st := &study{asOf: asOf}
	readings := map[[2]string][]series.Reading{}
	for _, r := range d.Readings {
		k := [2]string{r.Platform, r.Metric}
		readings[k] = append(readings[k], r)
	}
	for _, s := range d.Series {
		p, _ := d.Platform(s.Platform)
		l := &line{Series: s, readings: readings[[2]string{s.Platform, s.Metric}], measure: d.Metrics[s.Metric].Measure}
		l.refusal = l.why(p, asOf)
		if len(s.Points) == 0 || l.measure == "share" {
			st.refuse(l)
			continue
		}
		st.lines = append(st.lines, l) // also those that are too old to forecast: their past calibrates the others
	}
	failed := make([]error, len(st.lines))
	if err := each(ctx, workers, len(st.lines), func(i int) { failed[i] = st.lines[i].study(asOf) }); err != nil {
		return nil, err
	}
	for i, err := range failed {
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", st.lines[i].Platform, st.lines[i].Metric, err)
		}
	}
	st.combineAll(Days(asOf))
	var recs records
	for _, l := range st.lines {
		recs = append(recs, l.records()...)
	}
	cal := newCalibrator(standardShape, recs)
	if err := each(ctx, workers, len(st.lines), func(i int) { st.lines[i].calibrate(cal, asOf) }); err != nil {
		return nil, err
	}
	if err := st.answerClaims(claims, cal); err != nil {
		return nil, err
	}
	for _, l := range st.lines {
		if l.refusal != "" {
			st.refuse(l)
		}
	}
	st.countCoverage()
	return st, nil
}

func (st *study) refuse(l *line) {
	r := refusedLine{platform: l.Platform, metric: l.Metric, reason: l.refusal}
	if n := len(l.Points); n > 0 {
		r.lastOn = l.Points[n-1].On
	}
	st.refused = append(st.refused, r)
}

// why says in words why a series is not forecast; empty where it is.
func (l *line) why(p series.Platform, asOf time.Time) string {
	n := len(l.Points)
	switch {
	case n == 0:
		return "no reading is left after the rules of the series"
	case l.measure == "share":
		return "a share has no trend that goes on"
	case n < minReadings:
		return fmt.Sprintf("%d readings: a slope needs %d", n, minReadings)
	case !p.Closed.To.IsZero() && !p.Closed.To.After(asOf):
		return "the platform has closed"
	case Days(asOf)-Days(l.Points[n-1].On) > maxAgeDays:
		return fmt.Sprintf("the last reading is more than %d days old", maxAgeDays)
	}
	return ""
}
