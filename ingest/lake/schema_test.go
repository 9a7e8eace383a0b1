package lake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/ingest"
)

func TestValuesAndNulls(t *testing.T) {
	dir := t.TempDir()
	j := openJournal(t, filepath.Join(dir, "journal"))
	land(t, j, "d", "x")
	day := func(text string) time.Time { d, _ := time.Parse(time.DateOnly, text); return d }
	reading, _ := ingest.CensoredReading(ingest.Followers, 1e6, 1e4, ingest.BasisStated)
	rows := ingest.Rows{Snapshots: []ingest.Snapshot{{
		Platform: "twitter", NativeID: "姚晨", Reading: reading,
		Dating:   ingest.Dating{From: day("1969-12-30"), To: day("2011-02-28"), Precision: "month", ObservedAt: time.Date(2011, 2, 28, 3, 4, 5, 6000, time.UTC)},
		Evidence: ingest.Evidence{Note: "=1+1\n<b>\u202e"},
	}}}
	lk := openLake(t, filepath.Join(dir, "lake"))
	if _, err := lk.Write(t.Context(), j, map[string]ingest.Decoder{"test/v1": func(ingest.Page) (ingest.Rows, error) { return rows, nil }}); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{
		"platform": "twitter", "account_no": uint32(0), "native_id": "姚晨",
		"kind": "followers", "value": 1e6, "step": 1e4, "mode": "censored_right", "step_basis": "stated", "lo": 1e6, "hi": nil,
		"effective_from": "1969-12-30", "effective_to": "2011-02-28", "precision": "month", "published_on": nil, "published_basis": nil,
		"observed_at": "2011-02-28 03:04:05.000006", "source_url": nil, "source_title": nil, "note": "=1+1\n<b>\u202e",
		"source": "test", "document": "d", "page": "000000000001", "ingested_at": "2026-01-09 01:02:03.000004",
	}}
	if diff := cmp.Diff(want, rowsOf(t, lk, "snapshots")); diff != "" {
		t.Errorf("snapshots (-want +got):\n%s", diff)
	}
	// The account was named by the figure only: it has a row all the same.
	if accounts := rowsOf(t, lk, "accounts"); len(accounts) != 1 || accounts[0]["native_id"] != "姚晨" || accounts[0]["handle"] != nil {
		t.Errorf("accounts %v, want one with nothing but its id", accounts)
	}
	if got := lk.Files()[0].Path; !strings.Contains(got, "/platform=twitter/day=2026-01-09/part-") {
		t.Errorf("path %s", got)
	}
}

// TestColumns is the contract with the readers of the lake.
func TestColumns(t *testing.T) {
	const reading = "kind varchar, value double, step double, mode varchar, step_basis varchar, lo double, hi double"
	const dating = "effective_from date, effective_to date, precision varchar, published_on date, published_basis varchar, observed_at timestamp with time zone"
	const evidence = "source_url varchar, source_title varchar, note varchar"
	const common = "source varchar, document varchar, page varchar, ingested_at timestamp with time zone"
	want := map[string]string{
		"platforms":        "name varchar, name_zh varchar, family varchar, launched_from date, launched_to date, closed_from date, closed_to date, " + evidence,
		"metrics":          "kind varchar, unit varchar, name varchar, name_zh varchar, definition varchar, measure varchar, compared_as varchar, definition_url varchar",
		"accounts":         "account_no uinteger, native_id varchar, handle varchar, display_name varchar, category varchar",
		"snapshots":        "account_no uinteger, native_id varchar, " + reading + ", " + dating + ", " + evidence,
		"rankings":         "list varchar, rank integer, account_no uinteger, native_id varchar, " + reading + ", " + dating + ", " + evidence,
		"platform_metrics": reading + ", unit varchar, derived boolean, " + dating + ", " + evidence,
		"events":           "kind varchar, status varchar, parties varchar, title varchar, " + dating + ", " + evidence,
		"forecasts":        "forecaster varchar, made_on date, kind varchar, challenger varchar, leader varchar, window_from date, window_to date, statement varchar, " + evidence,
		"sources":          "url varchar, title varchar, trust varchar, note varchar, licence varchar",
		"lists":            "list varchar, account_no uinteger, native_id varchar, direction varchar, strategy varchar, verdict varchar, collected bigint, stated bigint, frame bigint, probability double, seed varchar, basis varchar, started_at timestamp with time zone, ended_at timestamp with time zone, reason varchar",
		"memberships":      "list varchar, account_no uinteger, native_id varchar, follower_key varchar, checked bigint, follows bigint",
		"posts":            "account_no uinteger, native_id varchar, post_id varchar, posted_at timestamp with time zone, " + reading + ", " + dating + ", " + evidence,
		"account_status":   "account_no uinteger, native_id varchar, status varchar, handle varchar, seen_at timestamp with time zone, reason varchar",
		"attempts":         "url varchar, status integer, media_type varchar, bytes bigint, took_ms double, error varchar, fetched_at timestamp with time zone, decoder varchar, replaces boolean",
		"quarantine":       "line integer, byte_offset bigint, text varchar, reason varchar",
	}
	for _, d := range Datasets() {
		var columns []string
		for _, c := range d.Columns {
			columns = append(columns, c.Name+" "+c.Type)
			if c.Comment == "" || (c.Type == double || c.Type == bigint) && c.Unit == "" {
				t.Errorf("%s.%s has no comment or no unit", d.Name, c.Name)
			}
		}
		if diff := cmp.Diff(want[d.Name]+", "+common, strings.Join(columns, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", d.Name, diff)
		}
		if d.Comment == "" {
			t.Errorf("%s has no comment", d.Name)
		}
		delete(want, d.Name)
	}
	if len(want) > 0 {
		t.Errorf("datasets missing: %v", want)
	}
}

// TestFilesCarryUnitsAndComments reads the metadata back from a file.
func TestFilesCarryUnitsAndComments(t *testing.T) {
	dir := t.TempDir()
	lk := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, someJournal(t, filepath.Join(dir, "journal")))
	for _, d := range Datasets() {
		i := slices.IndexFunc(lk.Files(), func(f File) bool { return f.Dataset == d.Name })
		if i < 0 {
			continue
		}
		r, err := file.OpenParquetFile(lk.path(lk.Files()[i].Path), false)
		if err != nil {
			t.Fatal(err)
		}
		fr, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		schema, err := fr.Schema()
		if err != nil {
			t.Fatal(err)
		}
		for k, c := range d.Columns {
			meta := schema.Field(k).Metadata
			comment, _ := meta.GetValue("comment")
			unit, _ := meta.GetValue("unit")
			if schema.Field(k).Name != c.Name || comment != c.Comment || unit != c.Unit || schema.Field(k).Nullable != c.Nullable {
				t.Errorf("%s column %d is %v with %v, want %+v", d.Name, k, schema.Field(k), meta, c)
			}
		}
		r.Close()
	}
}

func TestManifestsAreReadableJSON(t *testing.T) {
	dir := t.TempDir()
	lk := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, someJournal(t, filepath.Join(dir, "journal")))
	text, err := os.ReadFile(lk.path("_commits/000001.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Files []struct {
			Dataset, Path, SHA256 string
			Rows, Bytes           int64
		}
	}
	if err := json.Unmarshal(text, &m); err != nil || len(m.Files) == 0 {
		t.Fatalf("%v: %s", err, text)
	}
	for _, f := range m.Files {
		if info, err := os.Stat(lk.path(f.Path)); err != nil || info.Size() != f.Bytes || f.Rows == 0 || len(f.SHA256) != 64 {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
