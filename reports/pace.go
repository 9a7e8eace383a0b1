package reports

import (
	"math"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// overlap is the shortest stretch of common age, in days, over which two platforms are compared.
const overlap = 180

// pace says who had grown more at the same age: the largest two platforms of different families that have figures of one
// kind for the same ages, at the greatest age that both have reached.
func (b *Book) pace(metric string, points map[string][]chart.Point) string {
	var best, first, second, x, y, age = 0.0, "", "", 0.0, 0.0, 0.0
	members := map[string][]string{}
	for _, id := range b.order {
		if len(points[id]) > 1 { // a single figure overlaps with nothing
			members[b.platforms[id].Family] = append(members[b.platforms[id].Family], id)
		}
	}
	for _, one := range members["weibo_style"] {
		for _, other := range members["twitter_style"] {
			p, q := points[one], points[other]
			if math.Min(p[len(p)-1].X, q[len(q)-1].X)-math.Max(p[0].X, q[0].X) < overlap {
				continue
			}
			to, u, v := lastCommonAge(p, q)
			if least := math.Min(u, v); least > best {
				best, first, second, x, y, age = least, one, other, u, v, to
			}
		}
	}
	if best == 0 {
		return ""
	}
	if y > x {
		first, second, x, y = second, first, y, x
	}
	return b.say("At the age of %s, %s had %s times as many %s as %s", b.length(age),
		b.platform(first), digits(x/y, 2), b.measure(metric), b.platform(second))
}

// lastCommonAge is the greatest age for which both have a value, and these values; zeros where there is none.
func lastCommonAge(p, q []chart.Point) (age, u, v float64) {
	for _, points := range [][]chart.Point{p, q} {
		for _, x := range points {
			if x.X <= age {
				continue
			}
			if a, b := atAge(p, x.X), atAge(q, x.X); !math.IsNaN(a) && !math.IsNaN(b) {
				age, u, v = x.X, a, b
			}
		}
	}
	return age, u, v
}

// atAge is the value at an age, between two neighbouring points on a logarithmic scale; NaN outside the points and
// within a silence.
func atAge(points []chart.Point, age float64) float64 {
	for i, p := range points {
		switch {
		case p.X < age || math.IsNaN(p.Y):
			continue
		case p.X == age:
			return p.Y
		case i == 0 || p.X-points[i-1].X > stretch.Hours()/24 || p.Y <= 0 || points[i-1].Y <= 0:
			return math.NaN()
		}
		q := points[i-1]
		t := (age - q.X) / (p.X - q.X)
		return math.Exp(math.Log(q.Y) + t*(math.Log(p.Y)-math.Log(q.Y)))
	}
	return math.NaN()
}

// milestones are the marks by which the table of ages compares platforms.
var milestones = []float64{10e6, 50e6, 100e6, 200e6, 500e6}

// milestoneTable says at what age each platform first printed a figure at or above each milestone. Where the first figure
// of all is above it, the age is an upper bound and says so.
func (b *Book) milestoneTable(ages []agePoint) *Table {
	t := &Table{ID: "milestones", Caption: "Age at the first published figure of at least so many", Columns: []Column{
		{Key: "platform", Head: "Platform"}, {Key: "metric", Head: "Count"},
	}}
	for _, m := range milestones {
		t.Columns = append(t.Columns, Column{Key: "age_days_at_" + raw(m/1e6) + "m", Head: b.short(m), Number: true})
	}
	for _, metric := range b.mains() {
		for _, id := range b.largest(metric, tableRows/len(b.mains())) {
			var points []agePoint
			for _, a := range ages {
				if a.Platform == id && a.Metric == metric {
					points = append(points, a)
				}
			}
			if len(points) == 0 {
				continue
			}
			row := []Cell{coded(b.platform(id), id), coded(b.measure(metric), metric)}
			for _, m := range milestones {
				row = append(row, b.milestone(points, m))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func (l *locale) milestone(points []agePoint, mark float64) Cell {
	for i, p := range points {
		if p.Value < mark {
			continue
		}
		c := Cell{Text: l.length(p.Age), Raw: raw(p.Age)}
		if i == 0 {
			c.Text = l.say("by %s", c.Text)
		}
		return c
	}
	return Cell{Text: dash}
}
