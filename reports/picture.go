package reports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/reports/chart"
)

// A Picture names one chart and says how it is to look. Its zero values leave the chart as the report has it.
type Picture struct {
	Name  string     // id of a chart of the report, or a kind of count, which is drawn through time
	Title string     // in the place of its own
	Size  chart.Size // zero: 900 wide and as high as the data need

	// For a kind of count only.
	Platforms []string
	From, To  time.Time
	Log       bool
}

// A PictureName is a chart that can be asked for.
type PictureName struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Count bool   `json:"count"` // a kind of count, not a chart of the report
}

// ErrNoPicture says that there is no chart of that name.
var ErrNoPicture = errors.New("no such chart")

// Pictures lists the charts of the report that o describes, in its order, then the kinds of count that have figures.
func Pictures(ctx context.Context, q analysis.Querier, o Options) ([]PictureName, error) {
	b, err := open(ctx, q, o)
	if err != nil {
		return nil, err
	}
	specs, err := b.specs(ctx)
	if err != nil {
		return nil, err
	}
	var all []PictureName
	for _, s := range specs {
		all = append(all, PictureName{Name: s.ID, Title: s.Title})
	}
	for _, metric := range b.counts() {
		all = append(all, PictureName{Name: metric, Title: sentence(b.measure(metric)), Count: true})
	}
	return all, nil
}

// Draw draws one chart from the warehouse that q reads, as a stand-alone figure. The error wraps [ErrNoPicture] where
// there is none of that name.
func Draw(ctx context.Context, q analysis.Querier, o Options, p Picture) (*chart.Figure, error) {
	b, err := open(ctx, q, o)
	if err != nil {
		return nil, err
	}
	if slices.Contains(b.counts(), p.Name) {
		return b.drawCount(p)
	}
	specs, err := b.specs(ctx)
	if err != nil {
		return nil, err
	}
	return b.drawSpec(specs, p)
}

// drawSpec draws a chart of the report.
func (b *Book) drawSpec(specs []figureSpec, p Picture) (*chart.Figure, error) {
	i := slices.IndexFunc(specs, func(s figureSpec) bool { return s.ID == p.Name })
	if i < 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoPicture, p.Name)
	}
	if p.Platforms != nil || !p.From.IsZero() || !p.To.IsZero() || p.Log {
		return nil, fmt.Errorf("the chart %s shows what the report shows: platforms, dates and a logarithmic axis can be chosen for a kind of count, such as %s",
			p.Name, strings.Join(first(b.counts(), 2), " or "))
	}
	spec := specs[i]
	c := chart.Options{
		ID: spec.ID, Title: spec.Title, Subtitle: spec.Subtitle, Unit: spec.Unit, Format: spec.Format, Lang: b.lang(),
		Source: b.sourceNote(spec.Sources), AsOf: spec.AsOf, Size: p.Size,
	}
	if p.Title != "" {
		c.Title = p.Title
	}
	return fitted(c, spec.Draw)
}

// fitted draws at the size that is asked for. A chart whose rows need clearly more height gets it, and as much more width,
// so that it has the wanted shape and nothing in it overlaps.
func fitted(o chart.Options, draw func(chart.Options) (*chart.Figure, error)) (*chart.Figure, error) {
	want := o.Size
	if want.H == 0 {
		return draw(o)
	}
	o.Size = chart.Size{W: want.W}
	natural, err := draw(o)
	if err != nil {
		return nil, err
	}
	o.Size = want
	if k := natural.Height / want.H; k > 1.25 {
		o.Size = chart.Size{W: want.W * k, H: want.H * k}
	}
	return draw(o)
}

// specs are the charts that the sections want drawn, without drawing them. A section that fails without its charts has
// said by then which it wants.
func (b *Book) specs(ctx context.Context) ([]figureSpec, error) {
	var all []figureSpec
	b.wanted = func(s figureSpec) { all = append(all, s) }
	var failed []error
	for _, s := range Sections() {
		if err := s.Render(ctx, b, io.Discard); err != nil {
			failed = append(failed, fmt.Errorf("section %s: %w", s.ID(), err))
		}
	}
	if len(all) == 0 {
		return nil, errors.Join(failed...)
	}
	return all, ctx.Err()
}

// counts are the kinds of count that have figures, by name.
func (b *Book) counts() []string {
	seen := map[string]bool{}
	for key := range b.byKey {
		seen[key[1]] = true
	}
	all := make([]string, 0, len(seen))
	for metric := range seen {
		all = append(all, metric)
	}
	slices.Sort(all)
	return all
}

// drawCount draws a kind of count through time.
func (b *Book) drawCount(p Picture) (*chart.Figure, error) {
	ids := p.Platforms
	if ids == nil {
		ids = b.largest(p.Name, chartSeries)
	}
	has := b.platformsWith(p.Name)
	var lines []chart.Series
	for _, id := range ids {
		if !slices.Contains(has, id) {
			return nil, fmt.Errorf("%s has no figures of %s: those that have are %s", id, p.Name, strings.Join(has, ", "))
		}
		var points []point
		for _, pt := range b.series(id, p.Name) {
			if (p.From.IsZero() || !pt.On.Before(p.From)) && (p.To.IsZero() || !pt.On.After(p.To)) {
				points = append(points, pt)
			}
		}
		if len(points) > 0 {
			lines = append(lines, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: b.chartPoints(points)})
		}
	}
	o := chart.Options{
		ID: dashed(p.Name), Title: p.Title, Subtitle: sentence(b.measure(p.Name)), Unit: b.say(b.measures[p.Name].Unit), Lang: b.lang(),
		Source: b.sourceNote(b.sourcesOf(ids, p.Name)), AsOf: b.AsOf, Size: p.Size, Log: p.Log, From: p.From, To: p.To,
	}
	if o.Title == "" {
		o.Title, o.Subtitle, o.Unit = o.Subtitle, "", ""
	}
	return fitted(o, func(o chart.Options) (*chart.Figure, error) { return chart.Lines(o, lines) })
}

// first are the first n of a list.
func first(all []string, n int) []string { return all[:min(n, len(all))] }
