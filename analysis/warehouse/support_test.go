package warehouse_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	_ "github.com/marcboeker/go-duckdb/v2" // writes Parquet files for tests

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
	"github.com/overtake-analytics/overtake/data"
)

// history is the shipped history with the last rows of one file left out.
func history(file string, without int) (fstest.MapFS, error) {
	names, err := data.History.ReadDir("history")
	if err != nil {
		return nil, err
	}
	out := fstest.MapFS{}
	for _, n := range names {
		text, err := data.History.ReadFile("history/" + n.Name())
		if err != nil {
			return nil, err
		}
		if n.Name() == file {
			lines := bytes.SplitAfter(text, []byte("\n"))
			text = bytes.Join(lines[:len(lines)-1-without], nil)
		}
		out["history/"+n.Name()] = &fstest.MapFile{Data: text}
	}
	return out, nil
}

// A folder is a working folder of a test.
type folder struct {
	testing.TB
	dir string
}

// newFolder has the shipped history in its journal and lake, and nothing published.
func newFolder(t testing.TB) folder { return copyOf(t, "collected") }

// publishedFolder has it published too.
func publishedFolder(t testing.TB) folder { return copyOf(t, "published") }

// olderFolder has the history without its last 20 events, published.
func olderFolder(t testing.TB) folder { return copyOf(t, "older") }

// changedFolder is the older one with the newest history in its journal and lake, not yet published.
func changedFolder(t testing.TB) folder { return copyOf(t, "changed") }

// published is the shipped history, published and open for reading: one for all tests.
func published(t testing.TB) *warehouse.DB {
	t.Helper()
	db, err := openPublished()
	if err != nil {
		t.Fatal(err)
	}
	return db
}

var openPublished = sync.OnceValues(func() (*warehouse.DB, error) {
	return warehouse.Open(context.Background(), filepath.Join(prototypes, "published", "overtake.duckdb"))
})

// prototypes are the folders that tests begin with, made once by TestMain.
var prototypes string

func copyOf(t testing.TB, prototype string) folder {
	t.Helper()
	f := folder{t, filepath.Join(t.TempDir(), "folder")}
	if err := os.CopyFS(f.dir, os.DirFS(filepath.Join(prototypes, prototype))); err != nil {
		t.Fatal(err)
	}
	return f
}

func makePrototypes() error {
	older, err := history("events.csv", 20)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for _, p := range []struct {
		name    string
		fsys    fs.FS
		publish bool
	}{{"collected", data.History, false}, {"published", data.History, true}, {"older", older, true}} {
		dir := filepath.Join(prototypes, p.name)
		if err := warehousetest.Collect(ctx, dir, p.fsys); err != nil {
			return err
		}
		if !p.publish {
			continue
		}
		f := folder{nil, dir}
		d, _, err := attempt(ctx, f.options())
		if err != nil {
			return err
		}
		if err := d.Discard(); err != nil {
			return err
		}
	}
	changed := filepath.Join(prototypes, "changed")
	if err := os.CopyFS(changed, os.DirFS(filepath.Join(prototypes, "older"))); err != nil {
		return err
	}
	return warehousetest.Collect(ctx, changed, data.History)
}

func TestMain(m *testing.M) {
	if child := os.Getenv("OVERTAKE_TEST_CHILD"); child != "" {
		os.Exit(runChild(child))
	}
	os.Exit(func() int {
		var err error
		if prototypes, err = os.MkdirTemp("", "overtake-warehouse-test-*"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(prototypes)
		if err := makePrototypes(); err != nil {
			panic(err)
		}
		return m.Run()
	}())
}

func (f folder) path() string { return filepath.Join(f.dir, "overtake.duckdb") }
func (f folder) lake() string { return filepath.Join(f.dir, "lake") }

func (f folder) options() warehouse.Options {
	return warehouse.Options{Path: f.path(), Lake: f.lake(), Version: "test"}
}

// collect takes what is new in fsys into journal and lake.
func (f folder) collect(fsys fs.FS) {
	f.Helper()
	if err := warehousetest.Collect(f.Context(), f.dir, fsys); err != nil {
		f.Fatal(err)
	}
}

// run makes and publishes the warehouse with the given jobs.
func (f folder) run(jobs ...analysis.Job) (*warehouse.Draft, warehouse.LoadStats) {
	f.Helper()
	d, stats, err := attempt(f.Context(), f.options(), jobs...)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { d.Discard() })
	return d, stats
}

