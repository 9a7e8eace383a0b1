package mastodon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

var cite = ingest.Citation{URL: "https://docs.joinmastodon.org/methods/", Title: "Mastodon API", Trust: "A",
	Note: "read by overtake itself from the account's own server; each figure's page names the answer in the journal"}

// Read reads one answer. It is pure, and a decoder of the lake.
func Read(p ingest.Page) (crawl.Reply, error) {
	w, err := crawl.ParseDocument(p.Document)
	if err != nil {
		return crawl.Reply{}, err
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		return crawl.Reply{}, err
	}
	domain := domainOf(w.Site)
	switch {
	case w.What == crawl.Figures:
		return readFigures(p, u.Path, domain)
	case strings.HasPrefix(u.Path, "/api/users/"):
		return readMisskey(p, w, domain)
	case p.Status/100 != 2:
		return readError(p, w)
	case w.What == crawl.Resolve || w.What == crawl.Profile || strings.HasSuffix(u.Path, "/lookup") || w.What == crawl.Members && u.Path == "":
		return readProfile(p, w, domain)
	case w.What == crawl.Posts:
		r := observed.Of(p, cite)
		err := decodeStatuses(r, domain)
		return crawl.Reply{Rows: r.Done()}, err
	case w.What.List() || w.What == crawl.Members:
		return readList(p, w, domain)
	}
	return crawl.Reply{}, fmt.Errorf("mastodon has no %s", w.What)
}

// domainOf is the server's domain, which the site's name holds.
func domainOf(site string) string {
	_, domain, _ := strings.Cut(site, "@")
	return strings.ToLower(domain)
}

// readProfile reads a looked-up account. Walks over lists and posts go on from here by the server's own id.
func readProfile(p ingest.Page, w crawl.Walk, domain string) (crawl.Reply, error) {
	a, err := parseAccount(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	return profile(p, w, domain, a)
}

// profile is what an account says to the walk that asked for it.
func profile(p ingest.Page, w crawl.Walk, domain string, a account) (crawl.Reply, error) {
	id := nativeID(a.Acct, domain)
	want := w.Subject
	if w.What == crawl.Members {
		want = w.Member
	}
	if want = nativeID(want, domain); id != want {
		return crawl.Reply{}, fmt.Errorf("asked for one account, answered with another")
	}
	switch {
	case w.What == crawl.Resolve:
		return crawl.Reply{ID: id}, nil
	case w.What == crawl.Profile:
		r := observed.Of(p, cite)
		a.add(r, domain)
		return crawl.Reply{Rows: r.Done()}, nil
	case a.Suspended:
		return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: "the account is suspended"}, nil
	case w.What.List() && a.listHidden():
		return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: "the account hides its lists", Stated: max(0, a.stated())}, nil
	}
	reply := crawl.Reply{Next: string(a.ID) + " "}
	if w.What == crawl.Followers {
		reply.Stated = max(0, a.stated())
	}
	return reply, nil
}

// readList reads a page of followers or of whom an account follows. Where the next one stands is in a header.
func readList(p ingest.Page, w crawl.Walk, domain string) (crawl.Reply, error) {
	list, err := parseAccounts(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	var rows ingest.Rows
	for _, a := range list {
		member := nativeID(a.Acct, domain)
		if w.What == crawl.Members { // whom the follower follows
			rows.Follows = append(rows.Follows, ingest.Follow{Platform: p.Platform, List: w.List(), Account: member, Follower: w.Member})
			continue
		}
		rows.Follows = append(rows.Follows, w.Follow(p.Platform, member))
	}
	return crawl.Reply{Rows: rows}, nil
}

// readFigures reads one document of those that a server has about itself, and leads to the next. One that is missing is
// none of ours to mourn: each software has its own.
func readFigures(p ingest.Page, path, domain string) (crawl.Reply, error) {
	next := ""
	for i, step := range steps[:len(steps)-1] {
		if path == step {
			next = steps[i+1]
		}
	}
	switch {
	case p.Status == http.StatusNotFound || p.Status == http.StatusGone || p.Status == http.StatusNotImplemented:
		return crawl.Reply{Next: next}, nil
	case p.Status/100 != 2:
		return readError(p, crawl.Walk{What: crawl.Figures})
	}
	r := observed.Of(p, cite)
	var err error
	switch path {
	case "/api/v1/instance", "/api/v2/instance":
		err = decodeInstance(r, domain)
	case "/api/v1/instance/activity":
		err = decodeActivity(r, domain)
	case "/.well-known/nodeinfo":
		next, err = nodeInfoPath(p.Raw, p.URL)
	default:
		err = decodeNodeInfo(r, domain)
	}
	return crawl.Reply{Rows: r.Done(), Next: next}, err
}

// nodeInfoPath is where the NodeInfo document stands; a link to another host is not followed.
func nodeInfoPath(raw []byte, from string) (string, error) {
	var v struct {
		Links []struct {
			Rel  string `json:"rel"`
			Href string `json:"href"`
		} `json:"links"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return "", err
	}
	base, err := url.Parse(from)
	if err != nil {
		return "", err
	}
	for _, version := range []string{"/schema/2.1", "/schema/2.0"} {
		for _, l := range v.Links {
			u, err := base.Parse(l.Href)
			if err == nil && strings.HasSuffix(l.Rel, version) && u.Host == base.Host && strings.HasPrefix(u.Path, "/") {
				return u.EscapedPath(), nil
			}
		}
	}
	return "", nil
}

// readError reads an answer that is no success. Those that speak of the account are answers like others.
func readError(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	var e struct {
		Error json.RawMessage `json:"error"`
	}
	says := fmt.Sprintf("status %d", p.Status)
	if json.Unmarshal(p.Raw, &e) == nil && len(e.Error) > 0 {
		says += ": " + strings.Trim(string(e.Error[:min(len(e.Error), 200)]), `"`)
	}
	gone := map[int]string{http.StatusNotFound: ingest.StatusNotFound, http.StatusGone: ingest.StatusSuspended}[p.Status]
	switch {
	case p.Status == http.StatusUnauthorized:
		return crawl.Reply{}, &crawl.StopError{Reason: "the server shows nothing without a token (" + says + "): give it one by token_env"}
	case p.Status == http.StatusForbidden && w.What != crawl.Members:
		return crawl.Reply{}, &crawl.StopError{Reason: "the server refuses us (" + says + ")"}
	case gone != "" && w.What == crawl.Resolve:
		return crawl.Reply{Reason: says}, nil
	case gone != "" && w.What == crawl.Profile:
		return crawl.Reply{Rows: ingest.Rows{AccountStatuses: []ingest.AccountStatus{{
			Platform: p.Platform, NativeID: w.Subject, Status: gone, SeenAt: p.FetchedAt, Reason: says,
		}}}}, nil
	case gone != "" || p.Status == http.StatusForbidden:
		return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: says}, nil
	}
	return crawl.Reply{}, fmt.Errorf("%s", says)
}
