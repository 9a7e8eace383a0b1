package calibration

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// Publication says what a run's forecasts were made from.
type Publication struct {
	MadeAt   time.Time
	AsOf     time.Time
	Version  string // of the code
	DataHash string // of the data: the same hash, code and day give the same forecasts, which are then not published twice
}

// months ahead at which forecasts go into the ledger: enough to judge by, few enough to read.
var months = []int{1, 3, 6, 12, 24}

// Record publishes a run's forecasts: of the fans in results.forecast and of the probabilities in results.overtake_curve it appends those days that
// lie about 1, 3, 6, 12 and 24 months after the as-of day to the ledger, and returns how many were new. Which days that are depends on the data
// alone; those that had passed when the run was made are no forecasts and are left out.
func Record(ctx context.Context, q analysis.Querier, l *Ledger, p Publication) (int, error) {
	fans, err := fansOf(ctx, q, p)
	if err != nil {
		return 0, fmt.Errorf("record forecasts: %w", err)
	}
	curves, err := curvesOf(ctx, q, p)
	if err != nil {
		return 0, fmt.Errorf("record forecasts: %w", err)
	}
	var out []Entry
	for _, series := range append(fans, curves...) {
		out = append(out, pick(series, p)...)
	}
	slices.SortStableFunc(out, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Leader, b.Leader),
			cmp.Compare(a.Question, b.Question), cmp.Compare(a.On, b.On))
	})
	return l.Append(out...)
}

// entry is the part that all entries of a publication share.
func (p Publication) entry() Entry {
	return Entry{MadeAt: p.MadeAt, AsOf: p.AsOf.Format(time.DateOnly), Version: p.Version, DataHash: p.DataHash, Forecaster: Us}
}

// fansOf reads the fans, one slice for each series, ordered by day.
func fansOf(ctx context.Context, q analysis.Querier, p Publication) ([][]Entry, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, metric, model, "on", q05, q10, q25, q50, q75, q90, q95
		from results.forecast where "on" > cast(? as date)
		order by platform, metric, "on"`, p.AsOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]Entry
	for rows.Next() {
		e := p.entry()
		e.Levels, e.Quantiles = []float64{0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}, make([]float64, 7)
		var on time.Time
		z := e.Quantiles
		if err := rows.Scan(&e.Platform, &e.Metric, &e.Model, &on, &z[0], &z[1], &z[2], &z[3], &z[4], &z[5], &z[6]); err != nil {
			return nil, err
		}
		e.On = on.Format(time.DateOnly)
		out = gather(out, e)
	}
	return out, rows.Err()
}

// curvesOf reads the probabilities of overtakes as of the run's own day, one slice for each pair and question, ordered by day.
func curvesOf(ctx context.Context, q analysis.Querier, p Publication) ([][]Entry, error) {
	rows, err := q.QueryContext(ctx, `
		select c.metric, c.challenger, c.leader, x.question, c."on", case x.question when 'ahead_at' then c.p_ahead else c.p_ever end
		from results.overtake_curve c cross join (values ('ahead_at'), ('ever_by')) x(question)
		where cast(c.as_of as date) = cast(? as date) and c."on" > cast(? as date)
		order by c.metric, c.challenger, c.leader, x.question, c."on"`, p.AsOf, p.AsOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]Entry
	for rows.Next() {
		e := p.entry()
		var on time.Time
		var chance float64
		if err := rows.Scan(&e.Metric, &e.Platform, &e.Leader, &e.Question, &on, &chance); err != nil {
			return nil, err
		}
		e.Model, e.P, e.On = "joint futures of both platforms", &chance, on.Format(time.DateOnly)
		out = gather(out, e)
	}
	return out, rows.Err()
}

// gather puts an entry behind those of its series.
func gather(all [][]Entry, e Entry) [][]Entry {
	if n := len(all); n > 0 {
		l := all[n-1][0]
		if l.Platform == e.Platform && l.Metric == e.Metric && l.Leader == e.Leader && l.Question == e.Question {
			all[n-1] = append(all[n-1], e)
			return all
		}
	}
	return append(all, []Entry{e})
}

// pick takes the days of a series nearest to each of the months ahead that had not come when the forecasts were made.
func pick(series []Entry, p Publication) []Entry {
	var out []Entry
	for _, m := range months {
		want := float64(m) * daysPerMonth
		best, far := -1, 20.0 // days off at most
		for i, e := range series {
			on, _ := time.Parse(time.DateOnly, e.On)
			if d := math.Abs(on.Sub(p.AsOf).Hours()/24 - want); d < far {
				best, far = i, d
			}
		}
		if best < 0 || slices.ContainsFunc(out, func(e Entry) bool { return e.On == series[best].On }) {
			continue
		}
		if series[best].On > p.MadeAt.UTC().Format(time.DateOnly) {
			out = append(out, series[best])
		}
	}
	return out
}

const daysPerMonth = 365.2425 / 12
