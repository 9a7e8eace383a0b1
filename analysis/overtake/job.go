package overtake

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis"
)

// Job writes results.overtake and the tables beside it: every pair of platforms in every metric that may be compared, as
// of env.AsOf, the replays, and what others had forecast.
type Job struct {
	// Replays are the comparisons told again as of earlier dates; nil: DefaultReplays. Those after env.AsOf, and
	// those of platforms of which nothing is known, are left out.
	Replays []Request
}

// DefaultReplays are the two tests that history offers: the question of early 2011, and the monthly active users of
// which the crossing is known (Weibo passed Twitter in early 2017), as of the ends of the four years before it.
var DefaultReplays = []Request{
	{Metric: "top100_followers_total", Leader: "twitter", Challenger: "sina_weibo", AsOf: time.Date(2011, 2, 28, 0, 0, 0, 0, time.UTC)},
	{Metric: "monthly_active_users", Leader: "twitter", Challenger: "sina_weibo", AsOf: time.Date(2013, 12, 31, 0, 0, 0, 0, time.UTC)},
	{Metric: "monthly_active_users", Leader: "twitter", Challenger: "sina_weibo", AsOf: time.Date(2014, 12, 31, 0, 0, 0, 0, time.UTC)},
	{Metric: "monthly_active_users", Leader: "twitter", Challenger: "sina_weibo", AsOf: time.Date(2015, 12, 31, 0, 0, 0, 0, time.UTC)},
	{Metric: "monthly_active_users", Leader: "twitter", Challenger: "sina_weibo", AsOf: time.Date(2016, 12, 31, 0, 0, 0, 0, time.UTC)},
}

// Name is the job's name in logs.
func (Job) Name() string { return "overtake" }

// Run compares.
func (j Job) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	all, err := load(ctx, q, env.AsOf)
	if err != nil {
		return nil, err
	}
	b := batch{all: all, asOf: env.AsOf, seed: env.Seed, workers: env.Workers, studies: map[studyKey]*study{}, horizon: DefaultHorizon, paths: DefaultPaths}
	if b.workers <= 0 {
		b.workers = runtime.GOMAXPROCS(0)
	}
	replays := j.Replays
	if replays == nil {
		replays = DefaultReplays
	}
	b.plan(replays)
	if err := b.run(ctx); err != nil {
		return nil, err
	}
	return b.tables(), nil
}

// plan lists the comparisons: every pair in every metric, the replays, the published forecasts.
func (b *batch) plan(replays []Request) {
	for _, metric := range keys(b.all.Metrics) {
		if !b.all.comparable(metric) {
			continue
		}
		with := b.all.platformsWith(metric)
		for i, one := range with {
			for _, other := range with[i+1:] {
				b.add(duty{Request: Request{Metric: metric, Leader: one, Challenger: other, AsOf: b.asOf}, turn: true})
			}
		}
	}
	for _, r := range replays {
		with := b.all.platformsWith(r.Metric)
		if !r.AsOf.After(b.asOf) && b.all.comparable(r.Metric) && slices.Contains(with, r.Leader) && slices.Contains(with, r.Challenger) {
			b.add(duty{Request: r, replay: true})
			r.Edition = First
			b.add(duty{Request: r})
		}
	}
	for i := range b.all.published {
		if p := &b.all.published[i]; b.all.comparable(p.metric) {
			b.add(duty{Request: Request{Metric: p.metric, Leader: p.leader, Challenger: p.challenger, AsOf: p.madeOn}, published: p})
		}
	}
}

// A duty is one comparison of a batch and its answer.
type duty struct {
	Request
	turn      bool // whoever is behind challenges
	replay    bool
	published *publishedForecast // it serves to score this one

	answer *Answer
	sample *Sample
}

// A batch is many comparisons. Each has its own random streams and its own place for the answer, so that the number of
// workers changes nothing.
type batch struct {
	all     *facts
	asOf    time.Time
	seed    uint64
	workers int
	studies map[studyKey]*study
	horizon time.Duration
	paths   int
	duties  []duty
}

func (d duty) key() studyKey { return studyKey{d.AsOf, d.Edition} }

func (b *batch) add(d duty) {
	d.AsOf = d.AsOf.UTC().Truncate(24 * time.Hour) // one and the same key of studies, wherever the date came from
	b.duties = append(b.duties, d)
}

// run works in three steps, each in parallel: the studies, the sides with their futures, the comparisons.
func (b *batch) run(ctx context.Context) error {
	var wanted []studyKey
	for _, d := range b.duties {
		if !slices.Contains(wanted, d.key()) {
			wanted = append(wanted, d.key())
		}
	}
	studies := make([]*study, len(wanted))
	if err := b.each(ctx, len(wanted), func(i int) (err error) {
		studies[i], err = newStudy(b.all, wanted[i].asOf, b.horizon, b.seed, b.paths, wanted[i].edition)
		return err
	}); err != nil {
		return err
	}
	for i, k := range wanted {
		b.studies[k] = studies[i]
	}
	if err := b.drawSides(ctx); err != nil {
		return err
	}
	return b.each(ctx, len(b.duties), func(i int) error { return b.duties[i].settle(b.studies[b.duties[i].key()]) })
}

