package bluesky_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/bluesky/blueskytest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/fetch"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

func followersOnly() crawl.Orders {
	return crawl.Orders{Accounts: []string{blueskytest.DID(1), blueskytest.DID(2)}, Collect: []crawl.What{crawl.Profiles, crawl.Followers}}
}

// wholeLists fails unless the collected followers are those of the network.
func (d *desk) wholeLists() {
	d.Helper()
	rows := d.rows()
	for _, n := range []int{1, 2} {
		did := blueskytest.DID(n)
		want := slices.Sorted(slices.Values(d.net.Accounts[did].Followers))
		got := followersOf(rows, did)
		if !slices.Equal(got, want) {
			d.Errorf("%d followers of account %d, want %d", len(got), n, len(want))
		}
		if l := rows.Lists[len(rows.Lists)-1]; l.Verdict != ingest.VerdictComplete {
			d.Errorf("last verdict %+v, want complete", l)
		}
		for _, l := range rows.Lists {
			if l.NativeID == did && l.Verdict == ingest.VerdictComplete && l.Collected != int64(len(want)) {
				d.Errorf("list says %d distinct members, want %d", l.Collected, len(want))
			}
		}
	}
}

// TestExpiredCursorsLoseNothing: a cursor that the server forgets is answered with 500, and the list begins again.
func TestExpiredCursorsLoseNothing(t *testing.T) {
	net := network()
	expired := false
	net.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if expired || !strings.Contains(r.URL.Query().Get("cursor"), blueskytest.DID(1000+699)) {
			return false
		}
		expired = true
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"error":"InternalServerError","message":"Internal Server Error"}`)
		return true
	}
	d := newDesk(t, net, followersOnly())
	if s := d.run(); !expired || len(s.Missing) > 0 {
		t.Errorf("expired %v, summary %+v", expired, s)
	}
	d.wholeLists()
}

// TestACursorThatExpiresBetweenRuns: the second run begins the list again and knows from the journal whom the first has met.
func TestACursorThatExpiresBetweenRuns(t *testing.T) {
	net := network()
	d := newDesk(t, net, followersOnly())
	d.budget = &crawl.Budget{Requests: 12}
	d.run()
	d.budget = nil
	stopped := len(d.rows().Follows)
	first := map[string]bool{}
	net.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		actor := r.URL.Query().Get("actor")
		if r.URL.Query().Get("cursor") == "" || first[actor] {
			return false
		}
		first[actor] = true
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"InvalidRequest","message":"Error: cursor is malformed"}`)
		return true
	}
	d.run()
	if rows := len(d.rows().Follows); stopped < 500 || rows <= 2234 {
		t.Fatalf("%d rows at the stop and %d in the end: nothing was read twice, so that the test shows nothing", stopped, rows)
	}
	d.wholeLists()
}

// TestListsThatChangeWhileTheyAreRead: people come and go between two pages. Everybody who was there all the time is found,
// and nobody counts twice.
func TestListsThatChangeWhileTheyAreRead(t *testing.T) {
	net := network()
	stay := map[int][]string{}
	for _, n := range []int{1, 2} {
		stay[n] = slices.Clone(net.Accounts[blueskytest.DID(n)].Followers)
	}
	newcomer := 50_000
	net.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "getFollowers") {
			return false
		}
		a := net.Accounts[r.URL.Query().Get("actor")]
		newcomer++
		a.Followers = append([]string{blueskytest.DID(newcomer)}, a.Followers...)
		return false
	}
	d := newDesk(t, net, followersOnly())
	if s := d.run(); len(s.Missing) > 0 || s.Verdicts[ingest.VerdictComplete] != 2 {
		t.Errorf("summary %+v", s)
	}
	rows := d.rows()
	for n, want := range stay {
		got := followersOf(rows, blueskytest.DID(n))
		for _, did := range want {
			if _, found := slices.BinarySearch(got, did); !found {
				t.Errorf("account %d: %s was there all the time and is missing", n, did)
			}
		}
		for _, l := range rows.Lists {
			if l.NativeID == blueskytest.DID(n) && l.Collected != int64(len(got)) {
				t.Errorf("account %d: the list says %d, %d distinct ones are kept", n, l.Collected, len(got))
			}
		}
	}
}

