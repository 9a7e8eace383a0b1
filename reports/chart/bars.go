package chart

import (
	"fmt"
	"math"
	"strings"
)

const barPitch = 28.0

// Bars draws amounts as horizontal bars from zero in the order given, with the interval as a thin line where Lo and Hi
// are given, and the value at the end. A value that is no number keeps its row, without a bar; where Lo and Hi are given
// a pale bar spans what is possible.
func Bars(o Options, bars []Bar) (*Figure, error) {
	if len(bars) > mostSeries {
		return nil, fmt.Errorf("chart bars %s: %d bars, at most %d can be read: choose some", o.ID, len(bars), mostSeries)
	}
	f, fig, err := newFrame("bars", o, math.Max(1, float64(len(bars)))*barPitch+34)
	if err != nil {
		return nil, err
	}
	fig.header = []string{"name", "value", "low", "high", "note"}
	xs := noExtent()
	parts := []string{fig.Title, fig.Subtitle}
	for i, b := range bars {
		row := []string{clean(b.Label), plain(b.Value), "", "", clean(b.Note)}
		if b.Lo != b.Hi {
			row[2], row[3] = plain(b.Lo), plain(b.Hi)
			xs.add(b.Lo, b.Hi)
		}
		fig.rows = append(fig.rows, row)
		xs.add(b.Value)
		if i < 20 {
			parts = append(parts, clean(b.Label)+": "+f.num.value(b.Value))
		}
	}
	if !xs.ok() {
		return f.empty(fig), nil
	}
	fig.alt = strings.Join(parts, ". ") + "."
	b := f.body()
	fig.paint = func(c *canvas) {
		f.paint(c)
		paintBars(c, f, b, bars, xs)
	}
	return fig, nil
}

func paintBars(c *canvas, f *frame, b box, bars []Bar, xs extent) {
	left, right := 0.0, 0.0
	for _, bar := range bars {
		left = math.Max(left, measure(clean(bar.Label), labelSize, false)*reserve+14)
		right = math.Max(right, measure(barWords(f, bar), labelSize, true)*reserve+12)
	}
	left = math.Min(left, b.w()*0.36)
	d := box{b.x0 + left, b.y0 + 26, b.x1 - right, b.y1}
	xs.add(0)
	s := linear(xs.lo, xs.hi, max(2, int(d.w()/90)), f.num)
	pl := newPlot(s.lo, s.hi, 0, 1, false)
	dc := c.part(d)
	tx, _ := pl.Transforms(&dc)
	x := func(v float64) float64 { return float64(tx(v)) }
	for i, at := range s.at {
		xx := crisp(x(at))
		c.line(full(toneGrid), 1, nil, pt(xx, d.y0), pt(xx, d.y1))
		c.words(words{x: xx, y: d.y0 - tickSize*1.3, s: s.label[i], size: tickSize, tone: toneFaint, anchor: atMiddle})
	}
	pitch := math.Min(barPitch, d.h()/math.Max(1, float64(len(bars))))
	y := d.y1
	for _, bar := range bars {
		y -= pitch
		mid, h := y+pitch/2, pitch*0.33
		tone, size := toneAccent, math.Min(labelSize, pitch*0.6)
		if l, ok := lookOf(bar.Platform, ""); ok {
			tone = l.line
		}
		c.words(words{x: d.x0 - 10, y: mid - size*0.34, s: cut(clean(bar.Label), left-14, size, false), size: size, tone: toneInk, anchor: atEnd})
		if !finite(bar.Value) {
			if bar.Lo < bar.Hi && finite(bar.Lo) && finite(bar.Hi) {
				c.tip(clean(bar.Label) + ": " + barWords(f, bar) + noteOf(bar.Note))
				c.rect(faded(tone, 0.35), box{x(bar.Lo), mid - h, x(bar.Hi), mid + h})
				c.words(words{x: x(bar.Hi) + 6, y: mid - size*0.34, s: barWords(f, bar), size: size, tone: toneSoft, halo: true})
			}
			continue
		}
		c.tip(clean(bar.Label) + ": " + f.num.value(bar.Value) + noteOf(bar.Note))
		c.rect(full(tone), box{math.Min(x(0), x(bar.Value)), mid - h, math.Max(x(0), x(bar.Value)), mid + h})
		end := math.Max(x(0), x(bar.Value)) // the words stand right of zero, also for a loss
		if bar.Lo != bar.Hi && finite(bar.Lo) && finite(bar.Hi) {
			c.line(full(toneInk), 1.4, nil, pt(x(bar.Lo), mid), pt(x(bar.Hi), mid))
			end = math.Max(end, x(bar.Hi))
		}
		c.words(words{x: end + 6, y: mid - size*0.34, s: f.num.value(bar.Value), size: size, bold: true, tone: toneSoft, halo: true})
	}
}

// barWords is what stands at the end of a bar: its value, or the ends of what is possible.
func barWords(f *frame, b Bar) string {
	if finite(b.Value) || !(b.Lo < b.Hi) {
		return f.num.value(b.Value)
	}
	return f.num.value(b.Lo) + "–" + f.num.value(b.Hi)
}
