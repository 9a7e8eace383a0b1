package warehouse

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// LoadStats count what Load added.
type LoadStats = analysis.LoadStats

// Load adds the rows of the lake's files that the ledger does not hold, and the ledger's lines, in one transaction. Each
// file is compared with its manifest first: a missing, cut or changed one is an error that names it, and nothing is added.
func (d *Draft) Load(ctx context.Context) (stats LoadStats, err error) {
	defer wrap(&err, "load %s", d.opt.Lake)
	stats, err = d.load(ctx)
	if d.base.usable && isDamaged(err) {
		return d.startOver(ctx, err)
	}
	return stats, err
}

func (d *Draft) load(ctx context.Context) (LoadStats, error) {
	stats := LoadStats{}
	byDataset := map[string][]lakeFile{}
	for _, f := range d.fresh {
		if d.lakeTable(f.Dataset) == nil {
			if stats.Unknown == nil {
				stats.Unknown = map[string]int{}
			}
			stats.Unknown[f.Dataset]++
			continue
		}
		byDataset[f.Dataset] = append(byDataset[f.Dataset], f)
		stats.Files++
		stats.Rows += f.Rows
		stats.Bytes += f.Bytes
	}
	for dataset, n := range stats.Unknown {
		d.log.Warn("no table for a dataset of the lake: another version of the program wrote it", "dataset", dataset, "files", n)
	}
	if stats.Files == 0 {
		return stats, nil
	}
	if err := d.verify(ctx, byDataset); err != nil {
		return LoadStats{}, err
	}
	if err := d.writable(ctx); err != nil {
		return LoadStats{}, err
	}
	err := inTransaction(ctx, d.w, func() error {
		defer step("inserted")
		return d.insert(ctx, byDataset)
	})
	if err != nil {
		return LoadStats{}, err
	}
	step("loaded")
	d.markLoaded(byDataset)
	d.log.Info("loaded", "files", stats.Files, "rows", stats.Rows)
	return stats, nil
}

func (d *Draft) lakeTable(dataset string) *models.Model {
	i := slices.IndexFunc(d.models, func(m models.Model) bool { return m.Layer == models.Lake && m.Name == dataset })
	if i < 0 {
		return nil
	}
	return &d.models[i]
}

func (d *Draft) markLoaded(byDataset map[string][]lakeFile) {
	if d.base.loads == nil {
		d.base.loads = map[string]lakeFile{}
	}
	for _, files := range byDataset {
		for _, f := range files {
			d.base.loads[f.Path] = f
		}
	}
	d.fresh = nil
}

// verify compares each file with its manifest.
func (d *Draft) verify(ctx context.Context, byDataset map[string][]lakeFile) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2) // reading is bound by the disk
	for _, files := range byDataset {
		for _, f := range files {
			g.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				return f.verify(d.opt.Lake)
			})
		}
	}
	return g.Wait()
}

func (f lakeFile) verify(lake string) error {
	file, err := os.Open(filepath.Join(lake, filepath.FromSlash(f.Path)))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("lake file %s is missing, though manifest %06d lists it: %s", f.Path, f.commit, lakeCure)
	} else if err != nil {
		return err
	}
	defer file.Close()
	h := sha256.New()
	n, err := io.Copy(h, file)
	if err != nil {
		return err
	}
	if n != f.Bytes {
		return fmt.Errorf("lake file %s has %d bytes, manifest %06d says %d: %s", f.Path, n, f.commit, f.Bytes, lakeCure)
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != f.SHA256 {
		return fmt.Errorf("lake file %s is damaged (sha256 %s, manifest %06d says %s): %s", f.Path, sum, f.commit, f.SHA256, lakeCure)
	}
	return nil
}

// insert adds rows dataset by dataset, in the order of their names, files in the order of their commits.
func (d *Draft) insert(ctx context.Context, byDataset map[string][]lakeFile) error {
	columns, err := d.parquetColumns(ctx, byDataset)
	if err != nil {
		return err
	}
	for _, m := range d.models {
		files := byDataset[m.Name]
		if m.Layer != models.Lake || len(files) == 0 {
			continue
		}
		if err := d.insertDataset(ctx, m, files, columns[m.Name]); err != nil {
			return fmt.Errorf("dataset %s: %w", m.Name, err)
		}
	}
	return d.withAppender(ctx, "meta", "loads", func(add func(...driver.Value) error) error {
		for _, m := range d.models {
			if m.Layer != models.Lake {
				continue
			}
			for _, f := range byDataset[m.Name] {
				if err := add(f.Path, f.Dataset, f.Rows, f.Bytes, f.SHA256, f.commit); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// insertDataset reads files by column name: a column that none of them has, as they are older than it, becomes null.
func (d *Draft) insertDataset(ctx context.Context, m models.Model, files []lakeFile, have map[string]bool) error {
	names := make([]string, len(m.Columns))
	values := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		names[i], values[i] = `"`+c.Name+`"`, "null"
		if have[c.Name] || c.Name == "platform" || c.Name == "day" {
			values[i] = fmt.Sprintf(`cast("%s" as %s)`, c.Name, c.Type)
		}
	}
	var rows int64
	for _, f := range files {
		rows += f.Rows
	}
	query := fmt.Sprintf("insert into lake.%s (%s) select %s from read_parquet([%s], union_by_name = true, hive_partitioning = true, hive_types = {'platform': varchar, 'day': date})",
		m.Name, strings.Join(names, ", "), strings.Join(values, ", "), quoteAll(literal(d.lakePaths(files))))
	res, err := d.w.ExecContext(ctx, query)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != rows {
		return errors.Join(err, fmt.Errorf("%d rows read, manifests say %d: %s", n, rows, lakeCure))
	}
	return nil
}

func (d *Draft) lakePaths(files []lakeFile) []string {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(d.opt.Lake, filepath.FromSlash(f.Path))
	}
	return paths
}

// literal makes DuckDB take file names as they are: a folder may be called "a[b]*".
func literal(paths []string) []string {
	noPattern := strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")
	for i, p := range paths {
		paths[i] = noPattern.Replace(p)
	}
	return paths
}

// parquetColumns gives the columns that at least one file of each dataset has.
func (d *Draft) parquetColumns(ctx context.Context, byDataset map[string][]lakeFile) (map[string]map[string]bool, error) {
	datasets := map[string]string{} // by path
	var paths []string
	for dataset, files := range byDataset {
		for _, p := range d.lakePaths(files) {
			datasets[p] = dataset
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	columns := map[string]map[string]bool{}
	query := fmt.Sprintf("select distinct file_name, name from parquet_schema([%s])", quoteAll(literal(paths)))
	return columns, each(ctx, d.w, query, func(rows *sql.Rows) error {
		var file, name string
		if err := rows.Scan(&file, &name); err != nil {
			return err
		}
		set := columns[datasets[file]]
		if set == nil {
			set = map[string]bool{}
			columns[datasets[file]] = set
		}
		set[name] = true
		return nil
	})
}
