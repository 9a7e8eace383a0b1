package mastodon

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

var site = Site{Domain: "social.example"}

func page(what crawl.What, url string, status int, raw string) ingest.Page {
	return sourcetest.Answer(site, crawl.Walk{What: what, Subject: "sample@social.example"}, url, status, []byte(raw))
}

const misskeyShow = "https://social.example/api/users/show"

const lookup = "https://social.example/api/v1/accounts/lookup?acct=sample"

func TestProfilesThatHideOrHaveGone(t *testing.T) {
	type result struct {
		Status string
		Counts map[ingest.Kind]float64
	}
	for name, c := range map[string]struct {
		status int
		raw    string
		want   result
	}{
		"open": {200, `{"id":"1","acct":"Sample","display_name":"S","followers_count":12,"following_count":3,"statuses_count":4}`,
			result{"active", map[ingest.Kind]float64{"followers": 12, "following": 3, "posts": 4}}},
		"glitch-soc hides the count": {200, `{"id":"1","acct":"sample","followers_count":-1,"following_count":3,"statuses_count":4}`,
			result{"active", map[ingest.Kind]float64{"following": 3, "posts": 4}}},
		"Pleroma hides the count": {200, `{"id":"9sX","acct":"sample","followers_count":0,"following_count":3,"statuses_count":4,"pleroma":{"hide_followers_count":true}}`,
			result{"active", map[ingest.Kind]float64{"following": 3, "posts": 4}}},
		"suspended, with zeros": {200, `{"id":"1","acct":"sample","suspended":true,"followers_count":0,"following_count":0,"statuses_count":0}`,
			result{"suspended", map[ingest.Kind]float64{}}},
		"suspended, before 3.3": {410, ``, result{"suspended", map[ingest.Kind]float64{}}},
		"deleted":               {404, `{"error":"Record not found"}`, result{"not_found", map[ingest.Kind]float64{}}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(page(crawl.Profile, lookup, c.status, c.raw))
			if err != nil {
				t.Fatal(err)
			}
			got := result{r.Rows.AccountStatuses[0].Status, map[ingest.Kind]float64{}}
			for _, s := range r.Rows.Snapshots {
				got.Counts[s.Kind] = s.Value
			}
			if diff := cmp.Diff(c.want, got); diff != "" || r.Rows.AccountStatuses[0].NativeID != "sample@social.example" {
				t.Errorf("%+v, -want +got:\n%s", r.Rows.AccountStatuses, diff)
			}
		})
	}
	if _, err := Read(page(crawl.Profile, lookup, 200, `{"id":"2","acct":"other"}`)); err == nil {
		t.Error("another account's profile was taken")
	}
}

func TestListsThatAreHidden(t *testing.T) {
	for name, raw := range map[string]string{
		"Mastodon": `{"id":"1","acct":"sample","hide_collections":true,"followers_count":12}`,
		"Pleroma":  `{"id":"9sX","acct":"sample","followers_count":12,"pleroma":{"hide_followers":true}}`,
	} {
		r, err := Read(page(crawl.Followers, lookup, 200, raw))
		if err != nil || r.Verdict != ingest.VerdictHidden || r.Stated != 12 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func TestWhereAListGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		link, subject, next, verdict string
	}{
		"next and prev":                      {`<https://social.example/api/v1/accounts/1/followers?limit=2&max_id=7486869>; rel="next", <https://social.example/api/v1/accounts/1/followers?since_id=7489740>; rel="prev"`, "sample@social.example", "1 7486869", ""},
		"prev alone":                         {`<https://social.example/api/v1/accounts/1/followers?since_id=7489740>; rel="prev"`, "sample@social.example", "", ""},
		"none":                               {"", "sample@social.example", "", ""},
		"of an account that lives elsewhere": {"", "sample@elsewhere.example", "", ingest.VerdictPartialFederation},
		"nonsense":                           {`<::>; rel=next, x; rel="next"`, "sample@social.example", "", ""},
	} {
		var r crawl.Reply
		h := http.Header{}
		h.Set("Link", c.link)
		site.ReadHeader(crawl.Ask{Walk: crawl.Walk{What: crawl.Followers, Subject: c.subject}, Cursor: "1 "}, h, &r)
		if r.Next != c.next || r.Verdict != c.verdict {
			t.Errorf("%s: next %q, verdict %q", name, r.Next, r.Verdict)
		}
	}
}

