package reports

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
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
	b.byKey = map[[2]string][]point{}
	for _, p := range b.points {
		key := [2]string{p.Platform, p.Metric}
		b.byKey[key] = append(b.byKey[key], p)
	}
	return err
}

// loadSeriesOnce is loadSeries, remembering its query for the figures that draw series.
func (b *Book) loadSeriesOnce(ctx context.Context) error {
	before := len(b.queries)
	err := b.loadSeries(ctx)
	b.series0 = slices.Clone(b.queries[before:])
	return err
}

// series are the points of one platform and kind of count, oldest first.
func (b *Book) series(platform, metric string) []point { return b.byKey[[2]string{platform, metric}] }

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
	for key := range b.byKey {
		if key[1] == metric {
			has[key[0]] = true
		}
	}
	return b.inOrder(has)
}

// inOrder sorts platforms by family and launch, unknown ones last by their key.
func (b *Book) inOrder(set map[string]bool) []string {
	ids := slices.Collect(maps.Keys(set))
	place := func(id string) int {
		if i, ok := b.place[id]; ok {
			return i
		}
		return len(b.place)
	}
	slices.SortFunc(ids, func(x, y string) int { return cmp.Or(place(x)-place(y), strings.Compare(x, y)) })
	return ids
}

// foremost keeps the n platforms with the largest weight, in the report's order.
func (b *Book) foremost(ids []string, n int, weight func(id string) float64) []string {
	if len(ids) <= n {
		return ids
	}
	largest := slices.Clone(ids)
	slices.SortStableFunc(largest, func(x, y string) int { return cmp.Compare(weight(y), weight(x)) })
	keep := map[string]bool{}
	for _, id := range largest[:n] {
		keep[id] = true
	}
	return b.inOrder(keep)
}

// largest are the n platforms with the largest last value of metric.
func (b *Book) largest(metric string, n int) []string {
	return b.foremost(b.platformsWith(metric), n, func(id string) float64 { return b.lastOf(id, metric).Value })
}

// lines are the series of metric as a chart draws them, at most chartSeries platforms: those with the largest last value.
func (b *Book) lines(metric string) []chart.Series {
	var all []chart.Series
	for _, id := range b.largest(metric, chartSeries) {
		all = append(all, chart.Series{Key: id, Label: b.platform(id), Platform: id, Points: b.chartPoints(b.series(id, metric))})
	}
	return all
}

// chartSeries is the most lines that one panel can tell apart.
const chartSeries = 8

func (l *locale) chartPoints(points []point) []chart.Point {
	var all []chart.Point
	for _, p := range points {
		c := chart.Point{On: p.On, Y: p.Value}
		if p.Lo != nil && p.Hi != nil {
			c.Lo, c.Hi = *p.Lo, *p.Hi
		}
		if p.Derived {
			c.Note = l.say("derived")
		}
		all = append(all, c)
	}
	return all
}
