package serve

import (
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Handler answers the requests that come to addr. A request under another name is not for us: a page of a stranger whose
// name was made to point to this machine (DNS rebinding) gives itself away by its Host header.
func (s *Server) Handler(addr net.Addr) (http.Handler, error) {
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return nil, err
	}
	names := map[string]bool{addr.String(): true, "localhost:" + port: true, "127.0.0.1:" + port: true, "[::1]:" + port: true}
	mux := http.NewServeMux()
	s.routes(mux)
	// Queries come by POST, which other sites cannot send us (cross-site request forgery).
	same := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		switch {
		case !names[r.Host]:
			http.Error(w, fmt.Sprintf("this server is not called %q: open http://127.0.0.1:%s/", r.Host, port), http.StatusMisdirectedRequest)
		case fromElsewhere(r):
			http.Error(w, "other sites may not read from this server", http.StatusForbidden)
		default:
			same.ServeHTTP(w, r)
		}
	}), nil
}

// fromElsewhere reports whether the page of another site asks, other than by a link that somebody followed.
func fromElsewhere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if site == "" || site == "same-origin" || site == "none" {
		return false
	}
	link := r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	return !link || strings.HasPrefix(r.URL.Path, "/api/")
}

// ownPages is the policy of our pages: scripts and styles from files of ours, nothing inline, nothing from elsewhere, and
// no frame of another site around them.
const ownPages = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; frame-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// reportPages is the policy of the report, which brings a stricter one for its scripts along. It may not ask this server.
const reportPages = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'none'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

func protect(h http.Header) {
	h.Set("Content-Security-Policy", ownPages)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
