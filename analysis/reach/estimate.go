package reach

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Method says on what ground a reach figure stands.
type Method string

// The methods, from the best ground to the weakest.
const (
	MethodExact       Method = "exact"            // every list complete, every person counted once
	MethodMulti       Method = "multiplicity"     // random followers, each asked how many accounts it follows
	MethodSketch      Method = "sketch"           // threshold samples of complete lists
	MethodPairBounds  Method = "bounds_pairs"     // from counts and pairwise overlaps
	MethodTruncated   Method = "bounds_truncated" // lists cut off by the platform: bounds with a flag
	MethodCountBounds Method = "bounds_counts"    // from counts alone
	MethodCapture     Method = "capture_lower"    // capture-recapture, as a lower bound only
)

// ErrTooFew is wrapped by estimators that were given less than they need.
var ErrTooFew = errors.New("too few observations")

// An Estimate is a figure with its uncertainty. For bounds, Value is not a best guess and is NaN: only Lo and Hi speak.
type Estimate struct {
	Value  float64  // point, in the unit that the function names; NaN where there are only bounds
	SE     float64  // standard error, same unit; NaN for bounds
	Lo, Hi float64  // interval at Level, or hard bounds when Level is 1
	Level  float64  // 0.95 for a 95 % interval, 1 for bounds that must hold
	N      int      // observations behind it
	Method Method   // the ground it stands on
	Flags  []string // words of warning, such as recency_biased
}

// HasValue reports whether e holds a point and not only bounds.
func (e Estimate) HasValue() bool { return !math.IsNaN(e.Value) }

// zOf returns the standard normal quantile for a two-sided interval of the level, such as 1.95996398454 for 0.95.
func zOf(level float64) float64 {
	return distuv.UnitNormal.Quantile(0.5 + level/2)
}

// normal fills the interval value ± z se.
func normal(value, se, level float64, n int, m Method) Estimate {
	z := zOf(level)
	return Estimate{Value: value, SE: se, Lo: value - z*se, Hi: value + z*se, Level: level, N: n, Method: m}
}

// bounds returns hard limits without a point.
func bounds(lo, hi float64, n int, m Method, flags ...string) Estimate {
	return Estimate{Value: math.NaN(), SE: math.NaN(), Lo: lo, Hi: hi, Level: 1, N: n, Method: m, Flags: flags}
}

// tooFew reports that name got n observations and needs want.
func tooFew(name string, n, want int) error {
	return fmt.Errorf("%s: %d observations, need at least %d: %w", name, n, want, ErrTooFew)
}

// checkLevel refuses levels outside (0, 1).
func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("level %v, want a share between 0 and 1 such as 0.95", level)
	}
	return nil
}
