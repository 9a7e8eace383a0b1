package overtake

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// facts are what this package reads from the marts, in a fixed order: everything published by some date. known cuts them
// down to an earlier one, so that replays need no further query.
type facts struct {
	series.Data
	accounts  []accountReading
	listed    []listed
	published []publishedForecast
	lines     map[[2]string]line // by platform and metric
}

// An accountReading is one count of the followers of one account.
type accountReading struct {
	platform, account, name string
	measure.Reading
	span        measure.Span
	publishedOn time.Time
	url         string
}

// listed says that an account stood at a rank of a published list of the most-followed.
type listed struct {
	platform, account string
	rank              int
	on, publishedOn   time.Time
}

type publishedForecast struct {
	forecaster, metric, challenger, leader string
	madeOn, from, to                       time.Time // to is zero where the window is open
	statement, url                         string
}

// load reads all that was published by asOf about days up to asOf.
func load(ctx context.Context, q analysis.Querier, asOf time.Time) (*facts, error) {
	var f facts
	var err error
	if f.Data, err = series.Load(ctx, q, asOf); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, analysis.Querier, time.Time) error{f.loadAccounts, f.loadLists, f.loadForecasts} {
		if err := read(ctx, q, asOf); err != nil {
			return nil, err
		}
	}
	return f.known(asOf)
}

// each runs a query and hands every row to scan.
func each(ctx context.Context, q analysis.Querier, what, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("read %s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

func (f *facts) loadAccounts(ctx context.Context, q analysis.Querier, asOf time.Time) error {
	const query = `
select platform, account_id, display_name, value, step, mode, lo, hi, effective_from, effective_to, published_on, source_url
from marts.account_readings
where metric = 'followers' and published_on <= ? and effective_to <= ? and value > 0
order by platform, account_id, effective_to, effective_from, published_on, value, source_url, step, mode`
	return each(ctx, q, "marts.account_readings", query, []any{asOf, asOf}, func(r *sql.Rows) error {
		var x accountReading
		err := r.Scan(&x.platform, &x.account, &x.name, &x.Value, &x.Step, &x.Mode, &x.Lo, orInf{&x.Hi}, &x.span.From, &x.span.To,
			&x.publishedOn, &x.url)
		f.accounts = append(f.accounts, x)
		return err
	})
}

func (f *facts) loadLists(ctx context.Context, q analysis.Querier, asOf time.Time) error {
	const query = `
select platform, account_id, rank, listed_to, published_on
from marts.list_entries
where published_on <= ? and listed_to <= ?
order by platform, account_id, listed_to, rank, published_on`
	return each(ctx, q, "marts.list_entries", query, []any{asOf, asOf}, func(r *sql.Rows) error {
		var x listed
		err := r.Scan(&x.platform, &x.account, &x.rank, &x.on, &x.publishedOn)
		f.listed = append(f.listed, x)
		return err
	})
}

func (f *facts) loadForecasts(ctx context.Context, q analysis.Querier, asOf time.Time) error {
	const query = `
select forecaster, made_on, metric, challenger, leader, window_from, window_to, statement, coalesce(source_url, '')
from marts.published_forecasts
where made_on <= ?
order by made_on, forecaster, metric, challenger, leader, statement`
	return each(ctx, q, "marts.published_forecasts", query, []any{asOf}, func(r *sql.Rows) error {
		var x publishedForecast
		var to sql.NullTime
		err := r.Scan(&x.forecaster, &x.madeOn, &x.metric, &x.challenger, &x.leader, &x.from, &to, &x.statement, &x.url)
		x.to = to.Time
		f.published = append(f.published, x)
		return err
	})
}

// orInf scans a nullable number; null is +Inf.
type orInf struct{ to *float64 }

func (o orInf) Scan(v any) error {
	var n sql.NullFloat64
	if err := n.Scan(v); err != nil {
		return err
	}
	*o.to = math.Inf(1)
	if n.Valid {
		*o.to = n.Float64
	}
	return nil
}

// known is what had been published by asOf about dates up to asOf.
func (f *facts) known(asOf time.Time) (*facts, error) {
	late := func(dates ...time.Time) bool {
		return slices.ContainsFunc(dates, func(d time.Time) bool { return d.After(asOf) })
	}
	out := &facts{
		Data: series.Data{Metrics: f.Metrics, Platforms: f.Platforms,
			Readings: without(f.Readings, func(r series.Reading) bool { return late(r.PublishedOn, r.Span.To) || !(r.Value > 0) })},
		accounts:  without(f.accounts, func(r accountReading) bool { return late(r.publishedOn, r.span.To) }),
		listed:    without(f.listed, func(l listed) bool { return late(l.publishedOn, l.on) }),
		published: without(f.published, func(p publishedForecast) bool { return late(p.madeOn) }),
	}
	var err error
	if out.Series, err = series.Build(out.Readings); err != nil {
		return nil, err
	}
	out.lines = map[[2]string]line{}
	for _, s := range out.Series {
		out.lines[[2]string{s.Platform, s.Metric}] = newLine(s)
	}
	return out, nil
}

// without is a copy of s less the elements that drop names.
func without[E any](s []E, drop func(E) bool) []E { return slices.DeleteFunc(slices.Clone(s), drop) }

// line is the series of a platform and metric on the log scale, without points where there is none.
func (f *facts) line(platform, metric string) line {
	if l, ok := f.lines[[2]string{platform, metric}]; ok {
		return l
	}
	return line{platform: platform, metric: metric}
}

// name is the platform's English name, or its key where none is known.
func (f *facts) name(key string) string {
	if p, ok := f.Platform(key); ok && p.Title != "" {
		return p.Title
	}
	return key
}

// platformsWith are the platforms that have a figure of the metric, in order.
func (f *facts) platformsWith(metric string) []string {
	var out []string
	for _, s := range f.Series { // in order of platform
		if s.Metric == metric {
			out = append(out, s.Platform)
		}
	}
	return out
}
