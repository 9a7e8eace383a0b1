package chart

import (
	"bytes"
	"io"
)

// A Figure is a finished chart. It does not change; its methods are safe for concurrent use.
type Figure struct {
	ID, Kind               string
	Title, Subtitle, Notes string // Notes says what was left out or shortened, empty if nothing
	SourceLine             string
	Width, Height          float64

	zh     bool
	alt    string
	header []string
	rows   [][]string
	paint  func(*canvas)
}

// Alt tells the chart in words, made from its data: what is drawn, over which span, and where each line begins and ends.
func (f *Figure) Alt() string { return f.alt }

// Data gives the chart's data as a table of text. Numbers are written in full, dates as 2006-01-02, no value as "".
func (f *Figure) Data() (header []string, rows [][]string) { return f.header, f.rows }

// SVG writes the chart as one <svg> element without XML prologue, fit for a page or, as it stands, for a file.
func (f *Figure) SVG(w io.Writer) error {
	var buf bytes.Buffer
	f.writeSVG(&buf)
	_, err := w.Write(buf.Bytes())
	return err
}

// PNG writes the chart as a PNG with scale pixels per unit; 2 is crisp on most screens and slides.
func (f *Figure) PNG(w io.Writer, scale float64) error { return f.writePNG(w, scale) }
