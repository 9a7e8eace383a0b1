package growth

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

func TestLogisticCurve(t *testing.T) { // UT-1.5a
	c := Logistic{500, 0.8, 6}
	digits(t, "N(4)", c.At(4), "83.9908")
	digits(t, "max slope", c.MaxSlope(), "100")
	digits(t, "10-90 % time", c.RiseTime(), "5.49306")
	digits(t, "N(t0)", c.At(6), "250")
}

func TestGompertzCurve(t *testing.T) { // UT-1.6a
	c := Gompertz{500, 5, 0.4}
	digits(t, "N(4)", c.At(4), "182.204")
	at, level := c.Inflection()
	digits(t, "inflection", at, "4.02359")
	digits(t, "level there", level, "183.940")
	digits(t, "slope there", c.MaxSlope(), "73.5759")
}

func TestBassCurve(t *testing.T) { // UT-1.7a
	c := Bass{P: 0.03, Q: 0.38, M: 100}
	digits(t, "F(5)", c.Share(5), "0.331199")
	digits(t, "adopters in period 5", c.At(5)-c.At(4), "9.80482")
	at, rate, ok := c.Peak()
	if !ok {
		t.Fatal("no peak")
	}
	digits(t, "peak time", at, "6.19262")
	digits(t, "peak rate", rate, "11.0592")
	if _, _, ok := (Bass{P: .3, Q: .2, M: 1}).Peak(); ok {
		t.Error("a peak without imitation over innovation")
	}
}

func upTo(n int) []float64 {
	t := make([]float64, n)
	for i := range t {
		t[i] = float64(i)
	}
	return t
}

// params checks a fit's parameters, and K's profile interval against a root search over an independent fitter.
func checkFit(t *testing.T, c Curve, params []string, sse, lo, hi string) {
	t.Helper()
	if !c.Identified {
		t.Fatalf("refused: %s", c.Refused)
	}
	for i, want := range params {
		digits(t, "parameter", c.Params[i], want)
	}
	digits(t, "SSE", c.SSE, sse)
	digits(t, "K lo", c.K.Lo, lo)
	digits(t, "K hi", c.K.Hi, hi)
}

func TestFitLogistic(t *testing.T) { // UT-1.5b
	c := Fit(LogisticModel, upTo(9), []float64{10, 18, 35, 65, 115, 185, 260, 330, 375})
	checkFit(t, c, []string{"436.462", "0.711782", "5.43898"}, "6.67645", "429.908", "443.392")
	digits(t, "AICc", c.AICc, "15.3123")
	digits(t, "At(5.43898)", c.At(5.43898), "218.231")
}

func TestFitGompertz(t *testing.T) { // UT-1.6b
	c := Fit(GompertzModel, upTo(9), []float64{12, 31, 65, 108, 160, 205, 248, 282, 309})
	checkFit(t, c, []string{"386.475", "3.56652", "0.346576"}, "6.78134", "377.948", "395.683")
}

func TestFitBass(t *testing.T) { // UT-1.7b
	perPeriod := []float64{32, 48, 66, 92, 109, 131, 128, 118, 96, 71}
	a, b, c, err := quadratic(perPeriod)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "a", a, "34.9610")
	digits(t, "b", b, "0.427894")
	digits(t, "c", c, "-0.000472367")
	ols, ok := OLSBass(perPeriod)
	if !ok {
		t.Fatal("no admissible root")
	}
	digits(t, "m", ols.M, "981.276")
	digits(t, "p", ols.P, "0.0356282")
	digits(t, "q", ols.Q, "0.463522")

	times, total := upTo(11)[1:], slices.Clone(perPeriod)
	for i := 1; i < len(total); i++ {
		total[i] += total[i-1]
	}
	nls := Fit(BassModel, times, total)
	if !nls.Identified {
		t.Fatalf("refused: %s", nls.Refused)
	}
	digits(t, "m", nls.Params[0], "1036.57")
	digits(t, "p", nls.Params[1], "0.0242658")
	digits(t, "q", nls.Params[2], "0.455871")
	digits(t, "SSE", nls.SSE, "35.2846")
}

