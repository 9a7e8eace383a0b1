package events

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/growth"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

// A unit is one thing that an event may have moved: a metric of a platform, or the followers of one of its accounts.
type unit struct {
	platform, family, metric string
	name                     string // of the account; empty for a metric of the platform
	points                   []series.Point
}

// who is the unit in a list of units: the account, or the platform.
func (u unit) who() string {
	if u.name != "" {
		return u.name
	}
	return u.platform
}

// bridgeDays is the longest silence, in days, across which a unit is interpolated: what package series calls no gap.
const bridgeDays = series.GapDays

// at is the log of the unit's value on a day; ok is false where no two readings within bridgeDays hold the day between
// them.
func (u unit) at(day time.Time) (float64, bool) {
	i, found := slices.BinarySearchFunc(u.points, day, func(p series.Point, d time.Time) int { return p.On.Compare(d) })
	if !found && (i == 0 || i == len(u.points) || measure.DaysBetween(u.points[i-1].On, u.points[i].On) > bridgeDays) {
		return 0, false
	}
	e, ok := growth.At(u.points, day)
	if !ok || !(e.Point > 0) {
		return 0, false
	}
	return math.Log(e.Point), true
}

// The steps of a path, each monthDays long.
const (
	mostBefore, leastBefore = 12, 6
	mostAfter, leastAfter   = 6, 2
)

// eve is the day before an event, from which paths count.
func eve(event time.Time) time.Time { return event.AddDate(0, 0, -1) }

// step is the day k steps after the eve of an event.
func step(event time.Time, k int) time.Time {
	return eve(event).AddDate(0, 0, int(math.Round(float64(k)*monthDays)))
}

// path is the log of a unit relative to the eve of an event at each step from -before to after; nil where the unit does
// not cover them all.
func (u unit) path(event time.Time, before, after int) []float64 {
	base, ok := u.at(eve(event))
	if !ok {
		return nil
	}
	out := make([]float64, 0, before+after+1)
	for k := -before; k <= after; k++ {
		v, ok := u.at(step(event, k))
		if !ok {
			return nil
		}
		out = append(out, v-base)
	}
	return out
}

// reach is how many steps before and after an event a unit covers without a hole, at most mostBefore and mostAfter.
func (u unit) reach(event time.Time) (before, after int) {
	if _, ok := u.at(eve(event)); !ok {
		return 0, 0
	}
	for before < mostBefore {
		if _, ok := u.at(step(event, -before-1)); !ok {
			break
		}
		before++
	}
	for after < mostAfter {
		if _, ok := u.at(step(event, after+1)); !ok {
			break
		}
		after++
	}
	return before, after
}

// unitsOf are the judged metrics of every platform.
func unitsOf(d series.Data) []unit {
	var out []unit
	for _, metric := range judged {
		for _, s := range d.Series {
			if s.Metric == metric {
				out = append(out, unit{platform: s.Platform, family: s.Family, metric: metric, points: s.Points})
			}
		}
	}
	return out
}

// followers is the metric of units that are accounts.
const followers = "followers"

// loadAccounts reads the accounts whose followers are known on enough days for a path: of each week the last day, which
// is more than monthly steps need. Several readings of a day are their mean, as exact as the coarsest of them.
func loadAccounts(ctx context.Context, q analysis.Querier, asOf time.Time) ([]unit, error) {
	rows, err := q.QueryContext(ctx, `
		with days as (
			select platform, family, account_no, display_name, effective_to, avg(value) as value, max(step) as step,
				row_number() over (
					partition by platform, account_no, date_trunc('week', effective_to) order by effective_to desc
				) as from_last
			from marts.account_readings
			where metric = 'followers' and precision = 'day' and mode <> 'censored_right' and value > 0
				and published_on <= cast(? as date)
			group by platform, family, account_no, display_name, effective_to
		)
		select platform, family, display_name, effective_to, value, step, account_no
		from days
		where from_last = 1
		order by platform, account_no, effective_to`, asOf)
	if err != nil {
		return nil, fmt.Errorf("load followers: %w", err)
	}
	defer rows.Close()
	var out []unit
	last := int64(-1)
	for rows.Next() {
		u := unit{metric: followers}
		var family sql.NullString
		var p series.Point
		var value, width float64
		var no int64
		if err := rows.Scan(&u.platform, &family, &u.name, &p.On, &value, &width, &no); err != nil {
			return nil, fmt.Errorf("load followers: %w", err)
		}
		u.family = family.String
		if n := len(out); n == 0 || out[n-1].platform != u.platform || no != last {
			out = append(out, u)
		}
		last = no
		p.Value = measure.Normal(value, measure.RoundingSD(width), 0.95, "single reading")
		u0 := &out[len(out)-1]
		u0.points = append(u0.points, p)
	}
	out = slices.DeleteFunc(out, func(u unit) bool { return len(u.points) < leastBefore })
	return out, rows.Err()
}
