package bluesky

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

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
		return readResolved(p)
	case crawl.Profiles, crawl.Profile:
		return readProfiles(p, w)
	case crawl.Followers, crawl.Following:
		return readMembers(p, w)
	case crawl.Posts:
		return readFeed(p, w)
	case crawl.Figures:
		return readHosts(p)
	case crawl.Members:
		return readRelations(p)
	}
	return crawl.Reply{}, fmt.Errorf("bluesky has no %s", w.What)
}

// gone are the errors by which the AppView says that an account cannot be shown. All come with status 400, "not found" too.
var gone = map[string]string{
	"AccountTakedown":    ingest.StatusSuspended,
	"AccountSuspended":   ingest.StatusSuspended,
	"AccountDeactivated": ingest.StatusDeactivated,
	"AccountDeleted":     ingest.StatusDeleted,
	"RepoTakendown":      ingest.StatusSuspended,
	"RepoDeactivated":    ingest.StatusDeactivated,
}

// readError reads an answer that is no success. Those that speak of the account are answers like others.
func readError(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	var e struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(p.Raw, &e); err != nil || e.Error == "" {
		if p.Status == http.StatusForbidden {
			return crawl.Reply{}, &crawl.StopError{Reason: "the server refuses us (403)"}
		}
		return crawl.Reply{}, fmt.Errorf("status %d without a reason", p.Status)
	}
	says := strings.TrimSpace(e.Error + ": " + e.Message)
	status := gone[e.Error]
	lower := strings.ToLower(e.Message)
	missing := e.Error == "InvalidRequest" && (strings.Contains(lower, "not found") || strings.Contains(lower, "unable to resolve"))
	if status == "" && (missing || e.Error == "NotFound" || e.Error == "ActorNotFound") {
		status = ingest.StatusNotFound
	}
	switch {
	case e.Error == "AuthMissing" || e.Error == "AuthenticationRequired":
		return crawl.Reply{}, &crawl.StopError{Reason: "the server wants a session: configure an AppView, not a PDS (" + says + ")"}
	case e.Error == "MethodNotImplemented":
		return crawl.Reply{}, fmt.Errorf("the host does not serve this: %s", says)
	case status != "" && w.What == crawl.Resolve:
		return crawl.Reply{Reason: says}, nil
	case status != "" && w.What == crawl.Profile:
		return crawl.Reply{Rows: ingest.Rows{AccountStatuses: []ingest.AccountStatus{{
			Platform: p.Platform, NativeID: w.Subject, Status: status, SeenAt: p.FetchedAt, Reason: says,
		}}}}, nil
	case status != "" || e.Error == "BlockedActor" || e.Error == "BlockedByActor":
		return crawl.Reply{Verdict: ingest.VerdictHidden, Reason: says}, nil
	case w.What.List() && strings.Contains(p.URL, "cursor=") &&
		(p.Status == http.StatusInternalServerError || strings.Contains(lower, "cursor")):
		return crawl.Reply{Restart: true, Reason: says}, nil // a cursor that the server cannot read is answered so
	}
	return crawl.Reply{}, fmt.Errorf("status %d: %s", p.Status, says)
}

func readResolved(p ingest.Page) (crawl.Reply, error) {
	var a struct {
		DID string `json:"did"`
	}
	if err := json.Unmarshal(p.Raw, &a); err != nil {
		return crawl.Reply{}, err
	}
	if !strings.HasPrefix(a.DID, "did:") {
		return crawl.Reply{}, fmt.Errorf("resolveHandle gave %q, want a DID", a.DID)
	}
	return crawl.Reply{ID: a.DID}, nil
}

// noUnauthenticated is the label by which a user asks not to be shown to visitors without a session.
const noUnauthenticated = "!no-unauthenticated"

type profile struct {
	DID         string `json:"did"`
	Handle      string `json:"handle"`
	DisplayName string `json:"displayName"`
	Followers   *int64 `json:"followersCount"`
	Follows     *int64 `json:"followsCount"`
	Posts       *int64 `json:"postsCount"`
	Labels      []struct {
		Val string `json:"val"`
	} `json:"labels"`
}

func (a profile) shy() bool {
	for _, l := range a.Labels {
		if l.Val == noUnauthenticated {
			return true
		}
	}
	return false
}

func readProfiles(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	var answer struct {
		Profiles []profile `json:"profiles"`
		profile
	}
	if err := json.Unmarshal(p.Raw, &answer); err != nil {
		return crawl.Reply{}, err
	}
	all := answer.Profiles
	if w.What == crawl.Profile {
		all = []profile{answer.profile}
	}
	var rows ingest.Rows
	for i, a := range all {
		if !strings.HasPrefix(a.DID, "did:") {
			rows.Quarantine = append(rows.Quarantine, ingest.Reject{Document: p.Document, Line: i + 1, Text: a.DID, Reason: "profile without a DID"})
			continue
		}
		if w.What == crawl.Profile && a.DID != w.Subject {
			return crawl.Reply{}, fmt.Errorf("asked for one account, answered with another")
		}
		addProfile(&rows, p, a, i)
	}
	if w.What == crawl.Profiles && answer.Profiles == nil {
		return crawl.Reply{}, fmt.Errorf("an answer without profiles")
	}
	cite(&rows, "app.bsky.actor.getProfiles", "profiles")
	return crawl.Reply{Rows: rows}, nil
}

