// Package weibo reads Sina Weibo by any of its three interfaces: the open API v2 with a token, the mobile site's JSON
// (m.weibo.cn) and the desktop site's (weibo.com/ajax) with the operator's own cookie.
//
// The three write the same things under different names and types; one decoder each reads them. Counts such as 117.3万 and
// 100万+ stay as exact as they are written. Lists of followers end after the first pages, whatever their length, and are
// called truncated. A login wall that comes with status 200, and every other sign that we are not wanted, stops the source:
// no gate is passed by force. README.md says what it needs, what it costs and what it cannot see. Accounts are known by
// their uid, as nicknames change hands.
package weibo

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// Platform is the one whose accounts are read.
const Platform ingest.Platform = "sina_weibo"

// An Interface is one of the three ways in.
type Interface string

// The three interfaces.
const (
	Open    Interface = "open"    // api.weibo.com/2, with a token
	Mobile  Interface = "mobile"  // m.weibo.cn/api, with a cookie
	Desktop Interface = "desktop" // weibo.com/ajax, with a cookie
)

// Interfaces are all of them.
var Interfaces = []Interface{Open, Mobile, Desktop}

// DecoderName is the journal's name of an interface's decoder.
func (i Interface) DecoderName() string { return "weibo-" + string(i) + "/v1" }

// Bounds of the interfaces.
const (
	countsBatch = 100
	openPage    = 5
	sitePage    = 20
	sitePages   = 20 // of a list, on both sites; the platform shows no more
)

// A Site is one interface with what opens it.
type Site struct {
	Interface Interface
	// Base is where it is served; "" means the real one.
	Base string
	// Token is the open API's OAuth 2 access token.
	Token string
	// Cookie is the operator's own, for the two sites; "" means none.
	Cookie string
}

// Name implements crawl.Site.
func (s Site) Name() string { return "weibo-" + string(s.Interface) }

// Platform implements crawl.Site.
func (Site) Platform() ingest.Platform { return Platform }

func (s Site) base() string {
	if s.Base != "" {
		return strings.TrimRight(s.Base, "/")
	}
	return map[Interface]string{Open: "https://api.weibo.com", Mobile: "https://m.weibo.cn", Desktop: "https://weibo.com"}[s.Interface]
}

// Traits implements crawl.Site. The open API grants 100 calls a day to a user; the sites publish no limit and are asked
// every eight seconds at most.
func (s Site) Traits() crawl.Traits {
	t := crawl.Traits{
		Decoder:  s.Interface.DecoderName(),
		Whats:    []crawl.What{crawl.Resolve, crawl.Profile, crawl.Followers},
		Requests: 7, Per: time.Minute, Parallel: 1,
		Page: sitePage, PostsPage: 10, Visible: sitePage * sitePages,
		NewestFirst: true, AnyType: true, // what is no JSON is a gate, which Read knows
		Robots: s.Interface != Open,
	}
	switch s.Interface {
	case Open:
		t.Whats = append(t.Whats, crawl.Profiles)
		t.Batch, t.Page, t.Visible = countsBatch, openPage, 0
		t.Requests, t.Per = 100, 24*time.Hour
		t.Unresolved = func(name string) bool { return !digits(name) }
	case Mobile:
		t.Whats = []crawl.What{crawl.Profile, crawl.Followers, crawl.Posts}
	case Desktop:
		t.Whats = []crawl.What{crawl.Profile, crawl.Followers, crawl.Following, crawl.Posts, crawl.Members}
		t.PostsPage = 20
	}
	if u, err := url.Parse(s.base()); err == nil {
		t.Hosts = []string{u.Host}
	}
	return t
}

func digits(name string) bool { return name != "" && strings.Trim(name, "0123456789") == "" }

// Request implements crawl.Site.
func (s Site) Request(a crawl.Ask) (crawl.Request, error) {
	if a.What != crawl.Resolve && a.What != crawl.Profiles && !digits(a.Subject) {
		return crawl.Request{}, fmt.Errorf("weibo account %q, want its uid, digits only (the open API also finds nicknames)", a.Subject)
	}
	q, path := url.Values{}, ""
	switch s.Interface {
	case Open:
		path = s.open(a, q)
	case Mobile:
		path = s.mobile(a, q)
	case Desktop:
		path = s.desktop(a, q)
	}
	if path == "" {
		return crawl.Request{}, fmt.Errorf("the %s interface of weibo does not serve %s", s.Interface, a.What)
	}
	r := crawl.Request{URL: s.base() + path + "?" + q.Encode(), Header: http.Header{}}
	if s.Interface == Open {
		r.Header.Set("Authorization", "OAuth2 "+s.Token)
		return r, nil
	}
	r.Header.Set("X-Requested-With", "XMLHttpRequest")
	r.Header.Set("Referer", s.base()+"/u/"+a.Subject)
	if s.Cookie != "" {
		r.Header.Set("Cookie", s.Cookie)
	}
	return r, nil
}

func (s Site) open(a crawl.Ask, q url.Values) string {
	switch a.What {
	case crawl.Resolve:
		q.Set("screen_name", strings.TrimPrefix(a.Subject, "@"))
		return "/2/users/show.json"
	case crawl.Profile:
		q.Set("uid", a.Subject)
		return "/2/users/show.json"
	case crawl.Profiles:
		q.Set("uids", strings.Join(a.Accounts, ","))
		return "/2/users/counts.json"
	case crawl.Followers:
		q.Set("uid", a.Subject)
		q.Set("count", fmt.Sprint(openPage))
		q.Set("cursor", or(a.Cursor, "0"))
		return "/2/friendships/followers.json"
	}
	return ""
}

func (s Site) mobile(a crawl.Ask, q url.Values) string {
	switch a.What {
	case crawl.Profile:
		q.Set("containerid", "100505"+a.Subject)
	case crawl.Followers:
		q.Set("containerid", "231051_-_fans_-_"+a.Subject)
		q.Set("since_id", or(a.Cursor, "1")) // a page number in spite of its name
	case crawl.Posts:
		q.Set("containerid", "107603"+a.Subject)
		if a.Cursor != "" {
			q.Set("since_id", a.Cursor)
		}
	default:
		return ""
	}
	q.Set("type", "uid")
	q.Set("value", a.Subject)
	return "/api/container/getIndex"
}

func (s Site) desktop(a crawl.Ask, q url.Values) string {
	q.Set("uid", a.Subject)
	switch a.What {
	case crawl.Profile:
		return "/ajax/profile/info"
	case crawl.Followers:
		q.Set("relate", "fans")
		q.Set("type", "fans")
		q.Set("page", or(a.Cursor, "1"))
		return "/ajax/friendships/friends"
	case crawl.Following, crawl.Members:
		if a.What == crawl.Members {
			q.Set("uid", a.Member)
		}
		q.Set("page", or(a.Cursor, "1"))
		return "/ajax/friendships/friends"
	case crawl.Posts:
		page, since, _ := strings.Cut(a.Cursor, " ")
		q.Set("page", or(page, "1"))
		q.Set("feature", "0")
		if since != "" {
			q.Set("since_id", since)
		}
		return "/ajax/statuses/mymblog"
	}
	return ""
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Read implements crawl.Site.
func (s Site) Read(p ingest.Page) (crawl.Reply, error) { return s.Interface.Read(p) }

// Decoders are the decoders of this package's pages.
func Decoders() map[string]ingest.Decoder {
	out := map[string]ingest.Decoder{}
	for _, i := range Interfaces {
		out[i.DecoderName()] = crawl.Decoder(i.Read)
	}
	return out
}
