package reports

import (
	"context"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// A stay is one row of results.list_tenure: how likely an account is still in the top after so many days.
type stay struct {
	Platform string
	K        int64
	Days     float64
	Survival float64
	Lo, Hi   *float64
	Mean     *float64
	AtRisk   int64
}

// tenure draws how long accounts keep their place in a top list: Kaplan-Meier, with its 95 % band.
func (accounts) tenure(ctx context.Context, b *Book) (*figure, error) {
	all, err := collect[stay](ctx, b.store, `
		select platform, k, tenure_days, survival, lo95, hi95, mean_days, at_risk
		from results.list_tenure
		order by platform, tenure_days`)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var lines []chart.Series
	var last stay
	for _, s := range all {
		if n := len(lines); n == 0 || lines[n-1].Platform != s.Platform {
			lines = append(lines, chart.Series{Key: s.Platform, Platform: s.Platform, Label: b.say("%s, top %s", b.platform(s.Platform), whole(float64(s.K))),
				Points: []chart.Point{{X: 0, Y: 1}}})
		}
		line := &lines[len(lines)-1]
		before := line.Points[len(line.Points)-1]
		before.X, before.Note = s.Days, ""
		p := chart.Point{X: s.Days, Y: s.Survival, Note: b.say("%s at risk", whole(float64(s.AtRisk)))}
		if s.Lo != nil && s.Hi != nil {
			p.Lo, p.Hi = *s.Lo, *s.Hi
		}
		line.Points = append(line.Points, before, p) // a step, not a slope: nobody leaves between two lists
		last = s
	}
	title := b.say("Of %s’s top %s, %s are still there after %s", b.platform(last.Platform), whole(float64(last.K)), b.percent(last.Survival), b.length(last.Days))
	return b.figure(figureSpec{
		ID:       "tenure-chart",
		Title:    title,
		Subtitle: "Share of accounts still in the published top list after so many days, Kaplan-Meier with 95 % bands",
		Caption:  "A stay counts from the first list that shows the account to the first that does not; stays that outlast the lists count as cut short, not as ended. Lists are months apart, so the day of a fall is known no better.",
		Format:   chart.Percent,
		Sources:  b.sourcesOf(nil, "followers"),
		Draw: func(o chart.Options) (*chart.Figure, error) {
			o.XLabel = b.say("days since the account was first seen in the list")
			return chart.Curve(o, lines)
		},
	})
}
