package reports

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// An event is one row of marts.events.
type event struct {
	Platform              string
	From, To              time.Time
	Precision             string
	Kind, Status, Parties string
	Title, URL, Trust     string
}

// chart gives the event as charts mark it.
func (e event) chart() chart.Event {
	c := chart.Event{On: e.From, Label: briefly(e.Title), Platform: e.Platform, Kind: e.Kind, Status: e.Status}
	if e.To.After(e.From) {
		c.Until = e.To
	}
	return c
}

// briefly cuts a title to its first clause, so that it fits on an axis.
func briefly(s string) string {
	s = plain(s)
	if i := strings.IndexAny(s, ":;(,"); i > 12 {
		s = strings.TrimSpace(s[:i])
	}
	return clip(s, 40)
}

// loadEvents reads the events that were known at the report's day.
func (b *Book) loadEvents(ctx context.Context) (err error) {
	b.events, err = collect[event](ctx, b.store, `
		select platform, event_from, event_to, "precision", kind, status, coalesce(parties, ''), title,
			coalesce(source_url, ''), coalesce(trust, '')
		from marts.events
		where published_on <= ?
		order by event_to, event_from, platform, kind, title, source_url`, b.AsOf)
	return err
}

// events is the section of dated, typed events on one time axis.
type events struct{}

func (events) ID() string    { return "events" }
func (events) Title() string { return "What happened, and when" }

func (events) Render(ctx context.Context, b *Book, w io.Writer) error {
	var v struct {
		N, Confirmed, Planned, Rumours int
		Fig                            *figure
		Table                          *Table
	}
	t := &Table{ID: "events-table", Caption: "Events, newest first", Show: 30, Columns: []Column{
		{Key: "on", Head: "Date"}, {Key: "platform", Head: "Platform"}, {Key: "kind", Head: "Kind"},
		{Key: "status", Head: "Status"}, {Key: "title", Head: "What"}, {Key: "parties", Head: "Parties"}, {Key: "source_url", Head: "Source"},
	}}
	var marks []chart.Event
	for _, e := range b.events {
		v.N++
		switch e.Status {
		case "planned":
			v.Planned++
		case "rumour":
			v.Rumours++
		default:
			v.Confirmed++
		}
		m := e.chart()
		m.Label = plain(e.Title)
		marks = append(marks, m)
	}
	for i := len(b.events) - 1; i >= 0; i-- {
		e := b.events[i]
		t.Rows = append(t.Rows, []Cell{
			{Text: dated(e.To, e.Precision), Raw: e.To.Format(time.DateOnly)}, coded(b.platform(e.Platform), e.Platform),
			text(e.Kind), text(e.Status), name(e.Title), name(e.Parties), cited(e.URL),
		})
	}
	if v.N == 0 {
		return render(w, "empty", "No event is known that was published by the day of this report. Events come from the data set events; see the quarantine below if you added some.")
	}
	var err error
	if v.Table, err = b.table(t); err != nil {
		return err
	}
	v.Fig, err = b.figure(figureSpec{
		ID:       "events-timeline",
		Title:    fmt.Sprintf("%s, %s of them only planned or rumoured", sentence(counted(v.N, "event")), numeral(v.Planned+v.Rumours)),
		Subtitle: "Events by platform; a bar where only the month or quarter is known",
		Caption:  "A filled mark is confirmed, an open one was planned, a dotted one was a rumour at the time.",
		Show:     20,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Timeline(o, marks)
		},
	})
	if err != nil {
		return err
	}
	return render(w, "events", v)
}
