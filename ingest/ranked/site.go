// Package ranked reads pages that rank accounts by their followers, live or as web archives keep them, from small
// descriptions of where on the page the rows, ranks, names and counts are.
//
// colly walks the pages. What it does in silence is made loud: robots.txt is obeyed by our own client, whose answers it
// gets; a redirect to another page is an error and not a page; a body that was cut is an error; pauses end with the
// context. A page that is not what its description says, such as a login with status 200, gives no rows at all.
//
// The shipped descriptions are pages/*.toml, one for each kind of page; README.md says how to write one.
package ranked

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// A Site is one description as a source: a list that is read whole, page by page, once a day.
type Site struct {
	*Description
}

// New makes the source of a description. urls, where there are any, take the place of the description's own: captures of
// the page in a web archive, for one.
func New(d *Description, urls ...string) (Site, error) {
	c := *d
	if len(urls) > 0 {
		c.URLs = urls
	} else if !d.Live {
		return Site{}, fmt.Errorf("the page %s is not to be asked for any more: name captures of it in a web archive by urls", d.Name)
	}
	for _, text := range c.URLs {
		if u, err := url.Parse(text); err != nil || u.Host == "" || u.User != nil {
			return Site{}, fmt.Errorf("url %q, want an address such as https://example.org/top", text)
		}
	}
	return Site{&c}, nil
}

// Name implements crawl.Site.
func (s Site) Name() string { return "ranked@" + s.Description.Name }

// Rankings are the names of the rankings that there are to read: the description's own.
func (s Site) Rankings() []string { return []string{s.Description.Name} }

// Platform implements crawl.Site.
func (s Site) Platform() ingest.Platform { return s.Description.Platform }

// Traits implements crawl.Site: one page in five seconds, which is what web archives ask of their guests.
func (s Site) Traits() crawl.Traits {
	t := crawl.Traits{
		Decoder: s.Decoder(), Whats: []crawl.What{crawl.Ranking}, Requests: 12, Per: time.Minute, Parallel: 1,
		Page: max(s.Page, 100), AnyType: true, Robots: true,
	}
	for _, text := range s.URLs {
		if u, err := url.Parse(text); err == nil && !slices.Contains(t.Hosts, u.Host) {
			t.Hosts = append(t.Hosts, u.Host)
		}
	}
	return t
}

// Request implements crawl.Site. The cursor is the address of the page.
func (s Site) Request(a crawl.Ask) (crawl.Request, error) {
	switch {
	case a.What != crawl.Ranking:
		return crawl.Request{}, fmt.Errorf("a ranked page does not serve %s", a.What)
	case len(s.URLs) == 0:
		return crawl.Request{}, errors.New("no address of a page is given")
	case a.Cursor != "":
		return crawl.Request{URL: a.Cursor}, nil
	}
	return crawl.Request{URL: s.URLs[0]}, nil
}

// ReadHeader implements crawl.HeaderReader: which page comes next is known by the list of addresses and not by the answer,
// whose own address a redirect may have changed.
func (s Site) ReadHeader(a crawl.Ask, _ http.Header, r *crawl.Reply) {
	at := 0
	if a.Cursor != "" {
		at = slices.Index(s.URLs, a.Cursor)
	}
	if r.Next = ""; at >= 0 && at+1 < len(s.URLs) {
		r.Next = s.URLs[at+1]
	}
}

// before is how many rows the pages before the one of an address have.
func (d *Description) before(address string) (int, error) {
	if d.Number == "" {
		return 0, nil
	}
	m := regexp.MustCompile(d.Number).FindStringSubmatch(address)
	if len(m) < 2 {
		return 0, d.layout("its address %s does not say which page of the list it is", address)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 || n > 10_000 {
		return 0, d.layout("page number %q, want one from 1", m[1])
	}
	return (n - 1) * d.Page, nil
}
