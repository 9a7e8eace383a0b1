package crawl

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// A Walk is one reading of one thing: the profiles of a day, one account's list of followers.
type Walk struct {
	Site      string
	What      What
	Subject   string    // native id, or name; "" where the walk is about several accounts or none
	StartedAt time.Time // UTC, to the second

	// The design of a list's reading.
	Strategy    string
	Probability float64 // that a member is kept; 1 but for samples
	Seed        uint64

	Member string // Members: native id of the follower; never leaves the journal
	Chunk  int    // Members: which part of the tracked accounts this request is about, from 0
}

// Private is where the part of a document begins that the lake leaves out.
const Private = ingest.PrivatePart

// Name is the name of the walk's source in the journal: the same for all readings of one thing.
func (w Walk) Name() string {
	name := w.Site + "/" + string(w.What)
	if w.Subject != "" {
		name += "/" + url.PathEscape(w.Subject)
	}
	return name
}

// List names this single reading: the key of ingest.ListReading.
func (w Walk) List() string {
	what := w.What
	if what == Members { // they speak of the list that was sampled
		what = Followers
	}
	l := Walk{Site: w.Site, What: what, Subject: w.Subject}
	return l.Name() + "/" + w.StartedAt.UTC().Format(time.RFC3339)
}

// Document is what a page of the walk carries, from which ParseDocument makes the walk again.
func (w Walk) Document() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s/%s/%s", w.Site, w.What, url.PathEscape(w.Subject), w.StartedAt.UTC().Format(time.RFC3339))
	if w.Strategy != "" {
		fmt.Fprintf(&b, "?strategy=%s", w.Strategy)
		if w.Strategy == ingest.StrategySample {
			fmt.Fprintf(&b, "&p=%s&seed=%d", strconv.FormatFloat(w.Probability, 'g', -1, 64), w.Seed)
		}
		if w.Chunk > 0 {
			fmt.Fprintf(&b, "&chunk=%d", w.Chunk)
		}
	}
	if w.Member != "" {
		b.WriteString(Private + url.PathEscape(w.Member))
	}
	return b.String()
}

// ParseDocument reads what Document wrote.
func ParseDocument(document string) (Walk, error) {
	bad := func(why string) (Walk, error) {
		return Walk{}, fmt.Errorf("document %q is of no walk: %s", document, why)
	}
	public, member, _ := strings.Cut(document, Private)
	path, query, _ := strings.Cut(public, "?")
	parts := strings.Split(path, "/")
	if len(parts) != 4 {
		return bad("want site/what/subject/time")
	}
	w := Walk{Site: parts[0], What: What(parts[1]), Probability: 1}
	var err error
	if w.Subject, err = url.PathUnescape(parts[2]); err != nil {
		return bad(err.Error())
	}
	if w.StartedAt, err = time.Parse(time.RFC3339, parts[3]); err != nil {
		return bad("want a time")
	}
	if w.Member, err = url.PathUnescape(member); err != nil {
		return bad(err.Error())
	}
	if query == "" {
		return w, nil
	}
	params, err := url.ParseQuery(query)
	if err != nil {
		return bad(err.Error())
	}
	w.Strategy = params.Get("strategy")
	if w.Strategy != ingest.StrategySample {
		return w, nil
	}
	if w.Probability, err = strconv.ParseFloat(params.Get("p"), 64); err != nil || !(w.Probability >= 0 && w.Probability <= 1) {
		return bad("want a probability p")
	}
	if w.Seed, err = strconv.ParseUint(params.Get("seed"), 10, 64); err != nil {
		return bad("want a seed")
	}
	if chunk := params.Get("chunk"); chunk != "" {
		if w.Chunk, err = strconv.Atoi(chunk); err != nil || w.Chunk < 0 {
			return bad("want a chunk")
		}
	}
	return w, nil
}

// Follow is a row for one member of the walk's list.
func (w Walk) Follow(platform ingest.Platform, member string) ingest.Follow {
	f := ingest.Follow{Platform: platform, List: w.List(), Account: w.Subject, Follower: member}
	if w.What == Following {
		f.Account, f.Follower = member, w.Subject
	}
	return f
}

// member is the other end of a Follow that Walk.Follow made.
func (w Walk) member(f *ingest.Follow) string {
	if w.What == Following {
		return f.Account
	}
	return f.Follower
}
