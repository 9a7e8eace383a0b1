package observed

import (
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// Basis is the PublishedBasis of what we saw ourselves: it could be known at the moment when it was seen.
const Basis = "observed"

// Rows gathers what one page says. Make it with [Of]; its Rows are the result.
type Rows struct {
	ingest.Rows
	Page     ingest.Page
	Dating   ingest.Dating
	Evidence ingest.Evidence

	cite ingest.Citation
}

// Of begins the rows of a page, dated by when its answer was complete. The evidence of what is counted is the document
// that describes the interface, as the address of the answer itself may name a person; the page's own row in the lake
// says what was asked for.
func Of(page ingest.Page, cite ingest.Citation) *Rows {
	r := &Rows{Page: page, Dating: At(page.FetchedAt), Evidence: ingest.Evidence{URL: cite.URL, Title: cite.Title}}
	r.cite = cite
	return r
}

// Done are the rows, with the citation where a figure needs it.
func (r *Rows) Done() ingest.Rows {
	if len(r.Snapshots)+len(r.Rankings)+len(r.Posts)+len(r.PlatformMetrics) > 0 {
		r.Sources = append(r.Sources, r.cite)
	}
	return r.Rows
}

// At dates what was seen at t.
func At(t time.Time) ingest.Dating {
	t = t.UTC()
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return ingest.Dating{From: day, To: day, Precision: ingest.PrecisionDay, PublishedOn: day, PublishedBasis: Basis, ObservedAt: t}
}

// A Profile is what an answer says of an account.
type Profile struct {
	NativeID, Handle, Name, Category string
	Counts                           []Kinded
	// How the platform writes abbreviated counts.
	Display ingest.ParseOptions
}

// A Kinded is a count and what it counts.
type Kinded struct {
	Kind  ingest.Kind
	Count Count
}

// Profile adds an account, that it is active, and a snapshot for each count that is known.
func (r *Rows) Profile(p Profile) {
	if p.NativeID == "" {
		r.Reject("", fmt.Errorf("a profile without an id"))
		return
	}
	r.Accounts = append(r.Accounts, ingest.Account{Platform: r.Page.Platform, NativeID: p.NativeID, Handle: p.Handle, DisplayName: p.Name, Category: p.Category})
	r.Status(p.NativeID, p.Handle, ingest.StatusActive, "")
	for _, c := range p.Counts {
		reading, ok, err := c.Count.Reading(c.Kind, p.Display)
		if err != nil {
			r.Reject(p.NativeID+" "+c.Count.Text(), err)
		}
		if ok {
			r.Snapshot(p.NativeID, reading, r.note(c.Count, reading))
		}
	}
}

// note keeps a display that is not exact as it was shown.
func (r *Rows) note(c Count, reading ingest.Reading) string {
	if reading.Mode == ingest.Exact {
		return ""
	}
	return "shown as " + c.Text()
}

// Snapshot adds one reading of an account.
func (r *Rows) Snapshot(id string, reading ingest.Reading, note string) {
	e := r.Evidence
	e.Note = note
	r.Snapshots = append(r.Snapshots, ingest.Snapshot{Platform: r.Page.Platform, NativeID: id, Reading: reading, Dating: r.Dating, Evidence: e})
}

// Status adds how an account was found.
func (r *Rows) Status(id, handle, status, reason string) {
	r.AccountStatuses = append(r.AccountStatuses, ingest.AccountStatus{
		Platform: r.Page.Platform, NativeID: id, Status: status, Handle: handle, SeenAt: r.Page.FetchedAt.UTC(), Reason: reason,
	})
}

// A Post is what an answer says of a post.
type Post struct {
	Author, ID string
	At         time.Time
	Counts     []Kinded
	Display    ingest.ParseOptions
}

// Post adds a reading for each count of a post that is known.
func (r *Rows) Post(p Post) {
	if p.Author == "" || p.ID == "" {
		r.Reject(p.Author+" "+p.ID, fmt.Errorf("a post without an author or an id"))
		return
	}
	for _, c := range p.Counts {
		reading, ok, err := c.Count.Reading(c.Kind, p.Display)
		if err != nil {
			r.Reject(p.ID+" "+c.Count.Text(), err)
		}
		if ok {
			r.PostReading(p.Author, p.ID, p.At, reading, r.note(c.Count, reading))
		}
	}
}

// PostReading adds one reading of a post.
func (r *Rows) PostReading(author, id string, at time.Time, reading ingest.Reading, note string) {
	e := r.Evidence
	e.Note = note
	if !at.IsZero() {
		at = at.UTC()
	}
	r.Posts = append(r.Posts, ingest.Post{Platform: r.Page.Platform, NativeID: author, PostID: id, PostedAt: at, Reading: reading, Dating: r.Dating, Evidence: e})
}

// Reject adds a row that could not be read.
func (r *Rows) Reject(text string, err error) {
	r.Quarantine = append(r.Quarantine, ingest.Reject{Document: r.Page.Document, Text: text, Reason: err.Error()})
}
