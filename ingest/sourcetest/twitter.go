package sourcetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A TwitterServer answers X's API v2.
type TwitterServer struct {
	*Server
	Token string
	// NewNames uses the field names of 2026: post_count, repost_count, referenced_posts. Then it also refuses the old
	// parameter tweet.fields.
	NewNames bool
	// PageLimit bounds a page of followers, so that a small list has several; 0 means 1000.
	PageLimit int
}

// Twitter shows w.
func Twitter(w *World) *TwitterServer {
	s := &TwitterServer{Server: newServer(w), Token: "app-s3cret"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2/users", s.auth(s.byIDs))
	mux.HandleFunc("GET /2/users/by", s.auth(s.byNames))
	mux.HandleFunc("GET /2/users/{id}/followers", s.auth(s.followers))
	mux.HandleFunc("GET /2/users/{id}/following", s.auth(s.following))
	mux.HandleFunc("GET /2/users/{id}/tweets", s.auth(s.posts))
	s.inner = mux
	return s
}

// TwitterID is the id of a person: a number that a float64 does not hold.
func TwitterID(no int) string { return strconv.FormatInt(1_000_000_000_000_000_001+int64(no), 10) }

func twitterNo(id string) int {
	n, _ := strconv.ParseInt(id, 10, 64)
	return int(n - 1_000_000_000_000_000_001)
}

func (s *TwitterServer) auth(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+s.Token {
			s.problem(w, http.StatusUnauthorized, map[string]any{"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"})
			return
		}
		w.Header().Set("x-rate-limit-limit", "300")
		w.Header().Set("x-rate-limit-remaining", "299")
		w.Header().Set("x-rate-limit-reset", strconv.FormatInt(time.Now().Add(15*time.Minute).Unix(), 10))
		h(w, r)
	}
}

func (s *TwitterServer) problem(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/problem+json")
	writeJSON(w, status, v)
}

// problems hosts: the two names of the same kind of error.
func (s *TwitterServer) kind(name string) string {
	if s.NewNames {
		return "https://api.x.com/2/problems/" + name
	}
	return "https://api.twitter.com/2/problems/" + name
}

// TwitterCredits is one of the two shapes in which X says that no credit is left.
func TwitterCredits(second bool) Fault {
	if second {
		return Fail(http.StatusPaymentRequired, "application/problem+json",
			`{"title":"Payment Required","detail":"credits depleted","status":402,"type":"https://api.x.com/2/problems/credits-depleted"}`)
	}
	return Fail(http.StatusPaymentRequired, "application/problem+json",
		`{"title":"CreditsDepleted","detail":"Your enrolled account [1] does not have any credits to fulfill this request.","type":"https://api.x.com/2/problems/credits","account_id":1}`)
}

// TwitterUsageCap is the 429 that no wait of minutes cures.
func TwitterUsageCap() Fault {
	return Fail(http.StatusTooManyRequests, "application/problem+json",
		`{"title":"UsageCapExceeded","detail":"Usage cap exceeded: Monthly product cap","period":"Monthly","scope":"Product","type":"https://api.x.com/2/problems/usage-capped"}`)
}

// TwitterForbidden is an application without access.
func TwitterForbidden() Fault {
	return Fail(http.StatusForbidden, "application/problem+json",
		`{"title":"Client Forbidden","reason":"client-not-enrolled","detail":"When authenticating requests","type":"https://api.x.com/2/problems/client-forbidden","registration_url":"https://developer.x.com/"}`)
}

func (s *TwitterServer) user(p Person) map[string]any {
	count := "tweet_count"
	if s.NewNames {
		count = "post_count"
	}
	return map[string]any{
		"id": TwitterID(p.No), "name": p.Name, "username": p.Handle, "created_at": p.Created.Format("2006-01-02T15:04:05.000Z"),
		"verified": false, "verified_type": "none", "protected": p.State == Protected,
		"public_metrics": map[string]any{"followers_count": p.Stated, "following_count": p.Following, count: p.Posts, "listed_count": 3},
	}
}

