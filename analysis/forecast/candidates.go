package forecast

import (
	"math"
)

// naiveTrack repeats the last value (of the same season).
func naiveTrack(w *work) *track {
	tr := w.newTrack("naive", w.m, 0)
	if w.m > 1 {
		tr.name = "seasonal naive"
	}
	tr.from = w.m - 1
	k := len(w.hs)
	for t := tr.from; t < len(w.y); t++ {
		for j, h := range w.hs {
			tr.f[t*k+j] = w.y[t-w.m+1+(h-1)%w.m]
		}
	}
	return tr
}

// driftTrack goes on along the line from the first value to the last (METRICS 2.3).
func driftTrack(w *work) *track {
	tr := w.newTrack("drift", 1, 1)
	k := len(w.hs)
	for t := 1; t < len(w.y); t++ {
		b := (w.y[t] - w.y[0]) / float64(t)
		for j, h := range w.hs {
			tr.f[t*k+j] = w.y[t] + b*float64(h)
		}
	}
	return tr
}

// recentTrack goes on with the median of the last size steps.
func recentTrack(w *work, size int, name string) *track {
	n := len(w.y)
	if n < size+2 {
		return nil
	}
	tr := w.newTrack(name, size, 1)
	k := len(w.hs)
	d := make([]float64, size)
	for t := size; t < n; t++ {
		for i := range d {
			d[i] = w.y[t-i] - w.y[t-i-1]
		}
		b := median(d)
		for j, h := range w.hs {
			tr.f[t*k+j] = w.y[t] + b*float64(h)
		}
	}
	return tr
}

// An etsForm says which parts an exponential smoothing has.
type etsForm struct {
	name          string
	trend, damped bool
	seasonal      bool
}

// etsTrack fits exponential smoothing by weighted one-step (and some multi-step) Huber loss with a weak prior on its parameters.
func etsTrack(w *work, form etsForm) *track {
	n := len(w.y)
	if n < 4 || (form.seasonal && n < 2*w.m+4) {
		return nil
	}
	start := etsStart(w, form)
	decode := func(x []float64) Smoothing {
		p := Smoothing{Alpha: 0.02 + 0.97*logistic(x[0]), Phi: 1}
		i := 1
		if form.trend {
			p.Beta = p.Alpha * logistic(x[i])
			i++
		}
		if form.damped {
			p.Phi = 0.8 + 0.19*logistic(x[i])
			i++
		}
		if form.seasonal {
			p.Gamma = (1 - p.Alpha) * logistic(x[i])
		}
		return p
	}
	centre := []float64{1}
	if form.trend {
		centre = append(centre, -1)
	}
	if form.damped {
		centre = append(centre, 0.7)
	}
	if form.seasonal {
		centre = append(centre, -1.5)
	}
	s := etsState{season: make([]float64, len(start.season))}
	var logLik float64
	cost := func(x []float64) float64 {
		p := decode(x)
		s.l, s.b = start.l, start.b
		copy(s.season, start.season)
		var loss, pen float64
		cnt := 0
		for t := 0; t < n; t++ {
			e := p.update(&s, w.y[t])
			if t > 1 && w.seen[t] {
				loss += huber(e * w.w[t-1])
				cnt++
			}
		}
		for i, v := range x {
			pen += (v - centre[i]) * (v - centre[i]) / 8
		}
		logLik = -0.5 * float64(cnt) * math.Log(loss/float64(max(cnt, 1))+1e-12)
		return pen - logLik
	}
	x := minimise(cost, centre, 25*len(centre)+20)
	cost(x)
	p := decode(x)
	from := 1
	if form.seasonal {
		from = w.m
	}
	tr := w.newTrack(form.name, from, len(centre)+1)
	tr.aicc = aicc(logLik, len(centre)+2+b2i(form.trend)+len(start.season), n)
	s.l, s.b = start.l, start.b
	copy(s.season, start.season)
	k := len(w.hs)
	damp := make([]float64, k)
	for j, h := range w.hs {
		damp[j] = damping(p.Phi, h)
	}
	for t := range n {
		p.update(&s, w.y[t])
		for j, h := range w.hs {
			f := s.l + damp[j]*s.b
			if form.seasonal {
				f += s.season[(h-1)%w.m]
			}
			tr.f[t*k+j] = f
		}
	}
	return tr
}

