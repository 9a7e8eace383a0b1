package reports

import (
	"context"
	"time"
)

// An effect is one row of results.events_effects: an event held against one series of figures.
type effect struct {
	Platform, Metric string
	On               time.Time
	Title            string
	Level, Lo, Hi    *float64 // relative jump, 95 %
	Q                *float64 // p-value, corrected for the number of tests
	Kind, Verdict    string
}

func loadEffects(ctx context.Context, b *Book) ([]effect, error) {
	return collect[effect](ctx, b.store, `
		select platform, metric, event_on, title, level_change, level_lo95, level_hi95, q, verdict_kind, coalesce(verdict, '')
		from results.events_effects
		where event_on <= ?
		order by q nulls last, event_on, platform, metric, title`, b.AsOf)
}

// effectsShown is the most tested events on the page, those with the clearest jump first.
const effectsShown = 12

// effectTable shows the events for which the figures were enough to look for a jump.
func effectTable(b *Book, all []effect) (*Table, error) {
	t := &Table{ID: "effects", Caption: "Did the figures jump? Events with at least four figures on each side, the clearest jump first", Show: effectsShown, Columns: []Column{
		{Key: "event", Head: "Event"}, {Key: "on", Head: "On"}, {Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"},
		{Key: "level_change", Head: "Jump", Number: true}, {Key: "interval95", Head: "95 % interval", Number: true},
		{Key: "q", Head: "q", Hint: "chance of such a jump without cause, over all tests", Number: true},
	}}
	for _, e := range all {
		if e.Kind == "cannot_be_told" {
			continue
		}
		t.Rows = append(t.Rows, []Cell{
			name(e.Title), date(&e.On, b.shortDay), coded(b.platform(e.Platform), e.Platform), coded(b.measure(e.Metric), e.Metric),
			number(e.Level, b.change), b.interval(e.Lo, e.Hi, b.change), number(e.Q, twoPlaces),
		})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return b.table(t)
}
