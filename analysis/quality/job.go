package quality

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/turnover"
)

// Job writes results.quality and results.quality_rules.
type Job struct{}

// Name is the job's name in logs.
func (Job) Name() string { return "quality" }

// Run applies every rule to what was published by env.AsOf.
func (Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	d, err := series.Load(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("quality: %w", err)
	}
	lists, err := turnover.LoadLists(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("quality: %w", err)
	}
	accounts, err := loadAccounts(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("quality: %w", err)
	}
	followers, err := followerLists(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("quality: %w", err)
	}
	refused, err := quarantined(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("quality: %w", err)
	}
	findings := slices.Concat(OfSeries(d), ofLists(lists), ofAccounts(accounts), followers, refused)
	return []analysis.Table{table(findings), ruleTable(findings)}, nil
}

// quarantined reports rows that could not be read, by document and reason. They carry no date of publication, so they do
// not depend on the as-of day.
func quarantined(ctx context.Context, q analysis.Querier) ([]Finding, error) {
	rows, err := q.QueryContext(ctx, `
		select document, reason, count(*) as n, min(line) as first_line
		from marts.quarantine
		group by document, reason
		order by document, reason`)
	if err != nil {
		return nil, fmt.Errorf("load quarantine: %w", err)
	}
	defer rows.Close()
	var out []Finding
	for rows.Next() {
		var document, reason string
		var n, line int64
		if err := rows.Scan(&document, &reason, &n, &line); err != nil {
			return nil, fmt.Errorf("load quarantine: %w", err)
		}
		out = append(out, Finding{Platform: "all", Rule: "quarantined", Severity: Error,
			What: fmt.Sprintf("%s, first in line %d: %s", document, line, reason), Affected: int(n), Consequence: "not in any figure"})
	}
	return out, rows.Err()
}

func table(findings []Finding) analysis.Table {
	t := analysis.Table{
		Name:    "quality",
		Comment: "What is wrong, doubtful or missing in the data: one row per finding, the gravest first, with the rule that found it and what follows from it.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms; all where it is about none"},
			{Name: "metric", Type: "varchar", Comment: "kind of count: key of marts.metrics; null where it is about none"},
			{Name: "on", Type: "date", Comment: "day that it is about; null where it is about the whole series"},
			{Name: "rule", Type: "varchar", Comment: "name of the rule: key of results.quality_rules"},
			{Name: "severity", Type: "varchar", Comment: "error (cannot be true as it stands), warn (doubtful) or info (a limit of the data)"},
			{Name: "what", Type: "varchar", Comment: "what was seen, in words"},
			{Name: "n_affected", Type: "bigint", Comment: "readings that it touches, counted"},
			{Name: "consequence", Type: "varchar", Comment: "what follows from it, in words: a reading leaves a computation only by a rule named here"},
		},
	}
	rank := map[Severity]int{Error: 0, Warn: 1, Info: 2}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Platform, b.Platform),
			cmp.Compare(a.Metric, b.Metric), a.On.Compare(b.On), cmp.Compare(a.What, b.What))
	})
	for _, f := range findings {
		t.Rows = append(t.Rows, []any{f.Platform, measure.TextCell(f.Metric), measure.DateCell(f.On), f.Rule, string(f.Severity), f.What,
			f.Affected, f.Consequence})
	}
	return t
}
