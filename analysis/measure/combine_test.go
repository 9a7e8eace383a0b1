package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"pgregory.net/rapid"
)

func witness(t fataler, source, trust string, value, step float64) Witness {
	return Witness{Source: source, Trust: trust, Reading: reading(t, value, step, Round)}
}

func combine(t *testing.T, ws ...Witness) Combined {
	t.Helper()
	c, err := Combine(ws, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTrustSettlesAStrongContradiction(t *testing.T) {
	// Weibo, September 2016: 297 million by the company, 390 million by a panel firm.
	c := combine(t, witness(t, "panel", "C", 390e6, 1e6), witness(t, "release", "A", 297e6, 1e6))
	if c.Point != 297e6 || !c.Flags.Has(SourcesDisagree) || !c.Flags.Has(ResolvedByTrust) {
		t.Errorf("combined %v with flags %q, want 297e6 resolved by trust", c.Point, c.Flags)
	}
	if c.Used[0] || !c.Used[1] || !c.Outlier[0] || c.Outlier[1] {
		t.Errorf("used %v, outlier %v: want the panel seen but unused", c.Used, c.Outlier)
	}
	measuretest.Digits(t, "deviation of the panel", c.Deviation[0], "322.161") // 93e6/(1e6/sqrt 12)
	measuretest.Digits(t, "Q", c.Q, "51894")                                   // 93^2*12/2
	if !(c.P < 1e-6) {
		t.Errorf("p = %v", c.P)
	}
}

func TestEqualTrustWidens(t *testing.T) {
	// Bluesky, October 2024: 11 against 13 million, both trade press.
	c := combine(t, witness(t, "a", "B", 11e6, 1e6), witness(t, "b", "B", 13e6, 1e6))
	measuretest.Digits(t, "middle", c.Point, "12000000")
	if !c.Flags.Has(WidenedByDispute) || c.Flags.Has(ResolvedByTrust) || !c.Used[0] || !c.Used[1] {
		t.Errorf("flags %q, used %v", c.Flags, c.Used)
	}
	// tau^2 = (Q-1)/(w1-w2/w1), w = 12/q^2 each: Q = 24, so tau^2 = 23*q^2/12; sd = sqrt((tau^2+q^2/12)/2) = q.
	measuretest.Digits(t, "sd", c.SD, "1000000")
	measuretest.Digits(t, "tau", c.Tau, "1384437.3") // sqrt(23/12) million
	if !(c.Lo < 11e6 && c.Hi > 13e6) {
		t.Errorf("interval %v..%v does not hold both sources", c.Lo, c.Hi)
	}
}

func TestNeighbouringDisplaysAgree(t *testing.T) {
	c := combine(t, witness(t, "a", "B", 318e6, 1e6), witness(t, "b", "B", 319e6, 1e6), witness(t, "c", "B", 319e6, 1e6))
	if len(c.Flags) != 0 || c.Distinct != 2 || c.N != 2 || c.Method != "inverse variance" {
		t.Errorf("%+v: want two figures that agree", c)
	}
	measuretest.Digits(t, "point", c.Point, "318500000")
	measuretest.Digits(t, "p", c.P, ".0143059") // erfc(sqrt 3)
}

func TestCopiesAreOneFigure(t *testing.T) {
	one := combine(t, witness(t, "a", "B", 462e6, 1e6))
	three := combine(t, witness(t, "c", "C", 462e6, 1e6), witness(t, "a", "B", 462e6, 1e6), witness(t, "b", "B", 462e6, 1e6))
	if one.SD != three.SD || one.Lo != three.Lo || three.Distinct != 1 {
		t.Errorf("three copies have sd %v, one has %v", three.SD, one.SD)
	}
	if !math.IsNaN(three.Q) || !math.IsNaN(three.P) {
		t.Errorf("Q %v, p %v of one figure, want NaN", three.Q, three.P)
	}
}

func TestLowerBounds(t *testing.T) {
	atLeast := Witness{Source: "cap", Trust: "A", Reading: reading(t, 1e6, 1, CensoredRight)}
	c := combine(t, atLeast, witness(t, "b", "B", 2e6, 1e5))
	if c.Point != 2e6 || c.Used[0] || c.Outlier[0] || !math.IsNaN(c.Deviation[0]) {
		t.Errorf("%+v: want the figure, and the bound beside it", c)
	}
	c = combine(t, atLeast)
	if c.Point != 1e6 || !math.IsInf(c.Hi, 1) || !c.Flags.Has(Censored) || !c.Used[0] {
		t.Errorf("%+v: want a lower bound", c)
	}
	c = combine(t, atLeast, witness(t, "b", "B", 5e5, 1e3))
	if !c.Outlier[0] {
		t.Error("a bound above the figure is not told")
	}
}

func TestExactSourcesThatDiffer(t *testing.T) {
	a := Witness{Source: "a", Trust: "A", Reading: reading(t, 100, 1, Exact)}
	b := Witness{Source: "b", Trust: "A", Reading: reading(t, 250, 1, Exact)}
	c := combine(t, a, b)
	if !c.Flags.Has(WidenedByDispute) || c.Point != 175 || !(c.Lo < 100 && c.Hi > 250) {
		t.Errorf("%+v: want the middle with an interval over both", c)
	}
	if c = combine(t, a); c.SD != 0 || c.Lo != 100 {
		t.Errorf("%+v: want an exact figure", c)
	}
}

func TestCombineRefuses(t *testing.T) {
	if _, err := Combine(nil, .95); err == nil {
		t.Error("nothing was combined")
	}
	if _, err := Combine([]Witness{{Reading: Reading{Value: math.NaN()}}}, .95); err == nil {
		t.Error("NaN was combined")
	}
	if _, _, _, _, err := InverseVariance([]float64{1}, []float64{0}); err == nil {
		t.Error("a weight without end was accepted")
	}
}

// Whatever the sources say: finite numbers, the point within their range, and no dependence on their order.
func TestCombineProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		ws := make([]Witness, n)
		lo, hi := math.Inf(1), math.Inf(-1)
		for i := range ws {
			mode := rapid.SampledFrom([]Mode{Exact, Round, Floor}).Draw(t, "mode")
			value := float64(rapid.IntRange(0, 1e18).Draw(t, "value"))
			step := math.Pow(10, float64(rapid.IntRange(0, 9).Draw(t, "step")))
			ws[i] = Witness{Source: string(rune('a' + i)), Trust: rapid.SampledFrom([]string{"A", "B", "C", ""}).Draw(t, "trust"),
				Reading: reading(t, value, step, mode)}
			lo, hi = min(lo, ws[i].Reading.Point()), max(hi, ws[i].Reading.Point())
		}
		c, err := Combine(ws, .95)
		if err != nil {
			t.Fatal(err)
		}
		slack := 1e-9 * (1 + math.Abs(hi))
		if !(c.Point >= lo-slack && c.Point <= hi+slack && c.Lo <= c.Point && c.Point <= c.Hi && Finite(c.SD)) {
			t.Fatalf("%v in %v..%v from readings in %v..%v", c.Point, c.Lo, c.Hi, lo, hi)
		}
		rand.New(rand.NewPCG(1, uint64(n))).Shuffle(n, func(i, j int) { ws[i], ws[j] = ws[j], ws[i] })
		again, err := Combine(ws, .95)
		if err != nil || again.Point != c.Point || again.SD != c.SD || again.Flags.String() != c.Flags.String() {
			t.Fatalf("order matters: %v then %v (%v)", c.Estimate, again.Estimate, err)
		}
	})
}
