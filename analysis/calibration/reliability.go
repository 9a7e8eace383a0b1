package calibration

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A group is what forecasts are judged together by.
type group struct {
	kind, forecaster string
	months           int // 0 = all
}

// groupsOf parts forecasts by kind, forecaster and horizon, and all horizons together, in the order of the tables.
func groupsOf(all []judged) ([]group, map[group][]judged) {
	by := map[group][]judged{}
	for _, f := range all {
		for _, m := range []int{0, f.months} {
			g := group{f.kind, f.forecaster, m}
			by[g] = append(by[g], f)
		}
	}
	keys := make([]group, 0, len(by))
	for g := range by {
		keys = append(keys, g)
	}
	slices.SortFunc(keys, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.forecaster, b.forecaster), cmp.Compare(a.months, b.months))
	})
	return keys, by
}

func (g group) cells() []any {
	var m any
	if g.months > 0 {
		m = int64(g.months)
	}
	return []any{g.kind, g.forecaster, m}
}

// reliabilityTable says, level by level, how often the truth stayed at or below the quantile: on the diagonal where forecasts are reliable.
func reliabilityTable(all []judged) analysis.Table {
	t := analysis.Table{
		Name:    "reliability",
		Comment: "The reliability diagram of forecasts by quantiles: one row per kind, forecaster, months ahead (null: all horizons together) and level. A reliable forecaster's truths lie at or below the 10 % quantile 10 % of the time.",
		Columns: []analysis.Column{
			{Name: "kind", Type: "varchar", Comment: "replay (made as of an earlier day from what had been published by then) or published (kept in the ledger since it was made)"},
			{Name: "forecaster", Type: "varchar", Comment: "overtake, or whose forecasts they are"},
			{Name: "months", Type: "bigint", Comment: "class of the horizon, months: 1, 3, 6, 12 or 24; null for all together"},
			{Name: "level", Type: "double", Comment: "level of the quantile, 0 to 1"},
			{Name: "below", Type: "double", Comment: "share of truths at or below it, 0 to 1"},
			{Name: "below_lo", Type: "double", Comment: "lower end of its 95 % Wilson interval on the effective number"},
			{Name: "below_hi", Type: "double", Comment: "upper end of the same"},
			{Name: "n", Type: "bigint", Comment: "forecasts that state this level and whose date has come, counted"},
			{Name: "n_eff", Type: "double", Comment: "how many independent ones they are worth, by their lag-one correlation"},
		},
	}
	keys, by := groupsOf(all)
	for _, g := range keys {
		for _, p := range levelsOf(by[g]) {
			var hits []bool
			for _, f := range by[g] {
				if i := slices.Index(f.p, p); i >= 0 {
					hits = append(hits, f.outcome <= f.q[i])
				}
			}
			c := CoverageOf(hits)
			t.Rows = append(t.Rows, append(g.cells(), p, c.Share, c.Lo, c.Hi, int64(len(hits)), c.NEff))
		}
	}
	return t
}

func levelsOf(fs []judged) []float64 {
	var out []float64
	for _, f := range fs {
		for _, p := range f.p {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return out
}

func overtakesTable(all []judgedOvertake) analysis.Table {
	t := analysis.Table{
		Name:    "overtake_scored",
		Comment: "Every probability of an overtake in the ledger whose day has come and on whose outcome the figures are clear: one row per day of making, pair, metric, question and day. It has no rows until the first one comes due.",
		Columns: []analysis.Column{
			{Name: "forecaster", Type: "varchar", Comment: "overtake, or whose forecast it is"},
			{Name: "version", Type: "varchar", Comment: "version of the code that made it; null where not ours"},
			{Name: "made_on", Type: "date", Comment: "day of publication, UTC"},
			{Name: "as_of", Type: "date", Comment: "day up to whose publications it saw"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "challenger", Type: "varchar", Comment: "platform that is to pass: key of marts.platforms"},
			{Name: "leader", Type: "varchar", Comment: "platform that is to be passed: key of marts.platforms"},
			{Name: "question", Type: "varchar", Comment: "ahead_at (is it ahead on the day?) or ever_by (has it been ahead once by the day?)"},
			{Name: "on", Type: "date", Comment: "day asked for"},
			{Name: "p", Type: "double", Comment: "the probability stated, 0 to 1"},
			{Name: "happened", Type: "boolean", Comment: "what came"},
			{Name: "brier", Type: "double", Comment: "squared error of the probability; lower is better"},
		},
	}
	for _, o := range all {
		saw, _ := o.days()
		var version any
		if o.Version != "" {
			version = o.Version
		}
		t.Rows = append(t.Rows, []any{o.Forecaster, version, o.MadeAt.UTC().Truncate(24 * time.Hour), saw, o.Metric, o.Platform, o.Leader, o.Question, o.on,
			*o.P, o.happened, math.Max(0, Brier(*o.P, o.happened))})
	}
	return t
}
