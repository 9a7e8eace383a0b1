package chart

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/plot"
)

// day turns a date into the axis coordinate: days since 1970-01-01 UTC.
func day(t time.Time) float64 { return float64(t.Unix()) / 86400 }

// dateOf is the inverse of day.
func dateOf(d float64) time.Time { return time.Unix(int64(math.Round(d*86400)), 0).UTC() }

// iso writes a date for tables; the zero time is "".
func iso(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}

// longDate writes a day for people: 28 Feb 2011, 2011年2月28日.
func longDate(t time.Time, zh bool) string {
	if t.IsZero() {
		return ""
	}
	if zh {
		return t.Format("2006年1月2日")
	}
	return t.Format("2 Jan 2006")
}

// monthDate writes a month for people: Feb 2011, 2011年2月.
func monthDate(t time.Time, zh bool) string {
	if t.IsZero() {
		return ""
	}
	if zh {
		return t.Format("2006年1月")
	}
	return t.Format("Jan 2006")
}

// dateTicks is a plot.Ticker for time axes in days. It picks years, quarters, months or days so that labels stand at
// least gap apart on an axis of the given length, and names the year once.
type dateTicks struct {
	length, gap float64 // in drawing units
	zh          bool
}

// Ticks implements plot.Ticker. The label of a tick that begins a year, or of the first tick, has the year on a second
// line where the ticks are finer than years.
func (t dateTicks) Ticks(lo, hi float64) []plot.Tick {
	span := hi - lo
	if span <= 0 {
		return []plot.Tick{{Value: lo, Label: longDate(dateOf(lo), t.zh)}}
	}
	room := int(t.length / t.gap) // labels that fit
	if room < 2 {
		room = 2
	}
	years := span / 365.25
	for _, months := range []int{1, 3, 6} {
		if years*12/float64(months) <= float64(room) && years < 5 {
			if months == 1 && span < 62 {
				break
			}
			return t.months(lo, hi, months)
		}
	}
	if span < 62 {
		return t.days(lo, hi, room)
	}
	for _, step := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		if years/float64(step) <= float64(room) {
			return t.years(lo, hi, step)
		}
	}
	return t.years(lo, hi, 2000)
}

func (t dateTicks) years(lo, hi float64, step int) (ticks []plot.Tick) {
	first := dateOf(lo).Year()
	for y := first - first%step; y <= dateOf(hi).Year()+1; y += step {
		at := day(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC))
		if at >= lo-1e-9 && at <= hi+1e-9 {
			ticks = append(ticks, plot.Tick{Value: at, Label: fmt.Sprint(y)})
		}
	}
	return ticks
}

func (t dateTicks) months(lo, hi float64, step int) (ticks []plot.Tick) {
	d := dateOf(lo)
	m := time.Date(d.Year(), (d.Month()-1)/time.Month(step)*time.Month(step)+1, 1, 0, 0, 0, 0, time.UTC)
	for ; day(m) <= hi; m = m.AddDate(0, step, 0) {
		if day(m) < lo {
			continue
		}
		label := m.Format("Jan")
		if t.zh {
			label = m.Format("1月")
		}
		if len(ticks) == 0 || m.Month() == 1 {
			label += m.Format("\n2006")
		}
		ticks = append(ticks, plot.Tick{Value: day(m), Label: label})
	}
	return ticks
}

func (t dateTicks) days(lo, hi float64, room int) (ticks []plot.Tick) {
	step := 1.0
	for _, s := range []float64{1, 2, 7, 14} {
		if step = s; (hi-lo)/s <= float64(room) {
			break
		}
	}
	for at := math.Ceil(lo); at <= hi; at += step {
		label := dateOf(at).Format("2 Jan")
		if t.zh {
			label = dateOf(at).Format("1月2日")
		}
		if len(ticks) == 0 {
			label += dateOf(at).Format("\n2006")
		}
		ticks = append(ticks, plot.Tick{Value: at, Label: label})
	}
	return ticks
}
