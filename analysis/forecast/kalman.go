package forecast

import "math"

// A theta holds the parameters of the continuous-time trend
//
//	d level = slope dt + sigmaL dW1,  d slope = -kappa slope dt + sigmaB dW2,  reading = level + noise,
//
// noise variance = the reading's own + sigmaE^2. kappa = 0 is the local linear trend, sigmaB = 0 with no slope the local
// level. Units: those of the working scale (log units or relative units) and of T.
// Source: Harvey 1989, Forecasting, Structural Time Series Models and the Kalman Filter, ch. 9 (irregular spacing).
type theta struct {
	sigmaL, sigmaB, sigmaE, kappa float64
}

const log2Pi = 1.8378770664093453

// A state is the mean and covariance of (level, slope) at one time.
type state struct {
	l, b          float64
	pll, plb, pbb float64
}

// ahead moves a state by d units of time: exact, whatever d.
func (th theta) ahead(s state, d float64) state {
	if d <= 0 {
		return s
	}
	return s.moved(th.transition(d))
}

// moved applies a transition: level += f*slope, slope *= a, plus noise.
func (s state) moved(f, a, qll, qlb, qbb float64) state {
	return state{
		l:   s.l + f*s.b,
		b:   a * s.b,
		pll: s.pll + 2*f*s.plb + f*f*s.pbb + qll,
		plb: a*s.plb + a*f*s.pbb + qlb,
		pbb: a*a*s.pbb + qbb,
	}
}

// transition gives level += f*slope, slope *= a, and the covariance of what the noise adds in d units of time.
func (th theta) transition(d float64) (f, a, qll, qlb, qbb float64) {
	vb, vl := th.sigmaB*th.sigmaB, th.sigmaL*th.sigmaL
	k := th.kappa
	if k*d < 1e-4 {
		return d, 1 - k*d, vl*d + vb*d*d*d/3, vb * d * d / 2, vb * d
	}
	e := -math.Expm1(-k * d) // 1-a
	a = 1 - e
	f = e / k
	e2 := e * (1 + a) // 1-a^2
	qbb = vb * e2 / (2 * k)
	qlb = vb * e * e / (2 * k * k)
	qll = vl*d + vb/(k*k)*math.Max(0, d-2*e/k+e2/(2*k))
	return f, a, qll, qlb, qbb
}

// filter runs the readings z (variances h) at times t through the Kalman filter and gives the state after the last one
// and the log-likelihood of all readings but the first, which starts the level (diffuse); slopeVar is the prior
// variance of the slope.
func (th theta) filter(t, z, h []float64, slopeVar float64) (state, float64) {
	ve := th.sigmaE * th.sigmaE
	s := state{l: z[0], pll: h[0] + ve, pbb: slopeVar}
	var ll float64
	prod := 1.0 // of variances, so that a logarithm is needed only now and then
	var d, f, a, qll, qlb, qbb float64
	for i := 1; i < len(z); i++ {
		if di := t[i] - t[i-1]; di != d {
			d = di
			f, a, qll, qlb, qbb = th.transition(d)
		}
		pll := s.pll + 2*f*s.plb + f*f*s.pbb + qll
		plb := a*s.plb + a*f*s.pbb + qlb
		pbb := a*a*s.pbb + qbb
		l, b := s.l+f*s.b, a*s.b
		v := pll + h[i] + ve
		if v < 1e-90 {
			v = 1e-90
		}
		e := z[i] - l
		kl, kb := pll/v, plb/v
		ll -= 0.5 * (log2Pi + e*e/v)
		if prod *= v; prod < 1e-200 || prod > 1e200 {
			ll -= 0.5 * math.Log(prod)
			prod = 1
		}
		s = state{
			l: l + kl*e, b: b + kb*e,
			pll: math.Max(0, pll-kl*pll), plb: plb - kl*plb, pbb: math.Max(0, pbb-kb*plb),
		}
	}
	return s, ll - 0.5*math.Log(prod)
}
