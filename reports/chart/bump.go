package chart

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
)

// Bump draws ranks through time; entries below top are not drawn (0: the first 10). Lists stand side by side at even
// distances, as what counts is who passed whom from one to the next.
func Bump(o Options, top int, ranks []Rank) (*Figure, error) {
	if top <= 0 {
		top = 10
	}
	if top > mostRanks {
		return nil, fmt.Errorf("chart bump %s: %d ranks, at most %d can be read: ask for fewer", o.ID, top, mostRanks)
	}
	f, fig, err := newFrame("bump", o, float64(top)*30+40)
	if err != nil {
		return nil, err
	}
	cs, dates := climbs(top, ranks)
	fig.header = []string{"date", "rank", "name", "value"}
	for _, c := range cs {
		for _, r := range c.ranks {
			fig.rows = append(fig.rows, []string{iso(r.On), fmt.Sprint(r.Rank), c.label, plain(r.Value)})
		}
	}
	if len(cs) == 0 {
		return f.empty(fig), nil
	}
	b := f.body()
	column := map[float64]int{}
	for i, d := range dates {
		column[d] = i
	}
	left, right := bumpMargins(cs, dates, f, b)
	d := box{b.x0 + left, b.y0 + tickSize*2.2, b.x1 - right, b.y1 - 6}
	x := func(at float64) float64 {
		if len(dates) == 1 {
			return (d.x0 + d.x1) / 2
		}
		return d.x0 + d.w()*float64(column[at])/float64(len(dates)-1)
	}
	y := func(rank int) float64 { return d.y1 - d.h()*(float64(rank)-0.5)/float64(top) }
	fig.alt = bumpAlt(fig, f, cs, dates)
	fig.paint = func(c *canvas) {
		f.paint(c)
		paintBumpGround(c, f, d, dates, top, x, y)
		for _, loud := range []bool{false, true} {
			for _, cl := range cs {
				if cl.loud == loud {
					paintClimb(c, cl, column, x, y)
				}
			}
		}
		k := newClutter(d)
		for _, cl := range cs {
			k.climb(cl, column, x, y)
		}
		for _, turn := range []int{0, 1, 2} {
			for _, cl := range cs {
				if cl.turn(column, len(dates)) == turn {
					nameClimb(c, f, d, cl, column, len(dates), k, x, y)
				}
			}
		}
	}
	return fig, nil
}

// bumpMargins gives the room for the names of the first and of the last list.
func bumpMargins(cs []climb, dates []float64, f *frame, b box) (left, right float64) {
	for _, c := range cs {
		w := measure(c.label, labelSize, true)*reserve + 34
		if day(c.ranks[0].On) == dates[0] {
			left = math.Max(left, w)
		}
		last := c.ranks[len(c.ranks)-1]
		if day(last.On) == dates[len(dates)-1] {
			right = math.Max(right, w+measure("  "+f.num.value(last.Value), labelSize, false)*reserve)
		}
	}
	most := b.w() * 0.26
	return math.Min(math.Max(left, 30), most), math.Min(math.Max(right, 30), most)
}

func paintBumpGround(c *canvas, f *frame, d box, dates []float64, top int, x func(float64) float64, y func(int) float64) {
	for r := 1; r <= top; r++ {
		c.line(full(toneGrid), 1, nil, pt(d.x0, crisp(y(r))), pt(d.x1, crisp(y(r))))
	}
	end := math.Inf(-1)
	for i, at := range dates {
		xx := x(at)
		text := listDate(dates, i, f.zh)
		w := measure(text, tickSize, false) * reserve
		last := i == len(dates)-1
		if xx-w/2 < end+10 && !last {
			continue
		}
		if !last && xx+w/2 > x(dates[len(dates)-1])-w/2-10 && i > 0 {
			continue
		}
		end = xx + w/2
		c.words(words{x: xx, y: d.y0 - tickSize*1.4, s: text, size: tickSize, tone: toneFaint, anchor: atMiddle})
	}
}

// listDate names the i-th list by its month, or by its day where the list beside it is of the same month.
func listDate(dates []float64, i int, zh bool) string {
	month := func(i int) string { return monthDate(dateOf(dates[i]), zh) }
	if i > 0 && month(i-1) == month(i) || i+1 < len(dates) && month(i+1) == month(i) {
		return longDate(dateOf(dates[i]), zh)
	}
	return month(i)
}

// paintClimb draws an entry's way from list to list; where a list lacks it, the line breaks.
func paintClimb(c *canvas, cl climb, column map[float64]int, x func(float64) float64, y func(int) float64) {
	c.open(group{class: "series", attrs: []string{"data-key", cl.Key}})
	defer c.shut()
	for i := 1; i < len(cl.ranks); i++ {
		a, b := cl.ranks[i-1], cl.ranks[i]
		if column[day(b.On)]-column[day(a.On)] != 1 {
			continue
		}
		x0, x1, y0, y1 := x(day(a.On)), x(day(b.On)), y(a.Rank), y(b.Rank)
		var path vg.Path
		path.Move(pt(x0, y0))
		path.CubeTo(pt((x0+x1)/2, y0), pt((x0+x1)/2, y1), pt(x1, y1))
		c.SetColor(full(cl.look.line))
		c.SetLineWidth(2.4)
		c.SetLineDash(nil, 0)
		c.Stroke(path)
	}
	for _, r := range cl.ranks {
		c.tip(fmt.Sprintf("%s, %s: %d", cl.label, iso(r.On), r.Rank))
		c.disc(full(cl.look.line), x(day(r.On)), y(r.Rank), 4)
	}
}

