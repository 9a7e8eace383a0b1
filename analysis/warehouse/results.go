package warehouse

import (
	"context"
	"database/sql/driver"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// RunJobs runs the jobs in their order and writes each of their tables as results.<name>; a job sees the results of those
// before it. Tables of an earlier run that no job gives any more are dropped. A zero env.AsOf becomes that of the draft.
// When program, marts, jobs and what they read beside the warehouse, AsOf and Seed are those of the published file, its results stand and nothing is run.
func (d *Draft) RunJobs(ctx context.Context, jobs []analysis.Job, env analysis.Env) (err error) {
	if env.AsOf.IsZero() {
		if env.AsOf, err = d.AsOf(ctx); err != nil {
			return err
		}
	}
	state, err := d.resultsState(jobs, env)
	if err != nil {
		return err
	}
	if d.base.run["results"] == state {
		d.log.Info("results stand: nothing that they depend on has changed")
		return nil
	}
	if err := d.writable(ctx); err != nil {
		return err
	}
	if d.known, err = readColumns(ctx, d.w); err != nil {
		return err
	}
	written := map[string]string{} // table -> job
	for _, job := range jobs {
		start := time.Now()
		tables, err := job.Run(ctx, d, env)
		if err != nil {
			return fmt.Errorf("job %s: %w", job.Name(), err)
		}
		for _, t := range tables {
			if other, twice := written[t.Name]; twice {
				return fmt.Errorf("job %s: table %s is that of job %s already", job.Name(), t.Name, other)
			}
			written[t.Name] = job.Name()
		}
		if err := d.writeResults(ctx, tables); err != nil {
			return fmt.Errorf("job %s: %w", job.Name(), err)
		}
		step("job " + job.Name())
		d.log.Info("ran job", "job", job.Name(), "tables", len(tables), "took", time.Since(start).Round(time.Millisecond))
	}
	if err := d.dropOtherResults(ctx, written); err != nil {
		return err
	}
	d.setRun("results", state)
	d.setRun("as_of", env.AsOf.Format(time.DateOnly))
	return nil
}

// AnalyzedAsOf is the day for which the draft's results were made, zero where it has none.
func (d *Draft) AnalyzedAsOf() time.Time {
	day, err := time.Parse(time.DateOnly, d.base.run["as_of"])
	if err != nil {
		return time.Time{}
	}
	return day
}

// AsOf is the last day whose publications this run may see: Options.AsOf, or else the latest publication of a reading,
// list, event or forecast in the marts, or the end of the latest reading of a follower list. It is an error where there is none of either.
func (d *Draft) AsOf(ctx context.Context) (time.Time, error) {
	if !d.opt.AsOf.IsZero() {
		return d.opt.AsOf, nil
	}
	return models.LatestPublication(ctx, d)
}

// resultsState is a hash of all that results depend on.
func (d *Draft) resultsState(jobs []analysis.Job, env analysis.Env) (string, error) {
	parts := []string{d.opt.Version, programFile(), env.AsOf.Format(time.DateOnly), strconv.FormatUint(env.Seed, 10)}
	for _, j := range jobs {
		parts = append(parts, j.Name())
		reader, ok := j.(analysis.OutsideReader)
		if !ok {
			continue
		}
		inputs, err := reader.Inputs(env.AsOf)
		if err != nil {
			return "", fmt.Errorf("job %s: %w", j.Name(), err)
		}
		parts = append(parts, inputs)
	}
	for _, m := range d.models {
		parts = append(parts, d.base.models[m.Table()].inputs)
	}
	return hash(parts...), nil
}

// programFile tells one build of the program from another where the version does not: by size and time of its file.
func programFile() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// writeResults replaces the rows of the tables, making those that are missing or look otherwise.
func (d *Draft) writeResults(ctx context.Context, results []analysis.Table) error {
	tables := make([]table, len(results))
	for i, r := range results {
		if err := models.CheckTable(r); err != nil {
			return fmt.Errorf("table %s: %w", r.Name, err)
		}
		tables[i] = resultTable(r)
	}
	ddl, comments := d.known.ensure(tables)
	err := inTransaction(ctx, d.w, func() error {
		if ddl != "" {
			if err := exec(ctx, d.w, ddl); err != nil {
				return err
			}
		}
		for i, r := range results {
			if err := d.writeRows(ctx, tables[i], r); err != nil {
				return fmt.Errorf("table %s: %w", r.Name, err)
			}
		}
		return nil
	})
	if err == nil && comments != "" {
		d.comments.add(ctx, d.engine, comments)
	}
	return err
}

func resultTable(r analysis.Table) table {
	t := table{schema: "results", name: r.Name, comment: r.Comment}
	for _, c := range r.Columns {
		t.columns = append(t.columns, models.Column{Name: c.Name, Type: c.Type, Comment: c.Comment})
	}
	return t
}

func (d *Draft) writeRows(ctx context.Context, t table, r analysis.Table) error {
	if d.known.has(t) { // else it has just been made
		if err := exec(ctx, d.w, "delete from "+t.quoted()); err != nil {
			return err
		}
	}
	return d.withAppender(ctx, t.schema, t.name, func(add func(...driver.Value) error) error {
		row := make([]driver.Value, len(r.Columns))
		for i, values := range r.Rows {
			if len(values) != len(r.Columns) {
				return fmt.Errorf("row %d has %d values for %d columns", i+1, len(values), len(r.Columns))
			}
			for j, v := range values {
				var err error
				if row[j], err = models.Cell(v, r.Columns[j].Type); err != nil {
					return fmt.Errorf("column %s, row %d: %w", r.Columns[j].Name, i+1, err)
				}
			}
			if err := add(row...); err != nil {
				return fmt.Errorf("row %d: %w", i+1, err)
			}
		}
		return nil
	})
}

// dropOtherResults removes result tables that this run did not write.
func (d *Draft) dropOtherResults(ctx context.Context, written map[string]string) error {
	var ddl strings.Builder
	for _, key := range sortedKeys(d.known) {
		name, isResult := strings.CutPrefix(key, "results.")
		if _, stays := written[name]; isResult && !stays {
			fmt.Fprintf(&ddl, "drop table %s;\n", table{schema: "results", name: name}.quoted())
		}
	}
	if ddl.Len() == 0 {
		return nil
	}
	return exec(ctx, d.w, ddl.String())
}