// TestServersThatGoRoundInCircles: the walk ends, and the verdict says why.
func TestServersThatGoRoundInCircles(t *testing.T) {
	for name, c := range map[string]struct{ cursor func(n int) string }{
		"the same cursor":          {func(int) string { return "again" }},
		"the same page, new names": {func(n int) string { return fmt.Sprint("cursor-", n) }},
	} {
		net, n := network(), 0
		net.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "getFollowers") {
				return false
			}
			n++
			fmt.Fprintf(w, `{"followers":[{"did":%q},{"did":%q}],"cursor":%q}`, blueskytest.DID(1000), blueskytest.DID(1001), c.cursor(n))
			return true
		}
		orders := followersOnly()
		orders.Accounts = orders.Accounts[:1]
		d := newDesk(t, net, orders)
		d.run()
		if l := d.rows().Lists; len(l) != 1 || l[0].Verdict != ingest.VerdictTruncated || l[0].Collected != 2 || n > 5 {
			t.Errorf("%s: %d requests, lists %+v, want one truncated list of 2", name, n, l)
		}
	}
}

// TestCancelReturns: a run that waits for a server that never answers ends with its context.
func TestCancelReturns(t *testing.T) {
	asked := make(chan struct{})
	var once sync.Once
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		<-r.Context().Done()
	}))
	t.Cleanup(srv.Close)
	d := newDesk(t, network(), followersOnly())
	d.url = srv.URL
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if _, err := d.crawler().Run(ctx); err != context.Canceled {
		t.Errorf("%v, want context.Canceled", err)
	}
}

// TestASlowHostHoldsNobody: 200 accounts on 6 hosts; one host answers nothing until all others are done.
func TestASlowHostHoldsNobody(t *testing.T) {
	j, err := journal.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	const hosts, accounts = 6, 200
	othersDone := make(chan struct{})
	limits := map[string]fetch.HostLimit{}
	sites := make([]bluesky.Site, hosts)
	orders := make([]crawl.Orders, hosts)
	for h := range hosts {
		net := &blueskytest.Network{Accounts: map[string]*blueskytest.Account{}}
		orders[h].Collect = []crawl.What{crawl.Profiles, crawl.Followers}
		for i := h; i < accounts; i += hosts {
			net.Accounts[blueskytest.DID(i)] = &blueskytest.Account{Handle: "a.example", Followers: blueskytest.Crowd(1000+7*i, 120)}
			orders[h].Accounts = append(orders[h].Accounts, blueskytest.DID(i))
		}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if h == 0 {
				<-othersDone
			}
			net.ServeHTTP(w, r)
		}))
		t.Cleanup(srv.Close)
		u, _ := url.Parse(srv.URL)
		limits[u.Host] = fetch.HostLimit{Requests: 1e6, Per: time.Second, Parallel: 3}
		sites[h] = bluesky.Site{AppView: srv.URL}
	}
	client, err := fetch.New(fetch.Options{UserAgent: "overtake-test/1 (+mailto:test@example.org)", AllowPrivate: true, Hosts: limits})
	if err != nil {
		t.Fatal(err)
	}
	var fast, all sync.WaitGroup
	for h := range hosts {
		c := &crawl.Crawler{Site: named{sites[h], h}, Orders: orders[h], Fetch: client, Sink: j, Kept: nothingKept}
		run := func() {
			if s, err := c.Run(t.Context()); err != nil || s.Verdicts[ingest.VerdictComplete] != len(orders[h].Accounts) {
				t.Errorf("host %d: %+v, %v", h, s, err)
			}
		}
		if h == 0 {
			all.Go(run)
		} else {
			fast.Go(run)
		}
	}
	fast.Wait() // would never return if the slow host held the others
	close(othersDone)
	all.Wait()
}

// named tells the sites of one kind apart.
type named struct {
	bluesky.Site
	n int
}

func (s named) Name() string { return fmt.Sprintf("bluesky@%d", s.n) }

func nothingKept(context.Context, time.Time) iter.Seq2[ingest.Page, error] {
	return func(func(ingest.Page, error) bool) {}
}

