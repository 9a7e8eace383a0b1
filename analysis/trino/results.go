package trino

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// RunJobs runs the jobs in their order and makes each of their tables results.<name> of the run; a job sees the results of
// those before it. A zero env.AsOf becomes that of the draft.
func (d *Draft) RunJobs(ctx context.Context, jobs []analysis.Job, env analysis.Env) (err error) {
	if env.AsOf.IsZero() {
		if env.AsOf, err = d.AsOf(ctx); err != nil {
			return err
		}
	}
	for _, job := range jobs {
		start := time.Now()
		tables, err := job.Run(ctx, d, env)
		if err != nil {
			return fmt.Errorf("job %s: %w", job.Name(), err)
		}
		for _, t := range tables {
			if err := d.addResult(ctx, t); err != nil {
				return fmt.Errorf("job %s: table %s: %w", job.Name(), t.Name, err)
			}
		}
		d.log.Info("ran job", "job", job.Name(), "tables", len(tables), "took", time.Since(start).Round(time.Millisecond))
	}
	d.facts["as_of"] = env.AsOf.Format(time.DateOnly)
	return nil
}

func (d *Draft) addResult(ctx context.Context, t analysis.Table) error {
	if err := models.CheckTable(t); err != nil {
		return err
	}
	for _, other := range d.results {
		if other.Name == t.Name {
			return errors.New("another job gives it already")
		}
	}
	if err := d.upload(ctx, "results", t); err != nil {
		return err
	}
	t.Rows = nil // they are in the cluster now
	d.results = append(d.results, t)
	return nil
}

// upload writes rows beside the lake and makes a table of the run over them.
func (d *Draft) upload(ctx context.Context, schema string, t analysis.Table) error {
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("row %d has %d values for %d columns", i+1, len(row), len(t.Columns))
		}
		for j, v := range row {
			var err error
			if row[j], err = models.Cell(v, t.Columns[j].Type); err != nil {
				return fmt.Errorf("column %s, row %d: %w", t.Columns[j].Name, i+1, err)
			}
		}
	}
	folder := path.Join("results", d.run, schema+"_"+t.Name)
	if err := d.opt.WriteTable(ctx, filepath.Join(d.opt.LocalLake, filepath.FromSlash(folder), "part.parquet"), t); err != nil {
		return err
	}
	name, _ := d.c.in(d.run)(schema, t.Name)
	return d.c.exec(ctx, createTable(name, t.Comment, columnsOf(t), strings.TrimRight(d.opt.Lake, "/")+"/"+folder))
}

func columnsOf(t analysis.Table) []models.Column {
	var all []models.Column
	for _, c := range t.Columns {
		all = append(all, models.Column{Name: c.Name, Type: c.Type, Comment: c.Comment})
	}
	return all
}

// AsOf is the last day whose publications this run may see: Options.AsOf, or else the latest publication in the marts.
func (d *Draft) AsOf(ctx context.Context) (time.Time, error) {
	if !d.opt.AsOf.IsZero() {
		return d.opt.AsOf, nil
	}
	return models.LatestPublication(ctx, d)
}

// AnalyzedAsOf is the day for which this draft's results were made, zero where it made none.
func (d *Draft) AnalyzedAsOf() time.Time {
	day, err := time.Parse(time.DateOnly, d.facts["as_of"])
	if err != nil {
		return time.Time{}
	}
	return day
}

// Check runs all checks on the draft. Violations are not an error here: Publish refuses a draft that breaks a check of
// severity error.
func (d *Draft) Check(ctx context.Context) (_ []models.CheckResult, err error) {
	defer wrap(&err, "check")
	var all []models.CheckResult
	for _, m := range d.models {
		if m.Layer != models.Checks && len(m.Checks) == 0 {
			continue
		}
		results, err := m.RunChecks(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Table(), err)
		}
		for _, r := range results {
			if r.Violations > 0 {
				d.log.Warn("check violated", "check", r.Name, "severity", r.Severity, "rows", r.Violations, "sample", r.Sample)
			}
		}
		all = append(all, results...)
	}
	d.checked = all
	return all, nil
}

// Checks are the outcomes of the checks that the published run passed.
func (db *DB) Checks(ctx context.Context) ([]models.CheckResult, error) {
	var all []models.CheckResult
	return all, db.c.each(ctx, "select name, severity, violations, coalesce(sample, '') from "+db.c.schema("meta")+".checks", func(rows *sql.Rows) error {
		var r models.CheckResult
		err := rows.Scan(&r.Name, &r.Severity, &r.Violations, &r.Sample)
		all = append(all, r)
		return err
	})
}
