package measure

import (
	"math"
	"time"
)

// DaysPerYear is the mean length of a Gregorian year, used wherever days become years.
const DaysPerYear = 365.2425

const day = 24 * time.Hour

// A Span is the interval of days that a figure may speak of, both included: a single day, or the whole month or quarter
// where no more is known.
type Span struct{ From, To time.Time }

// Days is the number of days in s, at least 1.
func (s Span) Days() float64 { return max(1, math.Round(s.To.Sub(s.From).Hours()/24)+1) }

// Mid is the middle of s; noon for a single day.
func (s Span) Mid() time.Time { return s.From.Add(s.To.Add(day).Sub(s.From) / 2) }

// SDDays is the standard uncertainty, in days, of a moment that may be anywhere in s: width/sqrt(12); 0 for one day,
// because daily series are read at day's end.
func (s Span) SDDays() float64 {
	if s.Days() == 1 {
		return 0
	}
	return RoundingSD(s.Days())
}

// Covers reports whether every day of o lies within s.
func (s Span) Covers(o Span) bool { return !o.From.Before(s.From) && !o.To.After(s.To) }

// Overlaps reports whether s and o share a day.
func (s Span) Overlaps(o Span) bool { return !o.From.After(s.To) && !o.To.Before(s.From) }

// Finer reports whether s is narrower than o by more than a fifth, so that a month is finer than a quarter but February
// not finer than March.
func (s Span) Finer(o Span) bool { return s.Days() < 0.8*o.Days() }

// DaysBetween is the number of days from a to b.
func DaysBetween(a, b time.Time) float64 { return b.Sub(a).Hours() / 24 }

// Years is days as years of [DaysPerYear].
func Years(days float64) float64 { return days / DaysPerYear }

// DateSD is the standard uncertainty that an uncertain date adds to a value that changes by perDay: |perDay| SDDays.
func (s Span) DateSD(perDay float64) float64 { return math.Abs(perDay) * s.SDDays() }

// Elapsed is the time from the end of a to the end of b in days, with the standard uncertainty that both dates leave.
func Elapsed(a, b Span) (days, sd float64) {
	return DaysBetween(a.To, b.To), math.Hypot(a.SDDays(), b.SDDays())
}
