package chart

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// clutterCell is the fineness, in units, in which a clutter remembers what is drawn where.
const clutterCell = 3.0

// A clutter remembers which parts of a rectangle are drawn on, so that words can be put where nothing is.
type clutter struct {
	at         box
	cols, rows int
	taken      []bool
}

func newClutter(at box) *clutter {
	k := &clutter{at: at, cols: max(0, int(at.w()/clutterCell)) + 1, rows: max(0, int(at.h()/clutterCell)) + 1}
	k.taken = make([]bool, k.cols*k.rows)
	return k
}

// cells gives the range of cells that a box touches, cut to the rectangle.
func (k *clutter) cells(b box) (c0, c1, r0, r1 int) {
	cell := func(v float64, n int) int { return int(math.Min(math.Max(math.Floor(v/clutterCell), 0), float64(n-1))) }
	return cell(b.x0-k.at.x0, k.cols), cell(b.x1-k.at.x0, k.cols), cell(b.y0-k.at.y0, k.rows), cell(b.y1-k.at.y0, k.rows)
}

// put marks a box as drawn on.
func (k *clutter) put(b box) {
	if !k.at.hits(b) {
		return
	}
	c0, c1, r0, r1 := k.cells(b)
	for r := r0; r <= r1; r++ {
		for c := c0; c <= c1; c++ {
			k.taken[r*k.cols+c] = true
		}
	}
}

// stroke marks a straight line.
func (k *clutter) stroke(a, b vg.Point) {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	n := int(math.Min(math.Max(math.Abs(dx), math.Abs(dy))/clutterCell, 4000)) + 1
	for i := 0; i <= n; i++ {
		t := float64(i) / float64(n)
		x, y := float64(a.X)+t*dx, float64(a.Y)+t*dy
		k.put(box{x, y, x, y}.grow(0.5))
	}
}

// count tells how many cells of a box are drawn on; a box that does not lie within the rectangle counts as full.
func (k *clutter) count(b box) (n int) {
	if b.x0 < k.at.x0 || b.x1 > k.at.x1 || b.y0 < k.at.y0 || b.y1 > k.at.y1 {
		return k.cols * k.rows
	}
	c0, c1, r0, r1 := k.cells(b)
	for r := r0; r <= r1; r++ {
		for c := c0; c <= c1; c++ {
			if k.taken[r*k.cols+c] {
				n++
			}
		}
	}
	return n
}

func (k *clutter) free(b box) bool { return k.count(b) == 0 }

// curve marks a curve's lines and readings.
func (k *clutter) curve(c *curve, x, y func(float64) float64) {
	var last vg.Point
	for i, p := range c.pts {
		q := pt(x(c.x[i]), y(p.Y))
		if i > 0 && !c.breaks[i] {
			k.stroke(last, q)
		}
		k.put(box{float64(q.X), float64(q.Y), float64(q.X), float64(q.Y)}.grow(4))
		last = q
	}
}

// firstFree gives the first of the words that lies where nothing is, and marks its place.
func (k *clutter) firstFree(candidates ...words) (words, bool) {
	for _, w := range candidates {
		if b := w.box(); k.free(b) {
			k.put(b)
			return w, true
		}
	}
	return words{}, false
}
