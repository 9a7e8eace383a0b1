// Package blueskytest is a small network that speaks as much of the AT protocol as package bluesky asks for, for tests on
// loopback. The same collector is tried on the reference network in .ci/bluesky.
package blueskytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Network is its accounts. Its fields may be changed between requests, under Lock.
type Network struct {
	sync.Mutex
	Accounts  map[string]*Account                               // by DID
	Page      int                                               // members on a page; 0: as many as are asked for
	Hosts     []int64                                           // accounts of each host of the relay
	Requests  int                                               // served so far
	Intercept func(w http.ResponseWriter, r *http.Request) bool // answers in our place where it returns true
}

// An Account is one account. Gone is an error of the protocol, such as "AccountTakedown".
type Account struct {
	Handle    string
	Followers []string // newest first
	Follows   []string // newest first
	Posts     int
	Gone      string
}

// DID is the id of the nth account.
func DID(n int) string { return fmt.Sprintf("did:plc:%024d", n) }

// Crowd is the ids of n people who only follow, from first on.
func Crowd(first, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = DID(first + i)
	}
	return all
}

// ServeHTTP implements http.Handler.
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.Lock()
	defer n.Unlock()
	n.Requests++
	if n.Intercept != nil && n.Intercept(w, r) {
		return
	}
	q := r.URL.Query()
	switch method, _ := strings.CutPrefix(r.URL.Path, "/xrpc/"); method {
	case "com.atproto.identity.resolveHandle":
		for did, a := range n.Accounts {
			if a.Handle == q.Get("handle") {
				answer(w, map[string]any{"did": did})
				return
			}
		}
		refuse(w, 400, "InvalidRequest", "Unable to resolve handle")
	case "app.bsky.actor.getProfiles":
		n.profiles(w, q["actors"])
	case "app.bsky.actor.getProfile":
		if a := n.account(w, q.Get("actor"), "Profile not found"); a != nil {
			answer(w, profile(q.Get("actor"), a))
		}
	case "app.bsky.graph.getFollowers":
		if a := n.account(w, q.Get("actor"), "Actor not found"); a != nil {
			n.list(w, r, "followers", a.Followers)
		}
	case "app.bsky.graph.getFollows":
		if a := n.account(w, q.Get("actor"), "Actor not found"); a != nil {
			n.list(w, r, "follows", a.Follows)
		}
	case "app.bsky.feed.getAuthorFeed":
		if a := n.account(w, q.Get("actor"), "Profile not found"); a != nil {
			n.feed(w, r, a)
		}
	case "app.bsky.graph.getRelationships":
		n.relations(w, q.Get("actor"), q["others"])
	case "com.atproto.sync.listHosts":
		hosts := []map[string]any{}
		for i, c := range n.Hosts {
			hosts = append(hosts, map[string]any{"hostname": fmt.Sprintf("pds%d.example", i), "accountCount": c, "status": "active"})
		}
		answer(w, map[string]any{"hosts": hosts})
	default:
		refuse(w, 501, "MethodNotImplemented", "Method Not Implemented")
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // a client that went away
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "message": message})
}

// account finds one account, or refuses in the protocol's words.
func (n *Network) account(w http.ResponseWriter, did, missing string) *Account {
	a := n.Accounts[did]
	switch {
	case a == nil:
		refuse(w, 400, "InvalidRequest", missing)
	case a.Gone != "":
		refuse(w, 400, a.Gone, "Account has been taken down or is gone")
	default:
		return a
	}
	return nil
}

func profile(did string, a *Account) map[string]any {
	return map[string]any{"did": did, "handle": a.Handle, "displayName": strings.ToUpper(a.Handle), "labels": []any{},
		"followersCount": len(a.Followers), "followsCount": len(a.Follows), "postsCount": a.Posts}
}

// profiles leaves unknown actors out without a word.
func (n *Network) profiles(w http.ResponseWriter, dids []string) {
	if len(dids) > 25 {
		refuse(w, 400, "InvalidRequest", "Error: actors must not have more than 25 elements")
		return
	}
	found := []any{}
	for _, did := range dids {
		if a := n.Accounts[did]; a != nil && a.Gone == "" {
			found = append(found, profile(did, a))
		}
	}
	answer(w, map[string]any{"profiles": found})
}

// list pages by the last member seen, so that newcomers at the top move nothing.
func (n *Network) list(w http.ResponseWriter, r *http.Request, key string, members []string) {
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	if limit <= 0 || limit > 100 {
		refuse(w, 400, "InvalidRequest", "Error: limit can not be greater than 100")
		return
	}
	if n.Page > 0 {
		limit = min(limit, n.Page)
	}
	at := 0
	if cursor := r.URL.Query().Get("cursor"); cursor != "" {
		i := slices.Index(members, strings.TrimPrefix(cursor, "after__"))
		if i < 0 {
			refuse(w, 500, "InternalServerError", "Internal Server Error")
			return
		}
		at = i + 1
	}
	end := min(len(members), at+limit)
	page := []any{}
	for _, did := range members[at:end] {
		page = append(page, map[string]any{"did": did, "handle": did[len(did)-6:] + ".example", "labels": []any{}})
	}
	out := map[string]any{key: page, "subject": map[string]any{"did": r.URL.Query().Get("actor")}}
	if end < len(members) {
		out["cursor"] = "after__" + members[end-1]
	}
	answer(w, out)
}

func (n *Network) feed(w http.ResponseWriter, r *http.Request, a *Account) {
	did := r.URL.Query().Get("actor")
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	at, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	items := []any{}
	for i := at; i < min(a.Posts, at+limit); i++ {
		items = append(items, map[string]any{"post": map[string]any{
			"uri": fmt.Sprintf("at://%s/app.bsky.feed.post/%06d", did, i), "author": map[string]any{"did": did, "handle": a.Handle},
			"record":    map[string]any{"createdAt": fmt.Sprintf("2026-01-%02dT10:00:00.000Z", 1+i%28)},
			"likeCount": 10 * i, "repostCount": i, "replyCount": 1, "quoteCount": 0, "indexedAt": "2026-02-01T00:00:00.000Z",
		}})
	}
	out := map[string]any{"feed": items}
	if at+limit < a.Posts {
		out["cursor"] = strconv.Itoa(at + limit)
	}
	answer(w, out)
}

func (n *Network) relations(w http.ResponseWriter, actor string, others []string) {
	if len(others) > 30 {
		refuse(w, 400, "InvalidRequest", "Error: others must not have more than 30 elements")
		return
	}
	all := []any{}
	for _, did := range others {
		a := n.Accounts[did]
		if a == nil {
			all = append(all, map[string]any{"$type": "app.bsky.graph.defs#notFoundActor", "actor": did, "notFound": true})
			continue
		}
		rel := map[string]any{"$type": "app.bsky.graph.defs#relationship", "did": did}
		if slices.Contains(a.Followers, actor) {
			rel["following"] = "at://" + actor + "/app.bsky.graph.follow/3kexample"
		}
		all = append(all, rel)
	}
	answer(w, map[string]any{"actor": actor, "relationships": all})
}
