// Package bluesky reads Bluesky and other networks of the AT protocol: profiles in batches, followers and follows,
// relationships, posts, and the number of accounts on all hosts.
//
// It asks an AppView (public.api.bsky.app by default), which needs no token, and for the size of the network a relay. The
// contract is https://docs.bsky.app and the lexicons of github.com/bluesky-social/atproto; what servers do beyond it is
// noted where it matters. Accounts are known by their DID, as handles change hands.
package bluesky

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// Name is the source's name in the journal.
const Name = "bluesky"

// DecoderName is the journal's name of [Read].
const DecoderName = "bluesky/v1"

// The limits of the interface.
const (
	batch     = 25  // actors of getProfiles
	page      = 100 // members or posts of a page
	hostsPage = 1000
	relations = 30 // others of getRelationships
)

// A Site is one AppView with its relay.
type Site struct {
	// AppView is where app.bsky is served, such as "https://public.api.bsky.app".
	AppView string
	// Relay is where com.atproto.sync.listHosts is served, such as "https://bsky.network"; "" means none.
	Relay string
}

// Default are the public servers.
func Default() Site {
	return Site{AppView: "https://public.api.bsky.app", Relay: "https://bsky.network"}
}

// Name implements crawl.Site.
func (Site) Name() string { return Name }

// Platform implements crawl.Site.
func (Site) Platform() ingest.Platform { return "bluesky" }

// Traits implements crawl.Site. The AppView publishes no limit; half of what a PDS allows is asked of it.
func (s Site) Traits() crawl.Traits {
	t := crawl.Traits{
		Decoder: DecoderName,
		Whats: []crawl.What{crawl.Resolve, crawl.Profiles, crawl.Profile, crawl.Followers, crawl.Following,
			crawl.Posts, crawl.Members},
		Requests: 1500, Per: 5 * time.Minute, Parallel: 3,
		Batch: batch, Page: page, PostsPage: page, Relations: relations,
		Missing:     0.1, // the counter includes accounts that lists leave out: blocked, taken down, gone
		NewestFirst: true,
		Unresolved:  func(name string) bool { return !strings.HasPrefix(name, "did:") },
	}
	for _, base := range []string{s.AppView, s.Relay} {
		if u, err := url.Parse(base); err == nil && u.Host != "" && !slices.Contains(t.Hosts, u.Host) {
			t.Hosts = append(t.Hosts, u.Host)
		}
	}
	if s.Relay != "" {
		t.Whats = append(t.Whats, crawl.Figures)
	}
	return t
}

// Request implements crawl.Site.
func (s Site) Request(a crawl.Ask) (crawl.Request, error) {
	base, q := s.AppView, url.Values{}
	method, limit := "", page
	switch a.What {
	case crawl.Resolve:
		method, limit = "com.atproto.identity.resolveHandle", 0
		q.Set("handle", strings.TrimPrefix(a.Subject, "@"))
	case crawl.Profiles:
		method, limit = "app.bsky.actor.getProfiles", 0
		q["actors"] = a.Accounts
	case crawl.Profile:
		method, limit = "app.bsky.actor.getProfile", 0
		q.Set("actor", a.Subject)
	case crawl.Followers:
		method = "app.bsky.graph.getFollowers"
		q.Set("actor", a.Subject)
	case crawl.Following:
		method = "app.bsky.graph.getFollows"
		q.Set("actor", a.Subject)
	case crawl.Posts:
		method = "app.bsky.feed.getAuthorFeed"
		q.Set("actor", a.Subject)
		q.Set("filter", "posts_no_replies")
	case crawl.Figures:
		base, method, limit = s.Relay, "com.atproto.sync.listHosts", hostsPage
	case crawl.Members:
		method, limit = "app.bsky.graph.getRelationships", 0
		q.Set("actor", a.Member)
		q["others"] = a.Others
	default:
		return crawl.Request{}, fmt.Errorf("bluesky does not serve %s", a.What)
	}
	if base == "" {
		return crawl.Request{}, errors.New("no relay is configured")
	}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	if a.Cursor != "" {
		q.Set("cursor", a.Cursor)
	}
	return crawl.Request{URL: strings.TrimRight(base, "/") + "/xrpc/" + method + "?" + q.Encode()}, nil
}

// Read implements crawl.Site.
func (Site) Read(p ingest.Page) (crawl.Reply, error) { return Read(p) }

// Decoders are the decoders of this package's pages.
func Decoders() map[string]ingest.Decoder {
	return map[string]ingest.Decoder{DecoderName: crawl.Decoder(Read)}
}
