package forecast

import (
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis/series"
)

// A line is one platform's metric: its series, its past forecasts, its fan.
type line struct {
	series.Series
	readings []series.Reading
	measure  string
	refusal  string
	past     []pastForecast
	fan      []fanPoint
	obs      []Obs
	words    []string // flags of the model
}

// horizons at which the past is judged, in months, with the span of days that counts as each.
var buckets = []struct {
	months   int
	from, to float64
}{{1, 20, 45}, {3, 60, 130}, {6, 131, 260}, {12, 280, 500}, {24, 550, 900}}

// A pastForecast is one forecast made from what had been published by an origin, and its outcome.
type pastForecast struct {
	origin float64 // day of publication up to which rows were seen
	target float64 // day of the outcome
	known  float64 // day on which it was published
	y      float64
	fanPoint
	drift, naive []float64 // quantiles of the benchmarks
	scale        float64   // mean absolute step of the rows seen at the line's first origin, for MASE
}

// A rootFan is a forecast on the root scale: centre and mean absolute size of its error.
type rootFan struct{ centre, size float64 }

// A fanPoint is one day forecast.
type fanPoint struct {
	on     float64
	months int
	by     []rootFan // by each candidate
	root   rootFan   // combined
	q      []float64
}

// fanLevels are the quantile levels of results.forecast.
var fanLevels = []float64{0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}

// obsOf turns the points of a series into readings with their uncertainty.
func obsOf(points []series.Point) []Obs {
	out := make([]Obs, 0, len(points))
	for _, p := range points {
		v := p.Value
		if math.IsNaN(v.Point) || v.Point < 0 {
			continue
		}
		sd := v.SD
		if math.IsNaN(sd) || math.IsInf(sd, 0) {
			sd = 0
		}
		out = append(out, Obs{T: Days(p.On), Y: v.Point, SD: sd})
	}
	return out
}

// study fits the line at past origins and now.
func (l *line) study(asOf time.Time) error {
	if len(l.Points) < minReadings {
		return nil
	}
	for _, o := range l.origins() {
		if err := l.lookBack(o); err != nil {
			return err
		}
	}
	if l.refusal != "" {
		return nil
	}
	obs := obsOf(l.Points)
	if len(obs) < minReadings {
		l.refusal = "too few readings that are numbers"
		return nil
	}
	l.obs = obs
	last := obs[len(obs)-1].T
	days := fanDaysOf(last, Days(asOf)+fanDays)
	by, words, err := candidateFans(obs, days)
	if err != nil {
		return err
	}
	l.words = words
	for i := range days {
		l.fan = append(l.fan, fanPoint{on: days[i], months: monthsAhead(days[i] - last), by: by[i]})
	}
	return nil
}

// fanDaysOf gives the last reading's day and then the month ends up to a day.
func fanDaysOf(last, to float64) []float64 {
	days := []float64{last}
	d := Date(last)
	for k := 1; ; k++ {
		end := Days(time.Date(d.Year(), d.Month()+time.Month(k), 0, 0, 0, 0, 0, time.UTC))
		if end > to {
			return days
		}
		if end > last {
			days = append(days, end)
		}
	}
}

func monthsAhead(days float64) int { return max(1, int(math.Round(days/(365.2425/12)))) }

// at gives quantiles of the fan from quantiles of scaled errors.
func (r rootFan) at(u []float64, least float64) []float64 {
	out := make([]float64, len(u))
	for i, v := range u {
		x := math.Max(0, r.centre+v*r.size)
		out[i] = math.Max(least, x*x)
	}
	return out
}

