package overtake

import (
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// A point is one date of a series on the log scale.
type point struct {
	on      time.Time // the last day that the figure may be about
	span    measure.Span
	value   float64
	log, sd float64 // natural logarithm and its standard uncertainty from rounding and from sources that differ
	dateSD  float64 // further uncertainty of log because the date is an interval, see addDateError
	// sourceSD is by how much the source may be off beyond its rounding, see sourceError; 0 in the first edition.
	sourceSD float64
	trust    string // best class of the figures behind it
	derived  bool   // every figure behind it was computed by us
	dispute  bool   // sources disagree beyond their rounding,
	settled  bool   // and trust or the neighbouring days decided between them
	urls     []string
}

// A line is one metric of one platform, by date.
type line struct {
	platform, metric string
	points           []point
	aside            []series.Point // points that contradict better sources
}

// newLine takes a series to the log scale.
func newLine(s series.Series) line {
	l := line{platform: s.Platform, metric: s.Metric, aside: s.SetAside}
	for _, p := range s.Points {
		sd := p.Value.SD
		if !measure.Finite(sd) { // only a lower bound is known: anything up to ten times as much
			sd = p.Value.Point * math.Ln10 / math.Sqrt(12)
		}
		x := point{on: p.On, span: p.Span, value: p.Value.Point, log: math.Log(p.Value.Point), derived: p.Derived,
			sd: max(sd, measure.RoundingSD(1)) / p.Value.Point, dispute: p.Value.Flags.Has(measure.SourcesDisagree),
			settled: p.Value.Flags.Has(measure.ResolvedByTrust) || p.Value.Flags.Has(series.ResolvedByNeighbours)}
		for _, e := range p.Evidence {
			if e.Used && !slices.Contains(x.urls, e.SourceURL) {
				x.urls = append(x.urls, e.SourceURL)
			}
			if e.Used && e.Trust != "" && (x.trust == "" || e.Trust < x.trust) {
				x.trust = e.Trust
			}
		}
		l.points = append(l.points, x)
	}
	l.addDateError()
	return l
}

// addDateError notes for each point what its date leaves open: a span of d days around a series that grows by g a day
// hides g d/sqrt(12). The growth is that between the neighbouring points.
func (l line) addDateError() {
	if len(l.points) < 2 {
		return
	}
	for i := range l.points {
		a, b := l.points[max(0, i-1)], l.points[min(len(l.points)-1, i+1)]
		perDay := (b.log - a.log) / measure.DaysBetween(a.on, b.on)
		l.points[i].dateSD = l.points[i].span.DateSD(perDay)
	}
}

func (p point) totalSD() float64 { return math.Hypot(p.sd, p.dateSD) }

// together reports whether p and o come from one page, so that whatever is wrong with the date is wrong with both alike.
func (p point) together(o point) bool {
	return slices.ContainsFunc(p.urls, func(u string) bool { return slices.Contains(o.urls, u) })
}

// last is the newest point; ok is false for an empty series.
func (l line) last() (point, bool) {
	if len(l.points) == 0 {
		return point{}, false
	}
	return l.points[len(l.points)-1], true
}

// at is the log level at day t by straight lines between points, with its measurement error; ok is false outside the
// series and in gaps longer than maxGap days.
func (l line) at(t time.Time, maxGap float64) (log, sd float64, ok bool) {
	i, found := slices.BinarySearchFunc(l.points, t, func(p point, t time.Time) int { return p.on.Compare(t) })
	if found {
		return l.points[i].log, l.points[i].totalSD(), true
	}
	if i == 0 || i == len(l.points) {
		return 0, 0, false
	}
	a, b := l.points[i-1], l.points[i]
	gap := measure.DaysBetween(a.on, b.on)
	if gap > maxGap {
		return 0, 0, false
	}
	w := measure.DaysBetween(a.on, t) / gap
	return (1-w)*a.log + w*b.log, math.Hypot((1-w)*a.totalSD(), w*b.totalSD()), true
}
