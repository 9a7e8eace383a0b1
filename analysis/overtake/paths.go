package overtake

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A PathModel draws futures of one series. Level, drift, volatility and their uncertainty are the model's affair: each
// path is one equally likely course of the true level, not of what would be read off a rounded display.
type PathModel interface {
	// LogPaths gives n futures of the natural logarithm of the level, at the given days after the as-of date: ascending,
	// not negative. A row is a path. The same rng state gives the same paths.
	LogPaths(rng *rand.Rand, days []float64, n int) [][]float64
}

// daysPerMonth is the length of the month in which growth is given.
const daysPerMonth = 365.2425 / 12

// A DriftNode is one value of the decay of growth with its weight, and what the evidence says of the growth given it.
type DriftNode struct {
	Weight   float64 // >= 0; weights need not sum to 1
	Decay    float64 // >= 0, per month: the log growth is now losing this share of itself; 0: steady growth
	Mean, SD float64 // log growth per month at the date of the level
}

// A GrowthModel is the model of a series of which few readings are known: a level with an error, a log growth that starts
// from an uncertain value and fades at an uncertain pace, and a random walk around it. After t months the growth is
// g/(1 + c t): the level grows like (1 + c t)^(g/c), a power of time, which is exponential growth for c = 0 and a straight
// line for c = g. With one node of decay 0 it is Brownian motion with an uncertain drift.
type GrowthModel struct {
	LogLevel, LevelSD float64 // natural logarithm of the last known level
	AgeDays           float64 // days from that level to the as-of date, >= 0
	Nodes             []DriftNode
	Vol               float64 // of the log level at its date, per square root of a month; it fades with the growth
}

// LogPaths implements [PathModel].
func (g GrowthModel) LogPaths(rng *rand.Rand, days []float64, n int) [][]float64 {
	grown := make([][]float64, len(g.Nodes)) // by node and day: months of undiminished growth that the decayed growth is worth
	steps := make([][]float64, len(g.Nodes)) // ... standard deviation of the walk over the step that ends there
	cum := make([]float64, len(g.Nodes))
	var total float64
	for j, node := range g.Nodes {
		grown[j], steps[j] = make([]float64, len(days)), make([]float64, len(days))
		var variance float64
		for i, d := range days {
			months := (g.AgeDays + d) / daysPerMonth
			grown[j][i] = decayed(node.Decay, months)
			now := months / (1 + node.Decay*months) // integral of the square of the fading
			steps[j][i] = g.Vol * math.Sqrt(max(0, now-variance))
			variance = now
		}
		total += node.Weight
		cum[j] = total
	}
	paths := makePaths(n, len(days))
	for _, p := range paths {
		j := 0
		if len(g.Nodes) > 1 {
			j, _ = slices.BinarySearch(cum, rng.Float64()*total)
			j = min(j, len(g.Nodes)-1)
		}
		walk := g.LogLevel + g.LevelSD*rng.NormFloat64()
		growth := g.Nodes[j].Mean + g.Nodes[j].SD*rng.NormFloat64()
		for i, months := range grown[j] {
			walk += steps[j][i] * rng.NormFloat64()
			p[i] = walk + growth*months
		}
	}
	return paths
}

// decayed is the integral from 0 to t months of the fading of growth: of 1/(1 + c s) after month 0, ln(1 + c t)/c in all.
// Before month 0 the growth is taken as e^(-c s), which agrees to first order and has no pole.
func decayed(c, t float64) float64 {
	switch {
	case math.Abs(c*t) < 1e-9:
		return t
	case t < 0:
		return -math.Expm1(-c*t) / c
	}
	return math.Log1p(c*t) / c
}

func makePaths(n, m int) [][]float64 {
	flat, rows := make([]float64, n*m), make([][]float64, n)
	for i := range rows {
		rows[i] = flat[i*m : (i+1)*m : (i+1)*m]
	}
	return rows
}

// correlate reorders the paths of b so that the errors of the two platforms are correlated: the ranks of the paths' ends
// follow a normal copula of correlation rho (Iman and Conover 1982, Communications in Statistics B 11). Every path stays
// whole, so each platform's own distribution is untouched. rho = 0 leaves b as it is.
func correlate(a, b [][]float64, rho float64, rng *rand.Rand) [][]float64 {
	if rho == 0 || len(a) == 0 || len(a[0]) == 0 {
		return b
	}
	n, last := len(a), len(a[0])-1
	score := make([]float64, n)
	for rank, i := range orderBy(n, func(i int) float64 { return a[i][last] }) {
		z := distuv.UnitNormal.Quantile((float64(rank) + .5) / float64(n))
		score[i] = rho*z + math.Sqrt(max(0, 1-rho*rho))*rng.NormFloat64()
	}
	byEnd := orderBy(n, func(i int) float64 { return b[i][last] })
	out := make([][]float64, n)
	for rank, i := range orderBy(n, func(i int) float64 { return score[i] }) {
		out[i] = b[byEnd[rank]]
	}
	return out
}

// orderBy is the indices 0..n-1 by ascending key, equal keys by index.
func orderBy(n int, key func(int) float64) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(key(i), key(j)), cmp.Compare(i, j)) })
	return order
}
