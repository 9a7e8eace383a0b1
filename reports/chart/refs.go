package chart

import "math"

// paintRefs draws reference lines: a horizontal one at a value, a vertical one at a date.
func (p *panel) paintRefs(c *canvas, d box, x, y func(float64) float64) {
	for _, r := range p.refs {
		class := "ref-x"
		if r.On.IsZero() {
			class = "ref-y"
		}
		c.open(group{class: class})
		p.paintRef(c, r, d, x, y)
		c.shut()
	}
}

func (p *panel) paintRef(c *canvas, r Ref, d box, x, y func(float64) float64) {
	if r.On.IsZero() {
		if yy := crisp(y(r.Value)); yy >= d.y0 && yy <= d.y1 {
			c.line(full(toneWarn), 1.2, []float64{4, 3}, pt(d.x0, yy), pt(d.x1, yy))
		}
		return
	}
	xx := x(day(r.On))
	if !r.Until.IsZero() && xx < d.x1 {
		if end := x(day(r.Until)); end > d.x0 {
			c.rect(faded(toneWarn, 0.12), box{math.Max(xx, d.x0), d.y0, math.Min(end, d.x1), d.y1})
		}
	}
	if xx >= d.x0 && xx <= d.x1 {
		c.line(full(toneWarn), 1.2, []float64{4, 3}, pt(crisp(xx), d.y0), pt(crisp(xx), d.y1))
	}
}

// refWords names the reference lines where no curve runs, else at their first place.
func (p *panel) refWords(d box, k *clutter, x, y func(float64) float64) (out []words) {
	for _, r := range p.refs {
		w := words{s: cut(clean(r.Label), d.w()*0.6, tickSize, false), size: tickSize, tone: toneInk, halo: true}
		if w.s == "" {
			continue
		}
		var at []words
		put := func(x, y float64, a anchor) {
			v := w
			v.x, v.y, v.anchor = x, y, a
			if b := v.box(); b.x0 >= d.x0-1 && b.x1 <= d.x1+1 {
				at = append(at, v)
			}
		}
		if r.On.IsZero() {
			yy := crisp(y(r.Value))
			if yy < d.y0 || yy > d.y1 {
				continue
			}
			for _, dy := range []float64{4, -tickSize} {
				put(d.x1-4, yy+dy, atEnd)
				put(d.x0+4, yy+dy, atStart)
				put((d.x0+d.x1)/2, yy+dy, atMiddle)
			}
		} else {
			xx := x(day(r.On))
			if xx < d.x0 || xx > d.x1 {
				continue
			}
			end := xx
			if !r.Until.IsZero() {
				end = math.Min(math.Max(xx, x(day(r.Until))), d.x1)
			}
			for _, dy := range []float64{tickSize, d.h() / 4, d.h() / 2, d.h() * 0.75} {
				put(end+5, d.y1-dy, atStart)
				put(xx-5, d.y1-dy, atEnd)
			}
		}
		if len(at) == 0 {
			continue
		}
		v, ok := k.firstFree(at...)
		if !ok {
			v = at[0]
			k.put(v.box())
		}
		out = append(out, v)
	}
	return out
}
