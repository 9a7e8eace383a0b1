package chart

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
)

// mostCells is the widest matrix whose cells can be seen.
const mostCells = 100

// Heat draws a square matrix, cells[row][column] from 0 to 1, up to 100 x 100; values beyond are drawn as 0 or 1, NaN,
// which is "not known", as paper. The colours end at the first round number above all cells but those of the diagonal, so
// that small shares are told apart. Names stand at both sides while they can be read, of a large matrix at the left only,
// small enough to be read when the picture is enlarged.
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
	body := 120.0
	if n > 0 {
		plan := planHeat(labels, cmp.Or(o.Size.W, SizeReport.W)-2*margin)
		body = math.Min(math.Max(620, plan.above+float64(n)*plan.least), math.Max(plan.above+float64(n)*mostCell, body))
	}
	f, fig, err := newFrame("heat", o, body)
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
		paintHeat(c, f, b, labels, cells, topOf(cells))
	}
	return fig, nil
}

// tops are where the scale of colours may end.
var tops = []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8}

// topOf is the first of tops that no cell beside the diagonal exceeds, else 1.
func topOf(cells [][]float64) float64 {
	most := 0.0
	for i, row := range cells {
		for j, v := range row {
			if i != j && v > most { // not so for NaN
				most = v
			}
		}
	}
	for _, t := range tops {
		if most > 0 && most <= t {
			return t
		}
	}
	return 1
}

const (
	heatLevels = 20
	heatKey    = 70.0 // the room for the scale of colours at the right
	mostCell   = 64.0 // the widest cell, in units
	leastTold  = 34.0 // the least cell that has room for its value
)

// heat is the colour of a level, from nearly paper to the full accent.
func heat(level int) paint {
	return faded(toneAccent, 0.04+0.96*float64(level)/(heatLevels-1))
}

// paintCells draws the matrix with its upper left corner at x0, y1: one path for each level, in which neighbours of one
// level are one stroke, so that ten thousand cells stay small. Large cells tell their value.
func paintCells(c *canvas, f *frame, x0, y1, cell, top float64, cells [][]float64) {
	paths := make([]vg.Path, heatLevels)
	gap := 0.0
	if cell >= 12 {
		gap = 1
	}
	level := func(v float64) int {
		if !finite(v) {
			return -1
		}
		return int(math.Round(math.Min(math.Max(v/top, 0), 1) * (heatLevels - 1)))
	}
	for i, row := range cells {
		y := y1 - (float64(i)+0.5)*cell
		for j := 0; j < len(row); {
			at, from := level(row[j]), j
			for j++; gap == 0 && j < len(row) && level(row[j]) == at; j++ {
			}
			if at >= 0 {
				paths[at].Move(pt(x0+float64(from)*cell, y))
				paths[at].Line(pt(x0+float64(j)*cell-gap, y))
			}
		}
	}
	for at, p := range paths {
		if len(p) > 0 {
			c.SetLineStyle(pencil(heat(at), cell-gap, nil))
			c.Stroke(p)
		}
	}
	if cell < leastTold {
		return
	}
	for i, row := range cells {
		for j, v := range row {
			tone := toneInk
			if level(v) > heatLevels*11/20 {
				tone = tonePaper
			}
			if finite(v) {
				c.words(words{x: x0 + (float64(j)+0.5)*cell, y: y1 - (float64(i)+0.5)*cell - eventSize*0.35, s: f.num.value(v), size: eventSize, tone: tone, anchor: atMiddle})
			}
		}
	}
}

// A heatPlan is how a matrix is set: the size of its names, 0 where none could be read, the room that they take at the
// left and, turned, above, and the least cell that goes with them.
type heatPlan struct{ size, room, above, least float64 }

// The names of a large matrix: small, at the left only, where the picture is wide enough.
const (
	smallNames = 6.2
	smallCell  = 7.0
	smallRoom  = 80.0
)

func planHeat(labels []string, width float64) heatPlan {
	n := float64(len(labels))
	size := math.Min(labelSize, 560/n*0.8)
	small := size < 6
	if small {
		if smallRoom+n*smallCell+heatKey > width {
			return heatPlan{0, 8, 8, 0}
		}
		size = smallNames
	}
	room := 0.0
	for _, l := range labels {
		room = math.Max(room, measure(clean(l), size, false)*reserve+8)
	}
	if small {
		return heatPlan{size, math.Min(room, smallRoom), 8, smallCell}
	}
	room = math.Min(room, width*0.25)
	return heatPlan{size, room, room, 0}
}

func paintHeat(c *canvas, f *frame, b box, labels []string, cells [][]float64, top float64) {
	n := float64(len(labels))
	plan := planHeat(labels, b.w())
	side := math.Min(math.Min(b.w()-plan.room-heatKey, b.h()-plan.above), n*mostCell)
	cell := side / n
	if cell > 3 {
		cell = math.Floor(cell) // cells of whole pixels are sharp, and short to write
		side = cell * n
	}
	x0, y1 := math.Round(b.x0+plan.room), math.Round(b.y1-plan.above)
	paintCells(c, f, x0, y1, cell, top, cells)
	for i := 0; i < len(labels) && plan.size > 0; i++ {
		text, mid := cut(clean(labels[i]), plan.room-8, plan.size, false), (float64(i)+0.5)*cell
		c.words(words{x: x0 - 5, y: y1 - mid - plan.size*0.35, s: text, size: plan.size, tone: toneInk, anchor: atEnd})
		if plan.above < plan.room {
			continue
		}
		c.words(words{x: x0 + mid + plan.size*0.35, y: y1 + 5, s: text, size: plan.size, tone: toneInk, up: true})
	}
	kx, kh := x0+side+20, math.Min(side*0.5, 160)
	for i := range heatLevels {
		c.rect(heat(i), box{kx, y1 - kh + float64(i)*kh/heatLevels, kx + 14, y1 - kh + float64(i+1)*kh/heatLevels})
	}
	c.words(words{x: kx + 20, y: y1 - tickSize, s: f.num.value(top), size: tickSize, tone: toneSoft})
	c.words(words{x: kx + 20, y: y1 - kh, s: f.num.value(0), size: tickSize, tone: toneSoft})
}
