package trino

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/models"
)

// A File is one file of the lake, as its manifest lists it.
type File struct {
	Dataset string
	Path    string // relative to the lake, with forward slashes
	Rows    int64
	Bytes   int64
}

const (
	partitionPlatform = "platform"
	partitionDay      = "day"
	// atOnce bounds the statements that we have the cluster do at a time.
	atOnce = 4
)

// Load makes the lake's files known to the cluster: one external table per dataset, and its partitions. Doing it again
// adds what is new. It counts what the cluster reads against the manifests.
func (d *Draft) Load(ctx context.Context) (stats analysis.LoadStats, err error) {
	defer wrap(&err, "register the lake")
	byDataset := map[string][]File{}
	for _, f := range d.opt.Files {
		if !slices.ContainsFunc(d.models, func(m models.Model) bool { return m.Layer == models.Lake && m.Name == f.Dataset }) {
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
	if err := d.noStrays(byDataset); err != nil {
		return analysis.LoadStats{}, err
	}
	if err := d.c.exec(ctx, "create schema if not exists "+d.c.schema(models.Lake)); err != nil {
		return analysis.LoadStats{}, err
	}
	have, err := d.c.lakeTables(ctx)
	if err != nil {
		return analysis.LoadStats{}, err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, m := range d.models {
		if m.Layer == models.Lake {
			g.Go(func() error { return d.register(ctx, m, have[m.Name], byDataset[m.Name]) })
		}
	}
	return stats, g.Wait()
}

// noStrays refuses a lake that holds files which no manifest lists: the cluster, which reads folders, would count them.
func (d *Draft) noStrays(byDataset map[string][]File) error {
	if d.opt.LocalLake == "" {
		return nil
	}
	for _, m := range d.models {
		if m.Layer != models.Lake {
			continue
		}
		listed := map[string]bool{}
		for _, f := range byDataset[m.Name] {
			listed[filepath.Join(d.opt.LocalLake, filepath.FromSlash(f.Path))] = true
		}
		root := filepath.Join(d.opt.LocalLake, m.Name)
		if err := os.MkdirAll(root, 0o755); err != nil { // the cluster wants the folder of a table to be there
			return err
		}
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && strings.HasSuffix(path, ".parquet") && !listed[path] {
				err = fmt.Errorf("%s belongs to no commit of the lake: an interrupted run left it, and the next load sweeps it away; where it is yours, move it elsewhere", path)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A lakeTable is what the catalog knows of a dataset.
type lakeTable struct {
	comment string
	columns []string // "name type", sorted
}

// lakeTables reads the tables of schema lake.
func (c *cluster) lakeTables(ctx context.Context) (map[string]*lakeTable, error) {
	have := map[string]*lakeTable{}
	err := c.each(ctx, fmt.Sprintf(`
		select table_name, column_name, data_type from %s.information_schema.columns where table_schema = %s`,
		quoteName(c.catalog), quoteText(c.prefix+models.Lake)), func(rows *sql.Rows) error {
		var table, column, typ string
		if err := rows.Scan(&table, &column, &typ); err != nil {
			return err
		}
		if have[table] == nil {
			have[table] = &lakeTable{}
		}
		have[table].columns = append(have[table].columns, column+" "+typ)
		return nil
	})
	if err != nil {
		return nil, err
	}
	comments, err := c.comments(ctx, models.Lake)
	for name, t := range have {
		slices.Sort(t.columns)
		t.comment = comments[name]
	}
	return have, err
}

// register makes or renews one external table and counts its rows.
func (d *Draft) register(ctx context.Context, m models.Model, have *lakeTable, files []File) error {
	name := d.c.schema(models.Lake) + "." + quoteName(m.Name)
	if have != nil {
		if err := isMarked("table", name, have.comment); err != nil {
			return err
		}
		if !slices.Equal(have.columns, lakeColumns(m)) || !strings.HasSuffix(have.comment, d.lakeMark()) { // dropping an external table drops no file
			if err := d.c.exec(ctx, "drop table "+name); err != nil {
				return err
			}
			have = nil
		}
	}
	if have == nil {
		if err := d.c.exec(ctx, d.createLakeTable(name, m)); err != nil {
			return err
		}
	}
	call := fmt.Sprintf("call %s.system.sync_partition_metadata(%s, %s, 'FULL')", quoteName(d.c.catalog), quoteText(d.c.prefix+models.Lake), quoteText(m.Name))
	if err := d.c.exec(ctx, call); err != nil {
		return err
	}
	return d.countLake(ctx, m.Name, name, files)
}

// lakeMark tells tables over this lake from those over one that lay elsewhere.
func (d *Draft) lakeMark() string { return mark + " over " + d.opt.Lake + ")" }

// countLake compares the rows that the cluster sees with those of the manifests.
func (d *Draft) countLake(ctx context.Context, dataset, name string, files []File) error {
	var want, have int64
	for _, f := range files {
		want += f.Rows
	}
	if err := d.c.each(ctx, "select count(*) from "+name, func(rows *sql.Rows) error { return rows.Scan(&have) }); err != nil {
		return err
	}
	if have == want {
		return nil
	}
	return fmt.Errorf("the cluster reads %d rows of the dataset %s at %s, the manifests say %d: check that engine.lake names the folder of this lake as the cluster sees it, and run \"overtake verify\"",
		have, dataset, d.opt.Lake+"/"+dataset, want)
}

// lakeColumns are the columns of a dataset as information_schema shows them, sorted.
func lakeColumns(m models.Model) []string {
	var all []string
	for _, c := range m.Columns {
		all = append(all, c.Name+" "+typeOf(c.Type))
	}
	slices.Sort(all)
	return all
}

func (d *Draft) createLakeTable(name string, m models.Model) string {
	var columns, last []string
	for _, c := range m.Columns {
		text := fmt.Sprintf("%s %s comment %s", quoteName(c.Name), typeOf(c.Type), quoteText(c.Comment))
		if c.Name == partitionPlatform || c.Name == partitionDay {
			last = append(last, text) // the Hive connector wants partition columns behind the others, in their order
		} else {
			columns = append(columns, text)
		}
	}
	return fmt.Sprintf("create table %s (%s) comment %s with (external_location = %s, format = 'PARQUET', partitioned_by = array['platform', 'day'])",
		name, strings.Join(append(columns, last...), ", "), quoteText(m.Summary()+" "+d.lakeMark()), quoteText(strings.TrimRight(d.opt.Lake, "/")+"/"+m.Name))
}

// typeOf gives the cluster's name of a type of our headers and results.
func typeOf(t string) string {
	if t == "timestamp" {
		return "timestamp(6)"
	}
	return t
}

// mark stands in the comment of everything that this package makes.
const mark = "(made by overtake"

// marked adds the mark to a comment.
func marked(comment string) string { return comment + " " + mark + ")" }

// ErrForeign says that a table of somebody else has a name that we need.
var ErrForeign = errors.New("made by somebody else")

func isMarked(kind, name, comment string) error {
	if strings.Contains(comment, mark) {
		return nil
	}
	return fmt.Errorf("the %s %s is %w and stays as it is: rename it, or give our schemas another prefix in the address (.../catalog/prefix)", kind, name, ErrForeign)
}

// comments reads the comments of the tables and views of one of our schemas.
func (c *cluster) comments(ctx context.Context, schema string) (map[string]string, error) {
	all := map[string]string{}
	return all, c.each(ctx, fmt.Sprintf("select table_name, coalesce(comment, '') from system.metadata.table_comments where catalog_name = %s and schema_name = %s",
		quoteText(c.catalog), quoteText(c.prefix+schema)), func(rows *sql.Rows) error {
		var name, comment string
		err := rows.Scan(&name, &comment)
		all[name] = comment
		return err
	})
}
