package overtake

import (
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// The columns that begin most tables of this package.
var pairColumns = []analysis.Column{
	{Name: "as_of", Type: "date", Comment: "day up to which publications were seen"},
	{Name: "metric", Type: "varchar", Comment: "kind of count that is compared: key of marts.metrics"},
	{Name: "challenger", Type: "varchar", Comment: "platform that may overtake: key of marts.platforms"},
	{Name: "leader", Type: "varchar", Comment: "platform that may be overtaken: key of marts.platforms"},
}

func pairCells(d duty) []any { return []any{d.AsOf, d.Metric, d.Challenger, d.Leader} }

// tables turns the answers into tables, in a fixed order of rows.
func (b *batch) tables() []analysis.Table {
	ours := without(b.duties, func(d duty) bool { return d.published != nil || d.Edition == First })
	sortDuties(ours)
	return []analysis.Table{overtakeTable(ours), curveTable(ours), fanTable(ours), evidenceTable(ours), b.crossingsTable(), b.scoredTable(), b.editionsTable()}
}

func overtakeTable(ds []duty) analysis.Table {
	t := analysis.Table{
		Name: "overtake",
		Comment: "Who overtakes whom and when: one row per as-of date, metric, pair and question. Where too little is known to forecast, " +
			"the row says why in reason and the figures are null.",
		Columns: slices.Concat(pairColumns, []analysis.Column{
			{Name: "ahead_now", Type: "varchar", Comment: "platform that is more probably ahead on the as-of day"},
			{Name: "p_challenger_ahead_now", Type: "double", Comment: "probability that the challenger is ahead on the as-of day, given the errors of the readings and their age, 0 to 1"},
			{Name: "log_ratio", Type: "double", Comment: "natural logarithm of challenger/leader on the as-of day, median"},
			{Name: "log_ratio_lo80", Type: "double", Comment: "lower end of its 80 % interval"},
			{Name: "log_ratio_hi80", Type: "double", Comment: "upper end of its 80 % interval"},
			{Name: "last_both_on", Type: "date", Comment: "the older of the days of the two newest readings"},
			{Name: "question", Type: "varchar", Comment: "ahead_at (is it ahead on the day?), ever_by (has it been ahead once by the day?) or for_good (is it ahead on the day and to the horizon?)"},
			{Name: "p_within_1y", Type: "double", Comment: "probability of yes 365 days after as_of, 0 to 1"},
			{Name: "p_within_2y", Type: "double", Comment: "probability of yes 731 days after as_of, 0 to 1"},
			{Name: "p_never", Type: "double", Comment: "probability of no up to the horizon (ahead_at: on its last day), 0 to 1"},
			{Name: "horizon_on", Type: "date", Comment: "last day of the forecast"},
			{Name: "median_on", Type: "date", Comment: "day by which the event is as likely as not (ahead_at: day from which that probability is 50 %); as_of itself: already; null: beyond the horizon"},
			{Name: "lo80_on", Type: "date", Comment: "day by which the event has a probability of 10 %; null: beyond the horizon"},
			{Name: "hi80_on", Type: "date", Comment: "day by which the event has a probability of 90 %; null: beyond the horizon"},
			{Name: "challenger_growth_month", Type: "double", Comment: "log growth of the challenger per month at its newest reading, expected; 0.044 is 4.5 % a month"},
			{Name: "challenger_growth_sd", Type: "double", Comment: "standard uncertainty of that growth"},
			{Name: "challenger_basis", Type: "varchar", Comment: "how that growth was estimated, in words"},
			{Name: "challenger_accounts", Type: "bigint", Comment: "accounts behind that growth, counted; 0 where it comes from the series"},
			{Name: "challenger_age_days", Type: "bigint", Comment: "age of the challenger's newest reading on the as-of day, days"},
			{Name: "leader_growth_month", Type: "double", Comment: "log growth of the leader per month at its newest reading, expected"},
			{Name: "leader_growth_sd", Type: "double", Comment: "standard uncertainty of that growth"},
			{Name: "leader_basis", Type: "varchar", Comment: "how that growth was estimated, in words"},
			{Name: "leader_accounts", Type: "bigint", Comment: "accounts behind that growth, counted; 0 where it comes from the series"},
			{Name: "leader_age_days", Type: "bigint", Comment: "age of the leader's newest reading on the as-of day, days"},
			{Name: "challenger_panel", Type: "varchar", Comment: "which accounts stand for which part of the challenger's top list, in words; null where its growth does not come from accounts"},
			{Name: "leader_panel", Type: "varchar", Comment: "the same of the leader"},
			{Name: "error_correlation", Type: "double", Comment: "correlation of the two platforms' errors, learned from the history known by as_of, -1 to 1"},
			{Name: "seen_every_days", Type: "double", Comment: "usual days between figures of the platform that publishes less often; null in the rows of the other questions than ever_by"},
			{Name: "seen_lo80_on", Type: "date", Comment: "day by which figures show the challenger ahead with a probability of 10 %; null: beyond the horizon"},
			{Name: "seen_median_on", Type: "date", Comment: "... 50 %"},
			{Name: "seen_hi80_on", Type: "date", Comment: "... 90 %"},
			{Name: "replay", Type: "boolean", Comment: "true where the question is asked again as of a date of the past, fixed by the project"},
			{Name: "reason", Type: "varchar", Comment: "why there is no forecast; null where there is one"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: too_little_data, stale_<platform>_<days>d, few_readings_<platform>_<n>, derived_<platform>, sources_disagree_<platform>, set_aside_<platform>, median_beyond_horizon, ...; empty where there is nothing to say"},
		}),
	}
	for _, d := range ds {
		for _, question := range []string{AheadAt, EverBy, ForGood} {
			t.Rows = append(t.Rows, overtakeRow(d, question))
		}
	}
	return t
}

func overtakeRow(d duty, question string) []any {
	a := d.answer
	row := pairCells(d)
	if n := a.Now; n != nil {
		row = append(row, n.Ahead, n.PChallengerAhead, n.LogRatio, n.LogRatioLo80, n.LogRatioHi80, n.LastBothOn.Time)
	} else {
		row = append(row, nil, nil, nil, nil, nil, nil)
	}
	row = append(row, question)
	if i := slices.IndexFunc(a.Questions, func(q Question) bool { return q.Question == question }); i >= 0 {
		q := a.Questions[i]
		row = append(row, q.PWithin1Y, q.PWithin2Y, q.PNever, a.Horizon.Time, dayCell(q.Median), dayCell(q.Lo80), dayCell(q.Hi80))
	} else {
		row = append(row, nil, nil, nil, a.Horizon.Time, nil, nil, nil)
	}
	for _, p := range []Party{a.Challenger, a.Leader} {
		row = append(row, numberCell(p.GrowthMonth), numberCell(p.GrowthSD), measure.TextCell(p.Basis), int64(p.Accounts))
		if p.Level == nil {
			row = append(row, nil)
		} else {
			row = append(row, int64(p.AgeDays))
		}
	}
	row = append(row, measure.TextCell(partWords(a.Challenger.Parts)), measure.TextCell(partWords(a.Leader.Parts)))
	if a.Now == nil {
		row = append(row, nil)
	} else {
		row = append(row, a.Corr)
	}
	if s := a.Seen; s != nil && question == EverBy {
		row = append(row, s.EveryDays, dayCell(s.Lo80), dayCell(s.Median), dayCell(s.Hi80))
	} else {
		row = append(row, nil, nil, nil, nil)
	}
	return append(row, d.replay, measure.TextCell(a.Reason), strings.Join(a.Flags, ","))
}

func dayCell(d *Day) any {
	if d == nil {
		return nil
	}
	return d.Time
}

func numberCell(x *float64) any {
	if x == nil {
		return nil
	}
	return measure.Cell(*x)
}

func curveTable(ds []duty) analysis.Table {
	t := analysis.Table{
		Name:    "overtake_curve",
		Comment: "The three probabilities of results.overtake through time: one row per as-of date, metric, pair and day.",
		Columns: slices.Concat(pairColumns, []analysis.Column{
			{Name: "on", Type: "date", Comment: "day that the probabilities speak of: weekly at first, later every four and twelve weeks"},
			{Name: "p_ahead", Type: "double", Comment: "probability that the challenger is ahead on the day, 0 to 1"},
			{Name: "p_ever", Type: "double", Comment: "probability that it has been ahead at least once since as_of, 0 to 1"},
			{Name: "p_for_good", Type: "double", Comment: "probability that it is ahead on the day and stays so to the horizon, 0 to 1"},
		}),
	}
	for _, d := range ds {
		for _, c := range d.answer.Curve {
			t.Rows = append(t.Rows, append(pairCells(d), c.On.Time, c.Ahead, c.Ever, c.ForGood))
		}
	}
	return t
}

func fanTable(ds []duty) analysis.Table {
	t := analysis.Table{
		Name:    "overtake_fan",
		Comment: "The futures of both sides of a comparison: one row per as-of date, metric, pair, platform and day, in the unit of the metric.",
		Columns: slices.Concat(pairColumns, []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "the side whose level this is: key of marts.platforms"},
			{Name: "on", Type: "date", Comment: "day that the level is of"},
			{Name: "q10", Type: "double", Comment: "level that is not exceeded with probability 10 %"},
			{Name: "q25", Type: "double", Comment: "... 25 %"},
			{Name: "q50", Type: "double", Comment: "... 50 %"},
			{Name: "q75", Type: "double", Comment: "... 75 %"},
			{Name: "q90", Type: "double", Comment: "... 90 %"},
		}),
	}
	for _, d := range ds {
		for _, f := range d.answer.Fan {
			t.Rows = append(t.Rows, append(pairCells(d), f.Platform, f.On.Time, f.Q[0], f.Q[1], f.Q[2], f.Q[3], f.Q[4]))
		}
	}
	return t
}

