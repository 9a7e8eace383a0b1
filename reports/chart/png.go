package chart

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"

	"git.sr.ht/~sbinet/gg"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// A pngSurface draws shapes by gonum's vgimg and text by its own pen: vgimg would rasterise each letter again and
// knows no second font for a character that the first lacks.
type pngSurface struct {
	*vgimg.Canvas
	img    *image.RGBA
	pen    pen
	height float64
	bare   bool // no paper, so no rims in its colour either
}

// maxPixels bounds the memory of one picture.
const maxPixels = 64 << 20

func (f *Figure) writePNG(w io.Writer, scale float64) error {
	if !(scale > 0) || f.Width*f.Height*scale*scale > maxPixels {
		return fmt.Errorf("chart %s: PNG at scale %g: want more than 0, and at most %d pixels", f.ID, scale, maxPixels)
	}
	img, err := f.raster(scale, false)
	if err != nil {
		return err
	}
	defer pictures.Put(img)
	return encodePNG(w, img)
}

// TransparentPNG is PNG without paper: what lies below the picture shows through.
func (f *Figure) TransparentPNG(w io.Writer, scale float64) error {
	if !(scale > 0) || f.Width*f.Height*scale*scale > maxPixels {
		return fmt.Errorf("chart %s: PNG at scale %g: want more than 0, and at most %d pixels", f.ID, scale, maxPixels)
	}
	img, err := f.raster(scale, true)
	if err != nil {
		return err
	}
	return png.Encode(w, img)
}

// raster draws the figure as pixels, bare of paper if asked.
func (f *Figure) raster(scale float64, bare bool) (*image.RGBA, error) {
	// vgimg counts in whole dots per inch, 72 of them being one unit: lengths are stretched to reach other scales. It is
	// handed image and context, as it would otherwise copy the picture; so its own preparations are made here: blunt
	// line ends and y upwards. It does fill the picture, with the white that is our paper.
	img := sheet(int(math.Ceil(f.Width*scale)), int(math.Ceil(f.Height*scale)))
	ctx := gg.NewContextForRGBA(img)
	ctx.SetLineCapButt()
	ctx.InvertY()
	c := vgimg.NewWith(vgimg.UseImageWithContext(img, ctx), vgimg.UseDPI(72))
	if bare {
		clear(img.Pix)
	}
	s := &pngSurface{Canvas: c, img: img, height: f.Height, bare: bare, pen: pen{dst: img, scale: scale, lost: map[rune]bool{}}}
	cv := newCanvas(&scaled{pngSurface: s, k: vg.Length(scale)}, f.Width, f.Height)
	f.paint(cv)
	if n := len(s.pen.lost); n > 0 {
		s.words(missingNote(f, n))
	}
	return img, nil
}

// missingNote says at the foot how many characters could not be drawn.
func missingNote(f *Figure, n int) words {
	text := fmt.Sprintf(pick(f.zh, "〓：%d 个字符没有可用的字形", "〓: %d characters that no font here has"), n)
	return words{x: f.Width - margin, y: 4, s: text, size: 9, tone: toneFaint, anchor: atEnd}
}

func (s *pngSurface) open(group) {}
func (s *pngSurface) shut()      {}
func (s *pngSurface) tip(string) {}

func (s *pngSurface) words(w words) {
	k := s.pen.scale
	size := measure(w.s, w.size, w.bold)
	x, y := w.x*k, (s.height-w.y)*k
	off := 0.0
	switch w.anchor {
	case atMiddle:
		off = w.width() / 2 * k
	case atEnd:
		off = w.width() * k
	}
	dx, dy := 1.0, 0.0
	if w.up {
		dx, dy = 0, -1
	}
	x, y = x-off*dx, y-off*dy
	draw := func(ox, oy float64, name, tail tone) {
		s.pen.text(w.s, x+ox, y+oy, w.size, w.bold, rgba(name), w.up)
		if w.tail != "" {
			s.pen.text(w.tail, x+ox+size*k*dx, y+oy+size*k*dy, w.size, false, rgba(tail), w.up)
		}
	}
	if w.halo && !s.bare {
		for i := range 8 {
			sin, cos := math.Sincos(float64(i) * math.Pi / 4)
			draw(1.4*k*cos, 1.4*k*sin, tonePaper, tonePaper)
		}
	}
	draw(0, 0, w.tone, w.tailTone)
}

func rgba(t tone) color.RGBA {
	v := shades[t].light
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}