// partial answers 200 with those that were found and an error for each of the others.
func (s *TwitterServer) partial(w http.ResponseWriter, parameter string, wanted []string, find func(string) (Person, bool)) {
	if len(wanted) > 100 {
		s.problem(w, http.StatusBadRequest, map[string]any{"title": "Invalid Request", "detail": "at most 100", "type": s.kind("invalid-request")})
		return
	}
	data, errs := []any{}, []any{}
	for _, want := range wanted {
		p, ok := find(want)
		switch {
		case !ok || p.State == Deleted:
			errs = append(errs, map[string]any{"value": want, "detail": "Could not find user with " + parameter + ": [" + want + "].",
				"title": "Not Found Error", "resource_type": "user", "parameter": parameter, "resource_id": want, "type": s.kind("resource-not-found")})
		case p.State == Suspended:
			errs = append(errs, map[string]any{"value": want, "detail": "User has been suspended: [" + want + "].",
				"title": "Forbidden", "resource_type": "user", "parameter": parameter, "resource_id": want, "type": s.kind("resource-not-found")})
		default:
			data = append(data, s.user(p))
		}
	}
	out := map[string]any{}
	if len(data) > 0 { // missing where nothing was found
		out["data"] = data
	}
	if len(errs) > 0 {
		out["errors"] = errs
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *TwitterServer) byIDs(w http.ResponseWriter, r *http.Request) {
	s.partial(w, "ids", strings.Split(r.URL.Query().Get("ids"), ","), func(id string) (Person, bool) { return s.World.Person(twitterNo(id)) })
}

func (s *TwitterServer) byNames(w http.ResponseWriter, r *http.Request) {
	s.partial(w, "usernames", strings.Split(r.URL.Query().Get("usernames"), ","), s.World.ByHandle)
}

func (s *TwitterServer) followers(w http.ResponseWriter, r *http.Request) {
	p, ok := s.World.Person(twitterNo(r.PathValue("id")))
	switch {
	case !ok || p.State == Deleted:
		s.partial(w, "id", []string{r.PathValue("id")}, func(string) (Person, bool) { return Person{}, false })
		return
	case p.State == Protected:
		writeJSON(w, http.StatusOK, map[string]any{"errors": []any{map[string]any{"resource_id": r.PathValue("id"), "resource_type": "user", "parameter": "id",
			"title": "Authorization Error", "detail": "Sorry, you are not authorized to see the user", "type": s.kind("not-authorized-for-resource")}}})
		return
	}
	limit := 1000
	if s.PageLimit > 0 {
		limit = s.PageLimit
	}
	after := 0
	token := r.URL.Query().Get("pagination_token")
	if token != "" {
		n, found := strings.CutPrefix(token, "TOKEN")
		no, err := strconv.Atoi(n)
		if !found || err != nil {
			s.problem(w, http.StatusBadRequest, map[string]any{"errors": []any{map[string]any{"parameters": map[string]any{"pagination_token": []string{token}},
				"message": "The pagination_token is not valid"}}, "title": "Invalid Request", "detail": "One or more parameters to your request was invalid.", "type": s.kind("invalid-request")})
			return
		}
		after = no
	}
	page := s.byRow(p.No, after, min(queryInt(r, "max_results", 100), limit))
	data := []any{}
	for _, no := range page.people {
		if f, _ := s.World.Person(no); f.State == Alive { // suspended ones are left out, so that a page may be short
			data = append(data, s.user(f))
		}
	}
	meta := map[string]any{"result_count": len(data)}
	switch {
	case page.again:
		meta["next_token"] = token
	case page.more:
		meta["next_token"] = fmt.Sprintf("TOKEN%d", page.last())
	}
	out := map[string]any{"meta": meta}
	if len(data) > 0 {
		out["data"] = data
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *TwitterServer) following(w http.ResponseWriter, r *http.Request) {
	data := []any{}
	for _, no := range s.World.Following(twitterNo(r.PathValue("id"))) {
		f, _ := s.World.Person(no)
		data = append(data, s.user(f))
	}
	out := map[string]any{"meta": map[string]any{"result_count": len(data)}}
	if len(data) > 0 {
		out["data"] = data
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *TwitterServer) posts(w http.ResponseWriter, r *http.Request) {
	if s.NewNames && r.URL.Query().Has("tweet.fields") {
		s.problem(w, http.StatusBadRequest, map[string]any{"errors": []any{map[string]any{"parameters": map[string]any{"tweet.fields": []string{"x"}},
			"message": "The query parameter [tweet.fields] is not one of"}}, "title": "Invalid Request", "detail": "One or more parameters to your request was invalid.", "type": s.kind("invalid-request")})
		return
	}
	p, ok := s.World.Person(twitterNo(r.PathValue("id")))
	if !ok || p.State == Deleted {
		s.partial(w, "id", []string{r.PathValue("id")}, func(string) (Person, bool) { return Person{}, false })
		return
	}
	reposts, references := "retweet_count", "referenced_tweets"
	if s.NewNames {
		reposts, references = "repost_count", "referenced_posts"
	}
	before := int64(1 << 62)
	if n, found := strings.CutPrefix(r.URL.Query().Get("pagination_token"), "TOKEN"); found {
		before, _ = strconv.ParseInt(n, 10, 64)
	}
	size := min(max(queryInt(r, "max_results", 10), 5), 100)
	data := []any{}
	for _, post := range newestFirst(s.World.Posts(p.No), before, size) {
		item := map[string]any{"id": strconv.FormatInt(post.No, 10), "text": "text", "author_id": TwitterID(p.No), "lang": "und",
			"created_at":     post.At.Format("2006-01-02T15:04:05.000Z"),
			"public_metrics": map[string]any{reposts: post.Reposts, "reply_count": post.Replies, "like_count": post.Likes, "quote_count": 1, "impression_count": 0}}
		if post.RepostOf != 0 {
			item[references] = []any{map[string]any{"type": "retweeted", "id": strconv.FormatInt(post.RepostOf, 10)}}
		}
		data = append(data, item)
	}
	meta := map[string]any{"result_count": len(data)}
	if len(data) == size {
		meta["next_token"] = "TOKEN" + data[size-1].(map[string]any)["id"].(string)
	}
	out := map[string]any{"meta": meta}
	if len(data) > 0 {
		out["data"] = data
	}
	writeJSON(w, http.StatusOK, out)
}
