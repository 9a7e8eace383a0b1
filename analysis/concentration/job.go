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
			{Name: "gini", Type: "double", Comment: "Gini coefficient within the list, 0 (all equal) to 1"},
			{Name: "gini_lo95", Type: "double", Comment: "lower end of its 95 % interval: jackknife and rounding"},
			{Name: "gini_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "gini_corrected", Type: "double", Comment: "Gini coefficient times n/(n-1), for short lists"},
			{Name: "hhi", Type: "double", Comment: "Herfindahl-Hirschman index: sum of squared shares, 1/entries to 1"},
			{Name: "hhi_normalised", Type: "double", Comment: "hhi rescaled to 0..1, free of the number of entries"},
			{Name: "effective_number", Type: "double", Comment: "1/hhi: as many equal accounts would be as concentrated"},
			{Name: "entropy", Type: "double", Comment: "Shannon entropy of the shares, nats"},
			{Name: "theil", Type: "double", Comment: "Theil index, 0 (all equal) to ln(entries)"},
			{Name: "top1_share", Type: "double", Comment: "share of the first account in the list's followers, 0 to 1"},
			{Name: "top5_share", Type: "double", Comment: "share of the first five, 0 to 1; null with fewer than six entries"},
			{Name: "rank_exponent", Type: "double", Comment: "exponent of rank against followers by Gabaix and Ibragimov: smaller is more unequal; null with fewer than five entries"},
			{Name: "rank_exponent_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "rank_exponent_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "power_law_p", Type: "double", Comment: "goodness of fit of a power law by bootstrap: below 0.1 it is rejected; null with fewer than twenty entries"},
			{Name: "lognormal_p", Type: "double", Comment: "p-value of Vuong's test against a lognormal: above 0.05 the two cannot be told apart; null with fewer than twenty entries"},
			{Name: "favoured", Type: "varchar", Comment: "power_law, lognormal or neither, by that test; null where it was not made"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: few_points (no interval), censored, list_incomplete (ranks missing), all_equal, non_positive"},
		},
	}
}

func (l list) row(seed uint64) ([]any, error) {
	row := make([]any, 0, 22)
	row = append(row, l.platform, l.name, l.on, len(l.counts))
	flags := l.flags()
	if l.censored > 0 || len(l.counts) < fewestEntries || check(l.counts) != nil {
		if check(l.counts) != nil {
			flags = flags.With(measure.NonPositive)
		}
		return append(append(row, make([]any, 17)...), flags.String()), nil
	}
	gini, err := GiniInterval(l.counts, l.sds, 0.95)
	if err != nil {
		return nil, err
	}
	s, err := Indices(l.counts)
	if err != nil {
		return nil, err
	}
	top1, err := TopShare(l.counts, 1)
	if err != nil {
		return nil, err
	}
	row = append(row, gini.Point, measure.Cell(gini.Lo), measure.Cell(gini.Hi), Corrected(gini.Point, len(l.counts)), s.HHI,
		s.HHINormalised, s.EffectiveNumber, s.Entropy, s.Theil, top1, l.top5())
	row = append(row, l.rankExponent()...)
	row = append(row, l.law(seed)...)
	return append(row, flags.With(gini.Flags...).String()), nil
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

func (l list) top5() any {
	if len(l.counts) < 6 {
		return nil
	}
	share, err := TopShare(l.counts, 5)
	if err != nil {
		return nil
	}
	return share
}

func (l list) rankExponent() []any {
	if len(l.counts) < fewestForRank {
		return make([]any, 3)
	}
	e, err := RankRegression(l.counts, 0.95)
	if err != nil { // too few positive counts that differ: nothing to tell
		return make([]any, 3)
	}
	return []any{measure.Cell(e.Point), measure.Cell(e.Lo), measure.Cell(e.Hi)}
}

// law tests the power law above the lower end that the list itself suggests.
func (l list) law(seed uint64) []any {
	if len(l.counts) < fewestForLaw {
		return make([]any, 3)
	}
	fit, err := FitPowerLaw(l.counts, 0.95)
	if err != nil { // all equal, or too few positive counts
		return make([]any, 3)
	}
	p, err := GoodnessOfFit(l.counts, fit, goodnessSamples, measure.Stream(seed, "concentration "+l.name))
	if err != nil {
		return make([]any, 3)
	}
	vs, err := VersusLognormal(l.counts, fit.XMin)
	if err != nil || math.IsNaN(vs.P) {
		return []any{p.Point, nil, nil}
	}
	favoured := "neither"
	if vs.P < 0.05 {
		favoured = "power_law"
		if vs.Z < 0 {
			favoured = "lognormal"
		}
	}
	return []any{p.Point, vs.P, favoured}
}
