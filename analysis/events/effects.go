package events

import (
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The numbers of the job's rules.
const (
	windowDays  = 730 // readings farther from an event than this, in days, are not looked at
	windowSide  = 8   // nor more than this many on each side
	nearbyDays  = 45  // other events within this many days share in whatever is seen
	ownDays     = 365 // an event is judged on a metric of its own platform that has a reading this near
	alpha       = 0.05
	placeboGoal = 0.1  // the rank among placebo dates that a change must reach
	monthDays   = 30.4 // slopes are told per month of this many days
)

// An Event is something that happened to a platform, a row of marts.events; several rows of one day and kind are one.
type Event struct {
	Platform, Kind, Title, SourceURL string
	On                               time.Time
}

// An Effect is one event judged on one series. Level is the relative jump at the event (0.1 is ten percent), Slope the
// change of the log-linear growth per month.
type Effect struct {
	Event
	Target, Metric          string
	Before, After           int
	From, To                time.Time // first and last reading looked at; zero where there is none
	Level, Slope            measure.Estimate
	P, Q                    float64 // of the level, by Student's t; Q after false-discovery control over all effects
	Placebos                int
	PlaceboP, PretrendP     float64 // NaN where not computable
	SmoothP                 float64 // p-value of a jump beside a smooth bend of the growth; NaN where not computable
	Elsewhere, ElsewhereBig int     // platforms of other families tested at the same date, and those with a jump as large beside its error
	Others                  []string
	Detectable              float64 // smallest relative jump that could have been seen; NaN where nothing could be fitted
	Verdict                 Verdict
	Words                   string
	Flags                   measure.Flags
	statistic               float64
}

// window are the readings of a series around a moment: up to windowSide on each side, within windowDays, not across a gap.
func window(points []series.Point, at time.Time) []series.Point {
	first := slices.IndexFunc(points, func(p series.Point) bool { return !p.On.Before(at) })
	if first < 0 {
		first = len(points)
	}
	near := func(p series.Point) bool {
		return math.Abs(measure.DaysBetween(at, p.On)) <= windowDays && p.Value.Point > 0 && measure.Finite(p.Value.SD)
	}
	from := first
	for from > 0 && first-from < windowSide && near(points[from-1]) {
		from--
		if points[from].Value.Flags.Has(measure.Gap) {
			break
		}
	}
	to := first
	for to < len(points) && to-first < windowSide && near(points[to]) {
		if points[to].Value.Flags.Has(measure.Gap) && to > from {
			break
		}
		to++
	}
	return points[from:to]
}

// judge fits the interrupted series and fills everything of an effect that needs no other effect.
func judge(e *Effect, s series.Series, placebos []placebo) {
	e.Target, e.Metric = s.Platform, s.Metric
	nan := math.NaN()
	e.P, e.Q, e.PlaceboP, e.PretrendP, e.SmoothP, e.Detectable = nan, nan, nan, nan, nan, nan
	e.Level, e.Slope = measure.Undefined("interrupted series"), measure.Undefined("interrupted series")
	points := window(s.Points, e.On)
	if len(points) > 0 {
		e.From, e.To = points[0].On, points[len(points)-1].On
	}
	fit, err := fitWindow(points, e.On)
	e.Before, e.After = fit.Before, fit.After
	if err != nil {
		e.Flags = e.Flags.With(measure.FewPoints)
		return
	}
	df := float64(e.Before + e.After - 4)
	t := distuv.StudentsT{Sigma: 1, Nu: df}
	se := levelError(fit, points, e.On)
	half := t.Quantile(1-alpha/2) * se
	e.Level = relative(fit.Level.Point, half, fit)
	e.Slope = relative(fit.Slope.Point, t.Quantile(1-alpha/2)*max(fit.Slope.SD, fit.OLSSlope), fit)
	e.statistic = math.Abs(fit.Level.Point) / se
	e.P = 2 * t.Survival(e.statistic)
	e.Detectable = math.Expm1(half)
	e.PretrendP, e.SmoothP = pretrend(points, e.On), smooth(points, e.On)
	e.rank(placebos)
}

// relative turns a change on the log scale with the half-width of its interval into a relative one.
func relative(point, half float64, fit Interruption) measure.Estimate {
	e := measure.Estimate{Point: point, SD: math.NaN(), Lo: point - half, Hi: point + half, Level: 0.95, N: fit.Before + fit.After,
		Method: "interrupted series, Newey-West"}
	return e.Map(math.Expm1, math.Exp(point))
}

func fitWindow(points []series.Point, at time.Time) (Interruption, error) {
	var t, y []float64
	for _, p := range points {
		t, y = append(t, measure.DaysBetween(at, p.On)/monthDays), append(y, math.Log(p.Value.Point))
	}
	return Interrupt(t, y, 0, -1, 0.95)
}

// levelError is the standard error of a jump on the log scale: the larger of Newey-West's, which is too small in windows as
// short as these, and the classical one, with rounding added.
func levelError(fit Interruption, points []series.Point, at time.Time) float64 {
	return math.Hypot(max(fit.Level.SD, fit.OLSLevel), roundingAt(points, at))
}

// roundingAt is the standard uncertainty that rounding leaves in a jump on the log scale: that of the two readings next
// to the event.
func roundingAt(points []series.Point, at time.Time) float64 {
	i := slices.IndexFunc(points, func(p series.Point) bool { return !p.On.Before(at) })
	if i <= 0 {
		return 0
	}
	a, b := points[i-1].Value, points[i].Value
	return math.Hypot(a.SD/a.Point, b.SD/b.Point)
}

// pretrend is the p-value of a bend (a quadratic term) in the log series before the event; NaN with fewer than five
// readings there.
func pretrend(points []series.Point, at time.Time) float64 {
	i := slices.IndexFunc(points, func(p series.Point) bool { return !p.On.Before(at) })
	if i < 5 {
		return math.NaN()
	}
	return lastTermP(points[:i], at, func(t float64) []float64 { return []float64{1, t, t * t} })
}

// smooth is the p-value of a jump at the event in a series whose growth bends smoothly all along. A broken line makes
// jumps of its own wherever growth slows down; what only it sees is no jump.
func smooth(points []series.Point, at time.Time) float64 {
	return lastTermP(points, at, func(t float64) []float64 {
		if t < 0 {
			return []float64{1, t, t * t, 0}
		}
		return []float64{1, t, t * t, 1}
	})
}

// lastTermP is the p-value of the last of the terms, functions of the months since at, in a regression of the log series.
func lastTermP(points []series.Point, at time.Time, terms func(t float64) []float64) float64 {
	k := len(terms(0))
	if len(points) <= k {
		return math.NaN()
	}
	design, y := mat.NewDense(len(points), k, nil), make([]float64, len(points))
	for i, p := range points {
		design.SetRow(i, terms(measure.DaysBetween(at, p.On)/monthDays))
		y[i] = math.Log(p.Value.Point)
	}
	f, err := fitOLS(design, y)
	if err != nil || !(f.se(k-1) > 0) {
		return math.NaN()
	}
	return 2 * distuv.StudentsT{Sigma: 1, Nu: float64(len(points) - k)}.Survival(math.Abs(f.beta[k-1])/f.se(k-1))
}

// A placebo is the same test at a day on which nothing is known to have happened to it.
type placebo struct {
	from, to  time.Time
	statistic float64
}

// placebosOf runs the test at every reading of a series that has enough readings on both sides.
func placebosOf(s series.Series) []placebo {
	var out []placebo
	for _, p := range s.Points {
		points := window(s.Points, p.On)
		fit, err := fitWindow(points, p.On)
		if err != nil {
			continue
		}
		if se := levelError(fit, points, p.On); se > 0 {
			out = append(out, placebo{points[0].On, points[len(points)-1].On, math.Abs(fit.Level.Point) / se})
		}
	}
	return out
}

// rank compares the event with the placebo dates whose windows do not reach it.
func (e *Effect) rank(placebos []placebo) {
	var statistics []float64
	for _, p := range placebos {
		if p.to.Before(e.On) || p.from.After(e.On) {
			statistics = append(statistics, p.statistic)
		}
	}
	e.Placebos = len(statistics)
	if e.Placebos > 0 {
		e.PlaceboP = PlaceboP(e.statistic, statistics)
	}
}

// judged are the metrics on which events are judged.
var judged = []string{"registered_users", "monthly_active_users", "daily_active_users", "monetizable_daily_active_users", "posts_per_day"}

// Effects judges each event on the metrics of its own platform that have a reading within a year of it, and on those of
// the other platforms of its family where the test can be made at all.
func Effects(all []Event, d series.Data) ([]Effect, error) {
	placebos := map[[2]string][]placebo{}
	var out []Effect
	for _, ev := range all {
		family := ""
		if p, ok := d.Platform(ev.Platform); ok {
			family = p.Family
		}
		for _, metric := range judged {
			for _, s := range d.Series {
				own := s.Platform == ev.Platform
				if s.Metric != metric || !own && s.Family != family || !hasNear(s.Points, ev.On) {
					continue
				}
				key := [2]string{s.Platform, s.Metric}
				if _, ok := placebos[key]; !ok {
					placebos[key] = placebosOf(s)
				}
				e := Effect{Event: ev}
				judge(&e, s, placebos[key])
				if !own && math.IsNaN(e.P) {
					continue
				}
				e.lookElsewhere(d, family)
				e.Others = nearby(all, ev)
				out = append(out, e)
			}
		}
	}
	return out, control(out)
}

// lookElsewhere makes the same test at the same date on platforms of other families, which the event should not touch.
func (e *Effect) lookElsewhere(d series.Data, family string) {
	if math.IsNaN(e.P) {
		return
	}
	for _, s := range d.Series {
		if s.Metric != e.Metric || s.Family == family {
			continue
		}
		points := window(s.Points, e.On)
		fit, err := fitWindow(points, e.On)
		if err != nil {
			continue
		}
		if se := levelError(fit, points, e.On); se > 0 {
			e.Elsewhere++
			if math.Abs(fit.Level.Point)/se >= e.statistic {
				e.ElsewhereBig++
			}
		}
	}
}

func hasNear(points []series.Point, at time.Time) bool {
	return slices.ContainsFunc(points, func(p series.Point) bool { return math.Abs(measure.DaysBetween(at, p.On)) <= ownDays })
}

// nearby are the titles of other events of the platform within nearbyDays.
func nearby(all []Event, ev Event) []string {
	var out []string
	for _, o := range all {
		if o != ev && o.Platform == ev.Platform && math.Abs(measure.DaysBetween(o.On, ev.On)) <= nearbyDays {
			out = append(out, o.Title)
		}
	}
	return out
}
