package forecast

import "math"

// Smoothing holds the parameters of exponential smoothing with additive errors, ETS(A,{N,A,Ad},{N,A}), in the parametrisation of FPP3
// (Beta = alpha beta*): the trend is damped by Phi (1 = not), a season moves by Gamma. With Beta = 0 and Phi = 1 from a slope of zero it is simple
// exponential smoothing. Source: Hyndman, Koehler, Ord, Snyder 2008; https://otexts.com/fpp3/.
type Smoothing struct {
	Alpha, Beta, Phi, Gamma float64
}

// An etsState is where the recursion stands: season[0] belongs to the next step.
type etsState struct {
	l, b   float64
	season []float64
}

// damping gives phi + ... + phi^h.
func damping(phi float64, h int) float64 {
	if phi == 1 {
		return float64(h)
	}
	return phi * (1 - math.Pow(phi, float64(h))) / (1 - phi)
}

// update moves the state over one value and gives the one-step error.
func (p Smoothing) update(s *etsState, y float64) float64 {
	f := s.l + p.Phi*s.b
	var sea float64
	m := len(s.season)
	if m > 0 {
		sea = s.season[0]
	}
	e := y - f - sea
	s.l = f + p.Alpha*e
	s.b = p.Phi*s.b + p.Beta*e
	if m > 0 {
		copy(s.season, s.season[1:])
		s.season[m-1] = sea + p.Gamma*e
	}
	return e
}

// Run smooths y from level l0 and slope b0 and gives the last level and slope and the sum of squared one-step errors.
func (p Smoothing) Run(l0, b0 float64, y []float64) (level, slope, sse float64) {
	s := etsState{l: l0, b: b0}
	for _, v := range y {
		e := p.update(&s, v)
		sse += e * e
	}
	return s.l, s.b, sse
}

// Ahead gives the mean h steps after a level and slope.
func (p Smoothing) Ahead(level, slope float64, h int) float64 {
	return level + damping(p.Phi, h)*slope
}

// VarianceFactor is the variance of the h-step error over that of one step: 1 + sum c_j^2, c_j = Alpha + Beta (Phi + ... + Phi^j), j < h.
func (p Smoothing) VarianceFactor(h int) float64 {
	v, d, ph := 1.0, 0.0, 1.0
	for range h - 1 {
		ph *= p.Phi
		d += ph
		c := p.Alpha + p.Beta*d
		v += c * c
	}
	return v
}

// VarianceFactorClosed is the same in closed form, for Phi < 1 (Hyndman et al. 2008, ch. 6; FPP3 table 8.8).
func (p Smoothing) VarianceFactorClosed(h int) float64 {
	a, b, ph, n := p.Alpha, p.Beta, p.Phi, float64(h)
	q := 1 - ph
	phn := math.Pow(ph, n)
	return 1 + a*a*(n-1) + b*ph*n/(q*q)*(2*a*q+b*ph) -
		b*ph*(1-phn)/(q*q*(1-ph*ph))*(2*a*(1-ph*ph)+b*ph*(1+2*ph-phn))
}

// Drift goes on along the line from the first of y to the last: the mean h steps ahead and its standard deviation, from the
// deviation of one-step differences about the drift (divisor: steps - 1). One or two values give a deviation of 0.
func Drift(y []float64, h int) (mean, sd float64) {
	n := len(y)
	if n < 2 {
		return y[n-1], 0
	}
	b := (y[n-1] - y[0]) / float64(n-1)
	var ss float64
	for i := 1; i < n; i++ {
		d := y[i] - y[i-1] - b
		ss += d * d
	}
	s := math.Sqrt(ss / math.Max(1, float64(n-2)))
	return y[n-1] + b*float64(h), driftSD(s, h, n)
}

// driftSD is s sqrt(h (1 + h/(n-1))).
func driftSD(s float64, h, n int) float64 {
	return s * math.Sqrt(float64(h)*(1+float64(h)/float64(n-1)))
}

// LocalLevel is y = mu + noise of variance H, mu a random walk of variance Q per step.
type LocalLevel struct{ H, Q float64 }

// Filter starts from the level a of variance p before the first value and gives the predicted level and variance after the last and the
// log-likelihood. H is known in part: it is at least the rounding variance of the readings. Source: Durbin & Koopman 2012, ch. 2.
func (m LocalLevel) Filter(a, p float64, y []float64) (level, variance, logLik float64) {
	s := state{l: a, pll: p}
	for _, v := range y {
		f := s.pll + m.H
		e := v - s.l
		logLik -= 0.5 * (log2Pi + math.Log(f) + e*e/f)
		s = s.seen(v, m.H).moved(1, 1, m.Q, 0, 0)
	}
	return s.l, s.pll, logLik
}

// Ahead is the variance of the value h steps ahead of a predicted variance: that of the level then, plus the noise.
func (m LocalLevel) Ahead(variance float64, h int) float64 {
	return variance + m.H + float64(h-1)*m.Q
}

// Gain is the smoothing parameter alpha of the equivalent exponential smoothing, once settled.
func (m LocalLevel) Gain() float64 {
	q := m.Q / m.H
	return (math.Sqrt(q*q+4*q) - q) / 2
}
