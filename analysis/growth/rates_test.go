package growth

import (
	"math"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"pgregory.net/rapid"
)

var digits = measuretest.Digits

// known is an estimate with relative standard uncertainty u.
func known(v, u float64) measure.Estimate { return measure.Normal(v, v*u, 0.95, "") }

func TestFlows(t *testing.T) { // UT-1.1
	f, err := Flows(1200, 210, 60)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Flow{Net: 150, NetRate: 0.125, ChurnRate: 0.05, QuickRatio: 3.5}); f != want {
		t.Errorf("Flows = %+v, want %+v", f, want)
	}
	if _, err := Flows(10, 1, 11); err == nil {
		t.Error("more lost than there were was accepted")
	}
	if f, _ := Flows(10, 1, 0); !math.IsNaN(f.QuickRatio) {
		t.Errorf("quick ratio without losses = %v, want NaN", f.QuickRatio)
	}
}

func TestSymmetric(t *testing.T) { // UT-1.1b
	digits(t, "symmetric growth", Symmetric(313, 586), "0.607341")
	if Symmetric(0, 0) != 0 || Symmetric(0, 5) != 2 || Symmetric(586, 313) != -Symmetric(313, 586) {
		t.Error("symmetric growth at its bounds or reversed")
	}
}

func TestCompound(t *testing.T) {
	e := Compound(known(313, .01), known(586, .01), 5, 0, 0.95) // UT-1.2
	digits(t, "CAGR", e.Point, "0.133628")
	digits(t, "CAGR sd", e.SD, "0.00320638")
	w := []float64{1000, 1040, 1090, 1133, 1180} // UT-1.3
	e = Compound(known(w[0], 0), known(w[4], 0), 4, 0, 0.95)
	digits(t, "CWGR", e.Point, "0.0422466")
	digits(t, "doubling time", DoublingTime(LogSlope(e)).Point, "16.7513") // UT-1.4
	e = Compound(known(600, 0), known(900, 0), 2, 0, 0.95)
	digits(t, "doubling time of two points", DoublingTime(LogSlope(e)).Point, "3.41902")

	// A length known to ±1 of 5 adds ln(586/313)/5^2 to the error of the yearly log growth.
	e = Compound(known(313, 0), known(586, 0), 5, 1, 0.95)
	digits(t, "CAGR sd from dates", e.SD, "0.0284367")
}

func TestLogLinear(t *testing.T) { // UT-1.3, 1.4; interval by an independent least-squares package
	w := []float64{1000, 1040, 1090, 1133, 1180}
	x := []float64{0, 1, 2, 3, 4}
	b := LogLinear(x, w, nil, 0.95)
	digits(t, "slope", b.Point, "0.0416677")
	digits(t, "rate", Rate(b).Point, "0.0425480")
	digits(t, "se", b.SD, "0.00071324")
	digits(t, "lo", b.Lo, "0.03939787")
	digits(t, "hi", b.Hi, "0.04393756")
	d := DoublingTime(b)
	digits(t, "doubling time", d.Point, "16.6351")
	digits(t, "doubling time lo", d.Lo, "15.7757") // ln2/0.04393756
	digits(t, "doubling time hi", d.Hi, "17.5935") // ln2/0.03939787

	// Known errors of 5 % are larger than the residuals: u^2/Sxx = 0.0025/10.
	coarse := LogLinear(x, w, []float64{50, 52, 54.5, 56.65, 59}, 0.95)
	digits(t, "se from known errors", coarse.SD, "0.0158114")
	if !(coarse.Hi-coarse.Lo > b.Hi-b.Lo) {
		t.Error("the interval ignores the known errors")
	}
}

