package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/reach"
	"github.com/overtake-analytics/overtake/analysis/reach/exact"
)

// A Change is what became of an account's followers between two complete lists. Persons.
type Change struct {
	Before, After int64
	Gained, Lost  int64 // who came and who went
}

// Churn is the share of the followers at the beginning who went: Lost by Before. NaN where there were none.
func (c Change) Churn() float64 { return divided(c.Lost, c.Before) }

// Quick is the quick ratio of growth: Gained by Lost. NaN where nobody went.
func (c Change) Quick() float64 { return divided(c.Gained, c.Lost) }

func divided(x, y int64) float64 { return float64(x) / positive(float64(y)) }

// Diff walks two lists of one account side by side.
func Diff(before, after exact.Cursor) (Change, error) {
	var c Change
	var err error
	a, b := side{cur: before}, side{cur: after}
	for err == nil {
		if err = errors.Join(a.fill(), b.fill()); err != nil || a.done && b.done {
			break
		}
		switch {
		case b.done || !a.done && a.buf[0] < b.buf[0]:
			c.Before, c.Lost = c.Before+1, c.Lost+1
			a.buf = a.buf[1:]
		case a.done || b.buf[0] < a.buf[0]:
			c.After, c.Gained = c.After+1, c.Gained+1
			b.buf = b.buf[1:]
		default:
			c.Before, c.After = c.Before+1, c.After+1
			a.buf, b.buf = a.buf[1:], b.buf[1:]
		}
	}
	return c, err
}

// A side is a cursor with what it gave last.
type side struct {
	cur  exact.Cursor
	buf  []uint32
	done bool
}

func (s *side) fill() (err error) {
	for len(s.buf) == 0 && !s.done && err == nil {
		if s.buf, err = s.cur.Next(); errors.Is(err, io.EOF) {
			s.buf, s.done, err = nil, true, nil
		}
	}
	return err
}

// An end is one reading of an account's followers, complete or not.
type end struct {
	no       uint32
	id, key  string
	on       time.Time
	count    float64 // followers
	complete bool
}

// changes is results.follower_changes: for each account asked about whose followers were read more than once, what happened between one
// reading and the next. Who came and who went is known only where both lists are complete and held.
func (j Job) changes(ctx context.Context, q analysis.Querier, asOf time.Time, answers []*Answer) (analysis.Table, error) {
	t := analysis.Table{
		Name:    "follower_changes",
		Comment: "What became of an account's followers between one reading of its list and the next. One row per (platform, account_id, from_on, to_on). Who came and who went is told only where both lists are complete; else the net change alone is known. It answers: how many came and how many went?",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "account_id", Type: "varchar", Comment: "the platform's own id of the account"},
			{Name: "from_on", Type: "date", Comment: "day of the earlier reading"},
			{Name: "to_on", Type: "date", Comment: "day of the later reading"},
			{Name: "followers_from", Type: "double", Comment: "persons: followers at the earlier reading, listed or as the platform states them"},
			{Name: "followers_to", Type: "double", Comment: "persons: followers at the later reading"},
			{Name: "net", Type: "double", Comment: "persons: followers_to less followers_from"},
			{Name: "gained", Type: "bigint", Comment: "persons who follow at the later reading and did not at the earlier; null where a list is not complete or the group is too small to be told"},
			{Name: "lost", Type: "bigint", Comment: "persons who followed at the earlier reading and do not at the later; null likewise"},
			{Name: "churn_share", Type: "double", Comment: "lost divided by followers_from, 0 to 1; null where lost is"},
			{Name: "quick_ratio", Type: "double", Comment: "gained divided by lost; null where either is, or lost is 0"},
			{Name: "flags", Type: "varchar", Comment: "net_only where a list is not complete, small_cell where gained or lost is too small to be told"},
		},
	}
	if j.Lists == nil {
		return t, nil
	}
	for _, a := range answers {
		ends, err := loadEnds(ctx, q, a.Platform, asOf, a.numbers)
		if err != nil {
			return t, err
		}
		wanted := map[string]bool{}
		for _, e := range ends {
			wanted[place(e.no, e.key)] = e.complete
		}
		lists, err := j.Lists.FollowerLists(ctx, a.Platform, func(no uint32, key string) bool { return wanted[place(no, key)] })
		if err != nil {
			return t, err
		}
		held := map[string]List{}
		for _, l := range lists {
			held[place(l.No, l.Key)] = l
		}
		for i := 1; i < len(ends); i++ {
			if ends[i].no != ends[i-1].no || ends[i].on.Equal(ends[i-1].on) {
				continue
			}
			row, err := j.change(ctx, held, ends[i-1], ends[i])
			if err != nil {
				return t, fmt.Errorf("account %s: %w", ends[i].id, err)
			}
			t.Rows = append(t.Rows, append([]any{a.Platform}, row...))
		}
	}
	return t, nil
}

// loadEnds reads the readings in the order of accounts and days, of one day the last.
func loadEnds(ctx context.Context, q analysis.Querier, platform string, asOf time.Time, numbers string) ([]end, error) {
	var ends []end
	err := each(ctx, q, func(scan func(...any) error) error {
		var e end
		err := scan(&e.no, &e.id, &e.key, &e.on, &e.count, &e.complete)
		ends = append(ends, e)
		return err
	}, `
		with ends as (
		    select account_no, account_id, list, ended_at, cast(ended_at as date) as on_day,
		        strategy = 'all' and verdict = 'complete' as complete,
		        case when strategy = 'all' and verdict = 'complete' then collected else stated end as followers
		    from marts.lists
		    where platform = ? and direction = 'followers' and cast(ended_at as date) <= cast(? as date) and account_no in `+numbers+`
		),
		ranked as (
		    select account_no, account_id, list, on_day, followers, complete,
		        row_number() over (partition by account_no, on_day order by complete desc, ended_at desc, list) as nth
		    from ends
		    where followers is not null
		)
		select account_no, account_id, list, on_day, followers, complete
		from ranked
		where nth = 1
		order by account_no, on_day`, platform, asOf)
	return ends, err
}

// change compares two readings.
func (j Job) change(ctx context.Context, held map[string]List, from, to end) ([]any, error) {
	row := []any{to.id, from.on, to.on, from.count, to.count, to.count - from.count}
	before, ok := held[place(from.no, from.key)]
	after, too := held[place(to.no, to.key)]
	if !from.complete || !to.complete || !ok || !too {
		return append(row, nil, nil, nil, nil, "net_only"), nil
	}
	c, err := diffLists(ctx, before, after)
	if err != nil {
		return nil, err
	}
	small := cmp.Or(j.Small, reach.SmallCell)
	few := func(n int64) bool { return n > 0 && n < small }
	// The net change is public, so one of the two tells the other: both go, or none.
	if few(c.Gained) || few(c.Lost) || few(c.Before-c.Lost) {
		return append(row, nil, nil, nil, nil, "small_cell"), nil
	}
	return append(row, c.Gained, c.Lost, measure.Cell(c.Churn()), measure.Cell(c.Quick()), ""), nil
}

func diffLists(ctx context.Context, before, after List) (c Change, err error) {
	var cursors []exact.Cursor
	defer func() {
		for _, cur := range slices.Backward(cursors) {
			err = errors.Join(err, cur.Close())
		}
	}()
	for _, l := range []List{before, after} {
		cur, err := l.Open(ctx)
		if err != nil {
			return c, err
		}
		cursors = append(cursors, cur)
	}
	return Diff(cursors[0], cursors[1])
}
