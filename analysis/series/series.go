package series

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// The numbers of the package's rules.
const (
	NeighbourDays = 60   // how near undisputed points must be to settle a dispute
	NeighbourBand = 1.10 // and how far outside their range a figure may lie
	ContextDays   = 200  // how near points of better trust must be to overrule one
	BetweenFactor = 1.25 // how far outside two of them it may lie
	BesideFactor  = 2.0  // how far it may lie below a single one before it, or above a single one after it
	GapDays       = 200  // a silence this long is a gap if the series is usually three times denser
	LongGapDays   = 400  // a silence this long always is
)

// The flags that this package adds to those of package measure.
const (
	ResolvedByNeighbours measure.Flag = "resolved_by_neighbours"
	BelowEarlier         measure.Flag = "below_earlier"
)

// A Reading is one figure from one source, a row of marts.platform_readings.
type Reading struct {
	Platform, Family, Metric, Unit string
	measure.Reading
	StepBasis        string // stated, inferred or exact
	Derived          bool   // computed by us from a page that does not print it
	Span             measure.Span
	Precision        string // day, week, month, quarter or year
	PublishedOn      time.Time
	SourceURL, Trust string
}

// Evidence is a reading with its part in a point.
type Evidence struct {
	Reading
	Used      bool
	Outlier   bool    // outside the point's interval by more than its own error
	Deviation float64 // from the point, in the reading's own standard deviations; NaN where that means nothing
	Why       string  // why it was not used; empty where it was
}

// A Point is one value of a series, on the last day of the period that it speaks of.
type Point struct {
	On             time.Time
	Span           measure.Span
	Precision      string
	Value          measure.Estimate // with a 95 % interval
	Q, P           float64          // Cochran's Q over the distinct figures and its p-value; NaN with fewer than two
	Derived        bool
	Trust          string // best class among the readings used
	Sources        int    // pages that speak of the day
	FirstPublished time.Time
	Evidence       []Evidence // every reading of the day, used or not
}

// Witnessed reports how many readings of the day there are.
func (p Point) Witnessed() int { return len(p.Evidence) }

// Series is one metric of one platform, its points in order of time.
type Series struct {
	Platform, Family, Metric, Unit string
	Points                         []Point
	SetAside                       []Point // by rule 5, in order of time
}

// cumulative are the metrics that count since the launch, so that a fall needs an explanation.
var cumulative = map[string]bool{"registered_users": true, "posts_total": true, "likes_total": true, "follows_total": true}

// Cumulative reports whether metric counts since the launch.
func Cumulative(metric string) bool { return cumulative[metric] }

// Build makes the series of readings, in order of platform and metric. The order of the readings does not matter.
func Build(readings []Reading) ([]Series, error) {
	sorted, err := refineSteps(readings)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(sorted, func(a, b Reading) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Metric, b.Metric), a.Span.To.Compare(b.Span.To),
			a.Span.From.Compare(b.Span.From), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Step, b.Step),
			cmp.Compare(a.SourceURL, b.SourceURL), a.PublishedOn.Compare(b.PublishedOn), cmp.Compare(a.Trust, b.Trust),
			cmp.Compare(a.Mode, b.Mode))
	})
	var all []Series
	for len(sorted) > 0 {
		first := sorted[0]
		n := runLength(sorted, func(r Reading) bool { return r.Platform == first.Platform && r.Metric == first.Metric })
		s, err := buildOne(sorted[:n])
		if err != nil {
			return nil, fmt.Errorf("series %s %s: %w", first.Platform, first.Metric, err)
		}
		all = append(all, s)
		sorted = sorted[n:]
	}
	return all, nil
}

// refineSteps applies rule 0 and gives a copy.
func refineSteps(readings []Reading) ([]Reading, error) {
	type page struct{ url, unit string }
	steps := map[page][]float64{}
	inferred := func(r Reading) bool { // the step of a figure that we derived comes from its formula, not from its zeros
		return r.StepBasis == "inferred" && r.Mode == measure.Round && r.SourceURL != "" && !r.Derived
	}
	for _, r := range readings {
		if inferred(r) {
			steps[page{r.SourceURL, r.Unit}] = append(steps[page{r.SourceURL, r.Unit}], r.Step)
		}
	}
	for _, s := range steps {
		slices.Sort(s)
	}
	out := slices.Clone(readings)
	for i, r := range out {
		if !inferred(r) {
			continue
		}
		s := steps[page{r.SourceURL, r.Unit}]
		if middle := s[(len(s)-1)/2]; middle < r.Step {
			finer, err := measure.NewReading(r.Value, middle, measure.Round)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", r.Platform, r.Metric, err)
			}
			out[i].Reading = finer
		}
	}
	return out, nil
}

