package forecast

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxSeason bounds a season length; maxStep bounds integer steps and keeps grids finite.
const (
	maxSeason = 400
	maxStep   = 1e9
)

var layouts = []string{"2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01", "2006/01/02"}

// ParseDS reads a date (UTC; optionally with a time) or an integer step and gives its running time.
func ParseDS(ds string) (t float64, dated bool, err error) {
	if n, err := strconv.ParseInt(ds, 10, 64); err == nil {
		if n < -maxStep || n > maxStep {
			return 0, false, fmt.Errorf("step %s is out of range: use steps within +-%g", ds, float64(maxStep))
		}
		return float64(n), false, nil
	}
	if len(ds) > 40 {
		ds = ds[:40]
	}
	for _, l := range layouts {
		if len(l) != len(ds) && l != time.RFC3339 {
			continue
		}
		if at, err := time.Parse(l, ds); err == nil {
			return Days(at.UTC()), true, nil
		}
	}
	return 0, false, fmt.Errorf("ds %q is neither a date (2006-01-02) nor a whole number", ds)
}

// A Step is the usual spacing of a series: a number of calendar months, or of days (of unit steps where ds are integers).
type Step struct {
	Months int
	Days   float64
}

// stepOf finds the usual spacing from the median gap; one point alone counts as monthly, or as steps of one.
func stepOf(p []Point, dated bool) Step {
	if len(p) < 2 {
		if dated {
			return Step{Months: 1}
		}
		return Step{Days: 1}
	}
	gaps := make([]float64, len(p)-1)
	for i := range gaps {
		gaps[i] = p[i+1].T - p[i].T
	}
	g := median(gaps)
	if !dated {
		return Step{Days: math.Max(1, math.Round(g))}
	}
	if m := usualMonths(p); m > 0 {
		return Step{Months: m}
	}
	if g >= 1 {
		return Step{Days: math.Round(g)}
	}
	return Step{Days: math.Max(g, 1.0/1440)}
}

// usualMonths gives the number of calendar months between readings where most neighbours are that far apart, whatever their days; else 0.
func usualMonths(p []Point) int {
	count := map[int]int{}
	for i := 1; i < len(p); i++ {
		count[monthOf(p[i].T)-monthOf(p[i-1].T)]++
	}
	best := 0
	for m, n := range count {
		if n > count[best] || n == count[best] && m > best {
			best = m
		}
	}
	if best > 240 || 2*count[best] <= len(p)-1 || 10*count[0] > len(p) {
		return 0
	}
	return best
}

// index gives the grid position of time t, counted from the cell of t0.
func (s Step) index(t0, t float64) int {
	if s.Months == 0 {
		return int(math.Round((t - t0) / s.Days))
	}
	return (monthOf(t) - monthOf(t0)) / s.Months
}

// at gives the running time n steps after t: the same day of the month where there is one, else its last day; a last day stays one.
func (s Step) at(t float64, n int) float64 {
	if s.Months == 0 {
		return t + float64(n)*s.Days
	}
	d := Date(t)
	first := time.Date(d.Year(), d.Month()+time.Month(n*s.Months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	day := min(d.Day(), last)
	if d.AddDate(0, 0, 1).Day() == 1 {
		day = last
	}
	return Days(first.AddDate(0, 0, day-1)) + t - math.Floor(t)
}

// season gives the season length to look for when none is told: a year of months or quarters, a week of days, a year of weeks.
func (s Step) season(dated bool) int {
	switch {
	case !dated:
		return 0
	case s.Months > 0 && s.Months < 12 && 12%s.Months == 0:
		return 12 / s.Months
	case s.Months == 0 && s.Days == 7:
		return 52
	case s.Months == 0 && s.Days == 1:
		return 7
	case s.Months == 0 && math.Abs(s.Days-1.0/24) < 1e-6:
		return 24
	}
	return 0
}

func monthOf(t float64) int {
	d := Date(t)
	return d.Year()*12 + int(d.Month()) - 1
}

// formatDS writes a running time the way ds was written.
func formatDS(t float64, dated bool) string {
	if !dated {
		return strconv.FormatInt(int64(math.Round(t)), 10)
	}
	d := Date(t + 0.5/86400)
	s := d.Format("2006-01-02T15:04:05")
	return strings.TrimSuffix(s, "T00:00:00")
}
