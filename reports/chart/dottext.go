package chart

import (
	"fmt"
	"math"
	"strings"
)

// valueText is what stands at the end of a dot's line: the estimate, and its interval.
func (p *dotPlot) valueText(d Dot) (estimate, interval string) {
	if d.Missing != "" {
		return "", ""
	}
	x, lo, hi, lo95, hi95, timed := d.values()
	text := func(v float64) string {
		switch {
		case !finite(v):
			return "…"
		case timed:
			return monthDate(dateOf(v), p.f.zh)
		case p.f.num.format == Percent:
			return p.f.num.fixed(v, p.decimals)
		}
		return p.f.num.value(v)
	}
	between := func(a, b float64) string { return bothOf(text(a), text(b), p.f.zh) }
	switch {
	case d.Open && finite(lo):
		interval = fmt.Sprintf(pick(p.f.zh, "%s 或更晚", "%s or later"), text(lo))
		if !timed {
			interval = fmt.Sprintf(pick(p.f.zh, "%s 或更多", "%s or more"), text(lo))
		}
	case lo != hi && (finite(lo) || finite(hi)):
		interval = between(lo, hi)
	case lo95 != hi95 && (finite(lo95) || finite(hi95)):
		interval = between(lo95, hi95)
	}
	return text(x), interval
}

// bothOf joins the ends of an interval; a unit that both have is written once.
func bothOf(a, b string, zh bool) string {
	if i := strings.LastIndex(a, nbsp); i > 0 && strings.HasSuffix(b, a[i:]) {
		a = a[:i]
	}
	return a + pick(zh, " 至 ", " to ") + b
}

// told is valueText in one, for the text alternative and when pointed at.
func (p *dotPlot) told(d Dot) string {
	if d.Missing != "" {
		return clean(d.Missing)
	}
	estimate, interval := p.valueText(d)
	if interval != "" {
		estimate += " (" + interval + ")"
	}
	return estimate
}

// decimalsOf gives how many decimals the shares of a chart need: one, if any of them is below ten per cent.
func decimalsOf(dots []Dot) int {
	for _, d := range dots {
		if x, _, _, _, _, timed := d.values(); d.Missing == "" && !timed && finite(x) && math.Abs(x) < 0.0995 {
			return 1
		}
	}
	return 0
}

func noteOf(note string) string {
	if note == "" {
		return ""
	}
	return "; " + clean(note)
}

func dotTable(dots []Dot) (header []string, rows [][]string) {
	header = []string{"group", "name", "estimate", "low 80", "high 80", "low 95", "high 95", "note"}
	for _, d := range dots {
		x, lo, hi, lo95, hi95, timed := d.values()
		text := func(v float64) string {
			if timed && finite(v) {
				return iso(dateOf(v))
			}
			return plain(v)
		}
		row := []string{clean(d.Group), clean(d.Label), text(x), "", "", "", "", clean(d.Note)}
		if lo != hi {
			row[3], row[4] = text(lo), text(hi)
		}
		if lo95 != hi95 {
			row[5], row[6] = text(lo95), text(hi95)
		}
		if d.Missing != "" {
			row[2], row[7] = "", clean(d.Missing)
		}
		rows = append(rows, row)
	}
	return header, rows
}

func dotAlt(fig *Figure, f *frame, dots []Dot) string {
	p := dotPlot{f: f, decimals: decimalsOf(dots)}
	parts := []string{fig.Title, fig.Subtitle}
	for i, d := range dots {
		if i == 20 {
			parts = append(parts, fmt.Sprintf(pick(f.zh, "另有 %d 项", "and %d more"), len(dots)-i))
			break
		}
		parts = append(parts, clean(d.Label)+": "+p.told(d))
	}
	return strings.Join(parts, ". ") + "."
}
