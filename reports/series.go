package reports

import (
	"context"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// A point is one row of results.series: the figure of a platform for one day, all sources combined.
type point struct {
	Platform, Family, Metric string
	From, On                 time.Time
	Precision                string
	Value                    float64
	Lo, Hi                   *float64 // 95 %
	Readings, Sources        int64
	Derived                  bool
	Trust                    string
	Published                time.Time
}

// loadSeries reads all points that were known at the report's day.
func (b *Book) loadSeries(ctx context.Context) (err error) {
	b.points, err = collect[point](ctx, b.store, `
		select platform, coalesce(family, ''), metric, coalesce(effective_from, "on"), "on", coalesce(precision, 'day'), value,
			lo95, hi95, coalesce(n_readings, 1), coalesce(n_sources, 1), coalesce(derived, false), coalesce(best_trust, ''), first_published_on
		from results.series
		where first_published_on <= ?
		order by platform, metric, "on", effective_from, precision, value`, b.AsOf)
	return err
}

// series are the points of one platform and kind of count, oldest first.
func (b *Book) series(platform, metric string) []point {
	var some []point
	for _, p := range b.points {
		if p.Platform == platform && p.Metric == metric {
			some = append(some, p)
		}
	}
	return some
}

// lastOf is the latest point of a platform and kind of count, or nil.
func (b *Book) lastOf(platform, metric string) *point {
	s := b.series(platform, metric)
	if len(s) == 0 {
		return nil
	}
	return &s[len(s)-1]
}

// platformsWith lists the platforms that have points of metric, in the report's order.
func (b *Book) platformsWith(metric string) []string {
	has := map[string]bool{}
	for _, p := range b.points {
		if p.Metric == metric {
			has[p.Platform] = true
		}
	}
	return b.inOrder(has)
}

// inOrder sorts platforms by family and launch, unknown ones last by their key.
func (b *Book) inOrder(set map[string]bool) []string {
	var ids, rest []string
	for _, id := range b.order {
		if set[id] {
			ids = append(ids, id)
		}
	}
	for id := range set {
		if !slices.Contains(ids, id) {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	return append(ids, rest...)
}

// lines are the series of metric as a chart draws them, at most chartSeries platforms: those with the largest last value.
func (b *Book) lines(metric string) []chart.Series {
	ids := b.platformsWith(metric)
	if len(ids) > chartSeries {
		largest := slices.Clone(ids)
		slices.SortStableFunc(largest, func(x, y string) int {
			if b.lastOf(x, metric).Value > b.lastOf(y, metric).Value {
				return -1
			}
			return 1
		})
		keep := map[string]bool{}
		for _, id := range largest[:chartSeries] {
			keep[id] = true
		}
		ids = b.inOrder(keep)
	}
	var all []chart.Series
	for _, id := range ids {
		all = append(all, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: chartPoints(b.series(id, metric))})
	}
	return all
}

// chartSeries is the most lines that one panel can tell apart.
const chartSeries = 8

func chartPoints(points []point) []chart.Point {
	var all []chart.Point
	for _, p := range points {
		c := chart.Point{On: p.On, Y: p.Value}
		if p.Lo != nil && p.Hi != nil {
			c.Lo, c.Hi = *p.Lo, *p.Hi
		}
		if p.Derived {
			c.Note = "derived"
		}
		all = append(all, c)
	}
	return all
}
