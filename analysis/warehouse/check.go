package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// A CheckResult is the outcome of one check; package models makes it.
type CheckResult = models.CheckResult

// A CheckError says which checks stop publication.
type CheckError = models.CheckError

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
			if outcomes[i], err = m.RunChecks(ctx, d); err != nil {
				return fmt.Errorf("%s: %w", m.Table(), err)
			}
			return nil
		})
	}
	err := g.Wait()
	return slices.Concat(outcomes...), err
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