func evidenceTable(ds []duty) analysis.Table {
	t := analysis.Table{
		Name:    "overtake_evidence",
		Comment: "What the growth of each side of a comparison rests on: one row per stretch of growth between two readings.",
		Columns: slices.Concat(pairColumns, []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "the side that it speaks for: key of marts.platforms"},
			{Name: "account_id", Type: "varchar", Comment: "account whose followers these are: see marts.accounts; null for a count of the whole platform"},
			{Name: "account_name", Type: "varchar", Comment: "its name as shown; written by strangers"},
			{Name: "from_on", Type: "date", Comment: "day of the earlier reading"},
			{Name: "to_on", Type: "date", Comment: "day of the later reading"},
			{Name: "from_value", Type: "double", Comment: "the earlier reading, in the unit of evidence_metric"},
			{Name: "to_value", Type: "double", Comment: "the later reading"},
			{Name: "growth_month", Type: "double", Comment: "log growth per month between them"},
			{Name: "role", Type: "varchar", Comment: "own_readings, panel_account (of the platform's most-followed), sister_metric (another count of its users) or fitted_series (first to last reading of a series that was fitted as a whole)"},
			{Name: "evidence_metric", Type: "varchar", Comment: "what was counted: key of marts.metrics"},
			{Name: "source_url", Type: "varchar", Comment: "page of the later reading: key of marts.sources"},
		}),
	}
	for _, d := range ds {
		for _, e := range d.answer.Evidence {
			t.Rows = append(t.Rows, append(pairCells(d), e.Platform, measure.TextCell(e.Account), measure.TextCell(e.AccountName), e.From.Time, e.To.Time,
				e.FromValue, e.ToValue, measure.Cell(e.GrowthMonth), e.Role, e.Metric, measure.TextCell(e.SourceURL)))
		}
	}
	return t
}