// origins gives the days of publication from which the past is judged, spread over those at which enough readings were known.
func (l *line) origins() []float64 {
	var out []float64
	for i, p := range l.Points {
		if i >= minReadings-1 {
			out = append(out, Days(p.FirstPublished))
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	at := make([]int, len(out))
	for i := range at {
		at[i] = i
	}
	var picked []float64
	for _, i := range spreadOver(at, maxOrigins) {
		picked = append(picked, out[i])
	}
	return picked
}

// lookBack forecasts from what had been published by the origin, for each horizon at which the series holds an outcome.
func (l *line) lookBack(origin float64) error {
	obs, err := l.knownBy(origin)
	if err != nil {
		return err
	}
	if len(obs) < minReadings {
		return nil
	}
	last := obs[len(obs)-1].T
	var todo []pastForecast
	for _, b := range buckets {
		if p := l.outcome(last, float64(b.months)*365.2425/12, b.from, b.to, origin); p != nil {
			todo = append(todo, pastForecast{origin: origin, target: Days(p.On), known: Days(p.FirstPublished), y: p.Value.Point, fanPoint: fanPoint{months: b.months}})
		}
	}
	if len(todo) == 0 {
		return nil
	}
	days := make([]float64, len(todo))
	for i, f := range todo {
		days[i] = f.target
	}
	by, _, err := candidateFans(obs, days)
	if err != nil {
		return err
	}
	for i, f := range todo {
		f.on, f.by, f.scale = days[i], by[i], meanStep(obs)
		if len(l.past) > 0 {
			f.scale = l.past[0].scale
		}
		f.drift, f.naive = irregularDrift(obs, f.target, true), irregularDrift(obs, f.target, false)
		l.past = append(l.past, f)
	}
	return nil
}

// outcome finds the reading nearest to a horizon that was not known at the origin; nil where there is none.
func (l *line) outcome(last, ahead, from, to, origin float64) *series.Point {
	var best *series.Point
	for i := range l.Points {
		p := &l.Points[i]
		d := Days(p.On) - last
		if d < from || d > to || Days(p.FirstPublished) <= origin || !(p.Value.Point > 0) {
			continue
		}
		if best == nil || math.Abs(d-ahead) < math.Abs(Days(best.On)-last-ahead) {
			best = p
		}
	}
	return best
}

// meanStep is the mean absolute difference of neighbouring readings.
func meanStep(obs []Obs) float64 {
	var s float64
	for i := 1; i < len(obs); i++ {
		s += math.Abs(obs[i].Y-obs[i-1].Y) / float64(len(obs)-1)
	}
	return s
}

// irregularDrift gives quantiles of the drift (or, without it, naive) forecast for unequal spacing: a line through the first and the last
// reading, deviations taken per day.
func irregularDrift(obs []Obs, t float64, drift bool) []float64 {
	n := len(obs)
	span, h := obs[n-1].T-obs[0].T, t-obs[n-1].T
	var b, v float64
	if drift {
		b = (obs[n-1].Y - obs[0].Y) / span
	}
	for i := 1; i < n; i++ {
		dt := obs[i].T - obs[i-1].T
		e := obs[i].Y - obs[i-1].Y - b*dt
		v += e * e / dt / math.Max(1, float64(n-1-b2i(drift)))
	}
	sd := math.Sqrt(v * h)
	if drift {
		sd = math.Sqrt(v * h * (1 + h/span))
	}
	out := make([]float64, len(Levels))
	for i, z := range []float64{-1.2815515655, -0.6744897502, 0, 0.6744897502, 1.2815515655} {
		out[i] = math.Max(0, obs[n-1].Y+b*h+sd*z)
	}
	return out
}

func (l *line) id() string { return l.Platform + "/" + l.Metric }

// fanKind marks the job's records: horizons count months.
var fanKind = Step{Months: 1}

// records gives the past misses for calibration; each may be used from the day on which its outcome was published.
func (l *line) records() records {
	var out records
	for _, f := range l.past {
		if f.root.size > 0 {
			u := (math.Sqrt(f.y) - f.root.centre) / f.root.size
			out = append(out, record{id: l.id(), kind: fanKind, h: f.months, target: f.known, u: math.Max(-50, math.Min(50, u))})
		}
	}
	return out
}

// calibrate turns centres and sizes into quantiles: past forecasts by what was known at their origin, the fan by all.
func (l *line) calibrate(cal *calibrator, asOf time.Time) {
	for i := range l.past {
		f := &l.past[i]
		f.q = f.root.at(cal.quantiles(f.origin, l.id(), fanKind, f.months, Levels), 0)
	}
	if l.refusal != "" || len(l.fan) == 0 {
		return
	}
	least := 0.0
	if series.Cumulative(l.Metric) { // a count since the launch does not fall
		if least = l.Points[len(l.Points)-1].Value.Lo; math.IsNaN(least) || math.IsInf(least, 0) {
			least = 0
		}
	}
	for i := range l.fan {
		p := &l.fan[i]
		p.q = p.root.at(cal.quantiles(Days(asOf), l.id(), fanKind, p.months, fanLevels), least)
	}
}
