package chart

import (
	"fmt"
	"math"
	"strings"
)

// mostCells is the widest matrix whose cells can be seen.
const mostCells = 100

// Heat draws a square matrix, cells[row][column] from 0 to 1, up to 100 x 100; values beyond are drawn as 0 or 1, NaN,
// which is "not known", as paper. Names stand at both sides while they can be read.
func Heat(o Options, labels []string, cells [][]float64) (*Figure, error) {
	n := len(labels)
	if n > mostCells {
		return nil, fmt.Errorf("chart heat %s: %d rows, at most %d can be seen: choose some", o.ID, n, mostCells)
	}
	if len(cells) != n {
		return nil, fmt.Errorf("chart heat %s: %d rows of cells for %d labels", o.ID, len(cells), n)
	}
	for i, row := range cells {
		if len(row) != n {
			return nil, fmt.Errorf("chart heat %s: row %d has %d cells, want %d", o.ID, i+1, len(row), n)
		}
	}
	f, fig, err := newFrame("heat", o, 620)
	if err != nil {
		return nil, err
	}
	fig.header = []string{"row", "column", "value"}
	type pair struct {
		i, j int
		v    float64
	}
	var best pair
	for i, row := range cells {
		for j, v := range row {
			fig.rows = append(fig.rows, []string{clean(labels[i]), clean(labels[j]), plain(v)})
			if v = math.Min(v, 1); i != j && v > best.v {
				best = pair{i, j, v}
			}
		}
	}
	if n == 0 {
		return f.empty(fig), nil
	}
	fig.alt = strings.Join([]string{fig.Title, fig.Subtitle, fmt.Sprintf(pick(f.zh, "%d 行 %d 列；最大：%s 与 %s，%.2f", "%d by %d; highest: %s and %s, %.2f"),
		n, n, clean(labels[best.i]), clean(labels[best.j]), best.v)}, ". ") + "."
	b := f.body()
	fig.paint = func(c *canvas) {
		f.paint(c)
		paintHeat(c, f, b, labels, cells)
	}
	return fig, nil
}

func paintHeat(c *canvas, f *frame, b box, labels []string, cells [][]float64) {
	n := len(labels)
	size := math.Min(labelSize, 560/float64(n)*0.8)
	left := 0.0
	for _, l := range labels {
		left = math.Max(left, measure(clean(l), math.Max(size, 7), false)*reserve+8)
	}
	named := size >= 6
	if !named {
		left = 8
	}
	left = math.Min(left, b.w()*0.25)
	top := left
	side := math.Min(b.w()-left-70, b.h()-top)
	cell := side / float64(n)
	x0, y1 := b.x0+left, b.y1-top
	for i, row := range cells {
		y := y1 - float64(i+1)*cell
		for j, v := range row {
			if !finite(v) {
				continue
			}
			v = math.Min(math.Max(v, 0), 1)
			c.rect(faded(toneAccent, 0.04+0.96*v), box{x0 + float64(j)*cell, y, x0 + float64(j+1)*cell - math.Min(0.6, cell*0.06), y + cell - math.Min(0.6, cell*0.06)})
		}
		if named {
			text := cut(clean(labels[i]), left-8, size, false)
			c.words(words{x: x0 - 5, y: y + cell/2 - size*0.35, s: text, size: size, tone: toneInk, anchor: atEnd})
			c.words(words{x: x0 + (float64(i)+0.5)*cell + size*0.35, y: y1 + 5, s: text, size: size, tone: toneInk, up: true})
		}
	}
	kx, kh := x0+side+20, math.Min(side*0.5, 160)
	for i := range 20 {
		v := float64(i) / 19
		c.rect(faded(toneAccent, 0.04+0.96*v), box{kx, y1 - kh + float64(i)*kh/20, kx + 14, y1 - kh + float64(i+1)*kh/20})
	}
	c.words(words{x: kx + 20, y: y1 - tickSize, s: f.num.value(1), size: tickSize, tone: toneSoft})
	c.words(words{x: kx + 20, y: y1 - kh, s: f.num.value(0), size: tickSize, tone: toneSoft})
}
