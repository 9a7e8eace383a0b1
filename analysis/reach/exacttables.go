package reach

import (
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Labelled result is what is published of complete lists, with what its tables need to name it.
type Labelled struct {
	Published
	Platform string
	On       time.Time // last day on which one of the lists was read
	IDs      []string  // the platform's own ids, by index of Accounts
	Names    []string  // as shown, likewise
	Rate     float64   // share of the people that the greedy order was found on; 1: everybody
}

// count is n, nil where it is withheld.
func count(n int64) any {
	if n == Withheld {
		return nil
	}
	return n
}

// withheld is the flag beside numbers of which one is not told.
func withheld(ns ...int64) string {
	for _, n := range ns {
		if n == Withheld {
			return "small_cell"
		}
	}
	return ""
}

// key is the first two columns of every table of complete lists.
func key() []analysis.Column {
	return []analysis.Column{
		{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
		{Name: "on_day", Type: "date", Comment: "last day on which one of the follower lists was read"},
	}
}

// flags is the last column of the tables that withhold small groups.
func flags() analysis.Column {
	return analysis.Column{Name: "flags", Type: "varchar", Comment: "small_cell where a group is too small to be told, or would tell one that is"}
}

// Tables are results.reach, reach_frequency, overlap and marginal_reach of complete lists, without rows where there are none.
func Tables(ls []Labelled) []analysis.Table {
	tables := []analysis.Table{reachTable(), frequencyTable(), overlapTable(), marginalTable()}
	for _, l := range ls {
		for i, rows := range [][][]any{l.reach(), l.frequency(), l.overlap(), l.marginal()} {
			tables[i].Rows = append(tables[i].Rows, rows...)
		}
	}
	return tables
}

func reachTable() analysis.Table {
	return analysis.Table{
		Name:    "reach",
		Comment: "People whom a set of accounts reaches, counted one by one from complete follower lists, beside the sum that counts them once per account. One row per (platform, on_day). Without complete lists there is no row: results.reach_estimate says what else is known. It answers: how many people are there, and how often is each counted?",
		Columns: append(key(), []analysis.Column{
			{Name: "accounts", Type: "bigint", Comment: "accounts of the set"},
			{Name: "sum_followers", Type: "bigint", Comment: "follows: followers added up, a person once per account followed"},
			{Name: "unique_reach", Type: "bigint", Comment: "persons who follow at least one of the accounts; null where the sum less it would tell a small group"},
			{Name: "duplication", Type: "double", Comment: "sum_followers divided by unique_reach, at least 1; null where nobody follows"},
			{Name: "reached_twice", Type: "bigint", Comment: "persons who follow two accounts or more"},
			{Name: "method", Type: "varchar", Comment: "exact"},
			flags(),
		}...),
	}
}

func (l Labelled) reach() [][]any {
	duplication := any(nil)
	if l.Reach > 0 {
		duplication = l.Duplication()
	}
	return [][]any{{l.Platform, l.On, len(l.Accounts), l.Sum, count(l.Reach), duplication, count(l.Twice), string(MethodExact), withheld(l.Reach, l.Twice)}}
}

func frequencyTable() analysis.Table {
	return analysis.Table{
		Name:    "reach_frequency",
		Comment: "How many people follow so many of the accounts. One row per (platform, on_day, accounts_followed); numbers that nobody follows are left out, and where groups grow too small to be told the last row holds all who follow so many or more. It answers: how many follow one only?",
		Columns: append(key(), []analysis.Column{
			{Name: "accounts_followed", Type: "bigint", Comment: "accounts of the set that a person follows, from 1"},
			{Name: "or_more", Type: "boolean", Comment: "true in the row that holds all who follow so many or more"},
			{Name: "persons", Type: "bigint", Comment: "persons who follow exactly so many, or so many and more"},
		}...),
	}
}

func (l Labelled) frequency() [][]any {
	var rows [][]any
	for _, b := range l.Bands {
		rows = append(rows, []any{l.Platform, l.On, b.From, b.OrMore, b.Persons})
	}
	return rows
}

func overlapTable() analysis.Table {
	return analysis.Table{
		Name:    "overlap",
		Comment: "Shared audience of each pair of accounts. One row per (platform, on_day, account_a, account_b), account_a being the larger; coefficients of a pair that is not told are null too. It answers: whose audiences are the same people, and whom else do a's followers follow?",
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
}

func (l Labelled) overlap() [][]any {
	var rows [][]any
	for i := range l.Accounts {
		for j := i + 1; j < len(l.Accounts); j++ {
			row := []any{l.Platform, l.On, l.IDs[i], l.IDs[j], count(l.Both(i, j))}
			o := l.OverlapOf(i, j)
			for _, x := range []float64{o.Jaccard, o.Overlap, o.BGivenA, o.AGivenB, o.Lift} {
				row = append(row, measure.Cell(x))
			}
			rows = append(rows, append(row, withheld(l.Both(i, j))))
		}
	}
	return rows
}

// OverlapOf is the overlap of accounts i and j; all coefficients are NaN where it is not told.
func (p Published) OverlapOf(i, j int) Overlap {
	both := p.Both(i, j)
	people := max(p.Reach, 0) // no lift where the reach is withheld
	o, err := OverlapOf(p.Followers[i], p.Followers[j], both, people)
	if both == Withheld || err != nil {
		none := math.NaN()
		return Overlap{both, none, none, none, none, none, none, none}
	}
	return o
}

func marginalTable() analysis.Table {
	return analysis.Table{
		Name:    "marginal_reach",
		Comment: "What each account adds to those before it, in the greedy order: each pick is the one that adds most. One row per (platform, on_day, pick). It answers: which few accounts reach most of the people, and what does the next one add?",
		Columns: append(key(), []analysis.Column{
			{Name: "pick", Type: "bigint", Comment: "place in the greedy order, from 1"},
			{Name: "account_id", Type: "varchar", Comment: "the platform's own id of the account"},
			{Name: "display_name", Type: "varchar", Comment: "name as shown; written by strangers"},
			{Name: "followers", Type: "bigint", Comment: "followers of the account"},
			{Name: "exclusive", Type: "bigint", Comment: "persons who follow this account and no other of the set"},
			{Name: "gain", Type: "bigint", Comment: "persons whom no earlier pick reaches"},
			{Name: "gain_se", Type: "double", Comment: "persons: standard error of gain where the order was found on a sample of the people; null where everybody was counted"},
			{Name: "reached", Type: "bigint", Comment: "persons reached by this and all earlier picks"},
			{Name: "sum_followers", Type: "bigint", Comment: "follows of this and all earlier picks"},
			{Name: "of_best_at_least", Type: "double", Comment: "reached is at least this share of what any as many accounts could reach, 0 to 1, rounded down"},
			flags(),
		}...),
	}
}

func (l Labelled) marginal() [][]any {
	var rows [][]any
	for i, s := range l.Order {
		var se any
		if l.Rate < 1 && s.Gain != Withheld && i > 0 {
			se = SampledSE(s.Gain, l.Rate)
		}
		x := l.Alone[s.Account]
		rows = append(rows, []any{l.Platform, l.On, i + 1, l.IDs[s.Account], l.Names[s.Account], l.Followers[s.Account], count(x), count(s.Gain), se, count(s.Reached), s.Sum,
			measure.Cell(s.AtLeast), withheld(x, s.Gain, s.Reached)})
	}
	return rows
}

// SampledSE is the standard error of a number of persons that was found by counting a share rate of the people, chosen by
// hash, and dividing by the rate.
func SampledSE(persons int64, rate float64) float64 {
	return math.Sqrt(float64(persons) * (1 - rate) / rate)
}
