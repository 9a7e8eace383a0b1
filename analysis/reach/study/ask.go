package study

import (
	"context"
	"fmt"
	"math"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/reach"
)

const (
	defaultLevel  = 0.95
	defaultMemory = 4 << 30
)

// Ask answers a request. lists may be nil where no follower list is held. The error wraps ErrRequest where the request
// itself is at fault.
func Ask(ctx context.Context, q analysis.Querier, lists Lists, req Request) (*Answer, error) {
	u, err := load(ctx, q, req)
	if err != nil {
		return nil, err
	}
	s, err := newStudy(ctx, u, lists, req)
	if err != nil {
		return nil, err
	}
	users, err := loadUsers(ctx, q, req.Platform, req.AsOf)
	if err != nil {
		return nil, fmt.Errorf("load users of %s: %w", req.Platform, err)
	}
	return s.answer(ctx, users)
}

// A study is one request under way.
type study struct {
	Request
	u    *universe
	set  []*member
	held map[string]List // complete and cut-off lists of the set, by key and account
	a    *Answer
}

func newStudy(ctx context.Context, u *universe, lists Lists, req Request) (*study, error) {
	if req.Level == 0 {
		req.Level = defaultLevel
	}
	if req.Memory == 0 {
		req.Memory = defaultMemory
	}
	if req.Small == 0 {
		req.Small = reach.SmallCell
	}
	if lists == nil {
		lists = noLists{}
	}
	s := &study{Request: req, u: u, set: u.set, held: map[string]List{}}
	wanted := map[string]bool{}
	for _, m := range u.set {
		for _, r := range []*reading{m.complete, m.part} {
			if r != nil {
				wanted[m.place(r)] = true
			}
		}
	}
	if len(wanted) > 0 {
		held, err := lists.FollowerLists(ctx, req.Platform, func(no uint32, key string) bool { return wanted[place(no, key)] })
		if err != nil {
			return nil, fmt.Errorf("follower lists of %s: %w", req.Platform, err)
		}
		for _, l := range held {
			s.held[place(l.No, l.Key)] = l
		}
	}
	s.a = &Answer{Platform: u.platform, Name: u.name, AsOf: Day{req.AsOf}, Set: u.how, SmallCell: req.Small, read: u.read > 0, numbers: loader{u: u}.numbers()}
	return s, nil
}

// place names a list: several accounts may share a key, as the lists of one imported data set do.
func place(no uint32, key string) string { return fmt.Sprint(no, " ", key) }

func (m *member) place(r *reading) string { return place(m.no, r.key) }

// list is the list behind a reading, if it is held.
func (s *study) list(m *member, r *reading) (List, bool) {
	if r == nil {
		return List{}, false
	}
	l, ok := s.held[m.place(r)]
	return l, ok
}

// answer assesses the evidence and lets the best method speak.
func (s *study) answer(ctx context.Context, users []usersReading) (*Answer, error) {
	s.accounts()
	s.a.users = cap(users, s.a.To.Time)
	e := s.evidence()
	v := reach.Assess(e)
	s.a.Method, s.a.Why = string(v.Method), v.Why
	var err error
	switch v.Method {
	case reach.MethodExact, reach.MethodSketch:
		err = s.lists(ctx)
	case reach.MethodMulti:
		err = s.multiplicity()
	case reach.MethodTruncated:
		err = s.truncated(ctx)
	case reach.MethodCountBounds:
		err = s.counts()
	default:
		s.a.reach = reach.Estimate{Value: math.NaN(), SE: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	}
	if err != nil {
		return nil, err
	}
	if err := s.discount(); err != nil {
		return nil, err
	}
	return s.a, s.perUser(users)
}

// accounts lists the set in the answer.
func (s *study) accounts() {
	for _, m := range s.set {
		a := Account{ID: m.id, Name: m.name, List: "none"}
		if n := m.size(); n == n {
			a.Followers = n
		}
		if r := s.best(m); r != nil {
			a.On, a.List = Day{r.on}, r.verdict
			if r == m.sample {
				a.List = "sample"
			}
		} else if m.count.known {
			a.On = Day{m.count.on}
		}
		if on := a.On.Time; !on.IsZero() {
			if s.a.From.IsZero() || on.Before(s.a.From.Time) {
				s.a.From = Day{on}
			}
			if on.After(s.a.To.Time) {
				s.a.To = Day{on}
			}
		}
		s.a.Accounts = append(s.a.Accounts, a)
	}
}

// best is the reading that says most: a complete list that is held, a sample, a part, a failure.
func (s *study) best(m *member) *reading {
	if _, ok := s.list(m, m.complete); ok {
		return m.complete
	}
	for _, r := range []*reading{m.sample, m.part, m.failed} {
		if r != nil {
			return r
		}
	}
	return nil
}

// evidence counts what is held of the set.
func (s *study) evidence() reach.Evidence {
	e := reach.Evidence{Accounts: len(s.set), OverLimit: s.Sketch}
	missing, samples, checked := 0, 0, true
	for _, m := range s.set {
		if m.complete != nil {
			if _, ok := s.list(m, m.complete); ok {
				e.Complete++
			} else {
				missing++
			}
		}
		if m.part != nil {
			e.Truncated++
		}
		if m.size() == m.size() {
			e.Counts++
		}
		if m.sample != nil && len(m.sample.draws) > 0 {
			samples++
			e.Draws += len(m.sample.draws)
			checked = checked && m.sample.checked == len(s.set)
		}
	}
	if missing > 0 {
		s.a.Notes = append(s.a.Notes, fmt.Sprintf("%d complete follower lists are recorded but not in the lake any more", missing))
	}
	if e.Draws > 0 && (samples < len(s.set) || !checked) {
		e.Draws = 0
		why := fmt.Sprintf("random followers were drawn of %d of the %d accounts", samples, len(s.set))
		if samples == len(s.set) {
			why = "the random followers were not asked about exactly these accounts"
		}
		s.a.Notes = append(s.a.Notes, why+", so the sample says nothing of this set")
	}
	return e
}
