package reports

import (
	"context"
	"math"
	"slices"
	"strconv"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// A reachPart is what complete follower lists of one platform show.
type reachPart struct {
	Name              string
	Guarantee, Hidden string
	Curve, Heat, Freq *figure
	Order             *Table
}

// A pick is one row of results.marginal_reach with the account's name.
type pick struct {
	Pick            int64
	ID, Name        string
	Followers       int64
	Exclusive, Gain *int64
	Reached         *int64
	Sum             int64
	AtLeast         *float64
	Flags           string
}

// exactReach draws the curve, the overlaps and the frequency table of a platform.
func exactReach(ctx context.Context, b *Book, r reached) (part reachPart, err error) {
	part.Name = b.platform(r.Platform)
	picks, err := collect[pick](ctx, b.store, `
		select pick, account_id, display_name, followers, exclusive, gain, reached, sum_followers, of_best_at_least, coalesce(flags, '')
		from results.marginal_reach
		where platform = ? and on_day = ?
		order by pick`, r.Platform, r.On)
	if err != nil || len(picks) == 0 {
		return part, err
	}
	if part.Curve, err = reachCurve(b, r, picks); err != nil {
		return part, err
	}
	if part.Order, err = b.table(orderTable(b, r, picks)); err != nil {
		return part, err
	}
	part.Guarantee = b.say("Taking the account that adds most is not always best, but for every number of accounts it is sure to reach %s of what the best choice of as many could, and on these lists more: the last column says how much.", b.percent(1-math.Pow(1-1/float64(len(picks)), float64(len(picks)))))
	if slices.ContainsFunc(picks, func(p pick) bool { return p.Flags != "" }) {
		part.Hidden = b.say("Groups of few people, and numbers that would tell them, are withheld.")
	}
	if part.Freq, err = frequencyFigure(ctx, b, r); err != nil {
		return part, err
	}
	part.Heat, err = overlapFigure(ctx, b, r, picks)
	return part, err
}

// reachCurve draws the people and the sum against the number of accounts.
func reachCurve(b *Book, r reached, picks []pick) (*figure, error) {
	people := chart.Series{Key: "people", Label: b.say("people reached"), Platform: r.Platform}
	sum := chart.Series{Key: "sum", Label: b.say("followers added up: %s", b.short(float64(picks[len(picks)-1].Sum))), Quiet: true}
	last := picks[0]
	for _, p := range picks {
		x := float64(p.Pick)
		sum.Points = append(sum.Points, chart.Point{X: x, Y: float64(p.Sum), Note: plain(p.Name)})
		y := math.NaN()
		if p.Reached != nil {
			y, last = float64(*p.Reached), p
		}
		people.Points = append(people.Points, chart.Point{X: x, Y: y, Note: plain(p.Name)})
	}
	if last.Reached == nil {
		return nil, nil
	}
	title := b.say("The first %s accounts on %s reach %s people", strconv.FormatInt(last.Pick, 10), b.platform(r.Platform), b.short(float64(*last.Reached)))
	if half := halfOf(picks, *last.Reached); half > 0 {
		title = b.say("On %s, %s of %s reach half of the people whom all of them reach", b.platform(r.Platform), b.counted(half, "account"), strconv.Itoa(len(picks)))
		if half == 1 {
			title = b.say("On %s, a single account reaches half of the people whom all %s reach", b.platform(r.Platform), strconv.Itoa(len(picks)))
		}
	}
	return b.figure(figureSpec{
		ID: slug("curve", r.Platform), Title: sentence(title),
		Subtitle: b.say("People who follow at least one of the first accounts, and the sum of their followers"),
		Caption:  b.say("Accounts stand in the order in which each adds the most people. The gap between the lines is people counted again and again: %s follows a person at the end.", digits(float64(last.Sum)/float64(*last.Reached), 3)),
		Format:   chart.Count,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.XLabel = b.say("accounts")
			return chart.Curve(o, []chart.Series{people, sum})
		},
	})
}

// halfOf is the number of picks that reach half of all; 0 where that is not told.
func halfOf(picks []pick, all int64) int {
	for i, p := range picks {
		if p.Reached == nil {
			return 0
		}
		if 2**p.Reached >= all {
			return i + 1
		}
	}
	return 0
}

func orderTable(b *Book, r reached, picks []pick) *Table {
	t := &Table{ID: slug("order", r.Platform), Caption: b.say("What each account adds on %s", b.platform(r.Platform)), Show: 20, Columns: []Column{
		{Key: "pick", Head: "Pick", Number: true}, {Key: "name", Head: "Account"}, {Key: "followers", Head: "Followers", Number: true},
		{Key: "exclusive", Head: "Only of it", Hint: "follow none of the other accounts", Number: true},
		{Key: "gain", Head: "Adds", Hint: "people whom no account above reaches", Number: true}, {Key: "reached", Head: "Reached so far", Number: true},
		{Key: "of_best_at_least", Head: "Of the best at least", Hint: "share of what any as many accounts could reach", Number: true},
	}}
	told := func(n *int64) Cell {
		if n == nil {
			return Cell{Text: b.say("withheld")}
		}
		return Cell{Text: b.short(float64(*n)), Raw: strconv.FormatInt(*n, 10)}
	}
	for _, p := range picks {
		t.Rows = append(t.Rows, []Cell{integer(p.Pick), {Text: plain(p.Name), Raw: p.Name, Name: true}, told(&p.Followers), told(p.Exclusive), told(p.Gain), told(p.Reached), number(p.AtLeast, b.percent)})
	}
	return t
}

