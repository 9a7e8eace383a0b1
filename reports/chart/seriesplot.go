package chart

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"
)

// A curve is a series made ready for drawing: sorted, without values that cannot be drawn, with its look.
type curve struct {
	Series
	look   look
	pts    []Point
	x      []float64
	breaks map[int]bool // no line leads from the point before to this one
	thin   bool         // more readings than pixels: of those that fall on one, two are drawn
}

// manyPoints is from where on a line has more readings than a figure has pixels.
const manyPoints = 1500

// curves makes series ready. dropped counts values that have no place on a logarithmic axis.
func curves(o Options, series []Series, numeric bool) (out []curve, dropped int) {
	gap := 400.0
	if o.Gap > 0 {
		gap = days(o.Gap)
	}
	for i, s := range series {
		c := curve{Series: s, look: lookFor(s.Platform, s.Family, i), breaks: map[int]bool{}}
		if s.Quiet {
			c.look = quietLook
		}
		c.Label = clean(s.Label)
		pts := slices.Clone(s.Points)
		slices.SortStableFunc(pts, func(a, b Point) int {
			switch x, y := a.at(numeric), b.at(numeric); {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
		holed := false
		for _, p := range pts {
			if !finite(p.Y) || !finite(p.at(numeric)) {
				holed = true
				continue
			}
			if o.Log && p.Y <= 0 {
				dropped++
				holed = true
				continue
			}
			if n := len(c.pts); n > 0 && (holed || p.at(numeric)-c.x[n-1] > gap) {
				c.breaks[n] = true
			}
			holed = false
			c.pts, c.x = append(c.pts, p), append(c.x, p.at(numeric))
		}
		if c.thin = len(c.pts) > manyPoints; len(c.pts) > 0 {
			out = append(out, c)
		}
	}
	return out, dropped
}

// band gives a point's interval, if it has one.
func (c *curve) band(i int) (lo, hi float64, ok bool) {
	p := c.pts[i]
	if p.Lo == p.Hi || !finite(p.Lo) || !finite(p.Hi) {
		return p.Y, p.Y, false
	}
	return p.Lo, p.Hi, true
}

// bandPlotter draws the uncertainty of a curve as a tinted area.
func (c *curve) bandPlotter(s valueScale) plotter {
	return func(cv *canvas, x, y func(float64) float64) {
		cv.open(group{class: "band", attrs: []string{"data-key", c.Key}})
		defer cv.shut()
		var top, bottom []vg.Point
		flush := func() {
			if len(top) == 1 { // a lone reading: a whisker
				cv.line(faded(c.look.line, 0.5), 2, nil, top[0], bottom[0])
			} else if len(top) > 1 {
				slices.Reverse(bottom)
				cv.area(faded(c.look.line, 0.16), append(top, bottom...))
			}
			top, bottom = nil, nil
		}
		for i := range c.pts {
			if c.breaks[i] {
				flush()
			}
			lo, hi, ok := c.band(i)
			if !ok && len(top) == 0 {
				continue
			}
			px := x(c.x[i])
			top, bottom = append(top, pt(px, y(s.clip(hi)))), append(bottom, pt(px, y(s.clip(lo))))
		}
		flush()
	}
}

// area fills a polygon.
func (c *canvas) area(p paint, pts []vg.Point) {
	var path vg.Path
	for i, q := range pts {
		if i == 0 {
			path.Move(q)
		} else {
			path.Line(q)
		}
	}
	path.Close()
	c.SetColor(p)
	c.Fill(path)
}

// A stroke says how a curve's line is drawn.
type stroke struct {
	width float64
	dash  []float64
	marks bool

	radius float64 // of the marks; 0 means 3
}

// linePlotter draws a curve's line, broken where nothing is known, and its readings where they are few.
func (c *curve) linePlotter(st stroke, tip func(Point) string) plotter {
	return func(cv *canvas, x, y func(float64) float64) {
		cv.open(group{class: "series", attrs: []string{"data-key", c.Key, "data-label", c.Label}})
		defer cv.shut()
		var run []vg.Point
		flush := func() {
			if c.thin {
				run = thinned(run)
			}
			if len(run) > 1 {
				cv.line(full(c.look.line), st.width, st.dash, run...)
			}
			run = nil
		}
		for i, p := range c.pts {
			q := pt(x(c.x[i]), y(p.Y))
			if c.breaks[i] {
				flush()
			}
			run = append(run, q)
		}
		flush()
		for i, p := range c.pts {
			if !st.marks && !c.alone(i) {
				continue
			}
			if c.look.mark.compound() {
				cv.open(group{class: "m"})
			}
			if tip != nil {
				cv.tip(tip(p))
			}
			cv.mark(c.look, x(c.x[i]), y(p.Y), cmp.Or(st.radius, 3))
			if c.look.mark.compound() {
				cv.shut()
			}
		}
	}
}

// thinned leaves of the points that lie within a pixel's width the lowest and the highest, in their order.
func thinned(run []vg.Point) (out []vg.Point) {
	for i := 0; i < len(run); {
		lo, hi, j := i, i, i
		for ; j < len(run) && run[j].X-run[i].X < 1; j++ {
			if run[j].Y < run[lo].Y {
				lo = j
			}
			if run[j].Y > run[hi].Y {
				hi = j
			}
		}
		out = append(out, run[min(lo, hi)])
		if lo != hi {
			out = append(out, run[max(lo, hi)])
		}
		i = j
	}
	return out
}

// alone tells whether no line leads to or from a reading: then only its mark shows it.
func (c *curve) alone(i int) bool {
	return (i == 0 || c.breaks[i]) && (i == len(c.pts)-1 || c.breaks[i+1])
}

// compound reports whether a mark consists of several shapes, which then stand in a group of their own.
func (m marker) compound() bool { return m == markRing || m == markOpenSquare || m == markCross }

// mark draws the point of a look.
func (c *canvas) mark(l look, x, y, r float64) {
	ink, paper := full(l.line), full(tonePaper)
	square := func(k float64) []vg.Point {
		return []vg.Point{pt(x-k, y-k), pt(x+k, y-k), pt(x+k, y+k), pt(x-k, y+k)}
	}
	switch l.mark {
	case markSquare:
		c.area(ink, square(r*0.9))
	case markTriangle:
		c.area(ink, []vg.Point{pt(x-r*1.15, y-r), pt(x+r*1.15, y-r), pt(x, y+r*1.2)})
	case markDown:
		c.area(ink, []vg.Point{pt(x-r*1.15, y+r), pt(x+r*1.15, y+r), pt(x, y-r*1.2)})
	case markDiamond:
		c.area(ink, []vg.Point{pt(x, y-r*1.3), pt(x+r*1.3, y), pt(x, y+r*1.3), pt(x-r*1.3, y)})
	case markRing:
		c.disc(ink, x, y, r*1.1)
		c.disc(paper, x, y, r*0.55)
	case markOpenSquare:
		c.area(ink, square(r))
		c.area(paper, square(r*0.5))
	case markCross:
		c.line(ink, 1.8, nil, pt(x-r, y-r), pt(x+r, y+r))
		c.line(ink, 1.8, nil, pt(x-r, y+r), pt(x+r, y-r))
	default:
		c.disc(ink, x, y, r)
	}
}

// summary tells a curve in words.
func (c *curve) summary(f *frame, numeric bool) string {
	first, last := c.pts[0], c.pts[len(c.pts)-1]
	at := func(p Point) string {
		if numeric {
			return trimmed(p.X, 4)
		}
		return longDate(p.On, f.zh)
	}
	if len(c.pts) == 1 {
		return fmt.Sprintf(pick(f.zh, "%s：%s 为 %s", "%s: %s at %s"), pairOf(f.zh, c.Label, f.num.value(first.Y), at(first))...)
	}
	if f.zh {
		return fmt.Sprintf("%s：从 %s 的 %s 到 %s 的 %s", c.Label, at(first), f.num.value(first.Y), at(last), f.num.value(last.Y))
	}
	return fmt.Sprintf("%s: from %s (%s) to %s (%s)", c.Label, f.num.value(first.Y), at(first), f.num.value(last.Y), at(last))
}

func pairOf(zh bool, label, value, at string) []any {
	if zh {
		return []any{label, at, value}
	}
	return []any{label, value, at}
}
