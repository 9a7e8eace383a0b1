package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Timeline draws events as dots in a row per platform.
func Timeline(o Options, events []Event) (*Figure, error) {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int { return a.On.Compare(b.On) })
	xs := noExtent()
	var lanes []string
	for _, e := range events {
		xs.add(day(e.On))
		if !slices.Contains(lanes, e.Platform) {
			lanes = append(lanes, e.Platform)
		}
	}
	const rows, rowPitch = 3, 14.0
	lane := rows*rowPitch + 30
	f, fig, err := newFrame("timeline", o, float64(len(lanes))*lane+44)
	if err != nil {
		return nil, err
	}
	fig.header = []string{"date", "platform", "kind", "status", "event"}
	for _, e := range events {
		fig.rows = append(fig.rows, []string{iso(e.On), clean(e.Platform), clean(e.Kind), clean(e.Status), clean(e.Label)})
	}
	if !xs.ok() {
		return f.empty(fig), nil
	}
	xs = f.timeRange(xs)
	fig.alt = timelineAlt(fig, f, events, lanes)
	b := f.body()
	fig.paint = func(c *canvas) {
		f.paint(c)
		d := box{b.x0, b.y0 + 28, b.x1, b.y1}
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
		h := d.h() / float64(len(lanes))
		for i, l := range lanes {
			y := d.y1 - float64(i+1)*h
			paintLane(c, f, box{d.x0, y, d.x1, y + h}, l, events, x, int(math.Max(1, (h-26)/rowPitch)))
		}
	}
	return fig, nil
}

// paintLane draws the events of one platform on its line, with the words of those for which there is room above it.
func paintLane(c *canvas, f *frame, b box, platform string, events []Event, x func(float64) float64, rows int) {
	l := lookFor(platform, "", 0)
	base := crisp(b.y0 + 8)
	c.line(full(toneAxis), 1, nil, pt(b.x0, base), pt(b.x1, base))
	name := words{x: b.x0, y: b.y1 - labelSize, s: clean(laneName(platform, f.zh)), size: labelSize, bold: true, tone: l.text, halo: true}
	free := make([]float64, rows)
	for i := range free {
		free[i] = math.Inf(-1)
	}
	free[rows-1] = b.x0 + name.width()*reserve
	for _, e := range events {
		if e.Platform != platform {
			continue
		}
		xx := x(day(e.On))
		c.tip(longDate(e.On, f.zh) + ": " + clean(e.Label))
		c.disc(full(l.line), xx, base, 4)
		if e.Status == "planned" || e.Status == "rumour" {
			c.disc(full(tonePaper), xx, base, 2.2)
		}
		text := cut(clean(e.Label), math.Min(250, b.w()*0.4), eventSize, false)
		w := measure(text, eventSize, false) * reserve
		for row := range free {
			left := xx + 2
			if left+w > b.x1 {
				left = xx - 2 - w
			}
			if left < free[row]+10 || left < b.x0 {
				continue
			}
			free[row] = left + w
			y := base + 10 + float64(row)*14
			c.line(full(toneGrid), 1, nil, pt(crisp(xx), base+4), pt(crisp(xx), y+7))
			c.words(words{x: left, y: y, s: text, size: eventSize, tone: toneSoft, halo: true})
			break
		}
	}
	c.words(name)
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

func timelineAlt(fig *Figure, f *frame, events []Event, lanes []string) string {
	parts := []string{fig.Title, fig.Subtitle}
	for _, l := range lanes {
		var told []string
		for _, e := range events {
			if e.Platform == l {
				told = append(told, monthDate(e.On, f.zh)+" "+clean(e.Label))
			}
		}
		if n := len(told); n > 6 {
			told = append(told[:6], fmt.Sprintf(pick(f.zh, "另有 %d 项", "and %d more"), n-6))
		}
		parts = append(parts, clean(laneName(l, f.zh))+": "+strings.Join(told, "; "))
	}
	return strings.Join(parts, ". ") + "."
}
