package forecast

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// A fit is what one series says at one cutoff: point and scale for each horizon, before calibration.
type fit struct {
	g     *grid
	hs    []int
	point []float64
	scale []float64
	model string
	loss  lossSum
	floor bool // no reading is negative
	flags []string
}

// fitSeries runs the candidates on the rows up to the cutoff and combines them. hs counts steps from the last reading. It is nil where there is no row.
func fitSeries(s *Series, cutoff float64, hs []int, season int) *fit {
	g := gridOf(s, cutoff, season)
	if g == nil {
		return nil
	}
	f := &fit{g: g, hs: hs, flags: slices.Clone(s.Flags)}
	f.describe()
	if g.despike() {
		f.flags = append(f.flags, "outlier")
	}
	if len(g.y) == 1 {
		return f.fromOne()
	}
	w := g.work(hs)
	mx := combine(w, tracksOf(g, w), standard)
	f.point, f.loss, f.model = mx.point, mx.loss, mx.plainWords()
	f.scale = mx.scales(w, g.sd)
	if f.loss.n >= 4 && f.loss.mix >= math.Min(f.loss.naive, f.loss.drift) {
		f.flags = append(f.flags, "no_better_than_drift")
	}
	return f
}

// fromOne answers from a single reading: it stays, and how far it may go is a guess that no past error supports: a tenth of it in one step.
func (f *fit) fromOne() *fit {
	const guess, growth = 0.1, 0.7
	f.model = "naive"
	for _, h := range f.hs {
		f.point = append(f.point, f.g.y[0])
		f.scale = append(f.scale, math.Max(f.g.sd, guess*math.Abs(f.g.y[0]))*math.Pow(float64(h), growth))
	}
	return f
}

// work prepares the grid for the candidates.
func (g *grid) work(hs []int) *work {
	w := &work{y: g.y, seen: g.seen, m: g.m, hs: hs}
	w.season, w.strength = seasonIn(g.y, g.m)
	if w.strength <= weakSeason {
		w.m = 1
	}
	s := localScale(g.y, g.seen, w.m, g.sd)
	w.w = make([]float64, len(s))
	for i, v := range s {
		w.w[i] = 1 / v
	}
	return w
}

// describe sets the flags that the values themselves call for.
func (f *fit) describe() {
	y := f.g.y
	f.floor = slices.Min(y) >= 0
	switch {
	case len(y) == 1:
		f.flags = append(f.flags, "one_reading")
	case len(y) < 5:
		f.flags = append(f.flags, "few_readings")
	}
	if len(y) > 1 && slices.Min(y) == slices.Max(y) {
		f.flags = append(f.flags, "flat")
	}
	seen := 0
	for _, v := range f.g.seen {
		seen += b2i(v)
	}
	if 2*seen < len(y) {
		f.flags = append(f.flags, "sparse")
	} else if longestHole(f.g.seen) >= longHole {
		f.flags = append(f.flags, "gap")
	}
	if slices.Min(y) <= 0 {
		f.flags = append(f.flags, "not_positive")
	}
	if falls(y) {
		f.flags = append(f.flags, "falling")
	}
	if f.g.lag > 0 {
		f.flags = append(f.flags, "stale")
	}
}

// longHole is how many steps in a row without a reading are a gap that a reader should know of.
const longHole = 4

