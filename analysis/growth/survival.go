package growth

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Triple is the growth of "the top k" told in the three ways that differ, always together, each relative with the
// interval that rounding leaves. One is undefined, with the flag incomplete, where an account that it needs is missing
// at the other date.
type Triple struct {
	Cohort   measure.Estimate // the accounts of the starting list: their counts at the end
	Survivor measure.Estimate // the accounts of the ending list: their counts at the start
	Slot     measure.Estimate // whoever was in the list then and now
	K        int              // list length used: k, or the shorter list
	Missing  int              // accounts of either list that are not seen at the other date
}

// Incomplete says that accounts of a list are not seen at the other date.
const Incomplete measure.Flag = "incomplete"

// Counts are the followers of accounts at one date.
type Counts map[string]measure.Estimate

// Exactly are counts without error.
func Exactly(counts map[string]float64) Counts {
	out := make(Counts, len(counts))
	for id, n := range counts {
		out[id] = measure.Normal(n, 0, 0.95, "")
	}
	return out
}

// Survivorship is the triple for the top k of two dates. start and end hold the counts of every account seen at that
// date, which is more than the two lists where it is to be complete. Ties are ordered by account.
// Brown, Goetzmann, Ibbotson and Ross 1992, Rev. Financial Studies 5(4).
func Survivorship(start, end Counts, k int) (Triple, error) {
	k = min(k, len(start), len(end))
	if k < 1 {
		return Triple{}, fmt.Errorf("survivorship of %d and %d accounts: want at least one on both dates", len(start), len(end))
	}
	return SurvivorshipOf(topOf(start, k), topOf(end, k), start, end), nil
}

// SurvivorshipOf is the triple for two lists of equal length that are given; start and end must hold at least the counts
// of the accounts of their own list.
func SurvivorshipOf(first, last []string, start, end Counts) Triple {
	t := Triple{K: len(first)}
	t.Cohort = groupGrowth(first, first, start, end, &t.Missing)
	t.Survivor = groupGrowth(last, last, start, end, &t.Missing)
	var none int
	t.Slot = groupGrowth(first, last, start, end, &none)
	return t
}

// groupGrowth is the growth from the sum over some accounts at the start to that over some at the end.
func groupGrowth(first, last []string, start, end Counts, missing *int) measure.Estimate {
	before, lostA := start.sum(first)
	after, lostB := end.sum(last)
	if lost := lostA + lostB; lost > 0 {
		*missing += lost
		return measure.Undefined("growth of a list", Incomplete)
	}
	switch {
	case !measure.Finite(before.SD) || !measure.Finite(after.SD):
		return measure.Undefined("growth of a list", measure.Censored)
	case !(before.Point > 0) || !(after.Point > 0):
		return measure.Undefined("growth of a list", measure.NonPositive)
	}
	e := Rate(measure.LogRatio(after, before))
	if e.Lo < 0 && 0 < e.Hi {
		e = e.With(WithinError)
	}
	return e
}

// sum adds up the counts of accounts; missing counts those that c does not hold.
func (c Counts) sum(names []string) (total measure.Estimate, missing int) {
	var sum, variance float64
	for _, n := range names {
		e, ok := c[n]
		if !ok {
			missing++
		}
		sum, variance = sum+e.Point, variance+e.SD*e.SD
	}
	return measure.Normal(sum, math.Sqrt(variance), 0.95, "sum of a list"), missing
}

func topOf(counts Counts, k int) []string {
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b].Point, counts[a].Point), cmp.Compare(a, b)) })
	return names[:k]
}

// A Risk is one period of a survival table: how many were at risk and how many were lost in it.
type Risk struct{ AtRisk, Lost float64 }

// KaplanMeier is the share that survives all periods, with Greenwood's standard error and the log-log interval, which
// stays within [0,1]. Kaplan and Meier 1958, JASA 53.
func KaplanMeier(periods []Risk, level float64) (measure.Estimate, error) {
	s, sum := 1.0, 0.0
	for i, r := range periods {
		if !(r.AtRisk > 0) || r.Lost < 0 || r.Lost > r.AtRisk {
			return measure.Estimate{}, fmt.Errorf("survival period %d: %v lost of %v at risk", i+1, r.Lost, r.AtRisk)
		}
		s *= 1 - r.Lost/r.AtRisk
		if r.Lost < r.AtRisk {
			sum += r.Lost / (r.AtRisk * (r.AtRisk - r.Lost))
		}
	}
	if len(periods) == 0 {
		return measure.Undefined("Kaplan-Meier", measure.FewPoints), nil
	}
	e := measure.Estimate{Point: s, SD: s * math.Sqrt(sum), Lo: s, Hi: s, Level: level, N: int(periods[0].AtRisk), Method: "Kaplan-Meier"}
	switch {
	case s <= 0:
		return e.With("all_lost"), nil
	case s >= 1:
		return e.With("none_lost"), nil
	}
	half := measure.Z(level) * math.Sqrt(sum) / math.Abs(math.Log(s))
	e.Lo, e.Hi = math.Pow(s, math.Exp(half)), math.Pow(s, math.Exp(-half))
	return e, nil
}

// MeanSurvival is the mean time survived within the last of the times of a Kaplan-Meier curve, the area under it (the
// restricted mean), with its normal interval. times are the lengths at which somebody was lost, ascending, one per
// period. Klein and Moeschberger 2003, Survival Analysis, 4.5.
func MeanSurvival(times []float64, periods []Risk, level float64) (measure.Estimate, error) {
	if len(times) != len(periods) || !slices.IsSorted(times) {
		return measure.Estimate{}, fmt.Errorf("mean survival of %d times and %d periods: want ascending times, one per period", len(times), len(periods))
	}
	if len(times) == 0 {
		return measure.Undefined("restricted mean", measure.FewPoints), nil
	}
	s, from := 1.0, 0.0
	areas := make([]float64, len(times)) // up to each time
	for i, r := range periods {
		if !(r.AtRisk > 0) || r.Lost < 0 || r.Lost > r.AtRisk {
			return measure.Estimate{}, fmt.Errorf("survival period %d: %v lost of %v at risk", i+1, r.Lost, r.AtRisk)
		}
		areas[i] = s * (times[i] - from)
		if i > 0 {
			areas[i] += areas[i-1]
		}
		from, s = times[i], s*(1-r.Lost/r.AtRisk)
	}
	mean, variance := areas[len(areas)-1], 0.0
	for i, r := range periods {
		if r.Lost < r.AtRisk {
			rest := mean - areas[i]
			variance += rest * rest * r.Lost / (r.AtRisk * (r.AtRisk - r.Lost))
		}
	}
	e := measure.Normal(mean, math.Sqrt(variance), level, "restricted mean")
	e.N, e.Lo, e.Hi = int(periods[0].AtRisk), max(0, e.Lo), min(times[len(times)-1], e.Hi)
	return e, nil
}
