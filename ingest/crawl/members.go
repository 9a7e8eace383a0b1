package crawl

import (
	"context"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/overtake-analytics/overtake/ingest"
)

// A memberWalk asks, for each follower in the sample of one account's list, which of the tracked accounts the follower
// follows too.
type memberWalk struct {
	c       *Crawler
	account string

	list   Walk            // the reading that was sampled
	drawn  []string        // its sample, in the order of the list
	others []string        // tracked accounts without the sampled one
	among  map[string]bool // the same
	pos    position        // Index counts the requests of the whole walk
	tries  int
	streak int
	end    error
	rows   atomic.Int64
}

func (m *memberWalk) about() (What, string)    { return Members, m.account }
func (m *memberWalk) progress() (int64, int64) { return m.rows.Load(), int64(len(m.drawn)) }

// Name implements ingest.Source.
func (m *memberWalk) Name() string {
	return Walk{Site: m.c.Site.Name(), What: Members, Subject: m.account}.Name()
}

// Pages implements ingest.Source.
func (m *memberWalk) Pages(ctx context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	pos, err := parsePosition(from)
	if err != nil {
		return failing(err)
	}
	l := listWalk{c: m.c, what: Followers, account: m.account}
	cursor, err := m.c.Sink.Cursor(ctx, l.Name())
	if err != nil {
		return failing(err)
	}
	if l.pos, err = parsePosition(cursor); err != nil {
		return failing(err)
	}
	if l.pos.Done.IsZero() || l.pos.Strategy != ingest.StrategySample { // no sample, or not all of it yet
		return nothing
	}
	if pos.List != l.pos.Started || pos.fresh() {
		pos = position{Started: l.pos.Started, List: l.pos.Started}
	}
	if !pos.Done.IsZero() {
		return nothing
	}
	m.pos, m.list = pos, l.walk()
	if err := m.draw(ctx); err != nil {
		return failing(err)
	}
	if m.pos.Index >= len(m.drawn)*m.chunks() {
		return nothing
	}
	return chain(ctx, m.next)
}

// draw reads the sample out of the list's pages.
func (m *memberWalk) draw(ctx context.Context) error {
	var seen idset
	err := m.c.replay(ctx, m.list, func(r Reply) {
		for i := range r.Rows.Follows {
			id := m.list.member(&r.Rows.Follows[i])
			if kept(m.list.Seed, id, m.list.Probability) && seen.add(id) {
				m.drawn = append(m.drawn, id)
			}
		}
	})
	m.others = slices.DeleteFunc(m.c.tracked(), func(id string) bool { return id == m.account })
	m.among = map[string]bool{}
	for _, id := range m.others {
		m.among[id] = true
	}
	return err
}

// chunks is how many requests one follower takes, as far as that is known beforehand.
func (m *memberWalk) chunks() int {
	if n := m.c.traits.Relations; n > 0 {
		return max(1, (len(m.others)+n-1)/n)
	}
	return 1
}

func (m *memberWalk) next(ctx context.Context) (step, error) {
	if m.end != nil {
		return step{}, m.end
	}
	follower, chunk := m.drawn[m.pos.Index/m.chunks()], m.pos.Index%m.chunks()
	w := m.list
	w.What, w.Member, w.Chunk = Members, follower, chunk
	if m.pos.Ended {
		return m.note(w)
	}
	a := Ask{Cursor: m.pos.Next, Others: m.others}
	if n := m.c.traits.Relations; n > 0 {
		a.Others = m.others[chunk*n : min(len(m.others), (chunk+1)*n)]
	}
	got, err := m.c.ask(ctx, m.Name(), w, a)
	if got.page.Source == "" {
		return step{}, err
	}
	if got.err != nil {
		return m.failed(got, err)
	}
	m.tries, m.streak = 0, 0
	m.count(&got)
	got.page.Next = m.pos.cursor()
	return step{page: got.page, more: m.pos.Done.IsZero()}, nil
}

// failed lands an attempt; a follower who cannot be asked about again and again is passed over.
func (m *memberWalk) failed(got answered, fatal error) (step, error) {
	m.tries++
	if fatal == nil && m.tries >= Tries {
		m.tries = 0
		if m.streak++; m.streak >= failuresInARow {
			fatal = got.err
		} else {
			m.pass()
		}
	}
	m.end = fatal
	got.page.Next = m.pos.cursor()
	return step{page: got.page, more: m.pos.Done.IsZero() || m.end != nil}, nil
}

// count takes in one answer and moves on, to the next page of the follower's list or to the next request.
func (m *memberWalk) count(got *answered) {
	r := &got.reply
	if len(r.Rows.Memberships) > 0 || r.Verdict == ingest.VerdictHidden {
		m.pass()
		return
	}
	// Not said outright: the follower's own list is read.
	for i := range r.Rows.Follows {
		if m.among[r.Rows.Follows[i].Account] {
			m.pos.Follows++
		}
	}
	m.pos.Last = got.page.FetchedAt
	if m.pos.Next, m.pos.Ended = r.Next, r.Next == "" || r.Verdict != ""; m.pos.Ended {
		m.pos.Next = ""
	}
}

// note lands what a follower's own list said.
func (m *memberWalk) note(w Walk) (step, error) {
	platform := m.c.Site.Platform()
	page, err := note{Membership: &ingest.Membership{
		Platform: platform, List: w.List(), Account: w.Subject, Follower: w.Member,
		Checked: len(m.others) + 1, Follows: m.pos.Follows + 1, // the sampled account itself
	}}.page(w, platform, m.pos.Last)
	if err != nil {
		return step{}, err
	}
	m.pass()
	page.Next = m.pos.cursor()
	return step{page: page, more: m.pos.Done.IsZero()}, nil
}

// pass moves to the next request.
func (m *memberWalk) pass() {
	m.pos.Index++
	m.pos.Next, m.pos.Follows, m.pos.Ended = "", 0, false
	m.rows.Store(int64(m.pos.Index / m.chunks()))
	if m.pos.Index >= len(m.drawn)*m.chunks() {
		m.pos.Done = m.c.now()
	}
}