// climb marks where an entry's lines and dots run.
func (k *clutter) climb(cl climb, column map[float64]int, x func(float64) float64, y func(int) float64) {
	for i, r := range cl.ranks {
		px, py := x(day(r.On)), y(r.Rank)
		k.put(box{px, py, px, py}.grow(4))
		if i == 0 || column[day(r.On)]-column[day(cl.ranks[i-1].On)] != 1 {
			continue
		}
		x0, y0 := x(day(cl.ranks[i-1].On)), y(cl.ranks[i-1].Rank)
		last := pt(x0, y0)
		for j := 1; j <= 12; j++ {
			t := float64(j) / 12
			next := pt(x0+(px-x0)*(1.5*t*(1-t)+t*t*t), y0+(py-y0)*(3*t*t*(1-t)+t*t*t)) // the curve of paintClimb
			k.stroke(last, next)
			last = next
		}
	}
}

// nameClimb writes an entry's name at both margins; within the chart, where nothing else is drawn, if it stands in
// neither the first nor the last list, or its line is long.
func nameClimb(c *canvas, f *frame, d box, cl climb, column map[float64]int, lists int, k *clutter, x func(float64) float64, y func(int) float64) {
	first, last := cl.ranks[0], cl.ranks[len(cl.ranks)-1]
	tone := toneSoft
	if cl.loud {
		tone = cl.look.text
	}
	named := false
	if column[day(first.On)] == 0 {
		c.words(words{x: d.x0 - 30, y: y(first.Rank) - labelSize*0.34, s: cut(cl.label, d.x0-margin-34, labelSize, cl.loud), size: labelSize, bold: cl.loud, tone: tone, anchor: atEnd})
		c.words(words{x: d.x0 - 10, y: y(first.Rank) - labelSize*0.34, s: fmt.Sprint(first.Rank), size: labelSize, tone: toneFaint, anchor: atEnd})
		named = true
	}
	if column[day(last.On)] == lists-1 {
		value := ""
		if last.Value != 0 {
			value = "  " + f.num.value(last.Value)
		}
		room := f.w - margin - d.x1 - 30 - measure(value, labelSize, false)*reserve
		c.words(words{x: d.x1 + 10, y: y(last.Rank) - labelSize*0.34, s: fmt.Sprint(last.Rank), size: labelSize, tone: toneFaint})
		c.words(words{x: d.x1 + 30, y: y(last.Rank) - labelSize*0.34, s: cut(cl.label, room, labelSize, cl.loud), size: labelSize, bold: cl.loud, tone: tone, tail: value, tailTone: toneSoft})
		named = true
	}
	if named && (!cl.loud || len(cl.ranks) < 6) || !cl.loud && len(cl.ranks) < 3 {
		return
	}
	w := words{s: cut(cl.label, 150, eventSize, cl.loud), size: eventSize, bold: cl.loud, tone: tone, anchor: atMiddle, halo: true}
	if w, ok := k.firstFree(alongClimb(w, cl, x, y)...); ok {
		c.words(w)
	}
}

// turn is when an entry is named: first those in colour that neither margin names, then the others that none names.
func (cl climb) turn(column map[float64]int, lists int) int {
	switch {
	case column[day(cl.ranks[0].On)] == 0 || column[day(cl.ranks[len(cl.ranks)-1].On)] == lists-1:
		return 2
	case cl.loud:
		return 0
	}
	return 1
}

// alongClimb gives the places for a name above, then below an entry's line: its middle first, then away from it.
func alongClimb(w words, cl climb, x func(float64) float64, y func(int) float64) (out []words) {
	n := len(cl.ranks)
	for _, dy := range []float64{10, -10 - eventSize*0.72} {
		for i := range n {
			at := n/2 + (i+1)/2*(1-i%2*2)
			if at < 0 || at >= n {
				continue
			}
			r := cl.ranks[at]
			w.x, w.y = x(day(r.On)), y(r.Rank)+dy
			out = append(out, w)
		}
	}
	return out
}

func bumpAlt(fig *Figure, f *frame, cs []climb, dates []float64) string {
	parts := []string{fig.Title, fig.Subtitle}
	tell := func(at float64) string {
		var names []string
		for rank := 1; rank <= 100; rank++ {
			for _, c := range cs {
				for _, r := range c.ranks {
					if day(r.On) == at && r.Rank == rank {
						names = append(names, fmt.Sprintf("%d %s", rank, c.label))
					}
				}
			}
		}
		return monthDate(dateOf(at), f.zh) + ": " + strings.Join(names, ", ")
	}
	parts = append(parts, tell(dates[0]))
	if len(dates) > 1 {
		parts = append(parts, tell(dates[len(dates)-1]))
	}
	return strings.Join(parts, ". ") + "."
}
