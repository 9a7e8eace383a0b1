package measure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Mode says how a display hides the true count; the words are those of the column mode.
type Mode string

// The four modes.
const (
	Exact         Mode = "exact"          // the count itself
	Round         Mode = "round"          // nearest multiple of the step
	Floor         Mode = "floor"          // cut down to a multiple of the step
	CensoredRight Mode = "censored_right" // at least the value: 100万+
)

// A Reading is one displayed count: the true count is taken to lie in [Lo, Hi], Hi being +Inf where it is censored.
type Reading struct {
	Value  float64 // as shown
	Step   float64 // smallest change that the display can show
	Mode   Mode
	Lo, Hi float64
}

// NewReading gives the bounds that follow from value, step and mode: round hides [v-q/2, v+q/2), floor [v, v+q).
func NewReading(value, step float64, mode Mode) (Reading, error) {
	r := Reading{Value: value, Step: step, Mode: mode, Lo: value, Hi: value}
	if !Finite(value) || !Finite(step) || step < 0 {
		return Reading{}, fmt.Errorf("reading %v with step %v: want finite numbers and a step of 0 or more", value, step)
	}
	switch mode {
	case Exact:
	case Round:
		r.Lo, r.Hi = value-step/2, value+step/2
	case Floor:
		r.Hi = value + step
	case CensoredRight:
		r.Hi = math.Inf(1)
	default:
		return Reading{}, fmt.Errorf("reading %v: unknown mode %q, want exact, round, floor or censored_right", value, mode)
	}
	return r, nil
}

// Point is the middle of what the display hides: the value itself, or half a step above it where it was cut down. A
// censored reading has only its lower bound.
func (r Reading) Point() float64 {
	if r.Mode == Floor {
		return r.Value + r.Step/2
	}
	return r.Value
}

// SD is the standard uncertainty that the display leaves: step/sqrt(12) (uniform error), 0 for an exact count, NaN for a
// censored one.
func (r Reading) SD() float64 {
	switch r.Mode {
	case Exact:
		return 0
	case CensoredRight:
		return math.NaN()
	}
	return RoundingSD(r.Step)
}

// Estimate is the reading as an estimate at the given level; the error is uniform over what the display hides.
func (r Reading) Estimate(level float64) Estimate {
	if r.Mode == CensoredRight {
		return Estimate{Point: r.Value, SD: math.NaN(), Lo: r.Value, Hi: math.Inf(1), Level: level, N: 1,
			Method: "lower bound", Flags: Flags{Censored}}
	}
	p, half := r.Point(), level*r.Step/2
	if r.Mode == Exact {
		half = 0
	}
	return Estimate{Point: p, SD: r.SD(), Lo: p - half, Hi: p + half, Level: level, N: 1, Method: "single reading"}
}

// RoundingSD is the standard deviation of a uniform error as wide as step: step/sqrt(12). JCGM 100:2008, 4.3.7.
func RoundingSD(step float64) float64 { return step / math.Sqrt(12) }

// NetChange is b - a for two readings of one quantity. Its error is the sum of two uniform ones: triangular for equal
// steps, trapezoidal otherwise, so the interval is narrower than the normal one and never wider than the hard bounds. A
// change smaller than both readings' steps can hide is flagged below_step.
func NetChange(a, b Reading, level float64) Estimate {
	if a.Mode == CensoredRight || b.Mode == CensoredRight {
		return Undefined("net change", Censored)
	}
	qa, qb := a.width(), b.width()
	point, half := b.Point()-a.Point(), trapezoidHalfWidth(qa, qb, level)
	e := Estimate{Point: point, SD: math.Hypot(RoundingSD(qa), RoundingSD(qb)), Lo: point - half, Hi: point + half,
		Level: level, N: 2, Method: "difference of two readings"}
	if !Finite(point) {
		return Undefined("net change", NotFinite)
	}
	if math.Abs(point) < max(qa, qb) {
		e = e.With(BelowStep)
	}
	return e
}

func (r Reading) width() float64 {
	if r.Mode == Exact {
		return 0
	}
	return r.Step
}

