package events

import (
	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// eventColumns are the columns that name an event and the series it is held against.
func eventColumns() []analysis.Column {
	return []analysis.Column{
		{Name: "platform", Type: "varchar", Comment: "platform whose series is looked at: key of marts.platforms"},
		{Name: "metric", Type: "varchar", Comment: "kind of count of that series: key of marts.metrics"},
		{Name: "event_platform", Type: "varchar", Comment: "platform to which the event happened"},
		{Name: "event_on", Type: "date", Comment: "day of the event; the first day of the month where only that is known"},
		{Name: "kind", Type: "varchar", Comment: "type of the event: product, ownership, regulation, ..."},
		{Name: "title", Type: "varchar", Comment: "what happened, in a sentence"},
	}
}

func (e Event) cells(target, metric string) []any {
	return []any{target, metric, e.Platform, e.On, e.Kind, e.Title}
}

// verdictColumns end every table of tests.
func verdictColumns(flags string) []analysis.Column {
	return []analysis.Column{
		{Name: "verdict_kind", Type: "varchar", Comment: "change_seen, no_change_seen or cannot_be_told"},
		{Name: "verdict", Type: "varchar", Comment: "the verdict in words"},
		{Name: "source_url", Type: "varchar", Comment: "page that reports the event: key of marts.sources"},
		{Name: "flags", Type: "varchar", Comment: flags},
	}
}

func studyTable(all []GrowthStudy) analysis.Table {
	t := analysis.Table{
		Name:    "event_studies",
		Comment: "Event study of growth: how far the growth per month after each confirmed event lies from the mean of the months before it, for the series of its platform and of the other platforms of its family.",
		Columns: append(eventColumns(), []analysis.Column{
			{Name: "n_before", Type: "bigint", Comment: "growth rates in the estimation window: at most twelve, within two years before the event"},
			{Name: "n_after", Type: "bigint", Comment: "growth rates after the event: at most three, within 183 days"},
			{Name: "usual_month", Type: "double", Comment: "mean growth per month of 30.4 days before the event, relative; null where not testable"},
			{Name: "abnormal_month", Type: "double", Comment: "growth per month after the event beyond the usual, relative (0.1 is ten percent)"},
			{Name: "abnormal_lo95", Type: "double", Comment: "lower end of its 95 % interval, Student's t"},
			{Name: "abnormal_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "t", Type: "double", Comment: "Student's t of the cumulative abnormal growth, n_before - 1 degrees of freedom"},
			{Name: "p", Type: "double", Comment: "two-sided p-value of t"},
			{Name: "q", Type: "double", Comment: "p after Benjamini-Hochberg over all studies"},
		}...),
	}
	t.Columns = append(t.Columns, verdictColumns("words by comma: few_points where the test could not be made, all_equal where growth before did not vary")...)
	for _, s := range all {
		row := append(s.cells(s.Target, s.Metric), s.Before, s.After, measure.Cell(s.Usual), measure.Cell(s.Abnormal.Point),
			measure.Cell(s.Abnormal.Lo), measure.Cell(s.Abnormal.Hi), measure.Cell(s.T), measure.Cell(s.P), measure.Cell(s.Q))
		t.Rows = append(t.Rows, append(row, string(s.Verdict), s.Words, measure.TextCell(s.SourceURL), s.Flags.String()))
	}
	return t
}

func kindTable(all []KindStudy) analysis.Table {
	t := analysis.Table{
		Name:    "event_kinds",
		Comment: "Whether growth changes after events of one kind: the event studies of results.event_studies pooled, at least three events that do not share a window.",
		Columns: []analysis.Column{
			{Name: "kind", Type: "varchar", Comment: "type of the events"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "n_events", Type: "bigint", Comment: "events pooled, counted; of those of a platform within 183 days only the first"},
			{Name: "abnormal_month", Type: "double", Comment: "mean growth per month after them beyond the usual, relative"},
			{Name: "abnormal_lo95", Type: "double", Comment: "lower end of its 95 % interval, from the spread of the events"},
			{Name: "abnormal_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "p", Type: "double", Comment: "two-sided p-value of the mean, Student's t"},
			{Name: "q", Type: "double", Comment: "p after Benjamini-Hochberg over all rows"},
			{Name: "verdict_kind", Type: "varchar", Comment: "change_seen, no_change_seen or cannot_be_told"},
			{Name: "verdict", Type: "varchar", Comment: "the verdict in words"},
		},
	}
	for _, k := range all {
		t.Rows = append(t.Rows, []any{k.Kind, k.Metric, k.Events, measure.Cell(k.Mean.Point), measure.Cell(k.Mean.Lo), measure.Cell(k.Mean.Hi),
			measure.Cell(k.P), measure.Cell(k.Q), string(k.Verdict), k.Words})
	}
	return t
}

func controlTable(all []Control) analysis.Table {
	t := analysis.Table{
		Name:    "event_controls",
		Comment: "Each confirmed event held against platforms of other families, which it should not have touched: difference in differences of growth, and the synthetic control of the level, on monthly paths of platform metrics and of accounts' followers.",
		Columns: append(eventColumns(), []analysis.Column{
			{Name: "method", Type: "varchar", Comment: "difference_in_differences or synthetic_control"},
			{Name: "n_treated", Type: "bigint", Comment: "paths of the event's platform: 1 for a metric, the accounts for followers"},
			{Name: "n_controls", Type: "bigint", Comment: "paths of platforms of other families over the same months"},
			{Name: "months_before", Type: "bigint", Comment: "months of the paths before the event, at most twelve"},
			{Name: "months_after", Type: "bigint", Comment: "months of the paths after the event, at most six"},
			{Name: "effect", Type: "double", Comment: "relative: of growth per month (difference in differences) or of the level at the end of the path (synthetic control, the middle account); null where not computable"},
			{Name: "effect_lo", Type: "double", Comment: "lower end of its interval at effect_level"},
			{Name: "effect_hi", Type: "double", Comment: "upper end of its interval at effect_level"},
			{Name: "effect_level", Type: "double", Comment: "level of the interval: 0.95 from the spread of the controls, or (J-1)/(J+1) from the gaps of J placebo units"},
			{Name: "p", Type: "double", Comment: "p-value: Student's t, or the rank among placebo units"},
			{Name: "least_p", Type: "double", Comment: "smallest p that so many placebo units allow; null for Student's t"},
			{Name: "q", Type: "double", Comment: "p after Benjamini-Hochberg over all rows of the method"},
			{Name: "placebo_dates", Type: "bigint", Comment: "other days at which the same was done, their windows clear of the event"},
			{Name: "placebo_p", Type: "double", Comment: "share of days, the event among them, with an effect as large; null without any"},
			{Name: "pretrend_p", Type: "double", Comment: "difference in differences within the months before: small means that they had parted already"},
			{Name: "fit", Type: "double", Comment: "synthetic control: root mean square gap before the event over the standard deviation of the path; above 0.25 there is no such control"},
			{Name: "weights", Type: "varchar", Comment: "synthetic control: who stands for the treated path, with mean weights; names written by strangers"},
		}...),
	}
	t.Columns = append(t.Columns, verdictColumns("words by comma: few_points where there were no paths to compare")...)
	for _, c := range all {
		row := append(c.cells(c.Target, c.Metric), c.Method, c.Treated, c.Controls, c.Before, c.After, measure.Cell(c.Effect.Point),
			measure.Cell(c.Effect.Lo), measure.Cell(c.Effect.Hi), level(c.Effect), measure.Cell(c.P), c.leastP(), measure.Cell(c.Q), c.Placebos,
			measure.Cell(c.PlaceboP), measure.Cell(c.PretrendP), measure.Cell(c.Fit), measure.TextCell(c.Weights))
		t.Rows = append(t.Rows, append(row, string(c.Verdict), c.Words, measure.TextCell(c.SourceURL), c.Flags.String()))
	}
	return t
}

func level(e measure.Estimate) any {
	if !measure.Finite(e.Lo) {
		return nil
	}
	return e.Level
}

func (c Control) leastP() any {
	if c.Method != MethodSynthetic {
		return nil
	}
	return measure.Cell(c.LeastP)
}

func caseTable(all []CaseVerdict) analysis.Table {
	t := analysis.Table{
		Name:    "event_cases",
		Comment: "The questions that people ask of this history, each with what four methods say of it and the honest sum: one row per question and method, the sum first.",
		Columns: []analysis.Column{
			{Name: "case_no", Type: "bigint", Comment: "number of the question, from 1"},
			{Name: "title", Type: "varchar", Comment: "the question, such as the real-name rule of March 2012"},
			{Name: "method", Type: "varchar", Comment: "sum, interrupted_series, event_study, difference_in_differences or synthetic_control"},
			{Name: "n_events", Type: "bigint", Comment: "events of the data that the question is about, counted"},
			{Name: "n_made", Type: "bigint", Comment: "tests that could be made: events times series"},
			{Name: "n_possible", Type: "bigint", Comment: "tests that were looked for"},
			{Name: "n_changed", Type: "bigint", Comment: "tests made that see a change"},
			{Name: "platform", Type: "varchar", Comment: "platform of the most telling test of the method: key of marts.platforms; null for the sum and where nothing could be looked at"},
			{Name: "metric", Type: "varchar", Comment: "kind of count of that test: key of marts.metrics"},
			{Name: "verdict_kind", Type: "varchar", Comment: "change_seen, no_change_seen or cannot_be_told"},
			{Name: "verdict", Type: "varchar", Comment: "the verdict in words; for a method that of its most telling test"},
		},
	}
	for i, c := range all {
		var made, possible, changed int
		for _, f := range c.Findings {
			made, possible, changed = made+f.Made, possible+f.Possible, changed+f.Changed
		}
		t.Rows = append(t.Rows, []any{i + 1, c.Title, "sum", c.Events, made, possible, changed, nil, nil, string(c.Verdict), c.Words})
		for _, f := range c.Findings {
			t.Rows = append(t.Rows, []any{i + 1, c.Title, f.Method, c.Events, f.Made, f.Possible, f.Changed, measure.TextCell(f.Target), measure.TextCell(f.Metric),
				string(f.Verdict), f.Words})
		}
	}
	return t
}
