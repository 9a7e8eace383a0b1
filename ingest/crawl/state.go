package crawl

import (
	"context"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// A State is what the cursors say of one tracked account: what was read when, what came of it, when it is due again. It
// names no follower.
type State struct {
	Site    string      `json:"source"`
	Account string      `json:"account"`      // as configured
	ID      string      `json:"id,omitempty"` // native id, where it is known
	Reason  string      `json:"reason,omitempty"`
	Walks   []WalkState `json:"readings"`
}

// A WalkState is one kind of reading of an account.
type WalkState struct {
	What     What      `json:"what"`
	LastAt   time.Time `json:"last_at,omitzero"` // the last answer
	DueAt    time.Time `json:"due_at,omitzero"`  // zero: now
	Reading  bool      `json:"in_progress,omitempty"`
	Verdict  string    `json:"verdict,omitempty"`
	Rows     int64     `json:"rows,omitempty"`   // distinct ones so far, or of the last reading
	Stated   int64     `json:"stated,omitempty"` // as the platform says, 0: unknown
	Sampled  int64     `json:"sampled,omitempty"`
	Coverage float64   `json:"coverage,omitempty"` // Rows of Stated, 0 where that is unknown
}

// States reads the cursors of all tracked accounts. Nothing is asked.
func States(ctx context.Context, site Site, o Orders, sink ingest.Sink) ([]State, error) {
	t := site.Traits()
	cursor := func(what What, subject string) (position, error) {
		c, err := sink.Cursor(ctx, Walk{Site: site.Name(), What: what, Subject: subject}.Name())
		if err != nil {
			return position{}, err
		}
		return parsePosition(c)
	}
	profiles, err := cursor(Profiles, "")
	if err != nil {
		return nil, err
	}
	var all []State
	for _, account := range o.Accounts {
		s := State{Site: site.Name(), Account: account, ID: account}
		if t.Unresolved != nil && t.Unresolved(account) {
			p, err := cursor(Resolve, account)
			if err != nil {
				return nil, err
			}
			s.ID, s.Reason = p.ID, p.Reason
		}
		for _, what := range []What{Profiles, Followers, Following, Posts} {
			if !o.wants(what) || !t.Can(what) && what != Profiles || s.ID == "" {
				continue
			}
			p := profiles
			if what != Profiles {
				if p, err = cursor(what, s.ID); err != nil {
					return nil, err
				}
			}
			s.Walks = append(s.Walks, p.state(what, o.every(what)))
		}
		all = append(all, s)
	}
	return all, nil
}

func (p position) state(what What, every time.Duration) WalkState {
	w := WalkState{What: what, LastAt: p.Last, Verdict: p.Verdict, Rows: p.Rows, Stated: max(0, p.Stated), Reading: !p.fresh() && p.Done.IsZero()}
	if !p.Done.IsZero() {
		w.DueAt = p.Started.Add(every)
		if w.LastAt.IsZero() {
			w.LastAt = p.Done
		}
	}
	if p.Strategy == ingest.StrategySample {
		w.Sampled = p.Kept
	}
	if w.Stated > 0 && what.List() {
		w.Coverage = float64(w.Rows) / float64(w.Stated)
	}
	return w
}
