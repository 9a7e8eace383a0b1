package reports

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// unknowns is the section of gaps, disagreements and assumptions.
type unknowns struct{}

func (unknowns) ID() string    { return "unknowns" }
func (unknowns) Title() string { return "What we do not know" }

// A gap is one row of marts.coverage.
type gap struct {
	Platform, Metric string
	First, Last      time.Time
	Readings         int64
	Sources          int64
	Best, Worst      string
	Derived          int64
	Longest          *int64
}

// A dispute is a day on which several sources give figures that measuring error does not explain.
type dispute struct {
	Platform, Metric string
	On               time.Time
	Sources          int64
	Lowest, Highest  float64
	Used             float64
	Flags            string
}

// A setAside is a printed figure that no series uses.
type setAside struct {
	Platform, Metric string
	On               time.Time
	Value            float64
	Why, Trust, URL  string
}

// A doubt is one kind of finding of the quality job, counted.
type doubt struct {
	Rule, Severity, What string
	Findings, Affected   int64
}

// A reject is one row of the quarantine.
type reject struct {
	Document     string
	Line         int64
	Reason, Text string
}

func (u unknowns) Render(ctx context.Context, b *Book, w io.Writer) error {
	var v struct {
		Readings, Derived, Assumed, Undated int64
		Trust                               []struct{ Class, Words, Count string }
		Coverage                            *figure
		Gaps, Disputes, Aside               *Table
		Doubts, Rejects, Rules              *Table
		NoReadings                          bool
	}
	if err := u.counts(ctx, b, &v.Readings, &v.Derived, &v.Assumed, &v.Undated); err != nil {
		return err
	}
	trust, err := collect[struct {
		Class string
		N     int64
	}](ctx, b.store, `
		select coalesce(trust, ''), count(*) from marts.platform_readings where published_on <= ? group by 1 order by 1`, b.AsOf)
	if err != nil {
		return err
	}
	for _, t := range trust {
		v.Trust = append(v.Trust, struct{ Class, Words, Count string }{t.Class, b.trustWords(t.Class), b.counted(int(t.N), "figure")})
	}
	v.NoReadings = v.Readings == 0
	if v.Coverage, v.Gaps, err = u.coverage(ctx, b); err != nil {
		return err
	}
	if v.Disputes, err = u.disputes(ctx, b); err != nil {
		return err
	}
	if v.Aside, err = u.aside(ctx, b); err != nil {
		return err
	}
	if v.Doubts, err = u.doubts(ctx, b); err != nil {
		return err
	}
	if v.Rules, err = u.rules(ctx, b); err != nil {
		return err
	}
	if v.Rejects, err = u.rejects(ctx, b); err != nil {
		return err
	}
	return b.render(w, "unknowns", v)
}

func (unknowns) counts(ctx context.Context, b *Book, readings, derived, assumed, undated *int64) error {
	rows, err := collect[struct{ N, Derived, Assumed, Undated int64 }](ctx, b.store, `
		select count(*), count(*) filter (where derived),
			count(*) filter (where published_basis like 'assumed%'), count(*) filter (where "precision" <> 'day')
		from marts.platform_readings where published_on <= ?`, b.AsOf)
	for _, r := range rows {
		*readings, *derived, *assumed, *undated = r.N, r.Derived, r.Assumed, r.Undated
	}
	return err
}

// coverage draws which platform has which count when, and tells the largest silences.
func (unknowns) coverage(ctx context.Context, b *Book) (*figure, *Table, error) {
	gaps, err := collect[gap](ctx, b.store, `
		select platform, metric, first_on, last_on, readings, sources, coalesce(best_trust, ''), coalesce(worst_trust, ''),
			coalesce(derived_readings, 0), longest_gap_days
		from marts.coverage
		where platform is not null
		order by readings desc, platform, metric`)
	if err != nil || len(gaps) == 0 {
		return nil, nil, err
	}
	t := &Table{ID: "coverage", Caption: "What is known of each platform", Show: 30, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"},
		{Key: "readings", Head: "Readings", Number: true}, {Key: "sources", Head: "Sources", Number: true},
		{Key: "first_on", Head: "First"}, {Key: "last_on", Head: "Last"},
		{Key: "longest_gap_days", Head: "Longest silence", Number: true}, {Key: "derived_readings", Head: "Derived", Hint: "computed, not printed by the source", Number: true},
		{Key: "trust", Head: "Trust", Hint: "best to worst"},
	}}
	for _, g := range gaps {
		silence := Cell{Text: dash}
		if g.Longest != nil {
			silence = Cell{Text: b.length(float64(*g.Longest)), Raw: fmt.Sprint(*g.Longest)}
		}
		trust := g.Best
		if g.Worst != g.Best {
			trust += "–" + g.Worst
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(g.Platform), g.Platform), coded(b.measure(g.Metric), g.Metric),
			integer(g.Readings), integer(g.Sources), date(&g.First, b.shortDay), date(&g.Last, b.shortDay), silence, integer(g.Derived), text(trust),
		})
	}
	if t, err = b.table(t); err != nil {
		return nil, nil, err
	}
	few := 0
	for _, g := range gaps {
		if g.Readings < 5 {
			few++
		}
	}
	rows := b.coverageRows(gaps)
	fig, err := b.figure(figureSpec{
		ID:       "coverage-chart",
		Title:    b.say("%s of %s rest on fewer than five readings", sentence(b.numeral(few)), b.counted(len(gaps), "count")),
		Subtitle: "Which platform has which count when",
		Caption:  "A stretch joins readings that are at most 400 days apart; its strength shows the best trust class behind it.",
		Show:     20,
		Roomy:    true,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Coverage(o, rows)
		},
	})
	return fig, t, err
}

