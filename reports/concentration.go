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
	Platform, Scope                  string
	On                               time.Time
	Entries                          int64
	Gini, GiniLo, GiniHi             *float64
	Effective, EffectiveLo           *float64
	EffectiveHi, Top1, Top1Lo        *float64
	Top1Hi, Top5, Top5Lo, Top5Hi     *float64
	Exponent, ExponentLo, ExponentHi *float64 // of a power law
	Fits, Lognormal                  *float64 // p-values of that law
	Favoured                         string
}

func (c concentration) Render(ctx context.Context, b *Book, w io.Writer) error {
	all, err := collect[spread](ctx, b.store, `
		select platform, coalesce(scope, ''), list_on, entries, gini, gini_lo95, gini_hi95, effective_number, effective_lo95, effective_hi95,
			top1_share, top1_lo95, top1_hi95, top5_share, top5_lo95, top5_hi95, power_law_exponent, power_law_lo95, power_law_hi95,
			power_law_p, lognormal_p, coalesce(favoured, '')
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
		Fig        *figure
		Table, Law *Table
	}
	if v.Law, err = lawTable(b, all); err != nil {
		return err
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
	t := &Table{ID: "concentration-table", Caption: "Concentration within each list, never of the whole platform", Show: 30, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "list_on", Head: "List of"}, {Key: "scope", Head: "What is meant"},
		{Key: "gini", Head: "Gini", Hint: "0 all equal, 1 one has all", Number: true},
		{Key: "effective_number", Head: "Effective number", Hint: "equal accounts that would be as concentrated", Number: true},
		{Key: "top1_share", Head: "First account", Hint: "share of the list’s followers", Number: true},
		{Key: "top5_share", Head: "First five", Number: true},
	}}
	three := func(v float64) string { return digits(v, 3) }
	for _, s := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(s.Platform), s.Platform), date(&s.On, b.shortDay), b.retold(s.Scope),
			b.estimate(s.Gini, s.GiniLo, s.GiniHi, twoPlaces), b.estimate(s.Effective, s.EffectiveLo, s.EffectiveHi, three),
			b.estimate(s.Top1, s.Top1Lo, s.Top1Hi, b.percent), b.estimate(s.Top5, s.Top5Lo, s.Top5Hi, b.percent),
		})
	}
	return t
}

// lawTable shows the power law of the lists that are long enough to test one; nil without such a list.
func lawTable(b *Book, all []spread) (*Table, error) {
	t := &Table{ID: "power-law", Caption: "Do followers in the list follow a power law?", Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "list_on", Head: "List of"}, {Key: "entries", Head: "Accounts", Number: true},
		{Key: "exponent", Head: "Exponent", Number: true}, {Key: "fits", Head: "Goodness of fit", Hint: "p; below 0.1 the law is rejected", Number: true},
		{Key: "lognormal", Head: "Against a lognormal", Hint: "Vuong’s p; above 0.05 they cannot be told apart", Number: true}, {Key: "favoured", Head: "Favoured"},
	}}
	for _, s := range all {
		if s.Exponent == nil {
			continue
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(s.Platform), s.Platform), date(&s.On, b.shortDay), integer(s.Entries), b.estimate(s.Exponent, s.ExponentLo, s.ExponentHi, twoPlaces),
			number(s.Fits, twoPlaces), number(s.Lognormal, twoPlaces), coded(b.say(favours[s.Favoured]), s.Favoured),
		})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return b.table(t)
}

// favours are the outcomes of the test against a lognormal in words.
var favours = map[string]string{
	"power_law": word("the power law"), "lognormal": word("the lognormal"), "neither": word("neither"), "": word("not tested"),
}
