package calibration

import (
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis"
)

// bins are the borders between which the truth's place among the quantiles is counted.
var bins = []float64{0, 0.1, 0.25, 0.5, 0.75, 0.9, 1}

func calibrationTable(all []judged) analysis.Table {
	t := analysis.Table{
		Name:    "calibration",
		Comment: "How right forecasts were: one row per kind (replay: made as of an earlier day from what had been published by then; published: kept in the ledger since they were made), forecaster and months ahead (null: all horizons together).",
		Columns: []analysis.Column{
			{Name: "kind", Type: "varchar", Comment: "replay or published"},
			{Name: "forecaster", Type: "varchar", Comment: "overtake, or whose forecasts they are"},
			{Name: "months", Type: "bigint", Comment: "class of the horizon, months: 1, 3, 6, 12 or 24; null for all together"},
			{Name: "n", Type: "bigint", Comment: "forecasts whose date has come, counted"},
			{Name: "n_eff", Type: "double", Comment: "how many independent ones they are worth, by the lag-one correlation of the 80 % hits"},
			{Name: "coverage50", Type: "double", Comment: "share of 50 % intervals (q25 to q75) that held the truth (0 to 1); null where none has these quantiles"},
			{Name: "coverage50_lo", Type: "double", Comment: "lower end of its 95 % Wilson interval on the effective number"},
			{Name: "coverage50_hi", Type: "double", Comment: "upper end of the same"},
			{Name: "coverage80", Type: "double", Comment: "share of 80 % intervals (q10 to q90) that held the truth (0 to 1); null where none has these quantiles"},
			{Name: "coverage80_lo", Type: "double", Comment: "lower end of its 95 % Wilson interval on the effective number"},
			{Name: "coverage80_hi", Type: "double", Comment: "upper end of the same"},
			{Name: "below_q10", Type: "double", Comment: "share of truths below the 10 % quantile; 0.1 would be right"},
			{Name: "q10_to_q25", Type: "double", Comment: "share between the 10 % and the 25 % quantile; 0.15 would be right"},
			{Name: "q25_to_q50", Type: "double", Comment: "share between the 25 % quantile and the median; 0.25 would be right"},
			{Name: "q50_to_q75", Type: "double", Comment: "share between the median and the 75 % quantile; 0.25 would be right"},
			{Name: "q75_to_q90", Type: "double", Comment: "share between the 75 % and the 90 % quantile; 0.15 would be right"},
			{Name: "above_q90", Type: "double", Comment: "share above the 90 % quantile; 0.1 would be right"},
			{Name: "interval_score80", Type: "double", Comment: "mean Winkler score of the 80 % intervals, each over the size of its outcome; lower is better; null where none has these quantiles"},
			{Name: "crps", Type: "double", Comment: "mean continuous ranked probability score, each over the size of its outcome; lower is better"},
			{Name: "rel_wis_drift", Type: "double", Comment: "geometric mean over series of weighted interval score over that of drift: below 1 is better; null where drift is not known"},
			{Name: "dm_p", Type: "double", Comment: "p-value of the Diebold-Mariano test (small-sample form) that medians and drift's medians miss alike, errors taken relative to the outcome; null where drift is not known or under 8 forecasts"},
		},
	}
	keys, groups := groupsOf(all)
	for _, g := range keys {
		t.Rows = append(t.Rows, append(g.cells(), summary(groups[g], max(1, g.months))...))
	}
	return t
}

// summary gives the columns from n on.
func summary(fs []judged, months int) []any {
	var hits50, hits80 []bool
	counts := make([]float64, len(bins)-1)
	for _, f := range fs {
		if lo, hi, ok := f.interval(0.25, 0.75); ok {
			hits50 = append(hits50, lo <= f.outcome && f.outcome <= hi)
		}
		if lo, hi, ok := f.interval(0.1, 0.9); ok {
			hits80 = append(hits80, lo <= f.outcome && f.outcome <= hi)
		}
		u := PITQuantiles(f.p, f.q, f.outcome)
		i := 0
		for i < len(counts)-1 && u > bins[i+1] {
			i++
		}
		counts[i]++
	}
	c80 := CoverageOf(hits80)
	row := []any{int64(len(fs)), c80.NEff}
	row = append(row, coverageCells(hits50)...)
	row = append(row, coverageCells(hits80)...)
	for _, c := range counts {
		row = append(row, c/float64(len(fs)))
	}
	return append(append(row, relativeScores(fs)...), relativeWIS(fs), dmP(fs, months))
}

