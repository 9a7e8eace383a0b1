package sourcetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/fetch"
)

// A Case is a source with the server that it is tried against.
type Case struct {
	// Tracked accounts, each followed by Length people; 0 means 3 and 100.
	Tracked, Length int
	// Start makes the server of a world, and the site that asks it at a base address such as http://platform.example.
	Start func(w *World, base string) (*Server, crawl.Site)
	// Accounts are the tracked accounts as a configuration names them; ID is a person's native id.
	Accounts func(w *World) []string
	ID       func(no int) string
	Orders   crawl.Orders // Accounts are added
	Decoders map[string]ingest.Decoder
	// Getter makes what asks of the client; nil: the client itself.
	Getter func(*fetch.Client) crawl.Getter

	// Verdict that a whole list ends with, and the most of it that the platform shows (0: all). Lists without followers: "".
	Verdict string
	Visible int
	// Closed is the state in which an account shows its profile and not its list; Alive: the platform knows none.
	Closed State
	// Secrets that the site sends, which nothing may hold.
	Secrets []string
	// Walls are faults after which the site must be left alone at once: logins, refusals, used-up credit.
	Walls map[string]Fault
	// Limits are the platform's own ways to say "too often", beside those that every source meets.
	Limits map[string]Fault
	// PlainPages says that answers are pages for people: what spoils JSON is not tried.
	PlainPages bool
}

func (c Case) tracked() int { return cmpOr(c.Tracked, 3) }
func (c Case) length() int  { return cmpOr(c.Length, 100) }

