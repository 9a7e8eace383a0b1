package measure

import (
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Flag is one word of warning that travels with a figure.
type Flag string

// The flags that several packages use. A package may add its own words.
const (
	ExactOfObserved  Flag = "exact_of_observed"  // a count of rows we hold: no error but none claimed beyond the rows
	Gap              Flag = "gap"                // readings are missing for longer than the series' own rhythm
	BelowStep        Flag = "below_step"         // the change is smaller than the display can show
	OnePoint         Flag = "one_point"          // a single reading: no change can be computed
	TwoPoints        Flag = "two_points"         // endpoints only: no check of the form of growth
	AllEqual         Flag = "all_equal"          // every reading shows the same value
	NonPositive      Flag = "non_positive"       // a start at or below zero: relative figures are undefined
	NotFinite        Flag = "not_finite"         // an input or result outside the finite numbers
	Censored         Flag = "censored"           // at least one reading is only a lower bound ("100万+")
	Derived          Flag = "derived"            // computed by us from a page that does not print it
	CoarseDates      Flag = "coarse_dates"       // dates known to the month or worse matter for the result
	SourcesDisagree  Flag = "sources_disagree"   // Cochran's Q rejects that the sources speak of one value
	ResolvedByTrust  Flag = "resolved_by_trust"  // disagreeing sources of a lower trust class were set aside
	WidenedByDispute Flag = "widened_by_dispute" // sources of equal trust disagree: the interval covers their spread
	FewPoints        Flag = "few_points"         // too few readings for the method
)

// Flags is an ordered set of flags.
type Flags []Flag

// With returns f with the flags of more that it lacks, in the given order; f itself is left alone.
func (f Flags) With(more ...Flag) Flags {
	out := slices.Clone(f)
	for _, m := range more {
		if m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// Has reports whether flag is in f.
func (f Flags) Has(flag Flag) bool { return slices.Contains(f, flag) }

// String joins the flags by commas, as the flags column of a table shows them.
func (f Flags) String() string {
	words := make([]string, len(f))
	for i, w := range f {
		words[i] = string(w)
	}
	return strings.Join(words, ",")
}

// An Estimate is a figure with its error. The zero Estimate means nothing; use [Undefined] where there is no figure.
type Estimate struct {
	Point  float64   // NaN where undefined: Flags then say why
	SD     float64   // standard uncertainty of Point, same unit; NaN where unknown, 0 where exact
	Lo, Hi float64   // interval at Level; NaN where unknown, infinite where unbounded
	Level  float64   // such as 0.95; 1 for hard bounds
	N      int       // readings or sources behind the point
	AsOf   time.Time // the day that the figure speaks of; zero where that means nothing
	Method string    // in words, such as "inverse variance"
	Flags  Flags
}

// Undefined is an estimate without a figure and the reasons for that.
func Undefined(method string, why ...Flag) Estimate {
	nan := math.NaN()
	return Estimate{Point: nan, SD: nan, Lo: nan, Hi: nan, Method: method, Flags: Flags{}.With(why...)}
}

// Normal is an estimate with a symmetric interval of the given level around point, sd its standard uncertainty.
func Normal(point, sd, level float64, method string) Estimate {
	if !Finite(point) {
		return Undefined(method, NotFinite)
	}
	z := Z(level)
	return Estimate{Point: point, SD: sd, Lo: point - z*sd, Hi: point + z*sd, Level: level, N: 1, Method: method}
}

// Counted is an exact count of rows that we hold.
func Counted(n float64, method string) Estimate {
	return Estimate{Point: n, Lo: math.NaN(), Hi: math.NaN(), N: int(n), Method: method, Flags: Flags{ExactOfObserved}}
}

// Defined reports whether e has a finite point.
func (e Estimate) Defined() bool { return Finite(e.Point) }

// With returns e with further flags.
func (e Estimate) With(flags ...Flag) Estimate {
	e.Flags = e.Flags.With(flags...)
	return e
}

// Scale returns c times e; a negative c swaps the bounds.
func (e Estimate) Scale(c float64) Estimate {
	e.Point, e.SD, e.Lo, e.Hi = c*e.Point, math.Abs(c)*e.SD, c*e.Lo, c*e.Hi
	if c < 0 {
		e.Lo, e.Hi = e.Hi, e.Lo
	}
	return e
}

// Map carries e through the monotone function f, whose derivative at the point is slope: the bounds are transformed
// themselves (so the interval need not be symmetric), the standard uncertainty by the delta method.
func (e Estimate) Map(f func(float64) float64, slope float64) Estimate {
	lo, hi := f(e.Lo), f(e.Hi)
	if slope < 0 {
		lo, hi = hi, lo
	}
	e.Point, e.SD, e.Lo, e.Hi = f(e.Point), math.Abs(slope)*e.SD, lo, hi
	return e
}

// Finite reports whether x is neither NaN nor infinite.
func Finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Cell is x as a value of a table: nil where x is NaN or infinite.
func Cell(x float64) any {
	if !Finite(x) {
		return nil
	}
	return x
}

// Cells are the point and the ends of the interval of e as values of a table.
func Cells(e Estimate) []any { return []any{Cell(e.Point), Cell(e.Lo), Cell(e.Hi)} }

// DateCell is t as a value of a table: nil where t is zero.
func DateCell(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// TextCell is s as a value of a table: nil where s is empty.
func TextCell(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Z is the half-width, in standard deviations, of the central normal interval of the given level: 1.95996 for 0.95.
func Z(level float64) float64 { return distuv.UnitNormal.Quantile((1 + level) / 2) }
