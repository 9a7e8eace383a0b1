// Package fetch is HTTP as a good guest does it.
//
// A [Client] is an ordinary http.Client over small RoundTrippers, each of which does one thing and can be tested alone.
// A request passes them from the outside in:
//
//	guard    only configured hosts, also after a redirect; says who we are
//	robots   pages only: what robots.txt forbids is not asked for
//	validate what was seen before is asked for by its ETag or date; a 304 is answered from memory
//	retry    429 and 5xx again, after the pause that the server asked for, else with growing pauses and jitter
//	budget   one rate, one number of parallel requests and one count per host, shared by all sources; learns from headers
//	hide     secrets that a server sends back are removed from the answer
//	body     time and size limits; decompression that stops at a bomb; an answer cut short is an error
//	dial     the network, with private addresses refused after the name was resolved
//
// Nothing here follows a wait that ctx has ended. Secrets travel in headers or parameters that [Redact] knows, and errors
// and logs carry redacted URLs only.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Options say how to behave. The zero value of an optional field is its default.
type Options struct {
	// UserAgent names the program and a way to reach its user, as in "overtake/1.0 (+mailto:desk@example.org)". Required.
	UserAgent string
	// Hosts are the hosts that may be asked, with their limits. A host that is not listed is refused.
	Hosts map[string]HostLimit
	// AllowPrivate lets requests reach loopback and private addresses, for servers of one's own and for tests.
	AllowPrivate bool
	// MaxBody bounds an answer after decompression, in bytes; 0 means 32 MiB.
	MaxBody int64
	// Timeout bounds one attempt from dialling to the last byte; 0 means 60 s.
	Timeout time.Duration
	// Tries bounds the attempts for one request; 0 means 5.
	Tries int
	// MaxWait bounds one pause that a server may ask for; 0 means 16 minutes, a little more than the longest common window.
	MaxWait time.Duration
	// Robots makes the client ask robots.txt of every host before a page; see [HostLimit.Robots] for some of them.
	Robots bool
	// Dial replaces the way to the network, for tests in memory and for sockets of one's own. Addresses are then not looked at.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Log gets a line per request at debug level; nil means none.
	Log *slog.Logger
}

// keptAnswers is how many bytes of answers are kept to be asked for by ETag or date.
const keptAnswers = 16 << 20

// A HostLimit is what we allow ourselves at one host.
type HostLimit struct {
	Requests int           // that may be made in Per; 0 means 60
	Per      time.Duration // 0 means a minute
	Parallel int           // requests at once; 0 means 2
	Budget   int           // requests in all for the life of the client; 0 means no bound
	Robots   bool          // ask robots.txt before a page; interfaces with a contract of their own do not need it
}

// A Client asks politely. Make it with [New]; it is safe for concurrent use and shared by all sources, so that a host has
// one budget however many sources ask it.
type Client struct {
	http    *http.Client
	budget  *budget
	maxBody int64
	dial    *http.Transport
	hide    *hide
}

// New makes a client. It is an error to leave out who asks.
func New(o Options) (*Client, error) {
	if o.UserAgent == "" {
		return nil, errors.New("fetch: a User-Agent with a contact address is required")
	}
	o = o.withDefaults()
	dial := &http.Transport{
		DialContext:           o.Dial,
		ForceAttemptHTTP2:     true,
		DisableCompression:    true, // package body decompresses, so that it can stop at a bomb
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: o.Timeout,
	}
	if o.Dial == nil {
		dial.DialContext = dialer(o.AllowPrivate)
	}
	b := newBudget(o.Hosts, time.Now)
	h := &hide{next: &body{next: dial, max: o.MaxBody, timeout: o.Timeout}}
	var rt http.RoundTripper = h
	rt = &spending{next: rt, budget: b, maxWait: o.MaxWait}
	rt = &retry{next: rt, tries: o.Tries, maxWait: o.MaxWait, now: time.Now, log: o.Log}
	rt = newRobots(newValidate(rt, keptAnswers), o)
	rt = &guard{next: rt, hosts: o.Hosts, userAgent: o.UserAgent}
	return &Client{http: &http.Client{Transport: rt, CheckRedirect: checkRedirect}, budget: b, maxBody: o.MaxBody, dial: dial, hide: h}, nil
}

