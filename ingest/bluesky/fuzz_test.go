package bluesky_test

import (
	"testing"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/bluesky"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// FuzzRead: whatever a server sends, Read answers or refuses; every row that it makes can be kept.
func FuzzRead(f *testing.F) {
	for what, raw := range map[crawl.What]string{
		crawl.Profiles:  `{"profiles":[{"did":"did:plc:a","handle":"sample.example","followersCount":2,"followsCount":3,"postsCount":4,"labels":[{"val":"!no-unauthenticated"}]}]}`,
		crawl.Profile:   `{"did":"did:plc:a","handle":"sample.example","followersCount":-2}`,
		crawl.Followers: `{"followers":[{"did":"did:plc:b"},{"did":""}],"cursor":"1795391641649__bafy","subject":{"did":"did:plc:a"}}`,
		crawl.Following: `{"follows":[{"did":"did:plc:b","did":"did:plc:c"}]}`,
		crawl.Posts:     `{"feed":[{"post":{"uri":"at://did:plc:a/app.bsky.feed.post/3k","author":{"did":"did:plc:a"},"record":{"createdAt":"2026-01-31T10:11:12.000Z"},"likeCount":3,"indexedAt":"2026-01-31T10:11:12.500Z"}},7]}`,
		crawl.Members:   `{"actor":"did:plc:b","relationships":[{"$type":"app.bsky.graph.defs#relationship","did":"did:plc:a","following":"at://x"},{"$type":"app.bsky.graph.defs#notFoundActor","actor":"did:plc:z"}]}`,
		crawl.Figures:   `{"hosts":[{"hostname":"pds.example","accountCount":3,"status":"active"}],"cursor":"9"}`,
		crawl.Resolve:   `{"did":"did:plc:a"}`,
	} {
		f.Add(string(what), 200, []byte(raw))
		f.Add(string(what), 400, []byte(`{"error":"AccountTakedown","message":"Account has been taken down"}`))
		f.Add(string(what), 500, []byte(`<html>`))
	}
	f.Fuzz(func(t *testing.T, what string, status int, raw []byte) {
		w := crawl.Walk{Site: "bluesky", What: crawl.What(what), Subject: "did:plc:a", StartedAt: noon}
		p := ingest.Page{Document: w.Document(), URL: "https://x.example/xrpc/y?cursor=1", Platform: "bluesky", FetchedAt: noon, Status: status, Raw: raw}
		r, err := bluesky.Read(p)
		if err != nil {
			return
		}
		for _, s := range r.Rows.Snapshots {
			if err := s.Check(); err != nil {
				t.Errorf("snapshot %+v: %v", s, err)
			}
		}
		for _, s := range r.Rows.Posts {
			if err := s.Check(); err != nil || s.PostID == "" {
				t.Errorf("post %+v: %v", s, err)
			}
		}
		for _, f := range r.Rows.Follows {
			if f.Follower == "" || f.Account == "" || f.List != w.List() {
				t.Errorf("follow %+v", f)
			}
		}
		for _, s := range r.Sums {
			if s.Value < 0 {
				t.Errorf("sum %+v", s)
			}
		}
		for _, m := range r.Rows.Memberships {
			if m.Follows > m.Checked {
				t.Errorf("membership %+v", m)
			}
		}
	})
}
