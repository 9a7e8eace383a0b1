package study

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A member is what is known of one account and its followers.
type member struct {
	no       uint32
	id, name string
	handle   string
	count    counted
	complete *reading // newest complete list of followers
	part     *reading // newest list that was cut off
	sample   *reading // newest random sample of followers
	failed   *reading // newest reading that gave nothing: hidden, error
}

// A counted is the newest count of an account's followers. Persons.
type counted struct {
	known  bool
	shown  float64 // the lower bound where it is censored
	lo, hi float64 // hi is +Inf where the count is censored
	on     time.Time
}

// A line is one of a published list of accounts.
type line struct {
	no uint32
	counted
}

// A reading is a row of marts.lists.
type reading struct {
	key               string
	strategy, verdict string
	collected         int64
	stated, frame     int64 // -1 unknown
	probability       float64
	basis, reason     string
	on                time.Time
	draws             []int // multiplicities of the followers drawn; of a sample only
	checked           int   // tracked accounts that every draw was asked about; -1 where they differ
}

// universe is all that is known of a platform's accounts by a day.
type universe struct {
	platform, name string
	members        map[uint32]*member
	published      [][]line // lists of accounts, oldest first
	read           bool     // some follower list was read
}

// load gathers the universe from what was published by asOf.
func load(ctx context.Context, q analysis.Querier, platform string, asOf time.Time) (*universe, error) {
	u := &universe{platform: platform, members: map[uint32]*member{}}
	for _, step := range []func(context.Context, analysis.Querier, time.Time) error{u.loadAccounts, u.loadCounts, u.loadReadings, u.loadDraws} {
		if err := step(ctx, q, asOf); err != nil {
			return nil, fmt.Errorf("load followers of %s: %w", platform, err)
		}
	}
	return u, nil
}

// each runs query and calls read for every row.
func each(ctx context.Context, q analysis.Querier, read func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// has reports whether a mart exists: warehouses of older versions have no lists.
func has(ctx context.Context, q analysis.Querier, mart string) (ok bool, err error) {
	err = each(ctx, q, func(scan func(...any) error) error { return scan(&ok) },
		`select count(*) > 0 from information_schema.tables where table_schema = 'marts' and table_name = ?`, mart)
	return ok, err
}

func (u *universe) loadAccounts(ctx context.Context, q analysis.Querier, _ time.Time) error {
	err := each(ctx, q, func(scan func(...any) error) error { return scan(&u.name) },
		`select name from marts.platforms where platform = ?`, u.platform)
	if err != nil {
		return err
	}
	return each(ctx, q, func(scan func(...any) error) error {
		m := &member{}
		if err := scan(&m.no, &m.id, &m.handle, &m.name); err != nil {
			return err
		}
		u.members[m.no] = m
		return nil
	}, `select account_no, account_id, coalesce(handle, ''), display_name from marts.accounts where platform = ?`, u.platform)
}

// loadCounts reads the published lists, and each account's newest count of followers there or elsewhere.
func (u *universe) loadCounts(ctx context.Context, q analysis.Querier, asOf time.Time) error {
	last := ""
	take := func(l line) {
		if m := u.members[l.no]; m != nil && !l.on.Before(m.count.on) {
			m.count = l.counted
		}
	}
	err := each(ctx, q, func(scan func(...any) error) error {
		var name string
		l := line{counted: counted{known: true}}
		if err := scan(&name, &l.on, &l.no, &l.shown, &l.lo, &l.hi); err != nil {
			return err
		}
		if key := name + l.on.String(); key != last {
			u.published, last = append(u.published, nil), key
		}
		list := &u.published[len(u.published)-1]
		*list = append(*list, l)
		take(l)
		return nil
	}, `
		select list, listed_to, account_no, followers, lo, coalesce(hi, 'infinity'::double)
		from marts.list_entries
		where platform = ? and published_on <= cast(? as date)
		order by listed_to, list, rank, account_no`, u.platform, asOf)
	if err != nil {
		return err
	}
	return each(ctx, q, func(scan func(...any) error) error {
		l := line{counted: counted{known: true}}
		if err := scan(&l.no, &l.shown, &l.lo, &l.hi, &l.on); err != nil {
			return err
		}
		take(l)
		return nil
	}, `
		select account_no, value, lo, coalesce(hi, 'infinity'::double), effective_to
		from marts.account_readings
		where platform = ? and metric = 'followers' and published_on <= cast(? as date)
		qualify row_number() over (partition by account_no order by effective_to desc, published_on desc, source_url, value) = 1
		order by account_no`, u.platform, asOf)
}

func (u *universe) loadReadings(ctx context.Context, q analysis.Querier, asOf time.Time) error {
	if ok, err := has(ctx, q, "lists"); err != nil || !ok {
		return err
	}
	return each(ctx, q, func(scan func(...any) error) error {
		var no uint32
		var id string
		r := &reading{}
		if err := scan(&no, &id, &r.key, &r.strategy, &r.verdict, &r.collected, &r.stated, &r.frame, &r.probability, &r.basis, &r.reason, &r.on); err != nil {
			return err
		}
		m := u.members[no]
		if m == nil {
			m = &member{no: no, id: id, name: id}
			u.members[no] = m
		}
		u.read = true
		m.take(r)
		return nil
	}, `
		select account_no, account_id, list, strategy, verdict, collected, coalesce(stated, -1), coalesce(frame, -1),
		    coalesce(probability, 1), coalesce(basis, ''), coalesce(reason, ''), cast(ended_at as date)
		from marts.lists
		where platform = ? and direction = 'followers' and cast(ended_at as date) <= cast(? as date)
		order by ended_at, list`, u.platform, asOf)
}

// take files a reading, a newer one in place of an older one of its kind.
func (m *member) take(r *reading) {
	switch {
	case r.strategy == "sample" && r.basis != "recency":
		m.sample = r
	case r.strategy == "all" && r.verdict == "complete":
		m.complete = r
	case r.collected > 0:
		m.part = r
	default:
		m.failed = r
	}
}

// loadDraws reads the multiplicities of sampled followers. One that was asked about in several requests has them added up.
func (u *universe) loadDraws(ctx context.Context, q analysis.Querier, _ time.Time) error {
	samples := map[string]*reading{}
	for _, m := range u.members {
		if m.sample != nil {
			samples[m.sample.key] = m.sample
		}
	}
	if len(samples) == 0 {
		return nil
	}
	return each(ctx, q, func(scan func(...any) error) error {
		var key string
		var checked, follows int
		if err := scan(&key, &checked, &follows); err != nil {
			return err
		}
		if s := samples[key]; s != nil {
			switch {
			case len(s.draws) == 0:
				s.checked = checked
			case s.checked != checked:
				s.checked = -1
			}
			s.draws = append(s.draws, follows)
		}
		return nil
	}, `
		select list, checked, follows from marts.memberships where platform = ? order by list, follower_key`, u.platform)
}

// size is the best number for how many followers the account has: of a complete list its length, else what is stated or
// shown. NaN where nothing is known. Persons.
func (m *member) size() float64 {
	switch {
	case m.complete != nil:
		return float64(m.complete.collected)
	case m.sample != nil && m.sample.length() >= 0:
		return float64(m.sample.length())
	case m.part != nil && m.part.stated >= 0:
		return float64(m.part.stated)
	case m.count.known:
		return m.count.shown
	}
	return math.NaN()
}

// length is the length of the list that a sample was drawn from, as the platform states it or as it was walked; -1 unknown.
func (r *reading) length() int64 {
	if r.frame >= 0 && r.verdict == "complete" {
		return r.frame
	}
	return r.stated
}
