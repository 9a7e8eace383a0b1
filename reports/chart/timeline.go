package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Timeline draws events as dots in a row per platform, in the order of the platforms' first events: open where they are
// only planned or rumoured, with a bar where no day is known. As many have their words as find room without crossing
// others; the table has all.
func Timeline(o Options, events []Event) (*Figure, error) {
	xs := noExtent()
	for _, e := range events {
		xs.add(day(e.On))
	}
	platforms := lanesOf(events)
	if len(platforms) > mostSeries {
		return nil, fmt.Errorf("chart timeline %s: %d platforms, at most %d can be read: choose some", o.ID, len(platforms), mostSeries)
	}
	probe := frame{o: o, zh: o.Lang == "zh"}
	if xs.ok() {
		xs = probe.timeRange(xs)
	}
	inner := cmp.Or(o.Size.W, SizeReport.W) - 2*margin - timelineInset
	height := timelineFoot
	lanes := make([]lane, len(platforms))
	for i, p := range platforms {
		lanes[i] = newLane(p, events, xs, inner, timelineRows, probe.zh)
		height += lanes[i].height()
	}
	f, fig, err := newFrame("timeline", o, height)
	if err != nil {
		return nil, err
	}
	fig.header = []string{"date", "platform", "kind", "status", "event"}
	for _, e := range inTime(events) {
		fig.rows = append(fig.rows, []string{iso(e.On), clean(e.Platform), clean(e.Kind), clean(e.Status), clean(e.Label)})
	}
	if !xs.ok() {
		return f.empty(fig), nil
	}
	fig.alt = timelineAlt(fig, f, lanes)
	b := f.body()
	if k := b.h() / height; k < 0.99 { // a Size was given that is too low
		for i, p := range platforms {
			rows := max(0, int((lanes[i].height()*k-laneBare)/timelinePitch))
			lanes[i] = newLane(p, events, xs, inner, rows, f.zh)
		}
	}
	fig.paint = func(c *canvas) {
		f.paint(c)
		paintTimeline(c, f, box{b.x0, b.y0 + timelineFoot, b.x0 + inner, b.y1}, lanes, xs)
	}
	return fig, nil
}

const (
	timelineRows  = 4
	timelinePitch = 14.0
	timelineInset = 8.0  // keeps the last year's label within the figure
	timelineFoot  = 28.0 // the labels of the axis
	laneBare      = 34.0 // a lane without words but its name
)

func inTime(events []Event) []Event {
	out := slices.Clone(events)
	slices.SortStableFunc(out, func(a, b Event) int { return a.On.Compare(b.On) })
	return out
}

// lanesOf gives the platforms of events, in the order of their first.
func lanesOf(events []Event) (out []string) {
	seen := map[string]bool{}
	for _, e := range inTime(events) {
		if !seen[e.Platform] {
			seen[e.Platform] = true
			out = append(out, e.Platform)
		}
	}
	return out
}

// A lane is the row of one platform. Its coordinates begin at the left edge of the data.
type lane struct {
	platform, name string
	events         []Event
	flags          []flag
	rows           int
}

func newLane(platform string, events []Event, xs extent, width float64, rows int, zh bool) lane {
	l := lane{platform: platform, name: cut(clean(laneName(platform, zh)), width/2, labelSize, true)}
	for _, e := range inTime(events) {
		at := (day(e.On) - xs.lo) / (xs.hi - xs.lo) * width
		if e.Platform == platform && at >= -1 && at <= width+1 {
			l.events = append(l.events, e)
			l.flags = append(l.flags, flag{x: at, text: flagText(clean(e.Label), math.Min(250, width*0.4))})
		}
	}
	l.rows = fly(l.flags, 0, width, rows)
	return l
}

// height is what the lane wants: its words, and its name above them.
func (l lane) height() float64 { return laneBare + float64(l.rows)*timelinePitch }

