package growth

import (
	"fmt"
	"math"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Flow splits net growth into what came and what went. It exists only where follower lists (not counts) are seen at
// both ends; from counts alone only Net is known.
type Flow struct {
	Net        float64 // adds - losses
	NetRate    float64 // Net / start
	ChurnRate  float64 // losses / start
	QuickRatio float64 // adds / losses; NaN without losses
}

// Flows gives the flow between two complete lists: start members at first, adds and losses since.
func Flows(start, adds, losses float64) (Flow, error) {
	if !(start > 0) || adds < 0 || losses < 0 || losses > start {
		return Flow{}, fmt.Errorf("flow from %v with %v adds and %v losses: want start > 0 and 0 <= losses <= start", start, adds, losses)
	}
	f := Flow{Net: adds - losses, NetRate: (adds - losses) / start, ChurnRate: losses / start, QuickRatio: math.NaN()}
	if losses > 0 {
		f.QuickRatio = adds / losses
	}
	return f, nil
}

// Symmetric is 2(b-a)/(a+b), bounded by -2 and 2, and changes only its sign when time is reversed. It is 0 for two
// zeros. Davis, Haltiwanger and Schuh 1996, Job Creation and Destruction.
func Symmetric(a, b float64) float64 {
	if a+b == 0 {
		return 0
	}
	return 2 * (b - a) / (a + b)
}

// Compound is the constant rate per period that leads from a to b: (b/a)^(1/periods) - 1. Periods of a year give the
// CAGR, of a week the CWGR. periodsSD is the standard uncertainty of the length (dates known to the month); the errors of
// a and b come from their own. The interval is that of the log scale, hence not symmetric; the standard uncertainty is
// the delta method's.
func Compound(a, b measure.Estimate, periods, periodsSD, level float64) measure.Estimate {
	const method = "compound rate of two readings"
	if !(a.Point > 0) || b.Point < 0 {
		return measure.Undefined(method, measure.NonPositive)
	}
	if !(periods > 0) || !measure.Finite(periods) {
		return measure.Undefined(method, measure.OnePoint)
	}
	if b.Point == 0 {
		return measure.Estimate{Point: -1, SD: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), N: 2, Method: method,
			Flags: measure.Flags{measure.NonPositive}}
	}
	growth := measure.LogRatio(b, a)
	perPeriod := growth.Point / periods
	sd := math.Hypot(growth.SD, perPeriod*periodsSD) / periods
	e := Rate(measure.Normal(perPeriod, sd, level, method))
	if !e.Defined() {
		return measure.Undefined(method, measure.NotFinite)
	}
	e.N, e.Method = 2, method
	return e.With(a.Flags...).With(b.Flags...)
}

// Rate turns a slope of the log scale into a rate per period: e^b - 1.
func Rate(slope measure.Estimate) measure.Estimate {
	return slope.Map(math.Expm1, math.Exp(slope.Point))
}

// LogLinear is the slope of ln y on t by least squares over all points, per unit of t; [Rate] makes a rate of it. sds are
// the standard uncertainties of the y (nil: none known). The standard error is the larger of two: that of the residuals
// (Student's t with n-2 degrees of freedom) and that which the known errors alone force. Points that are not positive
// make it undefined.
func LogLinear(t, y, sds []float64, level float64) measure.Estimate {
	const method = "log-linear least squares"
	if len(t) != len(y) || len(t) < 2 || (sds != nil && len(sds) != len(y)) {
		return measure.Undefined(method, measure.OnePoint)
	}
	logs := make([]float64, len(y))
	for i, v := range y {
		if !(v > 0) {
			return measure.Undefined(method, measure.NonPositive)
		}
		logs[i] = math.Log(v)
	}
	mean, sxx := stat.Mean(t, nil), 0.0
	for _, x := range t {
		sxx += (x - mean) * (x - mean)
	}
	if !(sxx > 0) || !measure.Finite(sxx) {
		return measure.Undefined(method, measure.OnePoint)
	}
	intercept, slope := stat.LinearRegression(t, logs, nil, false)
	var known, sse float64
	for i, x := range t {
		if sds != nil {
			u := sds[i] / y[i] * (x - mean) / sxx
			known += u * u
		}
		r := logs[i] - intercept - slope*x
		sse += r * r
	}
	return logLinearInterval(slope, math.Sqrt(known), sse, sxx, len(t), level, method)
}

func logLinearInterval(slope, known, sse, sxx float64, n int, level float64, method string) measure.Estimate {
	e := measure.Normal(slope, known, level, method)
	e.N = n
	if n == 2 {
		return e.With(measure.TwoPoints)
	}
	df := float64(n - 2)
	se := math.Sqrt(sse / df / sxx)
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1+level)/2) * se
	if half > e.Hi-e.Point {
		e.SD, e.Lo, e.Hi = max(se, known), slope-half, slope+half
	}
	return e
}

// DoublingTime is ln 2 / b for the slope b of the log scale, in the unit of time of b. Its interval is that of b
// transformed, [ln2/b_hi, ln2/b_lo], not symmetric; where b_lo <= 0 it has no upper end. It is undefined, with the flag
// not_growing, for b <= 0: ask [HalfLife] then.
func DoublingTime(slope measure.Estimate) measure.Estimate {
	const method = "doubling time"
	if !(slope.Point > 0) {
		why := slope.Flags.With("not_growing")
		return measure.Undefined(method, why...)
	}
	e := slope
	e.Method, e.Point = method, math.Ln2/slope.Point
	e.SD = e.Point * slope.SD / slope.Point
	e.Lo, e.Hi = math.Inf(1), math.Inf(1)
	if slope.Hi > 0 {
		e.Lo = math.Ln2 / slope.Hi
	}
	if slope.Lo > 0 {
		e.Hi = math.Ln2 / slope.Lo
	}
	return e
}

// HalfLife is ln 2 / |b| for a falling series, undefined (flag not_falling) for b >= 0.
func HalfLife(slope measure.Estimate) measure.Estimate {
	if !(slope.Point < 0) {
		return measure.Undefined("half-life", slope.Flags.With("not_falling")...)
	}
	e := DoublingTime(slope.Scale(-1))
	e.Method = "half-life"
	return e
}

// LogSlope is ln(1 + rate), the slope that belongs to a rate.
func LogSlope(rate measure.Estimate) measure.Estimate {
	return rate.Map(math.Log1p, 1/(1+rate.Point))
}
