package warehouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis/models"
)

// BuildModels makes the views of staging and the tables of marts, in the order of what they read. A model whose text
// and inputs are as they were is left alone.
//
// Where DuckDB finds the copied file damaged, it is moved aside and everything is made again from the lake.
func (d *Draft) BuildModels(ctx context.Context) (err error) {
	defer wrap(&err, "build models")
	err = d.buildModels(ctx)
	if d.base.usable && isDamaged(err) {
		if _, err := d.startOver(ctx, err); err != nil {
			return err
		}
		err = d.buildModels(ctx)
	}
	return err
}

func (d *Draft) buildModels(ctx context.Context) error {
	want := d.wantedModels()
	var changed, stale []models.Model // whose text differs; whose rows differ
	for _, m := range d.models {
		have, w := d.base.models[m.Table()], want[m.Table()]
		if have.definition != w.definition {
			changed = append(changed, m)
		}
		if have.inputs != w.inputs && m.Layer == models.Marts {
			stale = append(stale, m)
		}
	}
	gone := d.goneModels(want)
	if len(changed)+len(stale)+len(gone) == 0 {
		return nil
	}
	if err := d.writable(ctx); err != nil {
		return err
	}
	if err := d.defineModels(ctx, changed, gone); err != nil {
		return err
	}
	if err := d.fillAll(ctx, stale); err != nil {
		return err
	}
	d.base.models = want
	step("built")
	d.log.Info("built models", "rows_of", len(stale), "definitions", len(changed))
	return nil
}

// wantedModels is the state that each view and mart should have: a hash of its text, and one of its text and of all that
// it reads, down to the files of the lake.
func (d *Draft) wantedModels() map[string]built {
	lake := map[string][]string{}
	for _, f := range d.base.loads {
		lake[f.Dataset] = append(lake[f.Dataset], f.SHA256+" "+f.Path)
	}
	inputs := map[string]string{}
	want := map[string]built{}
	for _, m := range d.models { // in build order
		switch m.Layer {
		case models.Lake:
			inputs[m.Table()] = hash(slices.Sorted(slices.Values(lake[m.Name]))...)
		case models.Staging, models.Marts:
			b := built{definition: hash(m.SQL, fmt.Sprint(modelTable(m)))}
			parts := []string{b.definition}
			for _, read := range m.Reads {
				parts = append(parts, inputs[read])
			}
			b.inputs = hash(parts...)
			inputs[m.Table()] = b.inputs
			want[m.Table()] = b
		}
	}
	return want
}

func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// goneModels are the views and tables of an earlier version that no model makes any more.
func (d *Draft) goneModels(want map[string]built) []string {
	var gone []string
	for name := range d.base.models {
		if _, ok := want[name]; !ok {
			gone = append(gone, name)
		}
	}
	slices.Sort(gone)
	return gone
}

// defineModels makes views, empty tables and comments: definitions before data.
func (d *Draft) defineModels(ctx context.Context, changed []models.Model, gone []string) error {
	var ddl strings.Builder
	var martComments []string
	for _, name := range gone {
		kind := "table"
		if strings.HasPrefix(name, models.Staging+".") {
			kind = "view"
		}
		fmt.Fprintf(&ddl, "drop %s if exists %s;\n", kind, name)
	}
	for _, m := range changed {
		t := modelTable(m)
		switch m.Layer {
		case models.Staging:
			fmt.Fprintf(&ddl, "create or replace view %s (%s) as\n%s;\n", t.quoted(), t.columnList(), m.SQL)
			d.uncommented = append(d.uncommented, t.comments("view"))
		case models.Marts:
			create, comments := d.known.ensure([]table{t})
			ddl.WriteString(create)
			martComments = append(martComments, comments)
		}
	}
	if ddl.Len() > 0 {
		if err := inTransaction(ctx, d.w, func() error { return exec(ctx, d.w, ddl.String()) }); err != nil {
			return err
		}
	}
	step("defined")
	// From here on lake and views are only read, while marts are being written.
	d.comments.add(ctx, d.engine, d.uncommented...)
	d.uncommented = martComments
	return nil
}

// fillAll writes marts anew: level by level, so that what is read is there, and within a level two at a time. Each of the
// two writes its marts in one transaction, as every commit waits for the disk.
func (d *Draft) fillAll(ctx context.Context, marts []models.Model) error {
	for _, level := range levels(marts) {
		waiting := make(chan models.Model, len(level))
		for _, m := range level {
			waiting <- m
		}
		close(waiting)
		g, ctx := errgroup.WithContext(ctx)
		for range min(2, len(level)) {
			g.Go(func() error { return d.fillWaiting(ctx, waiting) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// levels puts each model one level above the highest that it reads. They come in build order.
func levels(ms []models.Model) [][]models.Model {
	var out [][]models.Model
	level := map[string]int{} // from 1
	for _, m := range ms {
		n := 1
		for _, read := range m.Reads {
			n = max(n, level[read]+1)
		}
		if level[m.Table()] = n; n > len(out) {
			out = append(out, nil)
		}
		out[n-1] = append(out[n-1], m)
	}
	return out
}

func (d *Draft) fillWaiting(ctx context.Context, waiting <-chan models.Model) error {
	c, err := d.engine.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return inTransaction(ctx, c, func() error {
		for m := range waiting {
			if err := exec(ctx, c, fill(m)); err != nil {
				return fmt.Errorf("model %s: %w", m.Table(), err)
			}
		}
		return nil
	})
}

// fill writes a mart anew, its rows sorted by its key so that the file is the same whatever the number of threads.
func fill(m models.Model) string {
	t := modelTable(m)
	return fmt.Sprintf("delete from %s;\ninsert into %s (%s)\nselect %s from (\n%s\n) order by %s",
		t.quoted(), t.quoted(), t.columnList(), t.columnList(), m.SQL, strings.Join(m.Key(), ", "))
}