func paintTimeline(c *canvas, f *frame, d box, lanes []lane, xs extent) {
	pl := newPlot(xs.lo, xs.hi, 0, 1, false)
	dc := c.part(d)
	tx, _ := pl.Transforms(&dc)
	x := func(v float64) float64 { return float64(tx(v)) }
	for _, t := range (dateTicks{length: d.w(), gap: 52, zh: f.zh}).Ticks(xs.lo, xs.hi) {
		xx := crisp(x(t.Value))
		c.line(full(toneGrid), 1, nil, pt(xx, d.y0), pt(xx, d.y1))
		label, _, _ := strings.Cut(t.Label, "\n")
		c.words(words{x: xx, y: d.y0 - tickSize*1.3, s: label, size: tickSize, tone: toneFaint, anchor: atMiddle})
	}
	want := 0.0
	for _, l := range lanes {
		want += l.height()
	}
	y := d.y1
	for _, l := range lanes {
		h := l.height() * d.h() / want
		l.paint(c, f, box{d.x0, y - h, d.x1, y}, x)
		y -= h
	}
}

// paint draws the events of one platform on its line, with the words of those for which there is room above it.
func (l lane) paint(c *canvas, f *frame, b box, x func(float64) float64) {
	look := lookFor(l.platform, "", 0)
	base := crisp(b.y0 + 8)
	c.line(full(toneAxis), 1, nil, pt(b.x0, base), pt(b.x1, base))
	height := func(g flag) float64 { return base + 10 + float64(g.row)*timelinePitch }
	for _, g := range l.flags {
		if xx := crisp(b.x0 + g.x); g.text != "" {
			c.line(full(toneAxis), 0.7, nil, pt(xx, base+4), pt(xx, height(g)+eventSize*0.7))
		}
	}
	for i, e := range l.events {
		paintMoment(c, f, e, look, b.x0+l.flags[i].x, math.Min(x(day(e.Until)), b.x1), base)
	}
	for _, g := range l.flags {
		if g.text != "" {
			at, dx := g.place()
			c.words(words{x: b.x0 + g.x + dx, y: height(g), s: g.text, size: eventSize, tone: toneSoft, anchor: at, halo: true})
		}
	}
	size := math.Min(labelSize, b.h()*0.45)
	c.words(words{x: b.x0, y: math.Max(b.y1-labelSize-2, base+5), s: l.name, size: size, bold: true, tone: look.text, halo: true})
}

// paintMoment draws an event's dot, open where it is not confirmed, and a bar to the end of the month or quarter where
// no day is known.
func paintMoment(c *canvas, f *frame, e Event, l look, x, until, base float64) {
	when := longDate(e.On, f.zh)
	if e.Until.After(e.On) {
		when += " – " + longDate(e.Until, f.zh)
		c.rect(faded(l.line, 0.45), box{x, base - 2.5, math.Max(until, x+1), base + 2.5})
	}
	c.tip(when + ": " + clean(e.Label))
	c.disc(full(l.line), x, base, 4)
	if e.Status == "planned" || e.Status == "rumour" {
		c.disc(full(tonePaper), x, base, 2.2)
	}
}

// laneNames are the platforms' names where a caller gives only the key.
var laneNames = map[string][2]string{
	"sina_weibo": {"Sina Weibo", "新浪微博"}, "tencent_weibo": {"Tencent Weibo", "腾讯微博"}, "sohu_weibo": {"Sohu Weibo", "搜狐微博"},
	"netease_weibo": {"NetEase Weibo", "网易微博"}, "twitter": {"Twitter/X", "Twitter/X"}, "mastodon": {"Mastodon", "Mastodon"},
	"bluesky": {"Bluesky", "Bluesky"}, "threads": {"Threads", "Threads"},
}

func laneName(platform string, zh bool) string {
	n, ok := laneNames[platform]
	switch {
	case !ok:
		return platform
	case zh:
		return n[1]
	}
	return n[0]
}

func timelineAlt(fig *Figure, f *frame, lanes []lane) string {
	parts := []string{fig.Title, fig.Subtitle}
	for _, l := range lanes {
		var told []string
		for _, e := range l.events {
			told = append(told, monthDate(e.On, f.zh)+" "+clean(e.Label))
		}
		if n := len(told); n > 6 {
			told = append(told[:6], fmt.Sprintf(pick(f.zh, "另有 %d 项", "and %d more"), n-6))
		}
		parts = append(parts, clean(laneName(l.platform, f.zh))+": "+strings.Join(told, "; "))
	}
	return strings.Join(parts, ". ") + "."
}
