package concentration

import (
	"fmt"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/stat"
)

// A Statistic is a figure of a list of amounts; its order does not matter.
type Statistic func(x []float64) (float64, error)

// Interval is a statistic with its jackknife interval, kept within [lo, hi], the range of the statistic. sds are the
// standard uncertainties of the amounts (rounding; nil for none) and add to it by the delta method, with derivatives
// by central differences.
//
// The jackknife standard error is sqrt((n-1)/n sum (S_-i - mean)^2). It suits smooth statistics; the share of the
// largest few is not one, see [TopInterval]. With fewer than three amounts there is a point and no interval.
// Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans.
func Interval(x, sds []float64, level, lo, hi float64, s Statistic, name string) (measure.Estimate, error) {
	if sds != nil && len(sds) != len(x) {
		return measure.Estimate{}, fmt.Errorf("concentration: %d amounts with %d uncertainties", len(x), len(sds))
	}
	point, err := s(x)
	if err != nil {
		return measure.Estimate{}, err
	}
	if len(x) < fewestEntries {
		e := measure.Estimate{Point: point, SD: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), N: len(x), Method: name}
		return e.With(measure.FewPoints), nil
	}
	e := measure.Normal(point, math.Hypot(jackknife(x, s), rounding(x, sds, s)), level, name+", jackknife")
	e.N, e.Lo, e.Hi = len(x), max(lo, e.Lo), min(hi, e.Hi)
	return e, nil
}

func jackknife(x []float64, s Statistic) float64 {
	n := len(x)
	left, without := make([]float64, 0, n), make([]float64, 0, n-1)
	for i := range x {
		without = append(append(without[:0], x[:i]...), x[i+1:]...)
		if v, err := s(without); err == nil { // what is left may sum to zero
			left = append(left, v)
		} else {
			left = append(left, 0)
		}
	}
	return math.Sqrt(float64(n-1) * stat.PopVariance(left, nil))
}

// rounding is the part of a standard error that the uncertainty of each amount causes.
func rounding(x, sds []float64, s Statistic) float64 {
	var variance float64
	moved := slices.Clone(x)
	for i, sd := range sds {
		if !(sd > 0) {
			continue
		}
		up, down := x[i]+sd/1000, max(0, x[i]-sd/1000)
		moved[i] = up
		a, errA := s(moved)
		moved[i] = down
		b, errB := s(moved)
		moved[i] = x[i]
		if errA == nil && errB == nil {
			d := (a - b) / (up - down) * sd
			variance += d * d
		}
	}
	return math.Sqrt(variance)
}

// topDraws is the number of resamples behind the interval of a top share.
const topDraws = 400

// TopInterval is the share of the k largest amounts with its bootstrap percentile interval, widened by rounding. It is
// deterministic given seed and name, which start its random stream.
func TopInterval(x, sds []float64, k int, level float64, seed uint64, name string) (measure.Estimate, error) {
	share := func(x []float64) (float64, error) { return TopShare(x, k) }
	point, err := share(x)
	if err != nil {
		return measure.Estimate{}, err
	}
	if len(x) < fewestEntries {
		e := measure.Estimate{Point: point, SD: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), N: len(x), Method: "top share"}
		return e.With(measure.FewPoints), nil
	}
	e := measure.Bootstrap(x, func(sample []float64) float64 {
		v, err := share(sample)
		if err != nil {
			return math.NaN()
		}
		return v
	}, topDraws, level, measure.Stream(seed, name))
	half := measure.Z(level) * rounding(x, sds, share)
	e.Lo, e.Hi = max(0, min(e.Lo, point)-half), min(1, max(e.Hi, point)+half)
	return e, nil
}
