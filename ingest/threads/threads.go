// Package threads reads Threads by Meta's Graph API: public profiles, and the insights and posts of one's own account.
//
// There is no list of followers, no ranking and no figure about the platform in this interface, so that reach has to work
// from counts here; [Site.Traits] says so. The contract is https://developers.facebook.com/docs/threads; README.md says what
// it needs, what it costs and what it cannot see. Accounts are known by their username, as the interface gives no id of
// others: an account that changes its name is another one here.
package threads

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// Name is the source's name in the journal.
const Name = "threads"

// DecoderName is the journal's name of Read.
const DecoderName = "threads/v1"

// postsPage is how many posts are asked for at once; the counts of each are a request of their own.
const postsPage = 25

// A Site is the API with one user's token.
type Site struct {
	// Base is where the API is served; "" means https://graph.threads.net.
	Base string
	// Token is the user access token. Required.
	Token string
	// Me is the username of the token's owner, whose insights and posts can be read; "" means none.
	Me string
	// TokenInQuery sends the token as the parameter access_token rather than in a header, where a server wants it so. Both
	// are described, and it is not confirmed that the header is taken everywhere.
	TokenInQuery bool
}

// Name implements crawl.Site.
func (Site) Name() string { return Name }

// Platform implements crawl.Site.
func (Site) Platform() ingest.Platform { return "threads" }

func (s Site) base() string {
	if s.Base == "" {
		return "https://graph.threads.net"
	}
	return strings.TrimRight(s.Base, "/")
}

// Traits implements crawl.Site. Profiles of others may be looked up 1,000 times in 24 hours.
func (s Site) Traits() crawl.Traits {
	t := crawl.Traits{
		Decoder:  DecoderName,
		Whats:    []crawl.What{crawl.Resolve, crawl.Profile},
		Requests: 1000, Per: 24 * time.Hour, Parallel: 1, PostsPage: 1,
		Unresolved: func(name string) bool { return name != native(name) },
		Others:     func(w crawl.What, account string) bool { return w == crawl.Posts && !s.own(account) },
	}
	if s.Me != "" {
		t.Whats = append(t.Whats, crawl.Posts)
	}
	if u, err := url.Parse(s.base()); err == nil {
		t.Hosts = []string{u.Host}
	}
	return t
}

// native is the id of an account: its username in lower case.
func native(name string) string { return strings.ToLower(strings.TrimPrefix(name, "@")) }

func (s Site) own(name string) bool { return s.Me != "" && native(name) == native(s.Me) }

// Request implements crawl.Site. The followers of one's own account stand among its insights; those of others in their
// profile. A page of posts is followed by one request for the counts of each.
func (s Site) Request(a crawl.Ask) (crawl.Request, error) {
	q := url.Values{}
	path := "/v1.0/profile_lookup"
	switch {
	case a.What == crawl.Profile && s.own(a.Subject):
		path = "/v1.0/me/threads_insights"
		q.Set("metric", "followers_count")
	case a.What == crawl.Resolve && s.own(a.Subject):
		path = "/v1.0/me"
		q.Set("fields", "id,username,name,is_verified")
	case a.What == crawl.Profile || a.What == crawl.Resolve:
		q.Set("username", native(a.Subject))
	case a.What == crawl.Posts && s.own(a.Subject):
		after, queue := splitCursor(a.Cursor)
		if len(queue) > 0 {
			id, at, _ := strings.Cut(queue[0], "@")
			path = "/v1.0/" + url.PathEscape(id) + "/insights"
			q.Set("metric", "views,likes,replies,reposts,quotes")
			q.Set(posted, at)
			break
		}
		path = "/v1.0/me/threads"
		q.Set("fields", "id,username,media_type,timestamp")
		q.Set("limit", fmt.Sprint(postsPage))
		if after != "" {
			q.Set("after", after)
		}
	default:
		return crawl.Request{}, fmt.Errorf("threads does not serve %s of %s", a.What, a.Subject)
	}
	r := crawl.Request{Header: http.Header{}}
	if s.TokenInQuery {
		q.Set("access_token", s.Token)
	} else {
		r.Header.Set("Authorization", "Bearer "+s.Token)
	}
	r.URL = s.base() + path + "?" + q.Encode()
	return r, nil
}

// posted is a parameter of ours, which the server passes over: when the post was made. The answer with its counts does not
// say it, and a page has to say all that its rows need.
const posted = "posted"

// ReadHeader implements crawl.HeaderReader: the answer about one post does not say which one is next.
func (s Site) ReadHeader(a crawl.Ask, _ http.Header, r *crawl.Reply) {
	after, queue := splitCursor(a.Cursor)
	if a.What == crawl.Posts && len(queue) > 0 {
		r.Next = joinCursor(after, queue[1:])
	}
}

// Read implements crawl.Site.
func (Site) Read(p ingest.Page) (crawl.Reply, error) { return Read(p) }

// Decoders are the decoders of this package's pages.
func Decoders() map[string]ingest.Decoder {
	return map[string]ingest.Decoder{DecoderName: crawl.Decoder(Read)}
}