// disputes lists the days on which sources contradict one another.
func (unknowns) disputes(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[dispute](ctx, b.store, `
		select s.platform, s.metric, s."on", max(s.n_sources), min(x.value), max(x.value), max(s.value), any_value(s.flags order by s.flags)
		from results.series s
		join results.series_sources x on x.platform = s.platform and x.metric = s.metric and x."on" = s."on"
		where s.flags like '%disagree%' or s.flags like '%dispute%'
		group by 1, 2, 3
		having max(x.value) > min(x.value)
		order by max(x.value) / min(x.value) desc, 1, 2, 3`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "disputes", Caption: "Where sources contradict one another, largest difference first", Show: 15, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"}, {Key: "on", Head: "On"},
		{Key: "sources", Head: "Sources", Number: true},
		{Key: "lowest", Head: "Lowest", Number: true}, {Key: "highest", Head: "Highest", Number: true},
		{Key: "used", Head: "Used here", Number: true}, {Key: "flags", Head: "How it was settled"},
	}}
	for _, d := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(d.Platform), d.Platform), coded(b.measure(d.Metric), d.Metric), date(&d.On, b.shortDay), integer(d.Sources),
			number(&d.Lowest, b.short), number(&d.Highest, b.short), number(&d.Used, b.short), coded(b.settled(d.Flags), d.Flags),
		})
	}
	return b.table(t)
}

// settled says in words what the flags of a disputed value mean.
func (l *locale) settled(flags string) string {
	for _, f := range []struct{ flag, words string }{
		{"resolved_by_trust", word("the better source")},
		{"resolved_by_neighbours", word("the figure that fits the days around it")},
		{"widened_by_dispute", word("the mean of both, with a wider interval")},
	} {
		if strings.Contains(flags, f.flag) {
			return l.say(f.words)
		}
	}
	return l.say("the weighted mean")
}

// aside lists the figures that no series uses, with the reason.
func (unknowns) aside(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[setAside](ctx, b.store, `
		select platform, metric, "on", value, coalesce(why, ''), coalesce(trust, ''), source_url
		from results.series_sources
		where not used
		order by platform, metric, "on", value, source_url`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "set-aside", Caption: "Figures that were printed and are not used", Show: 15, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"}, {Key: "on", Head: "On"}, {Key: "value", Head: "Printed", Number: true},
		{Key: "why", Head: "Why not used"}, {Key: "trust", Head: "Trust"}, {Key: "source_url", Head: "Source"},
	}}
	for _, a := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(a.Platform), a.Platform), coded(b.measure(a.Metric), a.Metric), date(&a.On, b.shortDay), number(&a.Value, b.short),
			coded(b.retell(a.Why), a.Why), text(a.Trust), cited(a.URL),
		})
	}
	return b.table(t)
}

// doubts sums the quality job's findings up by rule, and adds the checks of the warehouse that found something.
func (unknowns) doubts(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[doubt](ctx, b.store, `
		select rule, coalesce(severity, ''), min(coalesce(what, '')), count(*), cast(coalesce(sum(n_affected), 0) as bigint)
		from results.quality
		group by 1, 2
		order by 4 desc, 1, 2`)
	if err != nil {
		return nil, err
	}
	checks, err := collect[doubt](ctx, b.store, `
		select name, severity, coalesce(sample, ''), 1, violations
		from meta.checks
		where violations > 0
		order by violations desc, name`)
	if err != nil || len(all)+len(checks) == 0 {
		return nil, err
	}
	t := &Table{ID: "quality", Caption: "What the checks found", Columns: []Column{
		{Key: "rule", Head: "Check"}, {Key: "severity", Head: "Severity"}, {Key: "findings", Head: "Findings", Number: true},
		{Key: "affected", Head: "Rows", Number: true}, {Key: "example", Head: "For example"},
	}}
	for _, d := range append(all, checks...) {
		t.Rows = append(t.Rows, []Cell{
			coded(sentence(b.say(strings.ReplaceAll(d.Rule, "_", " "))), d.Rule), coded(b.say(d.Severity), d.Severity), integer(d.Findings), integer(d.Affected), b.retold(d.What),
		})
	}
	return b.table(t)
}

// rejects lists the rows that could not be read.
func (unknowns) rejects(ctx context.Context, b *Book) (*Table, error) {
	all, err := collect[reject](ctx, b.store, `
		select document, coalesce(line, 0), reason, coalesce(text, '') from marts.quarantine order by 1, 2, 3, 4`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "quarantine", Caption: "Rows that could not be read", Show: 20, Columns: []Column{
		{Key: "document", Head: "File"}, {Key: "line", Head: "Line", Number: true}, {Key: "reason", Head: "Why"}, {Key: "text", Head: "Row"},
	}}
	for _, r := range all {
		t.Rows = append(t.Rows, []Cell{name(r.Document), integer(r.Line), name(r.Reason), {Text: clip(r.Text, 160), Raw: r.Text, Name: true}})
	}
	return b.table(t)
}
