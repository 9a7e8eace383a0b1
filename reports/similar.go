package reports

import (
	"math"
	"slices"
)

// bySimilarity orders the rows of a symmetric matrix of similarities so that like stand beside like: groups are joined
// from the most alike on (average linkage), and each time laid end to end so that the two ends that meet are the most
// alike of the four. A similarity that is no number counts as 0. The same matrix gives the same order.
func bySimilarity(cells [][]float64) []int {
	n := len(cells)
	like := make([][]float64, n) // between groups, by their first member
	groups := make([][]int, n)
	for i := range cells {
		groups[i] = []int{i}
		like[i] = make([]float64, n)
		for j, v := range cells[i] {
			if !math.IsNaN(v) {
				like[i][j] = v
			}
		}
	}
	at := func(i, j int) float64 {
		if v := cells[i][j]; !math.IsNaN(v) {
			return v
		}
		return 0
	}
	for range n - 1 {
		bi, bj := -1, -1
		for i := range groups {
			for j := i + 1; groups[i] != nil && j < n; j++ {
				if groups[j] != nil && (bi < 0 || like[i][j] > like[bi][bj]) {
					bi, bj = i, j
				}
			}
		}
		a, b := groups[bi], groups[bj]
		wa, wb := float64(len(a)), float64(len(b))
		first, last := func(g []int) int { return g[0] }, func(g []int) int { return g[len(g)-1] }
		type end struct {
			like         float64
			flipA, flipB bool
		}
		best := end{at(last(a), first(b)), false, false}
		for _, e := range []end{{at(last(a), last(b)), false, true}, {at(first(a), first(b)), true, false}, {at(first(a), last(b)), true, true}} {
			if e.like > best.like {
				best = e
			}
		}
		if best.flipA {
			slices.Reverse(a)
		}
		if best.flipB {
			slices.Reverse(b)
		}
		groups[bi], groups[bj] = append(a, b...), nil
		for k := range groups {
			v := (wa*like[bi][k] + wb*like[bj][k]) / (wa + wb)
			like[bi][k], like[k][bi] = v, v
		}
	}
	if n == 0 {
		return nil
	}
	return groups[0]
}
