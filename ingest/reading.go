package ingest

import (
	"fmt"
	"math"
)

// A Mode says how a display hides the true count.
type Mode string

// The four ways in which a count is shown.
const (
	Exact         Mode = "exact"          // the count itself
	Round         Mode = "round"          // nearest multiple of the step
	Floor         Mode = "floor"          // cut down to a multiple of the step
	CensoredRight Mode = "censored_right" // at least the value: 100万+
)

// How the step of a reading is known.
const (
	BasisExact    = "exact"    // the count itself was served
	BasisStated   = "stated"   // the display shows it: 117.3万 has a step of 1000
	BasisInferred = "inferred" // from trailing zeros, or from the figures that a derived one was computed from
)

// A Kind is a kind of count, such as "registered_users" or "followers". Kinds are never added or compared across one
// another without being told to.
type Kind string

// The kinds that this package's sources produce most. The whole list, with definitions and units, is data/history/metrics.csv.
const (
	RegisteredUsers    Kind = "registered_users"
	MonthlyActiveUsers Kind = "monthly_active_users"
	DailyActiveUsers   Kind = "daily_active_users"
	Followers          Kind = "followers"
	Following          Kind = "following"
	Posts              Kind = "posts"
)

// A Reading is one observed count and how exact it is. Lo <= Value <= Hi always holds, and the true count is taken to
// lie in [Lo, Hi]; Hi is +Inf where Mode is CensoredRight. A floored display keeps what was shown in Value, so that Lo
// equals it. Units are the kind's own.
type Reading struct {
	Kind      Kind
	Value     float64 // as shown
	Step      float64 // smallest change that the display can show; 1 for an exact count
	Mode      Mode
	StepBasis string // stated (the display shows it), inferred (from trailing zeros) or exact
	Lo, Hi    float64
}

// ExactReading is a count that was served in full, so that Lo = Value = Hi and the step is 1.
func ExactReading(kind Kind, value float64) (Reading, error) {
	r := Reading{Kind: kind, Value: value, Step: 1, Mode: Exact, StepBasis: BasisExact, Lo: value, Hi: value}
	return r, r.Check()
}

// RoundedReading is a figure rounded to the nearest multiple of step: the true one lies within half a step, and not
// below zero.
func RoundedReading(kind Kind, value, step float64, basis string) (Reading, error) {
	r := Reading{Kind: kind, Value: value, Step: step, Mode: Round, StepBasis: basis,
		Lo: math.Max(0, value-step/2), Hi: value + step/2}
	return r, r.Check()
}

// FlooredReading is a figure cut down to a multiple of step: the true one lies up to a step above it.
func FlooredReading(kind Kind, value, step float64, basis string) (Reading, error) {
	r := Reading{Kind: kind, Value: value, Step: step, Mode: Floor, StepBasis: basis, Lo: value, Hi: value + step}
	return r, r.Check()
}

// CensoredReading is a display such as 100万+ that says no more than "at least": Hi is +Inf.
func CensoredReading(kind Kind, value, step float64, basis string) (Reading, error) {
	r := Reading{Kind: kind, Value: value, Step: step, Mode: CensoredRight, StepBasis: basis, Lo: value, Hi: math.Inf(1)}
	return r, r.Check()
}

// Check reports what contradicts the promises of Reading, or nil.
func (r Reading) Check() error {
	switch {
	case r.Kind == "":
		return fmt.Errorf("reading without a kind")
	case math.IsInf(r.Value, 0) || math.IsInf(r.Lo, 0) || math.IsInf(r.Step, 0):
		return fmt.Errorf("reading %v of step %v from %v, want finite figures", r.Value, r.Step, r.Lo)
	case r.Value < 0:
		return fmt.Errorf("reading %v, want no negative one", r.Value)
	case !(r.Lo <= r.Value && r.Value <= r.Hi):
		return fmt.Errorf("reading %v outside its own bounds [%v, %v]", r.Value, r.Lo, r.Hi)
	case !(r.Step > 0):
		return fmt.Errorf("reading with step %v, want a positive one", r.Step)
	case math.IsInf(r.Hi, 1) && r.Mode != CensoredRight:
		return fmt.Errorf("reading %v of mode %q without an upper bound, want mode %q", r.Value, r.Mode, CensoredRight)
	}
	switch r.Mode {
	case Exact, Round, Floor, CensoredRight:
		return nil
	}
	return fmt.Errorf("reading of mode %q, want exact, round, floor or censored_right", r.Mode)
}
