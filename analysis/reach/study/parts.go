package study

import (
	"math"
	"strconv"
)

// Parts are the tables of an answer that can be printed whole.
var Parts = []string{"summary", "frequency", "order", "overlap", "accounts"}

// Part gives one of them as text: a header and rows. An unknown name gives nothing.
func (a *Answer) Part(name string) (header []string, rows [][]string) {
	switch name {
	case "summary":
		return a.summary()
	case "frequency":
		header = []string{"accounts_followed", "or_more", "persons", "persons_se"}
		for _, b := range a.Frequency {
			rows = append(rows, []string{strconv.Itoa(b.Accounts), strconv.FormatBool(b.OrMore), decimal(&b.Persons), decimal(b.SE)})
		}
	case "order":
		header = []string{"pick", "account_id", "name", "followers", "gain", "gain_se", "reached", "sum_followers", "of_best_at_least"}
		for _, p := range a.Order {
			rows = append(rows, []string{strconv.Itoa(p.Pick), p.ID, p.Name, strconv.FormatInt(p.Followers, 10), whole(p.Gain), decimal(p.GainSE), whole(p.Reached),
				strconv.FormatInt(p.Sum, 10), decimal(p.AtLeast)})
		}
	case "overlap":
		header = []string{"account_a", "account_b", "both", "both_se", "jaccard", "overlap_coefficient", "b_given_a", "a_given_b", "lift"}
		for _, p := range a.Overlap {
			rows = append(rows, []string{p.A, p.B, whole(p.Both), decimal(p.BothSE), decimal(p.Jaccard), decimal(p.Overlap), decimal(p.BGivenA), decimal(p.AGivenB), decimal(p.Lift)})
		}
	case "accounts":
		header = []string{"account_id", "name", "followers", "on", "list", "exclusive", "marginal", "marginal_se"}
		for _, m := range a.Accounts {
			on, marginal := "", Figure{}
			if !m.On.IsZero() {
				on = m.On.Format("2006-01-02")
			}
			if m.Marginal != nil {
				marginal = *m.Marginal
			}
			rows = append(rows, []string{m.ID, m.Name, decimal(&m.Followers), on, m.List, whole(m.Exclusive), decimal(marginal.Value), decimal(marginal.SE)})
		}
	}
	return header, rows
}

func (a *Answer) summary() (header []string, rows [][]string) {
	add := func(name string, f Figure) {
		rows = append(rows, []string{name, decimal(f.Value), decimal(f.SE), decimal(f.Lo), decimal(f.Hi), decimal(&f.Level), a.Method, a.Why})
	}
	add("sum_followers", a.Sum)
	add("unique_reach", a.Reach)
	add("duplication", a.Duplication)
	add("reached_twice", a.Twice)
	if a.Real != nil {
		add("fake_share", a.Real.FakeShare)
		add("unique_reach_real", a.Real.Reach)
	}
	for _, p := range a.PerUser {
		add("per_"+p.Metric, p.Share)
	}
	return []string{"figure", "value", "se", "lo", "hi", "level", "method", "why_not_better"}, rows
}

// decimal writes a number in full, nothing for nil.
func decimal(x *float64) string {
	if x == nil || math.IsNaN(*x) {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

func whole(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
