package growth

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// The flags that this package adds to those of package measure.
const (
	WithinError       measure.Flag = "within_error"       // the 95 % interval of the net change holds zero
	ShortSpan         measure.Flag = "short_span"         // under 300 days: no yearly rate is made of it
	NotGrowing        measure.Flag = "not_growing"        // no doubling time for a series that does not rise
	DoublingUnbounded measure.Flag = "doubling_unbounded" // the slope may be zero, so doubling may never come
	PercentagePoints  measure.Flag = "percentage_points"  // a share: its change is in points, it has no rate
)

// week is its length in days, for compound weekly rates.
const week = 7

// shortestYear is the shortest span, in days, from which a yearly rate is made.
const shortestYear = 300

// A Change is what happened between the first and the last of some points of one series.
type Change struct {
	From, To                  series.Point
	Net, Rate, CAGR, Doubling measure.Estimate // Doubling in days; undefined ones carry their reasons
	Symmetric                 measure.Estimate // 2(b-a)/(a+b)
	Weekly, WeeklySlope       measure.Estimate // compound per week: of the two ends, of the slope over all points
	N                         int
	Method                    string
	Flags                     measure.Flags
}

// ChangeOf computes the change over points (at least one, in order of time) of a metric. The net change and the rates are
// those of the two ends; the doubling time is that of the log-linear slope over all points where there are three or more.
func ChangeOf(m series.Metric, points []series.Point) Change {
	c := Change{From: points[0], To: points[len(points)-1], N: len(points), Method: "endpoints"}
	for _, e := range []*measure.Estimate{&c.Net, &c.Rate, &c.CAGR, &c.Doubling, &c.Symmetric, &c.Weekly, &c.WeeklySlope} {
		*e = measure.Undefined("")
	}
	c.Flags = noteworthy(points)
	if len(points) == 1 {
		c.Flags = c.Flags.With(measure.OnePoint)
		return c
	}
	a, b := c.From.Value, c.To.Value
	c.Net = netChange(a, b)
	c.Flags = c.Flags.With(c.Net.Flags...)
	if c.Net.Defined() && c.Net.Lo <= 0 && 0 <= c.Net.Hi {
		c.Flags = c.Flags.With(WithinError)
	}
	if m.Measure == "share" {
		c.Flags = c.Flags.With(PercentagePoints)
		return c
	}
	c.rates(m, points)
	return c
}

// noteworthy gathers what a reader must know of the points: the flags of the ends, and a gap anywhere between.
func noteworthy(points []series.Point) measure.Flags {
	flags := measure.Flags{}.With(points[0].Value.Flags...).With(points[len(points)-1].Value.Flags...)
	flags = slices.DeleteFunc(flags, func(f measure.Flag) bool { return f == measure.Gap })
	equal := len(points) > 1
	for i, p := range points {
		if i > 0 && p.Value.Flags.Has(measure.Gap) {
			flags = flags.With(measure.Gap)
		}
		equal = equal && p.Value.Point == points[0].Value.Point
	}
	if equal {
		flags = flags.With(measure.AllEqual)
	}
	return flags
}

// netChange is b - a. Two single readings have rounding errors of known shape; anything else is taken as normal.
func netChange(a, b measure.Estimate) measure.Estimate {
	if ra, rb, ok := asReadings(a, b, 1, 1); ok {
		ra.Value, rb.Value = a.Point, b.Point
		return measure.NetChange(ra, rb, 0.95)
	}
	if !measure.Finite(a.SD) || !measure.Finite(b.SD) {
		return measure.Undefined("net change", measure.Censored)
	}
	e := measure.Normal(b.Point-a.Point, math.Hypot(a.SD, b.SD), 0.95, "difference")
	e.N = 2
	return e
}

// asReadings turns two estimates that are single readings back into readings, their steps divided by the given scales.
func asReadings(a, b measure.Estimate, scaleA, scaleB float64) (ra, rb measure.Reading, ok bool) {
	if a.Method != "single reading" || b.Method != "single reading" {
		return ra, rb, false
	}
	step := math.Sqrt(12)
	ra = measure.Reading{Step: a.SD * step / scaleA, Mode: measure.Round}
	rb = measure.Reading{Step: b.SD * step / scaleB, Mode: measure.Round}
	return ra, rb, true
}

// logChange is ln(b/a), like netChange on the log scale.
func logChange(a, b measure.Estimate) measure.Estimate {
	if !(a.Point > 0) || !(b.Point > 0) {
		return measure.Undefined("log change", measure.NonPositive)
	}
	if ra, rb, ok := asReadings(a, b, a.Point, b.Point); ok {
		ra.Value, rb.Value = math.Log(a.Point), math.Log(b.Point)
		e := measure.NetChange(ra, rb, 0.95)
		e.Flags = nil // whether it is below the step is told on the natural scale
		return e
	}
	if !measure.Finite(a.SD) || !measure.Finite(b.SD) {
		return measure.Undefined("log change", measure.Censored)
	}
	return measure.LogRatio(b, a)
}

