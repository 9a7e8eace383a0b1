package reports

import (
	"context"
	"fmt"
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
	Platform  string
	On        time.Time
	Rank      int64
	Account   string
	Name      string
	Category  string
	Followers *float64
	Lo, Hi    *float64
	Entries   int64
	URL       string
}

// A change of list is one row of results.turnover.
type listChange struct {
	Platform         string
	From, To         time.Time
	K, Common        int64
	Entered          int64
	Left, EnteredWho string
	RBO, TauB, Churn *float64
}

// bumpTop is how many places a bump chart shows; shorter lists are left out of it.
const bumpTop = 5

func (a accounts) Render(ctx context.Context, b *Book, w io.Writer) error {
	entries, err := collect[entry](ctx, b.store, `
		select platform, list_on, rank, account_id, coalesce(display_name, account_id), coalesce(category, ''),
			followers, lo, hi, entries, coalesce(source_url, '')
		from results.top_lists
		where list_on <= ?
		order by platform, list_on, source_url, rank, account_id`, b.AsOf)
	if err != nil {
		return err
	}
	var v struct {
		Platforms []accountsOf
		Turnover  *Table
	}
	seen := map[string]bool{}
	for _, e := range entries {
		seen[e.Platform] = true
	}
	for _, id := range b.inOrder(seen) {
		of, err := a.platform(b, id, entries)
		if err != nil {
			return err
		}
		v.Platforms = append(v.Platforms, of)
	}
	if len(v.Platforms) == 0 {
		return render(w, "empty", "No list of most-followed accounts is known that was published by the day of this report. Lists come from the data set rankings.")
	}
	if v.Turnover, err = a.turnover(ctx, b); err != nil {
		return err
	}
	return render(w, "accounts", v)
}

// accountsOf is what the section shows of one platform.
type accountsOf struct {
	Name, NameZH string
	Lists        int
	Bump         *figure
	Latest       *Table
}

func (a accounts) platform(b *Book, id string, entries []entry) (accountsOf, error) {
	of := accountsOf{Name: b.platform(id), NameZH: b.platforms[id].NameZH}
	var ranks []chart.Rank
	var last []entry
	dates := map[time.Time]bool{}
	for _, e := range entries {
		if e.Platform != id {
			continue
		}
		if !dates[e.On] {
			dates[e.On] = true
			of.Lists++
		}
		if len(last) > 0 && !last[0].On.Equal(e.On) && e.Entries >= bumpTop {
			last = nil
		}
		if e.Entries >= bumpTop {
			last = append(last, e)
			ranks = append(ranks, chart.Rank{
				On: e.On, Rank: int(e.Rank), Key: e.Account, Label: e.Name, Platform: id, Group: e.Category, Value: value(e.Followers),
			})
		}
	}
	if len(last) == 0 {
		return of, nil
	}
	sources := b.sourcesOf([]string{id}, "followers")
	var err error
	of.Bump, err = b.figure(figureSpec{
		ID:       "top-accounts-" + dashed(id),
		Title:    fmt.Sprintf("%s led %s’s list of %s", plain(last[0].Name), of.Name, month(last[0].On)),
		Subtitle: fmt.Sprintf("Places 1 to %d of published lists", bumpTop*2),
		Caption:  "Only days for which a list of at least five accounts was published; between two lists the line only joins the same account, it measures nothing.",
		Measures: []string{"followers"},
		Sources:  sources,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Bump(o, bumpTop*2, ranks)
		},
	})
	if err != nil {
		return of, err
	}
	of.Latest, err = b.table(latestList(b, id, last))
	return of, err
}

func latestList(b *Book, id string, list []entry) *Table {
	t := &Table{ID: "list-" + dashed(id), Caption: fmt.Sprintf("%s, %s", b.platform(id), shortDay(list[0].On)), Show: 20, Columns: []Column{
		{Key: "rank", Head: "Place", Number: true}, {Key: "account", Head: "Account"}, {Key: "category", Head: "Field"},
		{Key: "followers", Head: "Followers", Number: true}, {Key: "source_url", Head: "Source"},
	}}
	for _, e := range list {
		t.Rows = append(t.Rows, []Cell{
			integer(e.Rank), name(e.Name), text(strings.ReplaceAll(e.Category, "_", " and ")), number(e.Followers, short),
			cited(e.URL),
		})
	}
	return t
}

func (accounts) turnover(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[listChange](ctx, b.store, `
		select platform, from_on, to_on, k, common, entered, coalesce(cast(left_names as varchar), ''),
			coalesce(cast(entered_names as varchar), ''), rbo, tau_b, churn
		from results.turnover
		where to_on <= ?
		order by platform, from_on, to_on, k`, b.AsOf)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "turnover", Caption: "Who entered and who left, list by list", Show: 40, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "from_on", Head: "From"}, {Key: "to_on", Head: "To"},
		{Key: "k", Head: "Places", Hint: "that both lists have", Number: true},
		{Key: "churn", Head: "Replaced", Hint: "share of places with a new account", Number: true},
		{Key: "rbo", Head: "Overlap", Hint: "rank-biased, 1 is the same list", Number: true},
		{Key: "entered_names", Head: "Entered"}, {Key: "left_names", Head: "Left"},
	}}
	for _, c := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(c.Platform), c.Platform), date(&c.From, shortDay), date(&c.To, shortDay), integer(c.K),
			number(c.Churn, percent), number(c.RBO, twoPlaces), name(c.EnteredWho), name(c.Left),
		})
	}
	return b.table(t)
}
