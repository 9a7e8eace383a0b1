package reports

import (
	"context"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// A fanPoint is one row of results.overtake_fan.
type fanPoint struct {
	Platform                string
	On                      time.Time
	Q10, Q25, Q50, Q75, Q90 *float64
}

// fan draws both platforms' totals as they were known and expected, with everybody's windows.
func (replay) fan(ctx context.Context, b *Book, v verdict, readings []evidence) (*figure, error) {
	points, err := collect[fanPoint](ctx, b.store, `
		select platform, "on", q10, q25, q50, q75, q90
		from results.overtake_fan
		where cast(as_of as date) = ? and metric = ? and challenger = ? and leader = ?
		order by platform, "on"`, v.AsOf, v.Metric, v.Challenger, v.Leader)
	if err != nil || len(points) == 0 {
		return nil, err
	}
	d := chart.FanData{Cut: v.AsOf, Windows: b.windows(v)}
	until := v.AsOf.AddDate(0, replayMonths, 0)
	for _, id := range []string{v.Challenger, v.Leader} {
		f := chart.FanSeries{Key: id, Label: b.platform(id), Platform: id}
		for _, p := range points {
			if p.Platform == id && p.Q50 != nil && !p.On.After(until) {
				f.Points = append(f.Points, chart.Quantiles{
					On: p.On, Q10: value(p.Q10), Q25: value(p.Q25), Q50: *p.Q50, Q75: value(p.Q75), Q90: value(p.Q90),
				})
			}
		}
		d.Fans = append(d.Fans, f)
		known, later := b.knownAt(id, v.Metric, v.AsOf)
		if len(known) > 0 {
			d.History = append(d.History, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: b.chartPoints(known)})
		}
		if len(later) > 0 {
			d.Truth = append(d.Truth, chart.Series{Key: id + "-later", Label: b.say("%s, later", b.platform(id)), Platform: id, Points: b.chartPoints(later)})
		}
	}
	return b.figure(figureSpec{
		ID:       "replay-fan",
		Title:    b.fanTitle(v),
		Subtitle: b.say("%s, as known and as expected on %s", sentence(b.measure(v.Metric)), b.day(v.AsOf)),
		Unit:     b.measures[v.Metric].Unit,
		Caption:  "The inner band holds the middle 50 % of the simulated futures, the outer one 80 %. Below: the windows that the bank and the press named, and ours.",
		Measures: []string{v.Metric},
		Sources:  b.behind(v, readings),
		AsOf:     v.AsOf,
		Roomy:    true,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Fan(o, d)
		},
	})
}

// behind are the pages of the totals and of the readings from which growth was estimated, each once.
func (b *Book) behind(v verdict, readings []evidence) []source {
	all := b.sourcesOf([]string{v.Challenger, v.Leader}, v.Metric)
	for _, e := range readings {
		i := slices.IndexFunc(b.cites, func(c citing) bool { return c.URL == e.URL })
		if i >= 0 && !slices.Contains(all, b.cites[i].source) {
			all = append(all, b.cites[i].source)
		}
	}
	return all
}

func (b *Book) fanTitle(v verdict) string {
	if v.Median == nil {
		return b.say("What was known then did not lead to a crossing")
	}
	return b.say("What was known then puts the crossing at %s", b.day(*v.Median))
}

// knownAt parts a platform's series into what had been published by a day and what came later.
func (b *Book) knownAt(platform, metric string, asOf time.Time) (known, later []point) {
	for _, p := range b.series(platform, metric) {
		if p.Published.After(asOf) {
			later = append(later, p)
		} else {
			known = append(known, p)
		}
	}
	return known, later
}

// windows are ours and everybody else's for the same pair and count.
func (b *Book) windows(v verdict) []chart.Window {
	var all []chart.Window
	if v.Lo != nil {
		ours := chart.Window{Label: b.say("ours, 80 %"), From: *v.Lo, Made: v.AsOf, Ours: true}
		if v.Hi != nil {
			ours.To = *v.Hi
		}
		if v.Median != nil {
			ours.Median = *v.Median
		}
		all = append(all, ours)
	}
	for _, c := range b.claims {
		if c.Metric != v.Metric || c.Challenger != v.Challenger || c.Leader != v.Leader {
			continue
		}
		other := chart.Window{Label: plain(c.Forecaster), From: c.From, Made: c.Made, Note: plain(c.Statement)}
		if c.To != nil {
			other.To = *c.To
		}
		all = append(all, other)
	}
	return all
}

// curveFigure draws the probability of each of the three questions through time.
func (replay) curveFigure(b *Book, v verdict, curve []curvePoint) (*figure, error) {
	if len(curve) == 0 {
		return nil, nil
	}
	lines := []chart.Series{
		{Key: "ever", Label: b.say("at least once"), Platform: v.Challenger},
		{Key: "ahead", Label: b.say("on the day"), Quiet: true},
		{Key: "good", Label: b.say("for good"), Quiet: true},
	}
	for _, c := range curve {
		if c.On.After(v.AsOf.AddDate(0, replayMonths, 0)) {
			break
		}
		for i, p := range []*float64{c.Ever, c.Ahead, c.Good} {
			if p != nil {
				lines[i].Points = append(lines[i].Points, chart.Point{On: c.On, Y: *p})
			}
		}
	}
	title := b.say("Three questions, three answers: %s ahead of %s", b.platform(v.Challenger), b.platform(v.Leader))
	return b.figure(figureSpec{
		ID:       "replay-curve",
		Title:    title,
		Subtitle: b.say("Probability as seen on %s", b.day(v.AsOf)),
		Unit:     "percent",
		AsOf:     v.AsOf,
		Format:   chart.Percent,
		Caption:  "“At least once” can only rise; “on the day” is lower, because a lead can be lost again; “for good” is the strictest of the three.",
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Probability(o, lines)
		},
	})
}
