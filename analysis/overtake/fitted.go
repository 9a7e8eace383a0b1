package overtake

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/overtake-analytics/overtake/analysis/forecast"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// fitted is a trend of package forecast as a [PathModel].
type fitted struct {
	trend *forecast.Model
	asOf  float64 // running time of package forecast
}

// LogPaths implements [PathModel].
func (m fitted) LogPaths(rng *rand.Rand, days []float64, n int) [][]float64 {
	at := make([]float64, len(days))
	for i, d := range days {
		at[i] = m.asOf + d
	}
	paths := m.trend.Paths(rng, at, n)
	for _, p := range paths {
		for i, v := range p {
			p[i] = math.Log(v)
		}
	}
	return paths
}

// fromSeries models a series of enough points by package forecast: level and slope wander, the slope fades.
func (f *facts) fromSeries(s line, asOf time.Time, edition Edition) (*side, error) {
	obs := make([]forecast.Obs, len(s.points))
	for i, p := range s.points {
		obs[i] = forecast.Obs{T: forecast.Days(p.on), Y: p.value, SD: p.value * p.totalSD()}
	}
	m, err := mixForms(obs, forecast.Days(asOf))
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", s.metric, s.platform, err)
	}
	level, _ := s.last()
	first := s.points[0]
	out := &side{platform: s.platform, line: s, level: level, method: "fitted_series", model: m}
	out.growth, out.growthSD = m.growth()
	mix := ", " + m.words()
	if edition == First {
		one := m.trends[0]
		out.model, mix = one, ""
		out.growth, out.growthSD = one.growth()
	}
	for _, flag := range m.trends[0].trend.Flags {
		out.flags = append(out.flags, flag+"_"+s.platform)
	}
	out.evidence = append([]stretch{newStretch(first, level, stretch{role: rolePath, platform: s.platform, metric: s.metric})},
		ownStretches(s, roleOwn, level.on.AddDate(-1, 0, 0))...)
	out.basis = fmt.Sprintf("a trend fitted to %d dates of the series itself, %s to %s: level and slope wander, the slope fades, rounding and dates are known errors%s",
		len(s.points), first.on.Format(time.DateOnly), level.on.Format(time.DateOnly), mix)
	return out, nil
}

// ageDays is how long before asOf the side's newest level lies.
func (s *side) ageDays(asOf time.Time) float64 { return max(0, measure.DaysBetween(s.level.on, asOf)) }
