package warehouse

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/models"
)

// formatVersion counts changes of the tables of schema meta. A file of another version is made again from the lake.
const formatVersion = "1"

// A base is what a published file says of itself; the zero base is that of a missing one.
type base struct {
	usable bool
	run    map[string]string   // meta.run
	loads  map[string]lakeFile // meta.loads by path
	models map[string]built    // meta.models by table
}

// built is the state in which a model was last run.
type built struct {
	definition string // sha256 of its text
	inputs     string // sha256 of its text and of what it reads
}

// lookAtPublished attaches the published file read-only and reads what it says of itself. A file that cannot be gone on
// with gives an unusable base: it is left in place where it is whole (Publish replaces it) and moved aside where it is not.
func (d *Draft) lookAtPublished(ctx context.Context) (base, error) {
	path := d.opt.Path
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return base{}, nil
	} else if err != nil {
		return base{}, err
	}
	if !info.Mode().IsRegular() {
		return base{}, fmt.Errorf("%s is not a file: move it away or choose another folder", path)
	}
	if f, err := os.Open(path); err != nil {
		return base{}, err // not damaged: no right to read it
	} else if err := f.Close(); err != nil {
		return base{}, err
	}
	b, err := d.readBase(ctx)
	switch {
	case ctx.Err() != nil:
		return base{}, ctx.Err()
	case isLocked(err), isOfTheMachine(err):
		return base{}, explain(err)
	case err != nil:
		if err := d.engine.detach(ctx); err != nil {
			return base{}, err
		}
		return base{}, d.moveAside(err)
	}
	if why := d.cannotGoOn(b); why != "" {
		d.log.Info("make the warehouse again from the lake", "why", why)
		return base{}, d.engine.detach(ctx)
	}
	b.usable = true
	return b, nil
}

func (d *Draft) readBase(ctx context.Context) (base, error) {
	b := base{run: map[string]string{}, loads: map[string]lakeFile{}, models: map[string]built{}}
	if err := d.engine.attach(ctx, d.opt.Path, true); err != nil {
		return b, err
	}
	err := each(ctx, d, "select key, value from meta.run", func(rows *sql.Rows) error {
		var k, v string
		err := rows.Scan(&k, &v)
		b.run[k] = v
		return err
	})
	if err != nil || b.run["format"] != formatVersion {
		return b, err
	}
	err = each(ctx, d, "select file, dataset, row_count, bytes, sha256, commit_no from meta.loads", func(rows *sql.Rows) error {
		var f lakeFile
		err := rows.Scan(&f.Path, &f.Dataset, &f.Rows, &f.Bytes, &f.SHA256, &f.commit)
		b.loads[f.Path] = f
		return err
	})
	if err != nil {
		return b, err
	}
	return b, each(ctx, d, "select model, definition, inputs from meta.models", func(rows *sql.Rows) error {
		var name string
		var m built
		err := rows.Scan(&name, &m.definition, &m.inputs)
		b.models[name] = m
		return err
	})
}

// cannotGoOn says why the published file cannot be the start of the next one, or "".
func (d *Draft) cannotGoOn(b base) string {
	switch {
	case b.run["format"] != formatVersion:
		return fmt.Sprintf("the file has format %q, this program makes %q", b.run["format"], formatVersion)
	case b.run["lake_columns"] != lakeColumnsHash(d.models):
		return "this program knows other columns of the lake"
	}
	listed := map[string]string{}
	for _, c := range d.commits {
		for _, f := range c.Files {
			listed[f.Path] = f.SHA256
		}
	}
	for path, f := range b.loads {
		if listed[path] != f.SHA256 {
			return "the lake was made anew: it no longer lists " + path
		}
	}
	return ""
}

// missing gives the lake's files that the ledger does not hold.
func (b base) missing(commits []commit) []lakeFile {
	var fresh []lakeFile
	for _, c := range commits {
		for _, f := range c.Files {
			if _, have := b.loads[f.Path]; !have {
				fresh = append(fresh, f)
			}
		}
	}
	return fresh
}

// moveAside renames the published file, which nobody can read, so that it can be looked at later.
func (d *Draft) moveAside(why error) error {
	for n := 1; ; n++ {
		to := fmt.Sprintf("%s.broken-%d", d.opt.Path, n)
		if _, err := os.Lstat(to); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Rename(d.opt.Path, to); err != nil {
			return err
		}
		if err := os.Rename(d.opt.Path+".wal", to+".wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		d.note(fmt.Sprintf("%s could not be read (%s): it was moved to %s and is made again from the lake", d.opt.Path, firstLine(why), to))
		return nil
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// lakeColumnsHash changes when a lake table gains or changes a column: then rows loaded earlier may lack it.
func lakeColumnsHash(ms []models.Model) string {
	h := sha256.New()
	for _, m := range ms {
		if m.Layer == models.Lake {
			for _, c := range m.Columns {
				fmt.Fprintf(h, "%s %s %s\n", m.Name, c.Name, c.Type)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// each runs a query and calls f for each row.
func each(ctx context.Context, q querier, query string, f func(*sql.Rows) error) error {
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

// A querier is an [analysis.Querier]; a connection is one too.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}
