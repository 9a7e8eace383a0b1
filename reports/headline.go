package reports

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// headline is the answer in words, at the top of the page. Every sentence is made from results; every number has its
// interval or its date.
type headline struct{}

func (headline) ID() string    { return "answer" }
func (headline) Title() string { return "The answer" }

// An answer is one statement of the first screen: the figure to remember, what it says, how sure that is.
type answer struct {
	Key, KeyNote string
	Lead         string
	Text         []string
	Link, Label  string
}

// answersShown is the most statements about pairs on the first screen; the table has all.
const answersShown = 3

func (h headline) Render(ctx context.Context, b *Book, w io.Writer) error {
	var v struct {
		AsOf    time.Time
		H1      string
		Deck    string
		Answers []answer
		Caveats []string
		Pairs   *Table
		Unknown int // pairs with figures of one kind but without a forecast
		Empty   bool
	}
	v.AsOf = b.AsOf
	pairs := b.currentPairs()
	v.H1, v.Deck = h.title(b, pairs), h.deck(b)
	for _, p := range pairs[:min(len(pairs), answersShown)] {
		v.Answers = append(v.Answers, b.pairAnswer(p))
	}
	if a := h.replayAnswer(ctx, b); a != nil {
		v.Answers = append(v.Answers, *a)
	}
	if a := h.trackRecord(b); a != nil {
		v.Answers = append(v.Answers, *a)
	}
	v.Empty = len(v.Answers) == 0
	for _, p := range b.verdicts {
		if p.Question == "ever_by" && !p.Replay && p.PNow == nil {
			v.Unknown++
		}
	}
	v.Caveats = h.caveats(b, pairs)
	if len(pairs) > 0 {
		var err error
		if v.Pairs, err = b.table(pairTable(b, pairs)); err != nil {
			return err
		}
	}
	return render(w, "headline", v)
}

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

// title is the finding of the whole report in one sentence.
func (headline) title(b *Book, pairs []verdict) string {
	if len(pairs) == 0 {
		return "Who is ahead? The warehouse has no answer yet"
	}
	v := pairs[0]
	ahead, behind, p := v.standing()
	hedge, again := "", ""
	switch {
	case p < 0.66:
		return fmt.Sprintf("%s and %s are level in %s: either may be ahead", b.platform(ahead), b.platform(behind), b.measure(v.Metric))
	case p < 0.99:
		hedge = chance(p) + " "
	}
	if past := b.crossingsOf(v.Metric, ahead, behind); len(past) > 1 && past[len(past)-1].Challenger == ahead {
		again = " again"
	}
	return fmt.Sprintf("%s is %sahead of %s%s in %s", b.platform(ahead), hedge, b.platform(behind), again, b.measure(v.Metric))
}

func (headline) deck(b *Book) string {
	n := map[string]bool{}
	readings := int64(0)
	for _, p := range b.points {
		n[p.Platform] = true
		readings += p.Readings
	}
	if readings == 0 {
		return "No figures were published by the day of this report."
	}
	return fmt.Sprintf("Microblog platforms compared from %s about %s, each with its source. Words such as “likely” stand for fixed ranges of probability.",
		counted(int(readings), "published figure"), counted(len(n), "platform"))
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
	a.Text = append(a.Text, b.comparison(v)+" "+today, b.prospect(v))
	a.Text = slices.DeleteFunc(a.Text, func(s string) bool { return s == "" })
	return a
}

// history tells the crossings of one pair roughly: who passed whom when, and who was ahead again.
func (b *Book) history(what string, past []crossing) string {
	var parts []string
	for i, c := range past {
		if i == 0 {
			parts = append(parts, fmt.Sprintf("%s passed %s in %s in %s", b.platform(c.Challenger), b.platform(c.Leader), what, season(*c.By)))
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

// replayAnswer sums the replay of 2011 up.
func (headline) replayAnswer(ctx context.Context, b *Book) *answer {
	v := b.firstReplay(topMeasure)
	if v == nil || v.Median == nil {
		return nil
	}
	curve, err := b.curve(ctx, *v)
	if err != nil {
		return nil // the section of the replay reports it
	}
	return &answer{
		Key: shortDay(*v.Median), KeyNote: fmt.Sprintf("%s passes %s by followers of the top 100, seen from %s", b.platform(v.Challenger), b.platform(v.Leader), day(v.AsOf)),
		Lead: fmt.Sprintf("The question of 2011: when would %s’s top 100 overtake %s’s?", b.platform(v.Challenger), b.platform(v.Leader)),
		Text: []string{b.replayAnswer(*v, curve)},
		Link: "#replay", Label: "The replay",
	}
}

// trackRecord says how forecasts of the crossing that happened fared.
func (headline) trackRecord(b *Book) *answer {
	replays, c := b.replays(activeMeasure), b.firstCrossing(activeMeasure)
	in, n, _ := tally(replays, c)
	if n == 0 {
		return nil
	}
	return &answer{
		Key: fmt.Sprintf("%d of %d", in, n), KeyNote: "80 % intervals of replays that held the truth",
		Lead: "How far to trust such forecasts",
		Text: []string{heldSentence(replays, c) + " Every forecast of this report stands beside the record of its model."},
		Link: "#forecasts", Label: "What is expected",
	}
}

// caveats are what a reader must know before quoting the first screen.
func (headline) caveats(b *Book, pairs []verdict) []string {
	var all []string
	lastOn := map[string]time.Time{}
	for _, p := range pairs[:min(len(pairs), answersShown)] {
		for _, id := range []string{p.Challenger, p.Leader} {
			if last := b.lastOf(id, p.Metric); last != nil && b.AsOf.Sub(last.On) > stale {
				lastOn[fmt.Sprintf("%s’s %s", b.platform(id), b.measure(p.Metric))] = last.On
			}
		}
	}
	var old []string
	for what, on := range lastOn {
		old = append(old, fmt.Sprintf("%s (last %s)", what, month(on)))
	}
	slices.Sort(old)
	if len(old) > 0 {
		all = append(all, "Old figures: "+listed(old)+". What is said about today is extrapolated from them, and its intervals are wide.")
	}
	if s := b.weakSources(pairs[:min(len(pairs), answersShown)]); s != "" {
		all = append(all, s)
	}
	derived, top := 0, 0
	for _, p := range b.points {
		if p.Derived {
			derived++
			if p.Metric == topMeasure {
				top++
			}
		}
	}
	if derived > 0 {
		s := sentence(counted(derived, "value")) + " in the series are derived from a ratio or a growth rate that a source printed"
		if top > 0 {
			s += ", among them " + counted(top, "total") + " of the top 100 behind the replay of 2011"
		}
		all = append(all, s+".")
	}
	return all
}

// weakSources counts the figures of the first screen that only sources of the weakest class print.
func (b *Book) weakSources(pairs []verdict) string {
	weak, seen := 0, map[string]bool{}
	for _, v := range pairs {
		for _, id := range []string{v.Challenger, v.Leader} {
			p := b.lastOf(id, v.Metric)
			if p == nil || seen[id+v.Metric] {
				continue
			}
			seen[id+v.Metric] = true
			if p.Trust == "C" {
				weak++
			}
		}
	}
	if weak == 0 {
		return ""
	}
	return fmt.Sprintf("Of the %s quoted above as last published, %s from sources of class C: blogs, reposts and copies, no filing or agency.",
		counted(len(seen), "figure"), map[bool]string{true: "all come", false: numeral(weak) + " come"}[weak == len(seen)])
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
