package forecast

import (
	"math"
)

// A tuning holds the few numbers of the combination and of its intervals. They were chosen by rolling origins on
// families of series that the published scores do not use (README.md).
type tuning struct {
	power   int     // weight of a candidate = past loss ^ -power
	forget  float64 // of past losses per step
	prior   float64 // losses of the mean candidate that each starts with
	penalty float64 // loss times (1 + penalty * parameters / steps)
	keep    float64 // candidates with more than keep times the least loss are left out
}

var standard = tuning{power: 5, forget: 0.97, prior: 2, penalty: 1, keep: 1.5}

// A mix is the combination of candidates on one series.
type mix struct {
	point  []float64   // forecast from the last step for each horizon
	spread []float64   // weighted mean absolute distance of the candidates from it
	err    [][]float64 // per horizon: past errors of the combination, in local scales of their origin, oldest first
	scale  float64     // local scale now
	names  []string
	weight [][]float64 // per horizon, per name
	loss   lossSum
}

// A lossSum compares the combination with the two simplest forecasts on the same past targets (all horizons, in local scales).
type lossSum struct {
	mix, naive, drift float64
	n                 int
}

// combine weighs tracks by their past losses, horizon by horizon, and replays the weighing through the past: the weights at a step come
// only from targets up to that step.
func combine(w *work, tracks []*track, tn tuning) *mix {
	n, nh, nk := len(w.y), len(w.hs), len(tracks)
	mx := &mix{point: make([]float64, nh), spread: make([]float64, nh), err: make([][]float64, nh), scale: 1 / w.w[n-1]}
	weight := make([]float64, nk)
	for _, tr := range tracks {
		mx.names = append(mx.names, tr.name)
	}
	loss, count := make([]float64, nk), make([]float64, nk)
	for j, h := range w.hs {
		clear(loss)
		clear(count)
		for t := range n {
			if o := t - h; o >= 0 && w.seen[t] { // the target that becomes known at t
				for k, tr := range tracks {
					loss[k] *= tn.forget
					count[k] *= tn.forget
					if o >= tr.from {
						loss[k] += math.Min(math.Abs(w.y[t]-tr.f[o*nh+j])*w.w[o], 20*float64(h))
						count[k]++
					}
				}
			}
			if t < 1 || (t < n-1 && (t+h >= n || !w.seen[t+h])) {
				continue
			}
			if !weigh(tracks, t, loss, count, weight, tn) {
				continue
			}
			var f float64
			for k, tr := range tracks {
				if weight[k] > 0 {
					f += weight[k] * tr.f[t*nh+j]
				}
			}
			if t < n-1 {
				mx.err[j] = append(mx.err[j], (w.y[t+h]-f)*w.w[t])
				mx.loss.add(w, t, h, f)
				continue
			}
			mx.point[j] = f
			for k, tr := range tracks {
				if weight[k] > 0 {
					mx.spread[j] += weight[k] * math.Abs(tr.f[t*nh+j]-f)
				}
			}
		}
		mx.weight = append(mx.weight, append([]float64(nil), weight...))
	}
	return mx
}

// add counts one past target.
func (l *lossSum) add(w *work, t, h int, f float64) {
	y, last := w.y[t+h], w.y[t]
	drift := last + float64(h)*(last-w.y[0])/float64(t)
	l.mix += math.Abs(y-f) * w.w[t]
	l.naive += math.Abs(y-last) * w.w[t]
	l.drift += math.Abs(y-drift) * w.w[t]
	l.n++
}

// weigh sets the weights at step t, summing to one; false where no candidate is ready.
func weigh(tracks []*track, t int, loss, count, weight []float64, tn tuning) bool {
	var sum, cnt float64
	for k, tr := range tracks {
		if t >= tr.from {
			sum, cnt = sum+loss[k], cnt+count[k]
		}
	}
	mean := 1.0
	if cnt > 0 {
		mean = sum/cnt + 1e-9
	}
	least := math.Inf(1)
	for k, tr := range tracks {
		weight[k] = 0
		if t < tr.from {
			continue
		}
		l := (loss[k] + tn.prior*mean) / (count[k] + tn.prior)
		l *= 1 + tn.penalty*float64(tr.params)/(count[k]+tn.prior)
		weight[k] = l
		least = math.Min(least, l)
	}
	if math.IsInf(least, 1) {
		return false
	}
	var total float64
	for k := range weight {
		if weight[k] == 0 {
			continue
		}
		if r := weight[k] / least; r > tn.keep {
			weight[k] = 0
		} else {
			weight[k] = 1
			for range tn.power {
				weight[k] /= r
			}
		}
		total += weight[k]
	}
	for k := range weight {
		weight[k] /= total
	}
	return true
}
