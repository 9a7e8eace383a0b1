package overtake

import (
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Look says when figures will show the lead: platforms do not publish every day, so a passage is seen at the next figures after it, or not at
// all where the lead is lost again before them.
type Look struct {
	EveryDays float64 `json:"every_days"`        // usual days between figures of the platform that publishes less often
	Assumed   bool    `json:"assumed,omitempty"` // too few figures are known to tell: a quarter is assumed
	Lo80      *Day    `json:"lo80_on"`           // quantiles of the first day of figures on which the challenger is ahead; nil beyond the horizon
	Median    *Day    `json:"median_on"`
	Hi80      *Day    `json:"hi80_on"`
	PWithin1Y float64 `json:"p_within_1y"`
	PNever    float64 `json:"p_never"` // not on any day of figures within the horizon
}

// quarter is how often figures are taken to come where there are not two.
const quarter = 91

// usualSpacing is the median number of days between the newest figures of a line, at least a week and at most a year; a quarter where there are not two.
func usualSpacing(l line) float64 {
	const newest = 9
	points := l.points[max(0, len(l.points)-newest):]
	if len(points) < 2 {
		return quarter
	}
	gaps := make([]float64, len(points)-1)
	for i := range gaps {
		gaps[i] = measure.DaysBetween(points[i].on, points[i+1].on)
	}
	slices.Sort(gaps)
	return math.Min(366, math.Max(7, gaps[len(gaps)/2]))
}

// looksOn are the indices of the days of the grid on which figures come: the first on or after each multiple of the spacing, counted from the
// older of the two newest figures.
func looksOn(days []float64, every, age float64) []int {
	var out []int
	next := every*math.Ceil(math.Max(age, 1)/every) - age // of a row of figures that the newest ones belong to
	for i, d := range days {
		if d+1e-9 < next || d == 0 {
			continue
		}
		out = append(out, i)
		for next <= d {
			next += every
		}
	}
	return out
}

// firstSeen is, sorted, the first look on which each future has the challenger ahead; +Inf where none has.
func firstSeen(challenger, leader [][]float64, days []float64, looks []int) []float64 {
	out := make([]float64, len(challenger))
	for p := range challenger {
		out[p] = math.Inf(1)
		for _, i := range looks {
			if challenger[p][i] > leader[p][i] {
				out[p] = days[i]
				break
			}
		}
	}
	slices.Sort(out)
	return out
}

// look answers when figures will show it.
func (st *study) look(d duel) *Look {
	every := math.Max(usualSpacing(d.challenger.line), usualSpacing(d.leader.line))
	age := math.Max(d.challenger.ageDays(st.asOf), d.leader.ageDays(st.asOf))
	seen := firstSeen(d.challengerPaths, d.leaderPaths, st.days, looksOn(st.days, every, age))
	q := timed(st, EverBy, seen)
	assumed := min(len(d.challenger.line.points), len(d.leader.line.points)) < 2
	return &Look{EveryDays: every, Assumed: assumed, Lo80: q.Lo80, Median: q.Median, Hi80: q.Hi80, PWithin1Y: q.PWithin1Y, PNever: q.PNever}
}
