package journal

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/bluesky/blueskytest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/fetch"
	"github.com/overtake-analytics/overtake/ingest/internal/durabletest"
)

// TestCollectingThroughPowerCuts stops the disk at each operation of a collecting run and takes back what was not synced.
// After the next run the journal holds the rows of an undisturbed one, none lost and none twice.
func TestCollectingThroughPowerCuts(t *testing.T) {
	srv := httptest.NewServer(&blueskytest.Network{Hosts: []int64{3}, Accounts: map[string]*blueskytest.Account{
		blueskytest.DID(1): {Handle: "one.example", Followers: blueskytest.Crowd(100, 250), Posts: 3},
		blueskytest.DID(2): {Handle: "two.example", Gone: "AccountDeactivated"},
	}})
	defer srv.Close()
	whole := durabletest.Dir(t)
	if err := collectFrom(t, srv.URL, whole, &durabletest.FS{}); err != nil {
		t.Fatal(err)
	}
	want := collectedRows(t, whole)
	if len(want) < 250 {
		t.Fatalf("an undisturbed run brings %d rows", len(want))
	}
	cuts := 0
	for failAt := 1; ; failAt += 2 {
		dir := durabletest.Dir(t)
		disk := &durabletest.FS{FailAt: failAt, Forever: true}
		err := collectFrom(t, srv.URL, dir, disk)
		if disk.Failed() == "" {
			break
		}
		if err == nil {
			t.Fatalf("%s failed and nobody noticed", disk.Failed())
		}
		if err := disk.PowerCut(rand.New(rand.NewPCG(1, uint64(failAt)))); err != nil {
			t.Fatal(err)
		}
		if err := collectFrom(t, srv.URL, dir, &durabletest.FS{}); err != nil {
			t.Fatalf("after a power cut at %q: %v", disk.Failed(), err)
		}
		if got := collectedRows(t, dir); !maps.Equal(got, want) {
			t.Errorf("after a power cut at %q: %d different rows, want %d", disk.Failed(), len(got), len(want))
		}
		cuts++
	}
	if cuts < 10 {
		t.Errorf("only %d cuts", cuts)
	}
}

// collectFrom makes one run into the journal in dir.
func collectFrom(t *testing.T, base, dir string, disk *durabletest.FS) error {
	t.Helper()
	j, err := Options{SegmentBytes: 6000}.open(dir, disk)
	if err != nil {
		return err
	}
	defer j.Close()
	u, _ := url.Parse(base)
	client, err := fetch.New(fetch.Options{UserAgent: "overtake-test/1 (+mailto:test@example.org)", AllowPrivate: true, Tries: 1,
		Hosts: map[string]fetch.HostLimit{u.Host: {Requests: 1e6, Per: time.Second}}})
	if err != nil {
		t.Fatal(err)
	}
	c := &crawl.Crawler{Site: bluesky.Site{AppView: base, Relay: base}, Fetch: client, Sink: j,
		Orders: crawl.Orders{Accounts: []string{"one.example", blueskytest.DID(2)},
			Collect: []crawl.What{crawl.Profiles, crawl.Followers, crawl.Posts, crawl.Figures}},
		Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
		Kept: func(ctx context.Context, _ time.Time) iter.Seq2[ingest.Page, error] {
			return func(yield func(ingest.Page, error) bool) {
				for rec, err := range j.Records(ctx, 0) {
					if !yield(rec.Page, err) {
						return
					}
				}
			}
		}}
	s, err := c.Run(t.Context())
	if err == nil && len(s.Missing) > 0 {
		err = fmt.Errorf("%+v", s.Missing)
	}
	return err
}

// collectedRows counts what the journal's pages say, but for lists in progress.
func collectedRows(t *testing.T, dir string) map[string]int {
	t.Helper()
	j, err := Options{ReadOnly: true}.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	decoders := crawl.Decoders()
	maps.Copy(decoders, bluesky.Decoders())
	rows := map[string]int{}
	for rec, err := range j.Records(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Page.Err != "" {
			continue
		}
		r, err := decoders[rec.Page.Decoder](rec.Page)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range r.Follows {
			rows[fmt.Sprint(x)]++
		}
		for _, x := range r.Snapshots {
			rows[fmt.Sprint(x)]++
		}
		for _, x := range r.Posts {
			rows[fmt.Sprint(x)]++
		}
		for _, x := range r.PlatformMetrics {
			rows[fmt.Sprint(x)]++
		}
		for _, x := range r.Lists {
			if x.Verdict != ingest.VerdictError {
				rows[fmt.Sprint(x)]++
			}
		}
	}
	return rows
}
