package ranked

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/fetch"
)

// A Getter asks for pages by colly over the client's transport, so that hosts, limits, robots.txt, sizes and pauses are
// those of all other sources. It is a crawl.Getter.
type Getter struct {
	Client *fetch.Client
	// Limit bounds a page in bytes; 0 means 16 MiB.
	Limit int
}

// archived is the time in the path of a capture, with what the archive adds to it: "id_" for the page without its own bar.
var archived = regexp.MustCompile(`^/web/\d{4,14}(?:[a-z]{2}_)?/`)

// Getter is what asks for the pages of this source.
func (s Site) Getter(c *fetch.Client) crawl.Getter { return Getter{Client: c} }

// A RedirectError is a page that sends us to another one: a login, a front page, a parked domain.
type RedirectError struct{ From, To string }

// Error implements error.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s sends us to another page, %s: it is not read in its place", e.From, e.To)
}

// Get implements crawl.Getter.
func (g Getter) Get(ctx context.Context, address string, header http.Header) (fetch.Answer, error) {
	limit := g.Limit
	if limit <= 0 {
		limit = 16 << 20
	}
	start := time.Now()
	answer := fetch.Answer{URL: address}
	kept := &keeper{next: g.Client.Transport()}
	c := colly.NewCollector(colly.AllowURLRevisit(), colly.IgnoreRobotsTxt(), colly.StdlibContext(ctx), colly.MaxBodySize(limit+1))
	c.DisableCookies()
	c.SetRequestTimeout(0) // the client's own limits hold, and ctx
	c.WithTransport(kept)
	c.SetRedirectHandler(func(req *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("more than 5 redirects")
		}
		if !samePage(via[0].URL, req.URL) {
			return &RedirectError{From: fetch.RedactURL(via[0].URL), To: fetch.RedactURL(req.URL)}
		}
		return nil
	})
	var failed error
	c.OnError(func(r *colly.Response, err error) {
		if r.StatusCode == 0 { // no answer; with one, its status is judged below: the text of err may be empty
			failed = err
		}
	})
	c.OnResponseHeaders(func(r *colly.Response) { answer.URL = fetch.RedactURL(r.Request.URL) })
	err := c.Request(http.MethodGet, address, nil, nil, header.Clone())
	answer.Took = time.Since(start)
	switch {
	case ctx.Err() != nil:
		return answer, ctx.Err()
	case failed != nil:
		return answer, cause(failed)
	case kept.status == 0 && err != nil:
		return answer, cause(err)
	}
	answer.Status, answer.Header, answer.MediaType, answer.Body = kept.status, kept.header, kept.header.Get("Content-Type"), kept.body
	if len(kept.body) > limit {
		return answer, fmt.Errorf("%w: %s has more than %d bytes", fetch.ErrTooLarge, answer.URL, limit)
	}
	if answer.Status/100 != 2 {
		return answer, &fetch.StatusError{URL: answer.URL, Status: answer.Status}
	}
	return answer, nil
}

// cause is the error without the address that net/http puts before it, which may hold a secret.
func cause(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

// samePage reports a redirect that stays on the page: to its secure address, to the same path with or without a slash at
// the end or "www", or, in a web archive, to the capture that is nearest in time.
func samePage(from, to *url.URL) bool {
	host := func(u *url.URL) string { return strings.TrimPrefix(u.Host, "www.") }
	path := func(u *url.URL) string {
		return strings.TrimSuffix(archived.ReplaceAllString(u.EscapedPath(), "/web/"), "/")
	}
	return host(from) == host(to) && path(from) == path(to) && from.RawQuery == to.RawQuery
}

// A keeper keeps the last answer as it was served. colly turns the characters of pages into UTF-8, which the journal must
// not see.
type keeper struct {
	next   http.RoundTripper
	status int
	header http.Header
	body   []byte
}

// RoundTrip implements http.RoundTripper.
func (k *keeper) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := k.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	k.status, k.header, k.body = resp.StatusCode, resp.Header.Clone(), raw
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	return resp, nil
}
