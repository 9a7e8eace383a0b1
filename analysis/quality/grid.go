package quality

import (
	"fmt"
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// staircase finds series whose rounding is as coarse as their steps: what moves is the display, not the count.
func staircase(s series.Series) []Finding {
	coarse, moves := 0, 0
	for i := 1; i < len(s.Points); i++ {
		a, b := s.Points[i-1].Value, s.Points[i].Value
		if !measure.Finite(a.SD) || !measure.Finite(b.SD) {
			continue
		}
		moves++
		coarse += count(math.Abs(b.Point-a.Point) < math.Sqrt(12)*max(a.SD, b.SD))
	}
	if moves < 4 || 2*coarse < moves {
		return nil
	}
	return []Finding{{s.Platform, s.Metric, time.Time{}, "rounding_staircase", Warn,
		fmt.Sprintf("%d of %d steps between neighbouring readings are smaller than their rounding", coarse, moves), coarse, "no rate is told for such a step"}}
}

// coarserGrid finds readings of one step that are all multiples of ten such steps: by chance one set of gridCount in
// 100,000 is.
func coarserGrid(s series.Series) []Finding {
	type tally struct{ all, coarse int }
	steps := map[float64]*tally{}
	var order []float64
	seen := map[float64]bool{} // a value counts once: copies prove nothing
	for _, p := range s.Points {
		for _, e := range p.Evidence {
			if e.StepBasis == "inferred" || e.Derived || e.Step <= 0 || e.Value == 0 || seen[e.Value] || !measure.Finite(e.Value) {
				continue
			}
			seen[e.Value] = true
			if steps[e.Step] == nil {
				steps[e.Step] = &tally{}
				order = append(order, e.Step)
			}
			steps[e.Step].all++
			steps[e.Step].coarse += count(math.Mod(math.Abs(e.Value), 10*e.Step) == 0)
		}
	}
	var out []Finding
	for _, step := range order {
		if n := steps[step]; n.all >= gridCount && n.coarse == n.all {
			out = append(out, Finding{s.Platform, s.Metric, time.Time{}, "grid_coarser_than_stated", Warn,
				fmt.Sprintf("all %d values that are said to be exact to %s are multiples of %s", n.all, measure.Words(step), measure.Words(10*step)), n.all, toldOnly})
		}
	}
	return out
}