// TestMain is also the child of TestKilledCollectorLosesNothing, and of TestFiveMillionFollowersInLittleMemory.
func TestMain(m *testing.M) {
	if dir := os.Getenv("BLUESKY_TEST_STREAM"); dir != "" {
		if err := collectStream(context.Background(), os.Getenv("BLUESKY_TEST_URL"), dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	if dir := os.Getenv("BLUESKY_TEST_JOURNAL"); dir != "" {
		collectAsChild(dir, os.Getenv("BLUESKY_TEST_URL"))
		return
	}
	os.Exit(m.Run())
}

// collectAsChild collects until it is done or killed.
func collectAsChild(dir, base string) {
	j, err := journal.Options{SegmentBytes: 40_000}.Open(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	c := crawlerOf(base, j, everything())
	s, err := c.Run(context.Background())
	if err != nil || len(s.Missing) > 0 {
		fmt.Println(s, err)
		os.Exit(1)
	}
	if err := j.Close(); err != nil {
		os.Exit(1)
	}
}

// crawlerOf is a crawler of a network on loopback as the program makes one.
func crawlerOf(base string, j *journal.Journal, orders crawl.Orders) *crawl.Crawler {
	return &crawl.Crawler{Site: bluesky.Site{AppView: base, Relay: base}, Orders: orders, Fetch: fetcher(base, 1e6), Sink: j,
		Now: func() time.Time { return noon },
		Kept: func(ctx context.Context, _ time.Time) iter.Seq2[ingest.Page, error] {
			return func(yield func(ingest.Page, error) bool) {
				for rec, err := range j.Records(ctx, 0) {
					if !yield(rec.Page, err) {
						return
					}
				}
			}
		}}
}

// fetcher may ask the host of base so often a second.
func fetcher(base string, requests int) *fetch.Client {
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	client, err := fetch.New(fetch.Options{UserAgent: "overtake-test/1 (+mailto:test@example.org)", AllowPrivate: true, Tries: 1,
		Hosts: map[string]fetch.HostLimit{u.Host: {Requests: requests, Per: time.Second, Parallel: 3}}})
	if err != nil {
		panic(err)
	}
	return client
}

// TestKilledCollectorLosesNothing kills a collecting process after each of several numbers of answers. Whatever was in its
// hands, what is collected in the end is what one undisturbed run collects, row by row.
func TestKilledCollectorLosesNothing(t *testing.T) {
	whole := newDesk(t, network(), everything())
	whole.run()
	want := rowTexts(whole.rows())
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 8 {
		net := network()
		kill, child := 1+r.IntN(30), (*exec.Cmd)(nil)
		net.Intercept = func(http.ResponseWriter, *http.Request) bool {
			if net.Requests == kill {
				_ = child.Process.Kill() // it may have ended
			}
			return false
		}
		d := newDesk(t, net, everything())
		dir := t.TempDir()
		child = exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "BLUESKY_TEST_JOURNAL="+dir, "BLUESKY_TEST_URL="+d.url)
		net.Lock() // until child.Process is there
		err := child.Start()
		net.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
		again := exec.Command(os.Args[0])
		again.Env = child.Env
		if out, err := again.CombinedOutput(); err != nil {
			t.Fatalf("round %d: %v\n%s", round, err, out)
		}
		d.j.Close()
		if d.j, err = journal.Open(dir); err != nil {
			t.Fatal(err)
		}
		if got := rowTexts(d.rows()); !maps.Equal(got, want) {
			t.Errorf("killed after %d answers: %d different rows, want %d; %v", kill, len(got), len(want), difference(got, want))
		}
		d.j.Close()
	}
}

// rowTexts counts the rows by all that they say. Notes of lists in progress are left out: a run that was not stopped has none.
func rowTexts(rows ingest.Rows) map[string]int {
	m := map[string]int{}
	for _, f := range rows.Follows {
		m[fmt.Sprint(f)]++
	}
	for _, s := range rows.Snapshots {
		m[fmt.Sprint(s)]++
	}
	for _, p := range rows.Posts {
		m[fmt.Sprint(p)]++
	}
	for _, s := range rows.AccountStatuses {
		m[fmt.Sprint(s)]++
	}
	for _, l := range rows.Lists {
		if l.Verdict != ingest.VerdictBudget && l.Verdict != ingest.VerdictError {
			m[fmt.Sprint(l)]++
		}
	}
	return m
}

func difference(got, want map[string]int) (some []string) {
	for k, n := range got {
		if want[k] != n && len(some) < 3 {
			some = append(some, fmt.Sprint("got ", n, " of ", k))
		}
	}
	for k, n := range want {
		if got[k] != n && len(some) < 6 {
			some = append(some, fmt.Sprint("want ", n, " of ", k))
		}
	}
	return some
}
