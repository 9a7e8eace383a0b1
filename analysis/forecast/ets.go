package forecast

import "math"

// An ets holds the parameters of additive-error exponential smoothing, ETS(A,{N,A,Ad},{N,A}): level, trend damped by phi, season.
// beta and gamma are FPP3's (beta = alpha beta*). Source: Hyndman, Koehler, Ord, Snyder 2008; https://otexts.com/fpp3/.
type ets struct {
	alpha, beta, phi, gamma float64
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
func (p ets) update(s *etsState, y float64) float64 {
	f := s.l + p.phi*s.b
	var sea float64
	m := len(s.season)
	if m > 0 {
		sea = s.season[0]
	}
	e := y - f - sea
	s.l = f + p.alpha*e
	s.b = p.phi*s.b + p.beta*e
	if m > 0 {
		copy(s.season, s.season[1:])
		s.season[m-1] = sea + p.gamma*e
	}
	return e
}

// Smooth runs the recursion over y from the state (l0, b0) and gives the final level and slope and the sum of squared one-step errors.
func (p ets) smooth(l0, b0 float64, y []float64) (l, b, sse float64) {
	s := etsState{l: l0, b: b0}
	for _, v := range y {
		e := p.update(&s, v)
		sse += e * e
	}
	return s.l, s.b, sse
}

// forecast gives the mean h steps ahead of a state.
func (p ets) forecast(s *etsState, h int) float64 {
	f := s.l + damping(p.phi, h)*s.b
	if m := len(s.season); m > 0 {
		f += s.season[(h-1)%m]
	}
	return f
}

// varianceFactor gives var_h / sigma^2 as the sum over 1 + sum c_j^2, c_j = alpha + beta (phi+...+phi^j).
func (p ets) varianceFactor(h int) float64 {
	v, d, ph := 1.0, 0.0, 1.0
	for range h - 1 {
		ph *= p.phi
		d += ph
		c := p.alpha + p.beta*d
		v += c * c
	}
	return v
}

// varianceFactorClosed gives the same in closed form for phi < 1 (Hyndman et al. 2008, ch. 6; FPP3 table 8.8).
func (p ets) varianceFactorClosed(h int) float64 {
	a, b, ph, n := p.alpha, p.beta, p.phi, float64(h)
	q := 1 - ph
	phn := math.Pow(ph, n)
	return 1 + a*a*(n-1) + b*ph*n/(q*q)*(2*a*q+b*ph) -
		b*ph*(1-phn)/(q*q*(1-ph*ph))*(2*a*(1-ph*ph)+b*ph*(1+2*ph-phn))
}
