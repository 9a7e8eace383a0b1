package sourcetest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// A ThreadsServer answers the Threads part of Meta's Graph API. Person 1 is the owner of the token.
type ThreadsServer struct {
	*Server
	Host  string
	Token string
	// Discovery says that the app passed review for profiles of others.
	Discovery bool
	// HeaderOnly refuses tokens in the query; QueryOnly refuses them in headers. Which of the two holds is not documented.
	HeaderOnly, QueryOnly bool
	// Usage writes the usage header with this percentage; 0: no header, as it is not documented for Threads.
	Usage int
}

// Threads shows w.
func Threads(w *World, host string) *ThreadsServer {
	s := &ThreadsServer{Server: newServer(w), Host: host, Token: "user-s3cret", Discovery: true}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/me", s.auth(s.me))
	mux.HandleFunc("GET /v1.0/{id}/threads", s.auth(s.posts))
	mux.HandleFunc("GET /v1.0/{id}/threads_insights", s.auth(s.insights))
	mux.HandleFunc("GET /v1.0/{id}/insights", s.auth(s.postInsights))
	mux.HandleFunc("GET /v1.0/profile_lookup", s.auth(s.lookup))
	s.inner = mux
	return s
}

// threadsPage is how many posts a page has at most: few, so that there is a next page, whose link holds the token.
const threadsPage = 5

// ThreadsID is the app-scoped id of a person.
func ThreadsID(no int) string { return strconv.Itoa(17_841_400_000_000_000 + no) }

// ThreadsError is an error of the Graph API: 190 the token, 4 and 17 limits, 10 permissions, 1 and 2 passing trouble.
func ThreadsError(status, code int, text string) Fault {
	return Fail(status, "application/json; charset=UTF-8",
		fmt.Sprintf(`{"error":{"message":%q,"type":"OAuthException","code":%d,"fbtrace_id":"Aexample"}}`, text, code))
}

func (s *ThreadsServer) auth(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		inHeader := r.Header.Get("Authorization") == "Bearer "+s.Token
		inQuery := r.URL.Query().Get("access_token") == s.Token
		if s.Usage > 0 {
			w.Header().Set("X-App-Usage", fmt.Sprintf(`{"call_count":%d,"total_time":12,"total_cputime":9}`, s.Usage))
		}
		if inHeader && s.QueryOnly || inQuery && s.HeaderOnly || !inHeader && !inQuery {
			ThreadsError(http.StatusUnauthorized, 190, "Invalid OAuth access token - Cannot parse access token")(w, r, nil)
			return
		}
		h(w, r)
	}
}

func (s *ThreadsServer) me(w http.ResponseWriter, _ *http.Request) {
	p, _ := s.World.Person(1)
	writeJSON(w, http.StatusOK, map[string]any{"id": ThreadsID(1), "username": p.Handle, "name": p.Name, "is_verified": false, "threads_biography": "text"})
}

// insights gives each metric in the shape that it has: a series, or a total.
func (s *ThreadsServer) insights(w http.ResponseWriter, r *http.Request) {
	p, _ := s.World.Person(1)
	data := []any{}
	for metric := range strings.SplitSeq(r.URL.Query().Get("metric"), ",") {
		item := map[string]any{"name": metric, "period": "day", "title": metric, "id": ThreadsID(1) + "/insights/" + metric + "/day"}
		switch metric {
		case "views":
			item["values"] = []any{map[string]any{"value": 10, "end_time": "1999-12-30T08:00:00+0000"}, map[string]any{"value": 20, "end_time": "1999-12-31T08:00:00+0000"}}
		case "followers_count":
			item["total_value"] = map[string]any{"value": p.Stated}
		default:
			item["total_value"] = map[string]any{"value": 7}
		}
		data = append(data, item)
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": data})
}

// posts pages by cursors; paging.next holds the caller's token.
func (s *ThreadsServer) posts(w http.ResponseWriter, r *http.Request) {
	before := int64(queryInt(r, "after", 1<<62))
	size := min(queryInt(r, "limit", 25), threadsPage)
	data := []any{}
	list := newestFirst(s.World.Posts(1), before, size)
	for _, post := range list {
		p, _ := s.World.Person(1)
		data = append(data, map[string]any{"id": strconv.FormatInt(post.No, 10), "username": p.Handle, "media_type": "TEXT_POST",
			"timestamp": post.At.Format("2006-01-02T15:04:05-0700"), "text": "text", "is_quote_post": false})
	}
	out := map[string]any{"data": data}
	if len(list) == size {
		last := strconv.FormatInt(list[size-1].No, 10)
		out["paging"] = map[string]any{"cursors": map[string]string{"after": last, "before": "x"},
			"next": fmt.Sprintf("http://%s%s?access_token=%s&limit=%d&after=%s", s.Host, r.URL.Path, s.Token, size, last)}
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *ThreadsServer) postInsights(w http.ResponseWriter, r *http.Request) {
	data := []any{}
	for _, post := range s.World.Posts(1) {
		if strconv.FormatInt(post.No, 10) == r.PathValue("id") {
			for name, v := range map[string]int64{"likes": post.Likes, "replies": post.Replies, "reposts": post.Reposts, "quotes": 1} {
				data = append(data, map[string]any{"name": name, "period": "lifetime", "values": []any{map[string]any{"value": v}}, "id": r.PathValue("id") + "/insights/" + name + "/lifetime"})
			}
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": data})
}

// lookup shows others: public accounts of at least 100 followers.
func (s *ThreadsServer) lookup(w http.ResponseWriter, r *http.Request) {
	if !s.Discovery {
		ThreadsError(http.StatusForbidden, 10, "Application does not have permission for this action")(w, r, nil)
		return
	}
	p, ok := s.World.ByHandle(r.URL.Query().Get("username"))
	if !ok || p.State != Alive || p.Stated < 100 {
		ThreadsError(http.StatusBadRequest, 24, "The requested resource does not exist")(w, r, nil)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"username": p.Handle, "name": p.Name, "biography": "text", "is_verified": false,
		"follower_count": p.Stated, "likes_count": 10, "quotes_count": 1, "reposts_count": 2, "views_count": 300, "profile_picture_url": "https://img.example/p.jpg"})
}

// ThreadsFull is how the platform says that the app has used up its calls.
func ThreadsFull() Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("X-App-Usage", `{"call_count":100,"total_time":12,"total_cputime":9}`)
		ThreadsError(http.StatusForbidden, 4, "Application request limit reached")(w, r, nil)
	}
}
