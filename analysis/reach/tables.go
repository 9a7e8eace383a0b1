package reach

import (
	"github.com/overtake-analytics/overtake/analysis"
)

// EstimateTable is results.reach_estimate without rows.
func EstimateTable() analysis.Table {
	return analysis.Table{
		Name:    "reach_estimate",
		Comment: "People whom the accounts of a list reach, as far as it can be told. One row per (platform, list, list_on). A sum of followers counts a person once per account followed and is not reach; where only counts are known, reach has bounds and no best guess.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "list", Type: "varchar", Comment: "name of the list in marts.list_entries, or one of: follower lists (of accounts whose own lists were read), top 100, sum as published (only the sum of a hundred accounts is known)"},
			{Name: "list_on", Type: "date", Comment: "last day that the list may be about"},
			{Name: "accounts", Type: "bigint", Comment: "accounts of the list that we hold, counted"},
			{Name: "sum_followers", Type: "double", Comment: "follows: followers added up, each person once per account followed; null where a count is censored"},
			{Name: "reach", Type: "double", Comment: "persons: best estimate; null where there are only bounds"},
			{Name: "reach_se", Type: "double", Comment: "persons: standard error of reach; null where there are only bounds"},
			{Name: "reach_lo", Type: "double", Comment: "persons: lower end of the interval, or the least that is certain"},
			{Name: "reach_hi", Type: "double", Comment: "persons: upper end of the interval, or the most that is possible; null where it is unbounded"},
			{Name: "level", Type: "double", Comment: "probability of the interval, 0 to 1; 1 for bounds that must hold"},
			{Name: "n", Type: "bigint", Comment: "observations behind the figure: accounts for bounds, draws for estimates"},
			{Name: "method", Type: "varchar", Comment: "exact, multiplicity, sketch, bounds_pairs, bounds_truncated, bounds_counts or capture_lower"},
			{Name: "registered_share_lo", Type: "double", Comment: "reach_lo divided by registered_users, 0 to 1"},
			{Name: "registered_share_hi", Type: "double", Comment: "reach_hi divided by registered_users, 0 to 1"},
			{Name: "registered_users", Type: "double", Comment: "accounts: the most that the platform had by the first statement not older than the list; caps reach_hi"},
			{Name: "registered_on", Type: "date", Comment: "last day that this statement may be about"},
			{Name: "registered_source_url", Type: "varchar", Comment: "page that says so: key of marts.sources"},
			{Name: "source_url", Type: "varchar", Comment: "page of the list's first line: key of marts.sources"},
			{Name: "why_not_better", Type: "varchar", Comment: "why no better method was possible; empty for exact"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: capped_by_platform_users, cap_contradicts_list, sum_only, recency_biased, no_spread_in_sample, discounted"},
		},
	}
}
