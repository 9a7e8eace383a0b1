package measure

import (
	"fmt"
	"math"
)

// Wilson is the score interval for a share of k successes in n trials. Wilson 1927, JASA 22.
func Wilson(k, n, level float64) (Estimate, error) {
	if !(n > 0) || k < 0 || k > n {
		return Estimate{}, fmt.Errorf("share of %v in %v: want 0 <= k <= n and n > 0", k, n)
	}
	p, z := k/n, Z(level)
	d := 1 + z*z/n
	centre := (p + z*z/(2*n)) / d
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / d
	e := Estimate{Point: p, SD: math.Sqrt(p * (1 - p) / n), Lo: max(0, centre-half), Hi: min(1, centre+half), Level: level,
		N: int(n), Method: "share, Wilson interval"}
	if k == 0 {
		e.Lo = 0
	}
	if k == n {
		e.Hi = 1
	}
	return e, nil
}

// EffectiveN is how many independent observations n observations with lag-one correlation r are worth: n(1-r)/(1+r).
// A negative r is taken as 0, so that the result never exceeds n.
func EffectiveN(n, r float64) float64 {
	r = min(max(r, 0), 1)
	return n * (1 - r) / (1 + r)
}

// A Classifier is how well a yes-no test was found to work: its sensitivity from SeN known positives and specificity
// from SpN known negatives. Zero SeN or SpN mean known without error.
type Classifier struct {
	Sensitivity, Specificity float64
	SeN, SpN                 float64
}

// RoganGladen is the true share behind k of n flagged by an imperfect classifier, clipped to [0,1] with the flag
// "clipped". Its standard uncertainty counts the sampling and the validation of the classifier.
// Rogan and Gladen 1978, Am. J. Epidemiol. 107.
func RoganGladen(k, n float64, c Classifier, level float64) (Estimate, error) {
	youden := c.Sensitivity + c.Specificity - 1
	if !(n > 0) || k < 0 || k > n || !(youden > 0) {
		return Estimate{}, fmt.Errorf("true share from %v of %v flagged, sensitivity %v, specificity %v: want 0 <= k <= n and a test better than chance",
			k, n, c.Sensitivity, c.Specificity)
	}
	raw := k / n
	share := (raw + c.Specificity - 1) / youden
	clipped := min(max(share, 0), 1)
	variance := raw * (1 - raw) / n
	if c.SeN > 0 {
		variance += clipped * clipped * c.Sensitivity * (1 - c.Sensitivity) / c.SeN
	}
	if c.SpN > 0 {
		variance += (1 - clipped) * (1 - clipped) * c.Specificity * (1 - c.Specificity) / c.SpN
	}
	e := Normal(clipped, math.Sqrt(variance)/youden, level, "Rogan-Gladen")
	e.N, e.Lo, e.Hi = int(n), max(0, e.Lo), min(1, e.Hi)
	if share != clipped {
		e = e.With("clipped")
	}
	return e, nil
}

// Product multiplies two independent estimates of positive quantities: relative errors add in quadrature.
func Product(a, b Estimate, level float64) Estimate {
	point := a.Point * b.Point
	sd := math.Hypot(a.SD*b.Point, b.SD*a.Point)
	e := Normal(point, sd, level, "product, delta method")
	e.N, e.Flags = min(a.N, b.N), a.Flags.With(b.Flags...)
	return e
}

// LogRatio is ln(a/b) for two independent estimates (delta method); undefined where either is not positive.
func LogRatio(a, b Estimate) Estimate { return logRatio(a, b) }

// TopShare is the share of the first len(top) amounts in the whole, top plus rest, with the standard uncertainty that
// rounding of each of them to step leaves; rest is taken as exact.
func TopShare(top []float64, rest, step, level float64) Estimate {
	var sum float64
	for _, t := range top {
		sum += t
	}
	total := sum + rest
	if !(total > 0) {
		return Undefined("top share", NonPositive)
	}
	sd := rest / (total * total) * RoundingSD(step) * math.Sqrt(float64(len(top)))
	e := Normal(sum/total, sd, level, "top share, delta method")
	e.N = len(top)
	return e
}
