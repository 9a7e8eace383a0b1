package reports

import (
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
const answersShown = 4

func (h headline) Render(ctx context.Context, b *Book, w io.Writer) error {
	var v struct {
		AsOf    time.Time
		H1      string
		Deck    string
		Answers []answer
		Caveats []string
		Pairs   *Table
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
	v.Caveats = h.caveats(b, pairs)
	if len(pairs) > 0 {
		var err error
		if v.Pairs, err = b.table(pairTable(b, pairs)); err != nil {
			return err
		}
	}
	return render(w, "headline", v)
}

// currentPairs are today's verdicts on "ever by", the most telling first: active users before registered ones, pairs
// across the families before pairs within one, fresh figures before old ones.
func (b *Book) currentPairs() []verdict {
	var all []verdict
	for _, v := range b.verdicts {
		if v.Question == "ever_by" && !v.Replay {
			all = append(all, v)
		}
	}
	slices.SortStableFunc(all, func(x, y verdict) int {
		if d := b.weight(y) - b.weight(x); d != 0 {
			return d
		}
		return strings.Compare(x.Metric+x.Challenger+x.Leader, y.Metric+y.Challenger+y.Leader)
	})
	return all
}

func (b *Book) weight(v verdict) int {
	w := 0
	if i := slices.Index(mainMeasures, v.Metric); i >= 0 {
		w += 10 * (len(mainMeasures) - i)
	}
	if b.platforms[v.Challenger].Family != b.platforms[v.Leader].Family {
		w += 5
	}
	if b.crossed(v.Metric, v.Challenger, v.Leader) != nil {
		w += 20
	}
	if v.LastBoth != nil && b.AsOf.Sub(*v.LastBoth) < 2*365*24*time.Hour {
		w += 25
	}
	return w
}

// title is the finding of the whole report in one sentence.
func (headline) title(b *Book, pairs []verdict) string {
	if len(pairs) == 0 {
		return "Who is ahead? The warehouse has no answer yet"
	}
	p := pairs[0]
	ahead, behind := p.Challenger, p.Leader
	if p.Ahead == p.Leader {
		ahead, behind = behind, ahead
	}
	if c := b.crossed(p.Metric, p.Challenger, p.Leader); c != nil && p.Ahead == p.Challenger {
		return fmt.Sprintf("%s passed %s in %s in %s and is ahead", b.platform(ahead), b.platform(behind), b.measure(p.Metric), season(*c.By))
	}
	return fmt.Sprintf("%s is ahead of %s in %s", b.platform(ahead), b.platform(behind), b.measure(p.Metric))
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
	return fmt.Sprintf("Microblog platforms compared from %s about %s, each with its source. What is not known is said; words such as “likely” stand for fixed ranges of probability.",
		counted(int(readings), "published figure"), counted(len(n), "platform"))
}

// pairAnswer puts one pair in words.
func (b *Book) pairAnswer(v verdict) answer {
	ch, le, what := b.platform(v.Challenger), b.platform(v.Leader), b.measure(v.Metric)
	a := answer{Link: "#" + "platforms", Label: "How each platform grew"}
	if v.LogRatio != nil {
		a.Key = ratioPercent(*v.LogRatio)
		a.KeyNote = fmt.Sprintf("%s against %s, %s", ch, le, what)
		if v.LastBoth != nil {
			a.KeyNote += ", " + month(*v.LastBoth)
		}
	}
	c := b.crossed(v.Metric, v.Challenger, v.Leader)
	switch {
	case c != nil && v.Ahead == v.Challenger:
		a.Lead = fmt.Sprintf("%s passed %s in %s %s.", ch, le, what, c.when())
		a.Text = append(a.Text, b.comparison(v))
		if v.Metric == activeMeasure {
			a.Link, a.Label = "#actives", "The crossing that happened"
		}
	case v.Ahead == v.Challenger:
		a.Lead = fmt.Sprintf("%s is ahead of %s in %s.", ch, le, what)
		a.Text = append(a.Text, b.comparison(v))
	default:
		a.Lead = fmt.Sprintf("%s is %s to pass %s in %s within a year.", ch, chance(value(v.P1)), le, what)
		a.Text = append(a.Text, b.comparison(v), b.prospect(v))
	}
	a.Text = slices.DeleteFunc(a.Text, func(s string) bool { return s == "" })
	return a
}

// comparison gives both platforms' last figures, and the odds that rounding hides the true order.
func (b *Book) comparison(v verdict) string {
	x, y := b.lastOf(v.Challenger, v.Metric), b.lastOf(v.Leader, v.Metric)
	if x == nil || y == nil {
		return ""
	}
	s := fmt.Sprintf("Last published: %s for %s (%s) and %s for %s (%s)", long(x.Value), b.platform(v.Challenger), dated(x.On, x.Precision),
		long(y.Value), b.platform(v.Leader), dated(y.On, y.Precision))
	if old := b.AsOf.Sub(y.On); old > 2*365*24*time.Hour {
		s += fmt.Sprintf(", which has published none for %s", length(old.Hours()/24))
	}
	if v.PNow != nil {
		ahead, p := v.Challenger, *v.PNow
		if v.Ahead == v.Leader {
			ahead, p = v.Leader, 1-p
		}
		s += fmt.Sprintf(". That %s is ahead today is %s", b.platform(ahead), likely(p))
	}
	return s + "."
}

// prospect says when the challenger is expected to pass.
func (b *Book) prospect(v verdict) string {
	switch {
	case v.Median != nil:
		s := fmt.Sprintf("Our median is %s, the 80%s%% interval %s", month(*v.Median), thin, v.window())
		if v.P1 != nil && v.P2 != nil {
			s += fmt.Sprintf("; %s within one year, %s within two", probability(*v.P1), probability(*v.P2))
		}
		return s + "."
	case v.PNever != nil && v.Horizon != nil:
		return fmt.Sprintf("That it happens before %s is %s.", month(*v.Horizon), likely(1-*v.PNever))
	}
	return ""
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
	in, n := 0, 0
	for _, v := range replays {
		inside, known := held(v, c)
		if known {
			n++
		}
		if inside {
			in++
		}
	}
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
	old := map[string]time.Time{}
	for _, p := range pairs[:min(len(pairs), answersShown)] {
		for _, id := range []string{p.Challenger, p.Leader} {
			if last := b.lastOf(id, p.Metric); last != nil && b.AsOf.Sub(last.On) > 2*365*24*time.Hour {
				old[fmt.Sprintf("%s’s %s", b.platform(id), b.measure(p.Metric))] = last.On
			}
		}
	}
	var stale []string
	for what, on := range old {
		stale = append(stale, fmt.Sprintf("%s (last %s)", what, month(on)))
	}
	slices.Sort(stale)
	if len(stale) > 0 {
		all = append(all, "Old figures: "+listed(stale)+". What follows is extrapolated, and its intervals are wide.")
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

// pairTable is the table of all pairs.
func pairTable(b *Book, pairs []verdict) *Table {
	t := &Table{ID: "pairs", Caption: "Every pair of platforms, as of " + shortDay(b.AsOf), Show: 12, Columns: []Column{
		{Key: "pair", Head: "Challenger and leader"}, {Key: "metric", Head: "Count"},
		{Key: "last_both_on", Head: "Both known"}, {Key: "ratio", Head: "Challenger at", Hint: "of the leader’s figure", Number: true}, {Key: "ratio_interval80", Head: "80 % interval", Number: true},
		{Key: "p_challenger_ahead_now", Head: "Ahead today", Number: true}, {Key: "p_within_1y", Head: "By one year", Number: true}, {Key: "p_within_2y", Head: "By two", Number: true},
		{Key: "median_on", Head: "Median", Number: true},
	}}
	for _, v := range pairs {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(v.Challenger)+" → "+b.platform(v.Leader), v.Challenger+" "+v.Leader), coded(b.measure(v.Metric), v.Metric),
			date(v.LastBoth, shortDay), number(v.LogRatio, ratioPercent), interval(v.LogRatioLo, v.LogRatioHi, ratioPercent),
			number(v.PNow, probability), number(v.P1, probability), number(v.P2, probability), date(v.Median, shortDay),
		})
	}
	return t
}

// ratioPercent prints a log ratio as percent of the other: -0.386 is "68 %".
func ratioPercent(logRatio float64) string { return whole(100*math.Exp(logRatio)) + thin + "%" }
