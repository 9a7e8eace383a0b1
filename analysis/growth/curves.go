package growth

import "math"

// Logistic is Verhulst's curve N(t) = K/(1+exp(-R(t-T0))). Verhulst 1838.
type Logistic struct{ K, R, T0 float64 }

// At is the level at t.
func (c Logistic) At(t float64) float64 { return c.K / (1 + math.Exp(-c.R*(t-c.T0))) }

// MaxSlope is the steepest growth, K R/4, at T0 where the level is K/2.
func (c Logistic) MaxSlope() float64 { return c.K * c.R / 4 }

// RiseTime is the time from 10 to 90 % of K: ln(81)/R.
func (c Logistic) RiseTime() float64 { return math.Log(81) / c.R }

// Gompertz is N(t) = K exp(-B exp(-C t)). Gompertz 1825; Winsor 1932.
type Gompertz struct{ K, B, C float64 }

// At is the level at t.
func (c Gompertz) At(t float64) float64 { return c.K * math.Exp(-c.B*math.Exp(-c.C*t)) }

// Inflection is the time ln(B)/C at which growth is steepest, and the level K/e there.
func (c Gompertz) Inflection() (t, level float64) { return math.Log(c.B) / c.C, c.K / math.E }

// MaxSlope is the steepest growth, K C/e.
func (c Gompertz) MaxSlope() float64 { return c.K * c.C / math.E }

// Bass is the diffusion of an innovation among M adopters: P leads (innovation), Q follows (imitation).
// Bass 1969, Management Science 15(5).
type Bass struct{ P, Q, M float64 }

// Share is the share F(t) of adopters by t; 0 before the start.
func (c Bass) Share(t float64) float64 {
	if t <= 0 {
		return 0
	}
	e := math.Exp(-(c.P + c.Q) * t)
	return (1 - e) / (1 + c.Q/c.P*e)
}

// At is the number of adopters by t, M F(t).
func (c Bass) At(t float64) float64 { return c.M * c.Share(t) }

// Peak is the time of the highest rate of adoption and that rate. Without imitation over innovation (Q <= P) there is
// no interior peak, and ok is false.
func (c Bass) Peak() (t, rate float64, ok bool) {
	if !(c.Q > c.P) || !(c.P > 0) {
		return 0, 0, false
	}
	s := c.P + c.Q
	return math.Log(c.Q/c.P) / s, c.M * s * s / (4 * c.Q), true
}
