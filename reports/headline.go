package reports

import (
	"context"
	"io"
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
		Scope   string
		Answers []answer
		Caveats []string
		Pairs   *Table
		Unknown int // pairs with figures of one kind but without a forecast
		Empty   bool
	}
	v.AsOf = b.AsOf
	pairs := b.currentPairs()
	v.H1, v.Deck, v.Scope = h.title(b, pairs), h.deck(b), b.scopeText()
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
	frozen, err := h.frozen(ctx, b, pairs)
	if err != nil {
		return err
	}
	v.Caveats = append(h.caveats(b, pairs), frozen...)
	if len(pairs) > 0 {
		if v.Pairs, err = b.table(pairTable(b, pairs)); err != nil {
			return err
		}
	}
	return b.render(w, "headline", v)
}

// title is the finding of the whole report in one sentence.
func (headline) title(b *Book, pairs []verdict) string {
	if len(pairs) == 0 {
		return b.say("Who is ahead? The warehouse has no answer yet")
	}
	v := pairs[0]
	ahead, behind, p := v.standing()
	if p < 0.66 {
		return b.say("%s and %s are level in %s: either may be ahead", b.platform(ahead), b.platform(behind), b.measure(v.Metric))
	}
	past := b.crossingsOf(v.Metric, ahead, behind)
	again := len(past) > 1 && past[len(past)-1].Challenger == ahead
	one, other, what := b.platform(ahead), b.platform(behind), b.measure(v.Metric)
	switch {
	case p < 0.99 && again:
		return b.say("%s is %s ahead of %s again in %s", one, b.chance(p), other, what)
	case p < 0.99:
		return b.say("%s is %s ahead of %s in %s", one, b.chance(p), other, what)
	case again:
		return b.say("%s is ahead of %s again in %s", one, other, what)
	}
	return b.say("%s is ahead of %s in %s", one, other, what)
}

func (headline) deck(b *Book) string {
	n := map[string]bool{}
	readings := int64(0)
	for _, p := range b.points {
		n[p.Platform] = true
		readings += p.Readings
	}
	if readings == 0 {
		return b.say("No figures were published by the day of this report.")
	}
	return b.say("Microblog platforms compared from %s about %s, each with its source. Words such as “likely” stand for fixed ranges of probability.",
		b.counted(int(readings), "published figure"), b.counted(len(n), "platform"))
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
		Key: b.shortDay(*v.Median), KeyNote: b.say("%s passes %s by followers of the top 100, seen from %s", b.platform(v.Challenger), b.platform(v.Leader), b.day(v.AsOf)),
		Lead: b.say("The question of 2011: when would %s’s top 100 overtake %s’s?", b.platform(v.Challenger), b.platform(v.Leader)),
		Text: []string{b.replayAnswer(*v, curve)},
		Link: "#replay", Label: b.say("The replay"),
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
		Key: b.say("%d of %d", in, n), KeyNote: b.say("80 % intervals of replays that held the truth"),
		Lead: b.say("How far to trust such forecasts"),
		Text: []string{b.sentences(b.heldSentence(replays, c), b.say("Every forecast of this report stands beside the record of its model."))},
		Link: "#forecasts", Label: b.say("What is expected"),
	}
}

// caveats are what a reader must know before quoting the first screen.
func (headline) caveats(b *Book, pairs []verdict) []string {
	var all []string
	lastOn := map[string]time.Time{}
	for _, p := range pairs[:min(len(pairs), answersShown)] {
		for _, id := range []string{p.Challenger, p.Leader} {
			if last := b.lastOf(id, p.Metric); last != nil && b.AsOf.Sub(last.On) > stale {
				lastOn[b.say("%s’s %s", b.platform(id), b.measure(p.Metric))] = last.On
			}
		}
	}
	var old []string
	for what, on := range lastOn {
		old = append(old, b.say("%s (last %s)", what, b.month(on)))
	}
	slices.Sort(old)
	if len(old) > 0 {
		all = append(all, b.say("Old figures: %s. What is said about today is extrapolated from them, and its intervals are wide.", b.listed(old)))
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
		n := sentence(b.counted(derived, "value"))
		if top > 0 {
			all = append(all, b.say("%s in the series are derived from a ratio or a growth rate that a source printed, among them %s of the top 100 behind the replay of 2011.", n, b.counted(top, "total")))
		} else {
			all = append(all, b.say("%s in the series are derived from a ratio or a growth rate that a source printed.", n))
		}
	}
	return all
}

// frozen warns of figures of the first screen that have been repeated unchanged for longer than a living count would be.
func (headline) frozen(ctx context.Context, b *Book, pairs []verdict) ([]string, error) {
	found, err := collect[struct{ Platform, Metric, What string }](ctx, b.store, `
		select platform, metric, what
		from results.quality
		where rule = 'stale' and what is not null
		order by platform, metric, what`)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, f := range found {
		if slices.ContainsFunc(pairs[:min(len(pairs), answersShown)], func(v verdict) bool {
			return v.Metric == f.Metric && (v.Challenger == f.Platform || v.Leader == f.Platform)
		}) {
			all = append(all, b.say("%s, %s: %s.", b.platform(f.Platform), b.measure(f.Metric), strings.TrimSuffix(b.retell(f.What), ".")))
		}
	}
	return all, nil
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
	if weak == len(seen) {
		return b.say("Of the %s quoted above as last published, all come from sources of class C: blogs, reposts and copies, no filing or agency.", b.counted(len(seen), "figure"))
	}
	return b.say("Of the %s quoted above as last published, %s come from sources of class C: blogs, reposts and copies, no filing or agency.",
		b.counted(len(seen), "figure"), b.numeral(weak))
}
