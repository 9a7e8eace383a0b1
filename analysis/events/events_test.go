package events

import (
	"math"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"gonum.org/v1/gonum/floats"
	"pgregory.net/rapid"
)

var digits = measuretest.Digits

func from(first, n int) []float64 {
	t := make([]float64, n)
	for i := range t {
		t[i] = float64(first + i)
	}
	return t
}

func TestInterrupt(t *testing.T) { // UT-4.1
	y := []float64{50, 52, 53, 55, 56, 58, 64, 67, 69, 73, 75, 78}
	r, err := Interrupt(from(1, 12), y, 7, 1, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"48.6", "1.54286", "4.6", "1.25714"} {
		digits(t, "coefficient", r.Coefficients[i], want)
	}
	digits(t, "s2", r.S2, "0.142857")
	digits(t, "OLS se of the level", r.OLSLevel, ".445690")
	digits(t, "OLS se of the slope", r.OLSSlope, ".127775")
	digits(t, "Newey-West se of the level", r.Level.SD, ".156283")
	digits(t, "Newey-West se of the slope", r.Slope.SD, ".0429251")
	digits(t, "effect at 12", r.EffectAt(12, 0.95).Point, "10.8857")
	if r.Before != 6 || r.After != 6 {
		t.Errorf("%d before and %d after, want 6 and 6", r.Before, r.After)
	}
	if r, err = Interrupt(from(1, 12), y, 7, -1, 0.95); err != nil || r.Lags != 2 { // floor(4 (12/100)^(2/9)) = 2
		t.Errorf("lags by rule = %d, %v, want 2", r.Lags, err)
	}
	for name, at := range map[string]float64{"before all": 0, "after all": 20, "too near the end": 11} {
		if _, err := Interrupt(from(1, 12), y, at, 1, .95); err == nil {
			t.Errorf("an event %s was judged", name)
		}
	}
	if _, err := Interrupt(make([]float64, 12), y, 0, 1, .95); err == nil {
		t.Error("twelve readings of one time were fitted")
	}
	y[3] = math.NaN()
	if _, err := Interrupt(from(1, 12), y, 7, 1, .95); err == nil {
		t.Error("NaN was fitted")
	}
}

// The effect does not change when time is shifted, and scales with the unit of the counts.
func TestInterruptInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(8, 20).Draw(t, "n")
		shift := rapid.Float64Range(-3000, 3000).Draw(t, "shift")
		y, y2, x, x2 := make([]float64, n), make([]float64, n), from(0, n), from(0, n)
		for i := range n {
			y[i] = rapid.Float64Range(-1e3, 1e3).Draw(t, "y")
			y2[i], x2[i] = 1e4*y[i], x[i]+shift
		}
		a, err := Interrupt(x, y, 4, 1, .95)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Interrupt(x2, y2, 4+shift, 1, .95)
		if err != nil || math.Abs(b.Level.Point/1e4-a.Level.Point) > 1e-6 || math.Abs(b.Level.SD/1e4-a.Level.SD) > 1e-6 {
			t.Fatalf("level %v ± %v became %v ± %v (%v)", a.Level.Point, a.Level.SD, b.Level.Point, b.Level.SD, err)
		}
	})
}

func TestDifferenceInDifferences(t *testing.T) { // UT-4.2
	n := func(v float64) measure.Estimate { return measure.Normal(v, 1, .95, "") }
	e := DifferenceInDifferences(n(150), n(182), n(110), n(121), .95)
	digits(t, "effect", e.Point, "21")
	digits(t, "sd", e.SD, "2")
}

func TestEventStudy(t *testing.T) { // UT-4.3
	s, err := EventStudy([]float64{.8, 1.1, .9, 1.3, .7, 1, 1.2, .9}, []float64{2.6, 2.1, 1.4}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"1.6125", "1.1125", ".4125"} {
		digits(t, "abnormal", s.Abnormal[i], want)
	}
	digits(t, "cumulative", s.Cumulative.Point, "3.1375")
	digits(t, "sd", s.Cumulative.SD, "0.412500")
	digits(t, "t", s.T, "7.60606")
	if _, err := EventStudy([]float64{1, 1, 1}, []float64{2}, .95); err == nil {
		t.Error("a window without variation was used")
	}
	if _, err := EventStudy([]float64{1}, nil, .95); err == nil {
		t.Error("no event was studied")
	}
}

