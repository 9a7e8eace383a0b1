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
	if err := d.refuse(); err != nil {
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

func (d *Draft) refuse() error {
	e := &CheckError{}
	for _, r := range d.checked {
		if r.Broken() {
			e.Broken = append(e.Broken, r)
		}
	}
	if len(e.Broken) > 0 {
		return e
	}
	return nil
}

// finish writes the facts of the run and closes next.duckdb with everything in the one file.
func (d *Draft) finish(ctx context.Context) error {
	var last int64
	for _, c := range d.commits {
		last = c.number
	}
	err := d.setRun(ctx, map[string]string{
		"format":       formatVersion,
		"version":      d.opt.Version,
		"lake_commit":  strconv.FormatInt(last, 10),
		"lake_columns": lakeColumnsHash(d.models),
	})
	if err != nil {
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

// setRun writes facts of the run to meta.run.
func (d *Draft) setRun(ctx context.Context, facts map[string]string) error {
	if d.base.run == nil {
		d.base.run = map[string]string{}
	}
	for k, v := range facts {
		d.base.run[k] = v
	}
	return inTransaction(ctx, d.w, func() error {
		if err := exec(ctx, d.w, "delete from meta.run"); err != nil {
			return err
		}
		return d.withAppender(ctx, "meta", "run", func(add func(...driver.Value) error) error {
			for _, k := range sortedKeys(d.base.run) {
				if err := add(k, d.base.run[k]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
