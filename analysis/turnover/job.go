package turnover

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/growth"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// Persistence is the p of rank-biased overlap in the tables: 86 % of the weight on the first ten.
const Persistence = 0.9

// Job writes results.top_lists, results.turnover and results.list_tenure.
type Job struct{}

// Name is the job's name in logs.
func (Job) Name() string { return "turnover" }

// Run computes the tables from the lists as of env.AsOf.
func (Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	lists, err := LoadLists(ctx, q, env.AsOf)
	if err != nil {
		return nil, err
	}
	sightings, err := loadSightings(ctx, q, env.AsOf)
	if err != nil {
		return nil, err
	}
	compared := Comparable(lists)
	turnover, err := turnoverTable(compared, sightings)
	if err != nil {
		return nil, err
	}
	tenure, err := tenureTable(compared)
	if err != nil {
		return nil, err
	}
	return []analysis.Table{listsTable(lists), turnover, tenure}, nil
}

func listsTable(lists []List) analysis.Table {
	t := analysis.Table{
		Name:    "top_lists",
		Comment: "Every published list of most-followed accounts, line by line, as printed.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "list", Type: "varchar", Comment: "name of the list: all lines of one publication share it"},
			{Name: "list_on", Type: "date", Comment: "last day that the list may be about"},
			{Name: "source_url", Type: "varchar", Comment: "page that prints it: key of marts.sources"},
			{Name: "rank", Type: "bigint", Comment: "place in the list, from 1"},
			{Name: "account_id", Type: "varchar", Comment: "id of the account: key of marts.accounts with platform"},
			{Name: "display_name", Type: "varchar", Comment: "name as shown; written by strangers"},
			{Name: "category", Type: "varchar", Comment: "field of the account, such as music; null where no source says"},
			{Name: "followers", Type: "double", Comment: "followers as printed, accounts"},
			{Name: "lo", Type: "double", Comment: "lowest true count that the print allows"},
			{Name: "hi", Type: "double", Comment: "highest true count that the print allows; null where unbounded"},
			{Name: "entries", Type: "bigint", Comment: "lines of the list that we hold, counted"},
			{Name: "complete", Type: "boolean", Comment: "true where the lines run from rank 1 without a hole"},
		},
	}
	for _, l := range lists {
		for _, e := range l.Entries {
			t.Rows = append(t.Rows, []any{l.Platform, l.Name, l.On, l.SourceURL, e.Rank, e.ID, e.DisplayName, measure.TextCell(e.Category),
				e.Followers.Value, measure.Cell(e.Followers.Lo), measure.Cell(e.Followers.Hi), len(l.Entries), len(l.Top()) == len(l.Entries)})
		}
	}
	return t
}

