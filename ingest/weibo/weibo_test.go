package weibo

import (
	"fmt"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/sourcetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func uid(no int) string { return strconv.FormatInt(sourcetest.WeiboID(no), 10) }

// common is the case of an interface. The sites show three pages of each list here, in place of twenty.
func common(i Interface) sourcetest.Case {
	c := sourcetest.Case{
		Start: func(w *sourcetest.World, base string) (*sourcetest.Server, crawl.Site) {
			s := sourcetest.Weibo(w)
			s.Pages = 3
			site := Site{Interface: i, Base: base}
			if i == Open {
				site.Token = s.Token
			} else {
				s.Cookie = "SUB=cookie-s3cret; SUBP=more-s3cret"
				site.Cookie = s.Cookie
			}
			return s.Server, site
		},
		Accounts: func(*sourcetest.World) []string { return []string{uid(1), uid(2), uid(3)} },
		ID:       uid,
		Orders:   crawl.Orders{Collect: []crawl.What{crawl.Profiles, crawl.Followers, crawl.Posts}, Posts: 30},
		Decoders: Decoders(),
		Verdict:  ingest.VerdictTruncated,
		Visible:  60,
		Closed:   sourcetest.Hidden,
		Secrets:  []string{"open-s3cret", "cookie-s3cret", "more-s3cret"},
		Walls: map[string]sourcetest.Fault{
			"login with status 200": sourcetest.WeiboLogin(),
			"firewall":              sourcetest.WeiboFirewall(),
			"too fast":              sourcetest.WeiboBusy(),
			"teapot":                sourcetest.Fail(418, "text/html", "<html>418</html>"),
			"old throttle page":     sourcetest.Fail(414, "text/html", "<html>414</html>"),
			"ban":                   sourcetest.Fail(403, "text/html", "<html>Forbidden</html>"),
			"visitor page":          sourcetest.RedirectTo("/visitor/visitor?url=x"),
		},
	}
	if i == Open {
		c.Verdict, c.Visible, c.Closed = ingest.VerdictComplete, 0, sourcetest.Alive
		c.Length = 30 // five on a page
		c.Walls = map[string]sourcetest.Fault{}
		for code, status := range map[int]int{10022: 403, 10023: 403, 10005: 403, 10014: 403, 21332: 403, 21327: 400} {
			c.Walls[fmt.Sprint("error ", code)] = sourcetest.WeiboError(status, code, "no")
		}
		c.Limits = map[string]sourcetest.Fault{
			"one call's quota": sourcetest.WeiboError(403, 10024, "User requests for (friendships/followers) out of rate limit!"),
			"system busy":      sourcetest.WeiboError(503, 10009, "Too many pending tasks, system is busy!"),
		}
	}
	return c
}

func TestOpen(t *testing.T) { sourcetest.Run(t, common(Open)) }

func TestMobile(t *testing.T) { sourcetest.Run(t, common(Mobile)) }

func TestDesktop(t *testing.T) { sourcetest.Run(t, common(Desktop)) }
