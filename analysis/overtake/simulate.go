package overtake

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A Sample is what n joint futures of a challenger and a leader say. Times are days after the as-of date, +Inf where the
// horizon (the last of Days) comes first.
type Sample struct {
	Days    []float64
	Ahead   []float64 // by day: share of futures in which the challenger is ahead on that day
	Ever    []float64 // ... has been ahead at least once by that day
	ForGood []float64 // ... is ahead on that day and stays so to the horizon (or for the hold time)

	FirstAhead []float64 // sorted, one per future: the first moment ahead
	StaysAhead []float64 // sorted: the first moment from which it stays ahead
	LogRatio   []float64 // sorted: ln(challenger/leader) on the first day
}

// compare walks through pairs of paths on the same days and times every passage. Between two days the gap is taken for a
// Brownian bridge whose variance is read off the paths themselves, so that a coarse grid sees the same passages as a
// fine one: with the same sign at both ends, d0 and d1 from equality, it touches equality with probability
// exp(-2 d0 d1/variance). hold is how many days the lead must last to be "for good"; +Inf: to the horizon.
func compare(challenger, leader [][]float64, days []float64, hold float64, rng *rand.Rand) *Sample {
	n, m := len(challenger), len(days)
	s := &Sample{Days: days, Ahead: make([]float64, m), FirstAhead: make([]float64, n), StaysAhead: make([]float64, n), LogRatio: make([]float64, n)}
	variance := stepVariance(challenger, leader, days)
	gap, touch := make([]float64, m), make([]bool, m)
	for p := range challenger {
		c, l := challenger[p], leader[p]
		for i := range gap {
			gap[i] = c[i] - l[i]
			if gap[i] > 0 {
				s.Ahead[i]++
			}
			touch[i] = false
			if i > 0 && gap[i]*gap[i-1] > 0 {
				// beyond e^-20 a touch cannot matter: spare the draw
				if x := 2 * gap[i] * gap[i-1]; x < 20*variance[i] {
					touch[i] = rng.Float64() < math.Exp(-x/variance[i])
				}
			}
		}
		s.LogRatio[p] = gap[0]
		s.FirstAhead[p] = firstAhead(gap, touch, days)
		s.StaysAhead[p] = staysAhead(gap, touch, days, hold)
	}
	slices.Sort(s.FirstAhead)
	slices.Sort(s.StaysAhead)
	slices.Sort(s.LogRatio)
	for i := range s.Ahead {
		s.Ahead[i] /= float64(n)
	}
	s.Ever, s.ForGood = shareBy(s.FirstAhead, days), shareBy(s.StaysAhead, days)
	return s
}

// stepVariance is, by step, the variance of the gap's random walk over it. Second differences have no drift in them,
// however uncertain that is: for a walk of variance v per day around a straight line, the step of length b less b/a
// times the step of length a before it has variance v b (1 + b/a).
func stepVariance(challenger, leader [][]float64, days []float64) []float64 {
	const enough = 1000 // paths: the variance is then good to 5 %
	out := make([]float64, len(days))
	paths := min(len(challenger), enough)
	for i := 2; i < len(days); i++ {
		b, a := days[i]-days[i-1], days[i-1]-days[i-2]
		var sum, squares float64
		for p := range paths {
			c, l := challenger[p], leader[p]
			now, before := c[i-1]-l[i-1], c[i-2]-l[i-2]
			d := c[i] - l[i] - now - (now-before)*b/a
			sum += d
			squares += d * d
		}
		mean := sum / float64(paths)
		out[i] = max(0, squares/float64(paths)-mean*mean) / (1 + b/a)
	}
	if len(out) > 2 {
		out[1] = out[2] * (days[1] - days[0]) / (days[2] - days[1])
	}
	return out
}

// firstAhead is the first moment at which the gap is above 0.
func firstAhead(gap []float64, touch []bool, days []float64) float64 {
	if gap[0] > 0 {
		return days[0]
	}
	for i := 1; i < len(gap); i++ {
		switch {
		case gap[i] > 0:
			return between(gap, days, i)
		case touch[i]:
			return (days[i-1] + days[i]) / 2
		}
	}
	return math.Inf(1)
}

// staysAhead is the start of the first time above 0 that lasts hold days or to the horizon.
func staysAhead(gap []float64, touch []bool, days []float64, hold float64) float64 {
	since := math.Inf(1)
	if gap[0] > 0 {
		since = days[0]
	}
	for i := 1; i < len(gap); i++ {
		var ends, begins float64
		switch {
		case gap[i-1] > 0 && gap[i] > 0 && touch[i]:
			ends = (days[i-1] + days[i]) / 2
			begins = ends
		case gap[i-1] > 0 && gap[i] <= 0:
			ends, begins = between(gap, days, i), math.Inf(1)
		case gap[i-1] <= 0 && gap[i] > 0:
			since = between(gap, days, i)
			continue
		default:
			continue
		}
		if ends-since >= hold {
			return since
		}
		since = begins
	}
	return since
}

// between is when the gap, straight between days i-1 and i of different sign, is 0.
func between(gap, days []float64, i int) float64 {
	return days[i-1] + (days[i]-days[i-1])*gap[i-1]/(gap[i-1]-gap[i])
}

// shareBy is, for each day, the share of the sorted times that lie at or before it.
func shareBy(sorted, days []float64) []float64 {
	out := make([]float64, len(days))
	k := 0
	for i, d := range days {
		for k < len(sorted) && sorted[k] <= d {
			k++
		}
		out[i] = float64(k) / float64(len(sorted))
	}
	return out
}

// quantile is the smallest of the sorted values that a share q of them does not exceed.
func quantile(sorted []float64, q float64) float64 {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[max(0, min(i, len(sorted)-1))]
}

// fan is the quantiles qs of the paths on each of the days whose index is listed, one row per such day.
func fan(paths [][]float64, at []int, qs []float64) [][]float64 {
	column, out := make([]float64, len(paths)), make([][]float64, len(at))
	for k, i := range at {
		for p := range paths {
			column[p] = paths[p][i]
		}
		out[k] = make([]float64, len(qs))
		from := 0
		for j, q := range qs { // ascending, so that each selection leaves a shorter rest
			rank := max(0, min(int(math.Ceil(q*float64(len(column))))-1, len(column)-1))
			selectRank(column[from:], rank-from)
			out[k][j] = column[rank]
			from = rank
		}
	}
	return out
}

// selectRank puts the value of rank k (from 0) at x[k], smaller ones before and greater ones after it (Hoare's quickselect).
func selectRank(x []float64, k int) {
	lo, hi := 0, len(x)-1
	for lo < hi {
		pivot := median3(x[lo], x[(lo+hi)/2], x[hi])
		i, j := lo, hi
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
}

func median3(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

// horizonGrid is days from 0 to the horizon: weekly for a quarter of a year, where dates matter most, then every four
// weeks for two years, then every twelve.
func horizonGrid(horizon float64) []float64 {
	days := []float64{0}
	for d := 0.0; ; {
		switch {
		case d < 13*7:
			d += 7
		case d < 104*7:
			d += 28
		default:
			d += 84
		}
		if d >= horizon-3 { // no last step of a day or two
			return append(days, horizon)
		}
		days = append(days, d)
	}
}
