package series

import (
	"fmt"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// askNeighbours applies rule 4: it looks at each point whose sources of equal trust disagree, and combines anew those
// figures that the undisputed neighbours leave possible, where that is some and not all.
func (s *Series) askNeighbours() error {
	calm := func(j int) bool { return !s.Points[j].Value.Flags.Has(measure.WidenedByDispute) }
	for i, p := range s.Points {
		if calm(i) {
			continue
		}
		before, after := s.nearest(i, NeighbourDays, calm)
		if before == nil || after == nil {
			continue
		}
		lo := min(before.Value.Point, after.Value.Point) / NeighbourBand
		hi := max(before.Value.Point, after.Value.Point) * NeighbourBand
		possible := func(e Evidence) bool { v := e.Reading.Reading.Point(); return lo <= v && v <= hi }
		evidence := slices.Clone(p.Evidence)
		kept := 0
		for j := range evidence {
			if e := &evidence[j]; e.Used && possible(*e) {
				kept++
			} else if e.Used {
				e.Used, e.Why = false, "disagrees with a source of equal trust, and the days around it side with that one"
			}
		}
		if kept == 0 || kept == usedOf(p.Evidence) {
			continue
		}
		resolved, err := combine(evidence)
		if err != nil {
			return err
		}
		resolved.Q, resolved.P = p.Q, p.P // the dispute stays on record
		resolved.Value = resolved.Value.With(measure.SourcesDisagree, ResolvedByNeighbours)
		for j := range resolved.Evidence {
			e := &resolved.Evidence[j]
			e.Outlier = e.Outlier || !e.Used && p.Evidence[j].Used
		}
		s.Points[i] = resolved
	}
	return nil
}

func usedOf(evidence []Evidence) int {
	n := 0
	for _, e := range evidence {
		if e.Used {
			n++
		}
	}
	return n
}

// nearest are the nearest points before and after the i-th within days whose index ok accepts; nil where there is none.
func (s *Series) nearest(i int, days float64, ok func(j int) bool) (before, after *Point) {
	on := s.Points[i].On
	for j := i - 1; j >= 0 && measure.DaysBetween(s.Points[j].On, on) <= days; j-- {
		if ok(j) {
			before = &s.Points[j]
			break
		}
	}
	for j := i + 1; j < len(s.Points) && measure.DaysBetween(on, s.Points[j].On) <= days; j++ {
		if ok(j) {
			after = &s.Points[j]
			break
		}
	}
	return before, after
}

// overrule applies rule 5, the better classes first, so that a point that was itself overruled overrules nobody.
func (s *Series) overrule() {
	if !slices.ContainsFunc(s.Points, func(p Point) bool { return p.Trust != s.Points[0].Trust }) {
		return // all of one class
	}
	out := make([]bool, len(s.Points))
	for _, class := range []string{"B", "C", ""} {
		var now []int
		for i, p := range s.Points {
			if normalTrust(p.Trust) != class {
				continue
			}
			better := func(j int) bool { return !out[j] && measure.BetterTrust(s.Points[j].Trust, p.Trust) }
			before, after := s.nearest(i, ContextDays, better)
			if why := contradiction(p, before, after); why != "" {
				now = append(now, i)
				for j := range s.Points[i].Evidence {
					if e := &s.Points[i].Evidence[j]; e.Used {
						e.Used, e.Outlier, e.Why = false, true, why
					}
				}
			}
		}
		for _, i := range now {
			out[i] = true
		}
	}
	var kept []Point
	for i, p := range s.Points {
		if out[i] {
			s.SetAside = append(s.SetAside, p)
		} else {
			kept = append(kept, p)
		}
	}
	s.Points = kept
}

func normalTrust(trust string) string {
	if trust == "A" || trust == "B" || trust == "C" {
		return trust
	}
	return ""
}

// contradiction says in words how p contradicts its neighbours of better trust; empty where it does not.
func contradiction(p Point, before, after *Point) string {
	v := p.Value.Point
	switch {
	case before != nil && after != nil:
		lo, hi := min(before.Value.Point, after.Value.Point), max(before.Value.Point, after.Value.Point)
		if v*BetweenFactor < lo || v > hi*BetweenFactor {
			return fmt.Sprintf("contradicts sources of better trust before and after it (%s and %s)", measure.Words(before.Value.Point), measure.Words(after.Value.Point))
		}
	case before != nil:
		if v*BesideFactor < before.Value.Point {
			return fmt.Sprintf("is less than half of what a source of better trust said before it (%s)", measure.Words(before.Value.Point))
		}
	case after != nil:
		if v > after.Value.Point*BesideFactor {
			return fmt.Sprintf("is more than twice what a source of better trust said after it (%s)", measure.Words(after.Value.Point))
		}
	}
	return ""
}

// flag applies rule 6.
func (s *Series) flag() {
	var spacings []float64
	for i := 1; i < len(s.Points); i++ {
		spacings = append(spacings, measure.DaysBetween(s.Points[i-1].On, s.Points[i].On))
	}
	usual := median(spacings)
	var highest *Point
	for i := range s.Points {
		p := &s.Points[i]
		if i > 0 && isGap(spacings[i-1], usual) {
			p.Value = p.Value.With(measure.Gap)
		}
		if cumulative[s.Metric] && highest != nil && p.Value.Hi < highest.Value.Lo {
			p.Value = p.Value.With(BelowEarlier)
		}
		if highest == nil || p.Value.Point > highest.Value.Point {
			highest = p
		}
	}
}

func isGap(days, usual float64) bool { return days > LongGapDays || days > GapDays && days > 3*usual }

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(x))
	return (sorted[(len(x)-1)/2] + sorted[len(x)/2]) / 2
}
