package overtake

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A rhythm is what the whole history known by a date teaches about growth in general: how it slows down and how it
// varies from month to month. It is the prior of series too short to tell themselves.
type rhythm struct {
	decay, decaySD float64 // share of itself that log growth loses in a month, and its spread between series and years
	decayFrom      int     // comparisons behind it; 0: the prior of ignorance
	cv             float64 // standard deviation of a month's log growth as a share of it
	cvFrom         int
}

// ignorance is the rhythm before there is any history: growth may be steady or be losing a twentieth of itself in a month, and a
// month's growth may be half or one and a half of what was expected.
var ignorance = rhythm{decaySD: .05, cv: .5}

// fewestSeries is how many comparisons make a rhythm.
const fewestSeries = 5

// rhythmOf learns from the counts of users and accounts of all platforms and from the accounts that ever stood in a list
// of the most-followed, at every half-year of the history known by asOf. Medians and median deviations are used: some
// series are short and odd.
func (f *facts) rhythmOf(asOf time.Time) rhythm {
	var decays, cvs []float64
	learn := func(points []point) {
		for back := 0; len(points) > 0; back++ {
			end := asOf.AddDate(0, -6*back, 0)
			if end.Before(points[0].on) {
				break
			}
			for points[len(points)-1].on.After(end) {
				points = points[:len(points)-1]
			}
			if d, ok := decayOf(points, end); ok {
				decays = append(decays, d)
			}
			if back%2 == 0 { // it looks back over a year
				if v, ok := variationOf(points, end); ok {
					cvs = append(cvs, v)
				}
			}
		}
	}
	for _, l := range f.userLines() {
		learn(l.points)
	}
	for _, platform := range f.listedPlatforms() {
		for _, rs := range f.accountSeries(platform) {
			if !f.isListed(platform, rs[0].account, time.Time{}, math.MaxInt) {
				continue
			}
			points := make([]point, len(rs))
			for i, r := range rs {
				points[i] = r.point()
			}
			learn(points)
		}
	}
	out := ignorance
	if len(decays) >= fewestSeries {
		out.decay, out.decaySD = medianSpread(decays)
		out.decayFrom = len(decays)
	}
	if len(cvs) >= fewestSeries {
		out.cv, _ = medianSpread(cvs)
		out.cvFrom = len(cvs)
	}
	return out
}

// userLines are the series that count users or accounts, in order.
func (f *facts) userLines() []line {
	var out []line
	for _, s := range f.Series {
		if m := f.Metrics[s.Metric]; m.Measure == "stock" && (m.Unit == "users" || m.Unit == "accounts") {
			out = append(out, f.line(s.Platform, s.Metric))
		}
	}
	return out
}

func (f *facts) listedPlatforms() []string {
	var out []string
	for _, l := range f.listed { // sorted by platform
		if len(out) == 0 || out[len(out)-1] != l.platform {
			out = append(out, l.platform)
		}
	}
	return out
}

// decayOf compares the growth of the last half-year of a series with that of the half-year a year earlier: the share of
// itself that growth which fades like 1/(1 + c t) loses per month at the end, c = (1 - later/earlier)/months between. Both must be clear of the readings' errors, and the series must reach into the last
// half-year before asOf. A year lies between them because the change from one half-year to the next says nothing about
// the change after it (in the shipped history their correlation is nil): over a year such spurts cancel.
func decayOf(points []point, asOf time.Time) (float64, bool) {
	if len(points) < 3 {
		return 0, false
	}
	end := points[len(points)-1]
	if measure.DaysBetween(end.on, asOf) > panelIdeal {
		return 0, false
	}
	var marks [3]point // the points half a year, a year and one and a half years before the end
	before := end
	for i := range marks {
		var ok bool
		if marks[i], ok = halfYearBefore(points, before); !ok {
			return 0, false
		}
		before = marks[i]
	}
	early, late := newStretch(marks[2], marks[1], stretch{}), newStretch(marks[0], end, stretch{})
	if early.growth <= 2*early.sd || late.growth <= 2*late.sd {
		return 0, false
	}
	between := monthsAfter(marks[2].on, end.on)/2 + monthsAfter(marks[1].on, marks[0].on)/2 // from middle to middle
	return (1 - late.growth/early.growth) / between, true
}

// halfYearBefore is the point that comes nearest to half a year before end, within the windows of the panel.
func halfYearBefore(points []point, end point) (point, bool) {
	best, miss := point{}, math.Inf(1)
	for _, p := range points {
		days := measure.DaysBetween(p.on, end.on)
		if m := math.Abs(days - panelIdeal); days >= panelShortest && days <= panelLongest && m < miss {
			best, miss = p, m
		}
	}
	return best, !math.IsInf(miss, 1)
}

// variationOf is the standard deviation of a series' growth about its own straight-line course over the last year, for
// one month, as a share of its mean growth. It asks for five steps of 20 to 100 days whose readings are exact enough.
func variationOf(points []point, asOf time.Time) (float64, bool) {
	var when, growth, months []float64
	var noise float64
	from := -1
	for i, p := range points {
		if measure.DaysBetween(p.on, asOf) > 400 {
			continue
		}
		if from >= 0 {
			days := measure.DaysBetween(points[from].on, p.on)
			if days < 20 {
				continue
			}
			if days <= 100 {
				s := newStretch(points[from], p, stretch{})
				when, growth, months = append(when, measure.DaysBetween(p.on, asOf)), append(growth, s.growth), append(months, s.months())
				noise += s.sd
			}
		}
		from = i
	}
	mean := stat.Mean(growth, nil)
	if len(growth) < 5 || mean <= 0 || noise/float64(len(growth)) > mean/4 {
		return 0, false
	}
	a, b := stat.LinearRegression(when, growth, nil, false)
	var squares float64
	for i, g := range growth {
		r := g - a - b*when[i]
		squares += r * r * months[i] // a longer step averages: its variance is that of a month divided by its length
	}
	return math.Sqrt(squares/float64(len(growth)-2)) / mean, true
}

// medianSpread is the median and 1.4826 times the median absolute deviation, the standard deviation if x is normal.
func medianSpread(x []float64) (median, spread float64) {
	middle := func(x []float64) float64 {
		x = slices.Clone(x)
		slices.Sort(x)
		return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
	}
	median = middle(x)
	off := make([]float64, len(x))
	for i, v := range x {
		off[i] = math.Abs(v - median)
	}
	return median, 1.4826 * middle(off)
}
