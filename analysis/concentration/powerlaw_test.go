package concentration

import (
	"math"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

var ten = []float64{10, 11, 12, 13, 15, 18, 22, 30, 47, 120}

func TestPowerLaw(t *testing.T) { // UT-5.3
	c, err := Continuous(ten, 10, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "continuous", c.Point, "2.34178")
	digits(t, "se", c.SD, ".424308")
	digits(t, "Zipf exponent", ZipfExponent(c.Point), ".745279")
	ks, err := KS(ten, 10, c.Point)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "KS", ks, ".103255")
	d, err := Discrete(ten, 10, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "discrete", d.Point, "2.25793")
	digits(t, "se", d.SD, ".398080")
	approx, err := DiscreteApproximate(ten, 10)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "discrete approximation", approx, "2.25538")
	r, err := RankRegression(ten, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "rank exponent", r.Point, "1.17583")
	digits(t, "se", r.SD, ".525847")
}

// lognormal are 60 quantiles of a lognormal with mu 3 and sigma 0.5.
func lognormal() []float64 {
	x := make([]float64, 60)
	for i := range x {
		x[i] = math.Exp(distuv.Normal{Mu: 3, Sigma: 0.5}.Quantile((float64(i) + 0.5) / 60))
	}
	return x
}

func pareto(n int, a float64, seed uint64) []float64 {
	rnd, x := measure.Stream(seed, "pareto"), make([]float64, n)
	for i := range x {
		x[i] = 5 * math.Pow(1-rnd.Float64(), -1/(a-1))
	}
	return x
}

func TestVersusLognormal(t *testing.T) { // values by an independent search over the same likelihoods
	x := lognormal()
	c, err := VersusLognormal(x, x[0])
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "mu", c.Mu, "2.9857")
	digits(t, "sigma", c.Sigma, ".51170")
	digits(t, "log-likelihood ratio", c.Ratio, "-28.4147")
	digits(t, "z", c.Z, "-5.0197")
	if !(c.P < 0.001) {
		t.Errorf("p = %v: the lognormal is not told from a power law", c.P)
	}
	// Data that follow a power law: the best lognormal imitates it, and nothing is told apart.
	if c, err = VersusLognormal(ten, 10); err != nil || !(c.P > 0.3) || math.Abs(c.Ratio) > 0.1 {
		t.Errorf("power law against lognormal = %+v, %v, want no verdict", c, err)
	}
}

func TestXMinAndGoodness(t *testing.T) {
	law := append(pareto(150, 2.5, 7), 1, 1.5, 2, 2.2, 2.5, 3, 3.1, 3.2, 3.3, 3.4) // noise below 5
	f, err := FitPowerLaw(law, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if !(f.Exponent.Lo < 2.5 && 2.5 < f.Exponent.Hi) || f.Tail < 50 {
		t.Errorf("fit %+v, want an exponent of 2.5 over most of 150", f)
	}
	p, err := GoodnessOfFit(law, f, 100, measure.Stream(1, "fit"))
	if err != nil || !(p.Point > 0.1) {
		t.Errorf("p of a true power law = %+v, %v, want more than 0.1", p, err)
	}
	x := lognormal()
	// The whole of a narrow lognormal forced into a power law is rejected.
	forced := PowerLaw{Exponent: measure.Estimate{Point: continuousExponent(x, x[0])}, XMin: x[0], Tail: len(x)}
	if forced.KS, err = KS(x, x[0], forced.Exponent.Point); err != nil {
		t.Fatal(err)
	}
	if p, err = GoodnessOfFit(x, forced, 100, measure.Stream(1, "fit")); err != nil || !(p.Point < 0.05) {
		t.Errorf("p of a lognormal = %+v, %v, want a rejection", p, err)
	}
	for name, bad := range map[string][]float64{"few": {1, 2, 3}, "equal": {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, "none": nil, "negative": {-1, -2}} {
		if _, err := FitPowerLaw(bad, 0.95); err == nil {
			t.Errorf("a power law was fitted to %s", name)
		}
	}
}

// The exponent does not change with the unit, and its 95 % interval is as good as it says (a simulation of 400 samples).
func TestExponentProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := pareto(rapid.IntRange(10, 60).Draw(t, "n"), rapid.Float64Range(1.5, 4).Draw(t, "a"), rapid.Uint64().Draw(t, "seed"))
		scaled := make([]float64, len(x))
		for i := range x {
			scaled[i] = x[i] * 1e4
		}
		a, _ := Continuous(x, 5, 0.95)
		b, err := Continuous(scaled, 5e4, 0.95)
		if err != nil || math.Abs(a.Point-b.Point) > 1e-9 {
			t.Fatalf("exponent %v became %v (%v)", a.Point, b.Point, err)
		}
	})
	held := 0
	for seed := range uint64(400) {
		if e, err := Continuous(pareto(200, 2.2, seed), 5, 0.95); err == nil && e.Lo < 2.2 && 2.2 < e.Hi {
			held++
		}
	}
	if held < 370 || held > 392 { // 0.95*400 = 380, binomial sd 4.4
		t.Errorf("%d of 400 intervals hold the truth, want about 380", held)
	}
}

func TestLogSurvivalFarOut(t *testing.T) { // by erfc in another language
	digits(t, "z = 10", logSurvival(10), "-53.2313")
	digits(t, "z = 31", logSurvival(31), "-484.85")
	if a, b := logSurvival(29.999999), logSurvival(30); math.Abs(a-b) > 2e-3 {
		t.Errorf("a jump from %v to %v at the seam", a, b)
	}
}
