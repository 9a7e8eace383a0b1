package twitter

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

var cite = ingest.Citation{URL: "https://docs.x.com/x-api/users/introduction", Title: "X API v2", Trust: "A",
	Note: "read by overtake itself; each figure's page names the answer in the journal"}

// Read reads one answer. It is pure, and a decoder of the lake.
func Read(p ingest.Page) (crawl.Reply, error) {
	w, err := crawl.ParseDocument(p.Document)
	if err != nil {
		return crawl.Reply{}, err
	}
	if p.Status/100 != 2 {
		return readError(p, w)
	}
	switch w.What {
	case crawl.Resolve:
		return readResolved(p, w)
	case crawl.Profiles, crawl.Profile:
		return readProfiles(p, w)
	case crawl.Followers, crawl.Following, crawl.Members:
		return readList(p, w)
	case crawl.Posts:
		return readPosts(p, w)
	}
	return crawl.Reply{}, fmt.Errorf("twitter has no %s", w.What)
}

func readResolved(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	a, err := parseUsers(p.Raw)
	switch {
	case err != nil:
		return crawl.Reply{}, err
	case len(a.Data) == 0 && len(a.Errors) == 0:
		return crawl.Reply{}, errors.New("neither a user nor an error")
	case len(a.Data) == 0:
		return crawl.Reply{Reason: a.Errors[0].text()}, nil
	case !strings.EqualFold(a.Data[0].Username, strings.TrimPrefix(w.Subject, "@")):
		return crawl.Reply{}, errors.New("asked for one account, answered with another")
	}
	return crawl.Reply{ID: string(a.Data[0].ID)}, nil
}

// readProfiles reads a batch, or one account. Status 200 says nothing about those that are named in errors.
func readProfiles(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	a, err := parseUsers(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	r := observed.Of(p, cite)
	for _, u := range a.Data {
		if w.What == crawl.Profile && string(u.ID) != w.Subject {
			return crawl.Reply{}, errors.New("asked for one account, answered with another")
		}
		u.add(r)
	}
	for _, e := range a.Errors {
		id := string(e.ResourceID)
		if id == "" {
			id = string(e.Value)
		}
		if status := e.status(); status != "" && digits(id) && (w.What == crawl.Profiles || id == w.Subject) {
			r.Status(id, "", status, e.text())
		} else {
			r.Reject(id, errors.New(e.text()))
		}
	}
	if w.What == crawl.Profile && len(r.AccountStatuses) == 0 {
		return crawl.Reply{}, errors.New("the answer does not speak of the account")
	}
	return crawl.Reply{Rows: r.Done()}, nil
}

func readList(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	ids, next, refused, err := parseList(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	if refused != nil {
		return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: refused.text()}, nil
	}
	reply := crawl.Reply{Next: next}
	for _, id := range ids {
		f := w.Follow(p.Platform, id)
		if w.What == crawl.Members {
			f = ingest.Follow{Platform: p.Platform, List: w.List(), Account: id, Follower: w.Member}
		}
		reply.Rows.Follows = append(reply.Rows.Follows, f)
	}
	return reply, nil
}

func readPosts(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	posts, next, refused, err := parsePosts(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	if refused != nil {
		return crawl.Reply{Reason: refused.text()}, nil
	}
	r := observed.Of(p, cite)
	for _, post := range posts {
		if post.Author == "" {
			post.Author = observed.Text(w.Subject)
		}
		post.add(r)
	}
	return crawl.Reply{Rows: r.Done(), Next: next}, nil
}

// readError reads an answer that is no success: which of the many kinds of "no" it is.
func readError(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	var e struct {
		problem
		Errors []problem `json:"errors"`
	}
	if err := observed.Decode(p.Raw, &e); err != nil {
		e.problem = problem{Title: http.StatusText(p.Status)}
	}
	says := e.text()
	if len(e.Errors) > 0 && e.Errors[0].Message != "" {
		says = strings.TrimPrefix(says+": "+e.Errors[0].Message, ".: ")
	}
	says = fmt.Sprintf("status %d: %s", p.Status, says)
	switch {
	case p.Status == http.StatusUnauthorized:
		return crawl.Reply{}, &crawl.StopError{Reason: "the token is refused (" + says + "): put a valid one into the variable of token_env"}
	case p.Status == http.StatusPaymentRequired:
		return crawl.Reply{}, &crawl.StopError{Reason: "no credit is left (" + says + "): waiting does not help, buy credit or lower the budget"}
	case e.kind() == "usage-capped" || strings.Contains(e.Title, "UsageCap"):
		return crawl.Reply{}, &crawl.StopError{Reason: "the cap on usage is reached (" + says + ")", Until: capEnds(e.Period, p.FetchedAt)}
	case p.Status == http.StatusForbidden:
		return crawl.Reply{}, &crawl.StopError{Reason: "the application has no access (" + says + e.reason() + ")"}
	case p.Status == http.StatusNotFound:
		return readGone(p, w, says)
	case p.Status == http.StatusBadRequest && strings.Contains(says, "pagination_token"):
		return crawl.Reply{Restart: true, Reason: says}, nil
	case p.Status == http.StatusBadRequest && strings.Contains(says, ".fields"):
		return crawl.Reply{}, &crawl.StopError{Reason: "the API does not know our parameter names (" + says + "): change post_names"}
	}
	return crawl.Reply{}, errors.New(says)
}

func (p problem) reason() string {
	if p.Reason == "" {
		return ""
	}
	return ", " + p.Reason
}

func readGone(p ingest.Page, w crawl.Walk, says string) (crawl.Reply, error) {
	switch w.What {
	case crawl.Resolve:
		return crawl.Reply{Reason: says}, nil
	case crawl.Profile:
		return crawl.Reply{Rows: ingest.Rows{AccountStatuses: []ingest.AccountStatus{{
			Platform: p.Platform, NativeID: w.Subject, Status: ingest.StatusNotFound, SeenAt: p.FetchedAt, Reason: says,
		}}}}, nil
	case crawl.Profiles:
		return crawl.Reply{}, errors.New(says)
	}
	return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: says}, nil
}

// capEnds is when a cap of a period ends: the next day or month, UTC; zero where the period has another name.
func capEnds(period string, now time.Time) time.Time {
	y, m, d := now.UTC().Date()
	switch strings.ToLower(period) {
	case "daily":
		return time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
	case "monthly":
		return time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Time{}
}
