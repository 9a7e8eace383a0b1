package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// currentPairs are today's verdicts on "ever by" that rest on a forecast, the most telling first: active users before
// registered ones, fresh figures before old ones, pairs across the families before pairs within one.
func (b *Book) currentPairs() []verdict {
	var all []verdict
	for _, v := range b.verdicts {
		if v.Question == "ever_by" && !v.Replay && v.PNow != nil {
			all = append(all, v)
		}
	}
	slices.SortStableFunc(all, func(x, y verdict) int {
		return cmp.Or(b.weight(y)-b.weight(x), strings.Compare(x.Metric+x.Challenger+x.Leader, y.Metric+y.Challenger+y.Leader))
	})
	return all
}

// weight is how much a pair matters to a reader who has time for one sentence.
func (b *Book) weight(v verdict) int {
	w := 0
	if i := slices.Index(mainMeasures, v.Metric); i >= 0 {
		w += 10 * (len(mainMeasures) - i)
	}
	if b.platforms[v.Challenger].Family != b.platforms[v.Leader].Family {
		w += 5
	}
	if len(b.crossingsOf(v.Metric, v.Challenger, v.Leader)) > 0 {
		w += 20
	}
	if v.LastBoth != nil && b.AsOf.Sub(*v.LastBoth) < stale {
		w += 25
	}
	return w
}

// stale is the age from which a figure is called old.
const stale = 2 * 365 * 24 * time.Hour

// standing names who is ahead today, with what probability, and who is behind.
func (v verdict) standing() (ahead, behind string, p float64) {
	if *v.PNow >= 0.5 {
		return v.Challenger, v.Leader, *v.PNow
	}
	return v.Leader, v.Challenger, 1 - *v.PNow
}

// pairAnswer puts one pair in words: what happened, what was last published, what is likely today, what is expected.
func (b *Book) pairAnswer(v verdict) answer {
	ahead, behind, p := v.standing()
	ch, le, what := b.platform(v.Challenger), b.platform(v.Leader), b.measure(v.Metric)
	a := answer{
		Key:     ratioPercent(*v.LogRatio),
		KeyNote: fmt.Sprintf("%s as a share of %s, %s, expected today", ch, le, what),
		Link:    "#platforms", Label: "How each platform grew",
	}
	if v.LogRatioLo != nil && v.LogRatioHi != nil {
		a.KeyNote += fmt.Sprintf(" (80%s%% interval %s)", thin, between(ratioPercent(*v.LogRatioLo), ratioPercent(*v.LogRatioHi)))
	}
	past := b.crossingsOf(v.Metric, v.Challenger, v.Leader)
	if len(past) > 0 {
		a.Lead = b.history(what, past)
		a.Text = append(a.Text, seen(past))
		if b.firstCrossing(v.Metric) != nil && v.Metric == activeMeasure {
			a.Link, a.Label = "#actives", "The crossing that happened"
		}
	} else {
		a.Lead = fmt.Sprintf("%s has never been seen ahead of %s in %s.", b.platform(behind), b.platform(ahead), what)
	}
	today := fmt.Sprintf("That %s is ahead today is %s.", b.platform(ahead), likely(p))
	a.Text = append(a.Text, b.comparison(v)+" "+today, b.prospect(v), b.footing(v))
	a.Text = slices.DeleteFunc(a.Text, func(s string) bool { return s == "" })
	return a
}

// history tells the crossings of one pair roughly: who passed whom when, and who was ahead again.
func (b *Book) history(what string, past []crossing) string {
	var parts []string
	for i, c := range past {
		if i == 0 {
			parts = append(parts, fmt.Sprintf("%s passed %s in %s %s", b.platform(c.Challenger), b.platform(c.Leader), what, c.roughly()))
			continue
		}
		parts = append(parts, fmt.Sprintf("by %s %s was ahead again", season(*c.By), b.platform(c.Challenger)))
	}
	return strings.Join(parts, "; ") + "."
}

