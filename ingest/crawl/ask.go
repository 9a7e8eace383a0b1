package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/fetch"
)

// Tries is how often a request is made whose answers are no use, beside what package fetch repeats by itself.
const Tries = 3

// A Getter asks; *fetch.Client is the real one.
type Getter interface {
	Get(ctx context.Context, url string, header http.Header) (fetch.Answer, error)
}

// An answered page is one that came back: the page as it is landed and what it says.
type answered struct {
	page  ingest.Page
	reply Reply
	err   error // why reply is empty; then page.Err says so, too
}

// ask makes one request for the named source and reads the answer. The error is one after which the walk cannot go on now: ctx, the budget, a
// StopError. Everything else is told by answered.err, with a page that is worth landing.
func (c *Crawler) ask(ctx context.Context, source string, w Walk, a Ask) (answered, error) {
	a.Walk = w
	req, err := c.Site.Request(a)
	if err != nil {
		return answered{}, fmt.Errorf("%s: %w", w.Name(), err)
	}
	if err := c.stopped(); err != nil {
		return answered{}, err
	}
	if err := c.Budget.take(c.now()); err != nil {
		return answered{}, err
	}
	got, err := c.send(ctx, req)
	if ctx.Err() != nil && err != nil {
		return answered{}, ctx.Err()
	}
	out := answered{page: c.pageOf(source, w, got)}
	var status *fetch.StatusError
	switch {
	case err != nil && !errors.As(err, &status):
	case c.typed(got) != nil:
		err = c.typed(got)
	default:
		out.reply, err = c.Site.Read(out.page)
	}
	if err != nil {
		out.reply = Reply{}
		out.fail(err)
		return out, c.mayGoOn(err, got.Status)
	}
	c.failures.Store(0)
	if h, ok := c.Site.(HeaderReader); ok {
		h.ReadHeader(a, got.Header, &out.reply)
	}
	return out, nil
}

func (c *Crawler) send(ctx context.Context, req Request) (fetch.Answer, error) {
	if req.Question == nil {
		return c.Fetch.Get(ctx, req.URL, req.Header)
	}
	p, ok := c.Fetch.(Poster)
	if !ok {
		return fetch.Answer{URL: req.URL}, errors.New("this source's way to ask sends no questions")
	}
	return p.Post(ctx, req.URL, req.Header, req.Question)
}

func (a *answered) fail(err error) {
	a.err = err
	a.page.Err = fetch.Redact(err.Error())
}

// typed refuses an answer that is no JSON where JSON is due: a login page, a proxy's apology.
func (c *Crawler) typed(got fetch.Answer) error {
	if c.traits.AnyType || len(got.Body) == 0 && got.Status/100 != 2 {
		return nil
	}
	return got.WantJSON()
}

func (c *Crawler) pageOf(source string, w Walk, got fetch.Answer) ingest.Page {
	url := got.URL
	if w.What == Members { // its parameters name a private person
		url, _, _ = strings.Cut(url, "?")
	}
	return ingest.Page{
		Source: source, Decoder: c.traits.Decoder, Document: w.Document(), URL: url, Platform: c.Site.Platform(),
		FetchedAt: c.now(), Status: got.Status, MediaType: got.MediaType, Raw: got.Body, Took: got.Took,
	}
}

// failuresOfSite is after how many answers in a row that are no use, whatever they were about, a site is left alone.
const failuresOfSite = 2 * Tries

// mayGoOn turns errors that are about the whole site into a StopError, which ends all of its walks. status is 0 where there
// was no answer at all, although package fetch had tried again and again.
func (c *Crawler) mayGoOn(err error, status int) error {
	var stop *StopError
	var wait *fetch.WaitError
	var refused *fetch.RefusedError
	switch {
	case errors.As(err, &stop):
	case errors.As(err, &wait):
		stop = &StopError{Reason: wait.Error(), Until: c.now().Add(wait.Wait)}
	case errors.Is(err, fetch.ErrBudget):
		stop = &StopError{Reason: "the host's own budget of requests is used up"}
	case errors.As(err, &refused):
		stop = &StopError{Reason: refused.Error()}
	case status == 0 && !errors.Is(err, fetch.ErrTooLarge):
		stop = &StopError{Reason: fetch.Redact(err.Error())}
	case c.failures.Add(1) >= failuresOfSite:
		stop = &StopError{Reason: fmt.Sprintf("%d answers in a row were no use, the last one: %s", failuresOfSite, fetch.Redact(err.Error()))}
	default:
		return nil
	}
	return c.stop(stop)
}

// lastPath is for messages: the walk without its site.
func lastPath(name string) string {
	_, rest, _ := strings.Cut(name, "/")
	if plain, err := url.PathUnescape(rest); err == nil {
		return plain
	}
	return rest
}

// truncate is t to the second, UTC, as names of readings have it.
func truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