func TestTheRunningWeekIsLeftOut(t *testing.T) {
	// Week 1795392000 began on 2026-11-23, the day before the checks; 1794787200 a week earlier.
	raw := `[{"week":"1795392000","statuses":"1","logins":"2","registrations":"3"},{"week":"1794787200","statuses":"371","logins":"142","registrations":"5"}]`
	r, err := Read(page(crawl.Figures, "https://social.example/api/v1/instance/activity", 200, raw))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rows.Snapshots) != 3 || r.Rows.Snapshots[0].Value != 371 || r.Rows.Snapshots[0].From.Format("2006-01-02") != "2026-11-16" || r.Rows.Snapshots[0].Precision != "week" {
		t.Errorf("%+v", r.Rows.Snapshots)
	}
	if r.Next != "/.well-known/nodeinfo" {
		t.Errorf("next %q", r.Next)
	}
}

func TestNodeInfoStaysOnTheHost(t *testing.T) {
	for raw, want := range map[string]string{
		`{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://social.example/nodeinfo/2.0"},{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.1","href":"https://social.example/nodeinfo/2.1"}]}`: "/nodeinfo/2.1",
		`{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"https://evil.example/nodeinfo/2.0"}]}`:                                                                                                          "",
		`{"links":[]}`: "",
	} {
		r, err := Read(page(crawl.Figures, "https://social.example/.well-known/nodeinfo", 200, raw))
		if err != nil || r.Next != want {
			t.Errorf("%s leads to %q, want %q; %v", raw, r.Next, want, err)
		}
	}
}

func TestAServerThatWantsAToken(t *testing.T) {
	_, err := Read(page(crawl.Profile, lookup, 401, `{"error":"This API requires an authenticated user"}`))
	var stop *crawl.StopError
	if !errors.As(err, &stop) {
		t.Errorf("err = %v, want a stop", err)
	}
}

func TestMisskeySaysTheSame(t *testing.T) {
	a, err := parseMisskeyUser([]byte(`{"id":"9a","username":"Sample","host":null,"name":"S","followersCount":12,"followingCount":null,"notesCount":4}`))
	if err != nil || nativeID(a.Acct, "social.example") != "sample@social.example" || a.stated() != 12 || a.FollowingCount.Known() {
		t.Errorf("%+v, %v", a, err)
	}
	list, last, err := parseMisskeyFollowers([]byte(`[{"id":"r1","follower":{"id":"9b","username":"one","host":"elsewhere.example"}},{"id":"r2","follower":{"id":"9c","username":"two","host":null}}]`))
	if err != nil || len(list) != 2 || last != "r2" || list[0].Acct != "one@elsewhere.example" {
		t.Errorf("%+v, %q, %v", list, last, err)
	}
	if _, _, err := parseMisskeyFollowers([]byte(`[{"id":"r1"}]`)); err == nil {
		t.Error("a relation without a follower was taken")
	}
	for raw, want := range map[string]string{`{"error":{"code":"NO_SUCH_USER"}}`: "not_found", `{"error":{"code":"USER_SUSPENDED"}}`: "suspended", `{"error":{"code":"RATE_LIMIT_EXCEEDED"}}`: "", `[]`: ""} {
		if got := misskeyStatus(misskeyCode([]byte(raw))); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range []string{
		`{"id":"1","acct":"sample","followers_count":-1}`, `[{"id":"2","acct":"two@elsewhere.example"}]`, `{"error":"Record not found"}`, `[]`, `null`, ``,
		`[{"id":"5","created_at":"2026-01-31T10:11:12.345Z","account":{"acct":"sample"},"favourites_count":9,"reblog":null}]`,
		`{"version":"4.5.0","usage":{"users":{"active_month":800}}}`, `[{"week":"1769385600","logins":"142"}]`, `{"links":[{"rel":"/schema/2.0","href":"/nodeinfo/2.0"}]}`,
		`{"id":"9a","username":"Sample","host":null,"followersCount":12}`, `[{"id":"r1","follower":{"id":"9b","username":"one","host":"elsewhere.example"}}]`, `{"error":{"code":"NO_SUCH_USER"}}`,
		`{"software":{"name":"mastodon"},"usage":{"users":{"total":5000},"localPosts":1}}`,
	} {
		f.Add([]byte(raw), 200)
	}
	f.Fuzz(func(t *testing.T, raw []byte, status int) {
		for what, urls := range map[crawl.What][]string{
			crawl.Profile: {lookup, misskeyShow}, crawl.Resolve: {lookup, misskeyShow}, crawl.Posts: {lookup, "https://social.example/api/v1/accounts/1/statuses"},
			crawl.Followers: {lookup, "https://social.example/api/users/followers", "https://social.example/api/v1/accounts/1/followers?limit=80"}, crawl.Figures: {
				"https://social.example/api/v2/instance", "https://social.example/api/v1/instance/activity", "https://social.example/.well-known/nodeinfo", "https://social.example/nodeinfo/2.0"},
		} {
			for _, u := range urls {
				sourcetest.Holds(t, site, page(what, u, status, string(raw)))
			}
		}
	})
}
