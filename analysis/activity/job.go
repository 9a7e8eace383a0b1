package activity

import (
	"context"
	"fmt"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// Job writes results.activity, activity_compared, stickiness, engagement and engagement_accounts.
type Job struct{}

// Name is the job's name in logs.
func (Job) Name() string { return "activity" }

// Run computes the tables from the series as of env.AsOf.
func (Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	d, err := series.Load(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("activity: %w", err)
	}
	posts, err := loadPosts(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("activity: %w", err)
	}
	engaged, err := Engagements(posts, env.Seed)
	if err != nil {
		return nil, fmt.Errorf("activity: %w", err)
	}
	all := All(d)
	return []analysis.Table{activityTable(all), comparedTable(Compare(all)), stickinessTable(Sticky(d, all, StickyYear)),
		engagementTable(engaged, d), authorsTable(Authors(posts), env.AsOf)}, nil
}

func activityTable(all []Quotient) analysis.Table {
	t := analysis.Table{
		Name:    "activity",
		Comment: "Use per user: one row per quotient, platform and day, with its definition in words. Daily over monthly users only where one source gives both for one period.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "family", Type: "varchar", Comment: "weibo_style or twitter_style"},
			{Name: "on", Type: "date", Comment: "last day of the period of the numerator"},
			{Name: "quotient", Type: "varchar", Comment: "short name of the quotient, such as dau_per_mau"},
			{Name: "value", Type: "double", Comment: "numerator over denominator; a share between 0 and 1 for users over users, else posts or followers per user"},
			{Name: "lo95", Type: "double", Comment: "lower end of its 95 % interval from rounding and dispute of both sides; their definitions add more that no figure tells"},
			{Name: "hi95", Type: "double", Comment: "upper end of that interval"},
			{Name: "numerator_metric", Type: "varchar", Comment: "kind of count above the line: key of marts.metrics"},
			{Name: "numerator", Type: "double", Comment: "its value, in its unit"},
			{Name: "denominator_metric", Type: "varchar", Comment: "kind of count below the line: key of marts.metrics"},
			{Name: "denominator", Type: "double", Comment: "its value, in its unit"},
			{Name: "denominator_on", Type: "date", Comment: "last day of the period of the denominator"},
			{Name: "same_source", Type: "boolean", Comment: "true where both sides come from one site"},
			{Name: "source_url", Type: "varchar", Comment: "page of the numerator: key of marts.sources"},
			{Name: "denominator_source_url", Type: "varchar", Comment: "page of the denominator: key of marts.sources"},
			{Name: "definition", Type: "varchar", Comment: "what is divided by what, in words, to stand where the figure is read"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: different_sources, different_days, definitions_differ, impossible_quotient, derived, censored and those of the two series"},
		},
	}
	for _, q := range all {
		t.Rows = append(t.Rows, []any{q.Platform, q.Family, q.On, q.Name, measure.Cell(q.Value.Point), measure.Cell(q.Value.Lo),
			measure.Cell(q.Value.Hi), q.Numerator, q.Top.Point, q.Denominator, q.Base.Point, q.BaseOn, q.OneSource,
			measure.TextCell(q.SourceURL), measure.TextCell(q.BaseSourceURL), q.Text, q.Value.Flags.String()})
	}
	return t
}

func comparedTable(all []Comparison) analysis.Table {
	t := analysis.Table{
		Name:    "activity_compared",
		Comment: "The same quotient of results.activity on two platforms of different families, at most 92 days apart, as a log ratio: the comparable form.",
		Columns: []analysis.Column{
			{Name: "quotient", Type: "varchar", Comment: "short name of the quotient, as in results.activity"},
			{Name: "platform", Type: "varchar", Comment: "platform of the first quotient (weibo_style)"},
			{Name: "on", Type: "date", Comment: "day of the first quotient"},
			{Name: "value", Type: "double", Comment: "first quotient"},
			{Name: "other", Type: "varchar", Comment: "platform of the second quotient (twitter_style)"},
			{Name: "other_on", Type: "date", Comment: "day of the second quotient"},
			{Name: "other_value", Type: "double", Comment: "second quotient"},
			{Name: "log_ratio", Type: "double", Comment: "ln(value / other_value); above 0 the first is higher"},
			{Name: "lo95", Type: "double", Comment: "lower end of its 95 % interval from rounding and dispute alone"},
			{Name: "hi95", Type: "double", Comment: "upper end of that interval"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: those of the two quotients"},
		},
	}
	for _, c := range all {
		t.Rows = append(t.Rows, []any{c.A.Name, c.A.Platform, c.A.On, c.A.Value.Point, c.B.Platform, c.B.On, c.B.Value.Point,
			measure.Cell(c.LogRatio.Point), measure.Cell(c.LogRatio.Lo), measure.Cell(c.LogRatio.Hi), c.LogRatio.Flags.String()})
	}
	return t
}

func stickinessTable(statements []Statement) analysis.Table {
	t := analysis.Table{
		Name:    "stickiness",
		Comment: "What the data can and cannot say about whose users were stickier in 2011, one sentence a row, in reading order. Comparisons are of quotients with definitions of their own, which are not stickiness.",
		Columns: []analysis.Column{
			{Name: "no", Type: "bigint", Comment: "place in reading order, from 1"},
			{Name: "platform", Type: "varchar", Comment: "platform that the sentence is about; null where it compares"},
			{Name: "said", Type: "varchar", Comment: "can or cannot: whether the data support a figure"},
			{Name: "statement", Type: "varchar", Comment: "the sentence"},
			{Name: "value", Type: "double", Comment: "the figure in it: a quotient of results.activity or a log ratio; null where none"},
			{Name: "lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "source_url", Type: "varchar", Comment: "page of the figure: key of marts.sources; null where none"},
		},
	}
	for i, s := range statements {
		said := "cannot"
		if s.Can {
			said = "can"
		}
		t.Rows = append(t.Rows, []any{i + 1, measure.TextCell(s.Platform), said, s.Text, measure.Cell(s.Value.Point),
			measure.Cell(s.Value.Lo), measure.Cell(s.Value.Hi), measure.TextCell(s.SourceURL)})
	}
	return t
}
