package series

import (
	"context"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// Job writes results.series and results.series_sources.
type Job struct{}

// Name is the job's name in logs.
func (Job) Name() string { return "series" }

// Run builds the series as of env.AsOf.
func (Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	d, err := Load(ctx, q, env.AsOf)
	if err != nil {
		return nil, err
	}
	return []analysis.Table{seriesTable(d.Series), sourcesTable(d.Series)}, nil
}

func seriesTable(all []Series) analysis.Table {
	t := analysis.Table{
		Name:    "series",
		Comment: "The series that every analysis uses: one row per platform, metric and day on which a period ends, sources combined; see series_sources for what each of them says.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "family", Type: "varchar", Comment: "weibo_style or twitter_style"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "on", Type: "date", Comment: "last day of the period that the value speaks of"},
			{Name: "effective_from", Type: "date", Comment: "first day of that period"},
			{Name: "precision", Type: "varchar", Comment: "day, week, month, quarter or year: the finest of the readings used"},
			{Name: "value", Type: "double", Comment: "combined value, in the unit of the metric"},
			{Name: "sd", Type: "double", Comment: "standard uncertainty of value, same unit: rounding and, where sources of equal trust disagree, their spread; 0 where exact, null where only a lower bound is known"},
			{Name: "lo95", Type: "double", Comment: "lower end of the 95 % interval"},
			{Name: "hi95", Type: "double", Comment: "upper end of the 95 % interval; null where unbounded"},
			{Name: "n_readings", Type: "bigint", Comment: "readings of the day, used or not, counted"},
			{Name: "n_sources", Type: "bigint", Comment: "pages that give them, counted"},
			{Name: "cochran_q", Type: "double", Comment: "Cochran's Q over the distinct figures that could be compared; null with fewer than two"},
			{Name: "q_p", Type: "double", Comment: "p-value of cochran_q, 0 to 1; below 0.01 the sources are said to disagree"},
			{Name: "derived", Type: "boolean", Comment: "true where every reading used was computed by us from a page that does not print it"},
			{Name: "best_trust", Type: "varchar", Comment: "best trust class among the readings used: A, B or C; null where none is known"},
			{Name: "first_published_on", Type: "date", Comment: "day on which the first of the readings used could be known"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: derived, gap, below_earlier, sources_disagree, resolved_by_trust, resolved_by_neighbours, widened_by_dispute, censored; empty where there is nothing to say"},
		},
	}
	for _, s := range all {
		for _, p := range s.Points {
			t.Rows = append(t.Rows, []any{s.Platform, s.Family, s.Metric, p.On, p.Span.From, p.Precision, p.Value.Point,
				measure.Cell(p.Value.SD), measure.Cell(p.Value.Lo), measure.Cell(p.Value.Hi), p.Witnessed(), p.Sources,
				measure.Cell(p.Q), measure.Cell(p.P), p.Derived, measure.TextCell(p.Trust), measure.DateCell(p.FirstPublished),
				p.Value.Flags.String()})
		}
	}
	return t
}

func sourcesTable(all []Series) analysis.Table {
	t := analysis.Table{
		Name:    "series_sources",
		Comment: "Every reading of a platform, one row each, beside the point of results.series that it belongs to: what each source says and what became of it.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "on", Type: "date", Comment: "last day of the period that the reading speaks of"},
			{Name: "precision", Type: "varchar", Comment: "how well its date is known: day, week, month, quarter or year"},
			{Name: "source_url", Type: "varchar", Comment: "page that says so: key of marts.sources"},
			{Name: "trust", Type: "varchar", Comment: "trust class of the page: A, B or C; null where none is known"},
			{Name: "value", Type: "double", Comment: "value as shown, in the unit of the metric"},
			{Name: "lo", Type: "double", Comment: "lowest true value that the display allows"},
			{Name: "hi", Type: "double", Comment: "highest true value that the display allows; null where unbounded"},
			{Name: "derived", Type: "boolean", Comment: "true where we computed it from a page that does not print it"},
			{Name: "deviation_sd", Type: "double", Comment: "distance from the combined value of the day in the reading's own standard deviations of rounding; null for a lower bound"},
			{Name: "outlier", Type: "boolean", Comment: "true where it lies outside the combined interval by more than its own error, or contradicts better sources around it"},
			{Name: "used", Type: "boolean", Comment: "true where it fed the combined value"},
			{Name: "why", Type: "varchar", Comment: "why it was not used; null where it was"},
		},
	}
	for _, s := range all {
		for _, p := range s.Days() {
			for _, e := range p.Evidence {
				t.Rows = append(t.Rows, []any{s.Platform, s.Metric, p.On, e.Precision, measure.TextCell(e.SourceURL),
					measure.TextCell(e.Trust), e.Value, e.Lo, measure.Cell(e.Hi), e.Derived, measure.Cell(e.Deviation), e.Outlier,
					e.Used, measure.TextCell(e.Why)})
			}
		}
	}
	return t
}

// Days are all points of s in order of time, those set aside among them.
func (s Series) Days() []Point {
	days := make([]Point, 0, len(s.Points)+len(s.SetAside))
	points, aside := s.Points, s.SetAside
	for len(points) > 0 || len(aside) > 0 {
		if len(aside) == 0 || len(points) > 0 && points[0].On.Before(aside[0].On) {
			days, points = append(days, points[0]), points[1:]
		} else {
			days, aside = append(days, aside[0]), aside[1:]
		}
	}
	return days
}