func longestHole(seen []bool) int {
	longest, run := 0, 0
	for _, s := range seen {
		if run++; s {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// falls tells whether a series ends lower than it began and mostly went down.
func falls(y []float64) bool {
	down := 0
	for i := 1; i < len(y); i++ {
		down += b2i(y[i] < y[i-1])
	}
	return len(y) > 2 && y[len(y)-1] < y[0] && 2*down > len(y)-1
}

// despike replaces single values that stand far off both neighbours, and off the same season of other cycles, by the line between the neighbours.
func (g *grid) despike() bool {
	n := len(g.y)
	if n < 8 {
		return false
	}
	dev, abs := make([]float64, n), make([]float64, 0, n)
	for i := 1; i < n-1; i++ {
		dev[i] = g.y[i] - (g.y[i-1]+g.y[i+1])/2
		abs = append(abs, math.Abs(dev[i]))
	}
	size := make([]float64, n)
	for i, v := range g.y {
		size[i] = math.Abs(v)
	}
	usual := math.Max(median(abs), 1e-3*median(size))
	if usual == 0 {
		return false
	}
	var at []int
	for i := 1; i < n-1; i++ {
		d := math.Abs(dev[i])
		if d < 15*usual || math.Abs(g.y[i+1]-g.y[i-1]) > 0.25*d || g.m > 1 && g.recurs(dev, i) {
			continue
		}
		at = append(at, i)
	}
	if len(at) == 0 || len(at) > n/20+1 {
		return false
	}
	g.y = slices.Clone(g.y)
	for _, i := range at {
		g.y[i] = (g.y[i-1] + g.y[i+1]) / 2
		g.seen[i] = false
	}
	return true
}

// recurs tells whether a deviation has a like one a season before or after.
func (g *grid) recurs(dev []float64, i int) bool {
	for _, k := range []int{i - g.m, i + g.m} {
		if k > 0 && k < len(dev)-1 && dev[k]*dev[i] > 0 && math.Abs(dev[k]) > 0.3*math.Abs(dev[i]) {
			return true
		}
	}
	return false
}

// scales turns past errors into the scale of the next one for each horizon: their recent mean size in local scales (single misses beyond three
// medians count as three), shrunk on the log scale to the shorter horizon's times the usual growth of errors with the horizon, and the
// candidates' disagreement on top. noise is the least.
// A scale is a mean absolute size, some 0.8 of a standard deviation.
func (mx *mix) scales(w *work, noise float64) []float64 {
	const recent, worth, growth = 0.93, 3.0, 0.7
	out := make([]float64, len(w.hs))
	before, bh := 1.0, 1.0
	for j, h := range w.hs {
		prior := before * math.Pow(float64(h)/bh, growth)
		g := prior
		if size, n := recentSize(mx.err[j], recent); n > 0 {
			n /= 1 + 0.25*float64(h-1)
			g = math.Exp((n*math.Log(math.Max(size, prior/100)) + worth*math.Log(prior)) / (n + worth))
		}
		before, bh = g, float64(h)
		out[j] = math.Max(math.Hypot(g*mx.scale, mx.spread[j]), 0.8*noise)
	}
	return out
}

// recentSize gives the weighted mean size of errors, the last weighing most, and their summed weight.
func recentSize(e []float64, keep float64) (size, weight float64) {
	a := make([]float64, len(e))
	for i, v := range e {
		a[i] = math.Abs(v)
	}
	top := 3 * median(a)
	w := 1.0
	for i := len(a) - 1; i >= 0; i-- {
		size += w * math.Min(a[i], top)
		weight += w
		w *= keep
	}
	if weight > 0 {
		size /= weight
	}
	return size, weight
}

// plainWords names the candidates that carry the forecast at the middle horizon, the heaviest first.
func (mx *mix) plainWords() string {
	if len(mx.weight) == 0 {
		return ""
	}
	w := mx.weight[len(mx.weight)/2]
	order := make([]int, len(w))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(w[b], w[a]) })
	var names []string
	var sum float64
	for _, k := range order {
		if w[k] == 0 || len(names) == 3 || sum > 0.8 {
			break
		}
		names = append(names, mx.names[k])
		sum += w[k]
	}
	return "mean of " + strings.Join(names, ", ") + more(len(w), len(names), w)
}

func more(n, named int, w []float64) string {
	left := -named
	for _, v := range w {
		left += b2i(v > 0)
	}
	if left <= 0 {
		return ""
	}
	return " and others"
}
