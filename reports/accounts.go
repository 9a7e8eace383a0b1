package reports

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// accounts is the section of the most-followed accounts through time.
type accounts struct{}

func (accounts) ID() string    { return "accounts" }
func (accounts) Title() string { return "The most-followed accounts" }

// An entry is one line of results.top_lists.
type entry struct {
	Platform, List string
	On             time.Time
	Rank           int64
	Account        string
	Name           string
	Category       string
	Followers      *float64
	Lo, Hi         *float64
	Entries        int64
	URL            string
}

// A list is a published list of the most-followed accounts, from the first place on.
type list []entry

// A listChange is one row of results.turnover.
type listChange struct {
	Platform         string
	From, To         time.Time
	K, Common        int64
	Entered          int64
	Left, EnteredWho string
	Churn            *float64
}

// Lists shorter than this say too little to be drawn; the file has them.
const (
	bumpLeast = 3  // to stand in the bump chart
	bumpTop   = 10 // places that it shows
	listLeast = 5  // to be shown as a list, and to speak of concentration
)

func (a accounts) Render(ctx context.Context, b *Book, w io.Writer) error {
	lists, err := loadLists(ctx, b)
	if err != nil {
		return err
	}
	var v struct {
		Platforms []accountsOf
		Turnover  *Table
		Tenure    *figure
		Engaged   *Table
	}
	seen, count := map[string]bool{}, map[string]int{}
	for _, l := range lists {
		seen[l[0].Platform] = true
		count[l[0].Platform]++
	}
	for _, id := range b.foremost(b.inOrder(seen), chartSeries, func(id string) float64 { return float64(count[id]) }) {
		of, err := a.platform(b, id, lists)
		if err != nil {
			return err
		}
		v.Platforms = append(v.Platforms, of)
	}
	if len(v.Platforms) == 0 {
		return b.empty(w, "No list of most-followed accounts is known that was published by the day of this report. Lists come from the data set rankings.")
	}
	if v.Turnover, err = a.turnover(ctx, b); err != nil {
		return err
	}
	if v.Tenure, err = a.tenure(ctx, b); err != nil {
		return err
	}
	if v.Engaged, err = b.engagement(ctx); err != nil {
		return err
	}
	return b.render(w, "accounts", v)
}

// loadLists reads the lists that run from the first place without a hole, oldest first; of several for one day the longest.
func loadLists(ctx context.Context, b *Book) ([]list, error) {
	entries, err := collect[entry](ctx, b.store, `
		select platform, list, list_on, rank, account_id, coalesce(display_name, account_id), coalesce(category, ''),
			followers, lo, hi, entries, coalesce(source_url, '')
		from results.top_lists
		where list_on <= ? and complete
		order by platform, list_on, entries desc, list, rank, account_id`, b.AsOf)
	var all []list
	for _, e := range entries {
		n := len(all)
		switch {
		case n == 0 || all[n-1][0].Platform != e.Platform || !all[n-1][0].On.Equal(e.On):
			all = append(all, list{e})
		case all[n-1][0].List == e.List:
			all[n-1] = append(all[n-1], e)
		}
	}
	return all, err
}

// accountsOf is what the section shows of one platform.
type accountsOf struct {
	Name, NameZH string
	Lists        int
	Bump         *figure // nil with fewer than two lists to join
	Latest       *Table  // nil where no list is long enough
}

// bothNames is the platform's name, with the one it has at home where that is another.
func (of accountsOf) bothNames() string {
	if of.NameZH == "" || of.NameZH == of.Name {
		return of.Name
	}
	return of.Name + " " + of.NameZH
}