func TestSaturationRefused(t *testing.T) {
	early := []float64{10, 18, 35, 65, 115, 185} // ends before the inflection at 5.44
	exponential := make([]float64, 12)
	for i := range exponential {
		exponential[i] = 10 * math.Exp(0.3*float64(i)) * (1 + 0.01*float64(i%3-1))
	}
	for _, c := range []struct {
		name   string
		model  Model
		t, y   []float64
		reason string
	}{
		{"before the inflection", LogisticModel, upTo(6), early, "inflection"},
		{"exponential", LogisticModel, upTo(12), exponential, "saturation"},
		{"exponential", GompertzModel, upTo(12), exponential, "saturation"},
		{"exponential", BassModel, upTo(13)[1:], exponential, "saturation"},
		{"five points", LogisticModel, upTo(5), []float64{1, 2, 3, 4, 5}, "too few"},
		{"nothing", BassModel, nil, nil, "too few"},
		{"equal", LogisticModel, upTo(8), []float64{5, 5, 5, 5, 5, 5, 5, 5}, "does not grow"},
		{"falling", GompertzModel, upTo(8), []float64{9, 8, 7, 6, 5, 4, 3, 2}, "does not grow"},
		{"zeros", LogisticModel, upTo(8), make([]float64, 8), "zero"},
		{"negative", LogisticModel, upTo(6), []float64{-1, 2, 3, 4, 5, 6}, "zero"},
		{"NaN", LogisticModel, upTo(6), []float64{1, 2, math.NaN(), 4, 5, 6}, "finite"},
		{"Inf", LogisticModel, upTo(6), []float64{1, 2, 3, 4, 5, math.Inf(1)}, "finite"},
		{"disorder", LogisticModel, []float64{0, 2, 1, 3, 4, 5}, []float64{1, 2, 3, 4, 5, 6}, "ascend"},
		{"one time twice", LogisticModel, []float64{0, 1, 1, 3, 4, 5}, []float64{1, 2, 3, 4, 5, 6}, "share one time"},
	} {
		t.Run(c.name+" "+string(c.model), func(t *testing.T) {
			if f := Fit(c.model, c.t, c.y); f.Identified || !strings.Contains(f.Refused, c.reason) {
				t.Errorf("identified %v, refused %q, want a refusal with %q", f.Identified, f.Refused, c.reason)
			}
		})
	}
}

func TestAICc(t *testing.T) {
	if !math.IsNaN(AICc(0, 9, 4)) || !math.IsNaN(AICc(5, 5, 4)) {
		t.Error("AICc of a perfect fit or of too few points is not NaN")
	}
}

// A logistic curve with 1 % noise is found again, whatever the unit and the origin of time.
func TestFitInvariant(t *testing.T) {
	y := []float64{10, 18, 35, 65, 115, 185, 260, 330, 375}
	base := Fit(LogisticModel, upTo(9), y)
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]float64{1e-3, 1e4, 1e12}).Draw(t, "unit")
		shift := rapid.Float64Range(-50, 2050).Draw(t, "shift")
		ts, ys := upTo(9), slices.Clone(y)
		for i := range ts {
			ts[i], ys[i] = ts[i]+shift, ys[i]*unit
		}
		c := Fit(LogisticModel, ts, ys)
		if !c.Identified || math.Abs(c.K.Point/unit/base.K.Point-1) > 1e-6 || math.Abs(c.Inflection-shift-base.Inflection) > 1e-5 {
			t.Fatalf("K %v and inflection %v, want %v and %v (%s)", c.K.Point/unit, c.Inflection-shift, base.K.Point, base.Inflection, c.Refused)
		}
	})
}

// Whatever the series: a curve or a reason, finite where identified, never a panic.
func TestFitAlwaysAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 15).Draw(t, "n")
		y := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1e18), rapid.SampledFrom([]float64{0, 1, 1e9, -3})), n, n).Draw(t, "y")
		if rapid.Bool().Draw(t, "sorted") {
			slices.Sort(y)
		}
		model := rapid.SampledFrom([]Model{LogisticModel, GompertzModel, BassModel}).Draw(t, "model")
		c := Fit(model, upTo(n + 1)[1:], y)
		if c.Identified == (c.Refused != "") {
			t.Fatalf("identified %v with the reason %q", c.Identified, c.Refused)
		}
		if c.Identified && !(c.K.Point > 0 && c.K.Lo <= c.K.Point && c.K.Point <= c.K.Hi && c.SSE >= 0) {
			t.Fatalf("identified with K = %+v, SSE %v", c.K, c.SSE)
		}
	})
}

// The derivatives that are written out agree with differences.
func TestSlopes(t *testing.T) {
	for _, model := range []Model{LogisticModel, GompertzModel} {
		f := newFitter(model, upTo(9), []float64{10, 18, 35, 65, 115, 185, 260, 330, 375})
		theta := f.starts(1.3)
		want, got := mat.NewDense(9, curveParams, nil), mat.NewDense(9, curveParams, nil)
		differences(want, f.residuals, theta, 9)
		f.problem().jacobian(got, theta)
		if !mat.EqualApprox(got, want, 1e-7) {
			t.Errorf("%s:\n%v\nwant\n%v", model, mat.Formatted(got), mat.Formatted(want))
		}
	}
}
