package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A member is what is known of one account and its followers.
type member struct {
	no       uint32
	id, name string
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

// A reading is a row of marts.lists.
type reading struct {
	key, verdict  string
	collected     int64
	stated, frame int64 // -1 unknown
	on            time.Time
	draws         []int // multiplicities of the followers drawn; of a sample only
	checked       int   // tracked accounts that every draw was asked about; -1 where they differ
}

// A universe is what is known, by a day, of the accounts that a request is about.
type universe struct {
	platform, name string
	members        map[uint32]*member
	read           int // accounts of the platform of which some follower list was read
	how            string
	set            []*member
}

// load finds the platform, chooses the accounts in SQL, as a platform may have millions, and gathers what was published or
// read of them by asOf.
func load(ctx context.Context, q analysis.Querier, req Request) (*universe, error) {
	u := &universe{platform: req.Platform, members: map[uint32]*member{}}
	l := loader{ctx, q, u, req.AsOf}
	for _, step := range []func() error{l.platform, func() error { return l.choose(req) }, l.accounts, l.counts, l.readings, l.draws} {
		if err := step(); err != nil {
			if errors.Is(err, ErrRequest) {
				return nil, err
			}
			return nil, fmt.Errorf("load followers of %s: %w", req.Platform, err)
		}
	}
	for _, m := range u.members {
		u.set = append(u.set, m)
	}
	slices.SortFunc(u.set, bySize)
	return u, nil
}

// LastRead is the last day on which a follower list was read; zero where there is none.
func LastRead(ctx context.Context, q analysis.Querier) (time.Time, error) {
	var on *time.Time
	err := each(ctx, q, func(scan func(...any) error) error { return scan(&on) }, `select max(cast(ended_at as date)) from marts.lists`)
	if err != nil || on == nil {
		return time.Time{}, err
	}
	return *on, nil
}

// bySize puts the most followers first, accounts of unknown size last, equals by number.
func bySize(a, b *member) int {
	return cmp.Or(cmp.Compare(b.size(), a.size()), cmp.Compare(a.no, b.no)) // an unknown size, NaN, is the least
}

// A loader is the loading of one universe under way.
type loader struct {
	ctx  context.Context
	q    analysis.Querier
	u    *universe
	asOf time.Time
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

func (l loader) each(read func(scan func(...any) error) error, query string, args ...any) error {
	return each(l.ctx, l.q, read, query, args...)
}

// platform finds the platform's name, and how many of its accounts had a follower list read. Accounts may be imported of a
// platform that no source describes.
func (l loader) platform() error {
	err := l.each(func(scan func(...any) error) error { return scan(&l.u.name, &l.u.read) }, `
		select coalesce((select coalesce(name, platform) from marts.platforms where platform = p), any_value(a), ''), any_value(n)
		from (select ? as p)
		left join (select platform as a from marts.accounts where platform = ? limit 1) on true,
		(select count(distinct account_no) as n from marts.lists where platform = ? and direction = 'followers' and cast(ended_at as date) <= cast(? as date))
		group by p`, l.u.platform, l.u.platform, l.u.platform, l.asOf)
	if err == nil && l.u.name == "" {
		return refuse("there is no platform %q", l.u.platform)
	}
	return err
}

// numbers is the list of the chosen accounts for a query; they are ours and whole numbers.
func (l loader) numbers() string {
	var b strings.Builder
	b.WriteString("(-1") // never empty
	for _, no := range slices.Sorted(maps.Keys(l.u.members)) {
		fmt.Fprintf(&b, ", %d", no)
	}
	return b.String() + ")"
}

func (l loader) accounts() error {
	if len(l.u.members) == 0 {
		return nil
	}
	return l.each(func(scan func(...any) error) error {
		var no uint32
		var id, name string
		if err := scan(&no, &id, &name); err != nil {
			return err
		}
		m := l.u.members[no]
		m.id, m.name = id, name
		return nil
	}, `select account_no, account_id, display_name from marts.accounts where platform = ? and account_no in `+l.numbers(), l.u.platform)
}

// counts reads each account's newest count of followers, where a published list did not give it already.
func (l loader) counts() error {
	missing := false
	for _, m := range l.u.members {
		missing = missing || !m.count.known
	}
	if !missing {
		return nil
	}
	return l.each(func(scan func(...any) error) error {
		var no uint32
		c := counted{known: true}
		if err := scan(&no, &c.shown, &c.lo, &c.hi, &c.on); err != nil {
			return err
		}
		if m := l.u.members[no]; !m.count.known {
			m.count = c
		}
		return nil
	}, `
		with counts as (
		    select account_no, value, lo, hi, effective_to as on_day, source_url, published_on
		    from marts.account_readings
		    where platform = ? and metric = 'followers' and published_on <= cast(? as date)
		    union all
		    select account_no, followers, lo, hi, listed_to, source_url, published_on
		    from marts.list_entries
		    where platform = ? and published_on <= cast(? as date)
		),
		ranked as (
		    select account_no, value, lo, hi, on_day,
		        row_number() over (partition by account_no order by on_day desc, published_on desc, source_url, value) as nth
		    from counts
		    where account_no in `+l.numbers()+`
		)
		select account_no, value, lo, coalesce(hi, cast('Infinity' as double)), on_day
		from ranked
		where nth = 1
		order by account_no`, l.u.platform, l.asOf, l.u.platform, l.asOf)
}

// The kinds of reading, as SQL tells them.
const readingKind = `case
	when strategy = 'sample' and coalesce(basis, '') <> 'recency' then 'sample'
	when strategy = 'all' and verdict = 'complete' then 'complete'
	when collected > 0 then 'part'
	else 'failed' end`

// readings reads the newest reading of each kind.
func (l loader) readings() error {
	if l.u.read == 0 {
		return nil
	}
	return l.each(func(scan func(...any) error) error {
		var no uint32
		var kind string
		r := &reading{}
		if err := scan(&no, &kind, &r.key, &r.verdict, &r.collected, &r.stated, &r.frame, &r.on); err != nil {
			return err
		}
		m := l.u.members[no]
		*map[string]**reading{"sample": &m.sample, "complete": &m.complete, "part": &m.part, "failed": &m.failed}[kind] = r
		return nil
	}, `
		with readings as (
		    select account_no, `+readingKind+` as kind, list, verdict, collected, stated, frame, ended_at
		    from marts.lists
		    where platform = ? and direction = 'followers' and cast(ended_at as date) <= cast(? as date) and account_no in `+l.numbers()+`
		),
		ranked as (
		    select account_no, kind, list, verdict, collected, stated, frame, ended_at,
		        row_number() over (partition by account_no, kind order by ended_at desc, list) as nth
		    from readings
		)
		select account_no, kind, list, verdict, collected, coalesce(stated, -1), coalesce(frame, -1), cast(ended_at as date)
		from ranked
		where nth = 1
		order by account_no, kind`, l.u.platform, l.asOf)
}

// draws reads the multiplicities of sampled followers. One that was asked about in several requests has them added up.
func (l loader) draws() error {
	samples := map[uint32]*reading{}
	for no, m := range l.u.members {
		if m.sample != nil {
			samples[no] = m.sample
		}
	}
	if len(samples) == 0 {
		return nil
	}
	return l.each(func(scan func(...any) error) error {
		var no uint32
		var key string
		var checked, follows int
		if err := scan(&no, &key, &checked, &follows); err != nil {
			return err
		}
		if s := samples[no]; s != nil && s.key == key {
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
		select account_no, list, checked, follows from marts.memberships where platform = ? and account_no in `+l.numbers()+`
		order by account_no, list, follower_key`, l.u.platform)
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

// length is the length of the list that a sample was drawn from, as it was walked or as the platform states it; -1 unknown.
func (r *reading) length() int64 {
	if r.frame >= 0 && r.verdict == "complete" {
		return r.frame
	}
	return r.stated
}
