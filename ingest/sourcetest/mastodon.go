package sourcetest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MastodonSoftware says which of the programs that answer the Mastodon interface a server plays.
type MastodonSoftware string

// The programs, as their NodeInfo names them.
const (
	MastodonVanilla MastodonSoftware = "mastodon"
	MastodonOld     MastodonSoftware = "mastodon 3.3" // instance v1 only, no batch of profiles, full dates in last_status_at
	GoToSocial      MastodonSoftware = "gotosocial"   // a token for everything about accounts; no directory, no activity
	Pleroma         MastodonSoftware = "pleroma"      // hides counts behind flags; no directory, no activity
	Misskey         MastodonSoftware = "misskey"      // an interface of its own: POST /api/...
)

// A MastodonServer is one instance.
type MastodonServer struct {
	*Server
	Host     string // as its links name it: host and port
	Software MastodonSoftware
	// Token is required where the software asks for one; empty: nobody has one.
	Token string
	// ActivityOff answers the weekly activity with 404 and an empty body.
	ActivityOff bool
	// CountsHidden shows follower counts as the software hides them: -1, or zeros beside a flag.
	CountsHidden bool
	// Limited asks for a user's token everywhere: an instance in limited federation.
	Limited bool
}

// Mastodon shows w as an instance of the host. Half of the people who only follow live on another server.
func Mastodon(w *World, host string) *MastodonServer {
	m := &MastodonServer{Server: newServer(w), Host: host, Software: MastodonVanilla}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/accounts/lookup", m.open(m.lookup))
	mux.HandleFunc("GET /api/v1/accounts/{id}", m.open(m.account))
	mux.HandleFunc("GET /api/v1/accounts", m.open(m.accounts))
	mux.HandleFunc("GET /api/v1/accounts/{id}/followers", m.open(m.followers))
	mux.HandleFunc("GET /api/v1/accounts/{id}/following", m.open(m.following))
	mux.HandleFunc("GET /api/v1/accounts/{id}/statuses", m.open(m.statuses))
	mux.HandleFunc("GET /api/v1/directory", m.open(m.directory))
	mux.HandleFunc("GET /api/v1/instance", m.instanceV1)
	mux.HandleFunc("GET /api/v2/instance", m.instanceV2)
	mux.HandleFunc("GET /api/v1/instance/activity", m.activity)
	mux.HandleFunc("GET /.well-known/nodeinfo", m.nodeInfoLinks)
	mux.HandleFunc("GET /nodeinfo/2.0", m.nodeInfo)
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /media_proxy/\nDisallow: /interact/\n")
	})
	m.misskey(mux)
	m.inner = mux
	return m
}

// open checks the token, where there must be one, and writes the limits.
func (m *MastodonServer) open(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if m.Software == Misskey {
			http.NotFound(w, r)
			return
		}
		if (m.Limited || m.Software == GoToSocial) && (m.Token == "" || r.Header.Get("Authorization") != "Bearer "+m.Token) {
			writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "This API requires an authenticated user"})
			return
		}
		w.Header().Set("X-RateLimit-Limit", "300")
		w.Header().Set("X-RateLimit-Remaining", "297")
		w.Header().Set("X-RateLimit-Reset", time.Now().UTC().Add(5*time.Minute).Format("2006-01-02T15:04:05.000000Z"))
		h(w, r)
	}
}

func (m *MastodonServer) id(no int) string {
	switch m.Software {
	case GoToSocial:
		return fmt.Sprintf("01H%023d", no) // a ULID's length
	case Pleroma:
		return fmt.Sprintf("9s%016X", no)
	}
	return strconv.Itoa(109000000000000000 + no)
}

func (m *MastodonServer) byID(id string) (Person, bool) {
	for _, start := range []int{1, FirstFollower, Newcomer} {
		for no := start; ; no++ {
			p, ok := m.World.Person(no)
			if !ok {
				break
			}
			if m.id(no) == id {
				return p, p.State != Deleted
			}
		}
	}
	return Person{}, false
}

// Acct is how a person is addressed from this server: people who only follow and have an odd number live elsewhere.
func (m *MastodonServer) Acct(no int) string {
	p, _ := m.World.Person(no)
	if no >= FirstFollower && no%2 == 1 {
		return p.Handle + "@elsewhere.example"
	}
	return p.Handle
}

// Address is a person's whole address: acct@host.
func (m *MastodonServer) Address(no int) string {
	if acct := m.Acct(no); strings.Contains(acct, "@") {
		return acct
	}
	name, _, _ := strings.Cut(m.Host, ":")
	return m.Acct(no) + "@" + name
}

func (m *MastodonServer) entity(p Person) map[string]any {
	acct := m.Acct(p.No)
	user, home, remote := strings.Cut(acct, "@")
	if !remote {
		home = m.Host
	}
	a := map[string]any{
		"id": m.id(p.No), "username": user, "acct": acct, "display_name": p.Name, "locked": false, "bot": false,
		"discoverable": true, "group": false, "created_at": p.Created.Format("2006-01-02T00:00:00.000Z"),
		"note": "<p>Example &amp; text</p>", "url": "https://" + home + "/@" + user, "uri": "https://" + home + "/users/" + user,
		"followers_count": p.Stated, "following_count": p.Following, "statuses_count": p.Posts,
		"last_status_at": "1999-06-01", "emojis": []any{}, "fields": []any{},
	}
	switch {
	case p.State == Suspended:
		a["suspended"] = true
		a["display_name"], a["note"] = "", ""
		a["followers_count"], a["following_count"], a["statuses_count"] = 0, 0, 0
	case p.State == Hidden:
		a["hide_collections"] = true
	}
	if m.Software == MastodonOld {
		delete(a, "uri")
		a["last_status_at"] = "1999-06-01T08:00:00.000Z"
	}
	if m.Software == Pleroma {
		a["pleroma"] = map[string]any{"hide_followers_count": m.CountsHidden, "hide_followers": p.State == Hidden}
	}
	if m.CountsHidden {
		a["followers_count"] = -1
		if m.Software == Pleroma {
			a["followers_count"] = 0
		}
	}
	return a
}

