package events

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// Job writes results.events_effects, event_studies, event_kinds, event_controls and event_cases.
type Job struct{}

// Name is the job's name in logs.
func (Job) Name() string { return "events" }

// Run judges the events known as of env.AsOf.
func (Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	d, err := series.Load(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	all, err := load(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("load events: %w", err)
	}
	accounts, err := loadAccounts(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("events: %w", err)
	}
	tables, err := judgeAll(all, d, accounts)
	if err != nil {
		return nil, fmt.Errorf("judge events: %w", err)
	}
	return tables, nil
}

// judgeAll applies every method to every event.
func judgeAll(all []Event, d series.Data, accounts []unit) ([]analysis.Table, error) {
	effects, err := Effects(all, d)
	if err != nil {
		return nil, err
	}
	studies, err := GrowthStudies(all, d)
	if err != nil {
		return nil, err
	}
	kinds, err := PoolKinds(studies)
	if err != nil {
		return nil, err
	}
	controls, err := Controls(all, d, accounts)
	if err != nil {
		return nil, err
	}
	cases := JudgeCases(Cases, all, effects, studies, controls)
	return []analysis.Table{effectTable(effects), studyTable(studies), kindTable(kinds), controlTable(controls), caseTable(cases)}, nil
}

// load reads confirmed events whose date is known to the month or better; events of one platform, day and kind are one.
// An event known to a month stands at the month's first day, so that no reading of that month counts as before it.
func load(ctx context.Context, q analysis.Querier, asOf time.Time) ([]Event, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, kind, title, source_url, event_from
		from marts.events
		where status = 'confirmed' and precision in ('day', 'week', 'month') and published_on <= cast(? as date)
		order by platform, event_from, kind, title, source_url`, asOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Event
	for rows.Next() {
		var e Event
		var source sql.NullString
		if err := rows.Scan(&e.Platform, &e.Kind, &e.Title, &source, &e.On); err != nil {
			return nil, err
		}
		e.SourceURL = source.String
		out = append(out, e)
	}
	return slices.CompactFunc(out, func(a, b Event) bool {
		return a.Platform == b.Platform && a.Kind == b.Kind && a.On.Equal(b.On)
	}), rows.Err()
}

func effectTable(effects []Effect) analysis.Table {
	t := analysis.Table{
		Name:    "events_effects",
		Comment: "What each confirmed event changed in the series of its platform (and of the other platforms of its family where that can be tested), by an interrupted series on the log scale; the verdict is a sentence, and most often that it cannot be told.",
		Columns: append(eventColumns(), []analysis.Column{
			{Name: "n_before", Type: "bigint", Comment: "readings before the event that were looked at: at most eight, within two years, not across a gap"},
			{Name: "n_after", Type: "bigint", Comment: "readings from the event on that were looked at"},
			{Name: "from_on", Type: "date", Comment: "day of the first of these readings"},
			{Name: "to_on", Type: "date", Comment: "day of the last of these readings"},
			{Name: "level_change", Type: "double", Comment: "relative jump at the event against the trend before (0.1 is ten percent); null where not testable"},
			{Name: "level_lo95", Type: "double", Comment: "lower end of its 95 % interval: the larger of Newey-West and classical errors, and rounding, Student's t"},
			{Name: "level_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "slope_change_month", Type: "double", Comment: "change of the growth per month of 30.4 days, relative"},
			{Name: "slope_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "slope_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "p", Type: "double", Comment: "p-value of the jump"},
			{Name: "q", Type: "double", Comment: "p after Benjamini-Hochberg over all events tested"},
			{Name: "placebo_dates", Type: "bigint", Comment: "other dates of the series at which the same test was made, far enough from the event"},
			{Name: "placebo_p", Type: "double", Comment: "share of dates, the event among them, with a jump as large beside its error; null without any"},
			{Name: "placebo_platforms", Type: "bigint", Comment: "platforms of other families on which the same test was made at the same date"},
			{Name: "placebo_platforms_larger", Type: "bigint", Comment: "those of them with a jump as large beside its error"},
			{Name: "pretrend_p", Type: "double", Comment: "p-value of a bend in the growth before the event: small means that the trend was no straight line anyway; null with fewer than five readings"},
			{Name: "smooth_p", Type: "double", Comment: "p-value of the jump beside a smooth bend of the growth instead of a broken line; above 0.05 there need be no jump"},
			{Name: "other_events", Type: "varchar", Comment: "other events of the platform within 45 days, by semicolon; null where none"},
		}...),
	}
	t.Columns = append(t.Columns, verdictColumns("words by comma: few_points where the test could not be made")...)
	for _, e := range effects {
		row := append(e.cells(e.Target, e.Metric), e.Before, e.After,
			measure.DateCell(e.From), measure.DateCell(e.To), measure.Cell(e.Level.Point), measure.Cell(e.Level.Lo),
			measure.Cell(e.Level.Hi), measure.Cell(e.Slope.Point), measure.Cell(e.Slope.Lo), measure.Cell(e.Slope.Hi),
			measure.Cell(e.P), measure.Cell(e.Q), e.Placebos, measure.Cell(e.PlaceboP), e.Elsewhere, e.ElsewhereBig,
			measure.Cell(e.PretrendP), measure.Cell(e.SmoothP), measure.TextCell(strings.Join(e.Others, "; ")))
		t.Rows = append(t.Rows, append(row, string(e.Verdict), e.Words, measure.TextCell(e.SourceURL), e.Flags.String()))
	}
	return t
}
