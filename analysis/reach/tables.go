package reach

import (
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// SmallCell is the default of the smallest group of persons that a published table names.
const SmallCell = 10

// EstimateTable is results.reach_estimate without rows.
func EstimateTable() analysis.Table {
	return analysis.Table{
		Name:    "reach_estimate",
		Comment: "People whom the accounts of a published list reach, as far as it can be told. One row per (platform, list, list_on). A sum of followers counts a person once per account followed and is not reach; where only counts are known, reach has bounds and no best guess.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "list", Type: "varchar", Comment: "name of the list in marts.list_entries"},
			{Name: "list_on", Type: "date", Comment: "last day that the list may be about"},
			{Name: "accounts", Type: "bigint", Comment: "accounts of the list that we hold, counted"},
			{Name: "sum_followers", Type: "double", Comment: "follows: followers added up, each person once per account followed; null where a count is censored"},
			{Name: "reach", Type: "double", Comment: "persons: best estimate; null where there are only bounds"},
			{Name: "reach_se", Type: "double", Comment: "persons: standard error of reach; null where there are only bounds"},
			{Name: "reach_lo", Type: "double", Comment: "persons: lower end of the interval, or the least that is certain"},
			{Name: "reach_hi", Type: "double", Comment: "persons: upper end of the interval, or the most that is possible; null where it is unbounded"},
			{Name: "level", Type: "double", Comment: "probability of the interval, 0 to 1; 1 for bounds that must hold"},
			{Name: "n", Type: "bigint", Comment: "observations behind the figure: accounts for bounds, draws for estimates"},
			{Name: "method", Type: "varchar", Comment: "exact, multiplicity, sketch, bounds_pairs, bounds_truncated, bounds_counts or capture_lower"},
			{Name: "registered_share_lo", Type: "double", Comment: "reach_lo divided by registered_users, 0 to 1"},
			{Name: "registered_share_hi", Type: "double", Comment: "reach_hi divided by registered_users, 0 to 1"},
			{Name: "registered_users", Type: "double", Comment: "accounts: the most that the platform had by the first statement not older than the list; caps reach_hi"},
			{Name: "registered_on", Type: "date", Comment: "last day that this statement may be about"},
			{Name: "registered_source_url", Type: "varchar", Comment: "page that says so: key of marts.sources"},
			{Name: "source_url", Type: "varchar", Comment: "page of the list's first line: key of marts.sources"},
			{Name: "why_not_better", Type: "varchar", Comment: "why no better method was possible; empty for exact"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: capped_by_platform_users, cap_contradicts_list, recency_biased, no_spread_in_sample, discounted"},
		},
	}
}

// A Labelled result is an exact result with what its tables need to name it.
type Labelled struct {
	*Result
	Platform string
	On       time.Time // day of the follower lists
	IDs      []string  // the platform's own ids, by index of Accounts
	Small    int64     // groups of fewer persons are withheld; 0 means SmallCell, 1 withholds nothing
}

func (l Labelled) small() int64 {
	if l.Small == 0 {
		return SmallCell
	}
	return l.Small
}

// count is n, nil where it would name a group of 1 to Small-1 persons.
func (l Labelled) count(n int64) any {
	if n > 0 && n < l.small() {
		return nil
	}
	return n
}

// withheld is the flag beside a count that is not told.
func (l Labelled) withheld(n int64) string {
	if n > 0 && n < l.small() {
		return "small_cell"
	}
	return ""
}

// key is the first two columns of every table of an exact result.
func key() []analysis.Column {
	return []analysis.Column{
		{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
		{Name: "on_day", Type: "date", Comment: "day of the follower lists"},
	}
}

// flags is the last column of the tables that withhold small groups.
func flags() analysis.Column {
	return analysis.Column{Name: "flags", Type: "varchar", Comment: "small_cell where a group is too small to be told"}
}

// Tables are results.reach, reach_frequency, overlap and marginal_reach of an exact result.
func (l Labelled) Tables() []analysis.Table {
	return []analysis.Table{l.reach(), l.frequency(), l.overlap(), l.marginal()}
}

func (l Labelled) reach() analysis.Table {
	t := analysis.Table{
		Name:    "reach",
		Comment: "People whom a set of accounts reaches, counted one by one from complete follower lists, beside the sum that counts them once per account. One row per (platform, on_day).",
		Columns: append(key(), []analysis.Column{
			{Name: "accounts", Type: "bigint", Comment: "accounts of the set"},
			{Name: "sum_followers", Type: "bigint", Comment: "follows: followers added up, a person once per account followed"},
			{Name: "unique_reach", Type: "bigint", Comment: "persons who follow at least one of the accounts"},
			{Name: "duplication", Type: "double", Comment: "sum_followers divided by unique_reach, at least 1; null where nobody follows"},
			{Name: "reached_twice", Type: "bigint", Comment: "persons who follow two accounts or more"},
			{Name: "method", Type: "varchar", Comment: "exact"},
			flags(),
		}...),
	}
	duplication := any(nil)
	if l.Unique > 0 {
		duplication = l.Duplication()
	}
	twice := l.AtLeast(2)
	t.Rows = [][]any{{l.Platform, l.On, len(l.Accounts), l.Sum, l.count(l.Unique), duplication, l.count(twice), string(MethodExact), l.withheld(min(cell(l.Unique), cell(twice)))}}
	return t
}

func (l Labelled) frequency() analysis.Table {
	t := analysis.Table{
		Name:    "reach_frequency",
		Comment: "How many people follow exactly so many of the accounts. One row per (platform, on_day, accounts_followed); numbers that nobody follows are left out.",
		Columns: append(key(), []analysis.Column{
			{Name: "accounts_followed", Type: "bigint", Comment: "accounts of the set that a person follows, from 1"},
			{Name: "persons", Type: "bigint", Comment: "persons who follow exactly so many"},
			flags(),
		}...),
	}
	for j, n := range l.Frequency {
		if j > 0 && n > 0 {
			t.Rows = append(t.Rows, []any{l.Platform, l.On, j, l.count(n), l.withheld(n)})
		}
	}
	return t
}

func (l Labelled) overlap() analysis.Table {
	t := analysis.Table{
		Name:    "overlap",
		Comment: "Shared audience of each pair of accounts. One row per (platform, on_day, account_a, account_b), account_a being the larger; coefficients of a pair too small to be told are null too.",
		Columns: append(key(), []analysis.Column{
			{Name: "account_a", Type: "varchar", Comment: "the platform's own id of the larger account"},
			{Name: "account_b", Type: "varchar", Comment: "the platform's own id of the smaller account"},
			{Name: "both", Type: "bigint", Comment: "persons who follow both"},
			{Name: "jaccard", Type: "double", Comment: "both divided by those who follow either, 0 to 1"},
			{Name: "overlap_coefficient", Type: "double", Comment: "both divided by the followers of the smaller, 0 to 1"},
			{Name: "b_given_a", Type: "double", Comment: "share of a's followers who follow b, 0 to 1"},
			{Name: "a_given_b", Type: "double", Comment: "share of b's followers who follow a, 0 to 1"},
			{Name: "lift", Type: "double", Comment: "both relative to chance among the persons reached: 1 where the two are independent"},
			flags(),
		}...),
	}
	for i := range l.Accounts {
		for j := i + 1; j < len(l.Accounts); j++ {
			both := l.Pairs.At(i, j)
			row := []any{l.Platform, l.On, l.IDs[i], l.IDs[j], l.count(both)}
			o, err := OverlapOf(l.Followers[i], l.Followers[j], both, l.Unique)
			if err != nil || l.count(both) == nil {
				o = Overlap{Jaccard: math.NaN(), Overlap: math.NaN(), BGivenA: math.NaN(), AGivenB: math.NaN(), Lift: math.NaN()}
			}
			for _, x := range []float64{o.Jaccard, o.Overlap, o.BGivenA, o.AGivenB, o.Lift} {
				row = append(row, measure.Cell(x))
			}
			t.Rows = append(t.Rows, append(row, l.withheld(both)))
		}
	}
	return t
}

func (l Labelled) marginal() analysis.Table {
	t := analysis.Table{
		Name:    "marginal_reach",
		Comment: "What each account adds to those before it, in the greedy order: each pick is the one that adds most. One row per (platform, on_day, pick).",
		Columns: append(key(), []analysis.Column{
			{Name: "pick", Type: "bigint", Comment: "place in the greedy order, from 1"},
			{Name: "account_id", Type: "varchar", Comment: "the platform's own id of the account"},
			{Name: "followers", Type: "bigint", Comment: "followers of the account"},
			{Name: "exclusive", Type: "bigint", Comment: "persons who follow this account and no other of the set"},
			{Name: "gain", Type: "bigint", Comment: "persons whom no earlier pick reaches"},
			{Name: "reached", Type: "bigint", Comment: "persons reached by this and all earlier picks; null beside a gain too small to be told"},
			{Name: "sum_followers", Type: "bigint", Comment: "follows of this and all earlier picks"},
			{Name: "of_best_at_least", Type: "double", Comment: "reached is at least this share of what any as many accounts could reach, 0 to 1"},
			flags(),
		}...),
	}
	for i, s := range l.Greedy {
		x := l.Exclusive[s.Account]
		reached := l.count(s.Reached)
		if l.count(s.Gain) == nil { // the step between two totals would tell it
			reached = nil
		}
		t.Rows = append(t.Rows, []any{l.Platform, l.On, i + 1, l.IDs[s.Account], l.Followers[s.Account], l.count(x), l.count(s.Gain), reached, s.Sum, s.AtLeast,
			l.withheld(min(cell(x), cell(s.Gain)))})
	}
	return t
}

// cell puts empty groups, which name nobody, above all others.
func cell(n int64) int64 {
	if n == 0 {
		return math.MaxInt64
	}
	return n
}
