package reports

import (
	"cmp"
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
	if i := slices.Index(b.mains(), v.Metric); i >= 0 {
		w += 10 * (len(b.mains()) - i)
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
		Key:     b.ratioPercent(*v.LogRatio),
		KeyNote: b.say("%s as a share of %s, %s, expected today", ch, le, what),
		Link:    "#platforms", Label: b.say("How each platform grew"),
	}
	if v.LogRatioLo != nil && v.LogRatioHi != nil {
		a.KeyNote = b.say("%s (80 %% interval %s)", a.KeyNote, b.between(b.ratioPercent(*v.LogRatioLo), b.ratioPercent(*v.LogRatioHi)))
	}
	past := b.crossingsOf(v.Metric, v.Challenger, v.Leader)
	if len(past) > 0 {
		a.Lead = b.history(what, past)
		a.Text = append(a.Text, b.seen(past))
		if b.firstCrossing(v.Metric) != nil && v.Metric == activeMeasure {
			a.Link, a.Label = "#actives", b.say("The crossing that happened")
		}
	} else {
		a.Lead = b.say("%s has never been seen ahead of %s in %s.", b.platform(behind), b.platform(ahead), what)
	}
	today := b.say("That %s is ahead today is %s.", b.platform(ahead), b.likely(p))
	a.Text = append(a.Text, b.sentences(b.comparison(v), today), b.prospect(v), b.footing(v))
	a.Text = slices.DeleteFunc(a.Text, func(s string) bool { return s == "" })
	return a
}

// history tells the crossings of one pair roughly: who passed whom when, and who was ahead again.
func (b *Book) history(what string, past []crossing) string {
	var parts []string
	for i, c := range past {
		if i == 0 {
			parts = append(parts, b.say("%s passed %s in %s %s", b.platform(c.Challenger), b.platform(c.Leader), what, b.roughly(c)))
			continue
		}
		parts = append(parts, b.say("by %s %s was ahead again", b.season(*c.By), b.platform(c.Challenger)))
	}
	return strings.Join(parts, b.say("; ")) + b.say(".")
}

// seen gives the days between which each crossing fell: the last on which both figures show the old order and the first
// on which they show the new one.
func (l *locale) seen(past []crossing) string {
	var parts []string
	for _, c := range past {
		parts = append(parts, l.when(c))
	}
	return l.say("The figures turned %s.", l.listed(parts))
}

// comparison gives both platforms' last figures with their dates, and says where they are weak or old.
func (b *Book) comparison(v verdict) string {
	var parts []string
	for _, id := range []string{v.Challenger, v.Leader} {
		p := b.lastOf(id, v.Metric)
		if p == nil {
			return ""
		}
		notes := []string{b.dated(p.On, p.Precision)}
		if p.Trust != "" {
			notes = append(notes, b.say("source class %s", p.Trust))
		}
		if old := b.AsOf.Sub(p.On); old > stale {
			notes = append(notes, b.say("%s old", b.length(old.Hours()/24)))
		}
		parts = append(parts, b.say("%s for %s (%s)", b.long(p.Value), b.platform(id), strings.Join(notes, b.say(", "))))
	}
	return b.say("Last published: %s.", b.listed(parts))
}

// footing warns where a forecast rests on a handful of figures.
func (b *Book) footing(v verdict) string {
	var few []string
	for _, id := range []string{v.Challenger, v.Leader} {
		if n := len(b.series(id, v.Metric)); n < enough {
			few = append(few, b.say("%s of %s", b.counted(n, "figure"), b.platform(id)))
		}
	}
	if len(few) == 0 {
		return ""
	}
	return b.say("Mind that this rests on no more than %s.", b.listed(few))
}

// enough is the number of figures from which a series speaks for itself.
const enough = 5

// prospect says when the challenger is expected to pass.
func (b *Book) prospect(v verdict) string {
	if v.P1 == nil || v.PNever == nil {
		return ""
	}
	s := b.say("That %s is ahead at least once within a year is %s", b.platform(v.Challenger), b.likely(*v.P1))
	if v.P2 != nil && *v.P2-*v.P1 >= 0.02 {
		s = b.say("%s, within two years %s", s, b.likely(*v.P2))
	}
	if v.Median != nil {
		return b.say("%s; the median date is %s (80 %% interval: %s).", s, b.day(*v.Median), b.window(v))
	}
	return b.sentences(s+b.say("."), b.say("That it does not happen before %s is %s.", b.month(*v.Horizon), b.likely(*v.PNever)))
}

// pairTable is the table of all pairs.
func pairTable(b *Book, pairs []verdict) *Table {
	t := &Table{ID: "pairs", Caption: b.say("Every pair of platforms that can be compared today, as of %s", b.shortDay(b.AsOf)), Show: 12, Columns: []Column{
		{Key: "challenger", Head: "Behind"}, {Key: "leader", Head: "Ahead"}, {Key: "metric", Head: "Count"},
		{Key: "ratio", Head: "Today at", Hint: "of the one ahead, and 80 % interval", Number: true},
		{Key: "p_challenger_ahead_now", Head: "Other way round", Hint: "chance that the order is already another", Number: true},
		{Key: "p_within_1y", Head: "Within a year", Hint: "chance to be ahead at least once", Number: true}, {Key: "p_within_2y", Head: "Within two", Number: true},
		{Key: "median_on", Head: "Median day", Hint: "and 80 % interval", Number: true},
	}}
	for _, v := range pairs {
		ratio, median := number(v.LogRatio, b.ratioPercent), date(v.Median, b.shortDay)
		if v.LogRatioLo != nil && v.LogRatioHi != nil {
			ratio.More = b.between(b.ratioPercent(*v.LogRatioLo), b.ratioPercent(*v.LogRatioHi))
		}
		median.More = b.shortWindow(v)
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(v.Challenger), v.Challenger), coded(b.platform(v.Leader), v.Leader), coded(b.measure(v.Metric), v.Metric),
			ratio, number(v.PNow, b.probability), number(v.P1, b.probability), number(v.P2, b.probability), median,
		})
	}
	return t
}

// ratioPercent prints a log ratio as percent of the other: -0.386 is "68 %".
func (l *locale) ratioPercent(logRatio float64) string {
	return whole(100*math.Exp(logRatio)) + l.percentSign()
}
