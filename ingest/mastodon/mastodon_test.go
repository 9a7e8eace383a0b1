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
func common(software sourcetest.MastodonSoftware) sourcetest.Case {
	address := sourcetest.Mastodon(sourcetest.NewWorld(3, 100), sourcetest.Host).Address
	return sourcetest.Case{
		Start: func(w *sourcetest.World, base string) (*sourcetest.Server, crawl.Site) {
			s := sourcetest.Mastodon(w, sourcetest.Host)
			s.Software = software
			site := Site{Domain: sourcetest.Host, Base: base}
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

func TestSource(t *testing.T) { sourcetest.Run(t, common(sourcetest.MastodonVanilla)) }

func TestSourceOfOtherSoftware(t *testing.T) {
	for _, software := range []sourcetest.MastodonSoftware{sourcetest.MastodonOld, sourcetest.GoToSocial, sourcetest.Pleroma} {
		t.Run(string(software), func(t *testing.T) { sourcetest.Read(t, common(software)) })
	}
}
