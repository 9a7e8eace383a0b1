package growth

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// Job writes results.growth, results.family_series, results.age_series and results.growth_curves.
type Job struct{}

// Name is the job's name in logs.
func (Job) Name() string { return "growth" }

// Run computes the tables from the series as of env.AsOf.
func (Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	d, err := series.Load(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("growth: %w", err)
	}
	return []analysis.Table{growthTable(d), familyTable(SumFamilies(d)), ageTable(d), curvesTable(d)}, nil
}

func growthTable(d series.Data) analysis.Table {
	t := analysis.Table{
		Name:    "growth",
		Comment: "Growth per platform, metric and period, from its first to its last reading, each figure with a 95 % interval that counts rounding and disagreement of sources; a change below the rounding step has an interval but no rate.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "period", Type: "varchar", Comment: "all, last_12_months, or a calendar year that has readings within 46 days of both ends"},
			{Name: "from_on", Type: "date", Comment: "day of the first reading of the period"},
			{Name: "to_on", Type: "date", Comment: "day of the last reading of the period"},
			{Name: "from_value", Type: "double", Comment: "value on from_on, in the unit of the metric"},
			{Name: "to_value", Type: "double", Comment: "value on to_on, in the unit of the metric"},
			{Name: "net", Type: "double", Comment: "to_value - from_value, in the unit of the metric; null where an end is only a lower bound"},
			{Name: "net_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "net_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "rate", Type: "double", Comment: "to_value / from_value - 1 over the whole period (0.1 is ten percent); null where below the rounding step or undefined"},
			{Name: "rate_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "rate_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "cagr", Type: "double", Comment: "the same per year of 365.2425 days, compounded; null under 300 days"},
			{Name: "cagr_lo95", Type: "double", Comment: "lower end of its 95 % interval, which also counts dates known to the month"},
			{Name: "cagr_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "doubling_days", Type: "double", Comment: "doubling time in days, from the log-linear slope over all readings where there are three or more; null where the series does not grow"},
			{Name: "doubling_lo95", Type: "double", Comment: "lower end of its 95 % interval, days"},
			{Name: "doubling_hi95", Type: "double", Comment: "upper end of its 95 % interval, days; null where it has none (flag doubling_unbounded)"},
			{Name: "symmetric", Type: "double", Comment: "net over the mean of both ends, -2 to 2: swaps its sign when time is reversed; null where rate is"},
			{Name: "symmetric_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "symmetric_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "weekly", Type: "double", Comment: "compound rate per week from the two ends; null under seven days or where rate is null"},
			{Name: "weekly_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "weekly_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "weekly_slope", Type: "double", Comment: "compound rate per week from the log-linear slope over all readings; null with fewer than three"},
			{Name: "weekly_slope_lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "weekly_slope_hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "n", Type: "bigint", Comment: "readings in the period, counted"},
			{Name: "method", Type: "varchar", Comment: "how it was computed, in words"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: below_step, within_error, one_point, two_points, all_equal, gap, short_span, not_growing, doubling_unbounded, percentage_points, non_positive, censored, coarse_dates and those of the two ends in results.series"},
		},
	}
	for _, s := range d.Series {
		if len(s.Points) == 0 {
			continue
		}
		for _, p := range Periods(s.Points) {
			c := ChangeOf(d.Metrics[s.Metric], p.Points)
			row := []any{s.Platform, s.Metric, p.Name, c.From.On, c.To.On, c.From.Value.Point, c.To.Value.Point}
			for _, e := range []measure.Estimate{c.Net, c.Rate, c.CAGR, c.Doubling, c.Symmetric, c.Weekly, c.WeeklySlope} {
				row = append(row, measure.Cells(e)...)
			}
			t.Rows = append(t.Rows, append(row, c.N, c.Method, c.Flags.String()))
		}
	}
	return t
}

func familyTable(sums []Sum) analysis.Table {
	t := analysis.Table{
		Name:    "family_series",
		Comment: "One metric summed over the platforms of a family on each day on which one of them has a reading; the others are interpolated between their readings, never beyond them nor across a gap. People on several platforms count several times.",
		Columns: []analysis.Column{
			{Name: "family", Type: "varchar", Comment: "weibo_style or twitter_style"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "on", Type: "date", Comment: "day"},
			{Name: "value", Type: "double", Comment: "sum over the platforms counted, in the unit of the metric"},
			{Name: "lo95", Type: "double", Comment: "lower end of the 95 % interval, which counts rounding, disagreement and interpolation"},
			{Name: "hi95", Type: "double", Comment: "upper end of the 95 % interval"},
			{Name: "platforms", Type: "varchar", Comment: "platforms counted, by comma"},
			{Name: "n_platforms", Type: "bigint", Comment: "how many they are"},
			{Name: "missing", Type: "varchar", Comment: "platforms of the family that were open on the day but have no figure to count, by comma; null where none"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: partial, interpolated, composition_changed (the step to this row is no growth) and those of the values summed"},
		},
	}
	for _, s := range sums {
		row := append([]any{s.Family, s.Metric, s.On}, measure.Cells(s.Value)...)
		t.Rows = append(t.Rows, append(row, joinNames(s.Platforms), len(s.Platforms), measure.TextCell(joinNames(s.Missing)), s.Value.Flags.String()))
	}
	return t
}

func ageTable(d series.Data) analysis.Table {
	t := analysis.Table{
		Name:    "age_series",
		Comment: "The series of each platform by its age, to compare platforms at the same age; only platforms whose launch is dated.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "age_days", Type: "double", Comment: "days from the launch to the day of the value; from the middle of the launch period where the day is not known"},
			{Name: "age_sd_days", Type: "double", Comment: "standard uncertainty of age_days, days, from a launch known only to the month or year"},
			{Name: "value", Type: "double", Comment: "value of results.series, in the unit of the metric"},
			{Name: "lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "hi95", Type: "double", Comment: "upper end of its 95 % interval; null where unbounded"},
			{Name: "on", Type: "date", Comment: "day of the value"},
		},
	}
	for _, s := range d.Series {
		p, ok := d.Platform(s.Platform)
		if m := d.Metrics[s.Metric]; !ok || p.Launched.From.IsZero() || m.ComparedAs == "" || m.Measure == "share" {
			continue
		}
		for _, v := range s.Points {
			if age := ageOf(p, v.On); age >= 0 {
				row := append([]any{s.Platform, s.Metric, age, p.Launched.SDDays()}, measure.Cells(v.Value)...)
				t.Rows = append(t.Rows, append(row, v.On))
			}
		}
	}
	return t
}

// ageOf is the age of a platform on a day, in days: from the launch day, or from the middle of the launch period.
func ageOf(p series.Platform, on time.Time) float64 {
	return measure.DaysBetween(p.Launched.From, on) - (p.Launched.Days()-1)/2
}

// saturating are the metrics to which growth curves are fitted: stocks that may level off.
var saturating = []string{"registered_users", "monthly_active_users", "daily_active_users"}

func curvesTable(d series.Data) analysis.Table {
	t := analysis.Table{
		Name:    "growth_curves",
		Comment: "Growth curves fitted to each long enough series, one row per platform, metric and curve. The saturation level is given only where the data identify it; otherwise refused_because says why not.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics"},
			{Name: "model", Type: "varchar", Comment: "logistic, gompertz or bass (registered users only)"},
			{Name: "k", Type: "double", Comment: "saturation level, in the unit of the metric; null where not identified"},
			{Name: "k_lo95", Type: "double", Comment: "lower end of its 95 % profile-likelihood interval"},
			{Name: "k_hi95", Type: "double", Comment: "upper end of that interval"},
			{Name: "identified", Type: "boolean", Comment: "true where the data reach past the inflection and bound the level"},
			{Name: "aicc", Type: "double", Comment: "corrected information criterion; compare within one platform and metric, logistic with gompertz only (bass fits increments)"},
			{Name: "inflection_on", Type: "date", Comment: "day of steepest growth; null where not identified"},
			{Name: "n", Type: "bigint", Comment: "readings fitted, counted"},
			{Name: "refused_because", Type: "varchar", Comment: "why no saturation level is given, in words; null where it is"},
			{Name: "flags", Type: "varchar", Comment: "correlated_residuals where the interval was widened for them; empty where there is nothing to say"},
		},
	}
	for _, metric := range saturating {
		for _, s := range d.Series {
			if s.Metric != metric || len(s.Points) < 2 {
				continue
			}
			for _, model := range []Model{LogisticModel, GompertzModel, BassModel} {
				if model == BassModel && metric != "registered_users" {
					continue
				}
				t.Rows = append(t.Rows, curveRow(d, s, model))
			}
		}
	}
	return t
}

