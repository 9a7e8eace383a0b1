package quality

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A verdictCount is how many of a platform's follower lists, each as last read, came to one verdict.
type verdictCount struct {
	platform, verdict string
	lists             int
}

// followerLists says of each platform how many of its follower lists are whole, and what became of the others.
func followerLists(ctx context.Context, q analysis.Querier, asOf time.Time) ([]Finding, error) {
	rows, err := q.QueryContext(ctx, `
		select platform, verdict, count(*)
		from marts.lists
		where direction = 'followers' and newest and cast(started_at as date) <= cast(? as date)
		group by platform, verdict
		order by platform, verdict`, asOf)
	if err != nil {
		return nil, fmt.Errorf("load follower lists: %w", err)
	}
	defer rows.Close()
	var all []verdictCount
	for rows.Next() {
		var v verdictCount
		if err := rows.Scan(&v.platform, &v.verdict, &v.lists); err != nil {
			return nil, fmt.Errorf("load follower lists: %w", err)
		}
		all = append(all, v)
	}
	return ofFollowerLists(all), rows.Err()
}

// ofFollowerLists makes a finding of each platform's counts, which come in order of platform.
func ofFollowerLists(all []verdictCount) []Finding {
	var out []Finding
	for len(all) > 0 {
		platform := all[0].platform
		n := slices.IndexFunc(all, func(v verdictCount) bool { return v.platform != platform })
		if n < 0 {
			n = len(all)
		}
		mine := slices.Clone(all[:n])
		all = all[n:]
		slices.SortStableFunc(mine, func(a, b verdictCount) int { return cmp.Compare(b.lists, a.lists) })
		total, whole := 0, 0
		var others []string
		for _, v := range mine {
			total += v.lists
			if v.verdict == "complete" {
				whole = v.lists
				continue
			}
			others = append(others, fmt.Sprintf("%d %s", v.lists, strings.ReplaceAll(v.verdict, "_", " ")))
		}
		f := Finding{Platform: platform, Metric: "followers", Rule: "follower_lists", Severity: Info, Affected: total - whole,
			What: fmt.Sprintf("%d of %d follower lists are complete", whole, total), Consequence: "only complete lists are counted in exact reach"}
		if len(others) > 0 {
			f.Severity = Warn
			f.What += "; the others: " + strings.Join(others, ", ")
		}
		out = append(out, f)
	}
	return out
}
