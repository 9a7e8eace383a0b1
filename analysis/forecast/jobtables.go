package forecast

import (
	"math"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/calibration"
)

// fanModel is the name of the job's model in tables and text.
const fanModel = "mean of damped trends, drift and mirror"

// A coverageAt is how often 80 % intervals at one horizon held the truth over all series.
type coverageAt = calibration.Coverage

// countCoverage pools the past over all series, in order of the outcome.
func (st *study) countCoverage() {
	byH := map[int][]pastForecast{}
	for _, l := range st.lines {
		for _, f := range l.past {
			byH[f.months] = append(byH[f.months], f)
		}
	}
	st.cover = map[int]coverageAt{}
	for h, fs := range byH {
		slices.SortStableFunc(fs, func(a, b pastForecast) int {
			switch {
			case a.target < b.target:
				return -1
			case a.target > b.target:
				return 1
			}
			return 0
		})
		hits := make([]bool, len(fs))
		for i, f := range fs {
			hits[i] = f.q[0] <= f.y && f.y <= f.q[4]
		}
		st.cover[h] = calibration.CoverageOf(hits)
	}
}

// nearestCoverage gives the coverage at the judged horizon nearest to months, by ratio.
func (st *study) nearestCoverage(months int) (coverageAt, bool) {
	best, found := coverageAt{}, false
	near := math.Inf(1)
	for _, b := range buckets {
		c, ok := st.cover[b.months]
		if d := math.Abs(math.Log(float64(months) / float64(b.months))); ok && d < near {
			best, near, found = c, d, true
		}
	}
	return best, found
}

// beats compares the line's past WIS with drift's and naive's; known is false where there are too few outcomes to tell.
func (l *line) beats() (yes, known bool) {
	if len(l.past) < fewOutcomes {
		return false, false
	}
	var own, drift, naive float64
	for _, f := range l.past {
		s := meanWIS(f)
		own, drift, naive = own+s[0], drift+s[1], naive+s[2]
	}
	return own < math.Min(drift, naive), true
}

// meanWIS scores one past forecast: ours, drift, naive, each over the size of the outcome so that eras count alike.
func meanWIS(f pastForecast) [3]float64 {
	var out [3]float64
	for i, q := range [][]float64{f.q, f.drift, f.naive} {
		w, err := calibration.WIS(Levels, q, f.y)
		if err == nil {
			out[i] = w / f.y
		}
	}
	return out
}

// flags are the words on a fan.
func (l *line) flags(ageDays float64) string {
	out := slices.Clone(l.words)
	if ageDays > 180 {
		out = append(out, "old_data")
	}
	if yes, known := l.beats(); !known {
		out = append(out, "too_few_outcomes_to_judge")
	} else if !yes {
		out = append(out, "no_better_than_drift")
	}
	return strings.Join(out, ",")
}