func turnoverTable(compared map[string][]List, sightings Sightings) (analysis.Table, error) {
	t := analysis.Table{
		Name:    "turnover",
		Comment: "What changed from one published list of most-followed accounts to the next of the same platform, to the length of the shorter: who entered and left, how alike the orders are, and growth told in the three ways that survivorship makes differ.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "from_on", Type: "date", Comment: "day of the earlier list"},
			{Name: "to_on", Type: "date", Comment: "day of the later list"},
			{Name: "k", Type: "bigint", Comment: "length compared: that of the shorter list"},
			{Name: "common", Type: "bigint", Comment: "accounts in both, counted"},
			{Name: "entered", Type: "bigint", Comment: "accounts in the later list only, counted"},
			{Name: "left_names", Type: "varchar", Comment: "names of those that left, in the order of the earlier list, by semicolon; null where none"},
			{Name: "entered_names", Type: "varchar", Comment: "names of those that entered, in the order of the later list, by semicolon; null where none"},
			{Name: "rbo", Type: "double", Comment: "rank-biased overlap, extrapolated, persistence 0.9: 0 nothing alike, 1 the same"},
			{Name: "rbo_min", Type: "double", Comment: "its lower bound: what the ranks seen guarantee"},
			{Name: "tau_b", Type: "double", Comment: "Kendall's tau-b of the follower counts of the common accounts, -1 to 1; null with fewer than two"},
			{Name: "footrule", Type: "bigint", Comment: "sum of rank changes, k+1 for the missing (Fagin)"},
			{Name: "churn", Type: "double", Comment: "share of the list that was replaced, 0 to 1"},
			{Name: "displacement", Type: "double", Comment: "mean rank change of the common accounts, ranks; null without any"},
			{Name: "slot_growth", Type: "double", Comment: "growth of the followers of whoever was in the list then and now, as a share of the start"},
			{Name: "slot_lo95", Type: "double", Comment: "lower end of its 95 % interval from rounding"},
			{Name: "slot_hi95", Type: "double", Comment: "upper end of its 95 % interval from rounding"},
			{Name: "cohort_growth", Type: "double", Comment: "growth of the accounts of the earlier list; null where one of them is not seen later"},
			{Name: "survivor_growth", Type: "double", Comment: "growth of the accounts of the later list; null where one of them was not seen earlier"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: gap (lists more than 400 days apart), below_step, within_error, censored, cohort_incomplete, survivor_incomplete"},
		},
	}
	for _, platform := range sortedKeys(compared) {
		lists := compared[platform]
		for i := 1; i < len(lists); i++ {
			row, err := turnoverRow(lists[i-1], lists[i], sightings)
			if err != nil {
				return analysis.Table{}, fmt.Errorf("turnover of %s, %s: %w", platform, lists[i].Name, err)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t, nil
}

func turnoverRow(a, b List, sightings Sightings) ([]any, error) {
	k := min(len(a.Top()), len(b.Top()))
	before, after := a.Top()[:k], b.Top()[:k]
	c, err := Compare(ids(before), ids(after))
	if err != nil {
		return nil, err
	}
	o, err := RankBiased(ids(before), ids(after), Persistence)
	if err != nil {
		return nil, err
	}
	named := append(ids(before), ids(after)...)
	triple := growth.SurvivorshipOf(ids(before), ids(after), sightings.counts(a, named), sightings.counts(b, named))
	slot := slotGrowth(before, after)
	flags := slot.Flags
	if measure.DaysBetween(a.On, b.On) > silentDays {
		flags = flags.With(measure.Gap)
	}
	if math.IsNaN(triple.Cohort) {
		flags = flags.With("cohort_incomplete")
	}
	if math.IsNaN(triple.Survivor) {
		flags = flags.With("survivor_incomplete")
	}
	return []any{a.Platform, a.On, b.On, k, c.Common, len(c.Entered), measure.TextCell(names(before, c.Left)),
		measure.TextCell(names(after, c.Entered)), o.RBO, o.RBOMin, measure.Cell(commonTau(before, after)), c.Footrule, c.Churn,
		measure.Cell(c.Displacement), measure.Cell(slot.Point), measure.Cell(slot.Lo), measure.Cell(slot.Hi),
		measure.Cell(triple.Cohort), measure.Cell(triple.Survivor), flags.String()}, nil
}

// slotGrowth is the growth of the summed followers from one list to the other with the error that rounding of each line
// leaves. It is undefined where a line is only a lower bound or the earlier sum is zero.
func slotGrowth(before, after []Entry) measure.Estimate {
	a, okA := total(before)
	b, okB := total(after)
	switch {
	case !okA || !okB:
		return measure.Undefined("slot growth", measure.Censored)
	case !(a.Point > 0) || !(b.Point > 0):
		return measure.Undefined("slot growth", measure.NonPositive)
	}
	e := growth.Rate(measure.LogRatio(b, a))
	if e.Lo <= 0 && 0 <= e.Hi {
		e = e.With(growth.WithinError)
	}
	return e
}

func total(entries []Entry) (measure.Estimate, bool) {
	var sum, variance float64
	for _, e := range entries {
		if e.Followers.Mode == measure.CensoredRight {
			return measure.Estimate{}, false
		}
		sum, variance = sum+e.Followers.Point(), variance+e.Followers.SD()*e.Followers.SD()
	}
	return measure.Normal(sum, math.Sqrt(variance), 0.95, "sum of a list"), true
}

// commonTau is tau-b of the follower counts of the accounts in both lists; NaN with fewer than two, or all ties.
func commonTau(before, after []Entry) float64 {
	later := map[string]float64{}
	for _, e := range after {
		later[e.ID] = e.Followers.Value
	}
	var x, y []float64
	for _, e := range before {
		if v, ok := later[e.ID]; ok {
			x, y = append(x, e.Followers.Value), append(y, v)
		}
	}
	t, err := TauB(x, y)
	if err != nil {
		return math.NaN()
	}
	return t.B
}

// names are the display names of those accounts, by semicolon.
func names(entries []Entry, of []string) string {
	var out []string
	for _, id := range of {
		for _, e := range entries {
			if e.ID == id {
				out = append(out, e.DisplayName)
			}
		}
	}
	return strings.Join(out, "; ")
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
			t.Rows = append(t.Rows, []any{platform, s.K, s.Days, s.AtRisk, s.Left, s.Survival.Point, measure.Cell(s.Survival.Lo),
				measure.Cell(s.Survival.Hi), flags.String()})
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