func (c *Change) rates(m series.Metric, points []series.Point) {
	a, b := c.From.Value, c.To.Value
	growth := logChange(a, b)
	if !growth.Defined() {
		c.Flags = c.Flags.With(growth.Flags...)
		return
	}
	c.Rate = Rate(growth)
	half := math.Tanh(growth.Point / 2)
	c.Symmetric = growth.Map(func(g float64) float64 { return 2 * math.Tanh(g/2) }, 1-half*half)
	days, daysSD := elapsed(m, c.From, c.To)
	if days >= week {
		c.Weekly = Compound(a, b, days/week, daysSD/week, 0.95)
	}
	if days >= shortestYear {
		c.CAGR = Compound(a, b, measure.Years(days), measure.Years(daysSD), 0.95)
		if math.Hypot(a.SD/a.Point, b.SD/b.Point) < math.Abs(growth.Point)*daysSD/days {
			c.Flags = c.Flags.With(measure.CoarseDates)
		}
	} else {
		c.Flags = c.Flags.With(ShortSpan)
	}
	if c.Flags.Has(measure.BelowStep) { // no rate below what the display can show: its interval alone
		c.Rate.Point, c.CAGR.Point, c.Symmetric.Point, c.Weekly.Point = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	}
	c.double(points, growth, days)
}

// double adds the doubling time: from the slope of all points, or from the two ends.
func (c *Change) double(points []series.Point, growth measure.Estimate, days float64) {
	slope := growth.Scale(1 / days)
	c.Method = "endpoints"
	if t, y, sds := columns(points); len(t) >= 3 {
		if s := LogLinear(t, y, sds, 0.95); s.Defined() {
			slope, c.Method = s, "endpoints; doubling time from the log-linear slope"
			c.WeeklySlope = Rate(s.Scale(week))
		}
	} else {
		c.Flags = c.Flags.With(measure.TwoPoints)
	}
	if c.Flags.Has(measure.BelowStep) && len(points) == 2 {
		return
	}
	c.Doubling = DoublingTime(slope)
	switch {
	case !c.Doubling.Defined():
		c.Flags = c.Flags.With(NotGrowing)
	case math.IsInf(c.Doubling.Hi, 1):
		c.Flags = c.Flags.With(DoublingUnbounded)
	}
}

// columns are the points that can enter a log-linear fit: days since the first, values, standard uncertainties.
func columns(points []series.Point) (t, y, sds []float64) {
	for _, p := range points {
		if measure.Finite(p.Value.SD) && p.Value.Point > 0 {
			t = append(t, measure.DaysBetween(points[0].On, p.On))
			y, sds = append(y, p.Value.Point), append(sds, p.Value.SD)
		}
	}
	return t, y, sds
}

// elapsed is the time between two points in days and its standard uncertainty. A count taken at one moment of a month is
// uncertain by the month; an average over the month is not.
func elapsed(m series.Metric, a, b series.Point) (days, sd float64) {
	days, sd = measure.Elapsed(a.Span, b.Span)
	if m.Measure == "flow" || strings.Contains(m.Name, "active_users") {
		sd = 0
	}
	return days, sd
}

// A Period is a named stretch of a series.
type Period struct {
	Name   string // all, last_12_months or a year
	Points []series.Point
}

// yearSlack is how far, in days, a reading may lie from the day at which a year begins or ends.
const yearSlack = 46

// Periods are the stretches of a series for which growth is told: all of it, the twelve months before its last reading,
// and each calendar year with a reading within 46 days of both of its ends.
func Periods(points []series.Point) []Period {
	out := []Period{{"all", points}}
	if len(points) < 2 {
		return out
	}
	last := points[len(points)-1].On
	if i, ok := nearestPoint(points, last.AddDate(-1, 0, 0)); ok && i < len(points)-1 {
		out = append(out, Period{"last_12_months", points[i:]})
	}
	for year := points[0].On.Year(); year <= last.Year(); year++ {
		end := time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC)
		i, okStart := nearestPoint(points, end.AddDate(-1, 0, 0))
		j, okEnd := nearestPoint(points, end)
		if okStart && okEnd && i < j {
			out = append(out, Period{end.Format("2006"), points[i : j+1]})
		}
	}
	return out
}

// nearestPoint is the point nearest to day, if within yearSlack.
func nearestPoint(points []series.Point, day time.Time) (int, bool) {
	best, distance := -1, yearSlack+0.5
	for i, p := range points {
		if d := math.Abs(measure.DaysBetween(day, p.On)); d < distance {
			best, distance = i, d
		}
	}
	return best, best >= 0
}
