package warehousetest

import (
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/data"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/files"
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// Pages in any order, and some of them twice, give the same figures. Account numbers follow the order, so that they are
// left out of the comparison.
func TestOrderAndRepeatsOfPagesChangeNoFigure(t *testing.T) {
	var pages []ingest.Page
	for page, err := range files.History(data.History).Pages(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	want := figures(t, Shipped(t))
	draws := 0
	rapid.Check(t, func(r *rapid.T) {
		order := rapid.Permutation(pages).Draw(r, "order")
		again := order[:rapid.IntRange(0, len(order)).Draw(r, "again")]
		if draws++; draws > 3 { // each draw builds a warehouse
			return
		}
		got := figures(t, ordered(t, append(append([]ingest.Page(nil), order...), again...)))
		for i, table := range fingerprints {
			if got[i] != want[i] {
				r.Fatalf("figures differ: %s", table)
			}
		}
	})
}

// fingerprints count the rows of each mart and mix them into one number that does not depend on their order.
var fingerprints = []string{
	`select count(*) || ' ' || bit_xor(hash(platform, metric, value, step, mode, lo, hi, effective_from, effective_to, published_on, source_url)) from marts.platform_readings`,
	`select count(*) || ' ' || bit_xor(hash(platform, account_id, metric, value, step, mode, lo, hi, effective_from, effective_to, published_on, source_url)) from marts.account_readings`,
	`select count(*) || ' ' || bit_xor(hash(platform, list, rank, account_id, followers, listed_to, published_on, source_url)) from marts.list_entries`,
	`select count(*) || ' ' || bit_xor(hash(e)) from marts.events e`,
	`select count(*) || ' ' || bit_xor(hash(c)) from marts.coverage c`,
	`select count(*) || ' ' || bit_xor(hash(f)) from marts.published_forecasts f`,
}

func figures(t *testing.T, q analysis.Querier) []string {
	t.Helper()
	var all []string
	for _, query := range fingerprints {
		rows, err := q.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// ordered builds a warehouse of the pages as they come.
func ordered(t *testing.T, pages []ingest.Page) *warehouse.DB {
	t.Helper()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	j, err := journal.Open(filepath.Join(dir, "journal"))
	must(err)
	defer j.Close()
	for _, page := range pages {
		must(j.Land(t.Context(), page))
	}
	lk, err := lake.Open(filepath.Join(dir, "lake"))
	must(err)
	_, err = lk.Write(t.Context(), j, files.Decoders())
	must(err)
	path := filepath.Join(dir, "overtake.duckdb")
	d, err := warehouse.Begin(t.Context(), warehouse.Options{Path: path, Lake: filepath.Join(dir, "lake"), Version: "test"})
	must(err)
	defer d.Discard()
	_, err = d.Load(t.Context())
	must(err)
	must(d.BuildModels(t.Context()))
	must(d.Publish(t.Context()))
	db, err := warehouse.Open(t.Context(), path)
	must(err)
	t.Cleanup(func() { db.Close() })
	return db
}
