package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A CheckResult is the outcome of one check: a file of checks, or one promise of a model's header.
type CheckResult struct {
	Name       string // such as "active_above_registered" or "marts.events: unique(platform, title)"
	Severity   Severity
	Violations int64
	Sample     string // one violation in words, "" where there is none
}

// Broken reports whether the check stops publication.
func (c CheckResult) Broken() bool { return c.Severity == Error && c.Violations > 0 }

// A CheckError says which checks stop publication.
type CheckError struct{ Broken []CheckResult }

func (e *CheckError) Error() string {
	lines := make([]string, len(e.Broken))
	for i, c := range e.Broken {
		lines[i] = fmt.Sprintf("%s: %d rows, such as %s", c.Name, c.Violations, c.Sample)
	}
	return "not published, as checks are violated: " + strings.Join(lines, "; ")
}

// Refuse gives a [CheckError] where a check of severity error is broken.
func Refuse(results []CheckResult) error {
	e := &CheckError{}
	for _, r := range results {
		if r.Broken() {
			e.Broken = append(e.Broken, r)
		}
	}
	if len(e.Broken) > 0 {
		return e
	}
	return nil
}

// RunChecks counts the violations of all checks of a model in one scan, and then looks for a sample where there are any.
func (m Model) RunChecks(ctx context.Context, q analysis.Querier) ([]CheckResult, error) {
	results, violations, counts := m.checks()
	query := "select " + strings.Join(counts, ",\n")
	if m.Layer != Checks {
		query += " from " + m.Table()
	}
	into := make([]any, len(results))
	for i := range results {
		into[i] = &results[i].Violations
	}
	if err := each(ctx, q, query, func(rows *sql.Rows) error { return rows.Scan(into...) }); err != nil {
		return nil, err
	}
	for i := range results {
		r := &results[i]
		if r.Violations == 0 {
			continue
		}
		err := each(ctx, q, "select min(what) from (\n"+violations[i]+"\n) v", func(rows *sql.Rows) error { return rows.Scan(&r.Sample) })
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// checks gives, for each check of a model, its result to be, the query of its violations and the expression that
// counts them in a scan of the model's table.
func (m Model) checks() (results []CheckResult, violations, counts []string) {
	if m.Layer == Checks {
		return []CheckResult{{Name: m.Name, Severity: m.Severity}}, []string{m.SQL}, []string{"(select count(*) from (\n" + m.SQL + "\n) v)"}
	}
	for _, c := range m.Checks {
		query := m.CheckSQL(c)
		count := "(select count(*) from (" + query + ") v)"
		if bad := c.Violation(); bad != "" {
			count = "count(*) filter (where " + bad + ")"
		}
		results = append(results, CheckResult{Name: m.Table() + ": " + c.String(), Severity: c.Severity})
		violations = append(violations, query)
		counts = append(counts, count)
	}
	return results, violations, counts
}

func each(ctx context.Context, q analysis.Querier, query string, f func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// LatestPublication is the latest day on which a reading, list, event or forecast of the marts was published.
func LatestPublication(ctx context.Context, q analysis.Querier) (time.Time, error) {
	rows, err := q.QueryContext(ctx, `
		select max(published_on) from (
			select max(published_on) as published_on from marts.platform_readings
			union all select max(published_on) from marts.account_readings
			union all select max(published_on) from marts.list_entries
			union all select max(published_on) from marts.events
			union all select max(made_on) from marts.published_forecasts
			union all select max(cast(ended_at as date)) from marts.lists
		) latest`)
	if err != nil {
		return time.Time{}, err
	}
	defer rows.Close()
	var day *time.Time
	for rows.Next() {
		if err := rows.Scan(&day); err != nil {
			return time.Time{}, err
		}
	}
	if err := rows.Err(); err != nil {
		return time.Time{}, err
	}
	if day == nil {
		return time.Time{}, errors.New("the warehouse holds no dated figure: load the lake first, or give --as-of")
	}
	return day.UTC(), nil
}
