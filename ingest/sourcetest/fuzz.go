package sourcetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// Answer is a page of a site's walk, complete five seconds past ten on the day of the checks.
func Answer(site crawl.Site, w crawl.Walk, url string, status int, raw []byte) ingest.Page {
	w.Site, w.StartedAt = site.Name(), today
	return ingest.Page{Source: w.Name(), Decoder: site.Traits().Decoder, Document: w.Document(), URL: url, Platform: site.Platform(),
		FetchedAt: today.Add(5 * time.Second), Status: status, MediaType: "application/json", Raw: raw}
}

// Holds checks what must hold of any answer, whatever its bytes: Read does not panic, says the same twice, and makes no
// reading that contradicts itself and no row without its ids.
func Holds(t *testing.T, site crawl.Site, p ingest.Page) {
	t.Helper()
	r, err := site.Read(p)
	again, errAgain := site.Read(p)
	if diff := cmp.Diff(r, again); diff != "" || (err == nil) != (errAgain == nil) {
		t.Fatalf("the same page reads in two ways: %v, %v, %s", err, errAgain, diff)
	}
	if err != nil {
		return
	}
	reading := func(what string, r ingest.Reading, ids ...string) {
		if err := r.Check(); err != nil {
			t.Errorf("%s %v: %v", what, ids, err)
		}
		for _, id := range ids {
			if id == "" {
				t.Errorf("%s without an id: %v", what, ids)
			}
		}
	}
	for _, s := range r.Rows.Snapshots {
		reading("snapshot", s.Reading, s.NativeID)
	}
	for _, s := range r.Rows.Posts {
		reading("post", s.Reading, s.NativeID, s.PostID)
	}
	for _, s := range r.Rows.Rankings {
		reading("ranking", s.Reading, s.NativeID, s.List)
		if s.Rank < 1 {
			t.Errorf("rank %d", s.Rank)
		}
	}
	for _, f := range r.Rows.Follows {
		if f.Account == "" || f.Follower == "" || f.List == "" {
			t.Errorf("follow %+v", f)
		}
	}
	for _, s := range r.Rows.AccountStatuses {
		if s.NativeID == "" || s.Status == "" {
			t.Errorf("status %+v", s)
		}
	}
}
