package threads

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func common(inQuery bool) sourcetest.Case {
	handle := func(no int) string {
		p, _ := sourcetest.NewWorld(3, 1).Person(no)
		return p.Handle
	}
	return sourcetest.Case{
		Start: func(w *sourcetest.World, base string) (*sourcetest.Server, crawl.Site) {
			s := sourcetest.Threads(w, sourcetest.Host)
			s.QueryOnly, s.HeaderOnly = inQuery, !inQuery
			return s.Server, Site{Base: base, Token: s.Token, Me: "Sample0001", TokenInQuery: inQuery}
		},
		Accounts: func(*sourcetest.World) []string { return []string{"@Sample0001", "sample0002", "sample0003"} },
		ID:       handle,
		Orders:   crawl.Orders{Collect: []crawl.What{crawl.Profiles, crawl.Followers, crawl.Posts}},
		Decoders: Decoders(),
		Secrets:  []string{"user-s3cret"},
		Walls: map[string]sourcetest.Fault{
			"bad token":     sourcetest.ThreadsError(401, 190, "Error validating access token"),
			"no permission": sourcetest.ThreadsError(403, 10, "Application does not have permission for this action"),
			"calls used up": sourcetest.ThreadsFull(),
			"custom limit":  sourcetest.ThreadsError(400, 613, "Calls to this api have exceeded the rate limit"),
		},
		Limits: map[string]sourcetest.Fault{"passing trouble": sourcetest.ThreadsError(500, 2, "Service temporarily unavailable")},
	}
}

func TestSource(t *testing.T) { sourcetest.Run(t, common(false)) }

func TestTokenInTheQuery(t *testing.T) { sourcetest.Read(t, common(true)) }
