package concentration

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// The numbers of the job's rules.
const (
	fewestEntries   = 3   // lines from which concentration is told
	fewestForRank   = 5   // lines from which a rank exponent is told
	fewestForLaw    = 20  // lines from which a power law is tested
	goodnessSamples = 200 // samples of the goodness-of-fit test
)

// Job writes results.concentration.
type Job struct{}

// Name is the job's name in logs.
func (Job) Name() string { return "concentration" }

// A list is the follower counts of one publication, with their standard uncertainties.
type list struct {
	platform, name string
	on             time.Time
	counts, sds    []float64
	censored       int
	ranks          []int
}

// Run computes the table from the lists as of env.AsOf.
func (Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	lists, err := loadLists(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("load lists: %w", err)
	}
	t := table()
	for _, l := range lists {
		row, err := l.row(env.Seed)
		if err != nil {
			return nil, fmt.Errorf("concentration of %s: %w", l.name, err)
		}
		t.Rows = append(t.Rows, row)
	}
	return []analysis.Table{t}, nil
}

func loadLists(ctx context.Context, q analysis.Querier, asOf time.Time) ([]list, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, list, listed_to, rank, followers, step, mode
		from marts.list_entries
		where published_on <= cast(? as date)
		order by platform, listed_to, list, rank, account_id`, asOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lists []list
	for rows.Next() {
		var l list
		var r measure.Reading
		var rank int32
		if err := rows.Scan(&l.platform, &l.name, &l.on, &rank, &r.Value, &r.Step, &r.Mode); err != nil {
			return nil, err
		}
		if n := len(lists); n == 0 || lists[n-1].platform != l.platform || lists[n-1].name != l.name || !lists[n-1].on.Equal(l.on) {
			lists = append(lists, l)
		}
		last := &lists[len(lists)-1]
		last.ranks = append(last.ranks, int(rank))
		last.counts = append(last.counts, r.Point())
		sd := r.SD()
		if r.Mode == measure.CensoredRight {
			last.censored++
			sd = 0
		}
		last.sds = append(last.sds, sd)
	}
	return lists, rows.Err()
}

func table() analysis.Table {
	return analysis.Table{
		Name:    "concentration",
		Comment: "How unequal each published list of most-followed accounts is within itself. These are figures of the list, not of the platform: everybody below its last line is missing. Lists of different lengths do not compare.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "list", Type: "varchar", Comment: "name of the list in marts.list_entries"},
			{Name: "list_on", Type: "date", Comment: "last day that the list may be about"},
			{Name: "entries", Type: "bigint", Comment: "lines of the list that we hold, counted"},
			{Name: "scope", Type: "varchar", Comment: "of what these are figures, in words: within the top so many, never of the platform"},
			{Name: "gini", Type: "double", Comment: "Gini coefficient within the list, 0 (all equal) to 1"},
			{Name: "gini_lo95", Type: "double", Comment: "lower end of its 95 % interval: jackknife and rounding"},
			{Name: "gini_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "gini_corrected", Type: "double", Comment: "Gini coefficient times n/(n-1), for short lists"},
			{Name: "hhi", Type: "double", Comment: "Herfindahl-Hirschman index: sum of squared shares, 1/entries to 1"},
			{Name: "hhi_lo95", Type: "double", Comment: "lower end of its 95 % interval: jackknife and rounding"},
			{Name: "hhi_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "hhi_normalised", Type: "double", Comment: "hhi rescaled to 0..1, free of the number of entries"},
			{Name: "effective_number", Type: "double", Comment: "1/hhi: as many equal accounts would be as concentrated"},
			{Name: "effective_lo95", Type: "double", Comment: "lower end of its 95 % interval: 1/hhi_hi95"},
			{Name: "effective_hi95", Type: "double", Comment: "upper end of its 95 % interval: 1/hhi_lo95"},
			{Name: "entropy", Type: "double", Comment: "Shannon entropy of the shares, nats"},
			{Name: "entropy_lo95", Type: "double", Comment: "lower end of its 95 % interval: jackknife and rounding"},
			{Name: "entropy_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "hill_number", Type: "double", Comment: "e^entropy: effective number of accounts of order 1"},
			{Name: "theil", Type: "double", Comment: "Theil index, 0 (all equal) to ln(entries)"},
			{Name: "theil_lo95", Type: "double", Comment: "lower end of its 95 % interval: jackknife and rounding"},
			{Name: "theil_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "top1_share", Type: "double", Comment: "share of the first account in the list's followers, 0 to 1"},
			{Name: "top1_lo95", Type: "double", Comment: "lower end of its 95 % interval: bootstrap and rounding"},
			{Name: "top1_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "top5_share", Type: "double", Comment: "share of the first five, 0 to 1; null with fewer than six entries"},
			{Name: "top5_lo95", Type: "double", Comment: "lower end of its 95 % interval: bootstrap and rounding"},
			{Name: "top5_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "rank_exponent", Type: "double", Comment: "exponent of rank against followers by Gabaix and Ibragimov: smaller is more unequal; null with fewer than five entries"},
			{Name: "rank_exponent_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "rank_exponent_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "power_law_exponent", Type: "double", Comment: "maximum-likelihood exponent of the density of followers above power_law_from; null with fewer than twenty entries"},
			{Name: "power_law_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "power_law_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "power_law_from", Type: "double", Comment: "followers from which the law is fitted: the start with the smallest Kolmogorov-Smirnov distance"},
			{Name: "power_law_tail", Type: "bigint", Comment: "accounts from there on, counted"},
			{Name: "power_law_ks", Type: "double", Comment: "Kolmogorov-Smirnov distance of these accounts from the law"},
			{Name: "zipf_exponent", Type: "double", Comment: "exponent of followers against rank that belongs to the law: 1/(power_law_exponent - 1)"},
			{Name: "power_law_p", Type: "double", Comment: "goodness of fit of the power law by bootstrap: below 0.1 it is rejected; null with fewer than twenty entries"},
			{Name: "lognormal_p", Type: "double", Comment: "p-value of Vuong's test against a lognormal: above 0.05 the two cannot be told apart; null with fewer than twenty entries"},
			{Name: "favoured", Type: "varchar", Comment: "power_law, lognormal or neither, by that test; null where it was not made"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: few_points (no interval), censored, list_incomplete (ranks missing), all_equal, non_positive"},
		},
	}
}

// row is the line of results.concentration for a list.
func (l list) row(seed uint64) ([]any, error) {
	row := []any{l.platform, l.name, l.on, len(l.counts), fmt.Sprintf("within the top %d", l.reach())}
	flags := l.flags()
	if l.censored > 0 || len(l.counts) < fewestEntries || check(l.counts) != nil {
		if check(l.counts) != nil {
			flags = flags.With(measure.NonPositive)
		}
		blank := len(table().Columns) - len(row) - 1
		return append(append(row, make([]any, blank)...), flags.String()), nil
	}
	indices, err := l.indices(seed)
	if err != nil {
		return nil, err
	}
	row = append(row, indices...)
	row = append(row, l.rankExponent()...)
	row = append(row, l.law(seed)...)
	return append(row, flags.String()), nil
}

// reach is the last rank that the list shows: the N of "within the top N".
func (l list) reach() int {
	if len(l.ranks) == 0 {
		return len(l.counts)
	}
	return slices.Max(l.ranks)
}

// indices are the cells from gini to top5_hi95.
func (l list) indices(seed uint64) ([]any, error) {
	n := float64(len(l.counts))
	of := func(pick func(Shares) float64) Statistic {
		return func(x []float64) (float64, error) {
			s, err := Indices(x)
			return pick(s), err
		}
	}
	s, err := Indices(l.counts)
	if err != nil {
		return nil, err
	}
	var made [4]measure.Estimate
	for i, m := range []struct {
		name   string
		lo, hi float64
		s      Statistic
	}{
		{"Gini", 0, 1, Gini},
		{"HHI", 1 / n, 1, of(func(s Shares) float64 { return s.HHI })},
		{"entropy", 0, math.Log(n), of(func(s Shares) float64 { return s.Entropy })},
		{"Theil", 0, math.Log(n), of(func(s Shares) float64 { return s.Theil })},
	} {
		if made[i], err = Interval(l.counts, l.sds, 0.95, m.lo, m.hi, m.s, m.name); err != nil {
			return nil, err
		}
	}
	gini, hhi, entropy, theil := made[0], made[1], made[2], made[3]
	top1, err := TopInterval(l.counts, l.sds, 1, 0.95, seed, "top 1 "+l.name)
	if err != nil {
		return nil, err
	}
	row := append(measure.Cells(gini), Corrected(gini.Point, len(l.counts)))
	row = append(row, measure.Cells(hhi)...)
	row = append(row, s.HHINormalised, s.EffectiveNumber, measure.Cell(1/hhi.Hi), measure.Cell(1/hhi.Lo))
	row = append(append(row, measure.Cells(entropy)...), s.Hill)
	row = append(append(row, measure.Cells(theil)...), measure.Cells(top1)...)
	return append(row, l.top5(seed)...), nil
}

func (l list) flags() measure.Flags {
	var f measure.Flags
	if len(l.counts) < fewestEntries {
		f = f.With(measure.FewPoints)
	}
	if l.censored > 0 {
		f = f.With(measure.Censored)
	}
	if len(l.ranks) > 0 && slices.Max(l.ranks) > len(l.ranks) {
		f = f.With("list_incomplete")
	}
	if slices.Min(l.counts) == slices.Max(l.counts) {
		f = f.With(measure.AllEqual)
	}
	return f
}

func (l list) top5(seed uint64) []any {
	if len(l.counts) < 6 {
		return make([]any, 3)
	}
	e, err := TopInterval(l.counts, l.sds, 5, 0.95, seed, "top 5 "+l.name)
	if err != nil {
		return make([]any, 3)
	}
	return measure.Cells(e)
}

func (l list) rankExponent() []any {
	if len(l.counts) < fewestForRank {
		return make([]any, 3)
	}
	e, err := RankRegression(l.counts, 0.95)
	if err != nil { // too few positive counts that differ: nothing to tell
		return make([]any, 3)
	}
	return measure.Cells(e)
}

// law are the cells from power_law_exponent to favoured: the power law above the lower end that the list itself suggests,
// and the tests of it.
func (l list) law(seed uint64) []any {
	const width = 10
	if len(l.counts) < fewestForLaw {
		return make([]any, width)
	}
	fit, err := FitPowerLaw(l.counts, 0.95)
	if err != nil { // all equal, or too few positive counts
		return make([]any, width)
	}
	row := append(measure.Cells(fit.Exponent), fit.XMin, fit.Tail, fit.KS, measure.Cell(ZipfExponent(fit.Exponent.Point)))
	p, err := GoodnessOfFit(l.counts, fit, goodnessSamples, measure.Stream(seed, "concentration "+l.name))
	if err != nil {
		return append(row, nil, nil, nil)
	}
	vs, err := VersusLognormal(l.counts, fit.XMin)
	if err != nil || math.IsNaN(vs.P) {
		return append(row, p.Point, nil, nil)
	}
	favoured := "neither"
	if vs.P < 0.05 {
		favoured = "power_law"
		if vs.Z < 0 {
			favoured = "lognormal"
		}
	}
	return append(row, p.Point, vs.P, favoured)
}
