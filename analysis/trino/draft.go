package trino

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// Options say where the cluster and the lake are.
type Options struct {
	Address
	Lake      string // the lake as the cluster sees it, such as s3://bucket/lake or local:///lake
	LocalLake string // the same folder as this machine sees it; empty where it does not
	Files     []File // all files of the lake, by its manifests

	// WriteTable writes the rows of a job as one Parquet file <LocalLake>/results/<run>/<table>/part.parquet, whole or not
	// at all; parts of a folder that is not there are made.
	WriteTable func(ctx context.Context, path string, t analysis.Table) error

	AsOf    time.Time        // last day whose publications may be seen; zero: the latest publication in the data
	Version string           // of the program
	Now     func() time.Time // names the run; nil: time.Now
	Log     *slog.Logger     // nil means none
}

// A Draft is the next run while it is made. Its methods are called in the order Load, BuildModels, RunJobs, Check, Publish
// from one goroutine; QueryContext may be called from many. It ends with Discard, also after Publish.
type Draft struct {
	opt     Options
	log     *slog.Logger
	c       *cluster
	models  []models.Model
	run     string // schema of this run, without prefix
	begun   bool   // the schema has been made
	results []analysis.Table
	checked []models.CheckResult
	facts   map[string]string
	done    bool // published
	ended   bool
}

// Oldest is the oldest server that the models have been seen to run on.
const Oldest = 476

// Begin connects to the cluster and looks at its version. Nothing is made yet.
func Begin(ctx context.Context, opt Options) (_ *Draft, err error) {
	defer wrap(&err, "begin on trino")
	if opt.Log == nil {
		opt.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	ms, err := models.All()
	if err != nil {
		return nil, err
	}
	c, err := connect(opt.Address)
	if err != nil {
		return nil, err
	}
	d := &Draft{opt: opt, log: opt.Log, c: c, models: ms, facts: map[string]string{}, run: runName(opt.Now())}
	if err := c.oldEnough(ctx); err != nil {
		return nil, errors.Join(err, c.db.Close())
	}
	return d, nil
}

const runStamp = "20060102150405"

// runName gives a schema's name that no other run has: its time and four letters of chance.
func runName(now time.Time) string {
	var chance [2]byte
	_, _ = rand.Read(chance[:]) // it never fails, by its contract
	return "run_" + now.UTC().Format(runStamp) + "_" + hex.EncodeToString(chance[:])
}

func (c *cluster) oldEnough(ctx context.Context) error {
	version, err := c.texts(ctx, "select version()")
	if err != nil {
		return err
	}
	c.version = version[0]
	var n int
	if _, err := fmt.Sscanf(version[0], "%d", &n); err != nil || n < Oldest {
		return fmt.Errorf("%s runs Trino %s: the models need %d or newer", c.host, version[0], Oldest)
	}
	return nil
}

// Notes says what a person should be told of how the draft began.
func (d *Draft) Notes() []string { return nil }

// QueryContext runs a query on the draft's own tables. It satisfies [analysis.Querier].
func (d *Draft) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	at := d.c.in(d.run)
	if d.done {
		at = d.c.published
	}
	return d.c.query(ctx, at, query, args)
}

// Engine is the name and version of the cluster.
func (d *Draft) Engine() string { return "Trino " + d.c.version }

// Tables lists what the draft holds, such as marts.events; once published, what readers see.
func (d *Draft) Tables(ctx context.Context) ([]string, error) {
	if d.done {
		return d.c.tables(ctx)
	}
	var all []string
	for _, m := range d.models {
		if m.Layer == models.Marts {
			all = append(all, m.Table())
		}
	}
	for _, t := range d.results {
		all = append(all, "results."+t.Name)
	}
	slices.Sort(all)
	return all, nil
}

