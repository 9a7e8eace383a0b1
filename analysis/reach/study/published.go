package study

import (
	"context"
	"math"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/reach"
)

// A published is one list: the counts that its lines allow, and what caps its reach.
type published struct {
	platform, list string
	on             time.Time
	sum            float64 // as shown; NaN where a count is censored
	lo, hi         []float64
	source         string
	users          registered
}

// A registered is the number of accounts that a platform had at or after the list's day.
type registered struct {
	on     time.Time
	hi     float64 // 0: unknown
	source string
}

// totalList is how results.reach_estimate calls a published sum over the hundred most-followed accounts.
const totalList = "top 100, sum as published"

// loadPublished reads the lists and the published sums over a hundred accounts, each with the earliest statement of registered users that is not older: registered
// accounts only grow, so a later statement caps an earlier list. Where sources disagree about that day the largest counts.
func loadPublished(ctx context.Context, q analysis.Querier, asOf time.Time) ([]published, error) {
	rows, err := q.QueryContext(ctx, `
		with users as (
		    select platform, effective_to as on_day, max(coalesce(hi, cast('Infinity' as double))) as hi, min(source_url) as source_url
		    from marts.platform_readings
		    where metric = 'registered_users' and published_on <= cast(? as date)
		    group by platform, effective_to
		),
		digits as (
		    select digit from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) d(digit)
		),
		totals as (
		    select platform, effective_to, value, mode, lo, hi, source_url,
		        row_number() over (partition by platform, effective_to order by coalesce(trust, 'Z'), source_url, value) as nth
		    from marts.platform_readings
		    where metric = 'top100_followers_total' and published_on <= cast(? as date)
		),
		lists as (
		    select platform, list, listed_to, rank, account_no, followers, mode, lo, coalesce(hi, cast('Infinity' as double)) as hi, source_url
		    from marts.list_entries
		    where published_on <= cast(? as date)
		    union all -- of a sum no account is known: the largest has at least the mean, which a hundred equal lines say
		    select t.platform, cast(? as varchar), t.effective_to, 10 * tens.digit + ones.digit + 1, 10 * tens.digit + ones.digit + 1, t.value / 100,
		        t.mode, t.lo / 100, coalesce(t.hi, cast('Infinity' as double)) / 100, t.source_url
		    from totals t cross join digits tens cross join digits ones
		    where t.nth = 1
		),
		days as (
		    select l.platform, l.listed_to, min(u.on_day) as on_day
		    from (select distinct platform, listed_to from lists) l
		    join users u on u.platform = l.platform and u.on_day >= l.listed_to
		    group by l.platform, l.listed_to
		)
		select l.platform, l.list, l.listed_to, l.followers, l.mode, l.lo, l.hi, l.source_url, u.on_day, u.hi, u.source_url
		from lists l
		left join days d on d.platform = l.platform and d.listed_to = l.listed_to
		left join users u on u.platform = l.platform and u.on_day = d.on_day
		order by l.platform, l.listed_to, l.list, l.rank, l.account_no`, asOf, asOf, asOf, totalList)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lists []published
	for rows.Next() {
		var l published
		var followers, lo, hi float64
		var mode string
		var usersOn *time.Time
		var users *float64
		var usersSource *string
		if err := rows.Scan(&l.platform, &l.list, &l.on, &followers, &mode, &lo, &hi, &l.source, &usersOn, &users, &usersSource); err != nil {
			return nil, err
		}
		if users != nil && usersOn != nil && usersSource != nil && !math.IsInf(*users, 1) {
			l.users = registered{*usersOn, *users, *usersSource}
		}
		if n := len(lists); n == 0 || lists[n-1].platform != l.platform || lists[n-1].list != l.list || !lists[n-1].on.Equal(l.on) {
			lists = append(lists, l)
		}
		last := &lists[len(lists)-1]
		if mode == "censored_right" {
			last.sum = math.NaN()
		}
		last.sum += followers
		last.lo = append(last.lo, lo)
		last.hi = append(last.hi, hi)
	}
	return lists, rows.Err()
}

// row answers for one list.
func (l published) row() ([]any, error) {
	verdict := reach.Assess(reach.Evidence{Accounts: len(l.lo), Counts: len(l.lo)})
	e, err := reach.CountBounds(l.lo, l.hi, l.users.hi)
	if err != nil {
		// More followers than registered accounts: the two sources contradict each other, so the cap says nothing.
		if e, err = reach.CountBounds(l.lo, l.hi, 0); err != nil {
			return nil, err
		}
		e.Flags = append(e.Flags, "cap_contradicts_list")
	}
	if l.list == totalList {
		e.Flags = append(e.Flags, "sum_only")
	}
	row := []any{l.platform, l.list, l.on, len(l.lo), measure.Cell(l.sum)}
	row = append(row, estimateCells(e)...)
	row = append(row, share(e.Lo, l.users.hi), share(e.Hi, l.users.hi))
	row = append(row, measure.Cell(positive(l.users.hi)), measure.DateCell(l.users.on), measure.TextCell(l.users.source))
	return append(row, l.source, verdict.Why, words(e.Flags)), nil
}

// estimateCells are the columns reach to method.
func estimateCells(e reach.Estimate) []any {
	return []any{measure.Cell(e.Value), measure.Cell(e.SE), measure.Cell(e.Lo), measure.Cell(e.Hi), e.Level, e.N, string(e.Method)}
}

// share is x of users, at most 1; nil where either is unknown.
func share(x, users float64) any {
	if users <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return math.Min(1, x/users)
}

// positive is x, NaN where it is not above 0.
func positive(x float64) float64 {
	if x > 0 {
		return x
	}
	return math.NaN()
}

// words joins flags as tables hold them.
func words(flags []string) string {
	var f measure.Flags
	for _, w := range flags {
		f = f.With(measure.Flag(w))
	}
	return f.String()
}
