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
		g.Go(func() (err error) {
			if outcomes[i], err = d.checkModel(ctx, m); err != nil {
				return fmt.Errorf("%s: %w", m.Table(), err)
			}
			return nil
		})
	}
	err := g.Wait()
	return slices.Concat(outcomes...), err
}

// checkModel counts the violations of all checks of a model in one scan, and then looks for a sample where there are any.
func (d *Draft) checkModel(ctx context.Context, m models.Model) ([]CheckResult, error) {
	results, violations, counts := checksOf(m)
	query := "select " + strings.Join(counts, ",\n")
	if m.Layer != models.Checks {
		query += " from " + m.Table()
	}
	into := make([]any, len(results))
	for i := range results {
		into[i] = &results[i].Violations
	}
	if err := each(ctx, d, query, func(rows *sql.Rows) error { return rows.Scan(into...) }); err != nil {
		return nil, err
	}
	for i := range results {
		r := &results[i]
		if r.Violations == 0 {
			continue
		}
		err := each(ctx, d, "select min(what) from (\n"+violations[i]+"\n) v", func(rows *sql.Rows) error { return rows.Scan(&r.Sample) })
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// checksOf gives, for each check of a model, its result to be, the query of its violations and the expression that
// counts them in a scan of the model's table.
func checksOf(m models.Model) (results []CheckResult, violations, counts []string) {
	if m.Layer == models.Checks {
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

func readChecks(ctx context.Context, q analysis.Querier) ([]CheckResult, error) {
	var results []CheckResult
	return results, each(ctx, q, "select name, severity, violations, coalesce(sample, '') from meta.checks", func(rows *sql.Rows) error {
		var r CheckResult
		err := rows.Scan(&r.Name, &r.Severity, &r.Violations, &r.Sample)
		results = append(results, r)
		return err
	})
}
