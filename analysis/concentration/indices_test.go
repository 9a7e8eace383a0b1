package concentration

import (
	"math"
	"slices"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"pgregory.net/rapid"
)

var digits = measuretest.Digits

var five = []float64{120, 80, 50, 30, 20}

func TestGini(t *testing.T) { // UT-5.1
	g, err := Gini(five)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "Gini", g, "0.333333")
	digits(t, "corrected", Corrected(g, 5), "0.416667")
	e, err := GiniInterval(five, nil, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "jackknife se", e.SD, "0.0762466")
	// Rounding: derivatives ((2i-6)/5 - 1/3)/300 of the i-th smallest: -0.0037778, -0.0024444, -0.0011111, 0.00022222,
	// 0.0015556; with sd 10 each the norm is 0.0489394, in quadrature with the jackknife 0.0906014.
	sds := []float64{10, 10, 10, 10, 10}
	if e, err = GiniInterval(five, sds, 0.95); err != nil {
		t.Fatal(err)
	}
	digits(t, "se with rounding", e.SD, "0.0906014")
	if e, err = GiniInterval([]float64{3, 1}, nil, 0.95); err != nil || !math.IsNaN(e.SD) || !e.Flags.Has("few_points") {
		t.Errorf("Gini of two = %+v, %v, want a point without an interval", e, err)
	}
}

func TestIndices(t *testing.T) { // UT-5.2
	s, err := Indices(five)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "HHI", s.HHI, ".273333")
	digits(t, "HHI on the 10,000 scale", s.HHI*1e4, "2733.33")
	digits(t, "normalised", s.HHINormalised, ".0916667")
	digits(t, "effective number", s.EffectiveNumber, "3.65854")
	digits(t, "H", s.Entropy, "1.42841")
	digits(t, "e^H", s.Hill, "4.17204")
	digits(t, "Theil", s.Theil, ".181032")
	top, err := TopShare(five, 2)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "top-2 share", top, ".666667")
}

func TestNothingToShare(t *testing.T) {
	for name, x := range map[string][]float64{
		"nothing": nil, "zeros": {0, 0}, "negative": {1, -1, 5}, "NaN": {1, math.NaN()}, "Inf": {1, math.Inf(1)},
		"overflow": {math.MaxFloat64, math.MaxFloat64},
	} {
		if _, err := Gini(x); err == nil {
			t.Errorf("Gini of %s was given", name)
		}
		if _, err := Indices(x); err == nil {
			t.Errorf("indices of %s were given", name)
		}
		if _, err := TopShare(x, 1); err == nil {
			t.Errorf("top share of %s was given", name)
		}
	}
}

// Shares do not change with the unit; HHI lies in [1/n,1]; equal amounts have Gini 0; a zero account never lowers Gini.
func TestConcentrationInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 1e12), 1, 30).Draw(t, "x")
		x[0]++ // not all zero
		unit := rapid.SampledFrom([]float64{1e-4, 10, 1e4}).Draw(t, "unit")
		scaled := slices.Clone(x)
		for i := range scaled {
			scaled[i] *= unit
		}
		g, _ := Gini(x)
		g2, _ := Gini(scaled)
		a, _ := Indices(x)
		b, err := Indices(scaled)
		if err != nil || math.Abs(g-g2) > 1e-9 || math.Abs(a.HHI-b.HHI) > 1e-9 || math.Abs(a.Theil-b.Theil) > 1e-9 {
			t.Fatalf("unit %v changes Gini %v to %v, HHI %v to %v (%v)", unit, g, g2, a.HHI, b.HHI, err)
		}
		n := float64(len(x))
		if !(g >= 0 && g <= 1) || a.HHI < 1/n-1e-12 || a.HHI > 1+1e-12 || a.Hill > n+1e-9 || a.EffectiveNumber > a.Hill+1e-9 {
			t.Fatalf("out of range: Gini %v, %+v", g, a)
		}
		if more, _ := Gini(append(slices.Clone(x), 0)); more < g-1e-12 {
			t.Fatalf("a zero account lowers Gini from %v to %v", g, more)
		}
		same := make([]float64, len(x))
		for i := range same {
			same[i] = x[0]
		}
		if g, _ := Gini(same); g > 1e-12 {
			t.Fatalf("Gini of equal amounts = %v", g)
		}
		shuffled := rapid.Permutation(x).Draw(t, "order")
		if p, _ := Gini(shuffled); math.Abs(p-g) > 1e-12 {
			t.Fatalf("order changes Gini from %v to %v", g, p)
		}
	})
}
