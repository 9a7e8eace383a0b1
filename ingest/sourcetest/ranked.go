package sourcetest

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

// A RankedServer shows the ranking of a world as an HTML page.
type RankedServer struct {
	*Server
	// Robots is what robots.txt says; empty: there is none.
	Robots string
	// RobotsType is its media type; empty: text/plain.
	RobotsType string
	// Rows is how many rows a page has; 0: all on one.
	Rows int
}

// Ranked shows w at /top as a table: rank, handle, name, followers in full. With Rows set, /top?page=2 goes on.
func Ranked(w *World) *RankedServer {
	s := &RankedServer{Server: newServer(w)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /top", s.top)
	mux.HandleFunc("GET /moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) })
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<title>Login</title>") })
	mux.HandleFunc("GET /robots.txt", func(w http.ResponseWriter, r *http.Request) {
		if s.Robots == "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		if s.RobotsType != "" {
			w.Header().Set("Content-Type", s.RobotsType)
		}
		fmt.Fprint(w, s.Robots)
	})
	s.inner = mux
	return s
}

func (s *RankedServer) top(w http.ResponseWriter, r *http.Request) {
	all := s.World.Ranking()
	from, to := 0, len(all)
	if s.Rows > 0 {
		from = min((queryInt(r, "page", 1)-1)*s.Rows, len(all))
		to = min(from+s.Rows, len(all))
	}
	var b strings.Builder
	b.WriteString(`<!doctype html><meta charset="utf-8"><title>Top</title><h1>Top</h1><table class="legend"><tr><th>Sign</th><th>Meaning</th></tr></table>
<table class="top"><tr><th>Rank</th><th>Account</th><th>Name</th><th>Followers</th></tr>`)
	for i := from; i < to; i++ {
		p := all[i]
		fmt.Fprintf(&b, `<tr><td>%d</td><td><a href="/u/%s">@%s</a></td><td>%s<sup>[1]</sup></td><td>%s</td></tr>`, i+1, p.Handle, p.Handle,
			html.EscapeString(p.Name), commas(p.Stated))
	}
	b.WriteString("</table>")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, b.String())
}

// commas writes a number with its thousands separated.
func commas(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
