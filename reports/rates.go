package reports

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// rates is the section of growth rates with their intervals.
type rates struct{}

func (rates) ID() string    { return "growth" }
func (rates) Title() string { return "How fast, with what certainty" }

// A rate is one row of results.growth.
type rate struct {
	Platform, Metric, Period         string
	From, To                         time.Time
	FromValue, ToValue               *float64
	Rate, RateLo, RateHi             *float64
	CAGR, CAGRLo, CAGRHi             *float64
	Doubling, DoublingLo, DoublingHi *float64
	N                                int64
	Flags                            string
}

func (r rates) Render(ctx context.Context, b *Book, w io.Writer) error {
	all, err := collect[rate](ctx, b.store, `
		select platform, metric, period, from_on, to_on, from_value, to_value, rate, rate_lo95, rate_hi95,
			cagr, cagr_lo95, cagr_hi95, doubling_days, doubling_lo95, doubling_hi95, coalesce(n, 0), coalesce(flags, '')
		from results.growth
		where to_on <= ?
		order by metric, platform, from_on, to_on, period`, b.AsOf)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return b.empty(w, "No platform has two figures of the same kind that were published by the day of this report, so there is no growth to measure.")
	}
	var v struct {
		Fig                         *figure
		Table, Curves, Survivorship *Table
		CurvesTold                  string
	}
	if v.CurvesTold, v.Curves, err = b.curvesOf(ctx); err != nil {
		return err
	}
	if v.Survivorship, err = b.survivorship(ctx); err != nil {
		return err
	}
	if v.Fig, err = r.figure(b, all); err != nil {
		return err
	}
	if v.Table, err = r.table(b, all); err != nil {
		return err
	}
	return b.render(w, "rates", v)
}

// latestYear finds the last stretch of about a year for which a rate is known: the last twelve months, or else the last
// calendar year with figures near both ends.
func latestYear(all []rate, platform, metric string) *rate {
	var last *rate
	for i, r := range all {
		if r.Platform == platform && r.Metric == metric && r.Period != "all" && r.CAGR != nil && (last == nil || r.To.After(last.To)) {
			last = &all[i]
		}
	}
	return last
}

// figure draws the growth per year over each platform's last year of figures.
func (rates) figure(b *Book, all []rate) (*figure, error) {
	var dots []chart.Dot
	for _, m := range b.mains() {
		for _, id := range b.largest(m, chartSeries) {
			r := latestYear(all, id, m)
			if r == nil {
				continue
			}
			d := chart.Dot{
				Key: m + "-" + id, Group: sentence(b.measure(m)), Platform: id, X: *r.CAGR,
				Label: b.say("%s, to %s", b.platform(id), b.shortMonth(r.To)),
				Note:  b.span(r.From, r.To),
			}
			if r.CAGRLo != nil && r.CAGRHi != nil {
				d.Lo95, d.Hi95 = *r.CAGRLo, *r.CAGRHi
			}
			dots = append(dots, d)
		}
	}
	if len(dots) == 0 {
		return nil, nil
	}
	sources := b.sourcesOf(nil, b.mains()...)
	return b.figure(figureSpec{
		ID:       "growth-rates",
		Title:    b.fastest(dots),
		Subtitle: "Growth over the last year for which each platform has figures, with 95 % intervals",
		Unit:     "percent a year",
		Format:   chart.Percent,
		Caption:  "The interval comes from rounding and from sources that disagree, not from the future: it says how well the growth is known, not how it will go on.",
		Measures: b.mains(),
		Sources:  sources,
		Roomy:    true,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.XLabel = b.say("growth per year")
			return chart.Dots(o, dots)
		},
	})
}

// fastest says who grew most in the first kind of count.
func (b *Book) fastest(dots []chart.Dot) string {
	top := dots[0]
	for _, d := range dots {
		if d.Group == top.Group && d.X > top.X {
			top = d
		}
	}
	return b.say("Fastest by %s in its last year of figures: %s, %s", lowerFirst(top.Group), top.Label, b.change(top.X))
}

// mainFirst puts the counts that platforms are compared by before all others.
func (b *Book) mainFirst(all []rate) []rate {
	rank := func(r rate) int {
		if i := slices.Index(b.mains(), r.Metric); i >= 0 {
			return i
		}
		return len(b.mains())
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(x, y rate) int { return rank(x) - rank(y) })
	return sorted
}

func (rates) table(b *Book, all []rate) (*Table, error) {
	t := &Table{ID: "growth-table", Caption: "Growth over the whole series and over its last twelve months", Show: 40, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"}, {Key: "from_on", Head: "From"}, {Key: "to_on", Head: "To"},
		{Key: "rate", Head: "Growth", Number: true},
		{Key: "cagr", Head: "Per year", Number: true}, {Key: "cagr_interval95", Head: "95 % interval", Number: true},
		{Key: "doubling_days", Head: "Doubles in", Hint: "at this pace", Number: true},
	}}
	for _, period := range []string{"last_12_months", "all"} {
		for _, r := range b.mainFirst(all) {
			if r.Period != period || r.Rate == nil && r.CAGR == nil {
				continue
			}
			t.Rows = append(t.Rows, []Cell{
				coded(b.platform(r.Platform), r.Platform), coded(b.measure(r.Metric), r.Metric),
				date(&r.From, b.shortDay), date(&r.To, b.shortDay), number(r.Rate, b.change),
				number(r.CAGR, b.change), b.interval(r.CAGRLo, r.CAGRHi, b.change), number(r.Doubling, b.length),
			})
		}
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return b.table(t)
}
