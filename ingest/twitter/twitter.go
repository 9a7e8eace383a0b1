// Package twitter reads X by its API v2: profiles in batches, followers and following, posts.
//
// Reads are paid for; [Site.Traits] says what each request costs. Both generations of field names are read (tweet_count and
// post_count, ...), as the documentation does not say which one an application gets. The contract is
// https://docs.x.com/x-api; README.md says what it needs, what it costs, what it cannot see, and what may not be measured by
// it. Accounts are known by their id, as handles change hands.
package twitter

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// Name is the source's name in the journal.
const Name = "twitter"

// DecoderName is the journal's name of Read.
const DecoderName = "twitter/v1"

// Sizes of pages and batches.
const (
	batch     = 100
	listPage  = 1000
	postsPage = 100
)

// What a read costs in US dollars, since February 2026: each returned user or post. The same one is free again on a UTC day.
const (
	usdPerUser = 0.010
	usdPerPost = 0.005
)

// A Site is the API with one token.
type Site struct {
	// Base is where the API is served; "" means https://api.x.com.
	Base string
	// Token is an app-only bearer token. Required.
	Token string
	// PostNames asks with the parameter names of August 2026 (post.fields) in place of the older ones (tweet.fields).
	PostNames bool
}

// Name implements crawl.Site.
func (Site) Name() string { return Name }

// Platform implements crawl.Site.
func (Site) Platform() ingest.Platform { return "twitter" }

func (s Site) base() string {
	if s.Base == "" {
		return "https://api.x.com"
	}
	return strings.TrimRight(s.Base, "/")
}

// Traits implements crawl.Site. The limits are those of an application's token.
func (s Site) Traits() crawl.Traits {
	t := crawl.Traits{
		Decoder:  DecoderName,
		Whats:    []crawl.What{crawl.Resolve, crawl.Profiles, crawl.Profile, crawl.Followers, crawl.Following, crawl.Posts, crawl.Members},
		Requests: 300, Per: 15 * time.Minute, Parallel: 2,
		Batch: batch, Page: listPage, PostsPage: postsPage,
		Missing:     0.05, // suspended accounts are counted and left out of lists
		NewestFirst: true,
		Unresolved:  func(name string) bool { return !digits(name) },
		USD: map[crawl.What]float64{
			crawl.Resolve: usdPerUser, crawl.Profile: usdPerUser, crawl.Profiles: batch * usdPerUser, crawl.Followers: listPage * usdPerUser,
			crawl.Following: listPage * usdPerUser, crawl.Members: listPage * usdPerUser, crawl.Posts: postsPage * usdPerPost,
		},
	}
	if u, err := url.Parse(s.base()); err == nil {
		t.Hosts = []string{u.Host}
	}
	return t
}

// digits reports whether a name is an id.
func digits(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}

const userFields = "id,name,username,created_at,public_metrics,verified,verified_type,protected,withheld"

// Request implements crawl.Site.
func (s Site) Request(a crawl.Ask) (crawl.Request, error) {
	q := url.Values{}
	path := "/2/users"
	size := func(page, least int) {
		if a.Limit > 0 { // what is not wanted is not paid for
			page = min(page, max(a.Limit, least))
		}
		q.Set("max_results", strconv.Itoa(page))
	}
	switch a.What {
	case crawl.Resolve:
		path = "/2/users/by"
		q.Set("usernames", strings.TrimPrefix(a.Subject, "@"))
	case crawl.Profiles:
		q.Set("ids", strings.Join(a.Accounts, ","))
		q.Set("user.fields", userFields)
	case crawl.Profile:
		q.Set("ids", a.Subject)
		q.Set("user.fields", userFields)
	case crawl.Followers, crawl.Following:
		path += "/" + url.PathEscape(a.Subject) + "/" + string(a.What)
		size(listPage, 1)
	case crawl.Members:
		path += "/" + url.PathEscape(a.Member) + "/following"
		size(listPage, 1)
	case crawl.Posts:
		path += "/" + url.PathEscape(a.Subject) + "/tweets"
		size(postsPage, 5)
		q.Set("exclude", "retweets")
		if s.PostNames {
			q.Set("post.fields", "id,author_id,created_at,public_metrics,referenced_posts")
		} else {
			q.Set("tweet.fields", "id,author_id,created_at,public_metrics,referenced_tweets")
		}
	default:
		return crawl.Request{}, fmt.Errorf("twitter does not serve %s", a.What)
	}
	if a.Cursor != "" {
		q.Set("pagination_token", a.Cursor)
	}
	return crawl.Request{URL: s.base() + path + "?" + q.Encode(), Header: http.Header{"Authorization": {"Bearer " + s.Token}}}, nil
}

// Read implements crawl.Site.
func (Site) Read(p ingest.Page) (crawl.Reply, error) { return Read(p) }

// Decoders are the decoders of this package's pages.
func Decoders() map[string]ingest.Decoder {
	return map[string]ingest.Decoder{DecoderName: crawl.Decoder(Read)}
}