// attempt runs all steps of a draft and stops at the first error.
func attempt(ctx context.Context, opt warehouse.Options, jobs ...analysis.Job) (*warehouse.Draft, warehouse.LoadStats, error) {
	d, err := warehouse.Begin(ctx, opt)
	if err != nil {
		return nil, warehouse.LoadStats{}, err
	}
	stats, err := d.Load(ctx)
	if err == nil {
		err = d.BuildModels(ctx)
	}
	if err == nil && len(jobs) > 0 {
		err = d.RunJobs(ctx, jobs, analysis.Env{})
	}
	if err == nil {
		_, err = d.Check(ctx)
	}
	if err == nil {
		err = d.Publish(ctx)
	}
	if err != nil {
		d.Discard()
		return nil, stats, err
	}
	return d, stats, nil
}

// open opens the published warehouse.
func (f folder) open() *warehouse.DB {
	f.Helper()
	db, err := warehouse.Open(f.Context(), f.path())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	return db
}

// ask gives the answer of a query as CSV without its header.
func ask(t testing.TB, q analysis.Querier, query string) string {
	t.Helper()
	var b strings.Builder
	if err := warehouse.Export(t.Context(), q, query, warehouse.CSVFormat, &b); err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	_, rows, _ := strings.Cut(b.String(), "\n")
	return strings.TrimSuffix(rows, "\n")
}

// figures is a checksum of every mart and result by name, but for what tells of times and records of the journal.
func figures(t testing.TB, q analysis.Querier) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range strings.Fields(ask(t, q, `select schema_name || '.' || table_name from duckdb_tables()
		where schema_name in ('marts', 'results') and table_name <> 'attempts' order by 1`)) {
		sum := sha256.Sum256([]byte(ask(t, q, "select * from "+name)))
		out[name] = hex.EncodeToString(sum[:8])
	}
	return out
}

// left lists what stands in the folder beside journal, lake and the published file.
func (f folder) left() []string {
	f.Helper()
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		f.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if n := e.Name(); n != "journal" && n != "lake" && n != "overtake.duckdb" {
			names = append(names, n)
		}
	}
	return names
}

// sum is the checksum of a file.
func sum(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

var parquetWriter = sync.OnceValues(func() (*sql.DB, error) { return sql.Open("duckdb", "") })

// A parquet is a file for addCommit: its rows are those of a query.
type parquet struct{ dataset, platform, query string }

// addDays adds commits of one day each: a page that adds to the others, with the followers of 100 accounts.
func addDays(t testing.TB, lake string, from, days int) {
	t.Helper()
	for day := from; day < from+days; day++ {
		page := fmt.Sprintf("'history' as source, 'feed' as document, 'd%04d' as page, timestamptz '2026-01-10 08:00:00+08' as ingested_at", day)
		addCommit(t, lake, parquet{"attempts", "all", "select false as replaces, " + page},
			parquet{"snapshots", "twitter", fmt.Sprintf(`select cast(i %% 40 as bigint) as account_no, 'a' || i as native_id, 'followers' as kind,
				1e6 + i * 1e4 + %[1]d * 1e2 as value, 1.0 as step, 'exact' as mode, 'exact' as step_basis, value as lo, value as hi,
				date '2020-01-01' + %[1]d as effective_from, effective_from as effective_to, 'day' as "precision", effective_from as published_on,
				'url' as published_basis, 'https://x/' || i as source_url, %[2]s from range(100) r(i)`, day, page)})
	}
}

// addCommit adds files to a lake, with a manifest of just what the warehouse reads.
func addCommit(t testing.TB, lake string, files ...parquet) {
	t.Helper()
	db, err := parquetWriter()
	if err != nil {
		t.Fatal(err)
	}
	commits, err := filepath.Glob(filepath.Join(lake, "_commits", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []map[string]any
	for i, p := range files {
		rel := fmt.Sprintf("%s/platform=%s/day=2026-01-10/part-%d-%d.parquet", p.dataset, p.platform, len(commits), i)
		name := filepath.Join(lake, rel)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		res, err := db.Exec(fmt.Sprintf("copy (%s) to '%s'", p.query, name))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := res.RowsAffected()
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, map[string]any{"dataset": p.dataset, "path": rel, "rows": rows, "bytes": info.Size(), "sha256": sum(t, name)})
	}
	text, err := json.Marshal(map[string]any{"files": listed})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(lake, "_commits"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lake, "_commits", fmt.Sprintf("%06d.json", len(commits)+1)), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// scratch is an empty DuckDB that may read files.
func scratch(t *testing.T) (release func() error, q analysis.Querier) {
	t.Helper()
	db, err := warehouse.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	return db.Close, db
}