func cmpOr(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// today is when the checks take place.
var today = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// Host is the name under which the servers of checks are reached.
const Host = "platform.example"

// A lab is a case with a world, a server, a network and a journal in memory. Its clock is that of the bubble.
type lab struct {
	t      *testing.T
	c      Case
	world  *World
	server *Server
	site   crawl.Site
	net    *Network
	client *fetch.Client
	sink   *memory
	said   []string // everything that a run told, for the search for secrets
}

func newLab(t *testing.T, c Case) *lab {
	t.Helper()
	time.Sleep(time.Until(today)) // the clock of a bubble begins in 2000, when unix seconds had a digit less
	l := &lab{t: t, c: c, world: NewWorld(c.tracked(), c.length()), sink: &memory{cursors: map[string]ingest.Cursor{}}}
	l.server, l.site = c.Start(l.world, "http://"+Host)
	l.net = NewNetwork(map[string]http.Handler{Host: l.server})
	traits := l.site.Traits()
	hosts := map[string]fetch.HostLimit{}
	for _, host := range traits.Hosts {
		hosts[host] = fetch.HostLimit{Requests: traits.Requests, Per: traits.Per, Parallel: traits.Parallel, Robots: traits.Robots}
	}
	client, err := fetch.New(fetch.Options{UserAgent: "overtake/test (+mailto:tests@example.org)", Hosts: hosts, Dial: l.net.Dial, Tries: 3, MaxBody: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	client.Hide(c.Secrets...)
	l.client = client
	t.Cleanup(l.close)
	return l
}

func (l *lab) close() {
	l.client.Close()
	l.net.Close()
}

// run makes one run, as a command of the program does.
func (l *lab) run(ctx context.Context) (crawl.Summary, error) {
	orders := l.c.Orders
	orders.Accounts = l.c.Accounts(l.world)
	var getter crawl.Getter = l.client
	if l.c.Getter != nil {
		getter = l.c.Getter(l.client)
	}
	cr := &crawl.Crawler{Site: l.site, Orders: orders, Fetch: getter, Sink: l.sink, Kept: l.sink.kept}
	sum, err := cr.Run(ctx)
	text, _ := json.Marshal(sum)
	l.said = append(l.said, string(text))
	if err != nil {
		l.said = append(l.said, err.Error())
	}
	return sum, err
}

// memory is a journal in memory.
type memory struct {
	mu      sync.Mutex
	pages   []ingest.Page
	cursors map[string]ingest.Cursor
	left    int // pages until the disk breaks; 0: it does not
}

var errDisk = errors.New("the disk is gone")

func (m *memory) Cursor(_ context.Context, source string) (ingest.Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursors[source], nil
}

func (m *memory) Land(_ context.Context, p ingest.Page) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left > 0 {
		if m.left--; m.left == 0 {
			m.left = 1 // and stays so
			return errDisk
		}
	}
	m.pages = append(m.pages, p)
	m.cursors[p.Source] = p.Next
	return nil
}

func (m *memory) kept(context.Context, time.Time) iter.Seq2[ingest.Page, error] {
	m.mu.Lock()
	pages := slices.Clone(m.pages)
	m.mu.Unlock()
	return func(yield func(ingest.Page, error) bool) {
		for _, p := range pages {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// Found are the rows that the pages of a journal say, keyed so that two readings of the same world are equal.
type found struct {
	Follows  map[string]int    // "account <- follower": how often
	Counts   map[string]string // "account kind": the last reading
	Posts    map[string]string // "author post kind": the last reading
	Rankings map[string]string // "rank id": the reading
	Statuses map[string]string // account: the last state
	Verdicts map[string]string // account: of its list
	Rejects  []string
}

// rows decodes everything that was landed, as the lake does.
func (l *lab) rows() found {
	l.t.Helper()
	f := found{map[string]int{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, nil}
	decoders := maps.Clone(l.c.Decoders)
	maps.Copy(decoders, crawl.Decoders())
	for _, p := range l.sink.pages {
		if p.Err != "" {
			continue
		}
		decode := decoders[p.Decoder]
		if decode == nil {
			l.t.Fatalf("page %s names the decoder %q, which nobody has", p.Document, p.Decoder)
		}
		rows, err := decode(p)
		if err != nil {
			l.t.Fatalf("page %s was landed as good and does not decode: %v", p.Document, err)
		}
		again, _ := decode(p)
		if a, b := fmt.Sprintf("%+v", rows), fmt.Sprintf("%+v", again); a != b {
			l.t.Errorf("page %s decodes to other rows the second time", p.Document)
		}
		f.add(rows)
	}
	return f
}

func (f *found) add(rows ingest.Rows) {
	for _, r := range rows.Follows {
		f.Follows[r.Account+" <- "+r.Follower]++
	}
	for _, r := range rows.Snapshots {
		f.Counts[r.NativeID+" "+string(r.Kind)+" "+r.Precision+r.From.Format(time.DateOnly)] = shown(r.Reading)
	}
	for _, r := range rows.Posts {
		f.Posts[fmt.Sprintf("%s %s %s at %v", r.NativeID, r.PostID, r.Kind, r.PostedAt)] = shown(r.Reading)
	}
	for _, r := range rows.Rankings {
		f.Rankings[fmt.Sprintf("%d %s", r.Rank, r.NativeID)] = shown(r.Reading)
	}
	for _, r := range rows.AccountStatuses {
		f.Statuses[r.NativeID] = r.Status
	}
	for _, r := range rows.Lists {
		f.Verdicts[r.NativeID] = r.Verdict
	}
	for _, r := range rows.Quarantine {
		f.Rejects = append(f.Rejects, r.Text+": "+r.Reason)
	}
}

func shown(r ingest.Reading) string { return fmt.Sprintf("%s %v step %v", r.Mode, r.Value, r.Step) }

// followers are those of an account that were found.
func (f found) followers(id string) (list []string) {
	for key := range f.Follows {
		if account, who, _ := strings.Cut(key, " <- "); account == id {
			list = append(list, who)
		}
	}
	slices.Sort(list)
	return list
}

// wanted are the followers of an account as the world has them, as far as the platform shows them.
func (l *lab) wanted(no int) (list []string) {
	for i, who := range l.world.Followers(no) {
		if l.c.Visible > 0 && i >= l.c.Visible {
			break
		}
		list = append(list, l.c.ID(who))
	}
	slices.Sort(list)
	return list
}

// secrets fails where a secret stands in anything that was kept or told.
func (l *lab) secrets() {
	l.t.Helper()
	for _, p := range l.sink.pages {
		text, _ := json.Marshal(p)
		l.search("the page "+p.Document, text)
		l.search("the answer of "+p.Document, p.Raw)
	}
	for _, text := range l.said {
		l.search("what was told", []byte(text))
	}
}

func (l *lab) search(where string, text []byte) {
	for _, s := range l.c.Secrets {
		for _, form := range []string{s, url.QueryEscape(s)} {
			if bytes.Contains(text, []byte(form)) {
				l.t.Errorf("%s holds the secret %s", where, s)
			}
		}
	}
}