func addProfile(rows *ingest.Rows, p ingest.Page, a profile, i int) {
	account := ingest.Account{Platform: p.Platform, NativeID: a.DID, Handle: a.Handle, DisplayName: a.DisplayName}
	if a.shy() {
		account.DisplayName = "" // the figures stand, the name is not shown
	}
	rows.Accounts = append(rows.Accounts, account)
	rows.AccountStatuses = append(rows.AccountStatuses, ingest.AccountStatus{
		Platform: p.Platform, NativeID: a.DID, Status: ingest.StatusActive, Handle: a.Handle, SeenAt: p.FetchedAt,
	})
	for _, c := range []struct {
		kind  ingest.Kind
		value *int64
	}{{ingest.Followers, a.Followers}, {ingest.Following, a.Follows}, {ingest.Posts, a.Posts}} {
		if c.value == nil {
			continue
		}
		r, err := ingest.ExactReading(c.kind, float64(*c.value))
		if err != nil {
			rows.Quarantine = append(rows.Quarantine, ingest.Reject{Document: p.Document, Line: i + 1, Text: fmt.Sprint(*c.value), Reason: err.Error()})
			continue
		}
		rows.Snapshots = append(rows.Snapshots, ingest.Snapshot{
			Platform: p.Platform, NativeID: a.DID, Reading: r, Dating: crawl.At(p.FetchedAt), Evidence: evidence("app.bsky.actor.getProfiles"),
		})
	}
}

// evidence cites a method of the interface; the row's page says which answer it was.
func evidence(method string) ingest.Evidence {
	return ingest.Evidence{URL: docs + strings.ToLower(strings.ReplaceAll(method, ".", "-")), Title: method}
}

const docs = "https://docs.bsky.app/docs/api/"

func cite(rows *ingest.Rows, method, what string) {
	e := evidence(method)
	rows.Sources = append(rows.Sources, ingest.Citation{URL: e.URL, Title: "Bluesky API: " + what, Trust: "A",
		Note: "read by overtake itself; each figure's page names the answer in the journal"})
}

// asServed takes JSON as loosely as encoding/json does: what a server sends is not ours to refuse.
var asServed = jsonv2.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// readMembers reads a page of a list. It may be empty and not the last one: only a missing cursor ends a list.
func readMembers(p ingest.Page, w crawl.Walk) (crawl.Reply, error) {
	var answer struct {
		Followers *[]struct {
			DID string `json:"did"`
		} `json:"followers"`
		Follows *[]struct {
			DID string `json:"did"`
		} `json:"follows"`
		Cursor string `json:"cursor"`
	}
	if err := jsonv2.Unmarshal(p.Raw, &answer, asServed); err != nil {
		return crawl.Reply{}, err
	}
	members := answer.Followers
	if w.What == crawl.Following {
		members = answer.Follows
	}
	if members == nil {
		return crawl.Reply{}, fmt.Errorf("an answer without %s", w.What)
	}
	reply := crawl.Reply{Next: answer.Cursor}
	reply.Rows.Follows = make([]ingest.Follow, 0, len(*members))
	f := w.Follow(p.Platform, "")
	for i := range *members {
		did := (*members)[i].DID
		if !strings.HasPrefix(did, "did:") {
			reply.Rows.Quarantine = append(reply.Rows.Quarantine, ingest.Reject{Document: p.Document, Line: i + 1, Reason: "member without a DID"})
			continue
		}
		if w.What == crawl.Following {
			f.Account = did
		} else {
			f.Follower = did
		}
		reply.Rows.Follows = append(reply.Rows.Follows, f)
	}
	return reply, nil
}

func readRelations(p ingest.Page) (crawl.Reply, error) {
	var answer struct {
		Relationships *[]struct {
			Type      string `json:"$type"`
			DID       string `json:"did"`
			Following string `json:"following"`
		} `json:"relationships"`
	}
	if err := json.Unmarshal(p.Raw, &answer); err != nil {
		return crawl.Reply{}, err
	}
	if answer.Relationships == nil {
		return crawl.Reply{}, fmt.Errorf("an answer without relationships")
	}
	m := ingest.Membership{}
	for _, r := range *answer.Relationships {
		if strings.HasSuffix(r.Type, "#notFoundActor") { // gone: nobody follows it
			continue
		}
		m.Checked++
		if r.Following != "" {
			m.Follows++
		}
	}
	return crawl.Reply{Rows: ingest.Rows{Memberships: []ingest.Membership{m}}}, nil
}

// readHosts adds up the accounts of all hosts that the relay knows.
func readHosts(p ingest.Page) (crawl.Reply, error) {
	var answer struct {
		Hosts *[]struct {
			Hostname string `json:"hostname"`
			Accounts int64  `json:"accountCount"`
			Status   string `json:"status"`
		} `json:"hosts"`
		Cursor string `json:"cursor"`
	}
	if err := json.Unmarshal(p.Raw, &answer); err != nil {
		return crawl.Reply{}, err
	}
	if answer.Hosts == nil {
		return crawl.Reply{}, fmt.Errorf("an answer without hosts")
	}
	sum := crawl.Sum{Kind: ingest.RegisteredUsers, Unit: "accounts", Note: "sum of accountCount over all hosts of the relay that are not banned",
		URL: evidence("com.atproto.sync.listHosts").URL}
	for _, h := range *answer.Hosts {
		if h.Status != "banned" && h.Accounts > 0 {
			sum.Value += float64(h.Accounts)
		}
	}
	reply := crawl.Reply{Next: answer.Cursor, Sums: []crawl.Sum{sum}}
	cite(&reply.Rows, "com.atproto.sync.listHosts", "hosts of the network")
	return reply, nil
}

// readTime reads a time of the protocol; zero where it is none. createdAt is the client's word and may say anything.
func readTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return time.Time{}
	}
	return t.UTC()
}
