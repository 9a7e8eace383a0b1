package reports

import (
	"context"
	"strings"
)

// An eventCase is one row of results.event_cases: a question about events, and what a method, or the sum of all, says.
type eventCase struct {
	Title, Method  string
	Events         int64
	Made, Possible int64
	Platform       string
	Metric         string
	Kind, Verdict  string
}

// methodNames are the methods of results.event_cases as people call them.
var methodNames = map[string]string{
	"interrupted_series":        word("interrupted series"),
	"event_study":               word("event study"),
	"difference_in_differences": word("difference in differences"),
	"synthetic_control":         word("synthetic control"),
}

// cases adds what is said of the questions that people ask, and the pooled kinds of events.
func (v *eventsView) cases(ctx context.Context, b *Book) error {
	all, err := collect[eventCase](ctx, b.store, `
		select title, method, n_events, n_made, n_possible, coalesce(platform, ''), coalesce(metric, ''), verdict_kind, coalesce(verdict, '')
		from results.event_cases
		order by case_no, case method when 'sum' then 0 when 'interrupted_series' then 1 when 'event_study' then 2
			when 'difference_in_differences' then 3 else 4 end, method`)
	if err != nil || len(all) == 0 {
		return err
	}
	t := &Table{ID: "event-methods", Caption: "What each method says of these questions, by its most telling test", Show: 40, Columns: []Column{
		{Key: "question", Head: "Question"}, {Key: "method", Head: "Method"},
		{Key: "made", Head: "Tests made", Hint: "of those looked for", Number: true}, {Key: "verdict", Head: "Verdict"},
	}}
	for _, c := range all {
		if c.Method == "sum" {
			c.Title, c.Verdict = b.retell(c.Title), b.retell(c.Verdict)
			v.Cases = append(v.Cases, c)
			continue
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.retell(c.Title), c.Title), coded(b.say(methodNames[c.Method]), c.Method),
			{Text: b.say("%s of %s", whole(float64(c.Made)), whole(float64(c.Possible))), Raw: raw(float64(c.Made))},
			coded(b.tested(c), c.Verdict),
		})
	}
	v.Methods, err = b.table(t)
	if err != nil {
		return err
	}
	v.Kinds, err = kindTable(ctx, b)
	return err
}

// tested is a method's verdict with the series that it speaks of.
func (b *Book) tested(c eventCase) string {
	words := b.retell(c.Verdict)
	if c.Platform == "" {
		return sentence(words)
	}
	return sentence(b.say("%s of %s: %s", b.measure(c.Metric), b.platform(c.Platform), words))
}

// A pooledKind is one row of results.event_kinds.
type pooledKind struct {
	Kind, Metric string
	Events       int64
	Mean, Lo, Hi *float64
	Q            *float64
	Verdict      string
}

// kindTable shows whether growth changes after events of one kind.
func kindTable(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[pooledKind](ctx, b.store, `
		select kind, metric, n_events, abnormal_month, abnormal_lo95, abnormal_hi95, q, verdict_kind
		from results.event_kinds
		order by kind, metric`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "event-kinds", Caption: "Does growth change after events of one kind? At least three events that share no months", Columns: []Column{
		{Key: "kind", Head: "Kind"}, {Key: "metric", Head: "Count"}, {Key: "events", Head: "Events", Number: true},
		{Key: "abnormal_month", Head: "Growth a month", Hint: "beyond the usual", Number: true}, {Key: "interval95", Head: "95 % interval", Number: true},
		{Key: "q", Head: "q", Hint: "chance of such a mean without cause, over all kinds", Number: true}, {Key: "verdict", Head: "Verdict"},
	}}
	for _, k := range all {
		t.Rows = append(t.Rows, []Cell{
			text(b.say(k.Kind)), coded(b.measure(k.Metric), k.Metric), integer(k.Events), number(k.Mean, b.change), b.interval(k.Lo, k.Hi, b.change),
			number(k.Q, twoPlaces), coded(b.say(strings.ReplaceAll(k.Verdict, "_", " ")), k.Verdict),
		})
	}
	return b.table(t)
}
