package forecast

import (
	"math"
	"slices"
)

// maxGrid bounds how far back a regular series is looked at: older steps say nothing about the next ones.
const maxGrid = 600

// A grid is a series on its regular steps, the last one being the last step with a reading.
type grid struct {
	y    []float64
	seen []bool  // false where the value is interpolated or was filled in by the panel's maker
	sd   float64 // noise of the latest readings: told, or that of the rounding step found in the digits
	m    int     // season length in steps, 1 = none
	t    float64 // running time of the last reading
	lag  int     // steps from the last reading to the cutoff
	step Step
}

// gridOf puts the points with T <= cutoff on their steps. Of several readings in one step the last counts; empty steps are
// interpolated and marked.
func gridOf(s *Series, cutoff float64, season int) *grid {
	p := s.until(cutoff)
	if len(p) == 0 {
		return nil
	}
	st := stepOf(p, s.Dated)
	last := p[len(p)-1]
	g := &grid{step: st, t: last.T}
	if lag := st.index(last.T, cutoff); lag > 0 && lag < maxHorizon {
		g.lag = lag
	}
	from := 0
	for from < len(p)-1 && st.index(p[from].T, last.T) >= maxGrid {
		from++
	}
	p = p[from:]
	n := st.index(p[0].T, last.T) + 1
	g.y, g.seen = make([]float64, n), make([]bool, n)
	at := -1
	for _, q := range p {
		i := st.index(p[0].T, q.T)
		if at >= 0 && i > at+1 {
			for k := at + 1; k < i; k++ {
				w := float64(k-at) / float64(i-at)
				g.y[k] = (1-w)*g.y[at] + w*q.Y
			}
		}
		g.y[i], g.seen[i] = q.Y, !q.Guessed
		at = i
	}
	g.sd = noiseOf(p)
	g.m = 1
	switch {
	case season > 1:
		g.m = season
	case season == 0 && s.Season > 0:
		g.m = s.Season
	case season == 0:
		if m := st.season(s.Dated); m > 1 {
			g.m = m
		} else if !s.Dated {
			g.m = detectSeason(g.y)
		}
	}
	if g.m > 1 && n < 2*g.m+2 {
		g.m = 1
	}
	return g
}

// detectSeason looks for a season where whole-number steps do not tell one: the usual length that explains most, if it explains more than half
// of what moves about the trend over three cycles at least; else 1.
func detectSeason(y []float64) int {
	best, most := 1, 0.5
	for _, m := range []int{4, 7, 12, 24, 52} {
		if len(y) < 3*m+2 {
			break
		}
		if _, strength := seasonIn(y, m); strength > most {
			best, most = m, strength+0.05 // a longer cycle that holds a shorter one must explain clearly more
		}
	}
	return best
}

// noiseOf gives the typical known noise of the last readings: as told, or step/sqrt(12) where the readings move on a rounding step.
func noiseOf(p []Point) float64 {
	p = p[max(0, len(p)-12):]
	told := make([]float64, len(p))
	y := make([]float64, len(p))
	for i, q := range p {
		told[i], y[i] = q.SD, q.Y
	}
	if sd := median(told); sd > 0 {
		return sd
	}
	return roundingStep(y) / math.Sqrt(12)
}

// roundingStep finds the largest step 1, 2 or 5 times a power of ten of which all values are multiples, if it is coarse enough to show:
// at least 1/5000 of the typical value. It gives 0 for values that look exact.
func roundingStep(y []float64) float64 {
	abs := make([]float64, 0, len(y))
	for _, v := range y {
		if v != 0 {
			abs = append(abs, math.Abs(v))
		}
	}
	if s := slices.Sorted(slices.Values(abs)); len(slices.Compact(s)) < 4 {
		return 0 // a few repeated values show no step
	}
	size := median(abs)
	top := math.Floor(math.Log10(slices.Max(abs)))
	for e := top; e >= top-4; e-- {
		for _, k := range []float64{5, 2, 1} {
			q := k * math.Pow(10, e)
			if q < size/5000 {
				return 0
			}
			if multiples(abs, q) {
				return q
			}
		}
	}
	return 0
}

func multiples(abs []float64, q float64) bool {
	for _, v := range abs {
		r := v / q
		if r < 0.5 || math.Abs(r-math.Round(r)) > 1e-6*math.Max(1, r*1e-3) {
			return false
		}
	}
	return true
}
