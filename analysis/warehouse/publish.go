package warehouse

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/overtake-analytics/overtake/analysis/models"
)

// Publish puts the draft in the place of the published file, which then answers the draft's queries. A draft in which
// nothing changed publishes nothing. It refuses, with a [CheckError], a draft that breaks a check of severity error;
// then the published file stays as it is.
func (d *Draft) Publish(ctx context.Context) (err error) {
	defer wrap(&err, "publish %s", d.opt.Path)
	if d.w == nil {
		return nil
	}
	if d.checked == nil {
		if _, err := d.Check(ctx); err != nil {
			return err
		}
	}
	if err := models.Refuse(d.checked); err != nil {
		return err
	}
	d.comments.add(ctx, d.engine, d.uncommented...)
	d.uncommented = nil
	if err := d.comments.wait(); err != nil {
		return err
	}
	if err := d.finish(ctx); err != nil {
		return err
	}
	step("finished")
	// From here on next.duckdb is complete: whatever happens, either it or the old file is in place.
	if err := d.swap(); err != nil {
		return err
	}
	step("published")
	return d.engine.attach(ctx, d.opt.Path, true)
}

// finish writes the facts of the run and closes next.duckdb with everything in the one file.
func (d *Draft) finish(ctx context.Context) error {
	var last int64
	for _, c := range d.commits {
		last = c.number
	}
	d.setRun("format", formatVersion)
	d.setRun("version", d.opt.Version)
	d.setRun("lake_commit", strconv.FormatInt(last, 10))
	d.setRun("lake_columns", lakeColumnsHash(d.models))
	if err := inTransaction(ctx, d.w, func() error { return d.writeMeta(ctx) }); err != nil {
		return err
	}
	// Left to itself, DuckDB tries every way of compressing every text column: most of the time of a small run.
	if err := exec(ctx, d.w, "set force_compression = 'dictionary'; checkpoint "+catalog); err != nil {
		return err
	}
	if err := d.w.Close(); err != nil {
		return err
	}
	d.w = nil
	if err := d.engine.detach(ctx); err != nil {
		return err
	}
	if _, err := os.Stat(d.nextPath() + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("%s.wal is left after the checkpoint: a reader has the draft open", d.nextPath()))
	}
	return syncFile(d.nextPath())
}

// swap renames next.duckdb. A log beside the published file is none of ours: somebody opened it for writing. DuckDB
// would replay it into the new file, so it goes aside first.
func (d *Draft) swap() error {
	wal := d.opt.Path + ".wal"
	if _, err := os.Lstat(wal); err == nil {
		aside := d.opt.Path + ".foreign.wal"
		if err := os.Rename(wal, aside); err != nil {
			return err
		}
		d.note(fmt.Sprintf("%s was opened for writing by another program, which left a log: it was moved to %s", d.opt.Path, aside))
	}
	if err := os.Rename(d.nextPath(), d.opt.Path); err != nil {
		return err
	}
	return syncFile(filepath.Dir(d.opt.Path))
}

// setRun notes a fact of the run for meta.run.
func (d *Draft) setRun(key, value string) {
	if d.base.run == nil {
		d.base.run = map[string]string{}
	}
	d.base.run[key] = value
}

// writeMeta writes what the draft is: facts of the run, states of the models, outcomes of the checks.
func (d *Draft) writeMeta(ctx context.Context) error {
	if err := exec(ctx, d.w, "delete from meta.run; delete from meta.models; delete from meta.checks"); err != nil {
		return err
	}
	err := d.withAppender(ctx, "meta", "run", func(add func(...driver.Value) error) error {
		for _, k := range sortedKeys(d.base.run) {
			if err := add(k, d.base.run[k]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = d.withAppender(ctx, "meta", "models", func(add func(...driver.Value) error) error {
		for _, name := range sortedKeys(d.base.models) {
			b := d.base.models[name]
			if err := add(name, b.definition, b.inputs); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.withAppender(ctx, "meta", "checks", func(add func(...driver.Value) error) error {
		for _, r := range d.checked {
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
}
