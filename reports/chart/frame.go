package chart

import (
	"math"
	"strings"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// The house's measures, in units of the drawing.
const (
	margin       = 16.0
	titleSize    = 20.0
	subtitleSize = 14.0
	labelSize    = 13.0
	tickSize     = 12.0
	sourceSize   = 11.0
)

// A frame is what stands around the data of every chart: title, subtitle, source line.
type frame struct {
	o        Options
	num      numeral
	zh       bool
	w, h     float64
	title    []string
	subtitle []string
	foot     []string
	notes    []string
}

// newFrame checks the options and breaks the words of the frame into lines; body is the height that the data want where
// the caller did not give a size.
func newFrame(kind string, o Options, body float64, notes ...string) (*frame, *Figure, error) {
	if err := o.check(kind); err != nil {
		return nil, nil, err
	}
	f := &frame{o: o, zh: o.Lang == "zh", w: o.Size.W, h: o.Size.H, notes: notes}
	f.num = numeral{format: o.Format, zh: f.zh}
	if f.w == 0 {
		f.w = SizeReport.W
	}
	room := f.w - 2*margin
	f.title = balance(clean(o.Title), room, titleSize, true, 3)
	f.subtitle = balance(f.subtitleText(), room, subtitleSize, false, 3)
	f.foot = wrap(f.sourceText(), room, sourceSize, false, 3)
	if f.h == 0 {
		f.h = math.Ceil(f.headHeight() + body + f.footHeight())
	}
	fig := &Figure{
		ID: o.ID, Kind: kind, Title: clean(o.Title), Subtitle: f.subtitleText(), Notes: strings.Join(notes, "; "),
		SourceLine: f.sourceText(), Width: f.w, Height: f.h, zh: f.zh,
	}
	return f, fig, nil
}

func (f *frame) subtitleText() string {
	parts := []string{clean(f.o.Subtitle)}
	if u := clean(f.o.Unit); u != "" {
		parts = append(parts, u)
	}
	if low := strings.ToLower(f.o.Subtitle); f.o.Log && !strings.Contains(low, "log") && !strings.Contains(low, "对数") {
		parts = append(parts, pick(f.zh, "对数坐标", "log scale"))
	}
	parts = append(parts, f.notes...)
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}

func (f *frame) sourceText() string {
	var parts []string
	if s := clean(f.o.Source); s != "" {
		parts = append(parts, pick(f.zh, "来源：", "Source: ")+s)
	}
	if !f.o.AsOf.IsZero() {
		parts = append(parts, pick(f.zh, "数据截至 ", "published by ")+longDate(f.o.AsOf, f.zh))
	}
	return strings.Join(parts, " · ")
}

func pick(zh bool, chinese, english string) string {
	if zh {
		return chinese
	}
	return english
}

func (f *frame) headHeight() float64 {
	return margin + float64(len(f.title))*titleSize*1.25 + float64(len(f.subtitle))*subtitleSize*1.4 + 10
}

func (f *frame) footHeight() float64 {
	return 8 + float64(len(f.foot))*sourceSize*1.4 + margin*0.6
}

// body is the rectangle that the frame leaves for the data.
func (f *frame) body() box {
	return box{margin, f.footHeight(), f.w - margin, f.h - f.headHeight()}
}

// paint draws the frame's words.
func (f *frame) paint(c *canvas) {
	c.open(group{class: "head"})
	y := f.h - margin
	for _, line := range f.title {
		y -= titleSize
		c.words(words{x: margin, y: y, s: line, size: titleSize, bold: true, tone: toneInk})
		y -= titleSize * 0.25
	}
	for _, line := range f.subtitle {
		y -= subtitleSize * 1.15
		c.words(words{x: margin, y: y, s: line, size: subtitleSize, tone: toneSoft})
		y -= subtitleSize * 0.25
	}
	c.shut()
	c.open(group{class: "foot"})
	y = f.footHeight() - 8
	for _, line := range f.foot {
		y -= sourceSize
		c.words(words{x: margin, y: y, s: line, size: sourceSize, tone: toneFaint})
		y -= sourceSize * 0.4
	}
	c.shut()
}

// empty is the figure of a chart without data: it says so in words.
func (f *frame) empty(fig *Figure) *Figure {
	text := pick(f.zh, "没有数据", "There are no data for this chart.")
	fig.alt = fig.Title + ". " + text
	fig.paint = func(c *canvas) {
		f.paint(c)
		b := f.body()
		c.words(words{x: (b.x0 + b.x1) / 2, y: (b.y0 + b.y1) / 2, s: text, size: subtitleSize, tone: toneSoft, anchor: atMiddle})
	}
	return fig
}

// newPlot makes a gonum plot without any of its own furniture: the house draws axes, labels and ground itself, and the
// plot places values and calls the plotters.
func newPlot(xlo, xhi, ylo, yhi float64, log bool) *plot.Plot {
	p := plot.New()
	p.HideAxes()
	p.BackgroundColor = nil
	p.X.Padding, p.Y.Padding = 0, 0
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = xlo, xhi, ylo, yhi
	if p.X.Min == p.X.Max {
		p.X.Min, p.X.Max = xlo-1, xhi+1
	}
	if log {
		p.Y.Scale = plot.LogScale{}
	}
	return p
}

// A plotter is a function that draws on a plot: it implements plot.Plotter.
type plotter func(c *canvas, x, y func(float64) float64)

// Plot implements plot.Plotter.
func (f plotter) Plot(dc draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&dc)
	f(under(dc), func(v float64) float64 { return float64(tx(v)) }, func(v float64) float64 { return float64(ty(v)) })
}

// at is where a point lies on the x axis of its chart.
func (p Point) at(numeric bool) float64 {
	if numeric {
		return p.X
	}
	return day(p.On)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// A span is a range of values that grows as values are added.
type extent struct{ lo, hi float64 }

func noExtent() extent { return extent{math.Inf(1), math.Inf(-1)} }

func (e *extent) add(vs ...float64) {
	for _, v := range vs {
		if finite(v) {
			e.lo, e.hi = math.Min(e.lo, v), math.Max(e.hi, v)
		}
	}
}

func (e extent) ok() bool { return e.lo <= e.hi }

func days(d time.Duration) float64 { return d.Hours() / 24 }
