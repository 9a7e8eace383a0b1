package overtake

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A point is one date of a series: what its sources together say, on the log scale.
type point struct {
	on      time.Time // the last day that the figure may be about
	span    measure.Span
	value   float64
	log, sd float64 // natural logarithm and its standard uncertainty from rounding and from sources that differ
	dateSD  float64 // further uncertainty of log because the date is an interval, see addDateError
	derived bool    // every figure behind it was computed by us
	dispute bool    // sources disagree beyond their rounding
	trust   string  // the best class among them
	urls    []string
}

// A series is what is known of one metric of one platform, by date, with the points that were set aside.
type series struct {
	platform, metric string
	points           []point
	aside            []point
}

// seriesOf combines the readings of one platform and metric by date. Where several spans end on one day, the finest
// speaks: a month before the quarter that ends with it. Points that neither their neighbours nor trust support are set
// aside, see setAside.
func (f *facts) seriesOf(platform, metric string) (series, error) {
	byDate := map[time.Time][]reading{}
	for _, r := range f.readings {
		if r.platform == platform && r.metric == metric {
			byDate[r.span.To] = append(byDate[r.span.To], r)
		}
	}
	s := series{platform: platform, metric: metric}
	for _, rs := range byDate {
		p, err := combine(rs)
		if err != nil {
			return series{}, err
		}
		s.points = append(s.points, p)
	}
	slices.SortFunc(s.points, func(a, b point) int { return a.on.Compare(b.on) })
	s.setAside()
	s.addDateError()
	return s, nil
}

func combine(rs []reading) (point, error) {
	finest := slices.MinFunc(rs, func(a, b reading) int { return cmp.Compare(a.span.Days(), b.span.Days()) }).span
	rs = without(rs, func(r reading) bool { return finest.Finer(r.span) })
	witnesses := make([]measure.Witness, len(rs))
	for i, r := range rs {
		witnesses[i] = measure.Witness{Source: r.url, Trust: r.trust, Reading: r.Reading}
	}
	c, err := measure.Combine(witnesses, 0.95)
	if err != nil {
		return point{}, err
	}
	sd := c.SD
	if !measure.Finite(sd) { // a lower bound only: as uncertain as one more step of ten
		sd = c.Point * math.Log(10) / math.Sqrt(12)
	}
	p := point{on: finest.To, span: finest, value: c.Point, log: math.Log(c.Point), sd: max(sd, measure.RoundingSD(1)) / c.Point,
		derived: true, dispute: c.Flags.Has(measure.SourcesDisagree)}
	for i, r := range rs {
		if !c.Used[i] {
			continue
		}
		p.derived = p.derived && r.derived
		if p.trust == "" || measure.BetterTrust(r.trust, p.trust) {
			p.trust = r.trust
		}
		if !slices.Contains(p.urls, r.url) {
			p.urls = append(p.urls, r.url)
		}
	}
	return p, nil
}

// A factor of 2 within nearDays is more than a count of users or followers does.
const nearDays = 200

var doubled = math.Log(2)

// setAside moves out points that contradict the others. Within the series: the point farthest from the straight line (on
// the log scale) between its neighbours, as long as it is off by more than a factor of 2 and a neighbour stands within
// nearDays. At the end: a last point below half of the one before it, which such a count can hardly reach within
// nearDays, unless its source is the better one.
func (s *series) setAside() {
	for len(s.points) >= 3 {
		worst, off := -1, doubled
		for i := 1; i < len(s.points)-1; i++ {
			a, p, b := s.points[i-1], s.points[i], s.points[i+1]
			w := measure.DaysBetween(a.on, p.on) / measure.DaysBetween(a.on, b.on)
			near := min(measure.DaysBetween(a.on, p.on), measure.DaysBetween(p.on, b.on)) <= nearDays
			if d := math.Abs(p.log - (1-w)*a.log - w*b.log); near && d > off {
				worst, off = i, d
			}
		}
		if worst < 0 {
			break
		}
		s.remove(worst)
	}
	if n := len(s.points); n >= 2 {
		before, last := s.points[n-2], s.points[n-1]
		if measure.DaysBetween(before.on, last.on) <= nearDays && before.log-last.log > doubled && !measure.BetterTrust(last.trust, before.trust) {
			s.remove(n - 1)
		}
	}
}

func (s *series) remove(i int) {
	s.aside = append(s.aside, s.points[i])
	s.points = slices.Delete(s.points, i, i+1)
}

// addDateError notes for each point what its date leaves open: a span of d days around a series that grows by g a day
// hides g d/sqrt(12). The growth is that between the neighbouring points.
func (s *series) addDateError() {
	if len(s.points) < 2 {
		return
	}
	for i := range s.points {
		a, b := s.points[max(0, i-1)], s.points[min(len(s.points)-1, i+1)]
		perDay := (b.log - a.log) / measure.DaysBetween(a.on, b.on)
		s.points[i].dateSD = s.points[i].span.DateSD(perDay)
	}
}

func (p point) totalSD() float64 { return math.Hypot(p.sd, p.dateSD) }

// together reports whether p and o come from one page, so that whatever is wrong with the date is wrong with both alike.
func (p point) together(o point) bool {
	return slices.ContainsFunc(p.urls, func(u string) bool { return slices.Contains(o.urls, u) })
}

// last is the newest point; ok is false for an empty series.
func (s *series) last() (point, bool) {
	if len(s.points) == 0 {
		return point{}, false
	}
	return s.points[len(s.points)-1], true
}

func (s *series) spanDays() float64 {
	if len(s.points) == 0 {
		return 0
	}
	return measure.DaysBetween(s.points[0].on, s.points[len(s.points)-1].on)
}

// at is the log level at day t by straight lines between points, with its measurement error; ok is false outside the
// series and in gaps longer than maxGap days.
func (s *series) at(t time.Time, maxGap float64) (log, sd float64, ok bool) {
	i, found := slices.BinarySearchFunc(s.points, t, func(p point, t time.Time) int { return p.on.Compare(t) })
	if found {
		return s.points[i].log, s.points[i].totalSD(), true
	}
	if i == 0 || i == len(s.points) {
		return 0, 0, false
	}
	a, b := s.points[i-1], s.points[i]
	gap := measure.DaysBetween(a.on, b.on)
	if gap > maxGap {
		return 0, 0, false
	}
	w := measure.DaysBetween(a.on, t) / gap
	return (1-w)*a.log + w*b.log, math.Hypot((1-w)*a.totalSD(), w*b.totalSD()), true
}