// aicc is Akaike's criterion corrected for small samples, of k parameters (the variance among them) fitted to n values.
func aicc(logLik float64, k, n int) float64 {
	kf, nf := float64(k), float64(n)
	return -2*logLik + 2*kf + 2*kf*(kf+1)/math.Max(0.5, nf-kf-1)
}

// bestETS fits the forms and keeps the one of least AICc.
func bestETS(w *work, name string, forms ...etsForm) *track {
	var best *track
	for _, f := range forms {
		if tr := etsTrack(w, f); tr != nil && (best == nil || tr.aicc < best.aicc) {
			best = tr
		}
	}
	if best != nil {
		best.name = name
	}
	return best
}

// etsStart gives a robust state before the first value.
func etsStart(w *work, form etsForm) etsState {
	n := len(w.y)
	m := 1
	if form.seasonal {
		m = w.m
	}
	s := etsState{}
	if form.trend {
		k := min(n-1, max(4, 2*m))
		d := make([]float64, 0, k)
		for i := m; i <= k; i++ {
			d = append(d, (w.y[i]-w.y[i-m])/float64(m))
		}
		s.b = median(d)
	}
	if !form.seasonal {
		s.l = w.y[0] - s.b
		return s
	}
	cycles := min(3, n/m)
	var mean float64
	for i := range cycles * m {
		mean += (w.y[i] - s.b*float64(i)) / float64(cycles*m)
	}
	s.l = mean - s.b
	s.season = make([]float64, m)
	for i := range cycles * m {
		s.season[i%m] += (w.y[i] - s.b*float64(i) - mean) / float64(cycles)
	}
	return s
}

// thetaTrack is the theta method: smoothing of the level with half of the overall slope.
// Source: Assimakopoulos & Nikolopoulos 2000; Hyndman & Billah 2003 (IJF 19) for the equivalence used here.
func thetaTrack(w *work) *track {
	n := len(w.y)
	if n < 5 {
		return nil
	}
	slopes := runningSlope(w.y)
	run := func(alpha float64, visit func(t int, l float64)) {
		l := w.y[0]
		for t, y := range w.y {
			l += alpha * (y - l)
			visit(t, l)
		}
	}
	ahead := func(alpha float64, t, h int) float64 {
		return 0.5 * slopes[t] * (float64(h-1) + (1-math.Pow(1-alpha, float64(t+1)))/alpha)
	}
	cost := func(x []float64) float64 {
		a := 0.02 + 0.97*logistic(x[0])
		var loss float64
		cnt := 0
		prev := w.y[0]
		run(a, func(t int, l float64) {
			if t > 2 && w.seen[t] {
				loss += huber((w.y[t] - prev) * w.w[t-1])
				cnt++
			}
			prev = l + ahead(a, t, 1)
		})
		return 0.5*float64(cnt)*math.Log(loss/float64(max(cnt, 1))+1e-12) + (x[0]-1)*(x[0]-1)/8
	}
	a := 0.02 + 0.97*logistic(minimise(cost, []float64{1}, 40)[0])
	tr := w.newTrack("theta", 2, 3)
	k := len(w.hs)
	run(a, func(t int, l float64) {
		for j, h := range w.hs {
			tr.f[t*k+j] = l + ahead(a, t, h)
		}
	})
	return tr
}

// runningSlope gives at each t the least-squares slope of y[0..t] on time.
func runningSlope(y []float64) []float64 {
	out := make([]float64, len(y))
	var sy, sty float64
	for t, v := range y {
		sy += v
		sty += float64(t) * v
		n := float64(t + 1)
		if t > 0 {
			tm := float64(t) / 2
			out[t] = (sty - tm*sy) / (n * (n*n - 1) / 12)
		}
	}
	return out
}
