package concentration

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// tailOf are the amounts of x of at least xmin, ascending; an error where fewer than two or all equal xmin.
func tailOf(x []float64, xmin float64) ([]float64, error) {
	if !(xmin > 0) || !measure.Finite(xmin) {
		return nil, fmt.Errorf("power law: smallest amount %v, want a positive finite number", xmin)
	}
	var tail []float64
	for _, v := range x {
		if v >= xmin && measure.Finite(v) {
			tail = append(tail, v)
		}
	}
	slices.Sort(tail)
	if len(tail) < 2 || tail[len(tail)-1] == xmin {
		return nil, fmt.Errorf("power law above %v: want at least two amounts that differ from it", xmin)
	}
	return tail, nil
}

// Continuous is the maximum-likelihood exponent a of the density x^-a above xmin, 1 + n/sum ln(x/xmin), with the
// standard error (a-1)/sqrt n. Clauset, Shalizi and Newman 2009, SIAM Rev. 51(4).
func Continuous(x []float64, xmin, level float64) (measure.Estimate, error) {
	tail, err := tailOf(x, xmin)
	if err != nil {
		return measure.Estimate{}, err
	}
	a := continuousExponent(tail, xmin)
	e := measure.Normal(a, (a-1)/math.Sqrt(float64(len(tail))), level, "power law, continuous maximum likelihood")
	e.N = len(tail)
	return e, nil
}

func continuousExponent(tail []float64, xmin float64) float64 {
	var sum float64
	for _, v := range tail {
		sum += math.Log(v / xmin)
	}
	return 1 + float64(len(tail))/sum
}

// Discrete is the maximum-likelihood exponent for whole counts, which maximises -n ln zeta(a, xmin) - a sum ln x, with the
// standard error from the observed information.
func Discrete(x []float64, xmin, level float64) (measure.Estimate, error) {
	tail, err := tailOf(x, xmin)
	if err != nil {
		return measure.Estimate{}, err
	}
	n, logs := float64(len(tail)), 0.0
	for _, v := range tail {
		logs += math.Log(v)
	}
	loss := func(a float64) float64 { return n*math.Log(mathext.Zeta(a, xmin)) + a*logs }
	start := continuousExponent(tail, xmin-0.5)
	problem := optimize.Problem{Func: func(p []float64) float64 { return loss(1 + math.Exp(p[0])) }}
	settings := &optimize.Settings{Converger: &optimize.FunctionConverge{Absolute: 1e-13, Iterations: 60}}
	found, err := optimize.Minimize(problem, []float64{math.Log(start - 1)}, settings, &optimize.NelderMead{SimplexSize: 0.05})
	if err != nil {
		return measure.Estimate{}, fmt.Errorf("discrete power law above %v: %w", xmin, err)
	}
	a := 1 + math.Exp(found.X[0])
	const h = 1e-4
	information := (loss(a+h) - 2*loss(a) + loss(a-h)) / (h * h)
	e := measure.Normal(a, 1/math.Sqrt(information), level, "power law, discrete maximum likelihood")
	e.N = len(tail)
	return e, nil
}

// DiscreteApproximate is 1 + n/sum ln(x/(xmin-1/2)), good for xmin of six or more.
func DiscreteApproximate(x []float64, xmin float64) (float64, error) {
	tail, err := tailOf(x, xmin)
	if err != nil {
		return 0, err
	}
	if !(xmin > 0.5) {
		return 0, fmt.Errorf("discrete power law above %v: want more than 1/2", xmin)
	}
	return continuousExponent(tail, xmin-0.5), nil
}

// ZipfExponent is the exponent 1/(a-1) of amount against rank that belongs to a density exponent a.
func ZipfExponent(a float64) float64 { return 1 / (a - 1) }

// KS is the Kolmogorov-Smirnov distance of the amounts above xmin from the power law with exponent a.
func KS(x []float64, xmin, a float64) (float64, error) {
	tail, err := tailOf(x, xmin)
	if err != nil {
		return 0, err
	}
	return distance(tail, xmin, a), nil
}

