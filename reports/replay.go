package reports

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// replay is the section of the question that the project began with: what was known on 28 February 2011?
type replay struct{}

func (replay) ID() string    { return "replay" }
func (replay) Title() string { return "The question of 2011, asked again" }

// replayMonths is how far ahead of its day the charts of the replay look: to the end of the year that it is about.
const replayMonths = 11

// topMeasure is the count that the question of 2011 was about.
const topMeasure = "top100_followers_total"

// A curvePoint is one row of results.overtake_curve.
type curvePoint struct {
	On                time.Time
	Ahead, Ever, Good *float64
}

// A fanPoint is one row of results.overtake_fan.
type fanPoint struct {
	Platform                string
	On                      time.Time
	Q10, Q25, Q50, Q75, Q90 *float64
}

// A growth reading is one row of results.overtake_evidence.
type evidence struct {
	Platform           string
	Account, Name      string
	From, To           *time.Time
	FromValue, ToValue *float64
	Growth             *float64 // log units per month
	Role, URL          string
}

func (r replay) Render(ctx context.Context, b *Book, w io.Writer) error {
	v := b.firstReplay(topMeasure)
	if v == nil {
		return render(w, "empty", "No replay of the question of 2011 is in the warehouse: it needs figures of both platforms’ top accounts that were published by 28 February 2011.")
	}
	var view struct {
		V          verdict
		Challenger string
		Leader     string
		Said       []string
		Answer     string
		Basis      []basis
		Fan, Curve *figure
		Claims     *Table
		Evidence   *Table
	}
	view.V, view.Challenger, view.Leader = *v, b.platform(v.Challenger), b.platform(v.Leader)
	curve, err := b.curve(ctx, *v)
	if err != nil {
		return err
	}
	view.Said = b.said(*v)
	view.Answer = b.replayAnswer(*v, curve)
	view.Basis = b.growthBasis(*v)
	if view.Fan, err = r.fan(ctx, b, *v); err != nil {
		return err
	}
	if view.Curve, err = r.curveFigure(b, *v, curve); err != nil {
		return err
	}
	if view.Claims, err = r.claims(b, *v); err != nil {
		return err
	}
	if view.Evidence, err = r.evidence(ctx, b, *v); err != nil {
		return err
	}
	return render(w, "replay", view)
}

// firstReplay is the earliest replay of a kind of count, for the question "ever by": the one that a forecaster means who
// says "will overtake in May or June".
func (b *Book) firstReplay(metric string) *verdict {
	for i, v := range b.verdicts {
		if v.Metric == metric && v.Question == "ever_by" && v.Replay {
			return &b.verdicts[i]
		}
	}
	return nil
}

func (b *Book) curve(ctx context.Context, v verdict) ([]curvePoint, error) {
	return collect[curvePoint](ctx, b.store, `
		select "on", p_ahead, p_ever, p_for_good
		from results.overtake_curve
		where cast(as_of as date) = ? and metric = ? and challenger = ? and leader = ?
		order by "on"`, v.AsOf, v.Metric, v.Challenger, v.Leader)
}

// replayAnswer says what the figures known on the day of the replay lead to.
func (b *Book) replayAnswer(v verdict, curve []curvePoint) string {
	if v.Median == nil {
		return fmt.Sprintf("From what had been published by %s, %s would pass %s by %s with a probability of only %s.",
			day(v.AsOf), b.platform(v.Challenger), b.platform(v.Leader), year(v.Horizon), probability(1-value(v.PNever)))
	}
	s := fmt.Sprintf("From what had been published by %s, %s passes %s on %s (80 %% interval %s).",
		day(v.AsOf), b.platform(v.Challenger), b.platform(v.Leader), day(*v.Median), v.window())
	june := time.Date(v.AsOf.Year(), 6, 30, 0, 0, 0, 0, time.UTC)
	if p := at(curve, june); p != nil {
		s += fmt.Sprintf(" That it happens by %s is %s.", day(june), likely(*p))
	}
	return s
}

