package chart

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// A layout is where the parts of a panel stand.
type layout struct {
	d      box // the data's rectangle
	pl     *plot.Plot
	dc     draw.Canvas
	x, y   func(float64) float64
	events []Event
	flags  []flag
	refs   []words
	inside []sideLabel // labels beside the ends of lines that end early
	beyond []endLabel  // labels right of the data
	lost   int         // labels without room
}

// layOut arranges the panel in b. Lines that end well before the right edge are named at their ends, where there is
// room; only when a name finds none are all of the names put at the right, with leaders.
func (p *panel) layOut(c *canvas, b box) (l layout, ok bool) {
	var labels []endLabel
	if p.labels {
		labels = p.endLabels(!p.small)
	}
	var early, late []endLabel
	for i, e := range labels {
		e.id = i
		labels[i].id = i
		if (p.xs.hi-e.from)/(p.xs.hi-p.xs.lo) > earlyEnd {
			early = append(early, e)
		} else {
			late = append(late, e)
		}
	}
	if l, ok = p.place(c, b, early, late); !ok || len(l.inside) == len(early) {
		return l, ok
	}
	return p.place(c, b, early, labels)
}

// earlyEnd is the share of the width before the right edge from which on a line counts as having ended early.
const earlyEnd = 0.12

// place arranges the panel with room at the right for the late labels.
func (p *panel) place(c *canvas, b box, early, late []endLabel) (l layout, ok bool) {
	late = slices.Clone(late)
	d := b
	d.x0 += math.Max(p.yLabelWidth(), p.padLeft)
	d.x1 -= math.Max(labelWidth(late, p.mostLabel(b))+4, p.padRight)
	d.y0 += tickSize*1.7 + p.tickLines()*tickSize*1.1 + p.strip
	d.y1 -= 8
	if d.w() < 40 || d.h() < 30 {
		return layout{lost: len(early) + len(late)}, false
	}
	l.pl = newPlot(p.xs.lo, p.xs.hi, p.scale.lo, p.scale.hi, p.scale.log)
	within := func() {
		l.dc = c.part(d)
		tx, ty := l.pl.Transforms(&l.dc)
		l.x = func(v float64) float64 { return float64(tx(v)) }
		l.y = func(v float64) float64 { return float64(ty(v)) }
	}
	within()
	var rows int
	l.events = p.eventsIn()
	if l.flags, rows = p.flags(l.events, d, l.x); rows > 0 && d.h()-float64(rows)*eventPitch-4 > 60 {
		d.y1 -= float64(rows)*eventPitch + 4
		within()
	} else {
		for i := range l.flags {
			l.flags[i].text = ""
		}
	}
	l.d = d
	k := newClutter(d)
	for i := range p.curves {
		k.curve(&p.curves[i], l.x, l.y)
	}
	l.refs = p.refWords(d, k, l.x, l.y)
	for _, r := range p.refs {
		if at := crisp(l.x(day(r.On))); r.On.IsZero() {
			k.stroke(pt(d.x0, l.y(r.Value)), pt(d.x1, l.y(r.Value)))
		} else {
			k.stroke(pt(at, d.y0), pt(at, d.y1))
		}
	}
	inside := map[int]bool{}
	for _, e := range early {
		if w, ok := e.beside(k, d, l.x(e.from), l.y(e.y)); ok {
			l.inside = append(l.inside, w)
			inside[e.id] = true
		}
	}
	for _, e := range late {
		if inside[e.id] {
			continue
		}
		e.y, e.from = l.y(e.y), l.x(e.from)
		l.beyond = append(l.beyond, e)
	}
	l.beyond, l.lost = spread(l.beyond, d.y0+4, d.y1, labelSize*1.25)
	return l, true
}
