package forecast

import (
	"math"

	"gonum.org/v1/gonum/optimize"
)

// A work is one regular series prepared for the candidates: values, local scale, horizons.
type work struct {
	y    []float64
	seen []bool
	w    []float64 // 1 / local scale of one-step surprises at each step
	m    int       // season length, 1 = none
	hs   []int     // horizons asked for, ascending

	season   *season // the season found, nil = none
	strength float64 // how much of what moves about the trend it explains, 0 to 1
}

// A track is what one candidate would have forecast at each step t with parameters fitted up to the cutoff: f[t*len(hs)+k] is its
// forecast for t+hs[k]. Rows before from are not set.
type track struct {
	name   string
	f      []float64
	from   int
	params int
	aicc   float64 // of exponential smoothing
}

func (w *work) newTrack(name string, from, params int) *track {
	return &track{name: name, f: make([]float64, len(w.y)*len(w.hs)), from: from, params: params}
}

// localScale gives a running size of one-step surprises: the exponentially weighted mean of how far each step (of a season, where there is
// one) missed the running mean step. Every era of a series then counts alike, whether it has hundreds or millions.
// floor is the least that can be (rounding).
func localScale(y []float64, seen []bool, m int, floor float64) []float64 {
	n := len(y)
	s := make([]float64, n)
	if n < 2 {
		for i := range s {
			s[i] = math.Max(floor, 1e-12+math.Abs(y[0])*0.02)
		}
		return s
	}
	lag := 1
	if m > 1 && n > m+4 {
		lag = m
	}
	a := make([]float64, 0, n)
	at := make([]int, 0, n)
	mean := y[lag] - y[0]
	for i := lag; i < n; i++ {
		d := y[i] - y[i-lag]
		if i > lag && (seen[i] || len(a) < 3) {
			a, at = append(a, math.Abs(d-mean)), append(at, i)
		}
		mean += 0.3 * (d - mean)
	}
	typical := median(a)
	if typical == 0 {
		for _, v := range a {
			typical += v / float64(len(a))
		}
	}
	if len(a) == 0 {
		typical = math.Abs(y[n-1]-y[0]) * 0.3
	}
	floor = math.Max(floor, math.Max(0.02*typical, 1e-9*math.Abs(y[n-1])+1e-12))
	// start from the first few, then forget with a half-life of some eight steps; a single surprise counts at most five times the running size
	const rate = 0.085
	run := math.Max(floor, median(a[:min(len(a), 6)]))
	if len(a) == 0 { // two readings: their step is all that is known
		run = math.Max(floor, typical)
	}
	k := 0
	for i := range s {
		for k < len(a) && at[k] <= i {
			run += rate * (math.Min(a[k], 5*run) - run)
			k++
		}
		s[i] = math.Max(run, floor)
	}
	return s
}

// logistic maps the real line to (0, 1).
func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// minimise finds a local minimum from x0 by Nelder-Mead within a budget of evaluations. It always gives a point at least as good as x0.
func minimise(f func([]float64) float64, x0 []float64, evals int) []float64 {
	s := &optimize.Settings{FuncEvaluations: evals, Converger: &optimize.FunctionConverge{Absolute: 1e-3, Iterations: 12}}
	r, err := optimize.Minimize(optimize.Problem{Func: f}, x0, s, &optimize.NelderMead{SimplexSize: 0.8})
	if r == nil || (err != nil && r.X == nil) || !(r.F <= f(x0)) {
		return x0
	}
	return r.X
}

// huber is the loss of a scaled error: quadratic to 2.5, then linear, so that one absurd reading does not steer the fit.
func huber(e float64) float64 {
	const k = 2.5
	if e < 0 {
		e = -e
	}
	if e <= k {
		return e * e
	}
	return k * (2*e - k)
}