// at reads the curve of "ever by" on a day, from the last point not after it.
func at(curve []curvePoint, on time.Time) *float64 {
	var p *float64
	for _, c := range curve {
		if c.On.After(on) {
			break
		}
		p = c.Ever
	}
	return p
}

// said lists what others said at the time: "On 11 February 2011 Credit Suisse named July to December 2011".
func (b *Book) said(v verdict) []string {
	var all []string
	for _, c := range b.claims {
		if c.Metric != v.Metric || c.Challenger != v.Challenger || c.Leader != v.Leader {
			continue
		}
		window := "a time from " + day(c.From) + " on"
		if c.To != nil {
			window = span(c.From, *c.To)
		}
		all = append(all, fmt.Sprintf("on %s %s named %s", day(c.Made), plain(c.Forecaster), window))
	}
	return all
}

// z80 is the standard normal quantile of an 80 % interval.
const z80 = 1.2815515655446004

// A basis says how one side's growth was estimated: in short, and in the words of the job.
type basis struct{ Short, Long string }

// growthBasis gives both sides' growth and where it comes from.
func (b *Book) growthBasis(v verdict) []basis {
	var all []basis
	for _, side := range []struct {
		platform, basis string
		growth, sd      *float64
	}{{v.Challenger, v.ChallengerBasis, v.ChallengerGrowth, v.ChallengerSD}, {v.Leader, v.LeaderBasis, v.LeaderGrowth, v.LeaderSD}} {
		if side.growth == nil {
			continue
		}
		s := fmt.Sprintf("%s is taken to have grown by %s a month", b.platform(side.platform), logPercent(*side.growth))
		if side.sd != nil {
			s += fmt.Sprintf(" (80%s%% interval %s)", thin, between(logPercent(*side.growth-z80**side.sd), logPercent(*side.growth+z80**side.sd)))
		}
		all = append(all, basis{s + ".", sentence(plain(side.basis)) + "."})
	}
	return all
}

// fan draws both platforms' totals as they were known and expected, with everybody's windows.
func (replay) fan(ctx context.Context, b *Book, v verdict) (*figure, error) {
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
			d.History = append(d.History, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: chartPoints(known)})
		}
		if len(later) > 0 {
			d.Truth = append(d.Truth, chart.Series{Key: id + "-later", Label: b.platform(id) + ", later", Platform: id, Points: chartPoints(later)})
		}
	}
	sources := b.sourcesOf([]string{v.Challenger, v.Leader}, v.Metric)
	return b.figure(figureSpec{
		ID:       "replay-fan",
		Title:    b.fanTitle(v),
		Subtitle: sentence(b.measure(v.Metric)) + ", as known and as expected on " + day(v.AsOf),
		Unit:     b.measures[v.Metric].Unit,
		Caption:  "The inner band holds the middle 50 % of the simulated futures, the outer one 80 %. Below: the windows that the bank and the press named, and ours.",
		Measures: []string{v.Metric},
		Sources:  sources,
		Roomy:    true,
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Fan(o, d)
		},
	})
}

func (b *Book) fanTitle(v verdict) string {
	if v.Median == nil {
		return "What was known then did not lead to a crossing"
	}
	return fmt.Sprintf("What was known then puts the crossing at %s", day(*v.Median))
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
		ours := chart.Window{Label: "ours, 80 %", From: *v.Lo, Made: v.AsOf, Ours: true}
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
		{Key: "ever", Label: "at least once", Platform: v.Challenger},
		{Key: "ahead", Label: "on the day", Quiet: true},
		{Key: "good", Label: "for good", Quiet: true},
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
	title := fmt.Sprintf("Three questions, three answers: %s ahead of %s", b.platform(v.Challenger), b.platform(v.Leader))
	return b.figure(figureSpec{
		ID:       "replay-curve",
		Title:    title,
		Subtitle: "Probability as seen on " + day(v.AsOf),
		Unit:     "percent",
		Format:   chart.Percent,
		Caption:  "“At least once” can only rise; “on the day” is lower, because a lead can be lost again; “for good” is the strictest of the three.",
		Draw: func(o chart.Options) (*chart.Figure, error) {
			return chart.Probability(o, lines)
		},
	})
}

