package forecast

import (
	"slices"

	"github.com/overtake-analytics/overtake/analysis/growth"
)

// fewForCurve is how many steps a growth curve needs before its saturation can be told.
const fewForCurve = 15

// curvePoints is how many points a curve of three parameters is fitted to: more cost time and tell little more.
const curvePoints = 20

// curveTrack goes on along the growth curve (logistic or Gompertz) that fits best, from where the series stands now, if the data tell where it saturates. Its
// past is honest: the curve behind it saw the first two thirds of the series only. It is nil where saturation is not identified, then or now.
func curveTrack(w *work) *track {
	n := len(w.y)
	if n < fewForCurve || !slows(w.y) {
		return nil
	}
	half := n * 2 / 3
	then, ok := curveOf(w.y[:half])
	if !ok {
		return nil
	}
	now, ok := curveOf(w.y)
	if !ok {
		return nil
	}
	tr := w.newTrack("growth curve", half-1, 3)
	k := len(w.hs)
	for t := half - 1; t < n; t++ {
		c := then
		if t == n-1 {
			c = now
		}
		for j, h := range w.hs {
			tr.f[t*k+j] = w.y[t] + c.At(float64(t+h)) - c.At(float64(t))
		}
	}
	return tr
}

// curveOf fits both curves and gives the better one whose saturation is identified.
func curveOf(y []float64) (best growth.Curve, ok bool) {
	stride := 1 + (len(y)-1)/curvePoints
	var t, z []float64
	for i := (len(y) - 1) % stride; i < len(y); i += stride { // the last one among them
		t, z = append(t, float64(i)), append(z, y[i])
	}
	for _, m := range []growth.Model{growth.LogisticModel, growth.GompertzModel} {
		c := growth.Fit(m, t, z)
		if c.Identified && (!ok || c.AICc < best.AICc) {
			best, ok = c, true
		}
	}
	return best, ok
}

// slows tells at little cost whether a series may follow a growth curve: positive, mostly rising, and slower in its last third than in the middle
// one.
func slows(y []float64) bool {
	n := len(y)
	if slices.Min(y) <= 0 {
		return false
	}
	rises := 0
	for i := 1; i < n; i++ {
		rises += b2i(y[i] > y[i-1])
	}
	middle, last := y[2*n/3]-y[n/3], y[n-1]-y[2*n/3]
	return 10*rises >= 8*(n-1) && last > 0 && last < 0.7*middle
}
