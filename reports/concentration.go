package reports

import (
	"context"
	"io"
	"math"
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
		return b.empty(w, "No list of accounts is long enough to say how its followers are spread.")
	}
	var v struct {
		Fig   *figure
		Table *Table
	}
	lists, err := loadLists(ctx, b)
	if err != nil {
		return err
	}
	if v.Fig, err = c.figure(b, lists); err != nil {
		return err
	}
	if v.Table, err = b.table(spreadTable(b, all)); err != nil {
		return err
	}
	return b.render(w, "concentration", v)
}

// equalShare is what the first of listLeast equal accounts would have of their followers.
const equalShare = 1.0 / listLeast

// figure draws the share of the first account in the followers of the first five: lists of different length can only be
// compared over places that all of them have.
func (concentration) figure(b *Book, lists []list) (*figure, error) {
	points := map[string][]chart.Point{}
	seen := map[string]bool{}
	var last entry
	var lastShare float64
	for _, l := range lists {
		share := firstShare(l)
		if math.IsNaN(share) {
			continue
		}
		first := l[0]
		seen[first.Platform] = true
		points[first.Platform] = append(points[first.Platform], chart.Point{On: first.On, Y: share, Note: plain(first.Name)})
		if !first.On.Before(last.On) {
			last, lastShare = first, share
		}
	}
	var lines []chart.Series
	for _, id := range b.foremost(b.inOrder(seen), chartSeries, func(id string) float64 { return float64(len(points[id])) }) {
		lines = append(lines, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: points[id]})
	}
	if len(lines) == 0 {
		return nil, nil
	}
	return b.figure(figureSpec{
		ID: "concentration-chart",
		Title: b.say("In %s’s list of %s, %s has %s of the followers of the first five", b.platform(last.Platform), b.month(last.On),
			clip(plain(last.Name), 40), b.percent(lastShare)),
		Subtitle: b.say("Share of the first account in the followers of the first %s", b.numeral(listLeast)),
		Caption:  b.say("%s would be an equal share. Only the first five places are compared, as many lists have no more; followers of several accounts count several times.", b.percent(equalShare)),
		Format:   chart.Percent,
		Sources:  b.sourcesOf(nil, "followers"),
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.Refs = []chart.Ref{{Label: b.say("equal share"), Value: equalShare}}
			return chart.Lines(o, lines)
		},
	})
}

// firstShare is the share of the first account in the followers of the first five; NaN where one of them is not known.
func firstShare(l list) float64 {
	if len(l) < listLeast {
		return math.NaN()
	}
	sum := 0.0
	for _, e := range l[:listLeast] {
		sum += value(e.Followers)
	}
	return value(l[0].Followers) / sum
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
			coded(b.platform(s.Platform), s.Platform), date(&s.On, b.shortDay), integer(s.Entries),
			number(s.Gini, twoPlaces), b.interval(s.GiniLo, s.GiniHi, twoPlaces), number(s.Effective, func(v float64) string { return digits(v, 3) }),
			number(s.Top1, b.percent), number(s.Top5, b.percent),
		})
	}
	return t
}
