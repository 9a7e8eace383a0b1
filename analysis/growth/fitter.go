package growth

import (
	"errors"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// A fitter fits one curve to one series. Counts are divided by scale, so that tolerances mean the same for thousands and
// for billions; positive parameters are searched as logarithms.
type fitter struct {
	model Model
	t, y  []float64 // y scaled
	scale float64
	work  []float64
}

func newFitter(model Model, t, y []float64) *fitter {
	f := &fitter{model: model, t: t, scale: slices.Max(y), work: make([]float64, len(y))}
	f.y = make([]float64, len(y))
	for i, v := range y {
		f.y[i] = v / f.scale
	}
	return f
}

func (f *fitter) n() int { return len(f.t) }

// params are the natural parameters of theta, K in the unit of the data.
func (f *fitter) params(theta []float64) []float64 {
	k := math.Exp(theta[0]) * f.scale
	if f.model == LogisticModel {
		return []float64{k, theta[1], theta[2]}
	}
	return []float64{k, math.Exp(theta[1]), math.Exp(theta[2])}
}

// residuals are data minus curve at theta = (ln K, ...), in scaled counts.
func (f *fitter) residuals(dst, theta []float64) {
	k := math.Exp(theta[0])
	switch f.model {
	case LogisticModel:
		c := Logistic{k, theta[1], theta[2]}
		for i, t := range f.t {
			dst[i] = f.y[i] - c.At(t)
		}
	case GompertzModel:
		c := Gompertz{k, math.Exp(theta[1]), math.Exp(theta[2])}
		for i, t := range f.t {
			dst[i] = f.y[i] - c.At(t)
		}
	case BassModel:
		c := Bass{P: math.Exp(theta[1]), Q: math.Exp(theta[2]), M: k}
		var before, curveBefore float64
		for i, t := range f.t {
			now := c.At(t)
			dst[i] = f.y[i] - before - (now - curveBefore)
			before, curveBefore = f.y[i], now
		}
	}
}

// problem is the sum of squares over all parameters.
func (f *fitter) problem() problem {
	pr := problem{n: f.n(), residuals: f.residuals}
	if f.model != BassModel {
		pr.jacobian = func(dst *mat.Dense, theta []float64) {
			f.slopes(theta, func(i int, d [curveParams]float64) { dst.SetRow(i, d[:]) })
		}
	}
	return pr
}

// slopes gives the derivatives of each residual by theta, for the logistic and the Gompertz curve.
func (f *fitter) slopes(theta []float64, row func(i int, d [curveParams]float64)) {
	k := math.Exp(theta[0])
	if f.model == LogisticModel {
		r, t0 := theta[1], theta[2]
		for i, t := range f.t {
			e := math.Exp(-r * (t - t0))
			level := k / (1 + e)
			odds := e / (1 + e)
			if math.IsInf(e, 1) {
				odds = 1
			}
			row(i, [curveParams]float64{-level, -level * (t - t0) * odds, level * r * odds})
		}
		return
	}
	b, c := math.Exp(theta[1]), math.Exp(theta[2])
	for i, t := range f.t {
		u := b * math.Exp(-c*t)
		level := k * math.Exp(-u)
		if level == 0 { // u may be infinite
			u = 0
		}
		row(i, [curveParams]float64{-level, level * u, -level * u * c * t})
	}
}

// starts are where the search begins for a given saturation level (a multiple of the highest reading).
func (f *fitter) starts(multiple float64) []float64 {
	lnK := math.Log(multiple)
	first, last := f.t[0], f.t[len(f.t)-1]
	span := last - first
	switch f.model {
	case LogisticModel:
		x0, x1 := logit(f.y[0]/multiple), logit(f.y[len(f.y)-1]/multiple)
		r := max((x1-x0)/span, 0.1/span)
		return []float64{lnK, r, last - x1/r}
	case GompertzModel:
		x0, x1 := cloglog(f.y[0]/multiple), cloglog(f.y[len(f.y)-1]/multiple)
		c := max((x0-x1)/span, 0.1/span)
		return []float64{lnK, x0 + c*first, math.Log(c)}
	default:
		return []float64{lnK, math.Log(0.1 / last), math.Log(4 / last)}
	}
}

func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

// cloglog is ln(-ln p), on which a Gompertz curve is a falling line.
func cloglog(p float64) float64 { return math.Log(-math.Log(min(max(p, 1e-12), 1-1e-6))) }

// errFlat is returned where the best curve is one without saturation.
var errFlat = errors.New("the best curve has no saturation within sight: it is not identified")

// best is the best of the searches from several saturation levels. A search that has run off to a K beyond all sight
// need not come to rest to tell that there is none.
func (f *fitter) best() (theta []float64, sse float64, err error) {
	sse, err = math.Inf(1), errNoFit
	for _, multiple := range []float64{1.05, 1.2, 2, 5} {
		th, s, fitErr := leastSquares(f.problem(), f.starts(multiple))
		if th != nil && fitErr == nil && err == nil && math.Abs(s-sse) <= 1e-9*sse {
			break // two searches agree
		}
		if th != nil && s < sse && measure.Finite(th[0]) {
			theta, sse, err = th, s, fitErr
		}
	}
	if theta != nil && theta[0] > math.Log(farthest) {
		err = errFlat
	}
	return theta, sse, err
}

// profile is K with the interval in which the best fit given K is not significantly worse than the best of all.
func (f *fitter) profile(theta []float64, sse float64) measure.Estimate {
	e := measure.Estimate{Point: math.Exp(theta[0]) * f.scale, SD: math.NaN(), Level: 0.95, N: f.n(), Method: string(f.model) + ", profile likelihood"}
	f.residuals(f.work, theta)
	lag1 := autocorrelation(f.work)
	limit, ok := threshold(sse, f.n(), lag1)
	if lag1 > 0.5 {
		e = e.With("correlated_residuals")
	}
	if !ok {
		e.Lo, e.Hi = math.NaN(), math.Inf(1)
		return e
	}
	e.Lo = f.bound(theta, limit, -1)
	e.Hi = f.bound(theta, limit, +1)
	return e
}

// farthest is how many times K (up or down) the profile is followed before it is called flat.
const farthest = 50

// bound follows the profile from its best point in one direction (+1 up, -1 down in ln K) to where it crosses limit: in
// growing steps, then by [fitter.crossing]. It is infinite (0 downwards) where the profile stays below limit.
func (f *fitter) bound(theta []float64, limit, direction float64) float64 {
	rest := slices.Clone(theta[1:])
	inside, outside := theta[0], math.NaN()
	for step := 0.02; math.Abs(inside-theta[0]) < math.Log(farthest); step *= 1.7 {
		at := inside + direction*step
		s, next := f.given(at, rest)
		if s > limit {
			outside = at
			break
		}
		inside, rest = at, next
	}
	if math.IsNaN(outside) {
		if direction > 0 {
			return math.Inf(1)
		}
		return 0
	}
	return math.Exp(f.crossing(inside, outside, limit, rest)) * f.scale
}

// crossing is the ln K between inside and outside at which the profile crosses limit, by regula falsi with the Illinois
// rule: the profile is nearly a parabola, so few steps do.
func (f *fitter) crossing(inside, outside, limit float64, rest []float64) float64 {
	below, rest := f.given(inside, rest)
	above, _ := f.given(outside, rest)
	below, above = below-limit, above-limit
	side := 0
	for range 40 {
		if math.Abs(outside-inside) < 1e-8 || below == above || math.IsInf(above, 1) {
			break
		}
		mid := (inside*above - outside*below) / (above - below)
		s, next := f.given(mid, rest)
		s -= limit
		if math.Abs(s) < 1e-7*limit {
			return mid
		}
		if s > 0 {
			outside, above = mid, s
			if side > 0 {
				below /= 2
			}
			side = 1
		} else {
			inside, below, rest = mid, s, next
			if side < 0 {
				above /= 2
			}
			side = -1
		}
	}
	return (inside + outside) / 2
}

// given is the least sum of squares with ln K held, searched from rest, and the other parameters there.
func (f *fitter) given(lnK float64, rest []float64) (float64, []float64) {
	full := make([]float64, curveParams)
	full[0] = lnK
	pr := problem{n: f.n(), residuals: func(dst, theta []float64) {
		copy(full[1:], theta)
		f.residuals(dst, full)
	}}
	if f.model != BassModel {
		pr.jacobian = func(dst *mat.Dense, theta []float64) {
			copy(full[1:], theta)
			f.slopes(full, func(i int, d [curveParams]float64) { dst.SetRow(i, d[1:]) })
		}
	}
	found, sse, err := leastSquares(pr, slices.Clone(rest))
	if err != nil && !errors.Is(err, errNoFit) || found == nil {
		return math.Inf(1), rest
	}
	return sse, found
}

// autocorrelation is the lag-one correlation of residuals, 0 where they do not vary.
func autocorrelation(r []float64) float64 {
	mean := stat.Mean(r, nil)
	var num, den float64
	for i, v := range r {
		den += (v - mean) * (v - mean)
		if i > 0 {
			num += (v - mean) * (r[i-1] - mean)
		}
	}
	if den == 0 {
		return 0
	}
	return num / den
}

// quadratic is the regression n = a + b N + c N^2 of adopters per period on the adopters before.
func quadratic(perPeriod []float64) (a, b, c float64, err error) {
	n := len(perPeriod)
	if n < 4 {
		return 0, 0, 0, errNoFit
	}
	x, y := mat.NewDense(n, 3, nil), mat.NewVecDense(n, perPeriod)
	var total float64
	for _, v := range perPeriod {
		total += v
	}
	if !(total > 0) {
		return 0, 0, 0, errNoFit
	}
	var sum float64
	for i, v := range perPeriod {
		s := sum / total // scaled, or the squares would ruin the condition
		x.SetRow(i, []float64{1, s, s * s})
		sum += v
	}
	var beta mat.VecDense
	if err := beta.SolveVec(x, y); err != nil {
		return 0, 0, 0, errNoFit
	}
	return beta.AtVec(0), beta.AtVec(1) / total, beta.AtVec(2) / total / total, nil
}
