package bluesky_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/bluesky/blueskytest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// A desk collects from a network on loopback into a journal of its own.
type desk struct {
	*testing.T
	net    *blueskytest.Network
	url    string
	j      *journal.Journal
	orders crawl.Orders
	budget *crawl.Budget
	now    time.Time
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newDesk(t *testing.T, net *blueskytest.Network, orders crawl.Orders) *desk {
	t.Helper()
	srv := httptest.NewServer(net)
	t.Cleanup(srv.Close)
	j, err := journal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return &desk{T: t, net: net, url: srv.URL, j: j, orders: orders, now: noon}
}

func (d *desk) crawler() *crawl.Crawler {
	c := crawlerOf(d.url, d.j, d.orders)
	c.Budget, c.Now = d.budget, func() time.Time { return d.now }
	return c
}

func (d *desk) run() crawl.Summary {
	d.Helper()
	s, err := d.crawler().Run(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	return s
}

// rows decodes the whole journal as the lake does.
func (d *desk) rows() (all ingest.Rows) {
	d.Helper()
	decoders := crawl.Decoders()
	maps.Copy(decoders, bluesky.Decoders())
	for rec, err := range d.j.Records(d.Context(), 0) {
		if err != nil {
			d.Fatal(err)
		}
		if rec.Page.Err != "" {
			continue
		}
		r, err := decoders[rec.Page.Decoder](rec.Page)
		if err != nil {
			d.Fatalf("%s: %v", rec.Page.Document, err)
		}
		all.Accounts = append(all.Accounts, r.Accounts...)
		all.Snapshots = append(all.Snapshots, r.Snapshots...)
		all.AccountStatuses = append(all.AccountStatuses, r.AccountStatuses...)
		all.Follows = append(all.Follows, r.Follows...)
		all.Lists = append(all.Lists, r.Lists...)
		all.Memberships = append(all.Memberships, r.Memberships...)
		all.Posts = append(all.Posts, r.Posts...)
		all.PlatformMetrics = append(all.PlatformMetrics, r.PlatformMetrics...)
		all.Quarantine = append(all.Quarantine, r.Quarantine...)
	}
	return all
}

func network() *blueskytest.Network {
	return &blueskytest.Network{Hosts: []int64{700, 42}, Accounts: map[string]*blueskytest.Account{
		blueskytest.DID(1): {Handle: "one.example", Followers: blueskytest.Crowd(1000, 1234), Posts: 130},
		blueskytest.DID(2): {Handle: "two.example", Followers: blueskytest.Crowd(1600, 1000), Posts: 3},
		blueskytest.DID(3): {Handle: "three.example", Gone: "AccountTakedown"},
	}}
}

func everything() crawl.Orders {
	return crawl.Orders{Accounts: []string{"one.example", blueskytest.DID(2), blueskytest.DID(3), blueskytest.DID(4)},
		Collect: []crawl.What{crawl.Profiles, crawl.Followers, crawl.Posts, crawl.Figures}, Posts: 120, Seed: 7}
}

func followersOf(rows ingest.Rows, account string) []string {
	set := map[string]bool{}
	for _, f := range rows.Follows {
		if f.Account == account {
			set[f.Follower] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func TestCollectsWhatTheNetworkHolds(t *testing.T) {
	d := newDesk(t, network(), everything())
	s := d.run()
	if len(s.Missing) > 0 || s.Verdicts["complete"] != 2 || s.Verdicts["hidden"] != 2 {
		t.Errorf("summary %+v, want two complete and two hidden lists and nothing missing", s)
	}
	rows := d.rows()
	for _, n := range []int{1, 2} {
		did := blueskytest.DID(n)
		if got, want := followersOf(rows, did), d.net.Accounts[did].Followers; !slices.Equal(got, want) {
			t.Errorf("%d followers of account %d, want %d", len(got), n, len(want))
		}
	}
	status := map[string]string{}
	for _, a := range rows.AccountStatuses {
		status[a.NativeID] = a.Status
	}
	for n, want := range map[int]string{1: "active", 2: "active", 3: "suspended", 4: "not_found"} {
		if got := status[blueskytest.DID(n)]; got != want {
			t.Errorf("account %d is %q, want %q", n, got, want)
		}
	}
	if len(rows.PlatformMetrics) != 1 || rows.PlatformMetrics[0].Value != 742 {
		t.Errorf("figures %+v, want 742 accounts", rows.PlatformMetrics)
	}
	posts := map[string]bool{}
	for _, p := range rows.Posts {
		posts[p.PostID] = true
	}
	if len(posts) != 130+3 || len(rows.Posts) != 4*(130+3) { // the last page is read whole
		t.Errorf("%d readings of %d posts, want 4 of each of 133", len(rows.Posts), len(posts))
	}
	before := d.net.Requests
	if d.run(); d.net.Requests != before {
		t.Errorf("%d requests although nothing is due", d.net.Requests-before)
	}
	d.now = d.now.Add(25 * time.Hour)
	if d.run(); d.net.Requests == before {
		t.Error("no request a day later")
	}
}

// TestEveryStopIsResumed stops the run after each number of requests. What is collected in the end is what one run collects.
func TestEveryStopIsResumed(t *testing.T) {
	whole := newDesk(t, network(), everything())
	whole.run()
	want := whole.rows()
	requests := whole.net.Requests
	for stop := 1; stop < requests; stop++ {
		d := newDesk(t, network(), everything())
		d.budget = &crawl.Budget{Requests: stop}
		d.run()
		d.budget = nil
		d.run()
		got := d.rows()
		if len(got.Follows) != len(want.Follows) || len(got.Snapshots) != len(want.Snapshots) || len(got.Posts) != len(want.Posts) {
			t.Errorf("stopped after %d requests: %d, %d, %d rows, want %d, %d, %d", stop, len(got.Follows), len(got.Snapshots), len(got.Posts),
				len(want.Follows), len(want.Snapshots), len(want.Posts))
		}
		if a, b := lastLists(got), lastLists(want); !maps.Equal(a, b) {
			t.Errorf("stopped after %d requests: lists %v, want %v", stop, a, b)
		}
	}
}

func lastLists(rows ingest.Rows) map[string]string {
	m := map[string]string{}
	for _, l := range rows.Lists {
		m[l.List] = fmt.Sprint(l.Verdict, " ", l.Collected, " of ", l.Stated)
	}
	return m
}

func TestSamplesAreDrawnAndChecked(t *testing.T) {
	orders := everything()
	orders.Collect, orders.Strategy, orders.Sample = []crawl.What{crawl.Profiles, crawl.Followers}, ingest.StrategySample, 200
	d := newDesk(t, network(), orders)
	d.run()
	rows := d.rows()
	for _, l := range rows.Lists {
		if l.Verdict != ingest.VerdictComplete {
			continue
		}
		drawn := followersOf(rows, l.NativeID)
		if int64(len(drawn)) != l.Collected || len(drawn) < 150 || len(drawn) > 250 || l.Frame != l.Stated || l.Basis != ingest.BasisThresholdHash {
			t.Errorf("%d drawn, %+v: want about 200 of the whole list", len(drawn), l)
		}
		c := map[string]int{}
		for _, m := range rows.Memberships {
			if m.List == l.List {
				c[m.Follower] += m.Follows
			}
		}
		if len(c) != len(drawn) {
			t.Errorf("%d of %d drawn followers were checked", len(c), len(drawn))
		}
		for follower, n := range c {
			want := 0
			for _, a := range d.net.Accounts {
				if slices.Contains(a.Followers, follower) {
					want++
				}
			}
			if n != want {
				t.Errorf("a follower follows %d of the tracked accounts, want %d", n, want)
			}
		}
	}
	for rec := range d.j.Records(t.Context(), 0) {
		if rec.Page.Platform != "bluesky" {
			t.Errorf("page %s of platform %q", rec.Page.Document, rec.Page.Platform)
		}
		if strings.Contains(rec.Page.URL, "getRelationships?") {
			t.Errorf("the address %s names a private person", rec.Page.URL)
		}
	}
}
