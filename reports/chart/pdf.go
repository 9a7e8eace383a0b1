package chart

import (
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// A pdfSurface draws on a page of fpdf. Text is drawn as the outlines of its glyphs, by the fonts that a PNG uses: a PDF
// library takes no OpenType collections, and a reader of the file needs no font. One CSS pixel is 3/4 of a point.
type pdfSurface struct {
	doc    *fpdf.Fpdf
	height float64
	bare   bool // no paper, so no rims in its colour either
	now    pdfState
	saved  []pdfState
	buf    sfnt.Buffer
	lost   map[rune]bool
}

// A pdfState is what Push keeps and Pop brings back.
type pdfState struct {
	ink   color.NRGBA
	width float64
	dash  []float64
	phase float64
}

const pointsPerPixel = 0.75

// PDF writes the chart as a page of its own size, all of it vectors. made is the date that stands in the file; the same
// chart and date give the same bytes. Without paper the page shows what lies below it.
func (f *Figure) PDF(w io.Writer, made time.Time, transparent bool) error {
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: f.Width * pointsPerPixel, Ht: f.Height * pointsPerPixel}})
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	doc.SetCatalogSort(true)
	doc.SetCreationDate(made)
	doc.SetModificationDate(made)
	doc.SetProducer("overtake", true)
	doc.SetTitle(f.Title, true)
	doc.SetSubject(f.alt, true)
	doc.SetLang(pick(f.zh, "zh-CN", "en"))
	doc.AddPage()
	doc.SetLineJoinStyle("round")
	s := &pdfSurface{doc: doc, height: f.Height, bare: transparent, lost: map[rune]bool{}}
	if !transparent {
		s.SetColor(full(tonePaper))
		s.Fill(box{0, 0, f.Width, f.Height}.rectangle().Path())
	}
	f.paint(newCanvas(s, f.Width, f.Height))
	if n := len(s.lost); n > 0 {
		s.words(missingNote(f, n))
	}
	if err := doc.Output(w); err != nil {
		return fmt.Errorf("chart %s: PDF: %w", f.ID, err)
	}
	return nil
}

func (s *pdfSurface) open(group) {}
func (s *pdfSurface) shut()      {}
func (s *pdfSurface) tip(string) {}

// SetColor implements vg.Canvas.
func (s *pdfSurface) SetColor(c color.Color) {
	s.now.ink, _ = color.NRGBAModel.Convert(c).(color.NRGBA)
}

// SetLineWidth implements vg.Canvas.
func (s *pdfSurface) SetLineWidth(w vg.Length) { s.now.width = float64(w) }

// SetLineDash implements vg.Canvas.
func (s *pdfSurface) SetLineDash(pattern []vg.Length, phase vg.Length) {
	s.now.dash, s.now.phase = nil, float64(phase)*pointsPerPixel
	for _, p := range pattern {
		s.now.dash = append(s.now.dash, float64(p)*pointsPerPixel)
	}
}

// Push implements vg.Canvas.
func (s *pdfSurface) Push() { s.saved = append(s.saved, s.now) }

// Pop implements vg.Canvas.
func (s *pdfSurface) Pop() {
	s.now = s.saved[len(s.saved)-1]
	s.saved = s.saved[:len(s.saved)-1]
}

// The charts turn, move and scale nothing, and draw no pictures and no text of gonum's: a surface has words.
func (s *pdfSurface) Rotate(float64)                         { panic("chart: rotation in a PDF") }
func (s *pdfSurface) Translate(vg.Point)                     { panic("chart: translation in a PDF") }
func (s *pdfSurface) Scale(x, y float64)                     { panic("chart: scale in a PDF") }
func (s *pdfSurface) FillString(font.Face, vg.Point, string) { panic("chart: gonum's text in a PDF") }
func (s *pdfSurface) DrawImage(vg.Rectangle, image.Image)    { panic("chart: a picture in a PDF") }

// Stroke implements vg.Canvas.
func (s *pdfSurface) Stroke(p vg.Path) {
	if s.now.width <= 0 {
		return
	}
	s.doc.SetDrawColor(int(s.now.ink.R), int(s.now.ink.G), int(s.now.ink.B))
	s.doc.SetAlpha(float64(s.now.ink.A)/255, "Normal")
	s.doc.SetLineWidth(s.now.width * pointsPerPixel)
	s.doc.SetDashPattern(s.now.dash, s.now.phase)
	s.trace(p)
	s.doc.DrawPath("D")
}

// Fill implements vg.Canvas.
func (s *pdfSurface) Fill(p vg.Path) {
	s.ink(s.now.ink)
	s.trace(p)
	s.doc.DrawPath("F")
}

// ink sets the colour of fills.
func (s *pdfSurface) ink(c color.NRGBA) {
	s.doc.SetFillColor(int(c.R), int(c.G), int(c.B))
	s.doc.SetAlpha(float64(c.A)/255, "Normal")
}

// at gives a place of the figure on the page, where y grows downwards.
func (s *pdfSurface) at(p vg.Point) (x, y float64) {
	return float64(p.X) * pointsPerPixel, (s.height - float64(p.Y)) * pointsPerPixel
}

// trace lays a path down.
func (s *pdfSurface) trace(p vg.Path) {
	var pen vg.Point
	for i, c := range p {
		switch c.Type {
		case vg.MoveComp:
			s.doc.MoveTo(s.at(c.Pos))
		case vg.LineComp:
			s.doc.LineTo(s.at(c.Pos))
		case vg.ArcComp:
			c.Pos = s.arc(c, i == 0)
		case vg.CurveComp:
			s.curve(pen, c)
		case vg.CloseComp:
			s.doc.ClosePath()
			continue
		}
		pen = c.Pos
	}
}

