package overtake

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// A Crossing is an overtake that happened: between two days on which the lead is clear of measurement error.
type Crossing struct {
	Metric     string `json:"metric"`
	Challenger string `json:"challenger"` // who came ahead
	Leader     string `json:"leader"`     // who had been ahead
	After      Day    `json:"crossed_after"`
	By         Day    `json:"crossed_by"`
	Note       string `json:"note"` // the figures on both days
}

// crossings are the overtakes between two platforms, in order of time, that the known readings show. A day counts if
// both have a reading then, or one has and the other's is interpolated over no more than 400 days, and if the gap
// exceeds 1.28 of its standard deviations: figures that differ by less than their rounding show no overtake.
func (f *facts) crossings(metric, one, other string) ([]Crossing, error) {
	a, err := f.seriesOf(one, metric)
	if err != nil {
		return nil, err
	}
	b, err := f.seriesOf(other, metric)
	if err != nil {
		return nil, err
	}
	const longestGap, clear = 400, 1.2816
	var out []Crossing
	var lastDay time.Time
	var lastGap, lastA, lastB float64
	for _, day := range daysOf(a, b) {
		x, sx, okA := a.at(day, longestGap)
		y, sy, okB := b.at(day, longestGap)
		gap := x - y
		if !okA || !okB || math.Abs(gap) <= clear*math.Hypot(sx, sy) {
			continue
		}
		if !lastDay.IsZero() && gap*lastGap < 0 {
			c := Crossing{Metric: metric, Challenger: one, Leader: other, After: Day{lastDay}, By: Day{day}}
			if gap < 0 {
				c.Challenger, c.Leader = other, one
			}
			c.Note = fmt.Sprintf("%s: %s, %s: %s on %s; %s and %s on %s", f.name(one), count(math.Exp(lastA)), f.name(other), count(math.Exp(lastB)),
				lastDay.Format(time.DateOnly), count(math.Exp(x)), count(math.Exp(y)), day.Format(time.DateOnly))
			out = append(out, c)
		}
		lastDay, lastGap, lastA, lastB = day, gap, x, y
	}
	return out, nil
}

// daysOf are the days on which either series has a point, ascending, once each.
func daysOf(a, b series) []time.Time {
	var out []time.Time
	for _, s := range []series{a, b} {
		for _, p := range s.points {
			out = append(out, p.on)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}
