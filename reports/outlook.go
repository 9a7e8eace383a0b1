package reports

import (
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// outlook is the section of forecasts, each with the record of its model.
type outlook struct{}

func (outlook) ID() string    { return "forecasts" }
func (outlook) Title() string { return "What is expected" }

// A quantileRow is one row of results.forecast.
type quantileRow struct {
	Platform, Metric, Model           string
	On                                time.Time
	Q05, Q10, Q25, Q50, Q75, Q90, Q95 *float64
}

// A trial is one row of results.backtest: how a model fared on the past of one series, so far ahead.
type trial struct {
	Platform, Metric                 string
	Horizon                          float64 // days
	Origins                          int64
	Against                          *float64 // weighted interval score over that of drift: below 1 is better
	Coverage, CoverageLo, CoverageHi *float64
	Flags                            string
}

func (o outlook) Render(ctx context.Context, b *Book, w io.Writer) error {
	rows, err := collect[quantileRow](ctx, b.store, `
		select platform, metric, model, "on", q05, q10, q25, q50, q75, q90, q95
		from results.forecast
		order by metric, platform, model, "on"`)
	if err != nil {
		return err
	}
	var v struct {
		Model   string
		Figures []*figure
		Record  *Table
		Overall string
		Refused int
	}
	for _, m := range b.mains() {
		fig, err := o.figure(b, m, rows)
		if err != nil {
			return err
		}
		if fig != nil {
			v.Figures = append(v.Figures, fig)
		}
	}
	if len(v.Figures) == 0 {
		return b.empty(w, "No platform has enough figures of one kind for a forecast whose intervals could be checked on its own past.")
	}
	v.Model = b.retell(rows[0].Model)
	if v.Record, v.Overall, err = o.record(ctx, b); err != nil {
		return err
	}
	refused, err := collect[struct{ N int64 }](ctx, b.store, `select count(*) from results.forecast_refused`)
	for _, r := range refused {
		v.Refused = int(r.N)
	}
	if err != nil {
		return err
	}
	return b.render(w, "outlook", v)
}

// outlookYears is how much of the past the fans are drawn with.
const outlookYears = 6

// figure draws the fans of one kind of count.
func (outlook) figure(b *Book, metric string, rows []quantileRow) (*figure, error) {
	d := chart.FanData{Cut: b.AsOf}
	fans := map[string]int{}
	drawn := b.largest(metric, chartSeries)
	var last []quantileRow
	for _, r := range rows {
		if r.Metric != metric || r.Q50 == nil || !slices.Contains(drawn, r.Platform) {
			continue
		}
		i, ok := fans[r.Platform]
		if !ok {
			i = len(d.Fans)
			fans[r.Platform] = i
			d.Fans = append(d.Fans, chart.FanSeries{Key: r.Platform, Label: b.platform(r.Platform), Platform: r.Platform})
			last = append(last, r)
		}
		last[i] = r
		d.Fans[i].Points = append(d.Fans[i].Points, chart.Quantiles{
			On: r.On, Q05: value(r.Q05), Q10: value(r.Q10), Q25: value(r.Q25), Q50: *r.Q50, Q75: value(r.Q75), Q90: value(r.Q90), Q95: value(r.Q95),
		})
	}
	if len(d.Fans) == 0 {
		return nil, nil
	}
	for _, l := range b.lines(metric) {
		if _, ok := fans[l.Platform]; ok {
			l.Points = slices.DeleteFunc(l.Points, func(p chart.Point) bool { return p.On.Before(b.AsOf.AddDate(-outlookYears, 0, 0)) })
			d.History = append(d.History, l)
		}
	}
	log := spansDecades(d.History)
	return b.figure(figureSpec{
		ID:       "forecast-" + dashed(metric),
		Title:    expectation(b, metric, last),
		Subtitle: b.say("%s, published figures and what our models expect", sentence(b.measure(metric))),
		Unit:     b.measures[metric].Unit,
		Caption:  "The inner band holds the middle 50 % of what the model expects, the outer one 80 %. A fan starts at the platform’s last figure, however old that is.",
		Measures: []string{metric},
		Sources:  b.sourcesOf(nil, metric),
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.Log = log
			return chart.Fan(o, d)
		},
	})
}

// expectation puts the farthest forecasts of the two largest platforms in words.
func expectation(b *Book, metric string, last []quantileRow) string {
	slices.SortStableFunc(last, func(x, y quantileRow) int { return cmp.Compare(*y.Q50, *x.Q50) })
	var parts []string
	for _, r := range last[:min(2, len(last))] {
		p := b.platform(r.Platform) + " " + b.rough(*r.Q50)
		if r.Q10 != nil && r.Q90 != nil {
			p = b.say("%s (%s)", p, b.between(b.rough(*r.Q10), b.rough(*r.Q90)))
		}
		parts = append(parts, p)
	}
	return b.say("%s expected by the end of %s, with 80 %% intervals: %s", sentence(b.measure(metric)), b.month(last[0].On), b.listed(parts))
}

// record is the table of how well the model's intervals held on each series' own past, and a sentence that sums it up.
func (outlook) record(ctx context.Context, b *Book) (*Table, string, error) {
	all, err := collect[trial](ctx, b.store, `
		select b.platform, b.metric, b.horizon_days, b.origins, b.rel_wis_drift, b.coverage80, b.coverage80_lo, b.coverage80_hi, coalesce(b.flags, '')
		from results.backtest b
		where b.model in (select model from results.forecast)
			and exists (select 1 from results.forecast f where f.platform = b.platform and f.metric = b.metric)
		order by b.metric, b.platform, b.horizon_days`)
	if err != nil || len(all) == 0 {
		return nil, "", err
	}
	t := &Table{ID: "forecast-record", Caption: "How such forecasts fared on each series’ own past", Show: 30, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"},
		{Key: "horizon_days", Head: "Looking ahead", Number: true}, {Key: "origins", Head: "Tries", Number: true},
		{Key: "coverage80", Head: "Held by 80 % intervals", Hint: "and what that is known to, 95 %", Number: true},
		{Key: "rel_wis_drift", Head: "Error", Hint: "of a straight line is 1", Number: true},
	}}
	tries, held := 0.0, 0.0
	for _, m := range b.mains() {
		for _, r := range all {
			if r.Metric != m {
				continue
			}
			share := number(r.Coverage, b.percent)
			if r.CoverageLo != nil && r.CoverageHi != nil {
				share.More = b.between(b.percent(*r.CoverageLo), b.percent(*r.CoverageHi))
			}
			if r.Coverage != nil {
				tries += float64(r.Origins)
				held += *r.Coverage * float64(r.Origins)
			}
			t.Rows = append(t.Rows, []Cell{
				coded(b.platform(r.Platform), r.Platform), coded(b.measure(r.Metric), r.Metric), number(&r.Horizon, b.length), integer(r.Origins),
				share, number(r.Against, twoPlaces),
			})
		}
	}
	if len(t.Rows) == 0 {
		return nil, "", nil
	}
	overall := b.say("Of %s made on earlier figures of these series, the 80 %% intervals held %s.",
		b.counted(int(tries), "forecast"), b.percent(held/tries))
	t, err = b.table(t)
	return t, overall, err
}