func TestBenjaminiHochberg(t *testing.T) { // UT-4.3b
	q, err := BenjaminiHochberg([]float64{.03, .001, .2, .012})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{".04", ".004", ".2", ".024"} {
		digits(t, "q", q[i], want)
	}
	if _, err := BenjaminiHochberg([]float64{.1, math.NaN()}); err == nil {
		t.Error("NaN was accepted as a p-value")
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 20).Draw(t, "p")
		q, err := BenjaminiHochberg(p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p {
			if q[i] < p[i]-1e-15 || q[i] > 1 {
				t.Fatalf("p %v became q %v", p[i], q[i])
			}
			for j := range p {
				if p[i] < p[j] && q[i] > q[j] {
					t.Fatalf("order lost: p %v < %v, q %v > %v", p[i], p[j], q[i], q[j])
				}
			}
		}
	})
}

func TestSyntheticControl(t *testing.T) { // UT-4.4
	s, err := SyntheticControl([]float64{10, 12, 13, 15}, []float64{21, 23},
		[][]float64{{8, 10, 12, 13}, {14, 15, 16, 18}}, [][]float64{{14, 16}, {20, 21}})
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "weight", s.Weights[0], "0.647059")
	digits(t, "first gap", s.Gaps[0], "4.88235")
	digits(t, "second gap", s.Gaps[1], "5.23529")
	digits(t, "RMSPE before", s.PreRMSPE, ".271163")
	digits(t, "ratio", s.Ratio, "18.6674")
	placebos := make([]float64, 19)
	digits(t, "smallest p of 19 placebos", PlaceboP(s.Ratio, placebos), "0.05")
	placebos[3] = 20
	digits(t, "with one larger", PlaceboP(s.Ratio, placebos), "0.10")
	if _, err := SyntheticControl([]float64{1, 2}, []float64{3}, nil, nil); err == nil {
		t.Error("no donors were accepted")
	}
	if _, err := SyntheticControl([]float64{1, 2}, []float64{3}, [][]float64{{1}}, [][]float64{{1}}); err == nil {
		t.Error("a donor of another length was accepted")
	}
}

// The weights lie on the simplex, and no random point of it does better.
func TestSyntheticWeightsAreBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j, n := rapid.IntRange(1, 5).Draw(t, "donors"), rapid.IntRange(2, 8).Draw(t, "n")
		y := rapid.SliceOfN(rapid.Float64Range(-10, 10), n, n).Draw(t, "y")
		donors := make([][]float64, j)
		for i := range donors {
			donors[i] = rapid.SliceOfN(rapid.Float64Range(-10, 10), n, n).Draw(t, "donor")
		}
		w := simplexWeights(y, donors)
		if floats.Min(w) < 0 || math.Abs(floats.Sum(w)-1) > 1e-9 {
			t.Fatalf("weights %v", w)
		}
		other := rapid.SliceOfN(rapid.Float64Range(0, 1), j, j).Draw(t, "other")
		other[0] += 1e-9
		floats.Scale(1/floats.Sum(other), other)
		mine, theirs := rms(gaps(y, donors, w)), rms(gaps(y, donors, other))
		if mine > theirs+1e-6 {
			t.Fatalf("rms %v with %v, but %v with %v", mine, w, theirs, other)
		}
	})
}

func TestPredict(t *testing.T) { // UT-4.5
	c, err := Predict(from(1, 6), []float64{3.1, 4.9, 7.2, 8.8, 11.1, 12.9}, from(7, 3), []float64{17.5, 19, 21.6}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "intercept", c.Intercept, "1.08")
	digits(t, "slope", c.Slope, "1.97714")
	for i, want := range []string{"2.58", "2.10286", "2.72571"} {
		digits(t, "pointwise", c.Pointwise[i], want)
	}
	digits(t, "cumulative", c.Cumulative.Point, "7.40857")
	digits(t, "sd", c.Cumulative.SD, ".642914")
	digits(t, "relative", c.Relative, "0.146150")
	if _, err := Predict([]float64{1, 1, 1}, []float64{1, 2, 3}, []float64{1}, []float64{1}, .95); err == nil {
		t.Error("a covariate that never moves was used")
	}
}
