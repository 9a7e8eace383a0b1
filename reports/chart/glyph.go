package chart

import (
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// A glyphKey names one drawn glyph: which, how large (in 1/64 pixels), and at which half pixel it begins.
type glyphKey struct {
	font  *sfnt.Font
	id    sfnt.GlyphIndex
	ppem  fixed.Int26_6
	half  uint8
	turns uint8 // quarter turns counterclockwise, 0 or 1
}

// A glyphMask is how much of each pixel a glyph covers; at is its upper left corner seen from the pen.
type glyphMask struct {
	pix    []uint8
	w, h   int
	at     image.Point
	width  float64 // advance in pixels
	absent bool    // drawn as 〓
}

// glyphs keeps what was drawn once, for all figures: rasterising is the dear part of text. It holds some hundred
// masks of a few hundred bytes each in a run; past glyphsMax it starts again, so strangers' names cannot fill memory.
var glyphs = struct {
	sync.RWMutex
	m map[glyphKey]*glyphMask
}{m: map[glyphKey]*glyphMask{}}

const glyphsMax = 8192

// A pen draws text onto an image; one per image, not shared.
type pen struct {
	dst   *image.RGBA
	scale float64
	buf   sfnt.Buffer
	ras   vector.Rasterizer
	lost  map[rune]bool // characters without a glyph
}

// text draws s with its baseline beginning at x, y in pixels; up turns it by a quarter counterclockwise.
func (p *pen) text(s string, x, y, size float64, bold bool, ink color.RGBA, up bool) {
	ppem := fixed.Int26_6(math.Round(size * p.scale * 64))
	own, prev := faceOf(bold), rune(-1)
	for _, r := range visual(narrow(s)) {
		if joins(r) || turns(r) {
			continue
		}
		if prev >= 0 {
			k := own.kerning(prev, r) * size * p.scale
			if up {
				y -= k
			} else {
				x += k
			}
		}
		prev = r
		if r == ' ' || r == '\u00a0' {
			if w := own.advance(r) * size * p.scale; up {
				y -= w
			} else {
				x += w
			}
			continue
		}
		m := p.glyph(r, ppem, bold, x, y, up)
		if m.absent {
			p.lost[r] = true
		}
		blend(p.dst, m, x, y, up, ink)
		if up {
			y -= m.width
		} else {
			x += m.width
		}
	}
}

// snap splits a pen position into whole pixels and the half that glyphs are drawn at.
func snap(x float64) (whole int, half uint8) {
	n := int(math.Floor(x*2 + 0.5))
	return n >> 1, uint8(n & 1)
}

// glyph gives the mask of r, drawing it if this is the first time.
func (p *pen) glyph(r rune, ppem fixed.Int26_6, bold bool, x, y float64, up bool) *glyphMask {
	f, id, ok := find(&p.buf, r, bold)
	key := glyphKey{font: f, id: id, ppem: ppem}
	_, key.half = snap(x)
	if up {
		_, key.half = snap(y)
		key.turns = 1
	}
	glyphs.RLock()
	m := glyphs.m[key]
	glyphs.RUnlock()
	if m != nil && m.absent == !ok {
		return m
	}
	m = p.draw(key)
	m.absent = !ok
	glyphs.Lock()
	if len(glyphs.m) >= glyphsMax {
		clear(glyphs.m)
	}
	glyphs.m[key] = m
	glyphs.Unlock()
	return m
}

// draw rasterises a glyph.
func (p *pen) draw(key glyphKey) *glyphMask {
	m := &glyphMask{}
	if a, err := key.font.GlyphAdvance(&p.buf, key.id, key.ppem, font.HintingNone); err == nil {
		m.width = float64(a) / 64
	}
	segs, err := key.font.LoadGlyph(&p.buf, key.id, key.ppem, nil)
	if err != nil || len(segs) == 0 {
		return m
	}
	move := func(pt fixed.Point26_6) (float32, float32) {
		x, y := float32(pt.X)/64, float32(pt.Y)/64
		if key.turns == 1 {
			return y, -x + float32(key.half)/2
		}
		return x + float32(key.half)/2, y
	}
	minX, minY, maxX, maxY := float32(math.MaxFloat32), float32(math.MaxFloat32), float32(-math.MaxFloat32), float32(-math.MaxFloat32)
	for _, s := range segs {
		for _, a := range s.Args[:argsOf(s.Op)] {
			x, y := move(a)
			minX, minY, maxX, maxY = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y)
		}
	}
	left, top := int(math.Floor(float64(minX))), int(math.Floor(float64(minY)))
	m.at = image.Pt(left, top)
	m.w, m.h = int(math.Ceil(float64(maxX)))-left+1, int(math.Ceil(float64(maxY)))-top+1
	p.ras.Reset(m.w, m.h)
	shift := func(pt fixed.Point26_6) (float32, float32) {
		x, y := move(pt)
		return x - float32(left), y - float32(top)
	}
	for _, s := range segs {
		ax, ay := shift(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			p.ras.ClosePath()
			p.ras.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			p.ras.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			bx, by := shift(s.Args[1])
			p.ras.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := shift(s.Args[1])
			cx, cy := shift(s.Args[2])
			p.ras.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	p.ras.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, m.w, m.h))
	p.ras.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	m.pix = mask.Pix
	return m
}

func argsOf(op sfnt.SegmentOp) int {
	switch op {
	case sfnt.SegmentOpQuadTo:
		return 2
	case sfnt.SegmentOpCubeTo:
		return 3
	}
	return 1
}

// blend lays ink through the mask onto the image.
func blend(dst *image.RGBA, m *glyphMask, x, y float64, up bool, ink color.RGBA) {
	px, _ := snap(x)
	py := int(math.Floor(y + 0.5))
	if up {
		px = int(math.Floor(x + 0.5))
		py, _ = snap(y)
	}
	px, py = px+m.at.X, py+m.at.Y
	b := dst.Bounds()
	for j := range m.h {
		row := py + j
		if row < b.Min.Y || row >= b.Max.Y {
			continue
		}
		for i := range m.w {
			a := uint32(m.pix[j*m.w+i])
			col := px + i
			if a == 0 || col < b.Min.X || col >= b.Max.X {
				continue
			}
			d := dst.Pix[dst.PixOffset(col, row):][:4]
			if a == 255 {
				d[0], d[1], d[2], d[3] = ink.R, ink.G, ink.B, 255
				continue
			}
			d[0] = mix(d[0], ink.R, a)
			d[1] = mix(d[1], ink.G, a)
			d[2] = mix(d[2], ink.B, a)
			d[3] = mix(d[3], 255, a)
		}
	}
}

func mix(under, over uint8, a uint32) uint8 {
	return uint8((uint32(under)*(255-a) + uint32(over)*a + 127) / 255)
}
