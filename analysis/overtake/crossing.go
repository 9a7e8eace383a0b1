package overtake

import (
	"fmt"
	"math"
)

// A Line is level + slope * t of one series: t in any one unit of time from a common origin, slope per that unit.
type Line struct {
	Level, Slope float64
}

// CrossLines is the time at which the line of the challenger meets the leader's: (leader - challenger)/(slope difference).
// ok is false where the lines never meet after now: they are parallel, or the one behind is the slower one.
func CrossLines(leader, challenger Line) (t float64, ok bool) {
	return meet(leader.Level-challenger.Level, challenger.Slope-leader.Slope)
}

// An Exponential is level * (1 + rate)^t: rate per unit of time, 0.07 for 7 %.
type Exponential struct {
	Level, Rate float64
}

// CrossExponentials is the time at which two exponentials meet, ln(leader/challenger)/(difference of the log growths).
// ok is false where they never meet after now, or where a level or 1 + rate is not positive.
func CrossExponentials(leader, challenger Exponential) (t float64, ok bool) {
	if !(leader.Level > 0 && challenger.Level > 0 && leader.Rate > -1 && challenger.Rate > -1) {
		return 0, false
	}
	return meet(math.Log(leader.Level/challenger.Level), math.Log1p(challenger.Rate)-math.Log1p(leader.Rate))
}

// meet is gap/closing where that lies at or after now.
func meet(gap, closing float64) (float64, bool) {
	if gap == 0 {
		return 0, true
	}
	t := gap / closing
	if !(t >= 0) || math.IsInf(t, 0) {
		return 0, false
	}
	return t, true
}

// A Ratio is gap/slope, the time to close a gap, where both are estimates with standard errors and a correlation.
type Ratio struct {
	Gap, GapSE     float64
	Slope, SlopeSE float64 // per unit of time, positive when the gap is closing
	Corr           float64 // of the two estimates, in [-1, 1]
}

func (r Ratio) check() error {
	if !(r.GapSE >= 0 && r.SlopeSE >= 0) || math.Abs(r.Corr) > 1 || r.Slope == 0 {
		return fmt.Errorf("time to close a gap of %v±%v at %v±%v (correlation %v): want standard errors of 0 or more, "+
			"a correlation within [-1, 1] and a slope other than 0", r.Gap, r.GapSE, r.Slope, r.SlopeSE, r.Corr)
	}
	return nil
}

// Delta is the time to close the gap with its standard error by the delta method. It is an approximation that fails
// where the slope is uncertain; [Ratio.Fieller] is exact for normal errors.
func (r Ratio) Delta() (t, se float64, err error) {
	if err := r.check(); err != nil {
		return 0, 0, err
	}
	t = r.Gap / r.Slope
	// variance of a quotient: (se_gap^2 - 2 t cov + t^2 se_slope^2)/slope^2
	v := r.GapSE*r.GapSE - 2*t*r.cov() + t*t*r.SlopeSE*r.SlopeSE
	return t, math.Sqrt(max(0, v)) / math.Abs(r.Slope), nil
}

func (r Ratio) cov() float64 { return r.Corr * r.GapSE * r.SlopeSE }

// A FiellerInterval is the set of times that a test of the given z does not reject. With G < 1 it is [Lo, Hi]. With
// G >= 1 the slope itself cannot be told from 0 and the set is unbounded: everything outside (Lo, Hi), or, where
// Everything is set, the whole axis.
type FiellerInterval struct {
	Lo, Hi     float64
	G          float64 // z^2 se_slope^2 / slope^2
	Bounded    bool
	Everything bool
}

// Fieller is the exact confidence set for Gap/Slope under normal errors; z is the normal quantile, 1.959964 for 95 %.
// Source: Fieller 1954, JRSS B 16.
func (r Ratio) Fieller(z float64) (FiellerInterval, error) {
	if err := r.check(); err != nil {
		return FiellerInterval{}, err
	}
	if !(z > 0) {
		return FiellerInterval{}, fmt.Errorf("Fieller interval with z = %v: want a positive quantile", z)
	}
	// all t with (gap - t slope)^2 <= z^2 (v_gap - 2 t cov + t^2 v_slope): a quadratic a t^2 - 2 b t + c <= 0
	zz := z * z
	a := r.Slope*r.Slope - zz*r.SlopeSE*r.SlopeSE
	b := r.Gap*r.Slope - zz*r.cov()
	c := r.Gap*r.Gap - zz*r.GapSE*r.GapSE
	out := FiellerInterval{G: zz * r.SlopeSE * r.SlopeSE / (r.Slope * r.Slope)}
	disc := b*b - a*c
	switch {
	case a == 0 || disc < 0: // only possible with G >= 1
		out.Lo, out.Hi, out.Everything = math.Inf(-1), math.Inf(1), true
		return out, nil
	case a > 0:
		out.Bounded = true
	}
	root := math.Sqrt(disc)
	out.Lo, out.Hi = min((b-root)/a, (b+root)/a), max((b-root)/a, (b+root)/a)
	return out, nil
}
