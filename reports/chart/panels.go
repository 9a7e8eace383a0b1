package chart

import (
	"fmt"
	"math"
	"strings"
)

// mostPanels is how many small charts a figure can hold.
const mostPanels = 60

// Panels draws small multiples of Lines on shared scales, or on free ones where PanelOptions asks. Names stand without
// values and events without words, for which there is no room; the table has both. A panel without data says so.
func Panels(o Options, po PanelOptions, panels []Panel) (*Figure, error) {
	if len(panels) > mostPanels {
		return nil, fmt.Errorf("chart panels %s: %d panels, at most %d can be seen: choose some", o.ID, len(panels), mostPanels)
	}
	cols := po.Columns
	if cols <= 0 {
		cols = min(3, max(1, int(math.Ceil(math.Sqrt(float64(len(panels)))))))
	}
	cols = max(1, min(cols, len(panels)))
	rows := (len(panels) + cols - 1) / max(cols, 1)
	var ps []*panel
	dropped := 0
	allX, allY := noExtent(), noExtent()
	for _, in := range panels {
		if len(in.Series) > mostSeries {
			return nil, tooMany("panels", o.ID, len(in.Series))
		}
		cs, lost := curves(o, in.Series, false)
		dropped += lost
		xs, ys := ranges(cs, o.Log)
		allX.add(xs.lo, xs.hi)
		allY.add(ys.lo, ys.hi)
		ps = append(ps, &panel{title: clean(in.Title), curves: cs, events: append(in.Events, o.Events...), xs: xs, small: cols > 1, labels: true})
	}
	var notes []string
	if dropped > 0 {
		notes = append(notes, fmt.Sprintf(pick(o.Lang == "zh", "%d 个零或负值无法显示", "%d values of zero or less not shown"), dropped))
	}
	f, fig, err := newFrame("panels", o, math.Max(1, float64(rows))*240, notes...)
	if err != nil {
		return nil, err
	}
	if !allX.ok() {
		return f.empty(fig), nil
	}
	b := f.body()
	const gapX, gapY = 22.0, 18.0
	w := (b.w() - gapX*float64(cols-1)) / float64(cols)
	h := (b.h() - gapY*float64(rows-1)) / float64(rows)
	parts := []string{fig.Title, fig.Subtitle}
	for _, p := range ps {
		xs, ys := p.xs, noExtent()
		if _, y := ranges(p.curves, o.Log); y.ok() {
			ys = y
		}
		if !po.FreeX || !xs.ok() {
			xs = allX
		}
		if !po.FreeY || !ys.ok() {
			ys = allY
		}
		p.f, p.xs, p.scale = f, f.timeRange(xs), f.valueAxis(ys, h-50)
		p.xticks = dateTicks{length: w * 0.65, gap: 46, zh: f.zh}.Ticks(p.xs.lo, p.xs.hi)
		header, table := seriesTable(p.curves, false, o.Format == Percent)
		fig.header = append([]string{"panel"}, header...)
		for _, r := range table {
			fig.rows = append(fig.rows, append([]string{p.title}, r...))
		}
		var told []string
		for j := range p.curves {
			told = append(told, p.curves[j].summary(f, false))
		}
		if len(told) == 0 {
			told = []string{pick(f.zh, "没有数据", "no data")}
		}
		parts = append(parts, p.title+": "+strings.Join(told, "; "))
	}
	fig.alt = strings.Join(parts, ". ") + "."
	at := func(i int) box {
		x0, y1 := b.x0+float64(i%cols)*(w+gapX), b.y1-float64(i/cols)*(h+gapY)
		return box{x0, y1 - h, x0 + w, y1}
	}
	fig.paint = func(c *canvas) {
		f.paint(c)
		for i, p := range inLine(c, ps, cols, po.FreeX, at) {
			p.paint(c, at(i))
			if b := at(i); len(p.curves) == 0 {
				c.words(words{x: (b.x0 + b.x1) / 2, y: (b.y0 + b.y1) / 2, s: pick(f.zh, "没有数据", "no data"), size: labelSize, tone: toneSoft, anchor: atMiddle, halo: true})
			}
		}
	}
	return fig, nil
}

// inLine gives the panels with the same room beside their data, so that one year stands above the other: all of them on
// a shared time axis, else those of a column.
func inLine(c *canvas, ps []*panel, cols int, freeX bool, at func(int) box) []panel {
	if !freeX {
		cols = 1
	}
	left, right := make([]float64, cols), make([]float64, cols)
	for i, p := range ps {
		if l, ok := p.layOut(c, at(i)); ok {
			left[i%cols] = math.Max(left[i%cols], l.d.x0-at(i).x0)
			right[i%cols] = math.Max(right[i%cols], at(i).x1-l.d.x1)
		}
	}
	out := make([]panel, len(ps))
	for i, p := range ps {
		out[i] = *p
		out[i].padLeft, out[i].padRight = left[i%cols], right[i%cols]
	}
	return out
}
