package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// A CheckResult is the outcome of one check: a file of checks, or one promise of a model's header.
type CheckResult struct {
	Name       string // such as "active_above_registered" or "marts.events: unique(platform, title)"
	Severity   models.Severity
	Violations int64
	Sample     string // one violation in words, "" where there is none
}

// Broken reports whether the check stops publication.
func (c CheckResult) Broken() bool { return c.Severity == models.Error && c.Violations > 0 }

// A CheckError says which checks stop publication.
type CheckError struct{ Broken []CheckResult }

func (e *CheckError) Error() string {
	lines := make([]string, len(e.Broken))
	for i, c := range e.Broken {
		lines[i] = fmt.Sprintf("%s: %d rows, such as %s", c.Name, c.Violations, c.Sample)
	}
	return "not published, as checks are violated: " + strings.Join(lines, "; ")
}

// Check runs all checks; Publish stores their outcome in meta.checks. Violations are not an error here: Publish refuses a
// draft that breaks a check of severity error.
func (d *Draft) Check(ctx context.Context) (_ []CheckResult, err error) {
	defer wrap(&err, "check")
	if d.w == nil {
		return readChecks(ctx, d)
	}
	results, err := d.runChecks(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if r.Violations > 0 {
			d.log.Warn("check violated", "check", r.Name, "severity", r.Severity, "rows", r.Violations, "sample", r.Sample)
		}
	}
	d.checked = results
	return results, nil
}

// runChecks runs the checks of each table in one scan, and two tables at a time: to plan a query costs more than to run
// it here. The results are in the order of the models and of their headers.
func (d *Draft) runChecks(ctx context.Context) ([]CheckResult, error) {
	outcomes := make([][]CheckResult, len(d.models))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for i, m := range d.models {
		if m.Layer != models.Checks && len(m.Checks) == 0 {
			continue
		}
		g.Go(func() error {
			query, results := checkQuery(m)
			outcomes[i] = results
			err := d.ask(ctx, query, results)
			if err != nil {
				return fmt.Errorf("%s: %w", m.Table(), err)
			}
			return nil
		})
	}
	err := g.Wait()
	return slices.Concat(outcomes...), err
}

// checkQuery gives a query of one row with, for each check, the number of violations and one of them in words.
func checkQuery(m models.Model) (string, []CheckResult) {
	if m.Layer == models.Checks {
		return "select count(*), min(what) from (\n" + m.SQL + "\n) violations", []CheckResult{{Name: m.Name, Severity: m.Severity}}
	}
	results := make([]CheckResult, len(m.Checks))
	values := make([]string, len(m.Checks))
	for i, c := range m.Checks {
		results[i] = CheckResult{Name: m.Table() + ": " + c.String(), Severity: c.Severity}
		if bad := c.Violation(); bad != "" {
			values[i] = fmt.Sprintf("count(*) filter (where %s), min(%s) filter (where %s)", bad, models.InWords(m.Key()), bad)
			continue
		}
		values[i] = fmt.Sprintf("(select count(*) from (%[1]s) u), (select min(what) from (%[1]s) u)", m.CheckSQL(c))
	}
	return "select " + strings.Join(values, ",\n") + " from " + m.Table(), results
}

// ask scans a row of counts and samples into results.
func (d *Draft) ask(ctx context.Context, query string, results []CheckResult) error {
	samples := make([]sql.NullString, len(results))
	var into []any
	for i := range results {
		into = append(into, &results[i].Violations, &samples[i])
	}
	err := each(ctx, d, query, func(rows *sql.Rows) error { return rows.Scan(into...) })
	for i := range results {
		results[i].Sample = samples[i].String
	}
	return err
}

func readChecks(ctx context.Context, q analysis.Querier) ([]CheckResult, error) {
	var results []CheckResult
	return results, each(ctx, q, "select name, severity, violations, coalesce(sample, '') from meta.checks", func(rows *sql.Rows) error {
		var r CheckResult
		err := rows.Scan(&r.Name, &r.Severity, &r.Violations, &r.Sample)
		results = append(results, r)
		return err
	})
}