// crossingsTable is what truly happened, from all that is known.
func (b *batch) crossingsTable() analysis.Table {
	t := analysis.Table{
		Name: "crossings",
		Comment: "Overtakes that happened: one row per metric, pair and crossing, between two days on which the lead exceeds the errors of the readings. " +
			"From all that was published by the run's as-of date.",
		Columns: slices.Concat(pairColumns[1:], []analysis.Column{
			{Name: "crossed_after", Type: "date", Comment: "last day on which the leader was clearly ahead"},
			{Name: "crossed_by", Type: "date", Comment: "first day on which the challenger was clearly ahead"},
			{Name: "note", Type: "varchar", Comment: "the figures of both days, some interpolated between readings"},
		}),
	}
	for _, metric := range keys(b.all.Metrics) {
		if !b.all.comparable(metric) {
			continue
		}
		with := b.all.platformsWith(metric)
		for i, one := range with {
			for _, other := range with[i+1:] {
				for _, c := range b.all.crossings(metric, one, other) {
					t.Rows = append(t.Rows, []any{c.Metric, c.Challenger, c.Leader, c.After.Time, c.By.Time, c.Note})
				}
			}
		}
	}
	return t
}

func (b *batch) scoredTable() analysis.Table {
	t := analysis.Table{
		Name:    "published_forecasts_scored",
		Comment: "What others forecast, beside what this package says from what was known on the same day, and what came of it: one row per published forecast.",
		Columns: []analysis.Column{
			{Name: "forecaster", Type: "varchar", Comment: "who said so"},
			{Name: "made_on", Type: "date", Comment: "day of the statement, and as-of day of ours"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "challenger", Type: "varchar", Comment: "platform that is to pass: key of marts.platforms"},
			{Name: "leader", Type: "varchar", Comment: "platform that is to be passed: key of marts.platforms"},
			{Name: "window_from", Type: "date", Comment: "first day of the window that the statement names"},
			{Name: "window_to", Type: "date", Comment: "last day of the window; null where it is open-ended"},
			{Name: "statement", Type: "varchar", Comment: "the statement in words"},
			{Name: "ours_median", Type: "date", Comment: "our median date of the first time ahead, as of made_on; null: beyond the horizon or no forecast"},
			{Name: "ours_lo80", Type: "date", Comment: "lower end of our 80 % interval; made_on itself: already"},
			{Name: "ours_hi80", Type: "date", Comment: "upper end of our 80 % interval; null: beyond the horizon or no forecast"},
			{Name: "p_ours_in_window", Type: "double", Comment: "our probability that the challenger first comes ahead within the window, 0 to 1"},
			{Name: "reason", Type: "varchar", Comment: "why there is no forecast of ours; null where there is one"},
			{Name: "outcome", Type: "varchar", Comment: "held, possible (the readings around the crossing leave days outside the window), failed, open (the window is not over) or not_observed (no figures tell)"},
			{Name: "source_url", Type: "varchar", Comment: "page of the statement: key of marts.sources"},
		},
	}
	for _, d := range b.duties {
		p := d.published
		if p == nil {
			continue
		}
		row := []any{p.forecaster, p.madeOn, p.metric, p.challenger, p.leader, p.from, measure.DateCell(p.to), p.statement}
		if d.sample != nil {
			ever := d.answer.Questions[1]
			row = append(row, dayCell(ever.Median), dayCell(ever.Lo80), dayCell(ever.Hi80), shareWithin(d.sample.FirstAhead, p.madeOn, p.from, p.to))
		} else {
			row = append(row, nil, nil, nil, nil)
		}
		t.Rows = append(t.Rows, append(row, measure.TextCell(d.answer.Reason), b.all.outcome(*p, b.asOf), measure.TextCell(p.url)))
	}
	return t
}
