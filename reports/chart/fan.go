package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot/vg"
)

const windowPitch = 20.0

// Fan draws history as known at Cut, the quantiles expected from then on (90, 80 and 50 % intervals, each darker, and
// the median dashed), what came afterwards dotted, and below the axis the windows that others named, ours first if the
// caller puts it first. The time axis ends with the last thing drawn, however far Options.To goes.
func Fan(o Options, d FanData) (*Figure, error) {
	if n := max(len(d.History), len(d.Fans), len(d.Truth), len(d.Windows)); n > mostSeries {
		return nil, tooMany("fan", o.ID, n)
	}
	zh := o.Lang == "zh"
	hist, lost1 := curves(o, d.History, false)
	truth, lost2 := curves(o, d.Truth, false)
	var notes []string
	if n := lost1 + lost2; n > 0 {
		notes = append(notes, fmt.Sprintf(pick(zh, "%d 个零或负值无法显示", "%d values of zero or less not shown"), n))
	}
	f, fig, err := newFrame("fan", o, 380+windowPitch*float64(len(d.Windows)), notes...)
	if err != nil {
		return nil, err
	}
	fans := slices.Clone(d.Fans)
	fig.header, fig.rows = fanTable(hist, fans, truth, d.Windows)
	hist, truth = within(hist, o), within(truth, o)
	xs, ys := ranges(append(slices.Clone(hist), truth...), o.Log)
	for i := range fans {
		fans[i].Points = usable(fans[i].Points, o)
		for _, q := range fans[i].Points {
			xs.add(day(q.On))
			ys.add(q.Q10, q.Q90, q.Q50)
		}
	}
	if !xs.ok() {
		return f.empty(fig), nil
	}
	p := &panel{f: f, curves: append(hist, truth...), events: o.Events, refs: o.Refs, labels: true}
	p.xs = f.timeRange(xs)
	p.xs.hi = lastDrawn(xs, p.xs, d)
	b := f.body()
	p.strip = windowStrip(d.Windows)
	p.scale = f.valueAxis(ys, b.h()-p.strip)
	p.xticks = dateTicks{length: b.w() * 0.75, gap: 52, zh: zh}.Ticks(p.xs.lo, p.xs.hi)
	if !d.Cut.IsZero() {
		p.refs = append(slices.Clone(p.refs), Ref{On: d.Cut, Label: fmt.Sprintf(pick(zh, "预测于 %s", "forecast of %s"), longDate(d.Cut, zh))})
	}
	p.stroke = func(i int, c *curve) stroke {
		if i >= len(hist) {
			return stroke{width: 1.3, dash: []float64{1, 3}, marks: len(c.pts) <= 80}
		}
		return stroke{width: 2.2, marks: len(c.pts) <= 60}
	}
	p.nameFans(fans, len(hist), d)
	for i, fs := range fans {
		p.before = append(p.before, fanPlotter(fs, lookFor(fs.Platform, "", i), p.scale))
	}
	p.inStrip = func(c *canvas, sb box, x func(float64) float64) { paintWindows(c, f, sb, d.Windows, p.xs, x) }
	fig.alt = fanAlt(fig, f, hist, fans, truth, d)
	fig.paint = func(c *canvas) {
		f.paint(c)
		p.paint(c, b)
	}
	return fig, nil
}

// lastDrawn is where the time axis ends: at the end asked for, or before it where nothing is drawn from there on.
func lastDrawn(data, asked extent, d FanData) float64 {
	last := math.Max(data.hi, day(d.Cut))
	for _, w := range d.Windows {
		for _, t := range []time.Time{w.From, w.To, w.Median} {
			if !t.IsZero() {
				last = math.Max(last, day(t))
			}
		}
	}
	return math.Max(math.Min(asked.hi, last), asked.lo+1)
}

// covers tells whether the options' time axis holds t.
func (o Options) covers(t time.Time) bool {
	return (o.From.IsZero() || !t.Before(o.From)) && (o.To.IsZero() || !t.After(o.To))
}

