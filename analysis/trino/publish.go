package trino

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// Publish lets readers see the run, view by view, and meta.run last. It refuses, with a [models.CheckError], a draft that
// breaks a check of severity error. The results of a run that computed none stay those of the run before.
func (d *Draft) Publish(ctx context.Context) (err error) {
	defer wrap(&err, "publish")
	if d.checked == nil {
		if _, err := d.Check(ctx); err != nil {
			return err
		}
	}
	if err := models.Refuse(d.checked); err != nil {
		return err
	}
	before, err := d.c.runFacts(ctx)
	if err != nil {
		return err
	}
	if err := d.writeMeta(ctx, before); err != nil {
		return err
	}
	if err := d.show(ctx, d.shown()); err != nil {
		return err
	}
	d.done = true
	return d.tidy(ctx, before)
}

// A shown table is one that readers get a view of.
type shown struct {
	schema, name, comment string
	columns               []models.Column
}

// shown lists the views to be, meta.run last.
func (d *Draft) shown() []shown {
	var all []shown
	for _, m := range d.models {
		if m.Layer == models.Marts {
			all = append(all, shown{m.Layer, m.Name, m.Summary(), m.Columns})
		}
	}
	for _, t := range d.results {
		all = append(all, shown{"results", t.Name, t.Comment, columnsOf(t)})
	}
	for _, t := range d.meta(nil) {
		all = append(all, shown{"meta", t.Name, t.Comment, columnsOf(t)})
	}
	return all
}

// show replaces the views. All but the last may come in any order.
func (d *Draft) show(ctx context.Context, all []shown) error {
	have := map[string]map[string]string{}
	for _, schema := range []string{"marts", "results", "meta"} {
		if err := d.c.exec(ctx, "create schema if not exists "+d.c.schema(schema)); err != nil {
			return err
		}
		var err error
		if have[schema], err = d.c.comments(ctx, schema); err != nil {
			return err
		}
	}
	for _, s := range all { // before anything is replaced
		name, _ := d.c.published(s.schema, s.name)
		if comment, ok := have[s.schema][s.name]; ok {
			if err := isMarked("view", name, comment); err != nil {
				return err
			}
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, s := range all[:len(all)-1] {
		g.Go(func() error { return d.showOne(gctx, s) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := d.showOne(ctx, all[len(all)-1]); err != nil {
		return err
	}
	return d.hide(ctx, have["results"])
}

func (d *Draft) showOne(ctx context.Context, s shown) error {
	from, _ := d.c.in(d.run)(s.schema, s.name)
	to, _ := d.c.published(s.schema, s.name)
	var names []string
	for _, c := range s.columns {
		names = append(names, quoteName(c.Name))
	}
	return d.c.exec(ctx, fmt.Sprintf("create or replace view %s comment %s security invoker as select %s from %s",
		to, quoteText(marked(s.comment)), strings.Join(names, ", "), from))
}

// hide drops views of results that no job gives any more.
func (d *Draft) hide(ctx context.Context, have map[string]string) error {
	if len(d.results) == 0 {
		return nil
	}
	for name, comment := range have {
		given := slices.ContainsFunc(d.results, func(t analysis.Table) bool { return t.Name == name })
		if given || !strings.Contains(comment, mark) {
			continue
		}
		if err := d.c.exec(ctx, "drop view if exists "+d.c.schema("results")+"."+quoteName(name)); err != nil {
			return err
		}
	}
	return nil
}

// writeMeta writes what the run is: its facts and the outcomes of its checks.
func (d *Draft) writeMeta(ctx context.Context, before map[string]string) error {
	d.facts["version"], d.facts["engine"], d.facts["run"] = d.opt.Version, "trino", d.run
	d.facts["lake_files"] = fmt.Sprint(len(d.opt.Files))
	if len(d.results) == 0 { // a load: the results of the last analysis still stand
		d.facts["as_of"], d.facts["results_run"] = before["as_of"], before["results_run"]
	} else {
		d.facts["results_run"] = d.run
	}
	for _, t := range d.meta(d.facts) {
		if err := d.upload(ctx, "meta", t); err != nil {
			return err
		}
	}
	return nil
}

func (d *Draft) meta(facts map[string]string) []analysis.Table {
	run := analysis.Table{Name: "run", Comment: "One row per fact of the run that is published.", Columns: []analysis.Column{
		{Name: "key", Type: "varchar", Comment: "name of the fact: version, engine, as_of, ..."},
		{Name: "value", Type: "varchar", Comment: "the fact"},
	}}
	var keys []string
	for k := range facts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		run.Rows = append(run.Rows, []any{k, facts[k]})
	}
	checks := analysis.Table{Name: "checks", Comment: "One row per check that the run passed or that warns.", Columns: []analysis.Column{
		{Name: "name", Type: "varchar", Comment: "the check"},
		{Name: "severity", Type: "varchar", Comment: "error or warn"},
		{Name: "violations", Type: "bigint", Comment: "rows that violate it"},
		{Name: "sample", Type: "varchar", Comment: "one of them in words; null where there is none"},
	}}
	for _, r := range d.checked {
		row := []any{r.Name, string(r.Severity), r.Violations, nil}
		if r.Sample != "" {
			row[3] = r.Sample
		}
		checks.Rows = append(checks.Rows, row)
	}
	return []analysis.Table{checks, run}
}

// tidy drops the schemas of runs that nobody needs: not this one, not the one before, not that of the standing results,
// and none that may still be under way.
func (d *Draft) tidy(ctx context.Context, before map[string]string) error {
	runs, err := d.c.texts(ctx, fmt.Sprintf("select schema_name from %s.information_schema.schemata where schema_name like %s escape '\\'",
		quoteName(d.c.catalog), quoteText(strings.ReplaceAll(d.c.prefix, "_", `\_`)+`run\_%`)))
	if err != nil {
		return err
	}
	keep := []string{d.run, before["run"], d.facts["results_run"], before["results_run"]}
	for _, schema := range runs {
		run := strings.TrimPrefix(schema, d.c.prefix)
		if slices.Contains(keep, run) {
			continue
		}
		begun, err := time.Parse(runStamp, strings.TrimPrefix(run, "run_")[:min(len(runStamp), len(run)-4)])
		if err != nil || run > before["run"] && d.opt.Now().Sub(begun) < 24*time.Hour {
			continue // not ours, or perhaps still under way on another machine
		}
		if err := d.c.exec(ctx, "drop schema "+d.c.schema(run)+" cascade"); err != nil {
			d.log.Warn("the tables of an older run could not be dropped", "schema", run, "err", err)
		}
	}
	return nil
}