// trapezoidHalfWidth is the half-width of the central interval for the sum of two independent uniform errors of widths
// a and b: from P(|X| > h) = ((a+b)/2 - h)^2/(a b) in the sloping part.
func trapezoidHalfWidth(a, b, level float64) float64 {
	wide, narrow := max(a, b), min(a, b)
	h := (wide+narrow)/2 - math.Sqrt((1-level)*wide*narrow)
	if h <= (wide-narrow)/2 { // within the flat part
		return level * wide / 2
	}
	return h
}

// RelativeChange is b/a - 1 with the hard bounds that rounding leaves and the standard uncertainty by the delta method.
func RelativeChange(a, b Reading) Estimate {
	if a.Mode == CensoredRight || b.Mode == CensoredRight {
		return Undefined("relative change", Censored)
	}
	if !(a.Lo > 0) {
		return Undefined("relative change", NonPositive)
	}
	pa, pb := a.Point(), b.Point()
	e := Estimate{Point: pb/pa - 1, Lo: b.Lo/a.Hi - 1, Hi: b.Hi/a.Lo - 1, Level: 1, N: 2, Method: "relative change, hard bounds"}
	e.SD = math.Hypot(b.SD(), pb/pa*a.SD()) / pa
	if math.Abs(pb-pa) < max(a.width(), b.width()) {
		e = e.With(BelowStep)
	}
	return e
}

// DetectableAfter is the time, in the unit of perTime's denominator, after which a display with this step is sure to
// move: step/perTime. It is +Inf for a rate of zero or less.
func DetectableAfter(step, perTime float64) float64 {
	if !(perTime > 0) {
		return math.Inf(1)
	}
	return step / perTime
}

// SmallestRate is the smallest growth per unit of time that a display with this step can show over a span of time: no
// growth below it may be reported. It is +Inf for a span of zero or less.
func SmallestRate(step, span float64) float64 {
	if !(span > 0) {
		return math.Inf(1)
	}
	return step / span
}

// Sheppard takes the variance that rounding to step adds away from an observed variance, never below 0. Sheppard 1898.
func Sheppard(variance, step float64) float64 { return max(0, variance-step*step/12) }

// Median is the median of readings of which some are only lower bounds. The point is exact while the middle lies below
// every bound that matters (less than half censored); otherwise it is a lower bound itself, with Hi = +Inf. N counts the
// readings; the flag censored is set if any is.
func Median(rs []Reading) Estimate {
	if len(rs) == 0 {
		return Undefined("median", FewPoints)
	}
	sorted := slices.Clone(rs)
	slices.SortFunc(sorted, func(a, b Reading) int {
		switch {
		case a.Point() != b.Point():
			return cmp.Compare(a.Point(), b.Point())
		default: // a bound sorts above an equal figure
			return boolInt(a.Mode == CensoredRight) - boolInt(b.Mode == CensoredRight)
		}
	})
	n := len(sorted)
	low, high := sorted[(n-1)/2], sorted[n/2]
	e := Estimate{Point: (low.Point() + high.Point()) / 2, SD: math.NaN(), Level: 1, N: n, Method: "median"}
	e.Lo, e.Hi = (low.Lo+high.Lo)/2, (low.Hi+high.Hi)/2
	for _, r := range sorted[:n/2+1] { // a bound below the middle may hide any greater count
		if r.Mode == CensoredRight {
			e.Hi = math.Inf(1)
			e.Method = "median, lower bound"
		}
	}
	if slices.ContainsFunc(sorted, isCensored) {
		e.Flags = e.Flags.With(Censored)
	}
	return e
}

// Mean is the mean of readings; with censored ones it is only a lower bound (Hi = +Inf) and flagged so.
func Mean(rs []Reading) Estimate {
	if len(rs) == 0 {
		return Undefined("mean", FewPoints)
	}
	var e Estimate
	var variance float64
	n := float64(len(rs))
	for _, r := range rs {
		e.Point, e.Lo, e.Hi = e.Point+r.Point()/n, e.Lo+r.Lo/n, e.Hi+r.Hi/n
		variance += r.SD() * r.SD()
	}
	e.SD, e.Level, e.N, e.Method = math.Sqrt(variance)/n, 1, len(rs), "mean"
	if slices.ContainsFunc(rs, isCensored) {
		e.Method = "mean, lower bound"
		e = e.With(Censored)
	}
	return e
}

func isCensored(r Reading) bool { return r.Mode == CensoredRight }

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
