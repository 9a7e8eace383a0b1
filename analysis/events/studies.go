package events

import (
	"fmt"
	"math"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// DifferenceInDifferences is (treated after - before) - (control after - before), with independent errors.
func DifferenceInDifferences(treatedBefore, treatedAfter, controlBefore, controlAfter measure.Estimate, level float64) measure.Estimate {
	point := treatedAfter.Point - treatedBefore.Point - (controlAfter.Point - controlBefore.Point)
	sd := math.Hypot(math.Hypot(treatedBefore.SD, treatedAfter.SD), math.Hypot(controlBefore.SD, controlAfter.SD))
	e := measure.Normal(point, sd, level, "difference in differences")
	e.N = 4
	return e
}

// A Study is an event study: how far the days of an event lie from the mean of an estimation window.
type Study struct {
	Abnormal   []float64        // by day of the event
	Cumulative measure.Estimate // their sum; SD is s sqrt(k(1+k/L))
	T, P       float64          // Student's t with L-1 degrees of freedom, two-sided
}

// EventStudy compares the event days with the estimation window. MacKinlay 1997, J. Econ. Lit. 35(1).
func EventStudy(window, event []float64, level float64) (Study, error) {
	if len(window) < 2 || len(event) == 0 {
		return Study{}, fmt.Errorf("event study of %d days against %d: want at least 1 and 2", len(event), len(window))
	}
	mean, s := stat.MeanStdDev(window, nil)
	var study Study
	for _, v := range event {
		study.Abnormal = append(study.Abnormal, v-mean)
	}
	sum := floats.Sum(study.Abnormal)
	k, l := float64(len(event)), float64(len(window))
	sd := s * math.Sqrt(k*(1+k/l))
	if !measure.Finite(sum) || !(sd > 0) {
		return Study{}, fmt.Errorf("event study: the estimation window does not vary or is not finite")
	}
	t := distuv.StudentsT{Sigma: 1, Nu: l - 1}
	study.T = sum / sd
	study.P = 2 * t.Survival(math.Abs(study.T))
	half := t.Quantile((1+level)/2) * sd
	study.Cumulative = measure.Estimate{Point: sum, SD: sd, Lo: sum - half, Hi: sum + half, Level: level, N: len(window), Method: "event study"}
	return study, nil
}

// BenjaminiHochberg turns p-values of many events into q-values: the share of false alarms to expect among all with a q
// as small. Order is kept. Benjamini and Hochberg 1995, JRSS B 57(1).
func BenjaminiHochberg(p []float64) ([]float64, error) {
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("false-discovery control: p-value %d is %v", i+1, v)
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	q, least, m := make([]float64, len(p)), 1.0, float64(len(p))
	for rank := len(order); rank >= 1; rank-- {
		i := order[rank-1]
		least = min(least, p[i]*m/float64(rank))
		q[i] = least
	}
	return q, nil
}

// A Synthetic is a weighted mean of donors that runs with the treated series before the event.
type Synthetic struct {
	Weights   []float64 // by donor, not negative, sum 1
	Gaps      []float64 // treated minus synthetic, by reading after the event
	PreRMSPE  float64   // root mean square gap before
	PostRMSPE float64   // and after
	Ratio     float64   // PostRMSPE/PreRMSPE; +Inf for a perfect fit before
}

// SyntheticControl weighs the donors to follow the treated series before the event and gives the gaps after it. donorsPre
// and donorsPost hold one series per donor. Abadie, Diamond and Hainmueller 2010, JASA 105.
func SyntheticControl(pre, post []float64, donorsPre, donorsPost [][]float64) (Synthetic, error) {
	if len(donorsPre) == 0 || len(donorsPre) != len(donorsPost) || len(pre) < 2 || len(post) == 0 {
		return Synthetic{}, fmt.Errorf("synthetic control of %d donors over %d readings before and %d after: want 1, 2, 1 or more",
			len(donorsPre), len(pre), len(post))
	}
	for i := range donorsPre {
		if len(donorsPre[i]) != len(pre) || len(donorsPost[i]) != len(post) {
			return Synthetic{}, fmt.Errorf("synthetic control: donor %d does not match the treated series", i+1)
		}
	}
	s := Synthetic{Weights: simplexWeights(pre, donorsPre)}
	s.PreRMSPE = rms(gaps(pre, donorsPre, s.Weights))
	s.Gaps = gaps(post, donorsPost, s.Weights)
	s.PostRMSPE = rms(s.Gaps)
	s.Ratio = s.PostRMSPE / s.PreRMSPE
	if math.IsNaN(s.Ratio) || !measure.Finite(s.PostRMSPE) {
		return Synthetic{}, fmt.Errorf("synthetic control: the series are not finite or do not differ at all")
	}
	return s, nil
}

func gaps(y []float64, donors [][]float64, w []float64) []float64 {
	out := slices.Clone(y)
	for j, d := range donors {
		floats.AddScaled(out, -w[j], d)
	}
	return out
}

func rms(x []float64) float64 { return floats.Norm(x, 2) / math.Sqrt(float64(len(x))) }

// simplexWeights minimises |y - D w|^2 over w >= 0, sum w = 1 by the Frank-Wolfe method with away steps and exact line
// search, which is exact at the corners and converges linearly. Lacoste-Julien and Jaggi 2015, NeurIPS 28.
func simplexWeights(y []float64, donors [][]float64) []float64 {
	w := make([]float64, len(donors))
	for j := range w {
		w[j] = 1 / float64(len(w))
	}
	residual, direction := gaps(y, donors, w), make([]float64, len(y))
	scale := floats.Dot(y, y) + 1e-300
	for range 20000 {
		toward, away, best, worst := 0, 0, math.Inf(1), math.Inf(-1)
		var mean float64
		for j, d := range donors {
			g := -floats.Dot(residual, d) // half the derivative by w[j]
			mean += w[j] * g
			if g < best {
				toward, best = j, g
			}
			if w[j] > 0 && g > worst {
				away, worst = j, g
			}
		}
		if mean-best < 1e-15*scale {
			break
		}
		forward := mean-best >= worst-mean
		limit := 1.0
		if !forward {
			limit = w[away] / (1 - w[away])
		}
		direct(direction, donors, w, toward, away, forward)
		norm := floats.Dot(direction, direction)
		if norm == 0 {
			break
		}
		step := min(limit, max(0, floats.Dot(residual, direction)/norm))
		if step == 0 {
			break
		}
		move(w, toward, away, forward, step)
		floats.AddScaled(residual, -step, direction)
	}
	return w
}

// direct is the change of the synthetic series per unit of step, towards one donor or away from another.
func direct(dst []float64, donors [][]float64, w []float64, toward, away int, forward bool) {
	for t := range dst {
		var now float64
		for j, d := range donors {
			now += w[j] * d[t]
		}
		if forward {
			dst[t] = donors[toward][t] - now
		} else {
			dst[t] = now - donors[away][t]
		}
	}
}

func move(w []float64, toward, away int, forward bool, step float64) {
	if forward {
		floats.Scale(1-step, w)
		w[toward] += step
		return
	}
	floats.Scale(1+step, w)
	w[away] = max(0, w[away]-step)
}

// PlaceboP is the rank p-value of the treated ratio among placebo ratios: (1 + placebos at least as large)/(1 + placebos).
// With J placebos it is never below 1/(1+J).
func PlaceboP(treated float64, placebos []float64) float64 {
	larger := 1
	for _, p := range placebos {
		if p >= treated {
			larger++
		}
	}
	return float64(larger) / float64(1+len(placebos))
}
