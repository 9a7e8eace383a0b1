package growth

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// A Sum is one metric summed over the platforms of a family on one day.
type Sum struct {
	Family, Metric string
	On             time.Time
	Value          measure.Estimate
	Platforms      []string // counted
	Missing        []string // open on that day, but without a figure that can be counted
}

// Interpolated says that at least one platform's value lies between two of its readings.
const Interpolated measure.Flag = "interpolated"

// CompositionChanged says that other platforms are counted than on the day before in the table: the step is no growth.
const CompositionChanged measure.Flag = "composition_changed"

// At is the value of a series on a day: a reading of that day, or between two readings the log-linear interpolation with
// the uncertainty of a Brownian bridge, |ln(b/a)| sqrt(w(1-w)) on the log scale. ok is false before the first reading, after
// the last, and inside a gap: nothing is carried on.
func At(points []series.Point, day time.Time) (e measure.Estimate, ok bool) {
	i, found := slices.BinarySearchFunc(points, day, func(p series.Point, d time.Time) int { return p.On.Compare(d) })
	if found {
		return points[i].Value, measure.Finite(points[i].Value.SD)
	}
	if i == 0 || i == len(points) || points[i].Value.Flags.Has(measure.Gap) {
		return measure.Undefined("interpolation", measure.Gap), false
	}
	a, b := points[i-1], points[i]
	if !(a.Value.Point > 0 && b.Value.Point > 0 && measure.Finite(a.Value.SD) && measure.Finite(b.Value.SD)) {
		return measure.Undefined("interpolation", measure.NonPositive), false
	}
	w := measure.DaysBetween(a.On, day) / measure.DaysBetween(a.On, b.On)
	step := math.Log(b.Value.Point / a.Value.Point)
	point := a.Value.Point * math.Exp(w*step)
	relative := math.Hypot((1-w)*a.Value.SD/a.Value.Point, w*b.Value.SD/b.Value.Point)
	sd := point * math.Hypot(relative, math.Abs(step)*math.Sqrt(w*(1-w)))
	e = measure.Normal(point, sd, 0.95, "interpolation").With(Interpolated)
	e.Lo = max(0, e.Lo)
	return e.With(slices.DeleteFunc(a.Value.Flags.With(b.Value.Flags...), func(f measure.Flag) bool { return f == measure.Gap })...), true
}

// SumFamilies sums each comparable metric over the platforms of each family, on every day on which one of them has a
// reading. Counts of one kind only are summed, and the sum counts people who use several platforms several times.
func SumFamilies(d series.Data) []Sum {
	type key struct{ family, metric string }
	groups := map[key][]series.Series{}
	for _, s := range d.Series {
		if m := d.Metrics[s.Metric]; m.ComparedAs != "" && m.Measure != "share" {
			k := key{s.Family, s.Metric}
			groups[k] = append(groups[k], s)
		}
	}
	keys := make([]key, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.metric, b.metric), cmp.Compare(a.family, b.family)) })
	var out []Sum
	for _, k := range keys {
		out = append(out, sumFamily(d, k.family, k.metric, groups[k])...)
	}
	return out
}

func sumFamily(d series.Data, family, metric string, members []series.Series) []Sum {
	var days []time.Time
	for _, s := range members {
		for _, p := range s.Points {
			days = append(days, p.On)
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	days = slices.CompactFunc(days, time.Time.Equal)
	var out []Sum
	for _, day := range days {
		s := Sum{Family: family, Metric: metric, On: day}
		var variance float64
		var flags measure.Flags
		var total float64
		for _, m := range members {
			if e, ok := At(m.Points, day); ok {
				total, variance = total+e.Point, variance+e.SD*e.SD
				flags = flags.With(e.Flags...)
				s.Platforms = append(s.Platforms, m.Platform)
			}
		}
		if len(s.Platforms) == 0 {
			continue // a lower bound alone
		}
		s.Value = measure.Normal(total, math.Sqrt(variance), 0.95, "sum over platforms").With(flags...)
		s.Value.Lo, s.Value.N = max(0, s.Value.Lo), len(s.Platforms)
		s.Missing = missing(d.Platforms, family, day, s.Platforms)
		if len(s.Missing) > 0 {
			s.Value = s.Value.With("partial")
		}
		if n := len(out); n > 0 && !slices.Equal(out[n-1].Platforms, s.Platforms) {
			s.Value = s.Value.With(CompositionChanged)
		}
		s.Value.Flags = slices.DeleteFunc(s.Value.Flags, func(f measure.Flag) bool { return f == measure.Gap })
		out = append(out, s)
	}
	return out
}

func missing(platforms []series.Platform, family string, day time.Time, counted []string) []string {
	var out []string
	for _, p := range platforms {
		if p.Family == family && p.OpenOn(day) && !slices.Contains(counted, p.Name) {
			out = append(out, p.Name)
		}
	}
	return out
}

func joinNames(names []string) string { return strings.Join(names, ",") }
