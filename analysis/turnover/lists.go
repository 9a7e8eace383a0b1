package turnover

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/growth"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// An Entry is one line of a published list.
type Entry struct {
	Rank                      int
	ID, DisplayName, Category string
	Followers                 measure.Reading
}

// A List is one publication of the most-followed accounts of a platform on a day, best first. Lists that begin in the
// middle or have holes are kept whole in Entries; Top is their unbroken part from rank 1 on.
type List struct {
	Platform, Name, SourceURL, Trust string
	On                               time.Time
	Entries                          []Entry
}

// Top are the entries from rank 1 to the first missing rank; two entries may share a rank.
func (l List) Top() []Entry {
	for i, e := range l.Entries {
		if e.Rank > i+1 {
			return l.Entries[:i]
		}
	}
	return l.Entries
}

// LoadLists reads the lists that were published by asOf, in order of platform, day and name.
func LoadLists(ctx context.Context, q analysis.Querier, asOf time.Time) ([]List, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, list, listed_to, source_url, coalesce(trust, ''), rank, account_id, display_name, category,
			followers, step, mode, lo, hi
		from marts.list_entries
		where published_on <= cast(? as date)
		order by platform, listed_to, list, rank, account_id`, asOf)
	if err != nil {
		return nil, fmt.Errorf("load lists: %w", err)
	}
	defer rows.Close()
	var lists []List
	for rows.Next() {
		var l List
		var e Entry
		var rank int32
		var category sql.NullString
		var hi sql.NullFloat64
		r := &e.Followers
		if err := rows.Scan(&l.Platform, &l.Name, &l.On, &l.SourceURL, &l.Trust, &rank, &e.ID, &e.DisplayName, &category,
			&r.Value, &r.Step, &r.Mode, &r.Lo, &hi); err != nil {
			return nil, fmt.Errorf("load lists: %w", err)
		}
		e.Rank, e.Category, r.Hi = int(rank), category.String, math.Inf(1)
		if hi.Valid {
			r.Hi = hi.Float64
		}
		if n := len(lists); n == 0 || lists[n-1].Platform != l.Platform || lists[n-1].Name != l.Name || !lists[n-1].On.Equal(l.On) {
			lists = append(lists, l)
		}
		last := &lists[len(lists)-1]
		last.Entries = append(last.Entries, e)
	}
	return lists, rows.Err()
}

// shortest is the fewest entries from rank 1 on that make a list comparable.
const shortest = 3

// Comparable are the lists by platform that can be compared with one another: one per day, the longest unbroken one (then
// the most trusted, then the first by name), of at least three entries that name no account twice.
func Comparable(lists []List) map[string][]List {
	out := map[string][]List{}
	for _, l := range lists {
		if top := l.Top(); len(top) < shortest || checkLists(ids(top)) != nil {
			continue
		}
		mine := out[l.Platform]
		if n := len(mine); n > 0 && mine[n-1].On.Equal(l.On) {
			if better(l, mine[n-1]) {
				mine[n-1] = l
			}
			continue
		}
		out[l.Platform] = append(mine, l)
	}
	return out
}

func better(a, b List) bool {
	if n, m := len(a.Top()), len(b.Top()); n != m {
		return n > m
	}
	return measure.BetterTrust(a.Trust, b.Trust)
}

func ids(entries []Entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e.ID
	}
	return out
}

// A Sighting is one account's followers on a day, from any source.
type Sighting struct {
	On        time.Time
	Followers measure.Estimate
}

// Sightings are the follower readings of accounts by platform and account id, each in order of time.
type Sightings map[[2]string][]Sighting

// loadSightings reads the followers of accounts near the days of lists: nothing else is asked of them.
func loadSightings(ctx context.Context, q analysis.Querier, asOf time.Time) (Sightings, error) {
	rows, err := q.QueryContext(ctx, `
		select r.platform, r.account_id, r.effective_to, r.value, r.step, r.mode
		from marts.account_readings r
		where r.metric = 'followers' and r.mode <> 'censored_right' and r.precision in ('day', 'week') and r.published_on <= cast(? as date)
			and exists (
				select 1 from (select distinct platform, listed_to from marts.list_entries) l
				where l.platform = r.platform and abs(date_diff('day', l.listed_to, r.effective_to)) <= `+fmt.Sprint(nearDays)+`
			)
		order by r.platform, r.account_id, r.effective_to, r.value`, asOf)
	if err != nil {
		return nil, fmt.Errorf("load follower readings: %w", err)
	}
	defer rows.Close()
	out := Sightings{}
	for rows.Next() {
		var key [2]string
		var s Sighting
		var r measure.Reading
		if err := rows.Scan(&key[0], &key[1], &s.On, &r.Value, &r.Step, &r.Mode); err != nil {
			return nil, fmt.Errorf("load follower readings: %w", err)
		}
		s.Followers = r.Estimate(0.95)
		out[key] = append(out[key], s)
	}
	return out, rows.Err()
}

// nearDays is how far, in days, a reading may lie from a list to stand in for a count that the list does not give.
const nearDays = 10

// near is the reading of an account nearest to day, if within nearDays.
func (s Sightings) near(platform, id string, day time.Time) (measure.Estimate, bool) {
	all := s[[2]string{platform, id}]
	i, _ := slices.BinarySearchFunc(all, day, func(x Sighting, d time.Time) int { return x.On.Compare(d) })
	best, value := nearDays+0.5, measure.Estimate{}
	for _, k := range []int{i - 1, i} {
		if k >= 0 && k < len(all) {
			if d := math.Abs(measure.DaysBetween(day, all[k].On)); d < best {
				best, value = d, all[k].Followers
			}
		}
	}
	return value, best <= nearDays
}

// counts are the followers of every account named, on the day of a list: from the list itself, or from a reading near it.
func (s Sightings) counts(l List, named []string) growth.Counts {
	out := growth.Counts{}
	for _, id := range named {
		if v, ok := s.near(l.Platform, id, l.On); ok {
			out[id] = v
		}
	}
	for _, e := range l.Entries {
		out[e.ID] = e.Followers.Estimate(0.95)
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}
