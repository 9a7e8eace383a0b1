package forecast

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A diffForm says how a series is made steady before an autoregression is fitted.
type diffForm struct {
	name     string
	seasonal bool // difference over a season
	step     bool // difference over one step
	twice    bool // ... once more
	mean     bool // with a mean of the differences
	orders   []int
}

// arTrack fits an autoregression to differences, ARIMA(p,d,0)(P,D,0), by weighted least squares with a ridge, its order by AICc.
// Weights are those of the local scale, so early years of a grown series do not rule.
func arTrack(w *work, form diffForm) *track {
	lag, lead := w.y, 0
	if form.seasonal {
		lag, lead = difference(lag, w.m), w.m
	}
	for range b2i(form.step) + b2i(form.twice) {
		lag, lead = difference(lag, 1), lead+1
	}
	n := len(lag)
	var best *arFit
	for _, p := range form.orders {
		lags := make([]int, 0, p+1)
		for i := 1; i <= p; i++ {
			lags = append(lags, i)
		}
		if w.m > 1 && p > 0 && w.m > p {
			lags = append(lags, w.m)
		}
		f := fitAR(w, lag, lead, lags, form.mean)
		if f != nil && (best == nil || f.aicc < best.aicc) {
			best = f
		}
	}
	if best == nil {
		return nil
	}
	from := lead + best.depth()
	if from+2 > len(w.y) {
		return nil
	}
	tr := w.newTrack(form.name, from, best.params())
	hmax := w.hs[len(w.hs)-1]
	z := make([]float64, n+hmax)
	u := make([]float64, len(w.y)+hmax)
	k := len(w.hs)
	for t := from; t < len(w.y); t++ {
		copy(z, lag[:t-lead+1])
		copy(u, w.y[:t+1])
		best.extend(z, t-lead+1, hmax)
		for h := 1; h <= hmax; h++ {
			u[t+h] = z[t-lead+h] + undo(form, w.m, u, t+h)
		}
		for j, h := range w.hs {
			tr.f[t*k+j] = u[t+h]
		}
	}
	return tr
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func difference(y []float64, lag int) []float64 {
	if len(y) <= lag {
		return nil
	}
	out := make([]float64, len(y)-lag)
	for i := range out {
		out[i] = y[i+lag] - y[i]
	}
	return out
}

// undo gives what must be added to a difference to get the value at position i of u.
func undo(f diffForm, m int, u []float64, i int) float64 {
	switch {
	case f.seasonal && f.step:
		return u[i-1] + u[i-m] - u[i-m-1]
	case f.seasonal:
		return u[i-m]
	case f.twice:
		return 2*u[i-1] - u[i-2]
	case f.step:
		return u[i-1]
	}
	return 0
}

// An arFit is a fitted autoregression of differences.
type arFit struct {
	lags []int
	mean bool
	coef []float64 // one per lag
	mu   float64   // mean of the differences, 0 without one
	aicc float64
}

func (f *arFit) params() int { return len(f.coef) + 1 + b2i(f.mean) }

func (f *arFit) depth() int {
	if len(f.lags) == 0 {
		return 1
	}
	return f.lags[len(f.lags)-1]
}

// extend fills z[n:n+h] with forecasts.
func (f *arFit) extend(z []float64, n, h int) {
	for i := n; i < n+h; i++ {
		var v float64
		for j, l := range f.lags {
			v += f.coef[j] * (z[i-l] - f.mu)
		}
		z[i] = v + f.mu
	}
}

// fitAR does ridge regression of d on its lags about its weighted mean, in two rounds: the second gives less weight to surprises
// beyond 2.5 scales. It gives nil where there is too little to fit.
func fitAR(w *work, d []float64, lead int, lags []int, mean bool) *arFit {
	q := len(lags)
	f := &arFit{lags: lags, mean: mean, coef: make([]float64, q)}
	from := f.depth()
	rows := len(d) - from
	if rows < 2*q+3 {
		return nil
	}
	weight := func(i int) float64 { return w.w[max(0, i+lead-1)] }
	if mean {
		var sw, sd float64
		for i, v := range d {
			wt := weight(i) * weight(i)
			sw, sd = sw+wt, sd+wt*v
		}
		f.mu = sd / sw
	}
	residual := func(i int) float64 {
		e := d[i] - f.mu
		for j, l := range lags {
			e -= f.coef[j] * (d[i-l] - f.mu)
		}
		return e * weight(i)
	}
	for round := range 2 * min(q, 1) {
		a, b := mat.NewSymDense(q, nil), mat.NewVecDense(q, nil)
		for i := from; i < len(d); i++ {
			r := weight(i) * weight(i)
			if round > 0 {
				if e := math.Abs(residual(i)); e > 2.5 {
					r *= 2.5 / e
				}
			}
			for j := range q {
				x := r * (d[i-lags[j]] - f.mu)
				for l := j; l < q; l++ {
					a.SetSym(j, l, a.At(j, l)+x*(d[i-lags[l]]-f.mu))
				}
				b.SetVec(j, b.AtVec(j)+x*(d[i]-f.mu))
			}
		}
		for j := range q {
			a.SetSym(j, j, a.At(j, j)*(1+2/float64(rows))+1e-9)
		}
		var c mat.Cholesky
		if !c.Factorize(a) {
			return nil
		}
		var sol mat.VecDense
		if c.SolveVecTo(&sol, b) != nil {
			return nil
		}
		copy(f.coef, sol.RawVector().Data)
	}
	var rss float64
	for i := from; i < len(d); i++ {
		rss += huber(residual(i))
	}
	n, k := float64(rows), float64(f.params())
	f.aicc = n*math.Log(rss/n+1e-12) + 2*k + 2*k*(k+1)/math.Max(1, n-k-1)
	f.tame()
	return f
}

// tame pulls the roots of an explosive autoregression inside the unit circle (by coefficients times c^lag), so that
// forecasts of differences settle.
func (f *arFit) tame() {
	for range 40 {
		if f.stationary() {
			return
		}
		for j, l := range f.lags {
			f.coef[j] *= math.Pow(0.98, float64(l))
		}
	}
	clear(f.coef)
}

// stationary tells whether all reflection coefficients of the step-down recursion are inside (-1, 1).
func (f *arFit) stationary() bool {
	if len(f.lags) == 0 {
		return true
	}
	p := f.depth()
	a := make([]float64, p)
	for j, l := range f.lags {
		a[l-1] = f.coef[j]
	}
	b := make([]float64, p)
	for k := p; k > 0; k-- {
		r := a[k-1]
		if math.Abs(r) >= 0.99 {
			return false
		}
		if r == 0 {
			continue
		}
		for i := range k - 1 {
			b[i] = (a[i] + r*a[k-2-i]) / (1 - r*r)
		}
		copy(a, b[:k-1])
	}
	return true
}
