package chart

import (
	"fmt"
	"math"
)

// Slope draws Value at the first and at the last date that ranks hold, for those entries that both dates have, each with
// its name and value at both ends.
func Slope(o Options, ranks []Rank) (*Figure, error) {
	cs, dates := climbs(math.MaxInt, ranks)
	f, fig, err := newFrame("slope", o, 420)
	if err != nil {
		return nil, err
	}
	fig.header = []string{"date", "rank", "name", "value"}
	ys := noExtent()
	var kept []climb
	for _, c := range cs {
		a, b := c.ranks[0], c.ranks[len(c.ranks)-1]
		if day(a.On) != dates[0] || day(b.On) != dates[len(dates)-1] || o.Log && (a.Value <= 0 || b.Value <= 0) {
			continue
		}
		kept = append(kept, c)
		ys.add(a.Value, b.Value)
		for _, r := range []Rank{a, b} {
			fig.rows = append(fig.rows, []string{iso(r.On), fmt.Sprint(r.Rank), c.label, plain(r.Value)})
		}
	}
	if len(kept) == 0 || len(dates) < 2 {
		return f.empty(fig), nil
	}
	b := f.body()
	fig.alt = bumpAlt(fig, f, kept, []float64{dates[0], dates[len(dates)-1]})
	scale := f.valueAxis(ys, b.h())
	fig.paint = func(c *canvas) {
		f.paint(c)
		paintSlope(c, f, b, kept, dates, scale)
	}
	return fig, nil
}

func paintSlope(c *canvas, f *frame, b box, cs []climb, dates []float64, s valueScale) {
	w := b.w() * 0.32
	d := box{b.x0 + w, b.y0 + tickSize*2, b.x1 - w, b.y1 - 8}
	pl := newPlot(0, 1, s.lo, s.hi, s.log)
	dc := c.part(d)
	_, ty := pl.Transforms(&dc)
	for i, at := range []float64{dates[0], dates[len(dates)-1]} {
		x := crisp(d.x0 + float64(i)*d.w())
		c.line(full(toneGrid), 1, nil, pt(x, d.y0), pt(x, d.y1))
		c.words(words{x: x, y: d.y0 - tickSize*1.4, s: monthDate(dateOf(at), f.zh), size: tickSize, tone: toneFaint, anchor: atMiddle})
	}
	var left, right []endLabel
	for _, cl := range cs {
		a, z := cl.ranks[0], cl.ranks[len(cl.ranks)-1]
		y0, y1 := float64(ty(a.Value)), float64(ty(z.Value))
		c.line(full(cl.look.line), 2.2, nil, pt(d.x0, y0), pt(d.x1, y1))
		c.disc(full(cl.look.line), d.x0, y0, 4)
		c.disc(full(cl.look.line), d.x1, y1, 4)
		left = append(left, endLabel{y: y0, text: cut(cl.label, w-80, labelSize, true), tail: f.num.value(a.Value), tone: cl.look.text, rank: a.Value})
		right = append(right, endLabel{y: y1, text: cut(cl.label, w-80, labelSize, true), tail: "  " + f.num.value(z.Value), tone: cl.look.text, rank: z.Value, from: d.x1})
	}
	left, _ = spread(left, d.y0, d.y1, labelSize*1.25)
	for _, l := range left {
		c.words(words{x: d.x0 - 10, y: l.at - labelSize*0.34, s: l.text + "  " + l.tail, size: labelSize, tone: l.tone, anchor: atEnd})
	}
	right, _ = spread(right, d.y0, d.y1, labelSize*1.25)
	c.paintEndLabels(right, d.x1)
}
