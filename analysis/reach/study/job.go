package study

import (
	"context"
	"fmt"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/reach"
)

// A Job writes what can be published of reach: results.reach_estimate for every published list and every platform whose
// follower lists were read; results.reach, reach_frequency, overlap and marginal_reach where those lists are complete;
// results.reach_ratio for pairs of platforms; results.follower_changes. The zero Job holds no follower list, and gives bounds.
type Job struct {
	Lists  Lists
	Small  int64 // groups of fewer persons are withheld; 0: reach.SmallCell
	Memory int64 // bytes for the counting; 0: 4 GiB
}

// top is how many accounts of a platform the job asks about.
const top = 100

// heldList is the list name in results.reach_estimate of the accounts whose follower lists were read.
const heldList = "follower lists"

// Name is the job's name in logs.
func (Job) Name() string { return "reach" }

// Run computes the tables from what was published and read by env.AsOf.
func (j Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	t := reach.EstimateTable()
	lists, err := loadPublished(ctx, q, env.AsOf)
	if err != nil {
		return nil, fmt.Errorf("load lists for reach: %w", err)
	}
	for _, l := range lists {
		row, err := l.row()
		if err != nil {
			return nil, fmt.Errorf("reach of %s: %w", l.list, err)
		}
		t.Rows = append(t.Rows, row)
	}
	answers, err := j.ask(ctx, q, env)
	if err != nil {
		return nil, err
	}
	var told []*Answer // with lists: they have rows of their own
	var exact []reach.Labelled
	for _, a := range answers {
		if !a.read {
			continue
		}
		told = append(told, a)
		t.Rows = append(t.Rows, a.row())
		if a.labelled != nil {
			exact = append(exact, *a.labelled)
		}
	}
	ratios, err := ratioTable(answers)
	if err != nil {
		return nil, err
	}
	changes, err := j.changes(ctx, q, env.AsOf, told)
	if err != nil {
		return nil, fmt.Errorf("changes of follower lists: %w", err)
	}
	return append(reach.Tables(exact), t, ratios, changes), nil
}

// ask puts the question of the top 100 for every platform of which a list is held.
func (j Job) ask(ctx context.Context, q analysis.Querier, env analysis.Env) ([]*Answer, error) {
	var platforms []string
	err := each(ctx, q, func(scan func(...any) error) error {
		var p string
		err := scan(&p)
		platforms = append(platforms, p)
		return err
	}, `select platform from marts.list_entries union select platform from marts.lists order by platform`)
	if err != nil {
		return nil, fmt.Errorf("load platforms for reach: %w", err)
	}
	var answers []*Answer
	for _, p := range platforms {
		a, err := Ask(ctx, q, j.Lists, Request{Platform: p, Top: top, AsOf: env.AsOf, Small: j.Small, Memory: j.Memory, Threads: env.Workers})
		if err != nil {
			return nil, fmt.Errorf("reach of %s: %w", p, err)
		}
		if a.Method != "" || a.read {
			answers = append(answers, a)
		}
	}
	return answers, nil
}

// row is the answer's line of results.reach_estimate.
func (a *Answer) row() []any {
	row := []any{a.Platform, heldList, a.To.Time, len(a.Accounts), measure.Cell(deref(a.Sum.Value))}
	row = append(row, estimateCells(a.reach)...)
	row = append(row, share(a.reach.Lo, a.users.hi), share(a.reach.Hi, a.users.hi))
	row = append(row, measure.Cell(positive(a.users.hi)), measure.DateCell(a.users.on), measure.TextCell(a.users.source))
	return append(row, nil, a.Why, words(a.Flags))
}

// ratioTable is results.reach_ratio.
func ratioTable(answers []*Answer) (analysis.Table, error) {
	t := analysis.Table{
		Name:    "reach_ratio",
		Comment: "Reach per user of two platforms compared: the one comparison of reach across platforms, as nobody can count the union of their people. One row per (platform, other, metric). Where either side has only bounds, so has the ratio.",
		Columns: []analysis.Column{
			{Name: "platform", Type: "varchar", Comment: "short name of the platform: key of marts.platforms"},
			{Name: "other", Type: "varchar", Comment: "short name of the platform that it is compared with"},
			{Name: "metric", Type: "varchar", Comment: "what reach is divided by: registered_users or monthly_active_users"},
			{Name: "log_ratio", Type: "double", Comment: "ln of reach per user of platform divided by that of other; negative where platform reaches the smaller share; null for bounds"},
			{Name: "log_ratio_lo", Type: "double", Comment: "lower end of the interval, or the least that is certain"},
			{Name: "log_ratio_hi", Type: "double", Comment: "upper end of the interval, or the most that is possible"},
			{Name: "level", Type: "double", Comment: "probability of the interval, 0 to 1; 1 for bounds that must hold"},
			{Name: "accounts", Type: "bigint", Comment: "accounts of platform whose reach it is"},
			{Name: "other_accounts", Type: "bigint", Comment: "accounts of other: two sets of unlike size compare what they are, not the platforms"},
			{Name: "days_apart", Type: "bigint", Comment: "days between the lists of the two"},
			{Name: "methods", Type: "varchar", Comment: "method of platform, then of other"},
		},
	}
	ratios, err := CompareAll(answers, defaultLevel)
	for _, r := range ratios {
		f := r.LogRatio
		if f.Lo == nil || f.Hi == nil {
			continue
		}
		t.Rows = append(t.Rows, []any{r.Platform, r.Other, r.Metric, measure.Cell(deref(f.Value)), *f.Lo, *f.Hi, f.Level, r.Accounts[0], r.Accounts[1], r.Apart, r.Methods})
	}
	return t, err
}

// Inputs implements analysis.OutsideReader: the settings that change what is told. The lists themselves stand in marts.lists.
func (j Job) Inputs(time.Time) (string, error) { return fmt.Sprint(j.Small, j.Memory), nil }
