package twitter

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

func page(what crawl.What, status int, raw string) ingest.Page {
	return sourcetest.Answer(Site{}, crawl.Walk{What: what, Subject: "1000000000000000001"}, "https://api.x.com/2/users", status, []byte(raw))
}

func TestBothGenerationsOfNames(t *testing.T) {
	for name, raw := range map[string]string{
		"old": `{"data":[{"id":"1900000000000000001","author_id":"1000000000000000001","created_at":"2026-08-10T10:11:12.000Z","public_metrics":{"retweet_count":3,"reply_count":2,"like_count":9,"quote_count":1,"impression_count":1200}},
			{"id":"1900000000000000002","author_id":"1000000000000000001","created_at":"2026-08-10T10:11:12.000Z","public_metrics":{"retweet_count":99,"like_count":0},"referenced_tweets":[{"type":"retweeted","id":"5"}]}],"meta":{"result_count":2,"next_token":"N"}}`,
		"new": `{"data":[{"id":"1900000000000000001","author_id":"1000000000000000001","created_at":"2026-08-10T10:11:12.000Z","public_metrics":{"repost_count":3,"reply_count":2,"like_count":9,"quote_count":1,"impression_count":1200}},
			{"id":"1900000000000000002","author_id":"1000000000000000001","created_at":"2026-08-10T10:11:12.000Z","public_metrics":{"repost_count":99,"like_count":0},"referenced_posts":[{"type":"retweeted","id":"5"}]}],"meta":{"result_count":2,"next_token":"N"}}`,
	} {
		r, err := Read(page(crawl.Posts, 200, raw))
		if err != nil || r.Next != "N" {
			t.Fatalf("%s: %v, next %q", name, err, r.Next)
		}
		got := map[ingest.Kind]float64{}
		for _, p := range r.Rows.Posts {
			got[p.Kind] += p.Value
		}
		want := map[ingest.Kind]float64{ingest.Likes: 9, ingest.Reposts: 3, ingest.Replies: 2, ingest.Quotes: 1, ingest.Views: 1200}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, a repost's own zeros say nothing, -want +got:\n%s", name, diff)
		}
	}
}

func TestStatus200SaysNothingOfThoseInErrors(t *testing.T) {
	for _, host := range []string{"api.x.com", "api.twitter.com"} {
		raw := `{"data":[{"id":"1000000000000000001","name":"S","username":"sample_one","public_metrics":{"followers_count":5,"post_count":7}}],"errors":[
		{"value":"1000000000000000002","resource_id":"1000000000000000002","resource_type":"user","parameter":"ids","detail":"Could not find user with ids: [1000000000000000002].","type":"https://` + host + `/2/problems/resource-not-found"},
		{"value":"1000000000000000003","resource_id":"1000000000000000003","resource_type":"user","parameter":"ids","detail":"User has been suspended: [1000000000000000003].","type":"https://` + host + `/2/problems/resource-not-found"}]}`
		r, err := Read(page(crawl.Profiles, 200, raw))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range r.Rows.AccountStatuses {
			got[s.NativeID] = s.Status
		}
		want := map[string]string{"1000000000000000001": "active", "1000000000000000002": "not_found", "1000000000000000003": "suspended"}
		if diff := cmp.Diff(want, got); diff != "" || len(r.Rows.Snapshots) != 2 {
			t.Errorf("%s: -want +got:\n%s", host, diff)
		}
	}
}

func TestTheManyKindsOfNo(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		raw     string
		stop    bool
		until   time.Time
		restart bool
	}{
		"credits":           {402, `{"title":"CreditsDepleted","detail":"no","type":"https://api.x.com/2/problems/credits"}`, true, time.Time{}, false},
		"month's cap":       {429, `{"title":"UsageCapExceeded","period":"Monthly","type":"https://api.x.com/2/problems/usage-capped"}`, true, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), false},
		"day's cap":         {429, `{"title":"UsageCapExceeded","period":"Daily","type":"https://api.twitter.com/2/problems/usage-capped"}`, true, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), false},
		"rate":              {429, `{"title":"Too Many Requests","type":"about:blank","status":429}`, false, time.Time{}, false},
		"rate, as in 1.1":   {429, `{"errors":[{"code":88,"message":"Rate limit exceeded"}]}`, false, time.Time{}, false},
		"token":             {401, `{"title":"Unauthorized","status":401}`, true, time.Time{}, false},
		"no access":         {403, `{"reason":"client-not-enrolled","type":"https://api.x.com/2/problems/client-forbidden"}`, true, time.Time{}, false},
		"expired cursor":    {400, `{"errors":[{"parameters":{"pagination_token":["x"]},"message":"The pagination_token is not valid"}],"title":"Invalid Request"}`, false, time.Time{}, true},
		"unknown parameter": {400, `{"errors":[{"message":"The query parameter [tweet.fields] is not one of"}],"title":"Invalid Request"}`, true, time.Time{}, false},
		"overload in HTML":  {503, `<html>over capacity</html>`, false, time.Time{}, false},
	} {
		r, err := Read(page(crawl.Followers, c.status, c.raw))
		var stop *crawl.StopError
		if errors.As(err, &stop) != c.stop || r.Restart != c.restart || err == nil != c.restart {
			t.Errorf("%s: %v, restart %v", name, err, r.Restart)
		}
		if stop != nil && !stop.Until.Equal(c.until) {
			t.Errorf("%s: until %v, want %v", name, stop.Until, c.until)
		}
	}
}

func TestAProtectedListIsHidden(t *testing.T) {
	r, err := Read(page(crawl.Followers, 200, `{"errors":[{"resource_id":"1000000000000000001","resource_type":"user","detail":"Sorry, you are not authorized","type":"https://api.x.com/2/problems/not-authorized-for-resource"}]}`))
	if err != nil || r.Verdict != ingest.VerdictHidden {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := Read(page(crawl.Followers, 200, `{}`)); err == nil {
		t.Error("an empty object was taken for the end of a list")
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range []string{
		`{"data":[{"id":"1","username":"s","public_metrics":{"followers_count":5,"tweet_count":7}}],"meta":{"next_token":"N"}}`,
		`{"errors":[{"value":"2","resource_type":"user","type":"https://api.x.com/2/problems/resource-not-found"}]}`, `{"meta":{"result_count":0}}`,
		`{"data":[{"id":"9","created_at":"2026-08-10T10:11:12.000Z","public_metrics":{"repost_count":3}}],"meta":{}}`, `{"title":"x","type":"usage-capped"}`, `null`, ``,
	} {
		f.Add([]byte(raw), 200)
	}
	f.Fuzz(func(t *testing.T, raw []byte, status int) {
		for _, what := range []crawl.What{crawl.Resolve, crawl.Profile, crawl.Profiles, crawl.Followers, crawl.Following, crawl.Posts} {
			sourcetest.Holds(t, Site{}, page(what, status, string(raw)))
		}
	})
}
