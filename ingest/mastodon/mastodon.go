// Package mastodon reads servers of the fediverse that answer the Mastodon interface (Mastodon, GoToSocial, Pleroma,
// Akkoma): profiles, followers and following, posts, and the figures that a server publishes of itself.
//
// Each server is asked about the accounts that live on it, as no server knows all followers of an account of another one.
// Accounts are known by their address, acct@domain in lower case: a server's own ids mean nothing elsewhere. The contract
// is https://docs.joinmastodon.org/methods/; README.md says what it needs, what it costs and what it cannot see.
package mastodon

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// Platform is the fediverse, as far as it speaks this interface.
const Platform ingest.Platform = "mastodon"

// DecoderName is the journal's name of Read.
const DecoderName = "mastodon/v1"

// Sizes of pages; more is cut down to these in silence.
const (
	listPage  = 80
	postsPage = 40
)

// A Site is one server.
type Site struct {
	// Domain is what addresses end in, such as "social.example".
	Domain string
	// Base is where the interface is served; "" means https:// and the domain.
	Base string
	// Token of an application or a user, for servers that ask for one; "" means none.
	Token string
	// Misskey says that the server runs Misskey or a fork of it, whose interface is another one.
	Misskey bool
}

// Name implements crawl.Site.
func (s Site) Name() string { return "mastodon@" + s.Domain }

// Platform implements crawl.Site.
func (Site) Platform() ingest.Platform { return Platform }

func (s Site) base() string {
	if s.Base == "" {
		return "https://" + s.Domain
	}
	return strings.TrimRight(s.Base, "/")
}

// Traits implements crawl.Site. Of the 300 requests in 15 minutes that a server grants for pages, two thirds are used.
func (s Site) Traits() crawl.Traits {
	t := crawl.Traits{
		Decoder:  DecoderName,
		Whats:    []crawl.What{crawl.Resolve, crawl.Profile, crawl.Followers, crawl.Following, crawl.Posts, crawl.Figures, crawl.Members},
		Requests: 200, Per: 15 * time.Minute, Parallel: 1,
		Page: listPage, PostsPage: postsPage,
		NewestFirst: true,
		Robots:      true, // some software answers with nonsense to those who do not look: GoToSocial's "baffle"
		Unresolved:  func(name string) bool { return name != s.native(name) },
	}
	if s.Misskey {
		t.Whats = []crawl.What{crawl.Resolve, crawl.Profile, crawl.Followers, crawl.Figures}
		t.Page = misskeyPage
	}
	if u, err := url.Parse(s.base()); err == nil {
		t.Hosts = []string{u.Host}
	}
	return t
}

func (s Site) native(name string) string { return nativeID(name, strings.ToLower(s.Domain)) }

// Request implements crawl.Site. Lists and posts are asked for by a server's own id, which the first page of a walk looks
// up; its cursor then begins with that id.
func (s Site) Request(a crawl.Ask) (crawl.Request, error) {
	if s.Misskey && a.What != crawl.Figures {
		return s.ask(a)
	}
	q := url.Values{}
	path := "/api/v1/accounts/lookup"
	id, at, _ := strings.Cut(a.Cursor, " ")
	who := a.Subject
	switch {
	case a.What == crawl.Figures:
		path = figures(a.Cursor)
	case a.What == crawl.Members && a.Cursor == "":
		who = a.Member
		fallthrough
	case a.Cursor == "" && slices.Contains([]crawl.What{crawl.Resolve, crawl.Profile, crawl.Followers, crawl.Following, crawl.Posts}, a.What):
		q.Set("acct", s.acct(who))
	case a.Cursor != "" && (a.What.List() || a.What == crawl.Members || a.What == crawl.Posts):
		path = "/api/v1/accounts/" + url.PathEscape(id) + "/" + ends[a.What]
		q.Set("limit", fmt.Sprint(sizes[a.What]))
		if a.What == crawl.Posts {
			q.Set("exclude_reblogs", "true")
		}
		if at != "" {
			q.Set("max_id", at)
		}
	default:
		return crawl.Request{}, fmt.Errorf("mastodon does not serve %s", a.What)
	}
	r := crawl.Request{URL: s.base() + path}
	if len(q) > 0 {
		r.URL += "?" + q.Encode()
	}
	if s.Token != "" {
		r.Header = http.Header{"Authorization": {"Bearer " + s.Token}}
	}
	return r, nil
}

var (
	ends  = map[crawl.What]string{crawl.Followers: "followers", crawl.Following: "following", crawl.Members: "following", crawl.Posts: "statuses"}
	sizes = map[crawl.What]int{crawl.Followers: listPage, crawl.Following: listPage, crawl.Members: listPage, crawl.Posts: postsPage}
)

// acct is how this server addresses an account: its own without the domain.
func (s Site) acct(native string) string {
	return strings.TrimSuffix(strings.TrimPrefix(native, "@"), "@"+strings.ToLower(s.Domain))
}

// figures is the path of a step of the walk over what a server says of itself.
func figures(cursor string) string {
	if cursor == "" {
		return steps[0]
	}
	return cursor
}

// steps are the documents that a server publishes of itself. Each may be missing; NodeInfo, which all have, stands where its
// links say.
var steps = []string{"/api/v2/instance", "/api/v1/instance", "/api/v1/instance/activity", "/.well-known/nodeinfo"}

// Read implements crawl.Site.
func (Site) Read(p ingest.Page) (crawl.Reply, error) { return Read(p) }

// ReadHeader implements crawl.HeaderReader: only the header Link says where a list goes on, and its max_id is the number of
// a follow, which stands nowhere else. A list of an account that lives elsewhere is what this server knows of it.
func (s Site) ReadHeader(a crawl.Ask, h http.Header, r *crawl.Reply) {
	id, _, listed := strings.Cut(a.Cursor, " ")
	if !listed || r.Next != "" || r.Verdict != "" {
		return
	}
	if at := nextOf(h); at != "" {
		r.Next = id + " " + at
		return
	}
	if a.What.List() && !strings.HasSuffix(a.Subject, "@"+strings.ToLower(s.Domain)) {
		r.Verdict, r.Reason = ingest.VerdictPartialFederation, "as "+s.Domain+" knows the list of an account that lives elsewhere"
	}
}

// nextOf is the max_id of the link that the header calls next (RFC 8288), "" where there is none.
func nextOf(h http.Header) string {
	for _, header := range h.Values("Link") {
		for link := range strings.SplitSeq(header, ",") {
			target, params, ok := strings.Cut(link, ">")
			_, target, begins := strings.Cut(target, "<")
			if !ok || !begins || !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(params, `"`, ""), " ", ""), "rel=next") {
				continue
			}
			if u, err := url.Parse(target); err == nil {
				return u.Query().Get("max_id")
			}
		}
	}
	return ""
}

// Decoders are the decoders of this package's pages.
func Decoders() map[string]ingest.Decoder {
	return map[string]ingest.Decoder{DecoderName: crawl.Decoder(Read)}
}
