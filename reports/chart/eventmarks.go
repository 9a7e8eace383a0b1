package chart

import (
	"math"
	"slices"
)

const (
	eventSize  = 11.0
	eventPitch = 14.0
	eventRows  = 4
)

// eventsIn gives the events that lie within the panel, in time.
func (p *panel) eventsIn() []Event {
	var out []Event
	for _, e := range p.events {
		if at := day(e.On); at >= p.xs.lo && at <= p.xs.hi {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int { return a.On.Compare(b.On) })
	return out
}

// flags seats the words of events above the data. An event whose words find no room keeps its rule; the chart's table
// names it. Small panels have rules only.
func (p *panel) flags(events []Event, d box, x func(float64) float64) (flags []flag, rows int) {
	flags = make([]flag, len(events))
	for i, e := range events {
		flags[i].x = crisp(x(day(e.On)))
		if !p.small {
			flags[i].text = flagText(clean(e.Label), math.Min(300, d.w()*0.45))
		}
	}
	rows = fly(flags, d.x0, d.x1, eventRows)
	return flags, rows
}

// paintEvents draws a thin rule for each event, then the words.
func (p *panel) paintEvents(c *canvas, d box, events []Event, flags []flag) {
	if len(events) == 0 {
		return
	}
	c.open(group{class: "events"})
	defer c.shut()
	base := func(f flag) float64 { return d.y1 + 6 + float64(f.row)*eventPitch }
	for i, e := range events {
		f := flags[i]
		dash, top := []float64{1, 3}, d.y1
		if e.Status == "planned" || e.Status == "rumour" {
			dash = []float64{1, 5}
		}
		if f.text != "" {
			top = base(f) + eventSize*0.8
		}
		c.tip(longDate(e.On, p.f.zh) + ": " + clean(e.Label))
		c.line(faded(toneFaint, 0.8), 1, dash, pt(f.x, d.y0), pt(f.x, top))
	}
	c.open(group{class: "notes"})
	defer c.shut()
	for i, e := range events {
		f := flags[i]
		if f.text == "" {
			continue
		}
		tone := toneSoft
		if l, ok := lookOf(e.Platform, ""); ok {
			tone = l.text
		}
		at, dx := f.place()
		c.words(words{x: f.x + dx, y: base(f), s: f.text, size: eventSize, tone: tone, anchor: at, halo: true})
	}
}
