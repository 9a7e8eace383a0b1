package threads

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

var cite = ingest.Citation{URL: "https://developers.facebook.com/docs/threads", Title: "Threads API", Trust: "A",
	Note: "read by overtake itself; each figure's page names the answer in the journal"}

// A cursor of posts is the Graph API's own cursor and the posts whose counts are still to be asked for.
func splitCursor(c string) (after string, queue []string) {
	after, list, _ := strings.Cut(c, " ")
	return after, strings.Fields(list)
}

func joinCursor(after string, queue []string) string {
	if after == "" && len(queue) == 0 {
		return ""
	}
	return after + " " + strings.Join(queue, " ")
}

// Read reads one answer. It is pure, and a decoder of the lake.
func Read(p ingest.Page) (crawl.Reply, error) {
	w, err := crawl.ParseDocument(p.Document)
	if err != nil {
		return crawl.Reply{}, err
	}
	if e := parseError(p.Raw); e != nil {
		return readError(p, w, e)
	}
	if p.Status/100 != 2 {
		return crawl.Reply{}, fmt.Errorf("status %d without a reason", p.Status)
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		return crawl.Reply{}, err
	}
	switch {
	case w.What == crawl.Resolve:
		return readResolved(p, w)
	case w.What == crawl.Profile && strings.HasSuffix(u.Path, "/threads_insights"):
		return readOwn(p, w)
	case w.What == crawl.Profile:
		return readProfile(p, w)
	case w.What == crawl.Posts && strings.HasSuffix(u.Path, "/insights"):
		return readPost(p, w, u)
	case w.What == crawl.Posts:
		return readPosts(p)
	}
	return crawl.Reply{}, fmt.Errorf("threads has no %s", w.What)
}

func readResolved(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	a, err := parseProfile(p.Raw)
	if err == nil && native(a.Username) != native(w.Subject) {
		err = errors.New("asked for one account, answered with another")
	}
	return crawl.Reply{ID: native(a.Username)}, err
}

func readProfile(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	a, err := parseProfile(p.Raw)
	switch {
	case err != nil:
		return crawl.Reply{}, err
	case native(a.Username) != w.Subject:
		return crawl.Reply{}, errors.New("asked for one account, answered with another")
	}
	r := observed.Of(p, cite)
	r.Profile(observed.Profile{NativeID: native(a.Username), Handle: a.Username, Name: a.Name, Counts: []observed.Kinded{{Kind: ingest.Followers, Count: a.Followers}}})
	return crawl.Reply{Rows: r.Done()}, nil
}

// readOwn reads the followers of one's own account. A metric that is left out is unknown and not 0.
func readOwn(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	list, err := parseInsights(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	r := observed.Of(p, cite)
	profile := observed.Profile{NativeID: w.Subject, Handle: w.Subject}
	for _, i := range list {
		if c, _, ok := i.latest(); ok && i.Name == "followers_count" {
			profile.Counts = append(profile.Counts, observed.Kinded{Kind: ingest.Followers, Count: c})
		}
	}
	r.Profile(profile)
	return crawl.Reply{Rows: r.Done()}, nil
}

// readPosts reads a page of posts, which has no counts: each is then asked about.
func readPosts(p ingest.Page) (crawl.Reply, error) {
	posts, next, err := parsePosts(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	var queue []string
	for _, post := range posts {
		if post.MediaType == "REPOST_FACADE" || post.ID == "" || strings.ContainsAny(string(post.ID), " @/") {
			continue // a repost of somebody else's post has no counts of its own
		}
		queue = append(queue, string(post.ID)+"@"+post.Timestamp)
	}
	return crawl.Reply{Next: joinCursor(next, queue)}, nil
}

// readPost reads the counts of one post, which the request's path names.
func readPost(p ingest.Page, w crawl.Walk, u *url.URL) (crawl.Reply, error) {
	id := path.Base(path.Dir(u.Path))
	at, err := time.Parse(timeLayout, u.Query().Get(posted))
	if err != nil {
		at = time.Time{}
	}
	r := observed.Of(p, cite)
	err = decodePostInsights(r, w.Subject, id, at)
	return crawl.Reply{Rows: r.Done()}, err
}

// readError tells a limit from a permission from an account that is not there.
func readError(p ingest.Page, w crawl.Walk, e *graphError) (crawl.Reply, error) {
	says := e.Error()
	switch {
	case e.Code == 190:
		return crawl.Reply{}, &crawl.StopError{Reason: "the token is refused (" + says + "): refresh it; where it is valid, change token_in"}
	case e.Code == 4 || e.Code == 17 || e.Code == 32 || e.Code == 613:
		return crawl.Reply{}, &crawl.StopError{Reason: "the calls of the application are used up (" + says + ")", Until: p.FetchedAt.Add(time.Hour)}
	case e.Code == 10 || e.Code >= 200 && e.Code <= 299:
		return crawl.Reply{}, &crawl.StopError{Reason: "the application lacks a permission (" + says + ")"}
	case e.Code == 1 || e.Code == 2 || p.Status >= http.StatusInternalServerError:
		return crawl.Reply{}, errors.New(says)
	case w.What == crawl.Resolve:
		return crawl.Reply{Reason: says}, nil
	case w.What == crawl.Profile && (e.Code == 24 || e.Code == 100):
		// Too small, not public, under age or gone: the interface does not say which.
		return crawl.Reply{Rows: ingest.Rows{AccountStatuses: []ingest.AccountStatus{{
			Platform: p.Platform, NativeID: w.Subject, Status: ingest.StatusNotFound, SeenAt: p.FetchedAt, Reason: says,
		}}}}, nil
	}
	return crawl.Reply{}, errors.New(says)
}
