package chart

import (
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"sync"

	"gonum.org/v1/plot/vg"
)

// pictures keeps the memory of finished pictures for the next ones, which are mostly of the same size.
var pictures sync.Pool

// sheet gives a picture to draw on, whatever was drawn there before.
func sheet(w, h int) *image.RGBA {
	img, ok := pictures.Get().(*image.RGBA)
	if ok && cap(img.Pix) >= 4*w*h {
		return &image.RGBA{Pix: img.Pix[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
	}
	return image.NewRGBA(image.Rect(0, 0, w, h))
}

// encodePNG writes a picture with a palette: a chart is flat areas and the soft edges of a few colours, so the 256
// commonest stand for all without a visible difference, and a third of the bytes are to be packed.
func encodePNG(w io.Writer, img *image.RGBA) error {
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	return enc.Encode(w, paletted(img))
}

// paletted gives the picture in its 256 commonest colours; each other one becomes the nearest of them.
func paletted(img *image.RGBA) *image.Paletted {
	counts := map[uint32]int{}
	eachRun(img.Pix, func(c uint32, _, n int) { counts[c] += n })
	colours := make([]uint32, 0, len(counts))
	for c := range counts {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	top := colours[:min(len(colours), 256)]
	index := make(map[uint32]uint8, len(colours))
	palette := make(color.Palette, len(top))
	for i, c := range top {
		index[c] = uint8(i)
		palette[i] = color.RGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), 255}
	}
	for _, c := range colours[len(top):] {
		index[c] = nearest(top, c)
	}
	out := image.NewPaletted(img.Rect, palette)
	eachRun(img.Pix, func(c uint32, at, n int) {
		if i := index[c]; i != 0 { // a new image is all of the first colour already
			run := out.Pix[at : at+n]
			for k := range run {
				run[k] = i
			}
		}
	})
	return out
}

// eachRun calls f for each run of pixels of one colour: the colour as it lies in memory, where the run begins, how long.
func eachRun(pix []byte, f func(c uint32, at, n int)) {
	start, last := 0, uint32(0)
	for i := 0; i+4 <= len(pix); i += 4 {
		c := binary.LittleEndian.Uint32(pix[i:])
		if i == 0 {
			last = c
		}
		if c != last {
			f(last, start, i/4-start)
			start, last = i/4, c
		}
	}
	if n := len(pix)/4 - start; n > 0 {
		f(last, start, n)
	}
}

// nearest gives the place of the colour that is least far from c.
func nearest(top []uint32, c uint32) uint8 {
	best, at := 1<<30, 0
	for i, t := range top {
		d := 0
		for shift := 0; shift < 24; shift += 8 {
			v := int(c>>shift&255) - int(t>>shift&255)
			d += v * v
		}
		if d < best {
			best, at = d, i
		}
	}
	return uint8(at)
}

// A scaled surface enlarges every length by k. Scaling vgimg itself would also scale the pen's dots, so coordinates and
// line widths are multiplied here.
type scaled struct {
	*pngSurface
	k vg.Length
}

func (s *scaled) SetLineWidth(w vg.Length) { s.pngSurface.SetLineWidth(w * s.k) }

func (s *scaled) SetLineDash(pattern []vg.Length, offset vg.Length) {
	out := make([]vg.Length, len(pattern))
	for i, p := range pattern {
		out[i] = p * s.k
	}
	s.pngSurface.SetLineDash(out, offset*s.k)
}

func (s *scaled) Stroke(p vg.Path) { s.pngSurface.Stroke(s.path(p)) }
func (s *scaled) Fill(p vg.Path)   { s.pngSurface.Fill(s.path(p)) }

func (s *scaled) path(p vg.Path) vg.Path {
	out := make(vg.Path, len(p))
	for i, c := range p {
		c.Pos.X, c.Pos.Y, c.Radius = c.Pos.X*s.k, c.Pos.Y*s.k, c.Radius*s.k
		ctrl := make([]vg.Point, len(c.Control))
		for j, q := range c.Control {
			ctrl[j] = vg.Point{X: q.X * s.k, Y: q.Y * s.k}
		}
		c.Control = ctrl
		out[i] = c
	}
	return out
}
