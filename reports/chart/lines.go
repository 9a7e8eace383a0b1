package chart

import (
	"fmt"
	"strings"
)

// mostSeries is how many lines a chart can hold before none of them can be followed.
const mostSeries = 400

// mostNamed is how many lines are drawn in colour and named; more become context.
const mostNamed = 12

// Lines draws counts through time: one line per series with its band, named at its end with its last value, broken in
// silences longer than Options.Gap, with a mark for each reading where there are few and for each that stands alone.
// Events stand as thin rules with their words above the data, Refs as dashed lines. Beyond mostNamed series the smaller
// ones are drawn grey; more than mostSeries are an error.
func Lines(o Options, series []Series) (*Figure, error) { return lineChart("lines", o, series, false) }

func lineChart(kind string, o Options, series []Series, numeric bool) (*Figure, error) {
	if len(series) > mostSeries {
		return nil, tooMany(kind, o.ID, len(series))
	}
	if numeric && o.Gap == 0 {
		o.Gap = 1 << 62
	}
	series, notes := crowd(o, series)
	crowded := len(notes) > 0
	cs, dropped := curves(o, series, numeric)
	if dropped > 0 {
		notes = append(notes, fmt.Sprintf(pick(o.Lang == "zh", "%d 个零或负值无法显示", "%d values of zero or less not shown"), dropped))
	}
	f, fig, err := newFrame(kind, o, 400, notes...)
	if err != nil {
		return nil, err
	}
	fig.header, fig.rows = seriesTable(cs, numeric, o.Format == Percent)
	fig.rows = append(fig.rows, eventRowsOf(o.Events, len(fig.header))...)
	if !numeric {
		cs = within(cs, o)
	}
	xs, ys := ranges(cs, o.Log)
	if !xs.ok() {
		return f.empty(fig), nil
	}
	p := &panel{f: f, curves: cs, events: o.Events, refs: o.Refs, numeric: numeric, labels: true, crowded: crowded}
	b := f.body()
	p.scale = f.valueAxis(ys, b.h())
	switch {
	case kind == "probability":
		p.scale = linear(0, 1, 4, f.num)
		p.noBand, p.wordy = true, true
		p.stroke = func(i int, _ *curve) stroke { return probabilityStrokes[min(i, len(probabilityStrokes)-1)] }
	case kind == "aligned":
		p.xs, p.xticks = ageAxis(xs, f.zh)
		p.aged = true
	}
	if kind == "curve" {
		s := linear(xs.lo, xs.hi, 8, numeral{format: Plain, zh: f.zh})
		p.xs, p.xticks = extent{xs.lo, xs.hi}, s.Ticks(0, 0)
	}
	if !numeric {
		p.xs = f.timeRange(xs)
		p.xticks = dateTicks{length: b.w() * 0.75, gap: 52, zh: f.zh}.Ticks(p.xs.lo, p.xs.hi)
	}
	fig.alt = altOf(fig, cs, f, numeric, o.Events)
	if p.xlabel = clean(o.XLabel); p.xlabel != "" {
		b.y0 += tickSize * 1.5
	}
	fig.paint = func(c *canvas) {
		f.paint(c)
		p.paint(c, b)
	}
	return fig, nil
}

func tooMany(kind, id string, n int) error {
	return fmt.Errorf("chart %s %s: %d series, at most %d can be told apart: choose some, or sum them", kind, id, n, mostSeries)
}

// crowd turns the smaller of many series into context, so that the others can be read.
func crowd(o Options, series []Series) ([]Series, []string) {
	loud := 0
	for _, s := range series {
		if !s.Quiet {
			loud++
		}
	}
	if loud <= mostNamed {
		return series, nil
	}
	out := make([]Series, len(series))
	copy(out, series)
	sizes := make([]float64, len(out))
	for i, s := range out {
		if n := len(s.Points); n > 0 {
			sizes[i] = s.Points[n-1].Y
		}
	}
	for i := range out {
		above := 0
		for j := range out {
			if !out[j].Quiet && (sizes[j] > sizes[i] || sizes[j] == sizes[i] && j < i) {
				above++
			}
		}
		out[i].Quiet = out[i].Quiet || above >= mostNamed
	}
	return out, []string{fmt.Sprintf(pick(o.Lang == "zh", "其余 %d 条以灰色显示", "the other %d drawn grey"), loud-mostNamed)}
}

// seriesTable lays open what curves draw.
func seriesTable(cs []curve, numeric, share bool) (header []string, rows [][]string) {
	at := "date"
	if numeric {
		at = "x"
	}
	header = []string{"series", at, "value", "low", "high", "note"}
	if share {
		header[2] = "probability"
	}
	for i := range cs {
		for _, p := range cs[i].pts {
			x := iso(p.On)
			if numeric {
				x = plain(p.X)
			}
			row := []string{cs[i].Label, x, plain(p.Y), "", "", clean(p.Note)}
			if p.Lo != p.Hi {
				row[3], row[4] = plain(p.Lo), plain(p.Hi)
			}
			rows = append(rows, row)
		}
	}
	return header, rows
}

// eventRowsOf adds the events of a chart to its table, which has the given width.
func eventRowsOf(events []Event, width int) (rows [][]string) {
	for _, e := range events {
		row := make([]string, width)
		row[0], row[1], row[width-1] = "event", iso(e.On), clean(e.Label)
		rows = append(rows, row)
	}
	return rows
}

// altOf tells a chart of curves in words.
func altOf(fig *Figure, cs []curve, f *frame, numeric bool, events []Event) string {
	parts := []string{fig.Title}
	if fig.Subtitle != "" {
		parts = append(parts, fig.Subtitle)
	}
	for i := range cs {
		if i == 12 {
			parts = append(parts, fmt.Sprintf(pick(f.zh, "另有 %d 条", "and %d more lines"), len(cs)-i))
			break
		}
		parts = append(parts, cs[i].summary(f, numeric))
	}
	if n := len(events); n > 0 {
		parts = append(parts, fmt.Sprintf(pick(f.zh, "标出 %d 个事件", "%d events are marked"), n))
	}
	return strings.Join(parts, ". ") + "."
}
