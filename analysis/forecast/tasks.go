package forecast

import (
	"math"
	"slices"
)

// fewOrigins is how many origins a series gets unless said otherwise.
const fewOrigins = 10

// MakeTasks gives every series up to so many origins (0 = ten) spread over its second half (later ones for short series), each with those horizons
// whose outcome the series holds.
func MakeTasks(p *Panel, horizons []int, origins int) []Task {
	if origins <= 0 {
		origins = fewOrigins
	}
	hs := slices.Clone(horizons)
	slices.Sort(hs)
	hs = slices.Compact(hs)
	var out []Task
	for _, s := range p.Series {
		n := len(s.Points)
		from := max(8, (n+1)/2)
		if n >= 48 {
			from = max(from, 24)
		}
		to := n - hs[len(hs)-1]
		if to < from+2 {
			to = n - 1
		}
		var at []int
		for k := from; k <= to; k++ {
			if !s.Points[k-1].Guessed {
				at = append(at, k)
			}
		}
		for _, k := range spreadOver(at, origins) {
			c := &cut{s: s, t: s.Points[k-1].T, fit: &fit{g: gridOf(s, s.Points[k-1].T, 1)}}
			for _, h := range hs {
				if _, _, ok := c.outcome(h); ok {
					out = append(out, Task{ID: s.ID, Cutoff: s.Points[k-1].DS, T: s.Points[k-1].T, H: h})
				}
			}
		}
	}
	return out
}

// spreadOver picks at most n values evenly, the first and last among them.
func spreadOver(at []int, n int) []int {
	if len(at) <= n {
		return at
	}
	if n == 1 { // the last one
		return at[len(at)-1:]
	}
	out := make([]int, 0, n)
	for i := range n {
		v := at[int(math.Round(float64(i)*float64(len(at)-1)/float64(n-1)))]
		if len(out) == 0 || v != out[len(out)-1] {
			out = append(out, v)
		}
	}
	return out
}
