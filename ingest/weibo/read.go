package weibo

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

func (i Interface) cite() ingest.Citation {
	c := ingest.Citation{Trust: "A", Note: "read by overtake itself; each figure's page names the answer in the journal"}
	switch i {
	case Open:
		c.URL, c.Title = "https://open.weibo.com/wiki/API", "Weibo open API v2"
	case Mobile:
		c.URL, c.Title = "https://m.weibo.cn/", "Weibo mobile site (undocumented JSON)"
	default:
		c.URL, c.Title = "https://weibo.com/", "Weibo desktop site (undocumented JSON)"
	}
	return c
}

// Read reads one answer of the interface. It is pure, and a decoder of the lake.
func (i Interface) Read(p ingest.Page) (crawl.Reply, error) {
	w, err := crawl.ParseDocument(p.Document)
	if err != nil {
		return crawl.Reply{}, err
	}
	if err := gate(p); err != nil {
		return crawl.Reply{}, err
	}
	switch i {
	case Open:
		return readOpen(p, w)
	case Mobile:
		return readMobile(p, w)
	}
	return readDesktop(p, w)
}

func readOpen(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	if reply, found, err := readOpenError(p, w); found {
		return reply, err
	}
	r := observed.Of(p, Open.cite())
	switch w.What {
	case crawl.Resolve, crawl.Profile:
		u, err := parseShow(p.Raw)
		if err != nil {
			return crawl.Reply{}, err
		}
		return profile(r, w, u)
	case crawl.Profiles: // counts alone, without names
		list, err := parseCounts(p.Raw)
		if err != nil {
			return crawl.Reply{}, err
		}
		for _, u := range list {
			u.add(r)
		}
		r.Accounts = nil // the answer has no names, and would take those away that are known
		return crawl.Reply{Rows: r.Done()}, nil
	case crawl.Followers:
		list, err := parseOpenList(p.Raw)
		return follows(p, w, list, list.next), err
	}
	return crawl.Reply{}, fmt.Errorf("the open API has no %s", w.What)
}

// profile reads one account that was asked for by its uid or its nickname.
func profile(r *observed.Rows, w crawl.Walk, u user) (crawl.Reply, error) {
	id, err := u.uid()
	switch {
	case err != nil:
		return crawl.Reply{}, err
	case w.What == crawl.Resolve && u.ScreenName == strings.TrimPrefix(w.Subject, "@"):
		return crawl.Reply{ID: id}, nil
	case w.What == crawl.Resolve || id != w.Subject:
		return crawl.Reply{}, errors.New("asked for one account, answered with another")
	}
	u.add(r)
	return crawl.Reply{Rows: r.Done()}, nil
}

// gone is the reply about an account that an interface does not show.
func gone(p ingest.Page, w crawl.Walk, says string) crawl.Reply {
	switch w.What {
	case crawl.Resolve:
		return crawl.Reply{Reason: says}
	case crawl.Profile:
		return crawl.Reply{Rows: ingest.Rows{AccountStatuses: []ingest.AccountStatus{{
			Platform: p.Platform, NativeID: w.Subject, Status: ingest.StatusNotFound, SeenAt: p.FetchedAt, Reason: says,
		}}}}
	}
	return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: says}
}

func follows(p ingest.Page, w crawl.Walk, list page, next string) crawl.Reply {
	reply := crawl.Reply{Next: next}
	for _, id := range list.ids {
		f := w.Follow(p.Platform, id)
		if w.What == crawl.Members {
			f = ingest.Follow{Platform: p.Platform, List: w.List(), Account: id, Follower: w.Member}
		}
		reply.Rows.Follows = append(reply.Rows.Follows, f)
	}
	return reply
}

// pageOf is the number of the page that was asked for, by the parameter that holds it.
func pageOf(p ingest.Page, parameter string) int {
	u, err := url.Parse(p.URL)
	if err != nil {
		return 1
	}
	n, err := strconv.Atoi(u.Query().Get(parameter))
	if err != nil {
		return 1
	}
	return n
}

func readMobile(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	r := observed.Of(p, Mobile.cite())
	switch w.What {
	case crawl.Profile:
		u, ok, err := parseMobileProfile(p.Raw)
		if err != nil {
			return crawl.Reply{}, err
		}
		if !ok {
			return gone(p, w, "the site shows nothing: the account is gone, or not shown to us"), nil
		}
		return profile(r, w, u)
	case crawl.Followers:
		list, err := parseMobileList(p.Raw)
		if err != nil {
			return crawl.Reply{}, err
		}
		if len(list.ids) == 0 {
			return ended(list, pageOf(p, "since_id")), nil
		}
		return follows(p, w, list, list.next), nil
	case crawl.Posts:
		posts, next, err := parseMobilePosts(p.Raw)
		return withPosts(r, w, posts, next), err
	}
	return crawl.Reply{}, fmt.Errorf("the mobile site has no %s", w.What)
}

// ended is the reply to a page without rows. The first page may be empty because the list is hidden; a later one is the end
// of what the site shows. Whether that is the end of the list is judged by the length that the profile states.
func ended(list page, number int) crawl.Reply {
	if number <= 1 && list.refused != "" {
		return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: list.refused}
	}
	return crawl.Reply{}
}

func readDesktop(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	r := observed.Of(p, Desktop.cite())
	switch w.What {
	case crawl.Profile:
		u, ok, err := parseDesktopProfile(p.Raw)
		if err != nil {
			return crawl.Reply{}, err
		}
		if !ok {
			return gone(p, w, "the site shows no user: the account is gone, or not shown to us"), nil
		}
		return profile(r, w, u)
	case crawl.Followers, crawl.Following, crawl.Members:
		list, err := parseDesktopList(p.Raw)
		if err != nil {
			return crawl.Reply{}, err
		}
		number := pageOf(p, "page")
		if len(list.ids) == 0 {
			return ended(list, number), nil
		}
		next := ""
		if list.next != "" {
			next = strconv.Itoa(number + 1)
		}
		return follows(p, w, list, next), nil
	case crawl.Posts:
		posts, since, err := parseDesktopPosts(p.Raw)
		next := ""
		if since != "" && len(posts) > 0 {
			next = strconv.Itoa(pageOf(p, "page")+1) + " " + since
		}
		return withPosts(r, w, posts, next), err
	}
	return crawl.Reply{}, fmt.Errorf("the desktop site has no %s", w.What)
}

func withPosts(r *observed.Rows, w crawl.Walk, posts []mblog, next string) crawl.Reply {
	for _, m := range posts {
		m.add(r, w.Subject)
	}
	return crawl.Reply{Rows: r.Done(), Next: next}
}

// busyPause is how long a site is left alone that says it is asked too often.
const busyPause = 10 * time.Minute
