package threads

import (
	"errors"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

const base = "https://graph.threads.net/v1.0/"

func page(what crawl.What, url string, status int, raw string) ingest.Page {
	return sourcetest.Answer(Site{}, crawl.Walk{What: what, Subject: "sample_user"}, base+url, status, []byte(raw))
}

func TestTwoSpellingsOfFollowers(t *testing.T) {
	for url, raw := range map[string]string{
		"profile_lookup?username=sample_user":        `{"username":"Sample_User","name":"S","follower_count":1234,"likes_count":10}`,
		"me/threads_insights?metric=followers_count": `{"data":[{"name":"views","values":[{"value":10,"end_time":"2026-01-30T08:00:00+0000"}]},{"name":"followers_count","period":"day","total_value":{"value":1234}}]}`,
	} {
		r, err := Read(page(crawl.Profile, url, 200, raw))
		if err != nil || len(r.Rows.Snapshots) != 1 || r.Rows.Snapshots[0].Value != 1234 || r.Rows.Snapshots[0].NativeID != "sample_user" {
			t.Errorf("%s: %+v, %v", url, r.Rows.Snapshots, err)
		}
	}
	r, err := Read(page(crawl.Profile, "me/threads_insights", 200, `{"data":[{"name":"followers_count","total_value":{"value":null}}]}`))
	if err != nil || len(r.Rows.Snapshots) != 0 {
		t.Errorf("a metric that was left out became %+v, %v", r.Rows.Snapshots, err)
	}
}

func TestPostsAndTheirCounts(t *testing.T) {
	r, err := Read(page(crawl.Posts, "me/threads", 200, `{"data":[{"id":"5","media_type":"TEXT_POST","timestamp":"2026-01-31T10:11:12+0000"},{"id":"6","media_type":"REPOST_FACADE"},{"id":"7","timestamp":"2026-01-30T10:11:12+0000"}],
		"paging":{"cursors":{"after":"C"},"next":"https://graph.threads.net/x?access_token=REDACTED"}}`))
	if err != nil || r.Next != "C 5@2026-01-31T10:11:12+0000 7@2026-01-30T10:11:12+0000" {
		t.Fatalf("next %q, %v", r.Next, err)
	}
	site := Site{Me: "sample_user", Token: "x"}
	req, err := site.Request(crawl.Ask{Walk: crawl.Walk{What: crawl.Posts, Subject: "sample_user"}, Cursor: r.Next})
	if err != nil {
		t.Fatal(err)
	}
	p := page(crawl.Posts, "", 200, `{"data":[{"name":"likes","values":[{"value":9}]},{"name":"shares","values":[{"value":1}]}]}`)
	p.URL = req.URL
	got, err := Read(p)
	if err != nil || len(got.Rows.Posts) != 1 {
		t.Fatalf("%+v, %v", got.Rows.Posts, err)
	}
	if post := got.Rows.Posts[0]; post.PostID != "5" || post.Value != 9 || post.Kind != ingest.Likes || !post.PostedAt.Equal(time.Date(2026, 1, 31, 10, 11, 12, 0, time.UTC)) {
		t.Errorf("%+v", post)
	}
	site.ReadHeader(crawl.Ask{Walk: crawl.Walk{What: crawl.Posts}, Cursor: r.Next}, nil, &got)
	if got.Next != "C 7@2026-01-30T10:11:12+0000" {
		t.Errorf("next %q", got.Next)
	}
	// A repost of somebody else's post has an empty list of counts, which is no error.
	if _, err := Read(page(crawl.Posts, "5/insights", 200, `{"data":[]}`)); err != nil {
		t.Error(err)
	}
}

func TestErrorsOfTheGraphAPI(t *testing.T) {
	for code, want := range map[string]string{"190": "stop", "4": "stop", "17": "stop", "613": "stop", "10": "stop", "250": "stop", "1": "error", "2": "error", "24": "not_found", "100": "not_found"} {
		r, err := Read(page(crawl.Profile, "profile_lookup", 400, `{"error":{"message":"no","type":"OAuthException","code":`+code+`}}`))
		var stop *crawl.StopError
		got := "error"
		switch {
		case errors.As(err, &stop):
			got = "stop"
		case err == nil:
			got = r.Rows.AccountStatuses[0].Status
		}
		if got != want {
			t.Errorf("code %s is %s, want %s (%v)", code, got, want, err)
		}
		if code == "4" && !stop.Until.Equal(time.Date(2026, 11, 24, 11, 0, 5, 0, time.UTC)) {
			t.Errorf("code 4 stops until %v, want an hour", stop.Until)
		}
	}
}

func TestThereAreNoLists(t *testing.T) {
	traits := Site{Me: "x"}.Traits()
	for _, w := range []crawl.What{crawl.Followers, crawl.Following, crawl.Members, crawl.Ranking, crawl.Figures} {
		if _, err := (Site{}).Request(crawl.Ask{Walk: crawl.Walk{What: w, Subject: "x"}}); err == nil || traits.Can(w) {
			t.Errorf("%s is served", w)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range []string{
		`{"username":"sample_user","follower_count":1234}`, `{"data":[{"name":"followers_count","total_value":{"value":1}}]}`, `{"error":{"code":190}}`,
		`{"data":[{"name":"likes","values":[{"value":9}]}]}`, `{"data":[{"id":"5","timestamp":"2026-01-31T10:11:12+0000"}],"paging":{"cursors":{"after":"C"},"next":"x"}}`, `null`, ``,
	} {
		f.Add([]byte(raw), 200)
	}
	f.Fuzz(func(t *testing.T, raw []byte, status int) {
		for _, url := range []string{"profile_lookup", "me/threads_insights", "me/threads", "5/insights?posted=x"} {
			for _, what := range []crawl.What{crawl.Resolve, crawl.Profile, crawl.Posts} {
				sourcetest.Holds(t, Site{}, page(what, url, status, string(raw)))
			}
		}
	})
}
