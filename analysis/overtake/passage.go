package overtake

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Passage is a gap that closes like a Brownian motion with drift: what is still to close at time t is
// Gap - Drift*t - Vol*W(t). The functions on it answer two of the three questions in closed form: [Passage.Endpoint] is
// the chance to be ahead at t, [Passage.By] the chance to have been ahead at least once by t.
//
// Sources: Schroedinger 1915; Folks & Chhikara 1978, JRSS B 40(3) (inverse Gaussian distribution).
type Passage struct {
	Gap   float64 // > 0; at or below 0 the challenger is ahead already
	Drift float64 // per unit of time, positive when the gap is closing
	Vol   float64 // per square root of that unit, >= 0
}

// NewPassage checks its arguments: finite, volatility not negative.
func NewPassage(gap, drift, vol float64) (Passage, error) {
	p := Passage{gap, drift, vol}
	if sum := gap + drift + vol; math.IsNaN(sum) || math.IsInf(sum, 0) || vol < 0 {
		return Passage{}, fmt.Errorf("first passage of gap %v, drift %v, volatility %v: want finite numbers and a volatility of 0 or more", gap, drift, vol)
	}
	return p, nil
}

// Endpoint is P(ahead at t), t >= 0.
func (p Passage) Endpoint(t float64) float64 {
	switch s := p.Vol * math.Sqrt(t); {
	case s > 0:
		return normCDF((p.Drift*t - p.Gap) / s)
	case p.Drift*t >= p.Gap:
		return 1
	}
	return 0
}

// By is P(ahead at least once by t), seen without interruption. With mu the drift, a the gap, s the volatility it is
// Phi((mu t-a)/(s sqrt t)) + exp(2 mu a/s^2) Phi(-(mu t+a)/(s sqrt t)); the product, whose factors overflow and
// underflow, is computed as phi(z) times the Mills ratio.
func (p Passage) By(t float64) float64 {
	switch {
	case p.Gap <= 0:
		return 1
	case !(t > 0):
		return 0
	}
	s := p.Vol * math.Sqrt(t)
	if s == 0 || math.IsInf(p.Gap/s, 1) {
		return p.Endpoint(t)
	}
	z, y := (p.Drift*t-p.Gap)/s, (p.Drift*t+p.Gap)/s
	var mirror float64
	if y > 0 {
		mirror = math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) * mills(y)
	} else { // drift < 0, so that the exponent is negative
		mirror = math.Exp(2*p.Drift*p.Gap/(p.Vol*p.Vol)) * normCDF(-y)
	}
	return min(1, normCDF(z)+mirror)
}

// Ever is P(ahead at least once, however late): 1 unless the gap is widening.
func (p Passage) Ever() float64 {
	switch {
	case p.Gap <= 0 || p.Drift > 0:
		return 1
	case p.Vol == 0:
		return 0
	}
	return math.Exp(2 * p.Drift * p.Gap / (p.Vol * p.Vol))
}

// MeanSD is the mean a/mu and the standard deviation sqrt(a s^2/mu^3) of the first passage; ok is false where the gap is
// not closing, for then the time has no mean.
func (p Passage) MeanSD() (mean, sd float64, ok bool) {
	if !(p.Drift > 0) || p.Gap <= 0 {
		return 0, 0, false
	}
	return p.Gap / p.Drift, math.Sqrt(p.Gap*p.Vol*p.Vol/p.Drift) / p.Drift, true
}

// Quantile is the time by which the first passage has happened with probability q. ok is false where that probability is
// never reached.
func (p Passage) Quantile(q float64) (t float64, ok bool) {
	if p.Gap <= 0 {
		return 0, true
	}
	if !(q > 0 && q < 1) || p.Ever() <= q {
		return 0, false
	}
	hi := 1.0
	for p.By(hi) < q {
		if hi *= 2; math.IsInf(hi, 1) {
			return 0, false
		}
	}
	lo := 0.0
	for range 200 { // bisection: By is monotone, and halves to the last bit long before
		mid := (lo + hi) / 2
		if mid == lo || mid == hi {
			break
		}
		if p.By(mid) < q {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi, true
}

// siegmund is -zeta(1/2)/sqrt(2 pi): by how many standard deviations of a step a random walk overshoots on average.
const siegmund = 0.5825971579

// ByObserved is [Passage.By] for a gap that is looked at only every dt: the gap acts as if it were wider by 0.5826 vol
// sqrt(dt). It is a bound for sanity, a percent or two off for short horizons. Sources: Siegmund 1979; Broadie,
// Glasserman, Kou 1997, Math. Finance 7(4).
func (p Passage) ByObserved(t, dt float64) float64 {
	if p.Gap > 0 {
		p.Gap += p.DiscreteShift(dt)
	}
	return p.By(t)
}

// DiscreteShift is the width by which looking only every dt widens the gap.
func (p Passage) DiscreteShift(dt float64) float64 { return siegmund * p.Vol * math.Sqrt(dt) }

// ByUncertainDrift is [Passage.By] averaged over a drift known as Drift ± driftSD (normal), by Gauss-Hermite quadrature
// with the given number of nodes: 3 are the rule of thumb, 64 give many digits unless the volatility is small beside
// driftSD sqrt(t), when the outcome is nearly a step function of the drift.
func (p Passage) ByUncertainDrift(t, driftSD float64, nodes int) float64 {
	if !(driftSD > 0) {
		return p.By(t)
	}
	x, w := make([]float64, nodes), make([]float64, nodes)
	quad.Hermite{}.FixedLocations(x, w, math.Inf(-1), math.Inf(1)) // for the weight exp(-x^2)
	var sum float64
	for i := range x {
		q := p
		q.Drift += math.Sqrt2 * driftSD * x[i]
		sum += w[i] * q.By(t)
	}
	return sum / math.Sqrt(math.Pi)
}

func normCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// mills is (1 - Phi(y))/phi(y) for y > 0, without underflow: directly while erfc has digits, then its asymptotic series.
func mills(y float64) float64 {
	if y < 25 {
		return math.Erfc(y/math.Sqrt2) / 2 / distuv.UnitNormal.Prob(y)
	}
	i := 1 / (y * y)
	return (1 - i*(1-3*i*(1-5*i*(1-7*i)))) / y
}