// seen gives the days between which each crossing fell: the last on which both figures show the old order and the first
// on which they show the new one.
func seen(past []crossing) string {
	var parts []string
	for _, c := range past {
		parts = append(parts, c.when())
	}
	return "The figures turned " + listed(parts) + "."
}

// comparison gives both platforms' last figures with their dates, and says where they are weak or old.
func (b *Book) comparison(v verdict) string {
	var parts []string
	for _, id := range []string{v.Challenger, v.Leader} {
		p := b.lastOf(id, v.Metric)
		if p == nil {
			return ""
		}
		s := fmt.Sprintf("%s for %s (%s", long(p.Value), b.platform(id), dated(p.On, p.Precision))
		if p.Trust != "" {
			s += ", source class " + p.Trust
		}
		if old := b.AsOf.Sub(p.On); old > stale {
			s += ", " + length(old.Hours()/24) + " old"
		}
		parts = append(parts, s+")")
	}
	return "Last published: " + listed(parts) + "."
}

// footing warns where a forecast rests on a handful of figures.
func (b *Book) footing(v verdict) string {
	var few []string
	for _, id := range []string{v.Challenger, v.Leader} {
		if n := len(b.series(id, v.Metric)); n < enough {
			few = append(few, fmt.Sprintf("%s of %s", counted(n, "figure"), b.platform(id)))
		}
	}
	if len(few) == 0 {
		return ""
	}
	return "Mind that this rests on no more than " + listed(few) + "."
}

// enough is the number of figures from which a series speaks for itself.
const enough = 5

// prospect says when the challenger is expected to pass.
func (b *Book) prospect(v verdict) string {
	if v.P1 == nil || v.PNever == nil {
		return ""
	}
	s := fmt.Sprintf("That %s is ahead at least once within a year is %s", b.platform(v.Challenger), likely(*v.P1))
	if v.P2 != nil && *v.P2-*v.P1 >= 0.02 {
		s += fmt.Sprintf(", within two years %s", likely(*v.P2))
	}
	if v.Median != nil {
		return s + fmt.Sprintf("; the median date is %s (80%s%% interval: %s).", day(*v.Median), thin, v.window())
	}
	return s + fmt.Sprintf(". That it does not happen before %s is %s.", month(*v.Horizon), likely(*v.PNever))
}

// pairTable is the table of all pairs.
func pairTable(b *Book, pairs []verdict) *Table {
	t := &Table{ID: "pairs", Caption: "Every pair of platforms that can be compared today, as of " + shortDay(b.AsOf), Show: 12, Columns: []Column{
		{Key: "challenger", Head: "Behind"}, {Key: "leader", Head: "Ahead"}, {Key: "metric", Head: "Count"},
		{Key: "ratio", Head: "Today at", Hint: "of the one ahead, and 80 % interval", Number: true},
		{Key: "p_challenger_ahead_now", Head: "Other way round", Hint: "chance that the order is already another", Number: true},
		{Key: "p_within_1y", Head: "Within a year", Hint: "chance to be ahead at least once", Number: true}, {Key: "p_within_2y", Head: "Within two", Number: true},
		{Key: "median_on", Head: "Median day", Hint: "and 80 % interval", Number: true},
	}}
	for _, v := range pairs {
		ratio, median := number(v.LogRatio, ratioPercent), date(v.Median, shortDay)
		if v.LogRatioLo != nil && v.LogRatioHi != nil {
			ratio.More = between(ratioPercent(*v.LogRatioLo), ratioPercent(*v.LogRatioHi))
		}
		median.More = v.shortWindow()
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(v.Challenger), v.Challenger), coded(b.platform(v.Leader), v.Leader), coded(b.measure(v.Metric), v.Metric),
			ratio, number(v.PNow, probability), number(v.P1, probability), number(v.P2, probability), median,
		})
	}
	return t
}

// ratioPercent prints a log ratio as percent of the other: -0.386 is "68 %".
func ratioPercent(logRatio float64) string { return whole(100*math.Exp(logRatio)) + thin + "%" }