func TestUndefinedGrowth(t *testing.T) {
	for name, e := range map[string]measure.Estimate{
		"from zero":           Compound(known(0, 0), known(5, 0), 1, 0, .95),
		"from below zero":     Compound(known(-5, 0), known(5, 0), 1, 0, .95),
		"in no time":          Compound(known(5, 0), known(6, 0), 0, 0, .95),
		"one point":           LogLinear([]float64{1}, []float64{5}, nil, .95),
		"one time":            LogLinear([]float64{1, 1}, []float64{5, 6}, nil, .95),
		"a zero":              LogLinear([]float64{1, 2, 3}, []float64{5, 0, 6}, nil, .95),
		"doubling of a fall":  DoublingTime(measure.Normal(-.1, .01, .95, "")),
		"half-life of a rise": HalfLife(measure.Normal(.1, .01, .95, "")),
	} {
		if e.Defined() || len(e.Flags) == 0 {
			t.Errorf("%s: %+v, want undefined with a flag", name, e)
		}
	}
	gone := Compound(known(5, .1), known(0, 0), 1, 0, .95)
	if gone.Point != -1 || !gone.Flags.Has(measure.NonPositive) {
		t.Errorf("to zero: %+v, want -1 with a flag", gone)
	}
	digits(t, "half-life", HalfLife(measure.Normal(-.1, .01, .95, "")).Point, "6.93147")
	flat := DoublingTime(measure.Normal(.1, .1, .95, ""))
	if !math.IsInf(flat.Hi, 1) || !measure.Finite(flat.Lo) {
		t.Errorf("doubling time of an unsure slope = %+v, want no upper end", flat)
	}
}

// Growth rates do not change with the unit of the counts (万 or single ones), nor when all times are shifted.
func TestRatesInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 12).Draw(t, "n")
		unit := rapid.SampledFrom([]float64{1e-4, 10, 1e4, 1e6}).Draw(t, "unit")
		shift := rapid.Float64Range(-1e4, 1e4).Draw(t, "shift")
		x, y, x2, y2 := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			x[i], y[i] = float64(i*7), rapid.Float64Range(1, 1e9).Draw(t, "y")
			x2[i], y2[i] = x[i]+shift, y[i]*unit
		}
		a, b := LogLinear(x, y, nil, .95), LogLinear(x2, y2, nil, .95)
		if math.Abs(a.Point-b.Point) > 1e-9 || math.Abs(a.Hi-b.Hi) > 1e-9*(1+math.Abs(a.Hi)) {
			t.Fatalf("slope %v..%v became %v..%v", a.Point, a.Hi, b.Point, b.Hi)
		}
		c, d := Compound(known(y[0], .01), known(y[1], .01), 7, 0, .95), Compound(known(y2[0], .01), known(y2[1], .01), 7, 0, .95)
		if math.Abs(c.Point-d.Point) > 1e-9*(1+math.Abs(c.Point)) {
			t.Fatalf("compound rate %v became %v", c.Point, d.Point)
		}
	})
}

// Coarser displays never give a narrower rate, and nothing that goes in makes a NaN without a flag come out.
func TestRatesNeverLie(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]float64{0, 1, 5, 1e3, 1e18, -4, math.MaxFloat64}).Draw(t, "a")
		w := rapid.SampledFrom([]float64{0, 1, 5, 1e3, 1e18, -4, math.MaxFloat64}).Draw(t, "b")
		step := rapid.SampledFrom([]float64{0, 1, 1e3, 1e6}).Draw(t, "step")
		e := Compound(measure.Normal(v, step, .95, ""), measure.Normal(w, step, .95, ""), 1, 0, .95)
		if !e.Defined() && len(e.Flags) == 0 {
			t.Fatalf("from %v to %v: undefined without a reason: %+v", v, w, e)
		}
		more := Compound(measure.Normal(v, 2*step, .95, ""), measure.Normal(w, 2*step, .95, ""), 1, 0, .95)
		if e.Defined() && more.Defined() && more.SD < e.SD {
			t.Fatalf("from %v to %v: sd %v with step %v, %v with twice that", v, w, e.SD, step, more.SD)
		}
	})
}
