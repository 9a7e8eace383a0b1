package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

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

// Check runs all checks and stores their outcome in meta.checks. Violations are not an error here: Publish refuses a
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
	return results, inTransaction(ctx, d.w, func() error {
		if err := exec(ctx, d.w, "delete from meta.checks"); err != nil {
			return err
		}
		return d.withAppender(ctx, "meta", "checks", func(add func(...driver.Value) error) error {
			for _, r := range results {
				var sample driver.Value
				if r.Sample != "" {
					sample = r.Sample
				}
				if err := add(r.Name, string(r.Severity), r.Violations, sample); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// runChecks asks all checks in one query: each alone would cost more to plan than to run.
func (d *Draft) runChecks(ctx context.Context) ([]CheckResult, error) {
	var results []CheckResult
	var parts []string
	add := func(name string, severity models.Severity, query string) {
		parts = append(parts, fmt.Sprintf("select %d, count(*), min(what) from (\n%s\n) violations", len(results), query))
		results = append(results, CheckResult{Name: name, Severity: severity})
	}
	for _, m := range d.models {
		if m.Layer == models.Checks {
			add(m.Name, m.Severity, m.SQL)
			continue
		}
		for _, c := range m.Checks {
			add(m.Table()+": "+c.String(), c.Severity, m.CheckSQL(c))
		}
	}
	err := each(ctx, d, strings.Join(parts, "\nunion all\n"), func(rows *sql.Rows) error {
		var i int
		var n int64
		var sample sql.NullString
		err := rows.Scan(&i, &n, &sample)
		results[i].Violations, results[i].Sample = n, sample.String
		return err
	})
	return results, err
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
