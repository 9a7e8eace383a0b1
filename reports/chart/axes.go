package chart

import (
	"fmt"
	"strconv"
	"strings"
)

// axes tells a script how the panel places values: its rectangle in the SVG (left, top, right, bottom), and the ends of
// both axes with their kinds. A script may then draw the same lines on another scale; without one nobody needs it.
// Panels without room for data have no axes.
func (p *panel) axes(l layout, ok bool) []string {
	attrs := []string{"data-title", p.title}
	if !ok {
		return attrs
	}
	across, up := "time", "lin"
	switch {
	case p.aged:
		across = "age"
	case p.numeric:
		across = "num"
	}
	if p.scale.log {
		up = "log"
	}
	height := p.f.h
	return append(attrs,
		"data-box", spaced(l.d.x0, height-l.d.y1, l.d.x1, height-l.d.y0),
		"data-x", fmt.Sprintf("%s %s", spaced(p.xs.lo, p.xs.hi), across),
		"data-y", fmt.Sprintf("%s %s", spaced(p.scale.lo, p.scale.hi), up),
		"data-format", [...]string{Count: "count", Percent: "percent", Plain: "plain"}[p.f.o.Format])
}

// spaced writes numbers as shortly as their precision allows, with spaces between them.
func spaced(values ...float64) string {
	text := make([]string, len(values))
	for i, v := range values {
		text[i] = strconv.FormatFloat(v, 'g', 7, 64)
	}
	return strings.Join(text, " ")
}

// notes writes words that belong to places within the data: a script that changes the scale takes them away.
func (c *canvas) notes(all []words) {
	if len(all) == 0 {
		return
	}
	c.open(group{class: "notes"})
	defer c.shut()
	for _, w := range all {
		c.words(w)
	}
}
