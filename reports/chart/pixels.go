package chart

import (
	"cmp"
	"encoding/binary"
	"image"
	"image/color"
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

// A tally counts the colours of a picture and remembers its runs of pixels of one colour. Its table is an open one,
// as a map would take most of the time that a PNG takes; it is kept for the next picture.
type tally struct {
	slots []int32  // 1 + place in colours, by hash of the colour; 0 is free
	names []uint32 // the colours in the order of their first pixel
	sizes []int32  // pixels of each
	runs  []run
}

// A run is n pixels of one colour.
type run struct{ colour, n int32 }

var tallies = sync.Pool{New: func() any { return &tally{slots: make([]int32, 1<<14)} }}

// add counts a run.
func (t *tally) add(c uint32, n int) {
	mask := uint32(len(t.slots) - 1)
	at := c * 0x9e3779b1 >> 7 & mask
	for t.slots[at] != 0 && t.names[t.slots[at]-1] != c {
		at = (at + 1) & mask
	}
	if t.slots[at] == 0 {
		t.names, t.sizes = append(t.names, c), append(t.sizes, 0)
		t.slots[at] = int32(len(t.names))
		if len(t.names)*2 > len(t.slots) {
			t.grow()
			t.add(c, n)
			return
		}
	}
	i := t.slots[at] - 1
	t.sizes[i] += int32(n)
	t.runs = append(t.runs, run{i, int32(n)})
}

// grow doubles the table.
func (t *tally) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	mask := uint32(len(t.slots) - 1)
	for i, c := range t.names {
		at := c * 0x9e3779b1 >> 7 & mask
		for t.slots[at] != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = int32(i + 1)
	}
}

// count reads a picture, two pixels at a time where they are of the colour before.
func (t *tally) count(pix []byte) {
	clear(t.slots)
	t.names, t.sizes, t.runs = t.names[:0], t.sizes[:0], t.runs[:0]
	for i := 0; i < len(pix); {
		start, c := i, binary.LittleEndian.Uint32(pix[i:])
		two := uint64(c)<<32 | uint64(c)
		for i += 4; i+8 <= len(pix) && binary.LittleEndian.Uint64(pix[i:]) == two; {
			i += 8
		}
		for i < len(pix) && binary.LittleEndian.Uint32(pix[i:]) == c {
			i += 4
		}
		t.add(c, (i-start)/4)
	}
}

// paletted gives the picture in its 256 commonest colours; each other one becomes the nearest of them.
func paletted(img *image.RGBA) *image.Paletted {
	t := tallies.Get().(*tally)
	defer tallies.Put(t)
	t.count(img.Pix)
	order := make([]int32, len(t.names))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(t.sizes[b], t.sizes[a]), cmp.Compare(t.names[a], t.names[b]))
	})
	top := make([]uint32, min(len(order), 256))
	palette := make(color.Palette, len(top))
	index := make([]uint8, len(order))
	for i := range top {
		c := t.names[order[i]]
		top[i], index[order[i]] = c, uint8(i)
		palette[i] = color.RGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), 255}
	}
	near := map[uint32]uint8{} // by colour to the eighth shade: edges do not show finer ones
	for _, i := range order[len(top):] {
		key := t.names[i] & 0xf8f8f8
		at, ok := near[key]
		if !ok {
			at = nearest(top, key|0x040404)
			near[key] = at
		}
		index[i] = at
	}
	out := image.NewPaletted(img.Rect, palette)
	at := 0
	for _, r := range t.runs {
		pix := out.Pix[at : at+int(r.n)]
		if v := index[r.colour]; v != 0 { // a new image is all of the first colour already
			for k := range pix {
				pix[k] = v
			}
		}
		at += int(r.n)
	}
	return out
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
