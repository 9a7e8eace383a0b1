package growth

import (
	"fmt"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Model names a growth curve.
type Model string

// The curves that [Fit] knows.
const (
	LogisticModel Model = "logistic"
	GompertzModel Model = "gompertz"
	BassModel     Model = "bass"
)

// A Curve is a fitted growth curve. Its saturation level K may be shown only where Identified is true.
type Curve struct {
	Model      Model
	Params     []float64        // logistic K, r, t0; gompertz K, b, c; bass m, p, q. Nil where nothing could be fitted.
	K          measure.Estimate // saturation level with its profile-likelihood interval at 95 %
	SSE        float64          // residual sum of squares
	AICc       float64          // NaN where the points are too few for it
	Inflection float64          // time of steepest growth, in the unit of t
	N          int              // points that were fitted
	Identified bool
	Refused    string // why K may not be shown, in words; empty where Identified
}

// At is the level of the curve at t (for bass: adopters so far, t from the launch). NaN without parameters.
func (c Curve) At(t float64) float64 {
	if c.Params == nil {
		return math.NaN()
	}
	switch p := c.Params; c.Model {
	case LogisticModel:
		return Logistic{p[0], p[1], p[2]}.At(t)
	case GompertzModel:
		return Gompertz{p[0], p[1], p[2]}.At(t)
	default:
		return Bass{P: p[1], Q: p[2], M: p[0]}.At(t)
	}
}

// AICc is the corrected information criterion of least squares, n ln(SSE/n) + 2k + 2k(k+1)/(n-k-1), where k counts the
// parameters and the error variance. It is NaN for n <= k+1 and for a perfect fit. Hurvich and Tsai 1989, Biometrika 76.
func AICc(sse float64, n, k int) float64 {
	if n <= k+1 || !(sse > 0) {
		return math.NaN()
	}
	nn, kk := float64(n), float64(k)
	return nn*math.Log(sse/nn) + 2*kk + 2*kk*(kk+1)/(nn-kk-1)
}

const (
	curveParams = 3 // of every curve here
	minPoints   = curveParams + 3
)

// Fit fits a curve to levels y at times t (ascending) by nonlinear least squares on the counts themselves. For
// [BassModel] t counts from the launch and the increments between readings are fitted (Srinivasan and Mason 1986), the
// first from the launch on; y must then be cumulative.
//
// K is refused, in words, where the data cannot tell it: too few points, no growth, data that end before the
// inflection, or a likelihood profile that stays flat however large K grows. The profile interval uses the F form of the
// likelihood ratio (Bates and Watts 1988, section 6.1), with as many independent residuals as their lag-one correlation
// leaves.
func Fit(model Model, t, y []float64) Curve {
	c := Curve{Model: model, N: len(t), K: measure.Undefined(string(model)), AICc: math.NaN(), SSE: math.NaN(), Inflection: math.NaN()}
	if c.Refused = unfit(t, y); c.Refused != "" {
		return c
	}
	f := newFitter(model, t, y)
	theta, sse, err := f.best()
	if err != nil {
		c.Refused = err.Error()
		return c
	}
	c.Params, c.SSE = f.params(theta), sse*f.scale*f.scale
	c.AICc = AICc(c.SSE, f.n(), curveParams+1)
	c.Inflection = c.inflection()
	c.K.Point = c.Params[0]
	if c.Refused = c.misfit(t, y); c.Refused != "" {
		return c
	}
	c.K = f.profile(theta, sse)
	if !measure.Finite(c.K.Hi) {
		c.Refused = "the likelihood is flat towards large K: saturation is not identified"
	}
	c.Identified = c.Refused == ""
	return c
}

// unfit says in words why no curve can be fitted at all.
func unfit(t, y []float64) string {
	switch {
	case len(t) != len(y) || len(t) < minPoints:
		return fmt.Sprintf("%d readings are too few: a growth curve needs at least %d", min(len(t), len(y)), minPoints)
	case !slices.IsSorted(t) || slices.ContainsFunc(slices.Concat(t, y), func(v float64) bool { return !measure.Finite(v) }):
		return "times must ascend and all numbers be finite"
	case slices.Min(y) < 0 || !(slices.Max(y) > 0):
		return "a growth curve needs counts of zero or more"
	case !(y[len(y)-1] > y[0]):
		return "the series does not grow"
	}
	for i := 1; i < len(t); i++ {
		if t[i] == t[i-1] {
			return "two readings share one time"
		}
	}
	return ""
}

func (c Curve) inflection() float64 {
	switch p := c.Params; c.Model {
	case LogisticModel:
		return p[2]
	case GompertzModel:
		t, _ := Gompertz{p[0], p[1], p[2]}.Inflection()
		return t
	default:
		if t, _, ok := (Bass{P: p[1], Q: p[2], M: p[0]}).Peak(); ok {
			return t
		}
		return 0 // no interior peak: adoption only slows
	}
}

// misfit says in words why the fitted curve cannot tell a saturation level, before any profile is computed.
func (c Curve) misfit(t, y []float64) string {
	n := len(t)
	switch {
	case t[n-1] < c.Inflection:
		return "the data end before the inflection: saturation is not yet visible"
	case c.K.Point < y[n-1]:
		return "the curve levels off below the latest reading: the form does not fit"
	case !c.follows(t, y):
		return "at its end the series grows at least a quarter faster than the curve: the form does not fit"
	}
	return ""
}

// follows reports whether the growth over the last sixth of the time exceeds what the curve gives there by at most a quarter, or
// by no more than the scatter: about the curve, or, with six or more readings in that stretch, about the trend
// of their residuals.
func (c Curve) follows(t, y []float64) bool {
	n := len(t)
	i := n - 2
	for i > 0 && t[n-1]-t[i-1] <= (t[n-1]-t[0])/6 {
		i--
	}
	seen, fitted := y[n-1]-y[i], c.At(t[n-1])-c.At(t[i])
	scatter := math.Sqrt(c.SSE / float64(n-curveParams))
	if n-i >= 6 {
		residuals := make([]float64, n-i)
		for k := range residuals {
			residuals[k] = y[i+k] - c.At(t[i+k])
		}
		a, b := stat.LinearRegression(t[i:], residuals, nil, false)
		for k := range residuals {
			residuals[k] -= a + b*t[i+k]
		}
		scatter = stat.StdDev(residuals, nil)
	}
	return seen <= 1.25*fitted || seen-fitted <= 2*math.Sqrt2*scatter
}

// OLSBass is Bass's own regression of adopters per period on the adopters before it. It is kept to start searches and to
// compare: its time-interval bias is known, so results use [Fit]. ok is false where the regression has no admissible root.
func OLSBass(perPeriod []float64) (c Bass, ok bool) {
	a, b, q, err := quadratic(perPeriod)
	if err != nil || !(b*b-4*a*q >= 0) || q == 0 {
		return Bass{}, false
	}
	m := (-b - math.Sqrt(b*b-4*a*q)) / (2 * q)
	c = Bass{P: a / m, Q: -q * m, M: m}
	return c, c.P > 0 && c.Q > 0 && c.M > 0
}

// threshold is the SSE up to which a parameter value lies in the 95 % profile region.
func threshold(sse float64, n int, lag1 float64) (float64, bool) {
	df := measure.EffectiveN(float64(n), lag1) - curveParams
	if df < 1 {
		return 0, false
	}
	f := distuv.F{D1: 1, D2: df}
	return sse * (1 + f.Quantile(0.95)/df), true
}
