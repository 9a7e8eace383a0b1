package turnover

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// Persistence is the p of rank-biased overlap in the tables: 86 % of the weight on the first ten.
const Persistence = 0.9

// Job writes results.top_lists, results.turnover, results.survivorship, results.list_tenure and
// results.account_survival.
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
	turnover, err := turnoverTable(compared, sightings, env.Seed)
	if err != nil {
		return nil, err
	}
	tenure, err := tenureTable(compared)
	if err != nil {
		return nil, err
	}
	survival, err := survivalTable(ctx, q, env.AsOf)
	if err != nil {
		return nil, err
	}
	d, err := series.Load(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("turnover: %w", err)
	}
	return []analysis.Table{listsTable(lists), turnover, tenure, survivorshipTable(compared, sightings, d), survival}, nil
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

func turnoverTable(compared map[string][]List, sightings Sightings, seed uint64) (analysis.Table, error) {
	t := analysis.Table{
		Name:    "turnover",
		Comment: "What changed from one published list of most-followed accounts to the next of the same platform, to the length of the shorter: who entered and left, how alike the orders are, and growth told in the three ways that survivorship makes differ. Counts, shares and overlaps of lists are exact for the lines that we hold; only what rests on follower counts has an interval.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "from_on", Type: "date", Comment: "day of the earlier list"},
			{Name: "to_on", Type: "date", Comment: "day of the later list"},
			{Name: "k", Type: "bigint", Comment: "length compared: that of the shorter list"},
			{Name: "common", Type: "bigint", Comment: "accounts in both, counted"},
			{Name: "entered", Type: "bigint", Comment: "accounts in the later list only, counted"},
			{Name: "left_names", Type: "varchar", Comment: "names of those that left, in the order of the earlier list, by semicolon; null where none"},
			{Name: "entered_names", Type: "varchar", Comment: "names of those that entered, in the order of the later list, by semicolon; null where none"},
			{Name: "jaccard", Type: "double", Comment: "accounts in both over accounts in either, 0 to 1"},
			{Name: "average_overlap", Type: "double", Comment: "mean over all depths of the share of accounts in both, 0 to 1"},
			{Name: "rbo", Type: "double", Comment: "rank-biased overlap, extrapolated, persistence 0.9: 0 nothing alike, 1 the same"},
			{Name: "rbo_min", Type: "double", Comment: "its lower bound: what the ranks seen guarantee"},
			{Name: "tau_b", Type: "double", Comment: "Kendall's tau-b of the follower counts of the common accounts, -1 to 1; null with fewer than two"},
			{Name: "tau_lo95", Type: "double", Comment: "lower end of its 95 % interval: bootstrap over the common accounts; null with fewer than five"},
			{Name: "tau_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "footrule", Type: "bigint", Comment: "sum of rank changes, k+1 for the missing (Fagin)"},
			{Name: "churn", Type: "double", Comment: "share of the list that was replaced, 0 to 1"},
			{Name: "displacement", Type: "double", Comment: "mean rank change of the common accounts, ranks; null without any"},
			{Name: "slot_growth", Type: "double", Comment: "growth of the followers of whoever was in the list then and now, as a share of the start"},
			{Name: "slot_lo95", Type: "double", Comment: "lower end of its 95 % interval from rounding"},
			{Name: "slot_hi95", Type: "double", Comment: "upper end of its 95 % interval from rounding"},
			{Name: "cohort_growth", Type: "double", Comment: "growth of the accounts of the earlier list; null where one of them is not seen later"},
			{Name: "cohort_lo95", Type: "double", Comment: "lower end of its 95 % interval from rounding"},
			{Name: "cohort_hi95", Type: "double", Comment: "upper end of its 95 % interval from rounding"},
			{Name: "survivor_growth", Type: "double", Comment: "growth of the accounts of the later list; null where one of them was not seen earlier"},
			{Name: "survivor_lo95", Type: "double", Comment: "lower end of its 95 % interval from rounding"},
			{Name: "survivor_hi95", Type: "double", Comment: "upper end of its 95 % interval from rounding"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: gap (lists more than 400 days apart), below_step, within_error, censored, cohort_incomplete, survivor_incomplete"},
		},
	}
	for _, platform := range sortedKeys(compared) {
		lists := compared[platform]
		for i := 1; i < len(lists); i++ {
			row, err := turnoverRow(lists[i-1], lists[i], sightings, seed)
			if err != nil {
				return analysis.Table{}, fmt.Errorf("turnover of %s, %s: %w", platform, lists[i].Name, err)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t, nil
}

func turnoverRow(a, b List, sightings Sightings, seed uint64) ([]any, error) {
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
	triple := tripleOf(a, b, k, sightings)
	flags := triple.Slot.Flags
	if measure.DaysBetween(a.On, b.On) > silentDays {
		flags = flags.With(measure.Gap)
	}
	if !triple.Cohort.Defined() {
		flags = flags.With("cohort_incomplete")
	}
	if !triple.Survivor.Defined() {
		flags = flags.With("survivor_incomplete")
	}
	row := []any{a.Platform, a.On, b.On, k, c.Common, len(c.Entered), measure.TextCell(names(before, c.Left)),
		measure.TextCell(names(after, c.Entered)), c.Jaccard, o.Average, o.RBO, o.RBOMin}
	row = append(row, measure.Cells(commonTau(before, after, seed))...)
	row = append(row, c.Footrule, c.Churn, measure.Cell(c.Displacement))
	row = append(row, measure.Cells(triple.Slot)...)
	row = append(row, measure.Cells(triple.Cohort)...)
	row = append(row, measure.Cells(triple.Survivor)...)
	return append(row, flags.String()), nil
}

// The bootstrap of tau-b.
const (
	tauDraws = 400
	tauLeast = 5 // common accounts from which it has an interval
)

// commonTau is tau-b of the follower counts of the accounts in both lists, with a bootstrap interval over accounts;
// undefined with fewer than two, or all ties. Rounded counts tie, which tau-b allows for.
func commonTau(before, after []Entry, seed uint64) measure.Estimate {
	later := map[string]float64{}
	for _, e := range after {
		later[e.ID] = e.Followers.Value
	}
	var x, y, index []float64
	for _, e := range before {
		if v, ok := later[e.ID]; ok {
			index = append(index, float64(len(x)))
			x, y = append(x, e.Followers.Value), append(y, v)
		}
	}
	tau := func(sample []float64) float64 {
		a, b := make([]float64, len(sample)), make([]float64, len(sample))
		for i, k := range sample {
			a[i], b[i] = x[int(k)], y[int(k)]
		}
		t, err := TauB(a, b)
		if err != nil {
			return math.NaN()
		}
		return t.B
	}
	point := tau(index)
	if len(x) < tauLeast || math.IsNaN(point) {
		nan := math.NaN()
		return measure.Estimate{Point: point, SD: nan, Lo: nan, Hi: nan, N: len(x), Method: "tau-b"}
	}
	e := measure.Bootstrap(index, tau, tauDraws, 0.95, measure.Stream(seed, "tau "+strings.Join(ids(before), " ")))
	e.Lo, e.Hi = min(e.Lo, point), max(e.Hi, point)
	return e
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
