package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

const (
	dotPitch   = 26.0
	groupPitch = 30.0
)

// values gives a dot's place and intervals on the axis: dates become days.
func (d Dot) values() (x, lo, hi, lo95, hi95 float64, timed bool) {
	if d.On.IsZero() && d.OnLo.IsZero() && d.OnHi.IsZero() {
		return d.X, d.Lo, d.Hi, d.Lo95, d.Hi95, false
	}
	or := func(v float64, zero bool) float64 {
		if zero {
			return math.NaN()
		}
		return v
	}
	x = or(day(d.On), d.On.IsZero())
	lo, hi = or(day(d.OnLo), d.OnLo.IsZero()), or(day(d.OnHi), d.OnHi.IsZero())
	lo95, hi95 = or(day(d.OnLo95), d.OnLo95.IsZero()), or(day(d.OnHi95), d.OnHi95.IsZero())
	return x, lo, hi, lo95, hi95, true
}

// Dots draws estimates with their 80 and 95 % intervals, one line each, in the order given, under the name of their
// Group, on an axis of numbers or of dates. What is missing is said in words in its place. Rows that find no room in a
// given Size are counted at the foot.
func Dots(o Options, dots []Dot) (*Figure, error) {
	if len(dots) > mostSeries {
		return nil, fmt.Errorf("chart dots %s: %d estimates, at most %d can be read: choose some", o.ID, len(dots), mostSeries)
	}
	groups := 0
	for i, d := range dots {
		if d.Group != "" && (i == 0 || dots[i-1].Group != d.Group) {
			groups++
		}
	}
	f, fig, err := newFrame("dots", o, float64(len(dots))*dotPitch+float64(groups)*groupPitch+54)
	if err != nil {
		return nil, err
	}
	xs, timed := noExtent(), false
	for _, d := range dots {
		if d.Missing != "" {
			continue
		}
		x, lo, hi, lo95, hi95, t := d.values()
		timed = timed || t
		xs.add(x, lo, hi, lo95, hi95)
	}
	for _, r := range o.Refs {
		if timed && !r.On.IsZero() {
			xs.add(day(r.On))
			if !r.Until.IsZero() {
				xs.add(day(r.Until))
			}
		} else if !timed && r.On.IsZero() {
			xs.add(r.Value)
		}
	}
	fig.header, fig.rows = dotTable(dots)
	if !xs.ok() && len(dots) == 0 {
		return f.empty(fig), nil
	}
	dp := &dotPlot{f: f, dots: dots, timed: timed, refs: o.Refs, pitch: dotPitch, gpitch: groupPitch, decimals: decimalsOf(dots)}
	b := f.body()
	if want := float64(len(dots))*dotPitch + float64(groups)*groupPitch + 54; b.h() < want {
		dp.squeeze(math.Max(leastPitch, b.h()/want), b.h()-54)
	}
	dp.axis(xs, b)
	fig.alt = dotAlt(fig, f, dots)
	fig.paint = func(c *canvas) {
		f.paint(c)
		dp.paint(c, b)
	}
	return fig, nil
}

// A dotPlot is the body of Dots.
type dotPlot struct {
	f             *frame
	dots          []Dot
	refs          []Ref
	timed         bool
	xs            extent
	ticks         []plot.Tick
	left, right   float64 // widths of the names and of the values
	estimates     float64 // width of the estimates within right
	decimals      int     // of shares
	more          int     // dots that found no room
	pitch, gpitch float64
}

// leastPitch is how far rows may be pushed together.
const leastPitch = 0.45

// squeeze pushes rows together by k, and leaves out the last where they do not fit into the height even so.
func (p *dotPlot) squeeze(k, height float64) {
	p.pitch, p.gpitch = dotPitch*k, groupPitch*k
	used := 0.0
	for i, d := range p.dots {
		if used += p.pitch; d.Group != "" && (i == 0 || d.Group != p.dots[i-1].Group) {
			used += p.gpitch
		}
		if used > height+1 {
			p.more = len(p.dots) - max(0, i-1) // the last row tells how many are missing
			p.dots = p.dots[:len(p.dots)-p.more]
			return
		}
	}
}

func (p *dotPlot) axis(xs extent, b box) {
	for _, d := range p.dots {
		p.left = math.Max(p.left, measure(clean(d.Label), labelSize, false))
		estimate, interval := p.valueText(d)
		p.estimates = math.Max(p.estimates, measure(estimate, tickSize, true)*reserve)
		p.right = math.Max(p.right, measure(interval, tickSize, false)*reserve)
	}
	p.left = math.Min(p.left*reserve+14, b.w()*0.36)
	p.right = math.Min(p.estimates+p.right+32, b.w()*0.4)
	width := b.w() - p.left - p.right
	if !xs.ok() {
		xs = extent{0, 1}
	}
	if p.timed {
		pad := math.Max((xs.hi-xs.lo)*0.03, 10)
		p.xs = extent{xs.lo - pad, xs.hi + pad}
		if !p.f.o.From.IsZero() {
			p.xs.lo = day(p.f.o.From)
		}
		if !p.f.o.To.IsZero() {
			p.xs.hi = day(p.f.o.To)
		}
		p.ticks = dateTicks{length: width, gap: 52, zh: p.f.zh}.Ticks(p.xs.lo, p.xs.hi)
		return
	}
	var s valueScale
	if p.f.o.Log {
		s = logarithmic(xs.lo, xs.hi, int(width/70), p.f.num)
	} else {
		s = linear(xs.lo, xs.hi, max(2, int(width/90)), p.f.num)
	}
	p.xs, p.ticks = extent{s.lo, s.hi}, s.Ticks(0, 0)
}

