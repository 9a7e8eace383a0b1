package forecast

import "math"

// tracksOf runs every candidate that the series allows.
func tracksOf(g *grid, w *work) []*track {
	plain := *w
	plain.m = 1
	var out []*track
	add := func(trs ...*track) {
		for _, tr := range trs {
			if tr != nil {
				out = append(out, tr)
			}
		}
	}
	if w.strength > strongSeason {
		add(driftTrack(&plain))
		add(seasonalTracks(w)...)
		return out
	}
	add(steadyTracks(&plain, "")...)
	add(stateTrack(&plain, g.sd, TrendDamped))
	if g.sd > 0 { // where no noise is known, smoothing says the same
		add(stateTrack(&plain, g.sd, TrendNone))
	}
	add(curveTrack(&plain))
	if lw := logWork(&plain); lw != nil {
		add(expTracks(lw, steadyTracks(lw, "log "))...)
	}
	if w.strength > weakSeason {
		add(seasonalTracks(w)...)
	}
	return out
}

// Candidates with a season are not tried where it explains less than a tenth of what moves about the trend, and those without one not where
// it explains most of that.
const (
	weakSeason   = 0.1
	strongSeason = 0.7
)

// seasonIn estimates the additive and the multiplicative season and gives the stronger.
func seasonIn(y []float64, m int) (*season, float64) {
	se, strength := seasonOf(y, m, false)
	if mul, s := seasonOf(y, m, true); s > strength {
		return mul, s
	}
	return se, strength
}

// steadyTracks are the candidates without a season.
func steadyTracks(w *work, prefix string) []*track {
	out := []*track{}
	add := func(tr *track) {
		if tr != nil {
			tr.name = prefix + tr.name
			out = append(out, tr)
		}
	}
	if prefix == "" {
		add(naiveTrack(w))
		add(recentTrack(w, 3, "last three steps"))
		add(etsTrack(w, etsForm{name: "smoothing"}))
		add(etsTrack(w, etsForm{name: "trend", trend: true}))
		add(thetaTrack(w))
		add(arTrack(w, diffForm{name: "AR of second differences", step: true, twice: true, orders: []int{1, 2, 3}}))
	}
	add(driftTrack(w))
	add(recentTrack(w, 6, "last six steps"))
	add(etsTrack(w, etsForm{name: "damped trend", trend: true, damped: true}))
	add(arTrack(w, diffForm{name: "AR of differences", step: true, mean: true, orders: []int{1, 2, 3}}))
	if prefix != "" {
		add(arTrack(w, diffForm{name: "AR of fading differences", step: true, orders: []int{1, 2}}))
	}
	return out
}

// logWork gives the series on logarithms, nil where a value is not positive.
func logWork(w *work) *work {
	lw := *w
	lw.y = make([]float64, len(w.y))
	for i, v := range w.y {
		if v <= 0 {
			return nil
		}
		lw.y[i] = math.Log(v)
	}
	s := localScale(lw.y, w.seen, w.m, 0)
	lw.w = make([]float64, len(s))
	for i, v := range s {
		lw.w[i] = 1 / v
	}
	return &lw
}

// expTracks brings tracks of logarithms back to the series' unit, bounded so that a runaway stays a number.
func expTracks(lw *work, trs []*track) []*track {
	k := len(lw.hs)
	for _, tr := range trs {
		for t := tr.from; t < len(lw.y); t++ {
			for j := range k {
				i := t*k + j
				tr.f[i] = math.Exp(math.Max(lw.y[t]-6, math.Min(lw.y[t]+6, tr.f[i])))
			}
		}
	}
	return trs
}

// seasonalTracks are the candidates that know the season.
func seasonalTracks(w *work) []*track {
	out := []*track{}
	add := func(trs ...*track) {
		for _, tr := range trs {
			if tr != nil {
				out = append(out, tr)
			}
		}
	}
	add(naiveTrack(w))
	add(bestETS(w, "seasonal smoothing", etsForm{seasonal: true}, etsForm{trend: true, damped: true, seasonal: true}))
	add(arTrack(w, diffForm{name: "seasonal AR", seasonal: true, mean: true, orders: []int{1, 2, 3}}))
	add(arTrack(w, diffForm{name: "seasonal AR of differences", seasonal: true, step: true, orders: []int{1, 2}}))
	if lw := logWork(w); lw != nil {
		add(expTracks(lw, notNil(bestETS(lw, "log seasonal smoothing", etsForm{seasonal: true}, etsForm{trend: true, damped: true, seasonal: true}),
			arTrack(lw, diffForm{name: "log seasonal AR", seasonal: true, mean: true, orders: []int{1, 2, 3}}),
			arTrack(lw, diffForm{name: "log seasonal AR of differences", seasonal: true, step: true, orders: []int{1, 2}})))...)
	}
	add(adjustedTracks(w, w.season)...)
	return out
}

func notNil(trs ...*track) []*track {
	out := trs[:0]
	for _, tr := range trs {
		if tr != nil {
			out = append(out, tr)
		}
	}
	return out
}

// adjustedTracks runs some steady candidates on the seasonally adjusted series.
func adjustedTracks(w *work, se *season) []*track {
	aw := *w
	aw.m = 1
	aw.y = make([]float64, len(w.y))
	for i, v := range w.y {
		aw.y[i] = se.remove(v, i)
	}
	s := localScale(aw.y, w.seen, 1, 0)
	aw.w = make([]float64, len(s))
	for i, v := range s {
		aw.w[i] = 1 / v
	}
	prefix := "adjusted "
	if se.mul {
		prefix = "ratio-adjusted "
	}
	trs := notNil(driftTrack(&aw), bestETS(&aw, "exponential smoothing", etsForm{}, etsForm{trend: true}, etsForm{trend: true, damped: true}), thetaTrack(&aw),
		arTrack(&aw, diffForm{name: "AR of differences", step: true, mean: true, orders: []int{1, 2, 3}}))
	k := len(w.hs)
	for _, tr := range trs {
		tr.name = prefix + tr.name
		tr.from = max(tr.from, w.m)
		for t := tr.from; t < len(w.y); t++ {
			for j, h := range w.hs {
				tr.f[t*k+j] = se.restore(tr.f[t*k+j], t+h)
			}
		}
	}
	return trs
}
