package crawl

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// NoteDecoder is the name of the decoder of our own notes.
const NoteDecoder = "note/v1"

// A note is a page of our own: what became of a walk, which no single answer says.
type note struct {
	List       *ingest.ListReading `json:"list,omitempty"`
	Membership *ingest.Membership  `json:"membership,omitempty"`
	Sums       []sumNote           `json:"sums,omitempty"`
}

// A sumNote is a figure about the platform that was added up over several answers.
type sumNote struct {
	Kind  ingest.Kind `json:"kind"`
	Unit  string      `json:"unit"`
	Value float64     `json:"value"`
	Note  string      `json:"note,omitempty"`
	URL   string      `json:"url,omitempty"`
}

// page makes the journal page of a note about a walk. at is the time of the last answer that it sums up.
func (n note) page(w Walk, platform ingest.Platform, at time.Time) (ingest.Page, error) {
	raw, err := json.Marshal(n)
	if err != nil {
		return ingest.Page{}, fmt.Errorf("note of %s: %w", w.Name(), err)
	}
	return ingest.Page{
		Source: w.Name(), Decoder: NoteDecoder, Document: w.Document(), Platform: platform,
		FetchedAt: at, MediaType: "application/json", Raw: raw,
	}, nil
}

// Decoders are the decoders of this package's own pages.
func Decoders() map[string]ingest.Decoder {
	return map[string]ingest.Decoder{NoteDecoder: readNote}
}

func readNote(p ingest.Page) (ingest.Rows, error) {
	var n note
	if err := json.Unmarshal(p.Raw, &n); err != nil {
		return ingest.Rows{}, fmt.Errorf("note: %w", err)
	}
	var rows ingest.Rows
	if n.List != nil {
		rows.Lists = append(rows.Lists, *n.List)
	}
	if n.Membership != nil {
		rows.Memberships = append(rows.Memberships, *n.Membership)
	}
	for _, s := range n.Sums {
		r, err := ingest.ExactReading(s.Kind, s.Value)
		if err != nil {
			return rows, fmt.Errorf("note: %w", err)
		}
		rows.PlatformMetrics = append(rows.PlatformMetrics, ingest.PlatformMetric{
			Platform: p.Platform, Reading: r, Unit: s.Unit, Derived: true, Dating: At(p.FetchedAt),
			Evidence: ingest.Evidence{URL: s.URL, Note: s.Note},
		})
	}
	return rows, nil
}

// Decoder makes the lake's decoder of a site's Read: of a list that was sampled it keeps the members that were drawn.
func Decoder(read func(ingest.Page) (Reply, error)) ingest.Decoder {
	return func(p ingest.Page) (ingest.Rows, error) {
		r, err := read(p)
		if err != nil || len(r.Rows.Follows)+len(r.Rows.Memberships) == 0 {
			return r.Rows, err
		}
		w, err := ParseDocument(p.Document)
		if err != nil {
			return r.Rows, err
		}
		switch {
		case w.What == Members: // whom a private person follows is counted, never kept as edges
			r.Rows.Follows = nil
			for i := range r.Rows.Memberships {
				m := &r.Rows.Memberships[i]
				m.Platform, m.List, m.Account, m.Follower = p.Platform, w.List(), w.Subject, w.Member
				if w.Chunk == 0 { // the sampled account is followed: that is how the follower came to be drawn
					m.Checked++
					m.Follows++
				}
			}
		case w.Strategy == ingest.StrategySample:
			drawn := r.Rows.Follows[:0]
			for i := range r.Rows.Follows {
				if f := &r.Rows.Follows[i]; kept(w.Seed, w.member(f), w.Probability) {
					drawn = append(drawn, *f)
				}
			}
			r.Rows.Follows = drawn
		}
		return r.Rows, nil
	}
}
