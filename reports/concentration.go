package reports

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// concentration is the section of how unequal the top lists are within themselves.
type concentration struct{}

func (concentration) ID() string    { return "concentration" }
func (concentration) Title() string { return "How much the first few weigh" }

// A spread is one row of results.concentration.
type spread struct {
	Platform             string
	On                   time.Time
	Entries              int64
	Gini, GiniLo, GiniHi *float64
	HHI, Effective       *float64
	Top1, Top5           *float64
}

func (c concentration) Render(ctx context.Context, b *Book, w io.Writer) error {
	all, err := collect[spread](ctx, b.store, `
		select platform, list_on, entries, gini, gini_lo95, gini_hi95, hhi, effective_number, top1_share, top5_share
		from results.concentration
		where list_on <= ? and entries >= ? and coalesce(flags, '') not like '%list_incomplete%'
		order by platform, list_on, entries`, b.AsOf, listLeast)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return render(w, "empty", "No list of accounts is long enough to say how its followers are spread.")
	}
	var v struct {
		Fig   *figure
		Table *Table
	}
	if v.Fig, err = c.figure(b, all); err != nil {
		return err
	}
	if v.Table, err = b.table(spreadTable(b, all)); err != nil {
		return err
	}
	return render(w, "concentration", v)
}

// figure draws the effective number of accounts as a share of the list, so that lists of different length compare.
func (concentration) figure(b *Book, all []spread) (*figure, error) {
	points := map[string][]chart.Point{}
	seen := map[string]bool{}
	for _, s := range all {
		if s.Effective == nil {
			continue
		}
		seen[s.Platform] = true
		points[s.Platform] = append(points[s.Platform], chart.Point{
			On: s.On, Y: *s.Effective / float64(s.Entries), Note: fmt.Sprintf("list of %d", s.Entries),
		})
	}
	var lines []chart.Series
	for _, id := range b.inOrder(seen) {
		lines = append(lines, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: points[id]})
	}
	if len(lines) == 0 {
		return nil, nil
	}
	sources := b.sourcesOf(nil, "followers")
	return b.figure(figureSpec{
		ID:       "concentration-chart",
		Title:    weight(b, all),
		Subtitle: "Effective number of accounts (1 divided by the sum of squared shares) as a share of the list’s length",
		Unit:     "100 % means that all have the same number of followers",
		Format:   chart.Percent,
		Caption:  "Lists of different lengths are on one axis because each is measured against its own length. These are top lists: they say nothing about the accounts below.",
		Sources:  sources,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Lines(o, lines)
		},
	})
}

// weight says what the first account of the newest list weighs.
func weight(b *Book, all []spread) string {
	last := all[0]
	for _, s := range all {
		if s.Top1 != nil && !s.On.Before(last.On) {
			last = s
		}
	}
	if last.Top1 == nil {
		return "How the followers of each list are spread"
	}
	return fmt.Sprintf("In %s’s list of %s, the first of %d accounts has %s of the followers, %s times an equal share",
		b.platform(last.Platform), month(last.On), last.Entries, percent(*last.Top1), digits(*last.Top1*float64(last.Entries), 2))
}

func spreadTable(b *Book, all []spread) *Table {
	t := &Table{ID: "concentration-table", Caption: "Concentration within each list", Show: 30, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "list_on", Head: "List of"}, {Key: "entries", Head: "Accounts", Number: true},
		{Key: "gini", Head: "Gini", Hint: "0 all equal, 1 one has all", Number: true}, {Key: "gini_interval95", Head: "95 % interval", Number: true},
		{Key: "effective_number", Head: "Effective number", Hint: "equal accounts that would be as concentrated", Number: true},
		{Key: "top1_share", Head: "First account", Hint: "share of the list’s followers", Number: true},
		{Key: "top5_share", Head: "First five", Number: true},
	}}
	for _, s := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(s.Platform), s.Platform), date(&s.On, shortDay), integer(s.Entries),
			number(s.Gini, twoPlaces), interval(s.GiniLo, s.GiniHi, twoPlaces), number(s.Effective, func(v float64) string { return digits(v, 3) }),
			number(s.Top1, percent), number(s.Top5, percent),
		})
	}
	return t
}
