package forecast

// stateTrack is the continuous-time trend of [Fit] as a candidate: it skips empty steps and knows the noise of readings, which the
// recursions on a grid do not. It works on values relative to the series' size, so that the priors fit. Without a trend it is the local level: what
// exponential smoothing is where the noise of readings is known to be at least that of rounding.
func stateTrack(w *work, noise float64, trend Trend) *track {
	n := len(w.y)
	if n < 5 {
		return nil
	}
	unit := 1 / w.w[n-1] // local scale now
	var t, z, h []float64
	for i, v := range w.y {
		if w.seen[i] || i == 0 {
			t, z, h = append(t, float64(i)), append(z, v/unit), append(h, noise*noise/(unit*unit))
		}
	}
	p := newProblem(t, z, h, trend, Prior{SlopeSD: 2, LevelVol: 1, SlopeVol: 0.2, Noise: 0.2, HalfLife: 30, LogSpread: 1.2})
	th := p.theta(p.mode(110))
	name := "state-space trend"
	if trend == TrendNone {
		name = "local level"
	}
	tr := w.newTrack(name, 2, p.dim)
	k := len(w.hs)
	fs := make([]float64, k)
	for j, hh := range w.hs {
		fs[j], _, _, _, _ = th.transition(float64(hh))
	}
	f, a, qll, qlb, qbb := th.transition(1)
	s := state{l: z[0], pll: h[0] + th.sigmaE*th.sigmaE, pbb: p.slopeVar}
	next := 1
	for i := 1; i < n; i++ {
		s = s.moved(f, a, qll, qlb, qbb)
		if next < len(t) && t[next] == float64(i) {
			s = s.seen(z[next], h[next]+th.sigmaE*th.sigmaE)
			next++
		}
		for j := range fs {
			tr.f[i*k+j] = (s.l + fs[j]*s.b) * unit
		}
	}
	return tr
}

// seen updates a state by a reading of the given noise variance.
func (s state) seen(z, v float64) state {
	q := s.pll + v
	if q <= 0 {
		return s
	}
	e, kl, kb := z-s.l, s.pll/q, s.plb/q
	return state{l: s.l + kl*e, b: s.b + kb*e, pll: s.pll - kl*s.pll, plb: s.plb - kl*s.plb, pbb: s.pbb - kb*s.plb}
}
