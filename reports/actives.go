package reports

import (
	"context"
	"io"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// actives is the section of the crossing that did happen: monthly active users, and how it was foreseen.
type actives struct{}

func (actives) ID() string    { return "actives" }
func (actives) Title() string { return "The crossing that happened" }

// activeMeasure is the count in which the crossing was observed.
const activeMeasure = "monthly_active_users"

func (a actives) Render(_ context.Context, b *Book, w io.Writer) error {
	replays := b.replays(activeMeasure)
	c := b.firstCrossing(activeMeasure)
	if c == nil && len(replays) == 0 {
		return b.empty(w, "No two platforms are known to have crossed in monthly active users, and no replay was run.")
	}
	var v struct {
		Crossing string
		Lines    *figure
		Foreseen *figure
		Table    *Table
		Held     string
	}
	challenger, leader := pairOf(c, replays)
	if c != nil {
		v.Crossing = b.say("%s passed %s in %s %s.", b.platform(c.Challenger), b.platform(c.Leader), b.measure(c.Metric), b.when(*c))
	}
	var err error
	if v.Lines, err = a.lines(b, challenger, leader, c); err != nil {
		return err
	}
	if len(replays) > 0 {
		v.Held = b.heldSentence(replays, c)
		if v.Foreseen, err = a.foreseen(b, replays, c); err != nil {
			return err
		}
		if v.Table, err = b.table(a.table(b, replays, c)); err != nil {
			return err
		}
	}
	return b.render(w, "actives", v)
}

// replays are the forecasts of one kind of count as of past days, for the question "ever by", oldest first.
func (b *Book) replays(metric string) []verdict {
	var all []verdict
	for _, v := range b.verdicts {
		if v.Metric == metric && v.Question == "ever_by" && v.Replay {
			all = append(all, v)
		}
	}
	return all
}

func (b *Book) firstCrossing(metric string) *crossing {
	for i, c := range b.crossings {
		if c.Metric == metric && c.By != nil {
			return &b.crossings[i]
		}
	}
	return nil
}

func pairOf(c *crossing, replays []verdict) (challenger, leader string) {
	if len(replays) > 0 {
		return replays[0].Challenger, replays[0].Leader
	}
	return c.Challenger, c.Leader
}

// lines draws the two series with the crossing marked.
func (actives) lines(b *Book, challenger, leader string, c *crossing) (*figure, error) {
	var lines []chart.Series
	for _, l := range b.lines(activeMeasure) {
		if l.Platform == challenger || l.Platform == leader {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return nil, nil
	}
	var refs []chart.Ref
	title := b.say("%s and %s by %s", b.platform(challenger), b.platform(leader), b.measure(activeMeasure))
	if c != nil {
		title = b.say("%s passed %s in %s", b.platform(challenger), b.platform(leader), b.season(*c.By))
		if c.After != nil {
			refs = append(refs, chart.Ref{Label: b.say("crossing"), On: *c.After, Until: *c.By})
		}
	}
	sources := b.sourcesOf([]string{challenger, leader}, activeMeasure)
	return b.figure(figureSpec{
		ID:       "actives-lines",
		Title:    title,
		Subtitle: sentence(b.measure(activeMeasure)),
		Unit:     b.measures[activeMeasure].Unit,
		Caption:  "Each mark is a published figure. Where a line ends, the platform has published no such figure since.",
		Measures: []string{activeMeasure},
		Sources:  sources,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.Refs = refs
			return chart.Lines(o, lines)
		},
	})
}

// foreseen draws how the forecast date moved from replay to replay.
func (actives) foreseen(b *Book, replays []verdict, c *crossing) (*figure, error) {
	var dots []chart.Dot
	for _, v := range replays {
		d := chart.Dot{Key: v.AsOf.Format(time.DateOnly), Label: b.say("seen from %s", b.shortDay(v.AsOf)), Platform: v.Challenger}
		switch {
		case v.Median != nil:
			d.On = *v.Median
		case v.Lo != nil:
			d.On = *v.Lo
		default:
			d.Missing = b.say("no crossing before %s (%s)", b.year(v.Horizon), b.probability(value(v.PNever)))
		}
		if v.Lo != nil {
			d.OnLo, d.Open = *v.Lo, v.Hi == nil
		}
		if v.Hi != nil {
			d.OnHi = *v.Hi
		} else if v.Horizon != nil && v.Lo != nil {
			d.OnHi = *v.Horizon
		}
		dots = append(dots, d)
	}
	var refs []chart.Ref
	if c != nil && c.After != nil {
		refs = append(refs, chart.Ref{Label: b.say("what happened"), On: *c.After, Until: *c.By})
	}
	return b.figure(figureSpec{
		ID:       "actives-foreseen",
		Title:    "How the expected date moved",
		Subtitle: b.say("Median and 80 %% interval of the day on which %s would pass %s", b.platform(replays[0].Challenger), b.platform(replays[0].Leader)),
		Caption:  "Each line uses only what had been published by its day. An arrow means that the interval has no end within the horizon.",
		Measures: []string{activeMeasure},
		Roomy:    true,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.Refs = refs
			return chart.Dots(o, dots)
		},
	})
}