func (s *pdfSurface) curve(pen vg.Point, c vg.PathComp) {
	a, b := c.Control[0], c.Control[len(c.Control)-1]
	if len(c.Control) == 1 { // a quadratic curve as a cubic one
		a = vg.Point{X: pen.X + (c.Control[0].X-pen.X)*2/3, Y: pen.Y + (c.Control[0].Y-pen.Y)*2/3}
		b = vg.Point{X: c.Pos.X + (c.Control[0].X-c.Pos.X)*2/3, Y: c.Pos.Y + (c.Control[0].Y-c.Pos.Y)*2/3}
	}
	ax, ay := s.at(a)
	bx, by := s.at(b)
	x, y := s.at(c.Pos)
	s.doc.CurveBezierCubicTo(ax, ay, bx, by, x, y)
}

// arc draws a part of a circle by curves of at most a quarter each, whose error is below 0.03 % of the radius. It gives
// the place where it ends.
func (s *pdfSurface) arc(c vg.PathComp, first bool) vg.Point {
	r, from := float64(c.Radius), c.Start
	on := func(angle float64) vg.Point {
		return pt(float64(c.Pos.X)+r*math.Cos(angle), float64(c.Pos.Y)+r*math.Sin(angle))
	}
	if x, y := s.at(on(from)); first {
		s.doc.MoveTo(x, y)
	} else {
		s.doc.LineTo(x, y)
	}
	n := max(1, int(math.Ceil(math.Abs(c.Angle)/(math.Pi/2)-1e-9)))
	step := c.Angle / float64(n)
	k := 4.0 / 3 * math.Tan(step/4) * r
	for range n {
		to := from + step
		a, b := on(from), on(to)
		ax, ay := s.at(pt(float64(a.X)-k*math.Sin(from), float64(a.Y)+k*math.Cos(from)))
		bx, by := s.at(pt(float64(b.X)+k*math.Sin(to), float64(b.Y)-k*math.Cos(to)))
		x, y := s.at(b)
		s.doc.CurveBezierCubicTo(ax, ay, bx, by, x, y)
		from = to
	}
	return on(from)
}

func (s *pdfSurface) words(w words) {
	off := 0.0
	switch w.anchor {
	case atMiddle:
		off = w.width() / 2
	case atEnd:
		off = w.width()
	}
	size := measure(w.s, w.size, w.bold)
	draw := func(style string) {
		s.outline(w, w.s, -off, w.bold, w.tone, style)
		s.outline(w, w.tail, size-off, false, w.tailTone, style)
	}
	if w.halo && !s.bare {
		draw("D")
	}
	draw("F")
}

// outline fills the glyphs of a text, or strokes the rim around them. It begins along units from the place of w.
func (s *pdfSurface) outline(w words, text string, along float64, bold bool, t tone, style string) {
	if text == "" {
		return
	}
	if style == "D" {
		paper := rgba(tonePaper)
		s.doc.SetDrawColor(int(paper.R), int(paper.G), int(paper.B))
		s.doc.SetAlpha(1, "Normal")
		s.doc.SetDashPattern(nil, 0)
		s.doc.SetLineWidth(3 * pointsPerPixel)
	} else {
		c := rgba(t)
		s.ink(color.NRGBA(c))
	}
	own, prev, drawn := faceOf(bold), rune(-1), false
	for _, r := range visual(narrow(text)) {
		if joins(r) || turns(r) {
			continue
		}
		if prev >= 0 {
			along += own.kerning(prev, r) * w.size
		}
		prev = r
		if r == ' ' || r == '\u00a0' {
			along += own.advance(r) * w.size
			continue
		}
		f, id, ok := find(&s.buf, r, bold)
		if !ok {
			s.lost[r] = true
		}
		along += s.glyph(f, id, w, along)
		drawn = true
	}
	if drawn {
		s.doc.DrawPath(style)
	}
}

// glyph lays down the outline of a glyph and gives its width.
func (s *pdfSurface) glyph(f *sfnt.Font, id sfnt.GlyphIndex, w words, along float64) float64 {
	upem := float64(f.UnitsPerEm())
	ppem := fixed.Int26_6(f.UnitsPerEm())
	segments, err := f.LoadGlyph(&s.buf, id, ppem, nil)
	if err != nil {
		return 0
	}
	k := w.size / upem * pointsPerPixel
	x0, y0 := s.at(pt(w.x, w.y))
	place := func(p fixed.Point26_6) (float64, float64) {
		dx, dy := along*pointsPerPixel+float64(p.X)*k, float64(p.Y)*k
		if w.up {
			return x0 + dy, y0 - dx
		}
		return x0 + dx, y0 + dy
	}
	var px, py float64
	for i, g := range segments {
		x, y := place(g.Args[0])
		switch g.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				s.doc.ClosePath()
			}
			s.doc.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			s.doc.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			ex, ey := place(g.Args[1])
			s.doc.CurveBezierCubicTo(px+(x-px)*2/3, py+(y-py)*2/3, ex+(x-ex)*2/3, ey+(y-ey)*2/3, ex, ey)
			x, y = ex, ey
		case sfnt.SegmentOpCubeTo:
			bx, by := place(g.Args[1])
			ex, ey := place(g.Args[2])
			s.doc.CurveBezierCubicTo(x, y, bx, by, ex, ey)
			x, y = ex, ey
		}
		px, py = x, y
	}
	if len(segments) > 0 {
		s.doc.ClosePath()
	}
	a, err := f.GlyphAdvance(&s.buf, id, ppem, 0)
	if err != nil {
		return 0
	}
	return float64(a) / upem * w.size
}
