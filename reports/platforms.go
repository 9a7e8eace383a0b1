package reports

import (
	"context"
	"io"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// mainMeasures are the counts by which platforms are compared, in the order of the report.
var mainMeasures = []string{"monthly_active_users", "daily_active_users", "registered_users"}

// platforms is the section of each platform's own history: registered, monthly and daily actives, apart.
type platforms struct{}

func (platforms) ID() string    { return "platforms" }
func (platforms) Title() string { return "How each platform grew" }

func (p platforms) Render(_ context.Context, b *Book, w io.Writer) error {
	var v struct {
		Figures []*figure
		Latest  *Table
		Missing []string
	}
	for _, m := range b.mains() {
		fig, err := p.figure(b, m)
		if err != nil {
			return err
		}
		if fig == nil {
			v.Missing = append(v.Missing, b.measure(m))
			continue
		}
		v.Figures = append(v.Figures, fig)
	}
	var err error
	if v.Latest, err = p.latest(b); err != nil {
		return err
	}
	return b.render(w, "platforms", v)
}

// figure draws one kind of count for all platforms that have it, on a logarithmic axis where they span decades.
func (platforms) figure(b *Book, metric string) (*figure, error) {
	lines := b.lines(metric)
	if len(lines) == 0 {
		return nil, nil
	}
	sources := b.sourcesOf(nil, metric)
	log := spansDecades(lines)
	subtitle := sentence(b.measure(metric))
	if log {
		subtitle = b.say("%s, logarithmic axis", subtitle)
	}
	marks := b.chartEvents(platformsOf(lines)...)
	return b.figure(figureSpec{
		ID:       "growth-" + dashed(metric),
		Title:    largest(b, metric, lines),
		Subtitle: subtitle,
		Unit:     b.measures[metric].Unit,
		Caption:  "Each mark is a published figure; bands are 95 % intervals from rounding and from sources that disagree; a line breaks where more than 400 days passed without a figure.",
		Measures: []string{metric},
		Sources:  sources,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.Log, o.Events = log, marks
			return chart.Lines(o, lines)
		},
	})
}

// largest says which platform has the largest latest figure.
func largest(b *Book, metric string, lines []chart.Series) string {
	var top *point
	for _, l := range lines {
		if p := b.lastOf(l.Platform, metric); p != nil && (top == nil || p.Value > top.Value) {
			top = p
		}
	}
	return b.say("Largest at its last count: %s, %s %s (%s)", b.platform(top.Platform), b.long(top.Value), b.measure(metric), b.dated(top.On, top.Precision))
}

// spansDecades reports whether positive values differ by more than a factor of thirty.
func spansDecades(lines []chart.Series) bool {
	lo, hi := 0.0, 0.0
	for _, l := range lines {
		for _, p := range l.Points {
			if p.Y <= 0 {
				continue
			}
			if lo == 0 || p.Y < lo {
				lo = p.Y
			}
			hi = max(hi, p.Y)
		}
	}
	return lo > 0 && hi/lo > 30
}

func platformsOf(lines []chart.Series) []string {
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.Platform)
	}
	return ids
}

// latest is the table of each platform's last figures.
func (platforms) latest(b *Book) (*Table, error) {
	t := &Table{ID: "latest", Caption: "The latest figure of each platform", Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"}, {Key: "value", Head: "Latest", Number: true},
		{Key: "interval95", Head: "95 % interval", Number: true}, {Key: "on", Head: "On"},
		{Key: "age_days", Head: "Age", Hint: "at the day of this report", Number: true},
		{Key: "readings", Head: "Figures", Hint: "in the whole series", Number: true}, {Key: "trust", Head: "Trust"},
	}}
	for _, m := range b.mains() {
		for _, id := range b.platformsWith(m) {
			p := b.lastOf(id, m)
			age := b.AsOf.Sub(p.On).Hours() / 24
			t.Rows = append(t.Rows, []Cell{
				coded(b.platform(id), id), coded(b.measure(m), m), number(&p.Value, b.short), b.interval(p.Lo, p.Hi, b.short),
				{Text: b.dated(p.On, p.Precision), Raw: p.On.Format("2006-01-02")}, {Text: b.length(age), Raw: raw(age)},
				integer(int64(len(b.series(id, m)))), text(p.Trust),
			})
		}
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return b.table(t)
}