func runLength[T any](xs []T, same func(T) bool) int {
	n := slices.IndexFunc(xs, func(x T) bool { return !same(x) })
	if n < 0 {
		return len(xs)
	}
	return n
}

func buildOne(readings []Reading) (Series, error) {
	first := readings[0]
	s := Series{Platform: first.Platform, Family: first.Family, Metric: first.Metric, Unit: first.Unit}
	for len(readings) > 0 {
		on := readings[0].Span.To
		n := runLength(readings, func(r Reading) bool { return r.Span.To.Equal(on) })
		p, err := combine(choose(readings[:n]))
		if err != nil {
			return Series{}, fmt.Errorf("on %s: %w", on.Format(time.DateOnly), err)
		}
		s.Points = append(s.Points, p)
		readings = readings[n:]
	}
	if err := s.askNeighbours(); err != nil {
		return Series{}, err
	}
	s.overrule()
	s.flag()
	return s, nil
}

// choose applies rule 2 to the readings of one day.
func choose(day []Reading) []Evidence {
	printed := slices.ContainsFunc(day, func(r Reading) bool { return !r.Derived })
	out := make([]Evidence, len(day))
	for i, r := range day {
		out[i] = Evidence{Reading: r, Used: true, Deviation: math.NaN()}
		if r.Derived && printed {
			out[i].Used, out[i].Why = false, "derived, and a printed figure exists"
			continue
		}
		for _, o := range day {
			if o.Span.Finer(r.Span) && !measure.BetterTrust(r.Trust, o.Trust) && (!o.Derived || r.Derived) {
				out[i].Used, out[i].Why = false, "coarser than the "+o.Precision+" figure for the same day"
				break
			}
		}
	}
	return out
}

// combine makes a point of the evidence that is marked as used.
func combine(evidence []Evidence) (Point, error) {
	var used []int
	var witnesses []measure.Witness
	for i, e := range evidence {
		if e.Used {
			used = append(used, i)
			witnesses = append(witnesses, measure.Witness{Source: e.SourceURL, Trust: e.Trust, Reading: e.Reading.Reading})
		}
	}
	c, err := measure.Combine(witnesses, 0.95)
	if err != nil {
		return Point{}, err
	}
	p := Point{On: evidence[0].Span.To, Value: c.Estimate, Q: c.Q, P: c.P, Evidence: evidence, Derived: true}
	sources := map[string]bool{}
	for k, i := range used {
		e := &evidence[i]
		e.Used, e.Outlier, e.Deviation = c.Used[k], c.Outlier[k], c.Deviation[k]
		if !e.Used && e.Why == "" {
			e.Why = "disagrees with a source of better trust"
			if e.Mode == measure.CensoredRight {
				e.Why = "only a lower bound"
			}
		}
	}
	for i := range evidence {
		e := &evidence[i]
		sources[e.SourceURL] = true
		if !e.Used {
			if math.IsNaN(e.Deviation) && e.SD() > 0 {
				e.Deviation = (e.Reading.Reading.Point() - c.Point) / e.SD()
			}
			continue
		}
		p.adopt(*e)
	}
	p.Sources = len(sources)
	if p.Derived {
		p.Value = p.Value.With(measure.Derived)
	}
	return p, nil
}

// adopt notes what a used reading tells about the point beside its value.
func (p *Point) adopt(e Evidence) {
	p.Derived = p.Derived && e.Derived
	if p.Precision == "" || e.Span.Days() < p.Span.Days() {
		p.Precision, p.Span = e.Precision, e.Span
	}
	if p.Trust == "" || measure.BetterTrust(e.Trust, p.Trust) {
		p.Trust = e.Trust
	}
	if p.FirstPublished.IsZero() || e.PublishedOn.Before(p.FirstPublished) {
		p.FirstPublished = e.PublishedOn
	}
}
