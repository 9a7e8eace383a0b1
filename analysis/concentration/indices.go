package concentration

import (
	"fmt"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/floats"
)

// check refuses what has no shares: nothing, negative or non-finite amounts, a sum of zero.
func check(x []float64) error {
	if len(x) == 0 {
		return fmt.Errorf("concentration of nothing: want at least one amount")
	}
	for i, v := range x {
		if !(v >= 0) || !measure.Finite(v) {
			return fmt.Errorf("concentration: amount %d is %v, want finite and not negative", i+1, v)
		}
	}
	if sum := floats.Sum(x); !(sum > 0) || !measure.Finite(sum) {
		return fmt.Errorf("concentration: the amounts sum to %v, want a positive finite sum", sum)
	}
	return nil
}

// Gini is sum (2i-n-1) x_(i) / (n sum x): 0 where all are equal, up to (n-1)/n where one holds all. Gini 1912.
func Gini(x []float64) (float64, error) {
	if err := check(x); err != nil {
		return 0, err
	}
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	return giniSorted(sorted), nil
}

func giniSorted(sorted []float64) float64 {
	n := float64(len(sorted))
	var num, sum float64
	for i, v := range sorted {
		num += (2*float64(i+1) - n - 1) * v
		sum += v
	}
	return max(0, num/(n*sum))
}

// Corrected is the small-sample form of a Gini coefficient of n amounts, G n/(n-1). Deltas 2003, Rev. Econ. Stat. 85(1).
func Corrected(gini float64, n int) float64 {
	if n < 2 {
		return 0
	}
	return gini * float64(n) / float64(n-1)
}

// GiniInterval is the Gini coefficient with its jackknife interval; see [Interval].
func GiniInterval(x, sds []float64, level float64) (measure.Estimate, error) {
	return Interval(x, sds, level, 0, 1, Gini, "Gini")
}

// Shares are the indices of one list that need nothing but its shares.
type Shares struct {
	N               int
	HHI             float64 // sum of squared shares, in [1/N, 1]; times 10,000 on the other usual scale. Hirschman 1964
	HHINormalised   float64 // (HHI-1/N)/(1-1/N), in [0, 1]; 0 for N = 1
	EffectiveNumber float64 // 1/HHI
	Entropy         float64 // Shannon, in nats
	Hill            float64 // e^Entropy: effective number of order 1. Hill 1973, Ecology 54(2)
	Theil           float64 // ln N - Entropy. Theil 1967
}

// Indices are the share indices of x.
func Indices(x []float64) (Shares, error) {
	if err := check(x); err != nil {
		return Shares{}, err
	}
	s, sum, n := Shares{N: len(x)}, floats.Sum(x), float64(len(x))
	for _, v := range x {
		p := v / sum
		s.HHI += p * p
		if p > 0 {
			s.Entropy -= p * math.Log(p)
			s.Theil += p * math.Log(p*n)
		}
	}
	if n > 1 {
		s.HHINormalised = max(0, (s.HHI-1/n)/(1-1/n))
	}
	s.EffectiveNumber, s.Hill, s.Theil = 1/s.HHI, math.Exp(s.Entropy), max(0, s.Theil)
	return s, nil
}

// TopShare is the share of the k largest amounts in the sum of x; the whole if k exceeds the list.
func TopShare(x []float64, k int) (float64, error) {
	if err := check(x); err != nil {
		return 0, err
	}
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	k = min(max(k, 0), len(x))
	return floats.Sum(sorted[len(x)-k:]) / floats.Sum(sorted), nil
}