func (a accounts) platform(b *Book, id string, lists []list) (accountsOf, error) {
	of := accountsOf{Name: b.platform(id), NameZH: b.platforms[id].NameZH}
	var ranks []chart.Rank
	var first, last, full list
	for _, l := range lists {
		if l[0].Platform != id {
			continue
		}
		of.Lists++
		if len(l) >= listLeast {
			full = l
		}
		if len(l) < bumpLeast {
			continue
		}
		if first == nil {
			first = l
		}
		last = l
		for _, e := range l {
			ranks = append(ranks, chart.Rank{
				On: e.On, Rank: int(e.Rank), Key: e.Account, Label: plain(e.Name), Platform: id, Group: e.Category, Value: value(e.Followers),
			})
		}
	}
	var err error
	if last != nil && !first[0].On.Equal(last[0].On) {
		of.Bump, err = b.figure(figureSpec{
			ID:       "top-accounts-" + dashed(id),
			Title:    b.leaders(of.Name, first, last),
			Subtitle: b.say("%s: the first %d places of published lists", of.bothNames(), bumpTop),
			Caption:  "Only days for which a list of at least three accounts was published. Between two lists a line joins the same account; it measures nothing. The order is the list’s own.",
			Measures: []string{"followers"},
			Sources:  b.sourcesOf([]string{id}, "followers"),
			Roomy:    true,
			Draw: func(o chart.Options) (*chart.Figure, error) {
				return chart.Bump(o, bumpTop, ranks)
			},
		})
	}
	if err == nil && full != nil {
		of.Latest, err = b.table(latestList(b, id, full))
	}
	return of, err
}

// leaders says who led the first and the last list.
func (b *Book) leaders(platform string, first, last list) string {
	a, z := first[0], last[0]
	if a.Account == z.Account {
		return b.say("%s led %s’s lists of %s and of %s", clip(plain(a.Name), 40), platform, b.month(a.On), b.month(z.On))
	}
	return b.say("%s led %s’s list of %s, %s that of %s", clip(plain(a.Name), 40), platform, b.month(a.On), clip(plain(z.Name), 40), b.month(z.On))
}

func latestList(b *Book, id string, l list) *Table {
	t := &Table{ID: "list-" + dashed(id), Caption: b.say("The latest list of %s with at least five places: %s", b.platform(id), b.shortDay(l[0].On)), Show: 20, Columns: []Column{
		{Key: "rank", Head: "Place", Number: true}, {Key: "account", Head: "Account"}, {Key: "category", Head: "Field"},
		{Key: "followers", Head: "Followers", Number: true}, {Key: "source_url", Head: "Source"},
	}}
	for _, e := range l {
		t.Rows = append(t.Rows, []Cell{
			integer(e.Rank), name(e.Name), coded(b.field(e.Category), e.Category), number(e.Followers, b.short),
			cited(e.URL),
		})
	}
	return t
}

// field is an account's category in words: "film_tv" is "film and TV".
func (l *locale) field(category string) string {
	return l.say(strings.ReplaceAll(strings.ReplaceAll(plain(category), "_", " and "), " tv", " TV"))
}

func (accounts) turnover(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[listChange](ctx, b.store, `
		select platform, from_on, to_on, k, common, entered, coalesce(cast(left_names as varchar), ''),
			coalesce(cast(entered_names as varchar), ''), churn
		from results.turnover
		where to_on <= ? and (entered > 0 or left_names is not null)
		order by platform, from_on, to_on, k`, b.AsOf)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "turnover", Caption: "Who entered and who left, wherever two neighbouring lists differ", Show: 40, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "between", Head: "Between the lists of"},
		{Key: "k", Head: "Places", Hint: "that both lists have", Number: true},
		{Key: "churn", Head: "Replaced", Hint: "share of places with a new account", Number: true},
		{Key: "entered_names", Head: "Entered"}, {Key: "left_names", Head: "Left"},
	}}
	for _, c := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(c.Platform), c.Platform), {Text: b.say("%s and %s", b.shortDay(c.From), b.shortDay(c.To)), Raw: c.From.Format(time.DateOnly) + " " + c.To.Format(time.DateOnly)}, integer(c.K),
			number(c.Churn, b.percent), name(c.EnteredWho), name(c.Left),
		})
	}
	return b.table(t)
}