func notFound(w http.ResponseWriter) {
	writeJSON(w, http.StatusNotFound, map[string]any{"error": "Record not found"})
}

func (m *MastodonServer) lookup(w http.ResponseWriter, r *http.Request) {
	acct := r.URL.Query().Get("acct")
	p, ok := m.World.ByHandle(strings.Split(acct, "@")[0])
	if !ok || p.State == Deleted {
		notFound(w)
		return
	}
	writeJSON(w, http.StatusOK, m.entity(p))
}

func (m *MastodonServer) account(w http.ResponseWriter, r *http.Request) {
	p, ok := m.byID(r.PathValue("id"))
	switch {
	case !ok:
		notFound(w)
	case p.State == Suspended && m.Software == MastodonOld:
		w.WriteHeader(http.StatusGone)
	default:
		writeJSON(w, http.StatusOK, m.entity(p))
	}
}

func (m *MastodonServer) accounts(w http.ResponseWriter, r *http.Request) {
	if m.Software != MastodonVanilla {
		notFound(w)
		return
	}
	out := []any{}
	for _, id := range r.URL.Query()["id[]"] {
		if p, ok := m.byID(id); ok {
			out = append(out, m.entity(p))
		}
	}
	slices.Reverse(out) // the order of the answer is not that of the request
	writeJSON(w, http.StatusOK, out)
}

// The Link header alone leads on; its max_id is the number of a follow, hidden from everybody.
func (m *MastodonServer) followers(w http.ResponseWriter, r *http.Request) {
	p, ok := m.byID(r.PathValue("id"))
	if !ok {
		notFound(w)
		return
	}
	out := []any{}
	if p.State == Hidden || p.State == Suspended {
		writeJSON(w, http.StatusOK, out)
		return
	}
	size := min(queryInt(r, "limit", 40), 80)
	after := queryInt(r, "max_id", 0)
	if after != 0 {
		after -= 7_000_000
	}
	page := m.byRow(p.No, after, size)
	for _, no := range page.people {
		if f, ok := m.World.Person(no); ok {
			out = append(out, m.entity(f))
		}
	}
	if len(page.people) >= size || page.again { // a page that is full says that there is more, though there may be none
		next := page.last()
		if page.again {
			next = after
		}
		base := fmt.Sprintf("http://%s%s?limit=%d", m.Host, r.URL.Path, size)
		w.Header().Set("Link", fmt.Sprintf(`<%s&max_id=%d>; rel="next", <%s&since_id=%d>; rel="prev"`, base, 7_000_000+next, base, 7_999_999))
	}
	writeJSON(w, http.StatusOK, out)
}

func (m *MastodonServer) following(w http.ResponseWriter, r *http.Request) {
	p, ok := m.byID(r.PathValue("id"))
	if !ok {
		notFound(w)
		return
	}
	out := []any{}
	for _, no := range m.World.Following(p.No) {
		if f, ok := m.World.Person(no); ok {
			out = append(out, m.entity(f))
		}
	}
	writeJSON(w, http.StatusOK, out)
}

func (m *MastodonServer) statuses(w http.ResponseWriter, r *http.Request) {
	p, ok := m.byID(r.PathValue("id"))
	if !ok {
		notFound(w)
		return
	}
	size := min(queryInt(r, "limit", 20), 40)
	before := queryInt(r, "max_id", 1<<62)
	posts := m.World.Posts(p.No)
	slices.Reverse(posts)
	out := []any{}
	for _, post := range posts {
		if int(post.No) >= before || len(out) == size {
			continue
		}
		out = append(out, map[string]any{
			"id": strconv.FormatInt(post.No, 10), "uri": fmt.Sprintf("https://%s/users/%s/statuses/%d", m.Host, p.Handle, post.No),
			"created_at": post.At.Format("2006-01-02T15:04:05.000Z"), "reblogs_count": post.Reposts, "replies_count": post.Replies,
			"favourites_count": post.Likes, "language": nil, "visibility": "public", "content": "<p>text</p>", "reblog": nil,
			"in_reply_to_id": nil, "account": m.entity(p),
		})
	}
	if len(out) == size {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?limit=%d&max_id=%s>; rel="next"`, m.Host, r.URL.Path, size, out[size-1].(map[string]any)["id"]))
	}
	writeJSON(w, http.StatusOK, out)
}

func (m *MastodonServer) directory(w http.ResponseWriter, r *http.Request) {
	if m.Software == GoToSocial || m.Software == Pleroma {
		notFound(w)
		return
	}
	size, offset := min(queryInt(r, "limit", 40), 80), queryInt(r, "offset", 0)
	all := m.World.Ranking()
	out := []any{}
	for i := offset; i < min(len(all), offset+size); i++ {
		out = append(out, m.entity(all[i]))
	}
	writeJSON(w, http.StatusOK, out)
}

func queryInt(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return otherwise
	}
	return n
}
