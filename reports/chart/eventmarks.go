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

// eventRoom is the height kept above the data for the words of events.
func (p *panel) eventRoom() float64 {
	n := len(p.eventsIn())
	if n == 0 || p.small {
		return 0
	}
	return float64(min(n, eventRows))*eventPitch + 4
}

// paintEvents draws a thin rule for each event and, where a row above the data has room, its words. An event whose words
// find no room keeps its rule; the chart's table names it.
func (p *panel) paintEvents(c *canvas, d box, x func(float64) float64) {
	events := p.eventsIn()
	if len(events) == 0 {
		return
	}
	c.open(group{class: "events"})
	defer c.shut()
	rows := min(len(events), eventRows)
	free := make([]float64, rows) // right end of what stands in each row
	for i := range free {
		free[i] = math.Inf(-1)
	}
	for _, e := range events {
		xx := crisp(x(day(e.On)))
		dash := []float64{1, 3}
		if e.Status == "planned" || e.Status == "rumour" {
			dash = []float64{1, 5}
		}
		top := d.y1
		if !p.small {
			top = p.eventLabel(c, d, e, xx, free)
		}
		c.tip(longDate(e.On, p.f.zh) + ": " + clean(e.Label))
		c.line(faded(toneFaint, 0.8), 1, dash, pt(xx, d.y0), pt(xx, top))
	}
}

// eventLabel writes an event's words into the lowest row that has room, and gives where its rule ends.
func (p *panel) eventLabel(c *canvas, d box, e Event, xx float64, free []float64) float64 {
	tone := toneSoft
	if l, ok := lookOf(e.Platform, ""); ok {
		tone = l.text
	}
	text := cut(clean(e.Label), math.Min(300, d.w()*0.45), eventSize, false)
	w := measure(text, eventSize, false) * reserve
	for row := range free {
		left := xx + 3
		if left+w > d.x1 {
			left = xx - 3 - w
		}
		if left < free[row]+8 || left < d.x0 {
			continue
		}
		free[row] = left + w
		y := d.y1 + 6 + float64(row)*eventPitch
		c.words(words{x: left, y: y, s: text, size: eventSize, tone: tone, halo: true})
		return y + eventSize*0.8
	}
	return d.y1
}
