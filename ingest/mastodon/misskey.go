package mastodon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// A misskeyUser is what Misskey and its forks say of an account.
type misskeyUser struct {
	ID             observed.Text  `json:"id"`
	Username       string         `json:"username"`
	Host           *string        `json:"host"` // null: of this server
	Name           *string        `json:"name"`
	IsBot          bool           `json:"isBot"`
	IsSuspended    bool           `json:"isSuspended"`
	FollowersCount observed.Count `json:"followersCount"`
	FollowingCount observed.Count `json:"followingCount"`
	NotesCount     observed.Count `json:"notesCount"`
}

// account is the user in Mastodon's words.
func (u misskeyUser) account() account {
	a := account{ID: u.ID, Acct: u.Username, Bot: u.IsBot, Suspended: u.IsSuspended,
		FollowersCount: u.FollowersCount, FollowingCount: u.FollowingCount, StatusesCount: u.NotesCount}
	if u.Host != nil && *u.Host != "" {
		a.Acct += "@" + *u.Host
	}
	if u.Name != nil {
		a.DisplayName = *u.Name
	}
	return a
}

func parseMisskeyUser(raw []byte) (account, error) {
	var u misskeyUser
	if err := observed.Decode(raw, &u); err != nil {
		return account{}, err
	}
	if u.ID == "" || u.Username == "" {
		return account{}, errors.New("the answer is no user: id or username is missing")
	}
	return u.account(), nil
}

// parseMisskeyFollowers reads a page of follow relations; last is the id of the last one, which the next page begins after.
func parseMisskeyFollowers(raw []byte) (list []account, last string, err error) {
	var relations []struct {
		ID       observed.Text `json:"id"`
		Follower *misskeyUser  `json:"follower"`
	}
	if err := observed.Decode(raw, &relations); err != nil {
		return nil, "", err
	}
	if relations == nil {
		return nil, "", errors.New("the answer is null, want a list of follows")
	}
	for i, rel := range relations {
		if rel.ID == "" || rel.Follower == nil || rel.Follower.Username == "" {
			return nil, "", fmt.Errorf("relation %d of %d has no id or follower", i+1, len(relations))
		}
		list = append(list, rel.Follower.account())
		last = string(rel.ID)
	}
	return list, last, nil
}

// misskeyPage is how many followers a page has.
const misskeyPage = 100

// ask is Request for Misskey: a question in JSON. A list is asked for by name, and goes on after the last follow.
func (s Site) ask(a crawl.Ask) (crawl.Request, error) {
	user, host, remote := strings.Cut(s.acct(a.Subject), "@")
	question := map[string]any{"username": user, "host": nil}
	if remote {
		question["host"] = host
	}
	path := "/api/users/show"
	switch a.What {
	case crawl.Resolve, crawl.Profile:
	case crawl.Followers:
		path = "/api/users/followers"
		question["limit"] = misskeyPage
		if a.Cursor != "" {
			question["untilId"] = a.Cursor
		}
	default:
		return crawl.Request{}, fmt.Errorf("misskey does not serve %s", a.What)
	}
	raw, err := json.Marshal(question)
	r := crawl.Request{URL: s.base() + path, Question: raw}
	if s.Token != "" {
		r.Header = http.Header{"Authorization": {"Bearer " + s.Token}}
	}
	return r, err
}

// readMisskey reads an answer of Misskey. Its errors have codes, and statuses that differ between versions.
func readMisskey(p ingest.Page, w crawl.Walk, domain string) (crawl.Reply, error) {
	if p.Status/100 != 2 {
		code := misskeyCode(p.Raw)
		status := misskeyStatus(code)
		switch {
		case code == "CREDENTIAL_REQUIRED" || code == "AUTHENTICATION_FAILED":
			return crawl.Reply{}, &crawl.StopError{Reason: "the server shows nothing without a token (" + code + "): give it one by token_env"}
		case code == "FORBIDDEN" && w.What.List():
			return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: "the account hides its lists"}, nil
		case status == "":
			return crawl.Reply{}, fmt.Errorf("status %d: %s", p.Status, code)
		case w.What == crawl.Resolve:
			return crawl.Reply{Reason: code}, nil
		case w.What == crawl.Profile:
			return crawl.Reply{Rows: ingest.Rows{AccountStatuses: []ingest.AccountStatus{{
				Platform: p.Platform, NativeID: w.Subject, Status: status, SeenAt: p.FetchedAt, Reason: code,
			}}}}, nil
		}
		return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: code}, nil
	}
	if !w.What.List() {
		a, err := parseMisskeyUser(p.Raw)
		if err != nil {
			return crawl.Reply{}, err
		}
		return profile(p, w, domain, a)
	}
	list, last, err := parseMisskeyFollowers(p.Raw)
	if err != nil {
		return crawl.Reply{}, err
	}
	reply := crawl.Reply{Next: last} // an empty page is the end
	for _, a := range list {
		reply.Rows.Follows = append(reply.Rows.Follows, w.Follow(p.Platform, nativeID(a.Acct, domain)))
	}
	return reply, nil
}

// misskeyCode is the code of an error answer, "" where it is none.
func misskeyCode(raw []byte) string {
	var v struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if observed.Decode(raw, &v) != nil {
		return ""
	}
	return v.Error.Code
}

// misskeyStatus is what an error code says of an account, "" where it says nothing.
func misskeyStatus(code string) string {
	switch code {
	case "NO_SUCH_USER":
		return ingest.StatusNotFound
	case "USER_SUSPENDED":
		return ingest.StatusSuspended
	}
	return ""
}
