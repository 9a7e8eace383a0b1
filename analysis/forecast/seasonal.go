package forecast

import "math"

// A season holds what is added to (or multiplied into) each phase of a cycle. Phase of step t is t mod m.
type season struct {
	m   int
	mul bool
	s   []float64
}

// seasonOf estimates an additive (or, of positive values, multiplicative) season as the recency-weighted mean deviation of each phase from a centred
// moving average, shrunk by how much of the deviations the phases explain. Strength (0..1) is that share.
func seasonOf(y []float64, m int, mul bool) (*season, float64) {
	n := len(y)
	if m < 2 || n < 2*m+2 {
		return nil, 0
	}
	trend := centredMean(y, m)
	sum, wt, ss := make([]float64, m), make([]float64, m), make([]float64, m)
	half := m / 2
	for t := half; t < n-half; t++ {
		d := y[t] - trend[t]
		if mul {
			if trend[t] <= 0 || y[t] <= 0 {
				return nil, 0
			}
			d = math.Log(y[t] / trend[t])
		}
		w := math.Pow(0.85, float64(n-1-t)/float64(m))
		sum[t%m] += w * d
		ss[t%m] += w * d * d
		wt[t%m] += w
	}
	se := &season{m: m, mul: mul, s: make([]float64, m)}
	var mean, total, within, weight float64
	for i := range m {
		if wt[i] > 0 {
			se.s[i] = sum[i] / wt[i]
		}
		mean += se.s[i] / float64(m)
	}
	for i := range m {
		se.s[i] -= mean
		total += ss[i]
		within += ss[i] - wt[i]*se.s[i]*se.s[i]
		weight += wt[i]
	}
	if total <= 0 {
		return se, 0
	}
	cycles := weight / float64(m)
	// unbiased share of variance explained by the phases: noise alone explains 1/cycles of it
	strength := 1 - math.Max(0, within)/total*cycles/math.Max(cycles-1, 0.5)
	strength = math.Max(0, strength)
	if m >= 20 {
		se.smooth()
	}
	for i := range se.s {
		se.s[i] *= math.Sqrt(strength)
	}
	return se, strength
}

// smooth averages neighbouring phases of a long cycle (weeks of a year), where each has few values.
func (se *season) smooth() {
	out := make([]float64, se.m)
	for i := range out {
		out[i] = 0.5*se.s[i] + 0.25*se.s[(i+1)%se.m] + 0.25*se.s[(i+se.m-1)%se.m]
	}
	se.s = out
}

// centredMean is the moving average over one cycle; the ends keep the last full average's slope.
func centredMean(y []float64, m int) []float64 {
	n := len(y)
	out := make([]float64, n)
	half := m / 2
	for t := half; t < n-half; t++ {
		var s float64
		for i := t - half; i <= t+half; i++ {
			w := 1.0
			if m%2 == 0 && (i == t-half || i == t+half) {
				w = 0.5
			}
			s += w * y[i]
		}
		out[t] = s / float64(m)
	}
	return out
}

func (se *season) remove(y float64, t int) float64 {
	if se.mul {
		return y * math.Exp(-se.s[t%se.m])
	}
	return y - se.s[t%se.m]
}

func (se *season) restore(y float64, t int) float64 {
	if se.mul {
		return y * math.Exp(se.s[t%se.m])
	}
	return y + se.s[t%se.m]
}