func distance(tail []float64, xmin, a float64) float64 {
	n, d := float64(len(tail)), 0.0
	for i, v := range tail {
		f := 1 - math.Pow(v/xmin, 1-a)
		d = max(d, math.Abs(f-float64(i)/n), math.Abs(f-float64(i+1)/n))
	}
	return d
}

// A PowerLaw is a fit whose lower end was chosen by the data.
type PowerLaw struct {
	Exponent measure.Estimate
	XMin, KS float64
	Tail     int // amounts at or above XMin
}

// minTail is the fewest amounts in a tail for which an exponent is tried.
const minTail = 10

// FitPowerLaw chooses xmin among the amounts by the smallest Kolmogorov-Smirnov distance (tails of at least ten amounts)
// and fits the continuous exponent above it.
func FitPowerLaw(x []float64, level float64) (PowerLaw, error) {
	xmin, _, d, tail, err := chooseXMin(x)
	if err != nil {
		return PowerLaw{}, err
	}
	e, err := Continuous(x, xmin, level)
	return PowerLaw{Exponent: e, XMin: xmin, KS: d, Tail: tail}, err
}

func chooseXMin(x []float64) (xmin, a, d float64, tail int, err error) {
	sorted := make([]float64, 0, len(x))
	for _, v := range x {
		if v > 0 && measure.Finite(v) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	d = math.Inf(1)
	for i := 0; i+minTail <= len(sorted); i++ {
		if i > 0 && sorted[i] == sorted[i-1] || sorted[len(sorted)-1] == sorted[i] {
			continue
		}
		exponent := continuousExponent(sorted[i:], sorted[i])
		if ks := distance(sorted[i:], sorted[i], exponent); ks < d {
			xmin, a, d, tail = sorted[i], exponent, ks, len(sorted)-i
		}
	}
	if tail == 0 {
		return 0, 0, 0, 0, fmt.Errorf("power law of %d amounts: want at least %d positive ones that differ", len(x), minTail)
	}
	return xmin, a, d, tail, nil
}

// GoodnessOfFit is the share of samples from the fitted law (with the amounts below XMin resampled) that lie farther from
// their own fit than the data from theirs, with its Wilson interval: a small share rejects the power law. Clauset et al.
// call 0.1 the line. It is deterministic given rnd.
func GoodnessOfFit(x []float64, fit PowerLaw, draws int, rnd *rand.Rand) (measure.Estimate, error) {
	var below []float64
	for _, v := range x {
		if v > 0 && v < fit.XMin {
			below = append(below, v)
		}
	}
	n := len(below) + fit.Tail
	sample := make([]float64, n)
	worse, tried := 0, 0
	for range draws {
		for i := range sample {
			if k := rnd.IntN(n); k < len(below) {
				sample[i] = below[k]
			} else {
				sample[i] = fit.XMin * math.Pow(1-rnd.Float64(), -1/(fit.Exponent.Point-1))
			}
		}
		if _, _, d, _, err := chooseXMin(sample); err == nil {
			tried++
			if d >= fit.KS {
				worse++
			}
		}
	}
	if tried == 0 {
		return measure.Estimate{}, fmt.Errorf("goodness of fit: no usable sample in %d draws", draws)
	}
	return measure.Wilson(float64(worse), float64(tried), 0.95)
}

// A Comparison is Vuong's test of two forms: Z > 0 favours the power law, Z < 0 the lognormal, and P is the two-sided
// p-value below which the data tell them apart. The power law is a limit of the truncated lognormal; near that limit
// Vuong's statistic divides nothing by nothing, so P is never below that of the likelihood-ratio test of nested forms.
type Comparison struct{ Ratio, Z, P, Mu, Sigma float64 }

// VersusLognormal compares the power law above xmin with the lognormal truncated there. Vuong 1989, Econometrica 57(2).
func VersusLognormal(x []float64, xmin float64) (Comparison, error) {
	tail, err := tailOf(x, xmin)
	if err != nil {
		return Comparison{}, err
	}
	a := continuousExponent(tail, xmin)
	logs := make([]float64, len(tail))
	for i, v := range tail {
		logs[i] = math.Log(v)
	}
	mu, sigma, err := truncatedLognormal(logs, math.Log(xmin))
	if err != nil {
		return Comparison{}, err
	}
	ratios := make([]float64, len(tail))
	for i, l := range logs {
		law := math.Log(a-1) - math.Log(xmin) - a*(l-math.Log(xmin))
		ratios[i] = law - lognormalDensity(l, mu, sigma, math.Log(xmin))
	}
	mean, sd := stat.Mean(ratios, nil), stat.PopStdDev(ratios, nil)
	n := float64(len(tail))
	c := Comparison{Ratio: mean * n, Mu: mu, Sigma: sigma, P: 1}
	if sd > 0 {
		c.Z = mean / sd * math.Sqrt(n)
		nested := distuv.ChiSquared{K: 1}.Survival(2 * math.Abs(c.Ratio))
		c.P = max(nested, math.Erfc(math.Abs(c.Z)/math.Sqrt2))
	}
	return c, nil
}

// lognormalDensity is the log density at e^l of a lognormal cut off below e^cut.
func lognormalDensity(l, mu, sigma, cut float64) float64 {
	z := (l - mu) / sigma
	return -l - math.Log(sigma) - z*z/2 - math.Log(2*math.Pi)/2 - logSurvival((cut-mu)/sigma)
}

// logSurvival is ln P(Z > z), accurate far out where the probability itself underflows.
func logSurvival(z float64) float64 {
	if z < 30 {
		return math.Log(math.Erfc(z/math.Sqrt2) / 2) // distuv's Survival is 1 - CDF and cancels
	}
	return -z*z/2 - math.Log(z) - math.Log(2*math.Pi)/2 // Mills' ratio
}

func truncatedLognormal(logs []float64, cut float64) (mu, sigma float64, err error) {
	loss := func(p []float64) float64 {
		s := math.Exp(p[1])
		var sum float64
		for _, l := range logs {
			sum -= lognormalDensity(l, p[0], s, cut)
		}
		if math.IsNaN(sum) || s > 50 || p[0] < cut-500 {
			return math.Inf(1)
		}
		return sum
	}
	start := []float64{stat.Mean(logs, nil), math.Log(max(stat.PopStdDev(logs, nil), 1e-6))}
	settings := &optimize.Settings{MajorIterations: 2000, Converger: &optimize.FunctionConverge{Absolute: 1e-9, Iterations: 50}}
	found, err := optimize.Minimize(optimize.Problem{Func: loss}, start, settings, &optimize.NelderMead{})
	if err != nil && found == nil {
		return 0, 0, fmt.Errorf("truncated lognormal: %w", err)
	}
	return found.X[0], math.Exp(found.X[1]), nil
}

// RankRegression is the exponent zeta of ln(rank - 1/2) = c - zeta ln x, with the standard error zeta sqrt(2/n).
// Gabaix and Ibragimov 2011, JBES 29(1).
func RankRegression(x []float64, level float64) (measure.Estimate, error) {
	var sorted []float64
	for _, v := range x {
		if v > 0 && measure.Finite(v) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	slices.Reverse(sorted)
	n := len(sorted)
	if n < 3 || sorted[0] == sorted[n-1] {
		return measure.Estimate{}, fmt.Errorf("rank regression of %d amounts: want at least three positive ones that differ", n)
	}
	lx, lr := make([]float64, n), make([]float64, n)
	for i, v := range sorted {
		lx[i], lr[i] = math.Log(v), math.Log(float64(i)+0.5)
	}
	_, slope := stat.LinearRegression(lx, lr, nil, false)
	e := measure.Normal(-slope, -slope*math.Sqrt(2/float64(n)), level, "rank regression")
	e.N = n
	return e, nil
}
