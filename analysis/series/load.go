package series

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Metric is what marts.metrics says of a kind of count.
type Metric struct {
	Name, Unit, Title string
	Measure           string // stock, flow or share
	ComparedAs        string // metrics with the same word may be compared across platforms; empty: never
}

// A Platform is what marts.platforms says of a platform; a span is zero where the date is not known.
type Platform struct {
	Name, Title, Family string
	Launched, Closed    measure.Span
}

// OpenOn reports whether the platform is known to have been open on day.
func (p Platform) OpenOn(day time.Time) bool {
	return !p.Launched.From.IsZero() && !day.Before(p.Launched.From) && (p.Closed.To.IsZero() || !day.After(p.Closed.To))
}

// Data is what the marts hold about platforms as of a day.
type Data struct {
	Readings  []Reading
	Series    []Series
	Metrics   map[string]Metric
	Platforms []Platform // in order of name
}

// Platform is the platform of that name; ok is false where there is none.
func (d Data) Platform(name string) (p Platform, ok bool) {
	for _, p := range d.Platforms {
		if p.Name == name {
			return p, true
		}
	}
	return Platform{}, false
}

// Find is the series of a platform and metric; ok is false where there is none.
func (d Data) Find(platform, metric string) (s Series, ok bool) {
	for _, s := range d.Series {
		if s.Platform == platform && s.Metric == metric {
			return s, true
		}
	}
	return Series{}, false
}

// Load reads what was published by asOf and builds the series.
func Load(ctx context.Context, q analysis.Querier, asOf time.Time) (Data, error) {
	if asOf.IsZero() {
		return Data{}, errors.New("load series: no as-of day given")
	}
	var d Data
	var err error
	if d.Readings, err = loadReadings(ctx, q, asOf); err != nil {
		return Data{}, fmt.Errorf("load readings: %w", err)
	}
	if d.Metrics, err = loadMetrics(ctx, q); err != nil {
		return Data{}, fmt.Errorf("load metrics: %w", err)
	}
	if d.Platforms, err = loadPlatforms(ctx, q); err != nil {
		return Data{}, fmt.Errorf("load platforms: %w", err)
	}
	d.Series, err = Build(d.Readings)
	return d, err
}

func loadReadings(ctx context.Context, q analysis.Querier, asOf time.Time) ([]Reading, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, family, metric, unit, value, step, mode, step_basis, lo, hi, derived, effective_from, effective_to,
			precision, published_on, source_url, trust
		from marts.platform_readings
		where published_on <= cast(? as date)
		order by platform, metric, effective_to, effective_from, source_url, value`, asOf)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Reading
	for rows.Next() {
		var r Reading
		var basis, trust, url sql.NullString
		var hi sql.NullFloat64
		if err := rows.Scan(&r.Platform, &r.Family, &r.Metric, &r.Unit, &r.Value, &r.Step, &r.Mode, &basis, &r.Lo, &hi, &r.Derived,
			&r.Span.From, &r.Span.To, &r.Precision, &r.PublishedOn, &url, &trust); err != nil {
			return nil, err
		}
		r.StepBasis, r.Trust, r.SourceURL, r.Hi = basis.String, trust.String, url.String, math.Inf(1)
		if hi.Valid {
			r.Hi = hi.Float64
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func loadMetrics(ctx context.Context, q analysis.Querier) (map[string]Metric, error) {
	rows, err := q.QueryContext(ctx, `select metric, unit, name, measure, coalesce(compared_as, '') from marts.metrics`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]Metric{}
	for rows.Next() {
		var m Metric
		if err := rows.Scan(&m.Name, &m.Unit, &m.Title, &m.Measure, &m.ComparedAs); err != nil {
			return nil, err
		}
		out[m.Name] = m
	}
	return out, rows.Err()
}

func loadPlatforms(ctx context.Context, q analysis.Querier) ([]Platform, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, name, family, launched_from, launched_to, closed_from, closed_to from marts.platforms order by platform`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Platform
	for rows.Next() {
		var p Platform
		var dates [4]sql.NullTime
		if err := rows.Scan(&p.Name, &p.Title, &p.Family, &dates[0], &dates[1], &dates[2], &dates[3]); err != nil {
			return nil, err
		}
		p.Launched = measure.Span{From: dates[0].Time, To: dates[1].Time}
		p.Closed = measure.Span{From: dates[2].Time, To: dates[3].Time}
		out = append(out, p)
	}
	return out, rows.Err()
}
