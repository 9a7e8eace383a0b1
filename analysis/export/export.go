package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// Formats are the formats that tables can be exported in.
func Formats() []string { return []string{"parquet", "csv", "arrow", "json", "xlsx", "duckdb"} }

// Options say what to export and how to describe it. Dir, Formats and Tables are required.
type Options struct {
	Dir     string   // made, or replaced where it is an earlier export
	Formats []string // of Formats
	Tables  []string // names or patterns
	Key     []byte   // for pseudonyms of followers; empty: a key is drawn and forgotten
	Title   string
	Author  string
	Licence string // SPDX identifier; empty: none is stated
	AsOf    string // the last day whose publications the tables know, YYYY-MM-DD
	Version string // of the program
}

// A Report says what was exported.
type Report struct {
	Dir    string `json:"dir"`
	Tables int    `json:"tables"`
	Rows   int64  `json:"rows"`
	Files  int    `json:"files"`
	Bytes  int64  `json:"bytes"`
	Masked bool   `json:"pseudonyms"`     // ids of followers were replaced
	Kept   bool   `json:"pseudonyms_key"` // by a key of the user's
}

// A file is one file of the export.
type file struct {
	Path, Format string
	Table        *table // nil where the file holds several
	Bytes        int64
	SHA256       string
}

// A table is a table of the export as its readers see it.
type table struct {
	warehouse.TableCopy
	Fields []field
	Rows   int64
}

// Full is the table's name in SQL, and that of its files.
func (t *table) Full() string { return t.Schema + "." + t.Name }

// A field is a column with its kind: text, integer, number, boolean, date or instant.
type field struct {
	Name, Kind, Comment string
	Masked              bool
}

// A work is an export in the making.
type work struct {
	ctx    context.Context // of the one call of Write
	q      analysis.Querier
	opt    Options
	dir    string // temporary
	mask   warehouse.Mask
	tables []*table
	files  []file
	report Report
}

// Write exports tables of q, which must not change meanwhile: a [warehouse.DB].
func Write(ctx context.Context, q analysis.Querier, o Options) (Report, error) {
	w := &work{ctx: ctx, q: q, opt: o, report: Report{Dir: o.Dir}}
	if err := w.run(); err != nil {
		return Report{}, fmt.Errorf("export into %s: %w", o.Dir, err)
	}
	return w.report, nil
}

func (w *work) run() (err error) {
	if err := w.checkTarget(); err != nil {
		return err
	}
	if err := w.chooseTables(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(w.opt.Dir), 0o755); err != nil {
		return err
	}
	if w.dir, err = os.MkdirTemp(filepath.Dir(w.opt.Dir), "."+filepath.Base(w.opt.Dir)+"-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(w.dir)) }()
	for _, format := range w.opt.Formats {
		if err := w.writeFormat(format); err != nil {
			return err
		}
	}
	if err := w.describe(); err != nil {
		return err
	}
	return w.publish()
}

// checkTarget refuses to replace what is no export of ours.
func (w *work) checkTarget() error {
	w.opt.Dir = filepath.Clean(w.opt.Dir)
	entries, err := os.ReadDir(w.opt.Dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) == 0:
		return nil
	}
	var p struct {
		Overtake *struct{} `json:"overtake"`
	}
	data, err := os.ReadFile(filepath.Join(w.opt.Dir, packageName))
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil || p.Overtake == nil {
		return errors.New("the folder is not empty and is no earlier export: choose another one")
	}
	return nil
}

func (w *work) chooseTables() error {
	for _, f := range w.opt.Formats {
		if !slices.Contains(Formats(), f) {
			return fmt.Errorf("no format is called %q: want some of %s", f, strings.Join(Formats(), ", "))
		}
	}
	all, err := catalog(w.ctx, w.q)
	if err != nil {
		return err
	}
	chosen, err := choose(all, w.opt.Tables)
	if err != nil {
		return err
	}
	if w.mask, w.report.Kept, err = masker(w.opt.Key); err != nil {
		return err
	}
	for _, c := range chosen {
		t := &table{TableCopy: c}
		err := warehouse.EachRow(w.ctx, w.q, t.query()+" limit 0", w.mask, func(columns []warehouse.Column) error {
			for i, column := range columns {
				masked := w.mask(column.Name) != nil
				comment := c.Columns[i].Comment
				if masked {
					comment = strings.TrimSpace(comment + " (pseudonym: keyed hash of the id)")
					w.report.Masked = true
				}
				t.Fields = append(t.Fields, field{column.Name, column.Type, comment, masked})
			}
			return nil
		}, nil)
		if err != nil {
			return err
		}
		if err := each(w.ctx, w.q, "select count(*) from "+t.from(), func(rows *sql.Rows) error { return rows.Scan(&t.Rows) }); err != nil {
			return err
		}
		w.tables = append(w.tables, t)
		w.report.Rows += t.Rows
	}
	w.report.Tables = len(w.tables)
	return nil
}

func (t *table) from() string  { return fmt.Sprintf("%q.%q", t.Schema, t.Name) }
func (t *table) query() string { return "select * from " + t.from() + " order by all" }

func (w *work) writeFormat(format string) error {
	switch format {
	case "duckdb":
		copies := make([]warehouse.TableCopy, len(w.tables))
		for i, t := range w.tables {
			copies[i] = t.TableCopy
		}
		if err := warehouse.CopyTables(w.ctx, w.q, copies, w.mask, filepath.Join(w.dir, "overtake.duckdb")); err != nil {
			return err
		}
		return w.add("overtake.duckdb", format, nil)
	case "xlsx":
		if err := w.writeWorkbook(filepath.Join(w.dir, "overtake.xlsx")); err != nil {
			return err
		}
		return w.add("overtake.xlsx", format, nil)
	}
	for _, t := range w.tables {
		name := t.Full() + "." + format
		err := writeFile(filepath.Join(w.dir, name), func(out io.Writer) error {
			_, err := warehouse.ExportMasked(w.ctx, w.q, t.query(), warehouse.Format(format), w.mask, out)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := w.add(name, format, t); err != nil {
			return err
		}
	}
	return nil
}

// add notes a file that was written, with its checksum.
func (w *work) add(name, format string, t *table) error {
	f, err := os.Open(filepath.Join(w.dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	w.files = append(w.files, file{Path: name, Format: format, Table: t, Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))})
	w.report.Files++
	w.report.Bytes += n
	return err
}

func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// publish puts the export into its place.
func (w *work) publish() error {
	if err := os.Chmod(w.dir, 0o755); err != nil {
		return err
	}
	old := w.dir + "-old"
	err := os.Rename(w.opt.Dir, old)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	had := err == nil
	if err := os.Rename(w.dir, w.opt.Dir); err != nil {
		if had {
			err = errors.Join(err, os.Rename(old, w.opt.Dir))
		}
		return err
	}
	if had {
		return os.RemoveAll(old)
	}
	return nil
}
