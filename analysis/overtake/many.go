package overtake

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// Many answers many requests at once, in their order: every as-of date is read, learned from and every platform's futures are drawn once, for all requests
// that need them, and each answer is the one that [Forecast] gives. Horizon, paths, seed and edition must be the same in all requests that share an as-of
// date. A request whose names are wrong fails all, with an error that wraps [ErrRequest].
func Many(ctx context.Context, q analysis.Querier, requests []Request, workers int) ([]*Answer, error) {
	if len(requests) == 0 {
		return nil, fmt.Errorf("%w: nothing is asked for", ErrRequest)
	}
	latest := time.Time{}
	for i := range requests {
		if err := requests[i].check(); err != nil {
			return nil, err
		}
		if requests[i].AsOf.IsZero() {
			return nil, fmt.Errorf("%w: each of many requests needs its as-of date", ErrRequest)
		}
		if requests[i].AsOf.After(latest) {
			latest = requests[i].AsOf
		}
	}
	all, err := load(ctx, q, latest)
	if err != nil {
		return nil, err
	}
	b := batch{all: all, asOf: latest, seed: requests[0].Seed, workers: workers, studies: map[studyKey]*study{}, horizon: requests[0].Horizon, paths: requests[0].Paths}
	if b.workers <= 0 {
		b.workers = runtime.GOMAXPROCS(0)
	}
	for _, r := range requests {
		if r.Horizon != b.horizon || r.Paths != b.paths || r.Seed != b.seed {
			return nil, fmt.Errorf("%w: many requests share their horizon, paths and seed", ErrRequest)
		}
		if err := all.checkNames(r); err != nil {
			return nil, err
		}
		b.add(duty{Request: r})
	}
	if err := b.run(ctx); err != nil {
		return nil, err
	}
	out := make([]*Answer, len(b.duties))
	for i, d := range b.duties {
		d.answer.addStatements(b.studies[d.key()].facts.published, d.sample)
		out[i] = d.answer
	}
	return out, nil
}

// Pairs are all pairs of platforms of which something was known by a date in a metric, the one behind as the challenger of the one ahead.
func Pairs(ctx context.Context, q analysis.Querier, metric string, asOf time.Time) ([]Request, error) {
	all, err := load(ctx, q, asOf)
	if err != nil {
		return nil, err
	}
	if !all.comparable(metric) {
		return nil, fmt.Errorf("%w: %s cannot be compared between platforms", ErrRequest, metric)
	}
	with := all.platformsWith(metric)
	if len(with) < 2 {
		return nil, errors.Join(ErrRequest, fmt.Errorf("by %s fewer than two platforms had a figure of %s", date(asOf), metric))
	}
	var out []Request
	for i, one := range with {
		for _, other := range with[i+1:] {
			a, _ := all.line(one, metric).last()
			b, _ := all.line(other, metric).last()
			r := Request{Metric: metric, Leader: one, Challenger: other, AsOf: asOf}
			if a.log < b.log {
				r.Leader, r.Challenger = other, one
			}
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Request) int {
		return slices.Compare([]string{a.Leader, a.Challenger}, []string{b.Leader, b.Challenger})
	})
	return out, nil
}
