package calibration

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A Coverage is how often intervals held the truth, with its own interval.
type Coverage struct {
	Hits, N float64
	Share   float64
	Lo, Hi  float64 // 95 % Wilson interval on the effective number
	NEff    float64
}

// CoverageOf scores hits in time order. Overlapping forecasts are correlated, so a positive lag-one correlation of the hits lowers the
// effective number; a negative one is not believed.
func CoverageOf(hits []bool) Coverage {
	c := Coverage{N: float64(len(hits))}
	for _, h := range hits {
		if h {
			c.Hits++
		}
	}
	if c.N == 0 {
		c.Hi = 1
		return c
	}
	c.Share = c.Hits / c.N
	c.NEff = math.Max(1, measure.EffectiveN(c.N, lagOne(hits, c.Share)))
	if w, err := measure.Wilson(c.Share*c.NEff, c.NEff, 0.95); err == nil {
		c.Lo, c.Hi = w.Lo, w.Hi
	}
	return c
}

// lagOne is the lag-one autocorrelation of hits; 0 for fewer than four or for a constant.
func lagOne(hits []bool, mean float64) float64 {
	if len(hits) < 4 || mean == 0 || mean == 1 {
		return 0
	}
	var cov float64
	for i := 1; i < len(hits); i++ {
		cov += (b2f(hits[i]) - mean) * (b2f(hits[i-1]) - mean)
	}
	return cov / (float64(len(hits)) * mean * (1 - mean))
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Conformal gives the split-conformal half-width: the ceil((n+1)(1-alpha))-th smallest absolute calibration residual; false (infinite) where
// that is beyond n. Source: Lei et al. 2018, JASA 113. Trending series are not exchangeable: a check, not a sole interval.
func Conformal(residuals []float64, alpha float64) (float64, bool) {
	n := len(residuals)
	k := int(math.Ceil(float64(n+1)*(1-alpha) - 1e-9))
	if n == 0 || k > n {
		return 0, false
	}
	s := make([]float64, n)
	for i, r := range residuals {
		s[i] = math.Abs(r)
	}
	slices.Sort(s)
	return s[max(k, 1)-1], true
}

// A Comparison is a Diebold-Mariano test of two forecasts on the same targets.
type Comparison struct {
	DM     float64 // positive: the first is worse
	HLN    float64 // corrected for small samples; compare with t of n-1
	PValue float64 // two-sided, of HLN
	N      int
}

// DieboldMariano compares squared errors of two h-step forecasts, with the rectangular long-run variance of h-1 lags (lag 0 where that is not
// positive). Source: Diebold & Mariano 1995, JBES 13(3); Harvey, Leybourne, Newbold 1997, IJF 13(2).
func DieboldMariano(e1, e2 []float64, h int) (Comparison, error) {
	n := len(e1)
	if n != len(e2) || n < 3 || h < 1 || h >= n {
		return Comparison{}, fmt.Errorf("compare %d with %d errors at horizon %d: want equal numbers, at least 3, more than the horizon", n, len(e2), h)
	}
	d := make([]float64, n)
	var mean float64
	for i := range d {
		d[i] = e1[i]*e1[i] - e2[i]*e2[i]
		mean += d[i] / float64(n)
	}
	auto := func(k int) float64 {
		var s float64
		for i := k; i < n; i++ {
			s += (d[i] - mean) * (d[i-k] - mean)
		}
		return s / float64(n)
	}
	v := auto(0)
	for k := 1; k < h; k++ {
		v += 2 * auto(k)
	}
	if v <= 0 {
		v = auto(0)
	}
	if v == 0 {
		return Comparison{N: n, PValue: 1}, nil
	}
	c := Comparison{N: n, DM: mean / math.Sqrt(v/float64(n))}
	nf, hf := float64(n), float64(h)
	c.HLN = c.DM * math.Sqrt(math.Max(0, (nf+1-2*hf+hf*(hf-1)/nf)/nf))
	c.PValue = 2 * distuv.StudentsT{Sigma: 1, Nu: nf - 1}.Survival(math.Abs(c.HLN))
	return c, nil
}