func (st *study) forecastTable() analysis.Table {
	t := analysis.Table{
		Name:    "forecast",
		Comment: "Fans: where each platform's metric may go, one row per platform, metric and day, from its last reading to two years after the as-of day. Quantiles are of the true value; they are calibrated on how past forecasts of all these series missed.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "model", Type: "varchar", Comment: "the model in words"},
			{Name: "on", Type: "date", Comment: "the day forecast: the last reading's, then month ends"},
			{Name: "age_of_data_days", Type: "bigint", Comment: "days from the last reading to the as-of day"},
			{Name: "q05", Type: "double", Comment: "5 % quantile, in the unit of the metric"},
			{Name: "q10", Type: "double", Comment: "10 % quantile"},
			{Name: "q25", Type: "double", Comment: "25 % quantile"},
			{Name: "q50", Type: "double", Comment: "median"},
			{Name: "q75", Type: "double", Comment: "75 % quantile"},
			{Name: "q90", Type: "double", Comment: "90 % quantile"},
			{Name: "q95", Type: "double", Comment: "95 % quantile"},
			{Name: "coverage80", Type: "double", Comment: "share of past 80 % intervals (q10 to q90) about this far ahead that held the truth, over all series (0 to 1); null where none has come due"},
			{Name: "coverage80_lo", Type: "double", Comment: "lower end of its 95 % Wilson interval on the effective number of forecasts"},
			{Name: "coverage80_hi", Type: "double", Comment: "upper end of the same"},
			{Name: "coverage_n", Type: "bigint", Comment: "past forecasts behind coverage80, counted"},
			{Name: "beats_drift", Type: "boolean", Comment: "whether this series' past forecasts scored better than both drift and naive; null where fewer than 4 have come due"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: no_better_than_drift, too_few_outcomes_to_judge, old_data (last reading more than 180 days old), level_break (only readings after a sudden change of level are used), few_readings, flat, outlier, not_positive"},
		},
	}
	for _, l := range st.lines {
		if l.refusal != "" || len(l.fan) == 0 {
			continue
		}
		age := Days(st.asOf) - l.obs[len(l.obs)-1].T
		flags := l.flags(age)
		var beats any
		if yes, known := l.beats(); known {
			beats = yes
		}
		for _, p := range l.fan {
			row := []any{l.Platform, l.Metric, fanModel, Date(p.on), int64(math.Round(age))}
			for _, q := range p.q {
				row = append(row, q)
			}
			row = append(row, st.coverageCells(p.months)...)
			t.Rows = append(t.Rows, append(row, beats, flags))
		}
	}
	return t
}

func (st *study) coverageCells(months int) []any {
	c, ok := st.nearestCoverage(months)
	if !ok {
		return []any{nil, nil, nil, int64(0)}
	}
	return []any{c.Share, c.Lo, c.Hi, int64(c.N)}
}

func (st *study) backtestTable() analysis.Table {
	t := analysis.Table{
		Name:    "backtest",
		Comment: "How forecasts made from what had been published by earlier days did: one row per platform, metric, model and horizon that has outcomes.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "model", Type: "varchar", Comment: "ours by its name in results.forecast, drift (the line from the first reading to the last) or naive (the last reading)"},
			{Name: "horizon_days", Type: "double", Comment: "mean days from the last reading seen to the outcome's month class: 30, 91, 183, 365 or 730"},
			{Name: "origins", Type: "bigint", Comment: "forecasts whose outcome is known, counted"},
			{Name: "mase", Type: "double", Comment: "mean absolute error over the mean absolute step of the readings seen at the first origin; null where that step is 0"},
			{Name: "wis", Type: "double", Comment: "mean weighted interval score (median, 50 % and 80 % interval), in the unit of the metric; lower is better"},
			{Name: "rel_wis_drift", Type: "double", Comment: "wis over that of drift on the same forecasts: below 1 is better; null where drift's is 0"},
			{Name: "coverage80", Type: "double", Comment: "share of 80 % intervals that held the truth (0 to 1)"},
			{Name: "coverage80_lo", Type: "double", Comment: "lower end of its 95 % Wilson interval on the effective number of forecasts"},
			{Name: "coverage80_hi", Type: "double", Comment: "upper end of the same"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: no_better_than_drift, few_outcomes (fewer than 4); null where none"},
		},
	}
	for _, l := range st.lines {
		for _, b := range buckets {
			var fs []pastForecast
			for _, f := range l.past {
				if f.months == b.months {
					fs = append(fs, f)
				}
			}
			if len(fs) > 0 {
				t.Rows = append(t.Rows, l.backtestRows(b.months, fs)...)
			}
		}
	}
	return t
}