// within leaves out what lies beside the time axis that the options ask for.
func within(cs []curve, o Options) (out []curve) {
	for _, c := range cs {
		kept := c
		kept.pts, kept.x, kept.breaks = nil, nil, map[int]bool{}
		for i, p := range c.pts {
			if o.covers(p.On) {
				kept.breaks[len(kept.pts)] = c.breaks[i]
				kept.pts, kept.x = append(kept.pts, p), append(kept.x, c.x[i])
			}
		}
		if len(kept.pts) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

// usable sorts quantiles and leaves out those that cannot be drawn.
func usable(in []Quantiles, o Options) (out []Quantiles) {
	for _, q := range in {
		if finite(q.Q50) && finite(q.Q10) && finite(q.Q90) && (!o.Log || q.Q50 > 0) && o.covers(q.On) {
			out = append(out, q)
		}
	}
	slices.SortStableFunc(out, func(a, b Quantiles) int { return a.On.Compare(b.On) })
	return out
}

// nameFans decides which ends are named: a fan at its end; history only where no fan goes on from it, truth never.
func (p *panel) nameFans(fans []FanSeries, histories int, d FanData) {
	named := map[string]bool{}
	for i, fs := range fans {
		if len(fs.Points) == 0 {
			continue
		}
		last := fs.Points[len(fs.Points)-1]
		l := lookFor(fs.Platform, "", i)
		p.extra = append(p.extra, endLabel{y: last.Q50, text: clean(fs.Label), tail: "  " + p.f.num.value(last.Q50), tone: l.text, rank: last.Q50, from: day(last.On), key: fs.Key})
		named[fs.Key], named[fs.Platform] = true, true
	}
	var all []endLabel
	for i := range p.curves[:histories] {
		c := &p.curves[i]
		if named[c.Key] || c.Platform != "" && named[c.Platform] {
			continue
		}
		last := c.pts[len(c.pts)-1]
		all = append(all, endLabel{y: last.Y, text: c.Label, tail: "  " + p.f.num.value(last.Y), tone: c.look.text, rank: last.Y, from: c.x[len(c.x)-1], key: c.Key})
	}
	p.extra = append(all, p.extra...)
	p.onlyExtra = true
}

// fanPlotter draws the 90, 80 and 50 % intervals, each darker, and the median.
func fanPlotter(fs FanSeries, l look, s valueScale) plotter {
	return func(c *canvas, x, y func(float64) float64) {
		c.open(group{class: "fan", attrs: []string{"data-key", fs.Key, "data-label", clean(fs.Label)}})
		defer c.shut()
		for _, pair := range [][2]func(Quantiles) float64{
			{func(q Quantiles) float64 { return q.Q05 }, func(q Quantiles) float64 { return q.Q95 }},
			{func(q Quantiles) float64 { return q.Q10 }, func(q Quantiles) float64 { return q.Q90 }},
			{func(q Quantiles) float64 { return q.Q25 }, func(q Quantiles) float64 { return q.Q75 }},
		} {
			var top, bottom []vg.Point
			for _, q := range fs.Points {
				lo, hi := pair[0](q), pair[1](q)
				if lo == hi && q.Q50 != lo {
					continue // not given
				}
				px := x(day(q.On))
				top, bottom = append(top, pt(px, y(s.clip(hi)))), append(bottom, pt(px, y(s.clip(lo))))
			}
			if len(top) > 1 {
				slices.Reverse(bottom)
				c.area(faded(l.line, 0.14), append(top, bottom...))
			}
		}
		var mid []vg.Point
		for _, q := range fs.Points {
			mid = append(mid, pt(x(day(q.On)), y(s.clip(q.Q50))))
		}
		if len(mid) > 1 {
			c.line(full(l.line), 2, []float64{6, 4}, mid...)
		}
	}
}

func windowStrip(ws []Window) float64 {
	if len(ws) == 0 {
		return 0
	}
	return float64(len(ws))*windowPitch + 10
}

// paintWindows draws what others said as bars on the time axis, one row each.
func paintWindows(c *canvas, f *frame, b box, ws []Window, xs extent, x func(float64) float64) {
	c.open(group{class: "windows"})
	defer c.shut()
	for i, w := range ws {
		y := b.y1 - 4 - windowPitch*(float64(i)+0.5)
		from, to := day(w.From), xs.hi
		open := w.To.IsZero()
		if !open {
			to = day(w.To)
		}
		x0, x1 := x(math.Max(from, xs.lo)), x(math.Min(math.Max(to, xs.lo), xs.hi))
		tone, height := toneQuiet, 6.0
		if w.Ours {
			tone, height = toneAccent, 8
		}
		if from <= xs.hi && to >= xs.lo {
			c.tip(windowText(w, f.zh))
			c.rect(faded(tone, 0.8), box{x0, y - height/2, math.Max(x1, x0+2), y + height/2})
			if open || to > xs.hi {
				c.area(full(tone), []vg.Point{pt(x1, y-height), pt(x1+7, y), pt(x1, y+height)})
			}
			if m := day(w.Median); !w.Median.IsZero() && m >= xs.lo && m <= xs.hi {
				c.line(full(toneInk), 2.4, nil, pt(x(m), y-7), pt(x(m), y+7))
			}
		}
		c.words(windowName(w, y, x0, x1, b))
	}
}

// windowName seats a window's name left of its bar from x0 to x1, else right of it, else cut where there is more room.
func windowName(w Window, y, x0, x1 float64, b box) words {
	n := words{y: y - eventSize*0.36, s: clean(w.Label), size: eventSize, tone: toneSoft, bold: w.Ours, halo: true}
	left, right := x0-8-b.x0, b.x1-x1-12
	wd := n.width() * reserve
	if wd > max(left, right) {
		n.s = cut(n.s, max(left, right, math.Min(120, b.w())), eventSize, n.bold)
		wd = n.width() * reserve
	}
	if left >= right || wd <= left {
		n.x, n.anchor = math.Max(x0-8, b.x0+wd), atEnd
	} else {
		n.x = math.Min(x1+12, b.x1-wd)
	}
	return n
}

func windowText(w Window, zh bool) string {
	to := pick(zh, "以后", "on")
	if !w.To.IsZero() {
		to = longDate(w.To, zh)
	}
	text := clean(w.Label) + ": " + longDate(w.From, zh) + " – " + to
	if w.Note != "" {
		text += "; " + clean(w.Note)
	}
	return text
}

// fanTable lays open history, forecast, truth and windows.
func fanTable(hist []curve, fans []FanSeries, truth []curve, ws []Window) (header []string, rows [][]string) {
	header = []string{"part", "series", "date", "value", "q05", "q10", "q25", "q75", "q90", "q95", "note"}
	add := func(part string, cs []curve) {
		for i := range cs {
			for _, p := range cs[i].pts {
				rows = append(rows, []string{part, cs[i].Label, iso(p.On), plain(p.Y), "", "", "", "", "", "", clean(p.Note)})
			}
		}
	}
	add("known", hist)
	for _, fs := range fans {
		for _, q := range fs.Points {
			rows = append(rows, []string{"forecast", clean(fs.Label), iso(q.On), plain(q.Q50), given(q.Q05, q.Q95), plain(q.Q10), given(q.Q25, q.Q75),
				given(q.Q75, q.Q25), plain(q.Q90), given(q.Q95, q.Q05), ""})
		}
	}
	add("came", truth)
	for _, w := range ws {
		rows = append(rows, []string{"window", clean(w.Label), iso(w.From), "", "", "", "", "", "", "", strings.TrimSpace("to " + iso(w.To) + " " + clean(w.Note))})
	}
	return header, rows
}

// given writes v unless it equals its partner, which means that the pair was not given.
func given(v, partner float64) string {
	if v == partner {
		return ""
	}
	return plain(v)
}

func fanAlt(fig *Figure, f *frame, hist []curve, fans []FanSeries, truth []curve, d FanData) string {
	parts := []string{fig.Title, fig.Subtitle}
	for i := range hist {
		parts = append(parts, hist[i].summary(f, false))
	}
	for _, fs := range fans {
		if n := len(fs.Points); n > 0 {
			q := fs.Points[n-1]
			parts = append(parts, fmt.Sprintf(pick(f.zh, "%s 在 %s 的预测：%s（80%% 区间 %s 至 %s）", "%s on %s is expected at %s (80 %% interval %s to %s)"),
				clean(fs.Label), longDate(q.On, f.zh), f.num.value(q.Q50), f.num.value(q.Q10), f.num.value(q.Q90)))
		}
	}
	for i := range truth {
		parts = append(parts, pick(f.zh, "后来：", "What came: ")+truth[i].summary(f, false))
	}
	for _, w := range d.Windows {
		parts = append(parts, windowText(w, f.zh))
	}
	return strings.Join(parts, ". ") + "."
}
