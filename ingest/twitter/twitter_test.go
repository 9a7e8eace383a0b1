package twitter

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(newNames bool) func(*sourcetest.World, string) (*sourcetest.Server, crawl.Site) {
	return func(w *sourcetest.World, base string) (*sourcetest.Server, crawl.Site) {
		s := sourcetest.Twitter(w)
		s.NewNames, s.PageLimit = newNames, 50
		return s.Server, Site{Base: base, Token: s.Token, PostNames: newNames}
	}
}

func common(newNames bool) sourcetest.Case {
	return sourcetest.Case{
		Start: start(newNames),
		Accounts: func(*sourcetest.World) []string {
			return []string{"@sample0001", sourcetest.TwitterID(2), sourcetest.TwitterID(3)}
		},
		ID:       sourcetest.TwitterID,
		Orders:   crawl.Orders{Collect: []crawl.What{crawl.Profiles, crawl.Followers, crawl.Posts}, Posts: 20},
		Decoders: Decoders(),
		Verdict:  ingest.VerdictComplete,
		Closed:   sourcetest.Protected,
		Secrets:  []string{"app-s3cret"},
		Walls: map[string]sourcetest.Fault{
			"no credit": sourcetest.TwitterCredits(false), "no credit, in other words": sourcetest.TwitterCredits(true),
			"usage cap": sourcetest.TwitterUsageCap(), "no access": sourcetest.TwitterForbidden(),
			"bad token": sourcetest.Fail(401, "application/problem+json", `{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}`),
		},
	}
}

func TestSource(t *testing.T) {
	t.Run("old names", func(t *testing.T) { sourcetest.Run(t, common(false)) })
	t.Run("new names", func(t *testing.T) { sourcetest.Read(t, common(true)) })
}