// backtestRows makes one row for each model at one horizon.
func (l *line) backtestRows(months int, fs []pastForecast) [][]any {
	models := []struct {
		name string
		q    func(f pastForecast) []float64
	}{
		{fanModel, func(f pastForecast) []float64 { return f.q }},
		{"drift", func(f pastForecast) []float64 { return f.drift }},
		{"naive", func(f pastForecast) []float64 { return f.naive }},
	}
	wis := make([]float64, len(models))
	rows := make([][]any, len(models))
	for i, m := range models {
		hits := make([]bool, len(fs))
		errs := make([]float64, len(fs))
		for k, f := range fs {
			q := m.q(f)
			hits[k] = q[0] <= f.y && f.y <= q[4]
			errs[k] = f.y - q[2]
			if w, err := calibration.WIS(Levels, q, f.y); err == nil {
				wis[i] += w / float64(len(fs))
			}
		}
		var mase any
		if v, ok := calibration.MASE(errs, fs[0].scale); ok {
			mase = v
		}
		c := calibration.CoverageOf(hits)
		rows[i] = []any{l.Platform, l.Metric, m.name, math.Round(float64(months) * 365.2425 / 12), int64(len(fs)), mase, wis[i], nil, c.Share, c.Lo, c.Hi, nil}
	}
	for i := range rows {
		var flags []string
		if len(fs) < fewOutcomes {
			flags = append(flags, "few_outcomes")
		}
		if i == 0 && wis[0] >= math.Min(wis[1], wis[2]) {
			flags = append(flags, "no_better_than_drift")
		}
		if len(flags) > 0 {
			rows[i][11] = strings.Join(flags, ",")
		}
		if wis[1] > 0 {
			rows[i][7] = wis[i] / wis[1]
		}
	}
	return rows
}

func (st *study) pastTable() analysis.Table {
	t := analysis.Table{
		Name:    "forecast_past",
		Comment: "Every past forecast behind results.backtest with its outcome: what would have been said on an earlier day from what had been published by then. One row per platform, metric, day of making and months ahead.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "model", Type: "varchar", Comment: "the model in words"},
			{Name: "made_on", Type: "date", Comment: "day up to whose publications rows were seen"},
			{Name: "months", Type: "bigint", Comment: "class of the horizon, months after the last reading: 1, 3, 6, 12 or 24"},
			{Name: "on", Type: "date", Comment: "day forecast"},
			{Name: "known_on", Type: "date", Comment: "day on which the outcome was published"},
			{Name: "q10", Type: "double", Comment: "10 % quantile, in the unit of the metric"},
			{Name: "q25", Type: "double", Comment: "25 % quantile"},
			{Name: "q50", Type: "double", Comment: "median"},
			{Name: "q75", Type: "double", Comment: "75 % quantile"},
			{Name: "q90", Type: "double", Comment: "90 % quantile"},
			{Name: "outcome", Type: "double", Comment: "value of results.series on that day, in the unit of the metric"},
			{Name: "drift50", Type: "double", Comment: "median of the drift forecast made on the same day"},
			{Name: "wis", Type: "double", Comment: "weighted interval score, in the unit of the metric; lower is better"},
			{Name: "wis_drift", Type: "double", Comment: "the same of the drift forecast"},
		},
	}
	for _, l := range st.lines {
		for _, f := range l.past {
			own, _ := calibration.WIS(Levels, f.q, f.y)
			drift, _ := calibration.WIS(Levels, f.drift, f.y)
			t.Rows = append(t.Rows, []any{l.Platform, l.Metric, fanModel, Date(f.origin), int64(f.months), Date(f.target), Date(f.known),
				f.q[0], f.q[1], f.q[2], f.q[3], f.q[4], f.y, f.drift[2], own, drift})
		}
	}
	return t
}

func (st *study) refusedTable() analysis.Table {
	t := analysis.Table{
		Name:    "forecast_refused",
		Comment: "Series that are not forecast, and why: one row per platform and metric.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "last_on", Type: "date", Comment: "day of the last reading; null where none is left"},
			{Name: "reason", Type: "varchar", Comment: "why, in words"},
		},
	}
	slices.SortFunc(st.refused, func(a, b refusedLine) int {
		if c := strings.Compare(a.platform, b.platform); c != 0 {
			return c
		}
		return strings.Compare(a.metric, b.metric)
	})
	for _, r := range st.refused {
		var on any
		if !r.lastOn.IsZero() {
			on = r.lastOn
		}
		t.Rows = append(t.Rows, []any{r.platform, r.metric, on, r.reason})
	}
	return t
}
