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

// Job writes how right forecasts were, those truly published before (the ledger) and those replayed from what had been published by
// earlier days (results.forecast_past): results.calibration, results.reliability, results.forecast_scored, results.overtake_scored and
// results.nearer. It runs after the jobs series, forecast and overtake.
type Job struct {
	Ledger string // path of the ledger; empty = only the replay is judged
}

// Inputs names what the job reads beside the warehouse: the forecasts of the ledger that can be judged by a day. Those still open change no
// result, so a run that only publishes does not make the next one compute again.
func (j Job) Inputs(asOf time.Time) (string, error) {
	if j.Ledger == "" {
		return "", nil
	}
	l, err := Read(j.Ledger)
	if err != nil {
		return "", err
	}
	return l.digest(asOf), nil
}

// Name is the job's name in logs.
func (Job) Name() string { return "calibration" }

// Run scores what has come due by env.AsOf.
func (j Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	all, err := replayed(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	truth, err := loadTruth(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	var entries []Entry
	if j.Ledger != "" {
		l, err := Read(j.Ledger)
		if err != nil {
			return nil, fmt.Errorf("calibration: %w", err)
		}
		entries = l.Entries()
		all = append(all, published(entries, truth, env.AsOf)...)
	}
	crossings, err := loadCrossings(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	near, err := nearest(ctx, q, entries, truth, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	slices.SortStableFunc(all, func(a, b judged) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.forecaster, b.forecaster), a.madeOn.Compare(b.madeOn),
			cmp.Compare(a.platform, b.platform), cmp.Compare(a.metric, b.metric), a.on.Compare(b.on))
	})
	return []analysis.Table{calibrationTable(all), reliabilityTable(all), scoredTable(all),
		overtakesTable(judgeOvertakes(entries, truth, crossings, env.AsOf)), nearerTable(near)}, nil
}

// A judged is one forecast whose date has come.
type judged struct {
	kind, forecaster, version string
	platform, metric, model   string
	madeOn, on                time.Time
	months                    int
	p, q                      []float64
	outcome                   float64
	wis, wisDrift, drift      float64
	hasDrift                  bool
	late                      bool // entered into the ledger after its day had come
}

// interval gives the quantiles at two levels; false where the forecast has none.
func (f judged) interval(lo, hi float64) (a, b float64, ok bool) {
	i, j := slices.Index(f.p, lo), slices.Index(f.p, hi)
	if i < 0 || j < 0 {
		return 0, 0, false
	}
	return f.q[i], f.q[j], true
}

// replayed reads the forecasts that the forecast job made as of earlier days.
func replayed(ctx context.Context, q analysis.Querier) ([]judged, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, metric, model, made_on, "on", months, q10, q25, q50, q75, q90, outcome, wis, wis_drift, drift50
		from results.forecast_past order by made_on, platform, metric, "on"`)
	if err != nil {
		return nil, fmt.Errorf("read results.forecast_past: %w", err)
	}
	defer rows.Close()
	var out []judged
	for rows.Next() {
		f := judged{kind: "replay", forecaster: "overtake", p: []float64{0.1, 0.25, 0.5, 0.75, 0.9}, q: make([]float64, 5), hasDrift: true}
		if err := rows.Scan(&f.platform, &f.metric, &f.model, &f.madeOn, &f.on, &f.months, &f.q[0], &f.q[1], &f.q[2], &f.q[3], &f.q[4],
			&f.outcome, &f.wis, &f.wisDrift, &f.drift); err != nil {
			return nil, fmt.Errorf("read results.forecast_past: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// A truth holds the values of series to judge by, ordered by day.
type truth map[[2]string][]reading

type reading struct {
	on    time.Time
	value float64
}

func loadTruth(ctx context.Context, q analysis.Querier) (truth, error) {
	rows, err := q.QueryContext(ctx, `select platform, metric, "on", value from results.series where value is not null order by platform, metric, "on"`)
	if err != nil {
		return nil, fmt.Errorf("read results.series: %w", err)
	}
	defer rows.Close()
	out := truth{}
	for rows.Next() {
		var k [2]string
		var r reading
		if err := rows.Scan(&k[0], &k[1], &r.on, &r.value); err != nil {
			return nil, fmt.Errorf("read results.series: %w", err)
		}
		out[k] = append(out[k], r)
	}
	return out, rows.Err()
}

// maxGapDays is how far from the day forecast the readings on both sides may lie for the value between them to count as the outcome.
const maxGapDays = 46

// at gives the value on a day: a reading, or the line between the readings on both sides.
func (t truth) at(platform, metric string, on time.Time) (float64, bool) {
	s := t[[2]string{platform, metric}]
	i, found := slices.BinarySearchFunc(s, on, func(r reading, on time.Time) int { return r.on.Compare(on) })
	if found {
		return s[i].value, true
	}
	if i == 0 || i == len(s) {
		return 0, false
	}
	before, after := on.Sub(s[i-1].on).Hours()/24, s[i].on.Sub(on).Hours()/24
	if before > maxGapDays || after > maxGapDays {
		return 0, false
	}
	return (s[i-1].value*after + s[i].value*before) / (before + after), true
}

// class gives the judged horizon nearest to months, by ratio.
func class(ahead float64) int {
	best := months[0]
	for _, m := range months {
		if math.Abs(math.Log(ahead/float64(m))) < math.Abs(math.Log(ahead/float64(best))) {
			best = m
		}
	}
	return best
}
