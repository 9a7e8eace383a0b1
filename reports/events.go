package reports

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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

// briefly cuts a title to its first clause, and that to whole words, so that it fits on an axis.
func briefly(s string) string {
	s = plain(s)
	if i := strings.IndexAny(s, ":;(,"); i > 12 {
		s = strings.TrimSpace(s[:i])
	}
	if utf8.RuneCountInString(s) <= briefest {
		return s
	}
	words := strings.Fields(clip(s, briefest))
	words = words[:max(1, len(words)-1)] // the last one is cut
	for len(words) > 1 && dangles(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ") + "\u2009…"
}

// dangles tells words that no shortened title may end with: small ones, and numbers whose noun is gone.
func dangles(word string) bool {
	return slices.Contains(danglers, word) || strings.Trim(word, "0123456789.,") == ""
}

// briefest is the most characters that a mark on an axis has room for; danglers are words that announce another.
const briefest = 46

var danglers = []string{"a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "its", "of", "on", "or", "over", "the", "to", "with"}

// Marks on a chart: what several sources report is what matters, and only so much fits above an axis.
const (
	marksShown = 6
	marksApart = 400 * 24 * time.Hour
	sameMatter = 35 * 24 * time.Hour // events of one platform and kind that follow one another so closely are one matter
)

// chartEvents are the turning points of some platforms: matters that at least two pages report as confirmed, those with
// the most reports first in line, by date, with room between them. A matter is marked by its first event.
func (b *Book) chartEvents(platforms ...string) []chart.Event {
	type matter struct {
		first, last event
		pages       map[string]bool
	}
	var matters []*matter
	open := map[string]*matter{}
	for _, e := range b.events {
		if e.Status != "confirmed" || !slices.Contains(platforms, e.Platform) {
			continue
		}
		key := e.Platform + " " + e.Kind
		m := open[key]
		if m == nil || e.To.Sub(m.last.To) > sameMatter {
			m = &matter{first: e, pages: map[string]bool{}}
			open[key] = m
			matters = append(matters, m)
		}
		m.last = e
		m.pages[e.URL] = true
	}
	matters = slices.DeleteFunc(matters, func(m *matter) bool { return len(m.pages) < 2 })
	slices.SortStableFunc(matters, func(x, y *matter) int { return len(y.pages) - len(x.pages) })
	var marks []chart.Event
	for _, m := range matters {
		crowded := slices.ContainsFunc(marks, func(e chart.Event) bool { return e.On.Sub(m.first.From).Abs() < marksApart })
		if len(marks) < marksShown && !crowded {
			marks = append(marks, m.first.chart())
		}
	}
	slices.SortFunc(marks, func(x, y chart.Event) int { return x.On.Compare(y.On) })
	return marks
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

// eventsView is what the section shows.
type eventsView struct {
	N, Confirmed, Planned, Rumours int
	Fig                            *figure
	Tested, Unclear, Changed       int
	Table, Effects                 *Table
	Cases                          []eventCase // the sums
	Methods, Kinds                 *Table
}

func (events) Render(ctx context.Context, b *Book, w io.Writer) error {
	v := eventsView{N: len(b.events)}
	if v.N == 0 {
		return b.empty(w, "No event is known that was published by the day of this report. Events come from the data set events; see the quarantine below if you added some.")
	}
	for _, e := range b.events {
		switch e.Status {
		case "planned":
			v.Planned++
		case "rumour":
			v.Rumours++
		default:
			v.Confirmed++
		}
	}
	if err := v.effects(ctx, b); err != nil {
		return err
	}
	if err := v.cases(ctx, b); err != nil {
		return err
	}
	var err error
	if v.Table, err = b.table(eventTable(b)); err != nil {
		return err
	}
	if v.Fig, err = timeline(b, v.Planned+v.Rumours); err != nil {
		return err
	}
	return b.render(w, "events", v)
}

// effects counts what the events job could tell, and tables the cases that it could test.
func (v *eventsView) effects(ctx context.Context, b *Book) error {
	all, err := loadEffects(ctx, b)
	if err != nil {
		return err
	}
	for _, e := range all {
		switch e.Kind {
		case "cannot_be_told":
			v.Unclear++
		case "change_seen":
			v.Changed++
			v.Tested++
		default:
			v.Tested++
		}
	}
	v.Effects, err = effectTable(b, all)
	return err
}

// timelineRows is the most platforms that the timeline has room for.
const timelineRows = 12

func timeline(b *Book, unconfirmed int) (*figure, error) {
	count, seen := map[string]int{}, map[string]bool{}
	for _, e := range b.events {
		count[e.Platform]++
		seen[e.Platform] = true
	}
	drawn := b.foremost(b.inOrder(seen), timelineRows, func(id string) float64 { return float64(count[id]) })
	var marks []chart.Event
	for _, e := range b.events {
		if slices.Contains(drawn, e.Platform) {
			m := e.chart()
			m.Label = plain(e.Title)
			marks = append(marks, m)
		}
	}
	return b.figure(figureSpec{
		ID:       "events-timeline",
		Title:    b.say("%s, %s of them only planned or rumoured", sentence(b.counted(len(b.events), "event")), b.numeral(unconfirmed)),
		Subtitle: "Events by platform; a bar where only the month or quarter is known",
		Caption:  "A filled mark is confirmed, an open one was planned, a dotted one was a rumour at the time.",
		Show:     20,
		Roomy:    true,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Timeline(o, marks)
		},
	})
}

// eventTable lists the events, newest first.
func eventTable(b *Book) *Table {
	t := &Table{ID: "events-table", Caption: "Events, newest first", Show: 30, Columns: []Column{
		{Key: "on", Head: "Date"}, {Key: "platform", Head: "Platform"}, {Key: "kind", Head: "Kind"},
		{Key: "status", Head: "Status"}, {Key: "title", Head: "What"}, {Key: "parties", Head: "Parties"}, {Key: "source_url", Head: "Source"},
	}}
	for i := len(b.events) - 1; i >= 0; i-- {
		e := b.events[i]
		t.Rows = append(t.Rows, []Cell{
			{Text: b.dated(e.To, e.Precision), Raw: e.To.Format(time.DateOnly)}, coded(b.platform(e.Platform), e.Platform),
			coded(b.say(e.Kind), e.Kind), coded(b.say(e.Status), e.Status), name(e.Title), name(e.Parties), cited(e.URL),
		})
	}
	return t
}
