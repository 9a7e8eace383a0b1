package overtake

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// Forecast answers one request from what had been published by req.AsOf. An error that wraps [ErrRequest] says what to
// ask for instead; where the request is right but too little is known, the answer has a Reason and no forecast.
func Forecast(ctx context.Context, q analysis.Querier, req Request) (*Answer, error) {
	if err := req.check(); err != nil {
		return nil, err
	}
	req.AsOf = req.AsOf.UTC().Truncate(24 * time.Hour) // the zero time stays zero
	far := req.AsOf
	if far.IsZero() {
		far = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	all, err := load(ctx, q, far)
	if err != nil {
		return nil, err
	}
	if req.AsOf.IsZero() {
		req.AsOf = all.newest()
	}
	if err := all.checkNames(req); err != nil {
		return nil, err
	}
	st, err := newStudy(all, req.AsOf, req.Horizon, req.Seed, req.Paths, req.Edition)
	if err != nil {
		return nil, err
	}
	a, s, err := st.answer(req)
	if err != nil {
		return nil, err
	}
	later, err := all.laterStatements(ctx, q, req)
	if err != nil {
		return nil, err
	}
	a.addStatements(append(st.facts.published, later...), s)
	return a, nil
}

// newest is the day of the newest publication among the readings.
func (f *facts) newest() time.Time {
	var out time.Time
	for _, r := range f.Readings {
		out = later(out, r.PublishedOn)
	}
	for _, r := range f.accounts {
		out = later(out, r.publishedOn)
	}
	return out
}

// laterStatements are the forecasts that others made after the as-of date. They are shown beside ours, marked as later,
// and never used.
func (f *facts) laterStatements(ctx context.Context, q analysis.Querier, req Request) ([]publishedForecast, error) {
	var all facts
	if err := all.loadForecasts(ctx, q, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		return nil, err
	}
	return without(all.published, func(p publishedForecast) bool { return !p.madeOn.After(req.AsOf) }), nil
}

// answer compares two platforms. The sample is nil where too little is known.
func (st *study) answer(req Request) (*Answer, *Sample, error) {
	m := st.facts.Metrics[req.Metric]
	a := &Answer{Metric: req.Metric, MetricName: m.Title, Unit: m.Unit, AsOf: Day{st.asOf}, Paths: st.n, Seed: st.seed,
		Horizon: Day{addDays(st.asOf, st.days[len(st.days)-1])}}
	a.Crossings = st.facts.crossings(req.Metric, req.Leader, req.Challenger)
	leader, errL := st.side(req.Leader, req.Metric)
	challenger, errC := st.side(req.Challenger, req.Metric)
	a.Leader, a.Challenger = st.party(req.Leader, req.Metric, leader), st.party(req.Challenger, req.Metric, challenger)
	for _, err := range []error{errL, errC} {
		if err == nil {
			continue
		}
		var little *tooLittle
		if !errors.As(err, &little) {
			return nil, nil, fmt.Errorf("compare %s of %s and %s: %w", req.Metric, req.Leader, req.Challenger, err)
		}
		if a.Reason == "" {
			a.Flags = append(a.Flags, "too_little_data")
		}
		a.Flags = append(a.Flags, little.flag)
		a.Reason = strings.TrimPrefix(a.Reason+"; "+little.why, "; ")
	}
	if a.Reason != "" {
		return a, nil, nil
	}
	corr := st.common
	if req.Corr != nil {
		corr = correlation{rho: *req.Corr}
	}
	d := st.duel(challenger, leader, corr.rho)
	a.Edition, a.Corr, a.CorrBasis = st.edition.String(), corr.rho, corr.words()
	if req.Corr != nil {
		a.CorrBasis = "as asked for"
	}
	if st.edition == Full {
		a.Seen = st.look(d)
	}
	s := compare(d.challengerPaths, d.leaderPaths, st.days, req.HoldDays, st.stream(req.Metric, challenger.platform, leader.platform, "bridges"))
	a.fill(st, d, s)
	return a, s, nil
}

func (st *study) party(platform, metric string, s *side) Party {
	p := Party{Platform: platform, Name: st.facts.name(platform)}
	line := st.facts.line(platform, metric)
	level, ok := line.last()
	if !ok {
		return p
	}
	sd := level.value * level.sd
	p.Level, p.LevelSD, p.On, p.Derived, p.Sources, p.Readings = &level.value, &sd, Day{level.on}, level.derived, level.urls, len(line.points)
	p.AgeDays = int(measure.DaysBetween(level.on, st.asOf))
	if s != nil {
		p.GrowthMonth, p.GrowthSD, p.Method, p.Basis, p.Accounts = &s.growth, &s.growthSD, s.method, s.basis, s.accounts
		if n, ok := listSize(metric); ok {
			p.Parts = partsOf(s.evidence, level.value, n)
		}
		p.LevelSD = ptr(level.value * math.Hypot(level.sd, s.sourceError()))
	}
	return p
}

// fill puts the sample into words and tables.
func (a *Answer) fill(st *study, d duel, s *Sample) {
	now := &Now{Ahead: d.leader.platform, PChallengerAhead: s.Ahead[0], LogRatio: quantile(s.LogRatio, .5),
		LogRatioLo80: quantile(s.LogRatio, .1), LogRatioHi80: quantile(s.LogRatio, .9),
		LastBothOn: Day{earlier(d.challenger.level.on, d.leader.level.on)}}
	if now.PChallengerAhead > .5 {
		now.Ahead = d.challenger.platform
	}
	a.Now = now
	a.Questions = []Question{aheadAt(st, s), timed(st, EverBy, s.FirstAhead), timed(st, ForGood, s.StaysAhead)}
	for i, day := range st.days {
		a.Curve = append(a.Curve, CurvePoint{Day{addDays(st.asOf, day)}, s.Ahead[i], s.Ever[i], s.ForGood[i]})
	}
	a.addQuarterEnds()
	a.Fan = slices.Concat(st.fanOf(d.challenger.platform, d.challengerPaths), st.fanOf(d.leader.platform, d.leaderPaths))
	for _, side := range []*side{d.challenger, d.leader} {
		a.Flags = append(a.Flags, side.flags...)
		for _, e := range side.evidence {
			a.Evidence = append(a.Evidence, Evidence{Platform: side.platform, Role: e.role, Metric: e.metric, Account: e.account, AccountName: e.name,
				From: Day{e.from}, To: Day{e.to}, FromValue: e.fromValue, ToValue: e.toValue, GrowthMonth: e.growth, SourceURL: e.url})
		}
		a.Warnings = append(a.Warnings, side.warnings(st)...)
	}
	if a.Questions[1].Median == nil {
		a.Flags = append(a.Flags, "median_beyond_horizon")
	}
}

// addQuarterEnds puts the days of Question.By into the curve, so that nobody has to guess them between its points. The
// chance of being ahead on such a day is read between days of the grid, and is held between the two others, which are
// counted: who is ahead for good is ahead, and who is ahead has been ahead.
func (a *Answer) addQuarterEnds() {
	for j := range a.Questions[0].By {
		by, ever, forGood := &a.Questions[0].By[j], a.Questions[1].By[j].P, a.Questions[2].By[j].P
		by.P = min(max(by.P, forGood), ever)
		q := CurvePoint{by.On, by.P, ever, forGood}
		i, found := slices.BinarySearchFunc(a.Curve, q, func(x, y CurvePoint) int { return x.On.Compare(y.On.Time) })
		if !found && i < len(a.Curve) {
			a.Curve = slices.Insert(a.Curve, i, q)
		}
	}
}

// warnings says in sentences what a reader of the answer must know of a side.
func (s *side) warnings(st *study) []string {
	var out []string
	name := st.facts.name(s.platform)
	if age := s.ageDays(st.asOf); age > 366 {
		out = append(out, fmt.Sprintf("The newest figure of %s is %s old.", name, ago(age)))
	}
	if s.level.derived {
		out = append(out, fmt.Sprintf("The level of %s is derived from other printed figures, not printed itself.", name))
	}
	switch {
	case s.level.dispute && s.level.settled:
		out = append(out, fmt.Sprintf("Sources disagree about the newest figure of %s; the better supported one was taken.", name))
	case s.level.dispute:
		out = append(out, fmt.Sprintf("Sources disagree about the newest figure of %s; its error covers them.", name))
	}
	for _, p := range s.line.aside {
		out = append(out, fmt.Sprintf("%s of %s on %s was set aside: it contradicts better sources around it.", count(p.Value.Point), name, date(p.On)))
	}
	if n, ok := listSize(s.line.metric); ok && s.accounts > 0 {
		out = append(out, fmt.Sprintf("Of the %d accounts of %s: %s.", n, name, partWords(partsOf(s.evidence, s.level.value, n))))
	}
	if s.sourceError() >= sourceError["C"] {
		out = append(out, fmt.Sprintf("The newest figure of %s rests on a source of the least trusted class: it is taken to be off by %.0f %% (standard deviation).", name, 100*s.sourceError()))
	}
	if s.method == "evidence" && len(s.line.points) == 1 {
		out = append(out, fmt.Sprintf("Only one reading of %s itself was known; its growth comes from other evidence.", name))
	}
	return out
}

// timed answers a question about the date of an event from its sorted simulated times.
func timed(st *study, question string, times []float64) Question {
	on := func(q float64) *Day {
		t := quantile(times, q)
		if math.IsInf(t, 1) {
			return nil
		}
		return &Day{addDays(st.asOf, math.Ceil(t))}
	}
	p := func(days float64) float64 { return shareBy(times, []float64{days})[0] }
	out := Question{Question: question, Lo80: on(.1), Median: on(.5), Hi80: on(.9), PWithin1Y: p(365), PWithin2Y: p(731), PNever: 1 - p(math.MaxFloat64)}
	for _, q := range quarterEnds(st.asOf) {
		out.By = append(out.By, Chance{Day{q}, p(measure.DaysBetween(st.asOf, q))})
	}
	return out
}

// aheadAt answers whether the challenger is ahead on a day: the dates are those on which that probability first passes
// 10, 50 and 90 % for the rest of the grid's days up to then.
func aheadAt(st *study, s *Sample) Question {
	on := func(q float64) *Day {
		i := slices.IndexFunc(s.Ahead, func(p float64) bool { return p >= q })
		switch {
		case i < 0:
			return nil
		case i == 0:
			return &Day{st.asOf}
		}
		w := (q - s.Ahead[i-1]) / (s.Ahead[i] - s.Ahead[i-1])
		return &Day{addDays(st.asOf, math.Ceil(st.days[i-1]+w*(st.days[i]-st.days[i-1])))}
	}
	p := func(day float64) float64 {
		i, found := slices.BinarySearch(s.Days, day)
		switch {
		case found:
			return s.Ahead[i]
		case i == len(s.Days):
			return s.Ahead[i-1]
		}
		w := (day - s.Days[i-1]) / (s.Days[i] - s.Days[i-1])
		return (1-w)*s.Ahead[i-1] + w*s.Ahead[i]
	}
	out := Question{Question: AheadAt, Lo80: on(.1), Median: on(.5), Hi80: on(.9), PWithin1Y: p(365), PWithin2Y: p(731), PNever: 1 - s.Ahead[len(s.Ahead)-1]}
	for _, q := range quarterEnds(st.asOf) {
		out.By = append(out.By, Chance{Day{q}, p(measure.DaysBetween(st.asOf, q))})
	}
	return out
}

// quarterEnds are the next four ends of quarters after t.
func quarterEnds(t time.Time) []time.Time {
	var out []time.Time
	for month := (int(t.Month())-1)/3*3 + 3; len(out) < 4; month += 3 {
		if end := time.Date(t.Year(), time.Month(month+1), 0, 0, 0, 0, 0, time.UTC); end.After(t) {
			out = append(out, end)
		}
	}
	return out
}

func addDays(t time.Time, days float64) time.Time { return t.AddDate(0, 0, int(days)) }

// addStatements sets others' forecasts of this pair and metric beside ours.
func (a *Answer) addStatements(published []publishedForecast, s *Sample) {
	for _, p := range published {
		if p.metric != a.Metric || p.challenger != a.Challenger.Platform || p.leader != a.Leader.Platform {
			continue
		}
		x := Statement{Forecaster: p.forecaster, MadeOn: Day{p.madeOn}, From: Day{p.from}, To: Day{p.to}, Statement: p.statement,
			SourceURL: p.url, Later: p.madeOn.After(a.AsOf.Time)}
		if s != nil {
			x.POurs = shareWithin(s.FirstAhead, a.AsOf.Time, p.from, p.to)
		}
		a.Published = append(a.Published, x)
	}
}

// shareWithin is the share of the sorted times, in days after asOf, that lie in from..to; a zero to is open.
func shareWithin(times []float64, asOf, from, to time.Time) float64 {
	end := math.MaxFloat64
	if !to.IsZero() {
		end = measure.DaysBetween(asOf, to)
	}
	by := shareBy(times, []float64{measure.DaysBetween(asOf, from) - 1, end})
	return max(0, by[1]-by[0])
}

func ptr[T any](v T) *T { return &v }
