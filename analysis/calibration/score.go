package calibration

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// ErrNothing says that there is nothing to score.
var ErrNothing = errors.New("nothing to score")

// CRPSNormal is the continuous ranked probability score of a normal forecast, in the unit of y. A standard deviation of zero gives the
// absolute error. Source: Gneiting & Raftery 2007, JASA 102, 10.1198/016214506000001437.
func CRPSNormal(mu, sd, y float64) (float64, error) {
	if sd < 0 || math.IsNaN(mu+sd+y) {
		return 0, fmt.Errorf("crps of normal(%v, %v) at %v: want numbers and sd >= 0", mu, sd, y)
	}
	if sd == 0 {
		return math.Abs(y - mu), nil
	}
	z := (y - mu) / sd
	n := distuv.UnitNormal
	return sd * (z*(2*n.CDF(z)-1) + 2*n.Prob(z) - 1/math.Sqrt(math.Pi)), nil
}

// CRPSEnsemble is the score of equally likely draws x: mean|x-y| - sum|xi-xj|/(2 n^2), or divided by 2 n (n-1) for the fair version, which may be
// negative and needs two draws. Source: Ferro 2014, QJRMS 140. It sorts a copy, so n log n.
func CRPSEnsemble(x []float64, y float64, fair bool) (float64, error) {
	n := float64(len(x))
	if len(x) == 0 || fair && len(x) < 2 {
		return 0, fmt.Errorf("crps of %d draws: %w", len(x), ErrNothing)
	}
	s := slices.Clone(x)
	slices.Sort(s)
	var near, pairs float64
	for i, v := range s {
		near += math.Abs(v-y) / n
		pairs += v * float64(2*i-len(s)+1) // sum over pairs of |xi-xj|, each once
	}
	if fair {
		return near - pairs/(n*(n-1)), nil
	}
	return near - pairs/(n*n), nil
}

// CRPSQuantiles is the score of a forecast given by quantiles q at ascending levels p: its distribution function is taken to rise on straight
// lines between them and to jump by what is left at the two ends, so that tails nobody stated cost nothing. A single median gives
// the absolute error. Gneiting & Raftery 2007.
func CRPSQuantiles(p, q []float64, y float64) (float64, error) {
	if len(p) == 0 || len(p) != len(q) {
		return 0, fmt.Errorf("crps: %d levels and %d quantiles: %w", len(p), len(q), ErrNothing)
	}
	n := len(p) - 1
	s := math.Max(0, q[0]-y) + math.Max(0, y-q[n])
	for i := 1; i <= n; i++ {
		a, b := q[i-1], q[i]
		if b <= a {
			continue
		}
		at := math.Min(math.Max(y, a), b)
		f := p[i-1] + (p[i]-p[i-1])*(at-a)/(b-a) // the distribution function where the truth parts the piece
		s += (at-a)*meanSquare(p[i-1], f) + (b-at)*meanSquare(1-f, 1-p[i])
	}
	return s, nil
}

// meanSquare is the mean of x^2 on the straight line from a to b.
func meanSquare(a, b float64) float64 { return (a*a + a*b + b*b) / 3 }

// Brier is the squared error of a probability: 0 = sure and right, 1 = sure and wrong. Brier 1950, Monthly Weather Review 78.
func Brier(p float64, happened bool) float64 { return (p - b2f(happened)) * (p - b2f(happened)) }

// PITNormal is the forecast's distribution function at the truth: uniform over many calibrated forecasts.
func PITNormal(mu, sd, y float64) float64 {
	if sd <= 0 {
		switch {
		case y < mu:
			return 0
		case y > mu:
			return 1
		}
		return 0.5
	}
	return distuv.UnitNormal.CDF((y - mu) / sd)
}

// PITQuantiles places the truth among quantiles q at ascending levels p, linearly between them; outside it gives half of the tail.
func PITQuantiles(p, q []float64, y float64) float64 {
	n := len(p)
	if n == 0 {
		return 0.5
	}
	if y < q[0] {
		return p[0] / 2
	}
	if y > q[n-1] {
		return (1 + p[n-1]) / 2
	}
	for i := 1; i < n; i++ {
		if y <= q[i] {
			if q[i] == q[i-1] {
				return (p[i] + p[i-1]) / 2
			}
			return p[i-1] + (p[i]-p[i-1])*(y-q[i-1])/(q[i]-q[i-1])
		}
	}
	return p[n-1]
}

// Skill is 1 - score/reference: 0 = as good as the reference, 1 = perfect; false where the reference is 0.
func Skill(score, reference float64) (float64, bool) {
	if reference == 0 {
		return 0, false
	}
	return 1 - score/reference, true
}

// IntervalScore is the Winkler score of the central interval [lo, hi] of level 1-alpha: its width plus 2/alpha times how far the truth lies
// outside. Source: Winkler 1972, JASA 67.
func IntervalScore(lo, hi, alpha, y float64) float64 {
	return hi - lo + 2/alpha*(math.Max(0, lo-y)+math.Max(0, y-hi))
}

// Pinball is the quantile loss at level p.
func Pinball(p, q, y float64) float64 {
	if y >= q {
		return p * (y - q)
	}
	return (1 - p) * (q - y)
}

// WIS is the weighted interval score of quantiles q at levels p that are symmetric about a median: twice the mean pinball loss, which equals
// the median's absolute error and the intervals' scores weighted by 1/2 and alpha/2, over K + 1/2.
// Source: Bracher et al. 2021, PLoS Comput. Biol. 17(2), 10.1371/journal.pcbi.1008618.
func WIS(p, q []float64, y float64) (float64, error) {
	if len(p) == 0 || len(p) != len(q) {
		return 0, fmt.Errorf("wis: %d levels and %d quantiles: %w", len(p), len(q), ErrNothing)
	}
	var s float64
	for i := range p {
		s += Pinball(p[i], q[i], y)
	}
	return 2 * s / float64(len(p)), nil
}

// MASE is the mean absolute error over the scale; false where the scale is zero (a flat training series).
func MASE(absErrors []float64, scale float64) (float64, bool) {
	if len(absErrors) == 0 || !(scale > 0) {
		return 0, false
	}
	var s float64
	for _, e := range absErrors {
		s += math.Abs(e)
	}
	return s / float64(len(absErrors)) / scale, true
}

// RMSSE is the root mean squared error over the root mean squared step of the training series (given as its mean square).
func RMSSE(errs []float64, meanSquareStep float64) (float64, bool) {
	if len(errs) == 0 || !(meanSquareStep > 0) {
		return 0, false
	}
	var s float64
	for _, e := range errs {
		s += e * e
	}
	return math.Sqrt(s / float64(len(errs)) / meanSquareStep), true
}

// NaiveScale is the mean absolute step over lag m of a training series, the denominator of MASE.
// Source: Hyndman & Koehler 2006, IJF 22(4), 10.1016/j.ijforecast.2006.03.001.
func NaiveScale(train []float64, m int) float64 {
	if m < 1 || len(train) <= m {
		return 0
	}
	var s float64
	for i := m; i < len(train); i++ {
		s += math.Abs(train[i] - train[i-m])
	}
	return s / float64(len(train)-m)
}