func curveRow(d series.Data, s series.Series, model Model) []any {
	origin := s.Points[0].On
	if model == BassModel {
		p, _ := d.Platform(s.Platform)
		if p.Launched.From.IsZero() {
			return []any{s.Platform, s.Metric, string(model), nil, nil, nil, false, nil, nil, len(s.Points), "the launch, from which diffusion starts, is not dated", ""}
		}
		origin = p.Launched.Mid().Truncate(24 * time.Hour)
	}
	var t, y []float64
	for _, p := range s.Points {
		if age := measure.Years(measure.DaysBetween(origin, p.On)); age > 0 || model != BassModel {
			t, y = append(t, age), append(y, p.Value.Point)
		}
	}
	c := Fit(model, t, y)
	var inflection any
	if !c.Identified {
		c.K.Point, c.K.Lo, c.K.Hi = math.NaN(), math.NaN(), math.NaN()
	} else if measure.Finite(c.Inflection) {
		inflection = origin.Add(time.Duration(c.Inflection*measure.DaysPerYear*24) * time.Hour).Truncate(24 * time.Hour)
	}
	row := append([]any{s.Platform, s.Metric, string(model)}, measure.Cells(c.K)...)
	return append(row, c.Identified, measure.Cell(c.AICc), inflection, c.N, measure.TextCell(c.Refused), c.K.Flags.String())
}
