package turnover

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A life is how one account was found through time.
type life struct {
	first, last time.Time // when it was first found active, and last asked for
	lost        time.Time // when it was first found suspended, deleted, deactivated or missing; zero where it never was
}

// loadLives reads the lives of accounts by platform as of a day; an account that was never found active has none.
func loadLives(ctx context.Context, q analysis.Querier, asOf time.Time) (map[string][]life, error) {
	rows, err := q.QueryContext(ctx, `
		with found as (
			select platform, account_no, min(case when status in ('active', 'renamed') then first_seen_at end) as first_active
			from marts.account_status
			where cast(first_seen_at as date) <= cast(? as date)
			group by platform, account_no
		)
		select s.platform, s.account_no, f.first_active, max(s.last_seen_at),
			min(case when s.status not in ('active', 'renamed') and s.first_seen_at > f.first_active then s.first_seen_at end)
		from marts.account_status s
		join found f on f.platform = s.platform and f.account_no = s.account_no
		where f.first_active is not null and cast(s.first_seen_at as date) <= cast(? as date)
		group by s.platform, s.account_no, f.first_active
		order by s.platform, s.account_no`, asOf, asOf)
	if err != nil {
		return nil, fmt.Errorf("load states of accounts: %w", err)
	}
	defer rows.Close()
	end := asOf.AddDate(0, 0, 1)
	out := map[string][]life{}
	for rows.Next() {
		var platform string
		var no int64
		var l life
		var lost sql.NullTime
		if err := rows.Scan(&platform, &no, &l.first, &l.last, &lost); err != nil {
			return nil, fmt.Errorf("load states of accounts: %w", err)
		}
		if l.last.After(end) {
			l.last = end
		}
		l.lost = lost.Time
		out[platform] = append(out[platform], l)
	}
	return out, rows.Err()
}

// survivalOf is the Kaplan-Meier curve of accounts: how long after it was first seen an account is still there.
func survivalOf(lives []life, level float64) ([]Tenure, error) {
	stays := make([]stay, len(lives))
	for i, l := range lives {
		stays[i] = stay{measure.DaysBetween(l.first, l.last), false}
		if !l.lost.IsZero() {
			stays[i] = stay{measure.DaysBetween(l.first, l.lost), true}
		}
	}
	return curveOf(stays, level)
}

func survivalTable(ctx context.Context, q analysis.Querier, asOf time.Time) (analysis.Table, error) {
	t := analysis.Table{
		Name:    "account_survival",
		Comment: "How long tracked accounts stay: Kaplan-Meier from the day on which each was first found active to the first on which it was found suspended, deleted, deactivated or missing; one row per length at which one was lost. A platform that lost none has one row.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "accounts", Type: "bigint", Comment: "accounts followed through time, counted"},
			{Name: "lost_accounts", Type: "bigint", Comment: "of these, those found lost by now"},
			{Name: "days", Type: "double", Comment: "days since the account was first found active; null where none was lost"},
			{Name: "at_risk", Type: "bigint", Comment: "accounts followed at least that long, counted"},
			{Name: "lost", Type: "bigint", Comment: "accounts lost then, counted"},
			{Name: "survival", Type: "double", Comment: "share of accounts still there after that, 0 to 1"},
			{Name: "lo95", Type: "double", Comment: "lower end of its 95 % interval"},
			{Name: "hi95", Type: "double", Comment: "upper end of its 95 % interval"},
			{Name: "flags", Type: "varchar", Comment: "words by comma: none_lost, all_lost"},
		},
	}
	lives, err := loadLives(ctx, q, asOf)
	if err != nil {
		return t, err
	}
	for _, platform := range sortedKeys(lives) {
		all := lives[platform]
		steps, err := survivalOf(all, 0.95)
		if err != nil {
			return t, fmt.Errorf("survival of accounts on %s: %w", platform, err)
		}
		gone := 0
		for _, l := range all {
			if !l.lost.IsZero() {
				gone++
			}
		}
		for _, s := range steps {
			t.Rows = append(t.Rows, append(append([]any{platform, len(all), gone, s.Days, s.AtRisk, s.Left}, measure.Cells(s.Survival)...), s.Survival.Flags.String()))
		}
		if len(steps) == 0 {
			t.Rows = append(t.Rows, []any{platform, len(all), 0, nil, len(all), 0, 1.0, nil, nil, "none_lost"})
		}
	}
	return t, nil
}
