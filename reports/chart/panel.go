package chart

import (
	"math"
	"strings"

	"gonum.org/v1/plot"
)

// A panel is one coordinate system with its curves: the whole of Lines, one of the small charts of Panels.
type panel struct {
	f       *frame
	title   string
	curves  []curve
	events  []Event
	refs    []Ref
	numeric bool // x is Point.X rather than a date
	aged    bool // x is an age in days
	xs      extent
	scale   valueScale
	xticks  []plot.Tick
	small   bool
	before  []plotter // drawn beneath the curves
	after   []plotter // drawn above them
	strip   float64   // height kept free between the data and the labels of the x axis
	inStrip func(c *canvas, b box, x func(float64) float64)
	labels  bool // direct labels at the right
	stroke  func(i int, c *curve) stroke
	noBand  bool
	extra   []endLabel // labels besides those of the curves; y holds the value

	onlyExtra bool // the curves' own ends are not named
	crowded   bool // quiet curves are not named
	xlabel    string
	wordy     bool // labels are sentences rather than names: they may be wider

	padLeft, padRight float64 // least room beside the data, so that panels stand in line
}

// ranges gives the extents of what the curves draw. Bands may widen the range of the values, but not by more than
// bandRoom: a hugely uncertain reading would flatten all the others. What lies beyond is cut off at the edge.
func ranges(cs []curve, log bool) (xs, ys extent) {
	xs, ys = noExtent(), noExtent()
	bands := noExtent()
	for i := range cs {
		xs.add(cs[i].x...)
		for j, p := range cs[i].pts {
			ys.add(p.Y)
			if lo, hi, ok := cs[i].band(j); ok {
				bands.add(lo, hi)
			}
		}
	}
	if !ys.ok() || !bands.ok() {
		return xs, ys
	}
	low, high := ys.lo-(ys.hi-ys.lo)*bandRoom, ys.hi+(ys.hi-ys.lo)*bandRoom
	if log {
		low, high = ys.lo*bandRoom, ys.hi/bandRoom
	} else if ys.lo == ys.hi {
		low, high = bands.lo, bands.hi
	}
	ys.add(math.Max(bands.lo, low), math.Min(bands.hi, high))
	return xs, ys
}

// bandRoom is how far bands may widen an axis: by this share of a linear one, by this factor of a logarithmic one.
const bandRoom = 0.5

// valueAxis makes the scale for values in an axis of the given height.
func (f *frame) valueAxis(ys extent, height float64) valueScale {
	n := max(2, int(height/52))
	if f.o.Log {
		return logarithmic(ys.lo, ys.hi, n+1, f.num)
	}
	return linear(ys.lo, ys.hi, n, f.num)
}

// timeRange widens the x extent to what the options ask for.
func (f *frame) timeRange(xs extent) extent {
	if !f.o.From.IsZero() {
		xs.lo = day(f.o.From)
	}
	if !f.o.To.IsZero() {
		xs.hi = day(f.o.To)
	}
	if xs.lo == xs.hi {
		xs.lo, xs.hi = xs.lo-180, xs.hi+180
	}
	return xs
}

// yLabelWidth is how much room the value labels need.
func (p *panel) yLabelWidth() float64 {
	w := 0.0
	for _, l := range p.scale.label {
		w = math.Max(w, measure(l, tickSize, false))
	}
	return w*reserve + 8
}

// endLabels makes the labels of the curves; y is in values until it is placed.
func (p *panel) endLabels(withValues bool) []endLabel {
	var out []endLabel
	if p.onlyExtra {
		return append(out, p.extra...)
	}
	for i := range p.curves {
		c := &p.curves[i]
		if c.Quiet && p.crowded {
			continue
		}
		last := c.pts[len(c.pts)-1]
		l := endLabel{y: last.Y, text: c.Label, tone: c.look.text, rank: last.Y, from: c.x[len(c.x)-1], key: c.Key}
		if c.Quiet {
			l.rank -= 1e18
		}
		if withValues && !c.Quiet {
			l.tail = "  " + p.f.num.value(last.Y)
		}
		out = append(out, l)
	}
	return append(out, p.extra...)
}

// labelWidth shortens labels to most, their values first, and gives the room that they need.
func labelWidth(ls []endLabel, most float64) float64 {
	w := 0.0
	for i := range ls {
		tail := measure(ls[i].tail, labelSize, false)
		if tail > 0 && (measure(ls[i].text, labelSize, true)+tail)*reserve > most {
			ls[i].tail, tail = "", 0
		}
		ls[i].text = cut(ls[i].text, most, labelSize, true)
		w = math.Max(w, measure(ls[i].text, labelSize, true)+tail)
	}
	if w == 0 {
		return 6
	}
	return w*reserve + 12
}

// mostLabel is the widest that labels at the right may become.
func (p *panel) mostLabel(b box) float64 {
	if p.wordy {
		return 0.42 * b.w()
	}
	return math.Min(0.34*b.w(), 210)
}

