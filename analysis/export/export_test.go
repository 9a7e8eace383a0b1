package export_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/export"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

func options(dir string, formats ...string) export.Options {
	return export.Options{Dir: dir, Formats: formats, Tables: []string{"marts.platforms"}, Title: "T", Author: "A", Licence: "CC-BY-4.0", AsOf: "2026-01-08", Version: "v1.2.3-dev"}
}

func written(t *testing.T, q analysis.Querier, o export.Options) export.Report {
	t.Helper()
	r, err := export.Write(t.Context(), q, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func records(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnExportReplacesAnExportOnly(t *testing.T) {
	t.Parallel()
	q := warehousetest.Shipped(t)
	parent := t.TempDir()
	dir := filepath.Join(parent, "below", "out")
	written(t, q, options(dir, "csv", "json"))
	want := []string{"CITATION.cff", "croissant.json", "datapackage.json", "marts.platforms.csv", "marts.platforms.json"}
	if d := cmp.Diff(want, names(t, dir)); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	written(t, q, options(dir, "parquet"))
	want = []string{"CITATION.cff", "croissant.json", "datapackage.json", "marts.platforms.parquet"}
	if d := cmp.Diff(want, names(t, dir)); d != "" {
		t.Errorf("files of the next export (-want +got):\n%s", d)
	}
	mine := filepath.Join(parent, "mine")
	if err := os.MkdirAll(mine, 0o755); err != nil {
		t.Fatal(err)
	}
	written(t, q, options(mine, "csv")) // an empty folder is fine
	if err := os.WriteFile(filepath.Join(mine, "datapackage.json"), []byte(`{"name": "another"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Write(t.Context(), q, options(mine, "csv")); err == nil || !strings.Contains(err.Error(), "no earlier export") {
		t.Errorf("somebody else's data package: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := export.Write(ctx, q, options(dir, "csv")); err == nil {
		t.Error("an export that was stopped says that it is done")
	}
	if got := names(t, filepath.Join(parent, "below")); !slices.Equal(got, []string{"out"}) {
		t.Errorf("left over: %v", got)
	}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("after an export that failed: %v", got)
	}
}

func TestWhatCannotBeExported(t *testing.T) {
	t.Parallel()
	q := warehousetest.Shipped(t)
	for want, change := range map[string]func(*export.Options){
		`no table is called "marts.nothing"`: func(o *export.Options) { o.Tables = []string{"marts.*", "marts.nothing"} },
		"is no pattern":                      func(o *export.Options) { o.Tables = []string{"marts.["} },
		"as they came from strangers":        func(o *export.Options) { o.Tables = []string{"marts.quarantine"} },
		`no format is called "xml"`:          func(o *export.Options) { o.Formats = []string{"xml"} },
		"want 16 or more":                    func(o *export.Options) { o.Key = []byte("short") },
	} {
		o := options(filepath.Join(t.TempDir(), "out"), "csv")
		change(&o)
		if _, err := export.Write(t.Context(), q, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if _, err := os.Stat(o.Dir); err == nil {
			t.Errorf("%s: a folder is left", want)
		}
	}
	o := options(filepath.Join(t.TempDir(), "out"), "csv")
	o.Tables = []string{"*.*"}
	written(t, q, o)
	for _, name := range names(t, o.Dir) {
		if strings.Contains(name, "quarantine") || strings.Contains(name, "attempts") || strings.Contains(name, "journal") || strings.Contains(name, "lake.memberships") {
			t.Errorf("%s was exported", name)
		}
	}
}

// withFollowers is the shipped warehouse in which marts.memberships has followers: people who are nobody's business.
type withFollowers struct{ analysis.Querier }

const memberships = `(select 'mastodon' as platform, 'list/1' as list, x.follower as follower_key, cast(x.n as uinteger) as follower_no
	from (values ('did:plc:alice', 1), ('did:plc:bob', 2), (null, 3), ('=cmd', 4)) x(follower, n))`

func (w withFollowers) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query = strings.ReplaceAll(query, `"marts"."memberships"`, memberships)
	query = strings.ReplaceAll(query, "duckdb_tables()", `(select 'overtake' as database_name, 'marts' as schema_name, 'memberships' as table_name, 'Who follows whom.' as comment)`)
	query = strings.ReplaceAll(query, "duckdb_columns()", `(select 'overtake' as database_name, 'marts' as schema_name, 'memberships' as table_name, c.name as column_name, c.type as data_type,
		'' as comment, c.i as column_index from (values ('platform', 'VARCHAR', 1), ('list', 'VARCHAR', 2), ('follower_key', 'VARCHAR', 3), ('follower_no', 'UINTEGER', 4)) c(name, type, i))`)
	return w.Querier.QueryContext(ctx, query, args...)
}

func TestFollowersArePseudonyms(t *testing.T) {
	t.Parallel()
	q := withFollowers{warehousetest.Shipped(t)}
	key := []byte("0123456789abcdef0123")
	o := options(filepath.Join(t.TempDir(), "out"), export.Formats()...)
	o.Tables, o.Key = []string{"marts.memberships"}, key
	r := written(t, q, o)
	if !r.Masked || !r.Kept || r.Rows != 4 {
		t.Errorf("the report is %+v", r)
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte("did:plc:alice"))
	alice := hex.EncodeToString(h.Sum(nil)[:16])
	rows := records(t, filepath.Join(o.Dir, "marts.memberships.csv"))
	found := false
	for _, row := range rows[1:] {
		found = found || row[2] == alice
		if row[2] != "" && len(row[2]) != 32 || len(row[3]) != 32 {
			t.Errorf("a row is %q", row)
		}
	}
	if !found {
		t.Errorf("no row has the pseudonym %s: %q", alice, rows)
	}
	for _, name := range names(t, o.Dir) {
		data, err := os.ReadFile(filepath.Join(o.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "did:plc") || strings.Contains(string(data), string(key)) {
			t.Errorf("%s tells who follows, or the key", name)
		}
	}
	db, err := warehouse.Open(t.Context(), filepath.Join(o.Dir, "overtake.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got := ""
	err = warehouse.EachRow(t.Context(), db, "select follower_key from marts.memberships where follower_key = '"+alice+"'", nil,
		func([]warehouse.Column) error { return nil }, func(row []any) error { got = row[0].(string); return nil })
	if err != nil || got != alice {
		t.Errorf("the DuckDB file has %q, %v", got, err)
	}

	// Without a key: one that nobody has, so that two exports cannot be joined.
	o.Key, o.Formats = nil, []string{"csv"}
	if r := written(t, q, o); r.Kept {
		t.Errorf("without a key the report is %+v", r)
	}
	first := records(t, filepath.Join(o.Dir, "marts.memberships.csv"))
	written(t, q, o)
	if second := records(t, filepath.Join(o.Dir, "marts.memberships.csv")); cmp.Equal(first, second) || cmp.Equal(first, rows) {
		t.Error("two exports without a key can be joined")
	}
}

func TestTheDescriptionsSayWhatIsThere(t *testing.T) {
	t.Parallel()
	o := options(filepath.Join(t.TempDir(), "out"), "csv")
	o.Title = `A "title": with # signs`
	written(t, warehousetest.Shipped(t), o)
	var p struct {
		Version   string
		Resources []struct {
			Path, Hash string
			Bytes      int64
			Rowcount   int64
			Schema     struct {
				Fields []struct{ Name, Type, Description string }
			}
		}
		Sources  []struct{ Path string }
		Licenses []struct{ Name string }
	}
	data, err := os.ReadFile(filepath.Join(o.Dir, "datapackage.json"))
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(o.Dir, p.Resources[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	if r := p.Resources[0]; r.Bytes != int64(len(body)) || r.Hash != "sha256:"+hex.EncodeToString(sum[:]) || r.Rowcount != 8 {
		t.Errorf("the file of %d bytes is described as %+v", len(body), r)
	}
	head := records(t, filepath.Join(o.Dir, "marts.platforms.csv"))[0]
	for i, f := range p.Resources[0].Schema.Fields {
		if f.Name != head[i] || f.Type == "" || f.Description == "" {
			t.Errorf("column %d is %s, described as %+v", i, head[i], f)
		}
	}
	if len(p.Sources) < 100 || p.Version != "1.2.3" || p.Licenses[0].Name != "CC-BY-4.0" {
		t.Errorf("%d sources, version %q, licences %v", len(p.Sources), p.Version, p.Licenses)
	}
	cff, err := os.ReadFile(filepath.Join(o.Dir, "CITATION.cff"))
	if err != nil || !strings.Contains(string(cff), `title: "A \"title\": with # signs"`) || !strings.Contains(string(cff), `date-released: "2026-01-08"`) {
		t.Errorf("the citation is\n%s%v", cff, err)
	}
}
