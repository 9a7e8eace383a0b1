package reports

import (
	"context"
	"io"
	"time"
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

func (r replay) Render(ctx context.Context, b *Book, w io.Writer) error {
	v := b.firstReplay(topMeasure)
	if v == nil {
		return b.empty(w, "No replay of the question of 2011 is in the warehouse: it needs figures of both platforms’ top accounts that were published by 28 February 2011.")
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
		Fuller     fuller
		Editions   *Table
		Changes    []told // what the full model changed, by replay
	}
	view.V, view.Challenger, view.Leader = *v, b.platform(v.Challenger), b.platform(v.Leader)
	curve, err := b.curve(ctx, *v)
	if err != nil {
		return err
	}
	view.Said = b.said(*v)
	view.Answer = b.replayAnswer(*v, curve)
	view.Basis = b.growthBasis(*v)
	readings, err := loadEvidence(ctx, b, *v)
	if err != nil {
		return err
	}
	if view.Fan, err = r.fan(ctx, b, *v, readings); err != nil {
		return err
	}
	if view.Curve, err = r.curveFigure(b, *v, curve); err != nil {
		return err
	}
	if view.Claims, err = r.claims(b, *v); err != nil {
		return err
	}
	if view.Evidence, err = r.evidence(b, *v, readings); err != nil {
		return err
	}
	if view.Fuller, err = b.fullerAnswer(ctx, *v); err != nil {
		return err
	}
	if view.Editions, view.Changes, err = r.editions(ctx, b); err != nil {
		return err
	}
	return b.render(w, "replay", view)
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
		return b.say("From what had been published by %s, %s would pass %s by %s with a probability of only %s.",
			b.day(v.AsOf), b.platform(v.Challenger), b.platform(v.Leader), b.year(v.Horizon), b.probability(1-value(v.PNever)))
	}
	s := b.say("From what had been published by %s, %s passes %s on %s (80 %% interval %s).",
		b.day(v.AsOf), b.platform(v.Challenger), b.platform(v.Leader), b.day(*v.Median), b.window(v))
	june := time.Date(v.AsOf.Year(), 6, 30, 0, 0, 0, 0, time.UTC)
	if p := at(curve, june); p != nil {
		s = b.sentences(s, b.say("That it happens by %s is %s.", b.day(june), b.likely(*p)))
	}
	return s
}

// at reads the curve of "ever by" on a day, between its neighbouring points; nil outside the curve.
func at(curve []curvePoint, on time.Time) *float64 {
	for i, c := range curve {
		switch {
		case c.Ever == nil || c.On.Before(on):
			continue
		case c.On.Equal(on):
			return c.Ever
		case i == 0 || curve[i-1].Ever == nil:
			return nil
		}
		before := curve[i-1]
		t := on.Sub(before.On).Hours() / c.On.Sub(before.On).Hours()
		p := *before.Ever + t*(*c.Ever-*before.Ever)
		return &p
	}
	return nil
}

// said lists what others said at the time: "On 11 February 2011 Credit Suisse named July to December 2011".
func (b *Book) said(v verdict) []string {
	var all []string
	for _, c := range b.claims {
		if c.Metric != v.Metric || c.Challenger != v.Challenger || c.Leader != v.Leader {
			continue
		}
		window := b.say("a time from %s on", b.day(c.From))
		if c.To != nil {
			window = b.span(c.From, *c.To)
		}
		all = append(all, b.say("on %s %s named %s", b.day(c.Made), plain(c.Forecaster), window))
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
		who, growth := b.platform(side.platform), b.logPercent(*side.growth)
		s := b.say("%s is taken to have grown by %s a month.", who, growth)
		if side.sd != nil {
			s = b.say("%s is taken to have grown by %s a month (80 %% interval %s).", who, growth,
				b.between(b.logPercent(*side.growth-z80**side.sd), b.logPercent(*side.growth+z80**side.sd)))
		}
		all = append(all, basis{s, sentence(b.retell(side.basis)) + b.say(".")})
	}
	return all
}