func (o Options) withDefaults() Options {
	if o.MaxBody == 0 {
		o.MaxBody = 32 << 20
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Tries == 0 {
		o.Tries = 5
	}
	if o.MaxWait == 0 {
		o.MaxWait = 16 * time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// An Answer is one HTTP answer, read whole.
type Answer struct {
	URL       string // of the last request, after redirects, redacted
	Status    int
	Header    http.Header
	MediaType string
	Body      []byte
	Took      time.Duration
}

// Get asks for rawURL with the given extra headers, which may be nil. An answer of any status is returned together with a
// *StatusError when it is none of 2xx and 304, so that the caller may keep what was served.
func (c *Client) Get(ctx context.Context, rawURL string, header http.Header) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return Answer{}, redactError(err)
	}
	return c.Do(req, header)
}

// Post is Get for interfaces that take their questions as JSON in a POST. It must change nothing at the server: it is tried
// again like a GET.
func (c *Client) Post(ctx context.Context, rawURL string, header http.Header, question []byte) (Answer, error) {
	ctx = context.WithValue(ctx, onlyReads{}, true)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, rawURL, bytes.NewReader(question))
	if err != nil {
		return Answer{}, redactError(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return c.Do(req, header)
}

// onlyReads marks a POST that changes nothing.
type onlyReads struct{}

// Do is Get for a request of the caller's making.
func (c *Client) Do(req *http.Request, header http.Header) (Answer, error) {
	for k, v := range header {
		req.Header[k] = v
	}
	start := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{URL: RedactURL(req.URL), Took: time.Since(start)}, redactError(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	a := Answer{
		URL: RedactURL(resp.Request.URL), Status: resp.StatusCode, Header: resp.Header,
		MediaType: resp.Header.Get("Content-Type"), Body: raw, Took: time.Since(start),
	}
	if err != nil {
		return a, fmt.Errorf("read %s: %w", a.URL, redactError(err))
	}
	if a.Status/100 != 2 && a.Status != http.StatusNotModified {
		return a, &StatusError{URL: a.URL, Status: a.Status, Excerpt: excerpt(raw)}
	}
	return a, nil
}

// Close gives up the connections that are kept open for the next request.
func (c *Client) Close() { c.dial.CloseIdleConnections() }

// Hide makes the client remove secrets from what servers send back: some answer with the caller's own token, in a link to the
// next page for one. What remains of it is the word REDACTED. Empty texts and very short ones are passed over.
func (c *Client) Hide(secrets ...string) { c.hide.add(secrets) }

// Transport is the client's outermost RoundTripper, for libraries that bring their own loop around requests.
func (c *Client) Transport() http.RoundTripper { return c.http.Transport }

// Left says what is left of a host's budget and until when the host asked us to stay away (zero: it did not).
func (c *Client) Left(host string) (requests int, until time.Time) { return c.budget.left(host) }

// A StatusError is an answer that is no success and was not worth another try, or not after so many.
type StatusError struct {
	URL     string // redacted
	Status  int
	Excerpt string // of the answer's beginning, redacted, without control characters
}

// Error implements error.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s answered %d %s", e.URL, e.Status, http.StatusText(e.Status))
	if e.Excerpt != "" {
		text += ": " + e.Excerpt
	}
	return text
}

// checkRedirect bounds chains; guard sees every hop, as each is a request of its own.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("more than 5 redirects")
	}
	if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("redirect from https to %s", RedactURL(req.URL))
	}
	return nil
}

// redactError removes secrets from the URLs that net/http puts into its errors.
func redactError(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		if u, perr := url.Parse(ue.URL); perr == nil {
			return fmt.Errorf("%s %s: %w", ue.Op, RedactURL(u), ue.Err)
		}
	}
	return err
}
