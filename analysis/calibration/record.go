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

// months ahead at which fans go into the ledger: enough to judge by, few enough to read.
var months = []int{1, 3, 6, 12, 24}

// Record publishes the fans in results.forecast: it appends those days that lie about 1, 3, 6, 12 and 24 months after the day of making to the
// ledger and returns how many forecasts were new. Days that have already passed are no forecasts and are left out.
func Record(ctx context.Context, q analysis.Querier, l *Ledger, p Publication) (int, error) {
	from := p.AsOf
	if p.MadeAt.After(from) {
		from = p.MadeAt
	}
	rows, err := q.QueryContext(ctx, `
		select platform, metric, model, "on", q05, q10, q25, q50, q75, q90, q95
		from results.forecast where "on" > cast(? as date)
		order by platform, metric, "on"`, from)
	if err != nil {
		return 0, fmt.Errorf("record forecasts: %w", err)
	}
	defer rows.Close()
	fans := map[[2]string][]Entry{}
	for rows.Next() {
		e := Entry{MadeAt: p.MadeAt, AsOf: p.AsOf.Format(time.DateOnly), Version: p.Version, DataHash: p.DataHash, Forecaster: "overtake",
			Levels: []float64{0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}, Quantiles: make([]float64, 7)}
		var on time.Time
		z := e.Quantiles
		if err := rows.Scan(&e.Platform, &e.Metric, &e.Model, &on, &z[0], &z[1], &z[2], &z[3], &z[4], &z[5], &z[6]); err != nil {
			return 0, fmt.Errorf("record forecasts: %w", err)
		}
		e.On = on.Format(time.DateOnly)
		k := [2]string{e.Platform, e.Metric}
		fans[k] = append(fans[k], e)
	}
	if err := rows.Err(); err != nil {
		return 0, fmt.Errorf("record forecasts: %w", err)
	}
	var out []Entry
	for _, fan := range fans {
		out = append(out, pick(fan, from)...)
	}
	slices.SortFunc(out, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.On, b.On))
	})
	return l.Append(out...)
}

// pick takes the days of a fan nearest to each of the months ahead.
func pick(fan []Entry, from time.Time) []Entry {
	var out []Entry
	for _, m := range months {
		want := float64(m) * 365.2425 / 12
		best, far := -1, 20.0 // days off at most
		for i, e := range fan {
			on, _ := time.Parse(time.DateOnly, e.On)
			if d := math.Abs(on.Sub(from).Hours()/24 - want); d < far {
				best, far = i, d
			}
		}
		if best >= 0 && !slices.ContainsFunc(out, func(e Entry) bool { return e.On == fan[best].On }) {
			out = append(out, fan[best])
		}
	}
	return out
}
