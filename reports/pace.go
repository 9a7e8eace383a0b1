package reports

import (
	"fmt"
	"math"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// pace says who had grown more at the same age: the two platforms of different families whose lines overlap longest,
// compared at the greatest age that both have reached.
func (b *Book) pace(metric string, points map[string][]chart.Point) string {
	best, weibo, twitter := 0.0, "", ""
	for _, x := range b.order {
		for _, y := range b.order {
			px, py := points[x], points[y]
			if b.platforms[x].Family != "weibo_style" || b.platforms[y].Family != "twitter_style" || len(px) == 0 || len(py) == 0 {
				continue
			}
			from := math.Max(px[0].X, py[0].X)
			to := math.Min(px[len(px)-1].X, py[len(py)-1].X)
			if to-from > best {
				best, weibo, twitter = to-from, x, y
			}
		}
	}
	if best == 0 {
		return ""
	}
	px, py := points[weibo], points[twitter]
	age := math.Min(px[len(px)-1].X, py[len(py)-1].X)
	x, y := atAge(px, age), atAge(py, age)
	first, second := weibo, twitter
	if y > x {
		first, second, x, y = twitter, weibo, y, x
	}
	return fmt.Sprintf("At the age of %s, %s had %s %s and %s %s: %s the other’s.", length(age),
		b.platform(first), long(x), b.measure(metric), b.platform(second), long(y), digits(x/y, 2)+" times")
}

// atAge is the value at an age, between two neighbouring points on a logarithmic scale.
func atAge(points []chart.Point, age float64) float64 {
	for i, p := range points {
		if p.X < age {
			continue
		}
		if i == 0 || p.X == age || p.Y <= 0 || points[i-1].Y <= 0 {
			return p.Y
		}
		q := points[i-1]
		t := (age - q.X) / (p.X - q.X)
		return math.Exp(math.Log(q.Y) + t*(math.Log(p.Y)-math.Log(q.Y)))
	}
	return math.NaN()
}
