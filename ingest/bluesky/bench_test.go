package bluesky_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/bluesky/blueskytest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// A stream serves one list of the given length at once: each page is a copy with the ids filled in, so that the server costs
// as little as it can.
type stream struct {
	members int
	page    []byte
	at      []int // where the 24 digits of each member's id begin
}

const streamRow = `{"did":"did:plc:%024d","handle":"person.example","displayName":"A Person","avatar":"https://cdn.example/img/avatar/plain/x/y@jpeg","labels":[],"createdAt":"2024-06-01T00:00:00.000Z","indexedAt":"2024-06-01T00:00:01.000Z"}`

func newStream(members int) *stream {
	s := &stream{members: members}
	s.page = append(s.page, `{"followers":[`...)
	for i := range 100 {
		if i > 0 {
			s.page = append(s.page, ',')
		}
		s.at = append(s.at, len(s.page)+len(`{"did":"did:plc:`))
		s.page = fmt.Appendf(s.page, streamRow, 0)
	}
	s.page = append(s.page, `],"subject":{"did":"did:plc:000000000000000000000001"}`...)
	return s
}

func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/xrpc/app.bsky.actor.getProfile" {
		fmt.Fprintf(w, `{"did":%q,"handle":"star.example","followersCount":%d}`, r.URL.Query().Get("actor"), s.members)
		return
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	body := bytes.Clone(s.page)
	for i, at := range s.at {
		digits := strconv.AppendUint(nil, uint64(mixed(from+i)), 10)
		copy(body[at+24-len(digits):], digits)
	}
	if from+100 < s.members {
		body = fmt.Appendf(body, `,"cursor":"%d"`, from+100)
	}
	_, _ = w.Write(append(body, '}'))
}

// mixed spreads ids, as those of real people are spread.
func mixed(n int) uint64 { return uint64(n) * 0x9e3779b97f4a7c15 >> 4 }

const benchMembers = 200_000

// BenchmarkBareLoop is what the collector is measured against: net/http and encoding/json, and nothing is kept.
func BenchmarkBareLoop(b *testing.B) {
	srv := httptest.NewServer(newStream(benchMembers))
	defer srv.Close()
	for b.Loop() {
		cursor, n := "", 0
		for {
			resp, err := http.Get(srv.URL + "/xrpc/app.bsky.graph.getFollowers?actor=did:plc:1&limit=100&cursor=" + cursor)
			if err != nil {
				b.Fatal(err)
			}
			raw, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				b.Fatal(err)
			}
			var page struct {
				Followers []struct {
					DID, Handle, DisplayName, Avatar, CreatedAt, IndexedAt string
				} `json:"followers"`
				Cursor string `json:"cursor"`
			}
			if err := json.Unmarshal(raw, &page); err != nil {
				b.Fatal(err)
			}
			n += len(page.Followers)
			if cursor = page.Cursor; cursor == "" {
				break
			}
		}
		if n != benchMembers {
			b.Fatal(n)
		}
	}
	perSecond(b, benchMembers)
}

func perSecond(b *testing.B, rows int) {
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// collectStream reads the whole list into a journal on the disk.
func collectStream(ctx context.Context, base, dir string) error {
	j, err := journal.Open(dir)
	if err != nil {
		return err
	}
	c := crawlerOf(base, j, crawl.Orders{Accounts: []string{blueskytest.DID(1)}, Collect: []crawl.What{crawl.Followers}})
	c.Fetch = fetcher(base, 1e9)
	s, err := c.Run(ctx)
	if err == nil && (len(s.Missing) > 0 || s.Verdicts["complete"] != 1) {
		err = fmt.Errorf("%+v", s)
	}
	return errors.Join(err, j.Close())
}

// BenchmarkCollect is from the socket to decoded rows and an fsynced journal.
func BenchmarkCollect(b *testing.B) {
	srv := httptest.NewServer(newStream(benchMembers))
	defer srv.Close()
	for b.Loop() {
		if err := collectStream(b.Context(), srv.URL, b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, benchMembers)
}

// BenchmarkRebuild makes the lake again from the journal.
func BenchmarkRebuild(b *testing.B) {
	const members = 5 * benchMembers // enough that the folders' own syncs do not count
	srv := httptest.NewServer(newStream(members))
	defer srv.Close()
	dir := b.TempDir()
	if err := collectStream(b.Context(), srv.URL, dir); err != nil {
		b.Fatal(err)
	}
	j, err := journal.Options{ReadOnly: true}.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	decoders := crawl.Decoders()
	maps.Copy(decoders, bluesky.Decoders())
	for b.Loop() {
		lk, err := lake.Open(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := lk.Write(b.Context(), j, decoders); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, members)
}
