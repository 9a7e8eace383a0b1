package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

type canvas struct{ draw.Canvas }

func (f *Figure) writeSVG(buf *bytes.Buffer) {
	fmt.Fprintf(buf, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" role="img"/>`, f.Width, f.Height)
}

func (f *Figure) writePNG(w io.Writer, scale float64) error {
	c := vgimg.NewWith(vgimg.UseWH(vg.Length(f.Width), vg.Length(f.Height)), vgimg.UseDPI(int(72*scale)))
	p := plot.New()
	p.BackgroundColor = color.White
	_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}