// held says whether the 80 % interval of a replay contains the crossing; known is false while there is none to compare.
func held(v verdict, c *crossing) (inside, known bool) {
	if c == nil || c.By == nil || !v.AsOf.Before(*c.By) {
		return false, false
	}
	if v.Lo == nil {
		return false, true
	}
	from := *c.By
	if c.After != nil {
		from = *c.After
	}
	return !v.Lo.After(*c.By) && (v.Hi == nil || !v.Hi.Before(from)), true
}

// heldSentence counts the replays whose interval held the truth.
func (l *locale) heldSentence(replays []verdict, c *crossing) string {
	in, n, open := tally(replays, c)
	if n == 0 {
		return l.say("The replays cannot be scored yet: no crossing is known.")
	}
	made, right := l.counted(n, "forecast"), l.numeral(in)
	if open > 0 {
		return l.say("Of %s made before it happened, %s held the truth in the 80 %% interval; but %s of these intervals had no end within the horizon, which makes that easy.", made, right, l.numeral(open))
	}
	return l.say("Of %s made before it happened, %s held the truth in the 80 %% interval.", made, right)
}

// tally counts the replays that can be scored, those whose interval held the truth, and those of these that had no end.
func tally(replays []verdict, c *crossing) (in, n, open int) {
	for _, v := range replays {
		inside, known := held(v, c)
		if known {
			n++
		}
		if inside {
			in++
		}
		if inside && v.Hi == nil {
			open++
		}
	}
	return in, n, open
}

func (actives) table(b *Book, replays []verdict, c *crossing) *Table {
	t := &Table{ID: "actives-replays", Caption: "What our method would have said, year by year", Columns: []Column{
		{Key: "as_of", Head: "Seen from"}, {Key: "log_ratio", Head: "Then at", Hint: "of the leader’s figure", Number: true},
		{Key: "median_on", Head: "Median", Number: true}, {Key: "interval80", Head: "80 % interval", Number: true},
		{Key: "p_within_2y", Head: "Within two years", Number: true}, {Key: "p_never", Head: "Not within horizon", Number: true},
		{Key: "held", Head: "Held the truth"},
	}}
	for _, v := range replays {
		verdict := Cell{Text: dash}
		if inside, known := held(v, c); known {
			verdict = coded(b.say(map[bool]string{true: word("yes"), false: word("no")}[inside]), map[bool]string{true: "yes", false: "no"}[inside])
		}
		window := Cell{Text: b.shortWindow(v)}
		if v.Lo != nil {
			window.Raw = v.Lo.Format(time.DateOnly)
		}
		if v.Hi != nil {
			window.Raw += " " + v.Hi.Format(time.DateOnly)
		}
		t.Rows = append(t.Rows, []Cell{
			date(&v.AsOf, b.shortDay), number(v.LogRatio, b.ratioPercent), date(v.Median, b.shortDay), window,
			number(v.P2, b.probability), number(v.PNever, b.probability), verdict,
		})
	}
	return t
}
