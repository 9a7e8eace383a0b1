package crawl

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// A position is a walk's cursor: how far it has come, or when it was last done.
type position struct {
	Started time.Time `json:"started,omitzero"` // of the reading in progress, or of the last one
	Done    time.Time `json:"done,omitzero"`    // when the last reading ended; zero while one is in progress
	Next    string    `json:"next,omitempty"`   // the platform's cursor
	Pages   int       `json:"pages,omitempty"`  // good ones of this reading
	Rows    int64     `json:"rows,omitempty"`   // distinct ones so far
	Kept    int64     `json:"kept,omitempty"`   // of them, those that were drawn
	Last    time.Time `json:"last,omitzero"`    // when the last good answer was complete
	Ended   bool      `json:"ended,omitempty"`  // the last page is landed, the note is not

	Stated      int64   `json:"stated,omitempty"`   // lists: -1 where the platform does not say
	Strategy    string  `json:"strategy,omitempty"` // the design, once the reading has begun
	Probability float64 `json:"p,omitempty"`
	Seed        uint64  `json:"seed,omitempty"`
	Verdict     string  `json:"verdict,omitempty"` // what ended it, or what ended the last one
	Reason      string  `json:"reason,omitempty"`
	Restarts    int     `json:"restarts,omitempty"` // expired cursors

	ID      string    `json:"id,omitempty"`      // Resolve
	Key     string    `json:"key,omitempty"`     // Profiles: hash of the accounts that were asked for
	Index   int       `json:"index,omitempty"`   // Profiles, Members: how many are behind us
	Missing []string  `json:"missing,omitempty"` // Profiles: left out of a batch, to be asked for one by one
	Sums    []sumNote `json:"sums,omitempty"`    // Figures
	List    time.Time `json:"list,omitzero"`     // Members: start of the reading that was sampled
	Follows int       `json:"follows,omitempty"` // Members: of the follower in hand
}

func parsePosition(c ingest.Cursor) (position, error) {
	var p position
	if c == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(c), &p); err != nil {
		return p, fmt.Errorf("cursor: %w", err)
	}
	return p, nil
}

func (p position) cursor() ingest.Cursor {
	text, err := json.Marshal(p)
	if err != nil {
		panic("crawl: a position that JSON cannot hold: " + err.Error()) // strings, numbers and times only
	}
	return ingest.Cursor(text)
}

// fresh reports a walk that has never begun.
func (p position) fresh() bool { return p.Started.IsZero() }

// due reports whether a reading is to be begun or gone on with.
func (p position) due(now time.Time, every time.Duration) bool {
	return p.Done.IsZero() || !now.Before(p.Started.Add(every))
}
