package quality

import (
	"context"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// An account is the follower readings of one account, in order of time.
type account struct {
	platform, id, name string
	readings           []value
}

// The numbers of the rules on accounts.
const (
	neighbourDays = 120 // readings this near, in days, can show a reading up
	awayFactor    = 1.3 // a reading this far from both neighbours
	togetherRatio = 1.2 // that are this close to one another is an outlier
	sharedMonth   = 75  // a fall counts for the month in which it was seen, if the reading before is this near, in days
	sharedCount   = 4   // from so many accounts
	sharedShare   = 0.8 // of which so many fell
)

func loadAccounts(ctx context.Context, q analysis.Querier, asOf time.Time) ([]account, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, account_id, min(display_name), effective_to, min(lo), max(value), max(coalesce(hi, value))
		from marts.account_readings
		where metric = 'followers' and precision = 'day' and mode <> 'censored_right' and published_on <= cast(? as date)
		group by platform, account_id, effective_to
		order by platform, account_id, effective_to`, asOf)
	if err != nil {
		return nil, fmt.Errorf("load follower readings: %w", err)
	}
	defer rows.Close()
	var out []account
	for rows.Next() {
		var a account
		var v value
		if err := rows.Scan(&a.platform, &a.id, &a.name, &v.on, &v.lo, &v.x, &v.h); err != nil {
			return nil, fmt.Errorf("load follower readings: %w", err)
		}
		if n := len(out); n == 0 || out[n-1].platform != a.platform || out[n-1].id != a.id {
			out = append(out, a)
		}
		last := &out[len(out)-1]
		last.readings = append(last.readings, v)
	}
	return out, rows.Err()
}

// ofAccounts applies the rules that look at single accounts and at all of them together.
func ofAccounts(all []account) []Finding {
	var out []Finding
	for _, a := range all {
		for _, f := range stale(a.platform, "followers", a.readings) {
			f.What = a.name + ": " + f.What
			out = append(out, f)
		}
		out = append(out, a.outliers()...)
	}
	return append(out, sharedFalls(all)...)
}

// outliers finds readings that lie far from both neighbours while these agree.
func (a account) outliers() []Finding {
	var out []Finding
	for i := 1; i+1 < len(a.readings); i++ {
		before, r, after := a.readings[i-1], a.readings[i], a.readings[i+1]
		if measure.DaysBetween(before.on, r.on) > neighbourDays || measure.DaysBetween(r.on, after.on) > neighbourDays || !(before.x > 0 && after.x > 0) {
			continue
		}
		lo, hi := min(before.x, after.x), max(before.x, after.x)
		if hi/lo < togetherRatio && (r.h*awayFactor < lo || r.lo > hi*awayFactor) {
			out = append(out, Finding{a.platform, "followers", r.on, "outlier", Error,
				fmt.Sprintf("%s: %s between %s and %s", a.name, measure.Words(r.x), measure.Words(before.x), measure.Words(after.x)), 1, toldOnly})
		}
	}
	return out
}

// sharedFalls finds months in which nearly all accounts of a platform lost followers: a purge, not unpopularity.
func sharedFalls(all []account) []Finding {
	type month struct {
		platform string
		first    time.Time
	}
	seen, fell := map[month]int{}, map[month]int{}
	var order []month
	for _, a := range all {
		byMonth := map[month]bool{} // an account counts once a month: by its last pair of readings
		for i := 1; i < len(a.readings); i++ {
			before, r := a.readings[i-1], a.readings[i]
			if measure.DaysBetween(before.on, r.on) > sharedMonth {
				continue
			}
			byMonth[month{a.platform, time.Date(r.on.Year(), r.on.Month(), 1, 0, 0, 0, 0, time.UTC)}] = r.h < before.lo
		}
		for m, down := range byMonth {
			if seen[m]++; seen[m] == 1 {
				order = append(order, m)
			}
			fell[m] += count(down)
		}
	}
	var out []Finding
	for _, m := range order {
		if seen[m] >= sharedCount && float64(fell[m]) >= sharedShare*float64(seen[m]) {
			out = append(out, Finding{m.platform, "followers", m.first, "drop_shared_by_all", Warn,
				fmt.Sprintf("%d of %d accounts lost followers in this month: a purge of accounts rather than anything they did", fell[m], seen[m]), fell[m], toldOnly})
		}
	}
	return out
}
