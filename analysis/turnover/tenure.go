package turnover

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/growth"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Tenure is one step of the survival curve of a place in a list: how likely an account is still in the top K after Days.
type Tenure struct {
	K              int
	Days           float64
	AtRisk, Left   int
	Survival       measure.Estimate
	Mean           measure.Estimate // mean stay within the first Days
	EntriesUnknown int              // spells that had begun before the first list, so that their length is a lower bound
}

// silentDays is how far apart two lists may be, in days, before nobody's stay between them is taken for granted.
const silentDays = 400

// Tenures is the Kaplan-Meier curve of stays in the top k over lists in order of time, lists shorter than k left out. A
// stay begins on the first list that shows the account and ends on the first that does not; the last list, and a silence
// of more than 400 days, cut stays short without ending them.
func Tenures(lists []List, k int, level float64) ([]Tenure, error) {
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
	steps, err := curveOf(stays, level)
	for i := range steps {
		steps[i].K, steps[i].EntriesUnknown = k, unknown
	}
	return steps, err
}

// A stay is how long something lasted, and whether it ended or was only not looked at any longer.
type stay struct {
	days  float64
	ended bool
}

// curveOf is the Kaplan-Meier curve of stays: a step at each length at which one ended.
func curveOf(stays []stay, level float64) ([]Tenure, error) {
	slices.SortStableFunc(stays, func(a, b stay) int { return cmp.Compare(a.days, b.days) })
	var out []Tenure
	var risks []growth.Risk
	var times []float64
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
			times = append(times, stays[i].days)
			mean, err := growth.MeanSurvival(times, risks, level)
			if err != nil {
				return nil, err
			}
			out = append(out, Tenure{Days: stays[i].days, AtRisk: len(stays) - i, Left: left, Survival: s, Mean: mean})
		}
		i = j
	}
	return out, nil
}

func tenureTable(compared map[string][]List) (analysis.Table, error) {
	t := analysis.Table{
		Name:    "list_tenure",
		Comment: "How long an account keeps its place in the published top k: Kaplan-Meier over stays between lists, one row per length of stay at which somebody left.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "k", Type: "bigint", Comment: "length of list looked at: 100, 10, 5 or 3, the longest for which there are four lists"},
			{Name: "tenure_days", Type: "double", Comment: "length of the stay, days from the first list that shows the account to the first that does not"},
			{Name: "at_risk", Type: "bigint", Comment: "stays at least that long, counted"},
			{Name: "left", Type: "bigint", Comment: "stays that ended then, counted"},
			{Name: "survival", Type: "double", Comment: "share of stays longer than that, 0 to 1"},
			{Name: "lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "mean_days", Type: "double", Comment: "mean stay within the first tenure_days, days: the area under the curve up to there"},
			{Name: "mean_lo95", Type: "double", Comment: "lower end of its 95 % interval, days"},
			{Name: "mean_hi95", Type: "double", Comment: "upper end of its 95 % interval, days"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: entries_unknown (stays that had begun before the first list count from it)"},
		},
	}
	for _, platform := range sortedKeys(compared) {
		k := tenureLength(compared[platform])
		if k == 0 {
			continue
		}
		steps, err := Tenures(compared[platform], k, 0.95)
		if err != nil {
			return analysis.Table{}, fmt.Errorf("tenure on %s: %w", platform, err)
		}
		for _, s := range steps {
			flags := s.Survival.Flags
			if s.EntriesUnknown > 0 {
				flags = flags.With("entries_unknown")
			}
			row := append([]any{platform, s.K, s.Days, s.AtRisk, s.Left}, measure.Cells(s.Survival)...)
			t.Rows = append(t.Rows, append(append(row, measure.Cells(s.Mean)...), flags.String()))
		}
	}
	return t, nil
}

// tenureLength is the longest of the usual lengths that at least four lists reach; 0 where none does.
func tenureLength(lists []List) int {
	for _, k := range []int{100, 10, 5, 3} {
		n := 0
		for _, l := range lists {
			if len(l.Top()) >= k {
				n++
			}
		}
		if n >= 4 {
			return k
		}
	}
	return 0
}
