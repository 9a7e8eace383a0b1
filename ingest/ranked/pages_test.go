package ranked

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/ingest"
)

// pageOf is a page of a description, captured or live, as the journal has it.
func pageOf(d *Description, address, mediaType string, raw []byte) ingest.Page {
	return ingest.Page{
		Source: "ranked@" + d.Name + "/ranking/" + d.Name, Decoder: d.Decoder(), Document: "ranked@" + d.Name + "/ranking/" + d.Name + "/2026-11-24T10:00:00Z",
		URL: address, Platform: d.Platform, FetchedAt: time.Date(2026, 11, 24, 10, 0, 5, 0, time.UTC), Status: 200, MediaType: mediaType, Raw: raw,
	}
}

// capture is the address of an archived page.
const capture = "https://web.archive.org/web/20120131093000id_/http://example.org/"

var update = flag.Bool("update", false, "write the wanted rows in testdata again")

// TestShippedDescriptions reads a composed page of each kind and layout, testdata/<name>[.<layout>].page, with the rows that
// it must give in the .txt beside it.
func TestShippedDescriptions(t *testing.T) {
	covered := map[string]bool{}
	files, err := filepath.Glob("testdata/*.page")
	if err != nil || len(files) == 0 {
		t.Fatal("no pages", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			name, _, _ := strings.Cut(filepath.Base(file), ".")
			d := Shipped()[name]
			if d == nil {
				t.Fatalf("no description %s", name)
			}
			covered[name] = true
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			address := capture
			if d.Captured == "" {
				address = "https://example.org/list"
			}
			c := *d
			c.Least = min(2, d.Least) // the composed pages are short
			reply, err := c.Read(pageOf(&c, address, "text/html; charset=utf-8", raw))
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(strings.TrimSuffix(file, ".page")+".txt", []byte(listing(reply.Rows)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".page") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), listing(reply.Rows)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	for name := range Shipped() {
		if !covered[name] {
			t.Errorf("no page of testdata shows that the description %s works", name)
		}
	}
}

// listing writes rows as lines.
func listing(rows ingest.Rows) string {
	var b strings.Builder
	names := map[string]ingest.Account{}
	for _, a := range rows.Accounts {
		names[a.NativeID] = a
	}
	for _, r := range rows.Rankings {
		a := names[r.NativeID]
		fmt.Fprintf(&b, "%d %s (%s, %s): %s %.0f %s step %.0f, %s\n", r.Rank, r.NativeID, a.Handle, a.DisplayName, r.Kind, r.Value, r.Mode, r.Step, r.From.Format(time.DateOnly))
	}
	for _, s := range rows.Snapshots {
		fmt.Fprintf(&b, "%s %s %.0f\n", s.NativeID, s.Kind, s.Value)
	}
	for _, r := range rows.Quarantine {
		fmt.Fprintf(&b, "quarantine: %s: %s\n", r.Text, r.Reason)
	}
	return b.String()
}
