package chart

import (
	"cmp"
	"slices"
	"strings"
)

// A climb is one entry of ranked lists through time.
type climb struct {
	Rank
	label string
	look  look
	loud  bool   // told apart by colour
	ranks []Rank // by date
}

// climbs gathers ranks by key, keeps those that reach the first top ranks, and lists the dates.
func climbs(top int, ranks []Rank) (out []climb, dates []float64) {
	byKey := map[string]*climb{}
	var order []string
	for _, r := range ranks {
		if r.Rank < 1 || r.Rank > top || r.On.IsZero() {
			continue
		}
		c, ok := byKey[r.Key]
		if !ok {
			c = &climb{Rank: r, label: clean(r.Label)}
			byKey[r.Key] = c
			order = append(order, r.Key)
		}
		c.ranks = append(c.ranks, r)
		dates = append(dates, day(r.On))
	}
	slices.Sort(dates)
	dates = slices.Compact(dates)
	for _, k := range order {
		c := byKey[k]
		slices.SortStableFunc(c.ranks, func(a, b Rank) int { return a.On.Compare(b.On) })
		out = append(out, *c)
	}
	slices.SortStableFunc(out, func(a, b climb) int { // by the last list, then by name
		x, y := a.ranks[len(a.ranks)-1], b.ranks[len(b.ranks)-1]
		if n := y.On.Compare(x.On); n != 0 {
			return n
		}
		if x.Rank != y.Rank {
			return x.Rank - y.Rank
		}
		return strings.Compare(a.Key, b.Key)
	})
	colour(out)
	return out, dates
}

// mostRanks is the longest list that can be read.
const mostRanks = 100

// mostColours is how many lines of a bump chart are told apart by colour.
const mostColours = 6

// colour gives those who stood highest longest a colour each; the others are drawn grey.
func colour(cs []climb) {
	score := func(c climb) (n float64) {
		for _, r := range c.ranks {
			n += 1 / float64(r.Rank*r.Rank)
		}
		return n
	}
	order := make([]int, len(cs))
	for i := range order {
		order[i] = i
		cs[i].look = quietLook
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score(cs[b]), score(cs[a])) })
	for k, i := range order {
		if k < mostColours {
			cs[i].look, cs[i].loud = others[k], true
		}
	}
}
