package chart

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A surface is what charts are drawn on: a gonum canvas that besides takes text with an anchor and named groups.
// There are two, svgSurface over vgsvg and pngSurface over vgimg. Lengths are CSS pixels, y grows upwards.
type surface interface {
	vg.Canvas
	words(w words)
	open(g group) // groups nest
	shut()
	tip(s string) // a text shown when the next path is pointed at
}

// An anchor says which part of a text stands at its x.
type anchor uint8

const (
	atStart anchor = iota
	atMiddle
	atEnd
)

// A words is one line of text at a place.
type words struct {
	x, y   float64 // the baseline's anchor point
	s      string
	size   float64
	bold   bool
	tone   tone
	anchor anchor
	halo   bool // a rim in the paper's colour, where text lies on lines
	up     bool // turned by a quarter counterclockwise
	// tail follows in regular weight and its own tone, e.g. a value after a name.
	tail     string
	tailTone tone
}

// width is how much room the text takes.
func (w words) width() float64 {
	return measure(w.s, w.size, w.bold) + measure(w.tail, w.size, false)
}

// box is the rectangle that the text covers.
func (w words) box() box {
	wd := w.width() * reserve
	x := w.x
	switch w.anchor {
	case atMiddle:
		x -= wd / 2
	case atEnd:
		x -= wd
	}
	return box{x, w.y - 0.25*w.size, x + wd, w.y + 0.85*w.size}
}

// reserve is how much wider than measured a browser's font may be: Arial and its like need 2 %, DejaVu Sans 11 %.
const reserve = 1.05

// A group is a set of shapes that belongs together: a panel, a series.
type group struct {
	class string   // "panel", "series", "event", ...
	attrs []string // further attributes: name, value, name, value ...
}

// A box is a rectangle, left bottom right top.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) w() float64 { return b.x1 - b.x0 }
func (b box) h() float64 { return b.y1 - b.y0 }

// hits tells whether two boxes overlap.
func (b box) hits(c box) bool { return b.x0 < c.x1 && c.x0 < b.x1 && b.y0 < c.y1 && c.y0 < b.y1 }

// grow gives the box with d more on each side.
func (b box) grow(d float64) box { return box{b.x0 - d, b.y0 - d, b.x1 + d, b.y1 + d} }

// A canvas is a surface with the strokes and fills that charts are made of.
type canvas struct {
	draw.Canvas
	surface
}

func newCanvas(s surface, w, h float64) *canvas {
	return &canvas{Canvas: draw.NewCanvas(s, vg.Length(w), vg.Length(h)), surface: s}
}

// under gives the house's canvas for a canvas that gonum handed to a plotter.
func under(c draw.Canvas) *canvas {
	for v := vg.Canvas(c); ; {
		switch t := v.(type) {
		case draw.Canvas:
			v = t.Canvas
		case surface:
			return &canvas{Canvas: c, surface: t}
		default:
			panic("chart: drawn on a canvas that is not the house's")
		}
	}
}

// part gives the canvas of a part of the figure, for plot.Plot.Draw.
func (c *canvas) part(b box) draw.Canvas {
	return draw.Canvas{Canvas: c.surface, Rectangle: b.rectangle()}
}

func (b box) rectangle() vg.Rectangle { return vg.Rectangle{Min: pt(b.x0, b.y0), Max: pt(b.x1, b.y1)} }

func pt(x, y float64) vg.Point { return vg.Point{X: vg.Length(x), Y: vg.Length(y)} }

// line strokes straight pieces; dash is in units, none for a full line.
func (c *canvas) line(col color.Color, width float64, dash []float64, pts ...vg.Point) {
	c.StrokeLines(pencil(col, width, dash), pts)
}

// pencil is a line style of gonum's.
func pencil(col color.Color, width float64, dash []float64) draw.LineStyle {
	st := draw.LineStyle{Color: col, Width: vg.Length(width)}
	for _, d := range dash {
		st.Dashes = append(st.Dashes, vg.Length(d))
	}
	return st
}

// rect fills a rectangle.
func (c *canvas) rect(col color.Color, b box) {
	c.SetColor(col)
	c.Fill(b.rectangle().Path())
}

// disc fills a circle.
func (c *canvas) disc(col color.Color, x, y, r float64) {
	c.SetColor(col)
	draw.CircleGlyph{}.DrawGlyph(&c.Canvas, draw.GlyphStyle{Color: col, Radius: vg.Length(r)}, pt(x, y))
}

// crisp moves a coordinate to the middle of a pixel, where a line of one unit is sharp at any whole scale.
func crisp(v float64) float64 { return float64(int(v)) + 0.5 }