func (p *dotPlot) paint(c *canvas, b box) {
	d := box{b.x0 + p.left, b.y0 + 34, b.x1 - p.right, b.y1 - 18}
	if len(p.refs) == 0 {
		d.y1 = b.y1
	}
	// gonum's plot places values along x only: rows are counted in units of the drawing.
	pl := newPlot(p.xs.lo, p.xs.hi, d.y0, d.y1, p.f.o.Log && !p.timed)
	if p.f.o.Log && !p.timed {
		pl.X.Scale, pl.Y.Scale = plot.LogScale{}, plot.LinearScale{}
	}
	dc := c.part(d)
	tx, _ := pl.Transforms(&dc)
	x := func(v float64) float64 { return float64(tx(v)) }
	for _, t := range p.ticks {
		if xx := crisp(x(t.Value)); xx >= d.x0-1 && xx <= d.x1+1 {
			tone := toneGrid
			if t.Value == 0 && !p.timed {
				tone = toneAxis
			}
			c.line(full(tone), 1, nil, pt(xx, d.y0), pt(xx, d.y1))
			for j, line := range strings.Split(t.Label, "\n") {
				c.words(words{x: xx, y: d.y0 - tickSize*(1.3+1.15*float64(j)), s: line, size: tickSize, tone: toneFaint, anchor: atMiddle})
			}
		}
	}
	p.paintRefs(c, d, x)
	y := d.y1
	group := ""
	for i, dot := range p.dots {
		if dot.Group != "" && (i == 0 || dot.Group != group) {
			y -= p.gpitch
			c.words(words{x: b.x0, y: y + 4, s: cut(clean(dot.Group), b.w()*0.6, labelSize, true), size: labelSize, bold: true, tone: toneInk, halo: true})
		}
		group = dot.Group
		y -= p.pitch
		p.row(c, b, d, y+p.pitch/2-4, i, dot, x)
	}
	if p.more > 0 {
		text := fmt.Sprintf(pick(p.f.zh, "另有 %d 项，见表", "and %d more, in the table"), p.more)
		c.words(words{x: d.x0 + 6, y: math.Max(y-p.pitch/2-8, d.y0+2), s: cut(text, d.w()+p.right-12, eventSize, false), size: eventSize, tone: toneSoft, halo: true})
	}
	if p.f.o.XLabel != "" {
		c.words(words{x: d.x1, y: b.y0, s: clean(p.f.o.XLabel), size: tickSize, tone: toneSoft, anchor: atEnd})
	}
}

func (p *dotPlot) paintRefs(c *canvas, d box, x func(float64) float64) {
	for _, r := range p.refs {
		v := r.Value
		if p.timed {
			v = day(r.On)
			if !r.Until.IsZero() {
				c.rect(faded(toneWarn, 0.13), box{x(v), d.y0, x(day(r.Until)), d.y1})
			}
		}
		xx := crisp(x(v))
		if xx < d.x0 || xx > d.x1 {
			continue
		}
		c.line(full(toneWarn), 1.2, []float64{4, 3}, pt(xx, d.y0), pt(xx, d.y1))
		w := words{x: xx, y: d.y1 + 5, s: clean(r.Label), size: tickSize, tone: toneInk, anchor: atMiddle, halo: true}
		half := w.width() * reserve / 2
		w.x = math.Min(math.Max(w.x, d.x0-p.left+half), d.x1+p.right-half)
		c.words(w)
	}
}

func (p *dotPlot) row(c *canvas, b, d box, y float64, i int, dot Dot, x func(float64) float64) {
	l := lookFor(dot.Platform, "", 0)
	if dot.Platform == "" {
		l = look{toneAccent, toneInk, markDisc}
	}
	size := math.Min(labelSize, p.pitch*0.62)
	c.words(words{x: d.x0 - 10, y: y - size*0.34, s: cut(clean(dot.Label), p.left-14, size, false), size: size, tone: toneInk, anchor: atEnd})
	if dot.Missing != "" {
		c.words(words{x: d.x0 + 6, y: y - size*0.34, s: cut(clean(dot.Missing), d.w()+p.right-12, size, false), size: size, tone: toneFaint, halo: true})
		return
	}
	v, lo, hi, lo95, hi95, _ := dot.values()
	clip := func(v float64) float64 { return math.Min(math.Max(x(v), d.x0), d.x1) }
	bar := func(a, z, width float64, col paint) {
		if finite(a) && finite(z) && a != z {
			c.line(col, width, nil, pt(clip(a), y), pt(clip(z), y))
		}
	}
	if dot.Open || finite(lo) && !finite(hi) {
		hi = p.xs.hi
		c.area(full(l.line), []vg.Point{pt(d.x1, y-5), pt(d.x1+8, y), pt(d.x1, y+5)})
	}
	bar(lo95, hi95, 1.4, full(l.line))
	bar(lo, hi, 5, faded(l.line, 0.45))
	if finite(v) {
		c.tip(clean(dot.Label) + ": " + p.told(dot) + noteOf(dot.Note))
		c.mark(l, clip(v), y, 4.4)
	}
	estimate, interval := p.valueText(dot)
	size = math.Min(tickSize, size)
	at := d.x1 + 14 + p.estimates
	c.words(words{x: at, y: y - size*0.34, s: estimate, size: size, bold: true, tone: toneInk, anchor: atEnd})
	c.words(words{x: at + 12, y: y - size*0.34, s: cut(interval, p.right-p.estimates-26, size, false), size: size, tone: toneSoft})
}