// paint draws the panel into b and reports how many labels found no room.
func (p *panel) paint(c *canvas, b box) (lost int) {
	top := b.y1
	if p.title != "" {
		b.y1 -= labelSize * 1.7
	}
	l, ok := p.layOut(c, b)
	c.open(group{class: "panel", attrs: p.axes(l, ok)})
	defer c.shut()
	if p.title != "" {
		c.words(words{x: b.x0, y: top - labelSize, s: cut(p.title, b.w(), labelSize, true), size: labelSize, bold: true, tone: toneInk})
	}
	if !ok {
		return l.lost
	}
	p.paintGrid(c, l.d, l.x, l.y)
	p.paintEvents(c, l.d, l.events, l.flags)
	p.paintRefs(c, l.d, l.x, l.y)
	p.paintCurves(l)
	if p.inStrip != nil {
		p.inStrip(c, box{l.d.x0, l.d.y0 - p.strip, l.d.x1, l.d.y0}, l.x)
	}
	c.notes(l.refs)
	c.paintSideLabels(l.inside)
	c.paintEndLabels(l.beyond, l.d.x1)
	return l.lost
}

// paintCurves lets gonum's plot draw bands, lines and readings, each kind above the one before.
func (p *panel) paintCurves(l layout) {
	for _, q := range p.before {
		l.pl.Add(q)
	}
	for i := range p.curves {
		if cv := &p.curves[i]; !cv.Quiet && !p.noBand {
			l.pl.Add(cv.bandPlotter(p.scale))
		}
	}
	for _, quiet := range []bool{true, false} {
		for i := range p.curves {
			if cv := &p.curves[i]; cv.Quiet == quiet {
				l.pl.Add(cv.linePlotter(p.strokeOf(i), p.tipOf(cv)))
			}
		}
	}
	for _, q := range p.after {
		l.pl.Add(q)
	}
	l.pl.X.Min, l.pl.X.Max, l.pl.Y.Min, l.pl.Y.Max = p.xs.lo, p.xs.hi, p.scale.lo, p.scale.hi
	if p.xs.lo == p.xs.hi {
		l.pl.X.Min, l.pl.X.Max = p.xs.lo-1, p.xs.hi+1
	}
	l.pl.Draw(l.dc)
}

func (p *panel) strokeOf(i int) stroke {
	cv := &p.curves[i]
	if p.stroke != nil {
		return p.stroke(i, cv)
	}
	st := stroke{width: 2.2, marks: len(cv.pts) <= 60, radius: 3}
	if cv.Quiet {
		st = stroke{width: 1.2}
	} else {
		st.dash = dashes[p.twins(i)%len(dashes)]
	}
	if p.small {
		st.width, st.radius = 1.8, 2.3
	}
	return st
}

// dashes tell apart the lines of one chart that look alike: two counts of a platform, two platforms that the house does
// not know.
var dashes = [][]float64{nil, {7, 3}, {2, 2.5}, {9, 3, 2, 3}}

// twins counts the curves before the i-th that look as it does.
func (p *panel) twins(i int) (n int) {
	for j := range i {
		if !p.curves[j].Quiet && p.curves[j].look == p.curves[i].look {
			n++
		}
	}
	return n
}

func (p *panel) tipOf(c *curve) func(Point) string {
	return func(pt Point) string {
		at := longDate(pt.On, p.f.zh)
		if p.numeric {
			at = trimmed(pt.X, 4)
		}
		text := c.Label + ", " + at + ": " + p.f.num.value(pt.Y)
		if pt.Lo != pt.Hi {
			text += " (" + p.f.num.value(pt.Lo) + "–" + p.f.num.value(pt.Hi) + ")"
		}
		if pt.Note != "" {
			text += "; " + clean(pt.Note)
		}
		return text
	}
}

// tickLines is 1 where tick labels have a second line, for the year.
func (p *panel) tickLines() float64 {
	for _, t := range p.xticks {
		if strings.Contains(t.Label, "\n") {
			return 1
		}
	}
	return 0
}

// paintGrid draws quiet horizontal lines with their values, and the ticks of the x axis.
func (p *panel) paintGrid(c *canvas, d box, x, y func(float64) float64) {
	c.open(group{class: "grid"})
	defer c.shut()
	for i, v := range p.scale.at {
		yy := crisp(y(v))
		tone := toneGrid
		if v == 0 || i == 0 && p.scale.log {
			tone = toneAxis
		}
		c.line(full(tone), 1, nil, pt(d.x0, yy), pt(d.x1, yy))
		c.words(words{x: d.x0 - 6, y: yy - tickSize*0.36, s: p.scale.label[i], size: tickSize, tone: toneFaint, anchor: atEnd})
	}
	base := d.y0 - p.strip
	if p.strip > 0 {
		c.line(full(toneGrid), 1, nil, pt(d.x0, crisp(base)), pt(d.x1, crisp(base)))
	}
	if p.xlabel != "" {
		c.words(words{x: d.x1, y: base - 6 - tickSize*2.05, s: cut(p.xlabel, d.w(), tickSize, false), size: tickSize, tone: toneSoft, anchor: atEnd})
	}
	right := math.Inf(-1)
	for _, t := range p.xticks {
		xx := x(t.Value)
		if xx < d.x0-1 || xx > d.x1+1 || t.IsMinor() {
			continue
		}
		c.line(full(toneAxis), 1, nil, pt(crisp(xx), base), pt(crisp(xx), base-4))
		lines := strings.Split(t.Label, "\n")
		w := measure(lines[0], tickSize, false)
		if xx-w/2 < right+6 {
			continue
		}
		right = xx + w/2
		for j, line := range lines {
			c.words(words{x: xx, y: base - 6 - tickSize*(0.9+1.15*float64(j)), s: line, size: tickSize, tone: toneFaint, anchor: atMiddle})
		}
	}
}
