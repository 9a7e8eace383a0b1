package reports

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// outlook is the section of forecasts, each with the record of its model.
type outlook struct{}

func (outlook) ID() string    { return "forecasts" }
func (outlook) Title() string { return "What is expected" }

// A quantile row is one row of results.forecast.
type quantileRow struct {
	Platform, Metric, Model           string
	On                                time.Time
	Age                               *float64
	Q05, Q10, Q25, Q50, Q75, Q90, Q95 *float64
	Coverage, CoverageLo, CoverageHi  *float64
	Tries                             *int64
	BeatsDrift                        *bool
	Flags                             string
}

func (o outlook) Render(ctx context.Context, b *Book, w io.Writer) error {
	rows, err := collect[quantileRow](ctx, b.store, `
		select platform, metric, model, "on", age_of_data_days, q05, q10, q25, q50, q75, q90, q95,
			coverage80, coverage80_lo, coverage80_hi, coverage_n, beats_drift, coalesce(flags, '')
		from results.forecast
		order by metric, platform, model, "on"`)
	if err != nil {
		return err
	}
	var v struct {
		Figures []*figure
		Record  *Table
	}
	for _, m := range mainMeasures {
		fig, err := o.figure(b, m, rows)
		if err != nil {
			return err
		}
		if fig != nil {
			v.Figures = append(v.Figures, fig)
		}
	}
	if len(v.Figures) == 0 {
		return render(w, "empty", "No platform has enough figures of one kind for a forecast whose intervals could be checked on its own past.")
	}
	if v.Record, err = o.record(b, rows); err != nil {
		return err
	}
	return render(w, "outlook", v)
}

// figure draws the fans of one kind of count.
func (outlook) figure(b *Book, metric string, rows []quantileRow) (*figure, error) {
	d := chart.FanData{Cut: b.AsOf}
	fans := map[string]int{}
	var farthest quantileRow
	for _, r := range rows {
		if r.Metric != metric || r.Q50 == nil {
			continue
		}
		i, ok := fans[r.Platform]
		if !ok {
			i = len(d.Fans)
			fans[r.Platform] = i
			d.Fans = append(d.Fans, chart.FanSeries{Key: r.Platform, Label: b.platform(r.Platform), Platform: r.Platform})
		}
		d.Fans[i].Points = append(d.Fans[i].Points, chart.Quantiles{
			On: r.On, Q05: value(r.Q05), Q10: value(r.Q10), Q25: value(r.Q25), Q50: *r.Q50, Q75: value(r.Q75), Q90: value(r.Q90), Q95: value(r.Q95),
		})
		if farthest.Q50 == nil || r.On.After(farthest.On) || r.On.Equal(farthest.On) && *r.Q50 > *farthest.Q50 {
			farthest = r
		}
	}
	if len(d.Fans) == 0 {
		return nil, nil
	}
	for _, l := range b.lines(metric) {
		if _, ok := fans[l.Platform]; ok {
			d.History = append(d.History, l)
		}
	}
	sources := b.sourcesOf(nil, metric)
	return b.figure(figureSpec{
		ID:       "forecast-" + dashed(metric),
		Title:    expectation(b, metric, farthest),
		Subtitle: sentence(b.measure(metric)) + ", published figures and what our models expect",
		Unit:     b.measures[metric].Unit,
		Caption:  "The inner band holds the middle 50 % of what the model expects, the outer one 80 %. It starts at a platform’s last figure, however old that is.",
		Measures: []string{metric},
		Sources:  sources,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.Log = spansDecades(d.History)
			return chart.Fan(o, d)
		},
	})
}

// expectation puts the farthest forecast of the largest platform in words.
func expectation(b *Book, metric string, r quantileRow) string {
	s := fmt.Sprintf("%s is expected to have %s %s in %s", b.platform(r.Platform), long(*r.Q50), b.measure(metric), month(r.On))
	if r.Q10 != nil && r.Q90 != nil {
		s += fmt.Sprintf(" (80%s%% interval %s)", thin, between(short(*r.Q10), short(*r.Q90)))
	}
	return s
}

// record is the table of how well each model's intervals held on the series' own past.
func (outlook) record(b *Book, rows []quantileRow) (*Table, error) {
	t := &Table{ID: "forecast-record", Caption: "How such forecasts fared on each series’ own past", Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"}, {Key: "model", Head: "Model"},
		{Key: "age_of_data_days", Head: "Age of data", Number: true},
		{Key: "coverage_n", Head: "Tries", Number: true},
		{Key: "coverage80", Head: "80 % intervals that held", Number: true}, {Key: "coverage80_interval", Head: "Itself known to", Hint: "95 % interval", Number: true},
		{Key: "beats_drift", Head: "Better than a straight line"},
	}}
	for i, r := range rows {
		if i > 0 && rows[i-1].Platform == r.Platform && rows[i-1].Metric == r.Metric && rows[i-1].Model == r.Model {
			continue
		}
		beats := Cell{Text: dash}
		if r.BeatsDrift != nil {
			beats = coded(map[bool]string{true: "yes", false: "no"}[*r.BeatsDrift], fmt.Sprint(*r.BeatsDrift))
		}
		tries := Cell{Text: dash}
		if r.Tries != nil {
			tries = integer(*r.Tries)
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(r.Platform), r.Platform), coded(b.measure(r.Metric), r.Metric), text(r.Model), number(r.Age, length), tries,
			number(r.Coverage, percent), interval(r.CoverageLo, r.CoverageHi, percent), beats,
		})
	}
	return b.table(t)
}
