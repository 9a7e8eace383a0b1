package ingest

import "fmt"

// A Mode says how a display hides the true count.
type Mode string

// The four ways in which a count is shown.
const (
	Exact         Mode = "exact"          // the count itself
	Round         Mode = "round"          // nearest multiple of the step
	Floor         Mode = "floor"          // cut down to a multiple of the step
	CensoredRight Mode = "censored_right" // at least the value: 100万+
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

// Check reports what contradicts the promises of Reading, or nil.
func (r Reading) Check() error {
	switch {
	case r.Kind == "":
		return fmt.Errorf("reading without a kind")
	case !(r.Lo <= r.Value && r.Value <= r.Hi):
		return fmt.Errorf("reading %v outside its own bounds [%v, %v]", r.Value, r.Lo, r.Hi)
	case !(r.Step > 0):
		return fmt.Errorf("reading with step %v, want a positive one", r.Step)
	}
	return nil
}