// each runs n steps on the workers and stops at the first error.
func (b *batch) each(ctx context.Context, n int, do func(i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.workers)
	for i := range n {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(i)
		})
	}
	return g.Wait()
}

// drawSides models every side that some duty needs, and draws the futures of those whose opponent has a model too, once.
func (b *batch) drawSides(ctx context.Context) error {
	type need struct {
		st  *study
		key [2]string
	}
	index := map[need]int{}
	var needs []need
	number := func(d duty, platform string) int {
		n := need{b.studies[d.key()], [2]string{platform, d.Metric}}
		if _, ok := index[n]; !ok {
			index[n] = len(needs)
			needs = append(needs, n)
		}
		return index[n]
	}
	pairs := make([][2]int, len(b.duties))
	for i, d := range b.duties {
		pairs[i] = [2]int{number(d, d.Leader), number(d, d.Challenger)}
	}
	sides, failed := make([]*side, len(needs)), make([]error, len(needs))
	if err := b.each(ctx, len(needs), func(i int) error {
		sides[i], failed[i] = needs[i].st.newSide(needs[i].key[0], needs[i].key[1])
		return nil
	}); err != nil {
		return err
	}
	fights := make([]bool, len(needs))
	for _, p := range pairs {
		if failed[p[0]] == nil && failed[p[1]] == nil {
			fights[p[0]], fights[p[1]] = true, true
		}
	}
	if err := b.each(ctx, len(needs), func(i int) error {
		if fights[i] {
			needs[i].st.draw(sides[i])
		}
		return nil
	}); err != nil {
		return err
	}
	for i, n := range needs {
		n.st.sides[n.key], n.st.failed[n.key] = sides[i], failed[i]
	}
	return nil
}

// settle answers one duty. It only reads the study, in which all sides have been drawn.
func (d *duty) settle(st *study) error {
	r := d.Request
	if err := r.check(); err != nil {
		return err
	}
	if d.turn && st.ahead(r.Challenger, r.Leader, r.Metric) {
		r.Challenger, r.Leader = r.Leader, r.Challenger
		d.Challenger, d.Leader = r.Challenger, r.Leader
	}
	var err error
	d.answer, d.sample, err = st.answer(r)
	return err
}

// ahead reports whether one is expected to be ahead of the other on the as-of date; where there is no model the newest
// figures decide.
func (st *study) ahead(one, other, metric string) bool {
	a, b := st.sides[[2]string{one, metric}], st.sides[[2]string{other, metric}]
	if a != nil && b != nil {
		return a.fan[0].Q[2] > b.fan[0].Q[2]
	}
	x, _ := st.facts.line(one, metric).last()
	y, _ := st.facts.line(other, metric).last()
	return x.log > y.log
}

// An outcome of a published forecast.
const (
	held        = "held"         // the crossing lies within the window
	possible    = "possible"     // it may lie within the window: the readings around it leave days outside
	failed      = "failed"       // it lies outside, or the window passed without one
	open        = "open"         // the window is not over
	notObserved = "not_observed" // no figures tell
)

// outcome says what became of a published forecast as of asOf.
func (f *facts) outcome(p publishedForecast, asOf time.Time) string {
	end := p.to
	if end.IsZero() {
		end = asOf
	}
	for _, c := range f.crossings(p.metric, p.challenger, p.leader) {
		if c.Challenger != p.challenger {
			continue
		}
		first := c.After.AddDate(0, 0, 1) // the first day on which it can have happened
		switch {
		case !first.Before(p.from) && !c.By.After(end):
			return held
		case !c.By.Before(p.from) && !first.After(end):
			return possible
		case !first.Before(p.madeOn):
			return failed
		}
	}
	switch {
	case p.to.IsZero() || p.to.After(asOf):
		return open
	case f.comparedAfter(p):
		return failed
	}
	return notObserved
}

// comparedAfter reports whether both platforms have a figure for a day after the window.
func (f *facts) comparedAfter(p publishedForecast) bool {
	a, okA := f.line(p.challenger, p.metric).last()
	b, okB := f.line(p.leader, p.metric).last()
	return okA && okB && a.on.After(p.to) && b.on.After(p.to)
}

// sortDuties brings duties into the order of the tables: by as-of date, metric and platforms.
func sortDuties(ds []duty) {
	slices.SortStableFunc(ds, func(a, b duty) int {
		return cmp.Or(a.AsOf.Compare(b.AsOf), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Challenger, b.Challenger),
			cmp.Compare(a.Leader, b.Leader))
	})
}
