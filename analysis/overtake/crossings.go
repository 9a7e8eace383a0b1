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

// A standing is a day on which one of two platforms is ahead by more than the errors of the readings.
type standing struct {
	on         time.Time
	one, other float64 // log levels
}

func (s standing) ahead() bool { return s.one > s.other }

// standings are the days, ascending, on which the lead is clear: both have a reading, or one has and the other's is
// interpolated over no more than 400 days, and the gap exceeds 1.28 of its standard deviations. A day that contradicts
// both the day before and the day after it is left out: two sources that do not agree are no overtake and back.
func (f *facts) standings(metric, one, other string) []standing {
	const longestGap, clear = 400, 1.2816
	a, b := f.line(one, metric), f.line(other, metric)
	var out []standing
	for _, day := range daysOf(a, b) {
		x, sx, okA := a.at(day, longestGap)
		y, sy, okB := b.at(day, longestGap)
		if okA && okB && math.Abs(x-y) > clear*math.Hypot(sx, sy) {
			out = append(out, standing{day, x, y})
		}
	}
	for i := 1; i < len(out)-1; {
		if out[i].ahead() != out[i-1].ahead() && out[i].ahead() != out[i+1].ahead() {
			out = slices.Delete(out, i, i+1)
		} else {
			i++
		}
	}
	return out
}

// crossings are the overtakes between two platforms that the known readings show, in order of time.
func (f *facts) crossings(metric, one, other string) []Crossing {
	var out []Crossing
	days := f.standings(metric, one, other)
	for i := 1; i < len(days); i++ {
		before, after := days[i-1], days[i]
		if before.ahead() == after.ahead() {
			continue
		}
		c := Crossing{Metric: metric, Challenger: one, Leader: other, After: Day{before.on}, By: Day{after.on}}
		if before.ahead() {
			c.Challenger, c.Leader = other, one
		}
		c.Note = fmt.Sprintf("%s %s and %s %s on %s; %s and %s on %s", f.name(one), count(math.Exp(before.one)), f.name(other),
			count(math.Exp(before.other)), before.on.Format(time.DateOnly), count(math.Exp(after.one)), count(math.Exp(after.other)), after.on.Format(time.DateOnly))
		out = append(out, c)
	}
	return out
}

// daysOf are the days on which either series has a point, ascending, once each.
func daysOf(a, b line) []time.Time {
	var out []time.Time
	for _, s := range []line{a, b} {
		for _, p := range s.points {
			out = append(out, p.on)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}
