package chart

import (
	"fmt"
	"math"
	"strings"
	"time"
)

const (
	coveragePitch = 21.0
	coverageGroup = 24.0
)

// trustTones darken with trust: class 1 is full, 4 faint; 0 is unknown.
var trustAlpha = [5]float64{0.18, 0.95, 0.62, 0.38, 0.22}

// Coverage draws which metric of which platform is known when: a strip for each row, in the order given, under the name
// of its platform; the darker a stretch, the more its best source is to be trusted. Derived figures are dotted through.
func Coverage(o Options, rows []CoverageRow) (*Figure, error) {
	if len(rows) > mostSeries {
		return nil, fmt.Errorf("chart coverage %s: %d rows, at most %d can be read: choose some", o.ID, len(rows), mostSeries)
	}
	groups := 0
	for i, r := range rows {
		if i == 0 || rows[i-1].Platform != r.Platform {
			groups++
		}
	}
	f, fig, err := newFrame("coverage", o, float64(len(rows))*coveragePitch+float64(groups)*coverageGroup+64)
	if err != nil {
		return nil, err
	}
	fig.header = []string{"platform", "metric", "from", "to", "readings", "sources", "trust", "derived"}
	xs := noExtent()
	for _, r := range rows {
		for _, s := range r.Spans {
			xs.add(day(s.From), day(s.To))
			fig.rows = append(fig.rows, []string{clean(r.Platform), clean(r.Metric), iso(s.From), iso(s.To), fmt.Sprint(s.Readings), fmt.Sprint(s.Sources),
				trustName(s.Trust), fmt.Sprint(s.Derived)})
		}
	}
	if !xs.ok() {
		return f.empty(fig), nil
	}
	fig.alt = coverageAlt(fig, f, rows)
	b := f.body()
	fig.paint = func(c *canvas) {
		f.paint(c)
		paintCoverage(c, f, b, rows, f.timeRange(xs))
	}
	return fig, nil
}

// name is the metric's, or the row's own where none is given.
func (r CoverageRow) name() string {
	if r.Metric != "" {
		return clean(r.Metric)
	}
	return clean(r.Label)
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprint(n, " ", word, "s")
}

func trustName(t int) string {
	if t < 1 || t > 4 {
		return "unknown"
	}
	return string(rune('A' + t - 1))
}

func paintCoverage(c *canvas, f *frame, b box, rows []CoverageRow, xs extent) {
	left, right := 0.0, 0.0
	count := func(r CoverageRow) string {
		if f.zh {
			return fmt.Sprintf("%d 条，%d 个来源", r.Readings, r.Sources)
		}
		return plural(r.Readings, "reading") + ", " + plural(r.Sources, "source")
	}
	for _, r := range rows {
		left = math.Max(left, measure(r.name(), tickSize, false)*reserve+14)
		right = math.Max(right, measure(count(r), eventSize, false)*reserve+14)
	}
	left, right = math.Min(left, b.w()*0.34), math.Min(right, b.w()*0.25)
	d := box{b.x0 + left, b.y0 + 48, b.x1 - right, b.y1}
	pl := newPlot(xs.lo, xs.hi, 0, 1, false)
	dc := c.part(d)
	tx, _ := pl.Transforms(&dc)
	x := func(t time.Time) float64 { return float64(tx(day(t))) }
	for _, t := range (dateTicks{length: d.w(), gap: 52, zh: f.zh}).Ticks(xs.lo, xs.hi) {
		xx := crisp(float64(tx(t.Value)))
		c.line(full(toneGrid), 1, nil, pt(xx, d.y0), pt(xx, d.y1))
		label, _, _ := strings.Cut(t.Label, "\n")
		c.words(words{x: xx, y: d.y0 - tickSize*1.3, s: label, size: tickSize, tone: toneFaint, anchor: atMiddle})
	}
	groups := 0
	for i, r := range rows {
		if i == 0 || rows[i-1].Platform != r.Platform {
			groups++
		}
	}
	pitch := math.Min(coveragePitch, (d.h()-float64(groups)*coverageGroup)/math.Max(1, float64(len(rows))))
	y := d.y1
	for i, r := range rows {
		l := lookFor(r.Platform, "", 0)
		if i == 0 || rows[i-1].Platform != r.Platform {
			y -= coverageGroup
			c.words(words{x: b.x0, y: y + 5, s: cut(clean(r.Label), b.w(), labelSize, true), size: labelSize, bold: true, tone: l.text, halo: true})
		}
		y -= pitch
		mid := y + pitch/2
		c.words(words{x: d.x0 - 10, y: mid - tickSize*0.35, s: cut(r.name(), left-12, tickSize, false), size: tickSize, tone: toneInk, anchor: atEnd})
		c.line(full(toneGrid), 1, nil, pt(d.x0, crisp(mid)), pt(d.x1, crisp(mid)))
		for _, s := range r.Spans {
			a := x(s.From)
			z := math.Max(x(s.To), a+4)
			c.tip(fmt.Sprintf("%s, %s – %s: %d, %s", clean(r.Label), iso(s.From), iso(s.To), s.Readings, trustName(s.Trust)))
			h := pitch * 0.3
			c.rect(full(tonePaper), box{a, mid - h, z, mid + h})
			c.rect(faded(l.line, trustAlpha[max(0, min(s.Trust, 4))]), box{a, mid - h, z, mid + h})
			if s.Derived {
				c.line(full(l.line), 1, []float64{2, 2}, pt(a, mid-h), pt(z, mid-h))
			}
		}
		c.words(words{x: d.x1 + 12, y: mid - eventSize*0.35, s: cut(count(r), right-12, eventSize, false), size: eventSize, tone: toneFaint})
	}
	paintTrustKey(c, f, box{d.x0, b.y0, b.x1, b.y0 + 16}, b)
}

// paintTrustKey explains the shades; where there is no room for the words, by the letters alone.
func paintTrustKey(c *canvas, f *frame, b box, whole box) {
	keys := []struct {
		trust int
		text  string
	}{
		{1, pick(f.zh, "A 财报、公告、通讯社", "A filing, release, news agency")},
		{2, pick(f.zh, "B 行业媒体、汇编", "B trade press, compiler")},
		{3, pick(f.zh, "C 博客、转载", "C blog, copy")},
	}
	want := 0.0
	for _, k := range keys {
		want += 48 + measure(k.text, eventSize, false)*reserve
	}
	x := b.x0
	if x+want > b.x1 {
		x = whole.x0
	}
	for _, k := range keys {
		if want > whole.w() {
			k.text = k.text[:1]
		}
		c.rect(faded(toneInk, trustAlpha[k.trust]), box{x, b.y0 + 2, x + 22, b.y0 + 12})
		w := words{x: x + 28, y: b.y0 + 3, s: k.text, size: eventSize, tone: toneSoft}
		c.words(w)
		x += 28 + w.width()*reserve + 20
	}
}

func coverageAlt(fig *Figure, f *frame, rows []CoverageRow) string {
	parts := []string{fig.Title, fig.Subtitle}
	for _, r := range rows {
		if len(r.Spans) == 0 {
			continue
		}
		parts = append(parts, fmt.Sprintf(pick(f.zh, "%s %s：%s 至 %s，%d 条", "%s, %s: %s to %s, %d readings"), clean(r.Label), r.name(),
			monthDate(r.Spans[0].From, f.zh), monthDate(r.Spans[len(r.Spans)-1].To, f.zh), r.Readings))
	}
	return strings.Join(parts, ". ") + "."
}
