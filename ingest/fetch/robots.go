package fetch

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"
)

// robots asks a host's robots.txt before the host's first page and refuses what it forbids. A host whose robots.txt
// cannot be read, or is something else (an HTML page, a 403, a 503), is not asked now; 404 and 410 allow everything
// (RFC 9309 section 2.3.1).
type robots struct {
	next      http.RoundTripper
	userAgent string
	product   string // the name that groups of robots.txt are matched by
	all       bool   // every host is asked
	limits    map[string]HostLimit
	now       func() time.Time

	mu    sync.Mutex
	hosts map[string]*verdict
}

// A verdict is what one host's robots.txt says, for a day (RFC 9309 section 2.4).
type verdict struct {
	once    sync.Once
	until   time.Time
	data    *robotstxt.RobotsData
	refused string
}

func newRobots(next http.RoundTripper, o Options) *robots {
	product, _, _ := strings.Cut(o.UserAgent, "/")
	return &robots{next: next, userAgent: o.UserAgent, product: product, all: o.Robots, limits: o.Hosts, now: time.Now, hosts: map[string]*verdict{}}
}

// RoundTrip implements http.RoundTripper.
func (r *robots) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == "/robots.txt" || !r.all && !r.limits[hostKey(req.URL.Host, r.limits)].Robots {
		return r.next.RoundTrip(req)
	}
	v := r.verdict(req)
	switch {
	case v.refused != "":
		return nil, &RefusedError{RedactURL(req.URL), v.refused}
	case v.data != nil && !v.data.TestAgent(req.URL.RequestURI(), r.product):
		return nil, &RefusedError{RedactURL(req.URL), "robots.txt forbids this page"}
	}
	return r.next.RoundTrip(req)
}

func (r *robots) verdict(req *http.Request) *verdict {
	key := req.URL.Scheme + "://" + req.URL.Host
	r.mu.Lock()
	v := r.hosts[key]
	if v == nil || !v.until.IsZero() && r.now().After(v.until) {
		v = &verdict{}
		r.hosts[key] = v
	}
	r.mu.Unlock()
	v.once.Do(func() {
		v.data, v.refused = r.ask(req)
		if req.Context().Err() != nil {
			r.forget(key, v) // the caller went away: the next one asks again
			return
		}
		r.mu.Lock()
		v.until = r.now().Add(24 * time.Hour)
		r.mu.Unlock()
	})
	return v
}

func (r *robots) forget(key string, v *verdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hosts[key] == v {
		delete(r.hosts, key)
	}
}

// ask reads robots.txt of the request's host.
func (r *robots) ask(req *http.Request) (*robotstxt.RobotsData, string) {
	u := url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: "/robots.txt"}
	ask, err := http.NewRequestWithContext(req.Context(), http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "robots.txt cannot be asked for: " + err.Error()
	}
	ask.Header.Set("User-Agent", r.userAgent)
	resp, err := r.next.RoundTrip(ask)
	if err != nil {
		return nil, "robots.txt could not be read: " + redactError(err).Error()
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return nil, ""
	case resp.StatusCode/100 != 2:
		return nil, fmt.Sprintf("robots.txt answered %d", resp.StatusCode)
	}
	if kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err == nil && kind != "text/plain" {
		return nil, "robots.txt is " + kind + ", not text"
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 512<<10)) // RFC 9309 section 2.5 asks for at least 500 KiB
	if err != nil {
		return nil, "robots.txt could not be read: " + err.Error()
	}
	data, err := robotstxt.FromBytes(raw)
	if err != nil {
		return nil, "robots.txt cannot be understood: " + err.Error()
	}
	return data, ""
}
