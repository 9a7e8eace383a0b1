package reports

import (
	"context"
	"time"
)

// A curve is one row of results.growth_curves.
type curve struct {
	Platform, Metric, Model string
	K, Lo, Hi               *float64
	AICc                    *float64
	Steepest                *time.Time
	Why                     string
}

// curvesOf tells where growth would end by curves that level off, and in words why most of them are refused.
func (b *Book) curvesOf(ctx context.Context) (told string, t *Table, err error) {
	all, err := collect[curve](ctx, b.store, `
		select platform, metric, model, k, k_lo95, k_hi95, aicc, inflection_on, coalesce(refused_because, '')
		from results.growth_curves
		order by k is null, platform, metric, model`)
	if err != nil || len(all) == 0 {
		return "", nil, err
	}
	t = &Table{ID: "growth-curves", Caption: "Where growth would end, by curves that level off", Show: 40, Columns: []Column{
		{Key: "series", Head: "Count"}, {Key: "model", Head: "Curve"},
		{Key: "k", Head: "Levels off at", Hint: "95 % interval by profile likelihood", Number: true}, {Key: "inflection_on", Head: "Steepest"},
		{Key: "aicc", Head: "AICc", Hint: "lower is better", Number: true}, {Key: "refused_because", Head: "Why no level is given"},
	}}
	known := 0
	for _, c := range all {
		if c.K != nil {
			known++
		}
		t.Rows = append(t.Rows, []Cell{
			coded(b.say("%s, %s", b.platform(c.Platform), b.measure(c.Metric)), c.Platform+" "+c.Metric), coded(b.say(modelNames[c.Model]), c.Model),
			b.estimate(c.K, c.Lo, c.Hi, b.short), date(c.Steepest, b.shortDay), number(c.AICc, func(v float64) string { return digits(v, 4) }), b.retold(c.Why),
		})
	}
	told = b.say("Curves that level off were fitted %s times; in %s of them the data tell where growth would end. In the others a level is refused, because the figures stop before the growth slows, are followed as well by a curve without any end, or do not follow the curve at all: a number would be an invention.",
		b.numeral(len(all)), b.numeral(known))
	t, err = b.table(t)
	return told, t, err
}

// modelNames are the curves of results.growth_curves as people call them.
var modelNames = map[string]string{
	"logistic": word("logistic"), "gompertz": word("Gompertz"), "bass": word("Bass diffusion"),
}

// A triple is one row of results.survivorship.
type triple struct {
	Platform, Basis                  string
	K                                int64
	From, To                         time.Time
	Cohort, CohortLo, CohortHi       *float64
	Survivor, SurvivorLo, SurvivorHi *float64
	Slot, SlotLo, SlotHi             *float64
	Why                              string
}

// survivorship tells the growth of top lists in the three ways, published totals first, then the latest pairs of lists.
func (b *Book) survivorship(ctx context.Context) (*Table, error) {
	all, err := collect[triple](ctx, b.store, `
		select platform, basis, k, from_on, to_on, cohort, cohort_lo95, cohort_hi95, survivor, survivor_lo95, survivor_hi95,
			slot, slot_lo95, slot_hi95, coalesce(why, '')
		from results.survivorship
		where to_on <= ?
		order by basis desc, k desc, to_on desc, platform`, b.AsOf)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	t := &Table{ID: "survivorship", Caption: "Growth of the most-followed, in the three ways that differ", Show: 15, Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "from_on", Head: "From"}, {Key: "to_on", Head: "To"},
		{Key: "cohort", Head: "Who led then", Hint: "fixed cohort", Number: true}, {Key: "survivor", Head: "Who leads now", Hint: "survivors", Number: true},
		{Key: "slot", Head: "The places", Hint: "whoever held them", Number: true}, {Key: "why", Head: "Why a figure is missing"},
	}}
	for _, r := range all {
		t.Rows = append(t.Rows, []Cell{
			coded(b.say("%s, top %s", b.platform(r.Platform), whole(float64(r.K))), r.Platform+" "+raw(float64(r.K))), date(&r.From, b.shortDay), date(&r.To, b.shortDay),
			b.estimate(r.Cohort, r.CohortLo, r.CohortHi, b.change), b.estimate(r.Survivor, r.SurvivorLo, r.SurvivorHi, b.change),
			b.estimate(r.Slot, r.SlotLo, r.SlotHi, b.change), b.retold(r.Why),
		})
	}
	return b.table(t)
}