// outcomes are what became of a published forecast, in words.
var outcomes = map[string]string{
	"held": "it came true", "possible": "it may have come true", "failed": "it did not come true", "open": "not over yet",
	"not_observed": "nobody published figures that tell",
}

// claims sets what others said beside what we say.
func (replay) claims(b *Book, v verdict) (*Table, error) {
	t := &Table{ID: "claims", Caption: "Who said what, and what our replay gives their window", Columns: []Column{
		{Key: "forecaster", Head: "Who"}, {Key: "made_on", Head: "When"}, {Key: "window", Head: "Window named"},
		{Key: "statement", Head: "In their words"},
		{Key: "ours_median", Head: "Ours", Hint: "as of the same day: median and 80 % interval", Number: true},
		{Key: "p_ours_in_window", Head: "In their window", Hint: "our probability", Number: true}, {Key: "outcome", Head: "Outcome"}, {Key: "source_url", Head: "Source"},
	}}
	for _, c := range b.claims {
		if c.Metric != v.Metric || c.Challenger != v.Challenger || c.Leader != v.Leader {
			continue
		}
		window := "from " + shortDay(c.From)
		if c.To != nil {
			window = span(c.From, *c.To)
		}
		ours := date(c.Median, shortDay)
		if c.Lo != nil && c.Hi != nil {
			ours.More = span(*c.Lo, *c.Hi)
		}
		t.Rows = append(t.Rows, []Cell{
			name(c.Forecaster), date(&c.Made, shortDay), {Text: window, Raw: window}, name(c.Statement),
			ours, number(c.PInWindow, probability), coded(outcomes[c.Outcome], c.Outcome), cited(c.URL),
		})
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return b.table(t)
}

// roles are the uses of evidence, in words.
var roles = map[string]string{
	"own_readings": "its own figures", "panel_account": "an account of its top list", "sister_metric": "another count of its users",
	"fitted_series": "a trend fitted to its figures",
}

// evidence lists the accounts and totals from which growth was estimated.
func (replay) evidence(ctx context.Context, b *Book, v verdict) (*Table, error) {
	all, err := collect[evidence](ctx, b.store, `
		select platform, coalesce(account_id, ''), coalesce(account_name, account_id, ''), from_on, to_on, from_value, to_value, growth_month, coalesce(role, ''), coalesce(source_url, '')
		from results.overtake_evidence
		where cast(as_of as date) = ? and metric = ? and challenger = ? and leader = ?
		order by platform, account_id, from_on, to_on, source_url`, v.AsOf, v.Metric, v.Challenger, v.Leader)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "replay-evidence", Caption: "The readings behind the growth of each side", Show: 40, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "account_id", Head: "Account or total"}, {Key: "from_on", Head: "From"}, {Key: "to_on", Head: "To"},
		{Key: "from_value", Head: "Before", Number: true}, {Key: "to_value", Head: "After", Number: true},
		{Key: "growth_month", Head: "A month", Number: true}, {Key: "role", Head: "Use"}, {Key: "source_url", Head: "Source"},
	}}
	for _, e := range all {
		who := coded(e.Name, e.Account)
		who.Name = true
		if e.Account == "" {
			who = coded(b.measure(v.Metric), v.Metric)
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.platform(e.Platform), e.Platform), who, date(e.From, shortDay), date(e.To, shortDay),
			number(e.FromValue, short), number(e.ToValue, short), number(e.Growth, logChange), coded(roles[e.Role], e.Role), cited(e.URL),
		})
	}
	return b.table(t)
}
