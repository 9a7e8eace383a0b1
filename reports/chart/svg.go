package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// fontStack names fonts of about one width, so that a layout measured with the first holds with the others.
const fontStack = `"Noto Sans SC","Noto Sans CJK SC","Source Sans 3","Helvetica Neue",Arial,"Liberation Sans",` +
	`"PingFang SC","Hiragino Sans GB","Microsoft YaHei",sans-serif`

// An svgSurface records a figure through gonum's vgsvg. What vgsvg cannot say (tones, anchors, groups) is kept beside
// it in order, and put in by restyle, which rewrites vgsvg's document into the house's.
type svgSurface struct {
	*vgsvg.Canvas
	height float64
	texts  []words
	groups []group
	tips   map[int]string // by number of the path
	paths  int
	width  vg.Length
	next   string
}

func newSVGSurface(w, h float64) *svgSurface {
	return &svgSurface{Canvas: vgsvg.New(vg.Length(w), vg.Length(h)), height: h, tips: map[int]string{}}
}

// SetColor hands vgsvg a code in the place of a colour: #TTAA01 for tone TT with AA hundredths of opacity.
func (s *svgSurface) SetColor(c color.Color) {
	p, ok := c.(paint)
	if !ok {
		p = full(toneInk)
	}
	s.Canvas.SetColor(color.NRGBA{uint8(p.tone), uint8(p.alpha*100 + 0.5), 1, 255})
}

func (s *svgSurface) SetLineWidth(w vg.Length) { s.width = w; s.Canvas.SetLineWidth(w) }

func (s *svgSurface) Stroke(p vg.Path) {
	if s.width > 0 {
		s.count()
		s.Canvas.Stroke(p)
	}
}

func (s *svgSurface) Fill(p vg.Path) { s.count(); s.Canvas.Fill(p) }

func (s *svgSurface) count() {
	if s.next != "" {
		s.tips[s.paths] = s.next
		s.next = ""
	}
	s.paths++
}

func (s *svgSurface) tip(t string) { s.next = t }

func (s *svgSurface) words(w words) {
	if w.s == "" && w.tail == "" {
		return
	}
	s.texts = append(s.texts, w)
	s.Canvas.FillString(gonumFace(w.size, w.bold), pt(w.x, w.y), "x")
}

// open begins a group: vgsvg writes one for a change of scale, and this change is none.
func (s *svgSurface) open(g group) {
	s.groups = append(s.groups, g)
	s.Canvas.Push()
	s.Canvas.Scale(1, 1)
}

func (s *svgSurface) shut() { s.Canvas.Pop() }

// writeSVG draws the figure and writes it as one svg element.
func (f *Figure) writeSVG(out *bytes.Buffer) {
	s := newSVGSurface(f.Width, f.Height)
	f.paint(newCanvas(s, f.Width, f.Height))
	var raw bytes.Buffer
	s.WriteTo(&raw) // a bytes.Buffer does not fail
	r := &restyler{surface: s, id: f.ID, classes: map[string]string{}}
	body := r.rewrite(raw.Bytes())

	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" id="%[1]s" class="chart chart-%[2]s" viewBox="0 0 %[3]s %[4]s" `+
		`style="width:100%%;max-width:%[3]spx;height:auto" role="img" aria-labelledby="%[1]s-title %[1]s-desc">`,
		f.ID, f.Kind, tenths(round10(f.Width)), tenths(round10(f.Height)))
	fmt.Fprintf(out, `<title id="%s-title">%s</title><desc id="%[1]s-desc">%[3]s</desc>`, f.ID, escape(f.Title), escape(f.alt))
	out.WriteString("<style>")
	fmt.Fprintf(out, "#%s text{font-family:var(--chart-font,%s);unicode-bidi:isolate;white-space:pre}", f.ID, fontStack)
	fmt.Fprintf(out, "#%s path{fill:none;stroke-linejoin:round}", f.ID)
	for i, css := range r.order {
		fmt.Fprintf(out, "#%s .%s{%s}", f.ID, className(i), css)
	}
	out.WriteString("</style>")
	out.Write(body)
	out.WriteString("</svg>")
}

// escape makes text safe between tags and within attributes of XML.
func escape(s string) string {
	return xmlEscaper.Replace(s)
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\n", " ", "\t", " ", "\r", " ")

// className gives the i-th of a, b, ..., z, a1, b1, ...
func className(i int) string {
	name := string(rune('a' + i%26))
	if i >= 26 {
		name += strconv.Itoa(i / 26)
	}
	return name
}

// round10 gives x in tenths of a unit, the precision of everything in an SVG.
func round10(x float64) int {
	if x < 0 {
		return -int(-x*10 + 0.5)
	}
	return int(x*10 + 0.5)
}

// tenths writes n/10 as shortly as SVG allows: 12, -.5, 3.7.
func tenths(n int) string { return string(appendTenths(nil, n)) }

func appendTenths(b []byte, n int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	if n >= 10 || n == 0 {
		b = strconv.AppendInt(b, int64(n/10), 10)
	}
	if n%10 != 0 {
		b = append(b, '.', byte('0'+n%10))
	}
	return b
}