// BuildModels makes the views of staging and, in the run's own schema, the tables of marts.
func (d *Draft) BuildModels(ctx context.Context) (err error) {
	defer wrap(&err, "build models")
	for _, schema := range []string{models.Staging, d.run} {
		if err := d.c.exec(ctx, "create schema if not exists "+d.c.schema(schema)); err != nil {
			return err
		}
		d.begun = true
	}
	have, err := d.c.comments(ctx, models.Staging)
	if err != nil {
		return err
	}
	for _, level := range levels(d.models) {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		for _, m := range level {
			g.Go(func() error {
				if m.Layer == models.Staging {
					return d.makeView(ctx, m, have)
				}
				return d.makeMart(ctx, m)
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// levels groups the models of staging and marts so that what is read stands in an earlier group.
func levels(ms []models.Model) [][]models.Model {
	var groups [][]models.Model
	at := map[string]int{}
	for _, m := range ms { // in build order
		if m.Layer != models.Staging && m.Layer != models.Marts {
			continue
		}
		level := 0
		for _, r := range m.Reads {
			if n, ok := at[r]; ok {
				level = max(level, n+1)
			}
		}
		at[m.Table()] = level
		if level == len(groups) {
			groups = append(groups, nil)
		}
		groups[level] = append(groups[level], m)
	}
	return groups
}

func (d *Draft) makeView(ctx context.Context, m models.Model, have map[string]string) error {
	name := d.c.schema(models.Staging) + "." + quoteName(m.Name)
	if comment, ok := have[m.Name]; ok {
		if err := isMarked("view", name, comment); err != nil {
			return err
		}
	}
	err := d.c.exec(ctx, fmt.Sprintf("create or replace view %s comment %s security invoker as\nselect %s from (\n%s\n) v", name, quoteText(marked(m.Summary())), casts(m.Columns), translate(m.SQL, d.c.in(d.run))))
	if err != nil {
		return fmt.Errorf("%s: %w", m.Table(), err)
	}
	return nil
}

// casts names the columns of a model with the types that its header gives them.
func casts(columns []models.Column) string {
	var all []string
	for _, c := range columns {
		all = append(all, fmt.Sprintf("cast(%[1]s as %[2]s) as %[1]s", quoteName(c.Name), typeOf(c.Type)))
	}
	return strings.Join(all, ", ")
}

func (d *Draft) makeMart(ctx context.Context, m models.Model) error {
	name, _ := d.c.in(d.run)(m.Layer, m.Name)
	if err := d.c.exec(ctx, createTable(name, m.Summary(), m.Columns, "")); err != nil {
		return fmt.Errorf("%s: %w", m.Table(), err)
	}
	err := d.c.exec(ctx, fmt.Sprintf("insert into %s select %s from (\n%s\n) v", name, casts(m.Columns), translate(m.SQL, d.c.in(d.run))))
	if err != nil {
		return fmt.Errorf("%s: %w", m.Table(), err)
	}
	return nil
}

// createTable is the definition of a table with all comments; at is where its files lie, empty for the catalog's choice.
func createTable(name, comment string, columns []models.Column, at string) string {
	var all []string
	for _, c := range columns {
		all = append(all, fmt.Sprintf("%s %s comment %s", quoteName(c.Name), typeOf(c.Type), quoteText(c.Comment)))
	}
	with := "format = 'PARQUET'"
	if at != "" {
		with += ", external_location = " + quoteText(at)
	}
	return fmt.Sprintf("create table %s (%s) comment %s with (%s)", name, strings.Join(all, ", "), quoteText(marked(comment)), with)
}

// Discard ends the draft. What an unpublished run made in the catalog is dropped.
func (d *Draft) Discard() error {
	if d.ended {
		return nil
	}
	d.ended = true
	var err error
	if d.begun && !d.done {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // also after Ctrl-C
		defer cancel()
		err = d.c.exec(ctx, "drop schema if exists "+d.c.schema(d.run)+" cascade")
		if err != nil {
			d.log.Warn("what an unfinished run made stays in the catalog; a later run drops it", "schema", d.run, "err", err)
		}
	}
	return d.c.db.Close()
}

// wrap prefixes *err, where there is one, with the operation.
func wrap(err *error, operation string) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", operation, *err)
	}
}