// relativeScores are the mean interval score and the mean CRPS, over the size of the outcomes.
func relativeScores(fs []judged) []any {
	var interval, crps, n, m float64
	for _, f := range fs {
		size := math.Abs(f.outcome)
		if size == 0 {
			continue
		}
		if lo, hi, ok := f.interval(0.1, 0.9); ok {
			interval, n = interval+IntervalScore(lo, hi, 0.2, f.outcome)/size, n+1
		}
		if c, err := CRPSQuantiles(f.p, f.q, f.outcome); err == nil {
			crps, m = crps+c/size, m+1
		}
	}
	mean := func(sum, n float64) any {
		if n == 0 {
			return nil
		}
		return sum / n
	}
	return []any{mean(interval, n), mean(crps, m)}
}

func coverageCells(hits []bool) []any {
	if len(hits) == 0 {
		return []any{nil, nil, nil}
	}
	c := CoverageOf(hits)
	return []any{c.Share, c.Lo, c.Hi}
}

// relativeWIS is the geometric mean over series of mean score over drift's.
func relativeWIS(fs []judged) any {
	type sum struct{ own, drift float64 }
	by := map[[2]string]sum{}
	var keys [][2]string
	for _, f := range fs {
		if !f.hasDrift {
			continue
		}
		k := [2]string{f.platform, f.metric}
		s, seen := by[k]
		if !seen {
			keys = append(keys, k)
		}
		by[k] = sum{s.own + f.wis, s.drift + f.wisDrift}
	}
	var logs, n float64
	for _, k := range keys {
		if s := by[k]; s.own > 0 && s.drift > 0 {
			logs, n = logs+math.Log(s.own/s.drift), n+1
		}
	}
	if n == 0 {
		return nil
	}
	return math.Exp(logs / n)
}

// dmP compares medians with drift's by errors relative to the outcome; lags as long as the horizon in steps of a month, one at least.
func dmP(fs []judged, months int) any {
	var own, drift []float64
	for _, f := range fs {
		if m := slices.Index(f.p, 0.5); m >= 0 && f.hasDrift && f.outcome != 0 {
			own = append(own, (f.outcome-f.q[m])/f.outcome)
			drift = append(drift, (f.outcome-f.drift)/f.outcome)
		}
	}
	if len(own) < 8 {
		return nil
	}
	c, err := DieboldMariano(own, drift, min(months, len(own)/4))
	if err != nil || math.IsNaN(c.PValue) {
		return nil
	}
	return c.PValue
}

func scoredTable(all []judged) analysis.Table {
	t := analysis.Table{
		Name:    "forecast_scored",
		Comment: "Every forecast of the ledger whose date has come, with what came: one row per forecaster, code version, day of making, platform, metric and day forecast. It has no rows until the first one comes due.",
		Columns: []analysis.Column{
			{Name: "forecaster", Type: "varchar", Comment: "overtake, or whose forecast it is"},
			{Name: "version", Type: "varchar", Comment: "version of the code that made it; null where not ours"},
			{Name: "made_on", Type: "date", Comment: "day of publication, UTC"},
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "on", Type: "date", Comment: "day forecast"},
			{Name: "q10", Type: "double", Comment: "10 % quantile, in the unit of the metric; null where not given"},
			{Name: "q50", Type: "double", Comment: "median; null where not given"},
			{Name: "q90", Type: "double", Comment: "90 % quantile; null where not given"},
			{Name: "outcome", Type: "double", Comment: "value on that day: a reading, or the line between readings at most 46 days to both sides"},
			{Name: "inside80", Type: "boolean", Comment: "whether the outcome lies within q10 to q90"},
			{Name: "pit", Type: "double", Comment: "place of the outcome among the quantiles (0 to 1)"},
			{Name: "wis", Type: "double", Comment: "weighted interval score, in the unit of the metric; lower is better"},
			{Name: "interval_score80", Type: "double", Comment: "Winkler's score of q10 to q90, in the unit of the metric; lower is better; null where these are not given"},
			{Name: "crps", Type: "double", Comment: "continuous ranked probability score of all quantiles given, straight lines between them, in the unit of the metric; lower is better"},
			{Name: "entered_late", Type: "boolean", Comment: "true where it was written into our ledger after its day had come"},
		},
	}
	for _, f := range all {
		if f.kind != "published" {
			continue
		}
		cell := func(p float64) any {
			if i := slices.Index(f.p, p); i >= 0 {
				return f.q[i]
			}
			return nil
		}
		var version, inside, score any
		if f.version != "" {
			version = f.version
		}
		if lo, hi, ok := f.interval(0.1, 0.9); ok {
			inside, score = lo <= f.outcome && f.outcome <= hi, IntervalScore(lo, hi, 0.2, f.outcome)
		}
		crps, _ := CRPSQuantiles(f.p, f.q, f.outcome)
		t.Rows = append(t.Rows, []any{f.forecaster, version, f.madeOn, f.platform, f.metric, f.on, cell(0.1), cell(0.5), cell(0.9), f.outcome, inside,
			PITQuantiles(f.p, f.q, f.outcome), f.wis, score, crps, f.late})
	}
	return t
}
