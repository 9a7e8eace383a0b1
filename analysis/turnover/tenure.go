package turnover

import (
	"slices"

	"github.com/overtake-analytics/overtake/analysis/growth"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Tenure is one step of the survival curve of a place in a list: how likely an account is still in the top K after Days.
type Tenure struct {
	K              int
	Days           float64
	AtRisk, Left   int
	Survival       measure.Estimate
	EntriesUnknown int // spells that had begun before the first list, so that their length is a lower bound
}

// silentDays is how far apart two lists may be, in days, before nobody's stay between them is taken for granted.
const silentDays = 400

// Tenures is the Kaplan-Meier curve of stays in the top k over lists in order of time, lists shorter than k left out. A
// stay begins on the first list that shows the account and ends on the first that does not; the last list, and a silence
// of more than 400 days, cut stays short without ending them.
func Tenures(lists []List, k int, level float64) ([]Tenure, error) {
	type stay struct {
		days  float64
		ended bool
	}
	var stays []stay
	began := map[string]List{}
	var before *List
	unknown := 0
	for i := range lists {
		l := &lists[i]
		if len(l.Top()) < k {
			continue
		}
		now := ids(l.Top()[:k])
		silent := before != nil && measure.DaysBetween(before.On, l.On) > silentDays
		if before == nil || silent {
			unknown += k
		}
		for _, id := range sortedKeys(began) {
			switch since := began[id].On; {
			case silent:
				stays = append(stays, stay{measure.DaysBetween(since, before.On), false})
				delete(began, id)
			case !slices.Contains(now, id):
				stays = append(stays, stay{measure.DaysBetween(since, l.On), true})
				delete(began, id)
			}
		}
		for _, id := range now {
			if _, in := began[id]; !in {
				began[id] = *l
			}
		}
		before = l
	}
	for _, id := range sortedKeys(began) {
		stays = append(stays, stay{measure.DaysBetween(began[id].On, before.On), false})
	}
	slices.SortStableFunc(stays, func(a, b stay) int {
		switch {
		case a.days < b.days:
			return -1
		case a.days > b.days:
			return 1
		}
		return 0
	})
	var out []Tenure
	var risks []growth.Risk
	for i := 0; i < len(stays); {
		j, left := i, 0
		for ; j < len(stays) && stays[j].days == stays[i].days; j++ {
			if stays[j].ended {
				left++
			}
		}
		if left > 0 {
			risks = append(risks, growth.Risk{AtRisk: float64(len(stays) - i), Lost: float64(left)})
			s, err := growth.KaplanMeier(risks, level)
			if err != nil {
				return nil, err
			}
			out = append(out, Tenure{K: k, Days: stays[i].days, AtRisk: len(stays) - i, Left: left, Survival: s, EntriesUnknown: unknown})
		}
		i = j
	}
	return out, nil
}
