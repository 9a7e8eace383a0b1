package chart

import (
	"math"

	"gonum.org/v1/plot"
)

// A valueScale is a finished value axis: its range, its ticks, and how values are placed.
type valueScale struct {
	lo, hi float64
	log    bool
	at     []float64
	label  []string
}

// Ticks implements plot.Ticker: a valueScale knows its ticks already.
func (s valueScale) Ticks(_, _ float64) []plot.Tick {
	out := make([]plot.Tick, len(s.at))
	for i := range s.at {
		out[i] = plot.Tick{Value: s.at[i], Label: s.label[i]}
	}
	return out
}

// clip moves a value that lies beyond the axis to its end.
func (s valueScale) clip(v float64) float64 { return math.Min(math.Max(v, s.lo), s.hi) }

// linear makes a scale that holds lo..hi with about n round steps. It begins at zero, unless the values sit in a
// narrow band far from it: then a zero line would flatten what there is to see.
func linear(lo, hi float64, n int, num numeral) valueScale {
	if lo > hi {
		lo, hi = 0, 1
	}
	if lo == hi {
		lo, hi = math.Min(0, lo*2), math.Max(0, hi*2)
		if lo == hi {
			hi = 1
		}
	}
	if lo > 0 && lo < 0.75*hi {
		lo = 0
	}
	if hi < 0 && hi > 0.75*lo {
		hi = 0
	}
	step := roundStep((hi - lo) / float64(max(n, 1)))
	if num.format == Count && hi-lo >= 1 && step < 1 {
		step = 1 // there are no halves of people
	}
	first, last := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	s := valueScale{lo: first * step, hi: last * step}
	for k := first; k <= last; k++ {
		s.at = append(s.at, k*step)
	}
	s.label = num.ticks(s.at)
	return s
}

// roundStep gives the 1, 2, 2.5 or 5 times a power of ten next above x.
func roundStep(x float64) float64 {
	if x <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*p >= x*(1-1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// logarithmic makes a scale over the positive range lo..hi with ticks at decades, or at 1, 2, 5 of each where there
// are few decades; n is how many ticks have room.
func logarithmic(lo, hi float64, n int, num numeral) valueScale {
	if !(lo > 0) || !(hi > 0) || lo > hi {
		lo, hi = 1, 10
	}
	if lo == hi {
		lo, hi = lo/2, hi*2
	}
	s := valueScale{log: true}
	decades := math.Log10(hi / lo)
	subs := []float64{1}
	switch {
	case decades*3 <= float64(n):
		subs = []float64{1, 2, 5}
	case decades*2 <= float64(n):
		subs = []float64{1, 3}
	}
	stride := math.Max(1, math.Ceil(decades/float64(max(n, 1))))
	// The axis begins and ends at a tick.
	tick := func(x float64, up bool) float64 {
		e := math.Floor(math.Log10(x) + 1e-12)
		p := math.Pow(10, e)
		best := p
		for _, m := range append(subs[:len(subs):len(subs)], 10) {
			if up && m*p >= x*(1-1e-9) {
				return m * p
			}
			if !up && m*p <= x*(1+1e-9) {
				best = m * p
			}
		}
		return best
	}
	s.lo, s.hi = tick(lo, false), tick(hi, true)
	from := math.Floor(math.Log10(s.lo) + 1e-9)
	for e := from; e <= math.Ceil(math.Log10(s.hi)); e += stride {
		for _, m := range subs {
			if v := m * math.Pow(10, e); v >= s.lo*(1-1e-9) && v <= s.hi*(1+1e-9) {
				s.at = append(s.at, v)
			}
		}
	}
	s.label = num.ticks(s.at)
	return s
}
