package growth

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Triple is the growth of "the top k" told in the three ways that differ, always together. Each is relative, NaN where
// an account that it needs is missing at the other date.
type Triple struct {
	Cohort   float64 // the accounts of the starting list: their counts at the end
	Survivor float64 // the accounts of the ending list: their counts at the start
	Slot     float64 // whoever was in the list then and now
	K        int     // list length used: k, or the shorter list
	Missing  int     // accounts of either list that are not seen at the other date
}

// Survivorship is the triple for the top k of two dates. start and end hold the counts of every account seen at that
// date, which is more than the two lists where it is to be complete. Ties are ordered by account.
// Brown, Goetzmann, Ibbotson and Ross 1992, Rev. Financial Studies 5(4).
func Survivorship(start, end map[string]float64, k int) (Triple, error) {
	k = min(k, len(start), len(end))
	if k < 1 {
		return Triple{}, fmt.Errorf("survivorship of %d and %d accounts: want at least one on both dates", len(start), len(end))
	}
	return SurvivorshipOf(topOf(start, k), topOf(end, k), start, end), nil
}

// SurvivorshipOf is the triple for two lists of equal length that are given; start and end must hold at least the counts
// of the accounts of their own list.
func SurvivorshipOf(first, last []string, start, end map[string]float64) Triple {
	t := Triple{K: len(first)}
	t.Cohort = relative(first, start, end, &t.Missing)
	t.Survivor = relative(last, start, end, &t.Missing)
	var before, after float64
	for i := range first {
		before, after = before+start[first[i]], after+end[last[i]]
	}
	t.Slot = quotient(after, before)
	return t
}

func relative(names []string, start, end map[string]float64, missing *int) float64 {
	var before, after float64
	complete := true
	for _, n := range names {
		b, atStart := start[n]
		a, atEnd := end[n]
		if !atStart || !atEnd {
			complete = false
			*missing++
		}
		before, after = before+b, after+a
	}
	if !complete {
		return math.NaN()
	}
	return quotient(after, before)
}

func quotient(after, before float64) float64 {
	if !(before > 0) {
		return math.NaN()
	}
	return after/before - 1
}

func topOf(counts map[string]float64, k int) []string {
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
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