// mostBands is how many lines of the frequency table are drawn; the rest is one bar.
const mostBands = 20

// frequencyFigure draws how many people follow how many of the accounts.
func frequencyFigure(ctx context.Context, b *Book, r reached) (*figure, error) {
	type band struct {
		Followed int64
		OrMore   bool
		Persons  int64
	}
	bands, err := collect[band](ctx, b.store, `
		select accounts_followed, or_more, persons from results.reach_frequency where platform = ? and on_day = ? order by accounts_followed`, r.Platform, r.On)
	if err != nil || len(bands) == 0 {
		return nil, err
	}
	var all, once int64
	for _, x := range bands {
		all += x.Persons
		if x.Followed == 1 && !x.OrMore {
			once = x.Persons
		}
	}
	var bars []chart.Bar
	for i, x := range bands {
		if i == mostBands && len(bands) > mostBands+1 {
			rest := band{Followed: x.Followed, OrMore: true}
			for _, y := range bands[i:] {
				rest.Persons += y.Persons
			}
			x, bands = rest, bands[:i+1]
		}
		if i >= len(bands) {
			break
		}
		label := b.counted(int(x.Followed), "account")
		if x.OrMore {
			label = b.say("%s or more", label)
		}
		bars = append(bars, chart.Bar{Key: strconv.FormatInt(x.Followed, 10), Label: label, Platform: r.Platform, Value: float64(x.Persons),
			Note: b.say("%s of the people reached", b.percent(float64(x.Persons)/float64(all)))})
	}
	title := b.say("How many of the accounts a person follows on %s", b.platform(r.Platform))
	if once > 0 {
		title = b.say("%s of the people reached on %s follow one of the accounts only", b.percent(float64(once)/float64(all)), b.platform(r.Platform))
	}
	return b.figure(figureSpec{
		ID: slug("frequency", r.Platform), Title: title,
		Subtitle: b.say("People by the number of these accounts that they follow"),
		Caption:  b.say("Where groups grow too small to be told, the last bar holds all who follow so many or more."),
		Format:   chart.Count,
		Draw:     func(o chart.Options) (*chart.Figure, error) { return chart.Bars(o, bars) },
	})
}

// overlapFigure draws the Jaccard coefficient of every pair, accounts of like audience side by side.
func overlapFigure(ctx context.Context, b *Book, r reached, picks []pick) (*figure, error) {
	type pair struct {
		A, B    string
		Jaccard *float64
	}
	pairs, err := collect[pair](ctx, b.store, `
		select account_a, account_b, jaccard from results.overlap where platform = ? and on_day = ? order by account_a, account_b`, r.Platform, r.On)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	place, names := map[string]int{}, make([]string, len(picks))
	for i, p := range picks {
		place[p.ID], names[i] = i, plain(p.Name)
	}
	cells := make([][]float64, len(picks))
	for i := range cells {
		cells[i] = slices.Repeat([]float64{math.NaN()}, len(picks))
		cells[i][i] = 1
	}
	best := pair{}
	for _, p := range pairs {
		i, ok := place[p.A]
		j, also := place[p.B]
		if !ok || !also || p.Jaccard == nil {
			continue
		}
		cells[i][j], cells[j][i] = *p.Jaccard, *p.Jaccard
		if best.Jaccard == nil || *p.Jaccard > *best.Jaccard {
			best = p
		}
	}
	order := bySimilarity(cells)
	sorted, labels := make([][]float64, len(order)), make([]string, len(order))
	top := 0.0
	for i, from := range order {
		labels[i] = names[from]
		for j, to := range order {
			sorted[i] = append(sorted[i], cells[from][to])
			if i != j && cells[from][to] > top {
				top = cells[from][to]
			}
		}
	}
	title := b.say("Which audiences on %s are the same people", b.platform(r.Platform))
	if best.Jaccard != nil {
		title = b.say("%s and %s share most on %s: %s of those who follow either follow both", clip(names[place[best.A]], 30), clip(names[place[best.B]], 30), b.platform(r.Platform), b.percent(*best.Jaccard))
	}
	return b.figure(figureSpec{
		ID: slug("overlap", r.Platform), Title: title,
		Subtitle: b.say("Those who follow both of two accounts, divided by those who follow either (Jaccard coefficient)"),
		Caption:  b.say("Accounts with like audiences stand side by side. Paper is a pair that is not told, or the account itself. results.overlap has the overlap coefficient and both conditional shares of every pair."),
		Format:   chart.Percent,
		Show:     20,
		Roomy:    len(picks) > 20,
		Draw:     func(o chart.Options) (*chart.Figure, error) { return chart.Heat(o, labels, blank(sorted)) },
	})
}

// blank takes the diagonal out: every account is its own audience.
func blank(cells [][]float64) [][]float64 {
	out := make([][]float64, len(cells))
	for i, row := range cells {
		out[i] = slices.Clone(row)
		out[i][i] = math.NaN()
	}
	return out
}
