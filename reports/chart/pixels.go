package chart

import (
	"image"
	"image/png"
	"io"

	"gonum.org/v1/plot/vg"
)

// encodePNG writes pixels quickly: charts are flat areas, which the fastest level packs well enough.
func encodePNG(w io.Writer, img *image.RGBA) error {
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	return enc.Encode(w, img)
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
