package study

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrRequest is what errors of the request itself are, such as an unknown platform or account.
var ErrRequest = errors.New("the request cannot be answered")

// A refusal is an error that is ErrRequest.
type refusal struct{ error }

// Is implements the rule of package errors.
func (refusal) Is(target error) bool { return target == ErrRequest }

func refuse(format string, args ...any) error { return refusal{fmt.Errorf(format, args...)} }

// choose finds the accounts that a request is about, and says how.
func (l loader) choose(req Request) error {
	switch {
	case len(req.Accounts) > 0:
		return l.named(req.Accounts)
	case l.u.read > 0:
		return l.topRead(req.Top)
	}
	return l.topPublished(req.Top)
}

// add makes a member of an account.
func (l loader) add(no uint32) *member {
	m := l.u.members[no]
	if m == nil {
		m = &member{no: no, id: fmt.Sprint(no), name: fmt.Sprint(no)}
		l.u.members[no] = m
	}
	return m
}

// named finds accounts by id, handle or name, in this order; letter case of handles and names does not count.
func (l loader) named(names []string) error {
	for _, name := range names {
		bare := strings.TrimPrefix(name, "@")
		var found []uint32
		for _, where := range []string{"account_id = ? or account_id = ?", "lower(handle) = lower(?) or lower(handle) = lower(?)", "lower(display_name) = lower(?) or lower(display_name) = lower(?)"} {
			err := l.each(func(scan func(...any) error) error {
				var no uint32
				err := scan(&no)
				found = append(found, no)
				return err
			}, "select account_no from marts.accounts where platform = ? and ("+where+") order by account_no", l.u.platform, name, bare)
			if err != nil {
				return err
			}
			if len(found) > 0 {
				break
			}
		}
		switch len(found) {
		case 0:
			return refuse("account %q of %s is not known by its id, handle or name", name, l.u.platform)
		case 1:
			l.add(found[0])
		default:
			return refuse("account %q of %s: %d accounts have this name, say the id", name, l.u.platform, len(found))
		}
	}
	l.u.how = plural(len(l.u.members), "named account")
	return nil
}

// topRead chooses among the accounts of which some follower list was read. The sizes are those of member.size.
func (l loader) topRead(top int) error {
	err := l.each(func(scan func(...any) error) error {
		var no uint32
		err := scan(&no)
		l.add(no)
		return err
	}, `
		with readings as (
		    select account_no, ended_at, list, verdict, collected, stated, frame, `+readingKind+` as kind
		    from marts.lists
		    where platform = ? and direction = 'followers' and cast(ended_at as date) <= cast(? as date)
		),
		newest as (
		    select account_no, kind,
		        case when kind = 'complete' then collected when kind = 'sample' and verdict = 'complete' then coalesce(frame, stated)
		            when kind = 'sample' or kind = 'part' then stated end as size,
		        row_number() over (partition by account_no, kind order by ended_at desc, list) as nth
		    from readings
		),
		counts as (
		    select account_no, max_by(value, date_diff('day', date '1970-01-01', effective_to) * 100000 + date_diff('day', date '1970-01-01', published_on)) as size
		    from marts.account_readings
		    where platform = ? and metric = 'followers' and published_on <= cast(? as date)
		    group by account_no
		)
		select r.account_no
		from newest r
		left join counts c on c.account_no = r.account_no
		where r.nth = 1
		group by r.account_no
		order by coalesce(max(case when r.kind = 'complete' then r.size end), max(case when r.kind = 'sample' then r.size end),
		    max(case when r.kind = 'part' then r.size end), max(c.size)) desc nulls last, r.account_no
		limit ?`, l.u.platform, l.asOf, l.u.platform, l.asOf, top)
	l.u.how = "all that there are, " + plural(l.u.read, "account") + " whose follower lists were read"
	if l.u.read > top {
		l.u.how = fmt.Sprintf("the %d accounts with the most followers among %s whose follower lists were read", top, grouped(float64(l.u.read)))
	}
	return err
}

// recent is how many days a published list may be older than the newest one to be chosen for its length.
const recent = 366

// topPublished picks the longest of the recent published lists, and of the longest the newest. Its accounts count as they
// did in that list.
func (l loader) topPublished(top int) error {
	var latest *time.Time // asked for by itself: DuckDB 1.4 ends in an internal error where it is a part of the query
	err := l.each(func(scan func(...any) error) error { return scan(&latest) }, `
		select max(listed_to) from marts.list_entries where platform = ? and published_on <= cast(? as date)`, l.u.platform, l.asOf)
	if err != nil {
		return err
	}
	if latest == nil {
		latest = &time.Time{}
	}
	var on time.Time
	total := 0
	err = l.each(func(scan func(...any) error) error {
		var no uint32
		c := counted{known: true}
		if err := scan(&no, &total, &c.shown, &c.lo, &c.hi, &c.on); err != nil {
			return err
		}
		l.add(no).count, on = c, c.on
		return nil
	}, `
		with lines as (
		    select list, listed_to, rank, account_no, followers, lo, coalesce(hi, cast('Infinity' as double)) as hi
		    from marts.list_entries
		    where platform = ? and published_on <= cast(? as date)
		),
		best as (
		    select list, listed_to, count(distinct account_no) as accounts
		    from lines
		    group by list, listed_to
		    having listed_to >= cast(? as date)
		    order by accounts desc, listed_to desc, list
		    limit 1
		)
		select l.account_no, b.accounts, l.followers, l.lo, l.hi, l.listed_to
		from lines l
		join best b on b.list = l.list and b.listed_to = l.listed_to
		order by l.rank, l.account_no
		limit ?`, l.u.platform, l.asOf, latest.AddDate(0, 0, -recent), top)
	switch {
	case len(l.u.members) == 0:
		l.u.how = "no account, as neither a follower list nor a published list of accounts is held"
	case total > top:
		l.u.how = fmt.Sprintf("the first %d accounts of the list of %s", top, on.Format(time.DateOnly))
	default:
		l.u.how = plural(total, "account") + " known of the list of " + on.Format(time.DateOnly)
	}
	return err
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(float64(n)) + " " + noun + "s"
}
