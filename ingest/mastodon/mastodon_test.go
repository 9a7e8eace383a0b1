package mastodon

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// common is the case of a server that runs a software.
func common(software sourcetest.MastodonSoftware, length int) sourcetest.Case {
	address := sourcetest.Mastodon(sourcetest.NewWorld(3, length), sourcetest.Host).Address
	return sourcetest.Case{
		Start: func(w *sourcetest.World, base string) (*sourcetest.Server, crawl.Site) {
			s := sourcetest.Mastodon(w, sourcetest.Host)
			s.Software = software
			site := Site{Domain: sourcetest.Host, Base: base, Misskey: software == sourcetest.Misskey}
			if software == sourcetest.GoToSocial {
				s.Token = "user-s3cret"
				site.Token = s.Token
			}
			return s.Server, site
		},
		Accounts: func(*sourcetest.World) []string {
			return []string{"@Sample0001", "sample0002@" + sourcetest.Host, "sample0003@" + sourcetest.Host}
		},
		ID:       address,
		Orders:   crawl.Orders{Collect: []crawl.What{crawl.Profiles, crawl.Followers, crawl.Posts, crawl.Figures}, Posts: 5},
		Decoders: Decoders(),
		Verdict:  ingest.VerdictComplete,
		Closed:   sourcetest.Hidden,
		Secrets:  []string{"user-s3cret"},
		Walls: map[string]sourcetest.Fault{
			"limited federation": sourcetest.Fail(401, "application/json", `{"error":"This API requires an authenticated user"}`),
			"forbidden":          sourcetest.Fail(403, "application/json", `{"error":"This action is not allowed"}`),
		},
	}
}

func TestSource(t *testing.T) { sourcetest.Run(t, common(sourcetest.MastodonVanilla, 100)) }

func TestSourceOfOtherSoftware(t *testing.T) {
	for _, software := range []sourcetest.MastodonSoftware{sourcetest.MastodonOld, sourcetest.GoToSocial, sourcetest.Pleroma} {
		t.Run(string(software), func(t *testing.T) { sourcetest.Read(t, common(software, 100)) })
	}
}

func TestSourceOfMisskey(t *testing.T) {
	c := common(sourcetest.Misskey, 130) // a hundred on a page
	c.Orders.Collect = []crawl.What{crawl.Profiles, crawl.Followers, crawl.Figures}
	c.Length = 130
	c.Walls = map[string]sourcetest.Fault{
		"no token": sourcetest.Fail(401, "application/json", `{"error":{"message":"no","code":"CREDENTIAL_REQUIRED","kind":"client"}}`),
	}
	c.Limits = map[string]sourcetest.Fault{"its own limit": sourcetest.Fail(429, "application/json", `{"error":{"code":"RATE_LIMIT_EXCEEDED"}}`)}
	sourcetest.Run(t, c)
}
