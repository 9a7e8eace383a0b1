package calibration

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	tol := 5e-6 * math.Max(math.Abs(want), 1e-3)
	if math.Abs(got-want) > tol {
		t.Errorf("%s: got %.8g, want %.6g", what, got, want)
	}
}

// The worked examples of METRICS.md 2.5 to 2.9, to the digits given there.
func TestWorkedExamples(t *testing.T) {
	c, err := CRPSNormal(120, 8, 131)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "CRPS normal", c, 7.10623)
	ens := []float64{112, 118, 121, 125, 134}
	c, _ = CRPSEnsemble(ens, 131, false)
	near(t, "CRPS ensemble", c, 6.12)
	c, _ = CRPSEnsemble(ens, 131, true)
	near(t, "CRPS fair", c, 5.1)
	near(t, "PIT", PITNormal(120, 8, 131), 0.915434)
	s, _ := Skill(1.26833, 1.9)
	near(t, "skill", s, 0.332458)
	near(t, "interval score", IntervalScore(104, 136, 0.2, 139), 62)
	near(t, "pinball", Pinball(0.9, 128, 131), 2.7)
	w, err := WIS([]float64{.1, .25, .5, .75, .9}, []float64{110, 115, 120, 126, 133}, 131)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "WIS", w, 6.22)
	q, ok := Conformal([]float64{3.1, .4, 2.2, 5.0, 1.7, 2.9, .8, 4.1, 1.1}, 0.2)
	if !ok {
		t.Fatal("conformal: infinite")
	}
	near(t, "conformal", q, 4.1)
	if _, ok := Conformal([]float64{1, 2, 3}, 0.2); ok {
		t.Error("conformal of three residuals at 80 % must be infinite")
	}
	dm, err := DieboldMariano([]float64{2, -3, 1, 4, -2, 3}, []float64{1, -4, 0, 2, -3, 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "DM", dm.DM, 0.733017)
	near(t, "HLN", dm.HLN, 0.669150)
}

func TestBadInputIsRefusedOrAnswered(t *testing.T) {
	if _, err := CRPSNormal(0, -1, 0); err == nil {
		t.Error("negative sd: no error")
	}
	if _, err := CRPSEnsemble(nil, 0, false); err == nil {
		t.Error("no draws: no error")
	}
	if _, err := CRPSEnsemble([]float64{1}, 0, true); err == nil {
		t.Error("fair score of one draw: no error")
	}
	if _, err := WIS([]float64{.5}, nil, 0); err == nil {
		t.Error("no quantiles: no error")
	}
	if _, err := DieboldMariano([]float64{1, 2}, []float64{1, 2}, 1); err == nil {
		t.Error("two errors: no error")
	}
	if _, ok := MASE([]float64{1}, 0); ok {
		t.Error("flat training series: MASE must be undefined")
	}
	if c := CoverageOf(nil); c.Lo != 0 || c.Hi != 1 {
		t.Errorf("no hits: %+v", c)
	}
	same, err := DieboldMariano([]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}, 1)
	if err != nil || same.DM != 0 || same.PValue != 1 {
		t.Errorf("equal forecasts: %+v %v", same, err)
	}
}

func TestPointMassScoresItsAbsoluteError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mu, y := rapid.Float64Range(-1e6, 1e6).Draw(t, "mu"), rapid.Float64Range(-1e6, 1e6).Draw(t, "y")
		n := rapid.IntRange(1, 6).Draw(t, "n")
		want := math.Abs(mu - y)
		a, _ := CRPSNormal(mu, 0, y)
		x := make([]float64, n)
		for i := range x {
			x[i] = mu
		}
		b, _ := CRPSEnsemble(x, y, false)
		if math.Abs(a-want) > 1e-9*(1+want) || math.Abs(b-want) > 1e-6*(1+want+math.Abs(mu)) {
			t.Fatalf("got %v and %v, want %v", a, b, want)
		}
	})
}

func TestScoresAreNotNegativeAndCRPSMatchesPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1e3, 1e3), 1, 20).Draw(t, "x")
		y := rapid.Float64Range(-1e3, 1e3).Draw(t, "y")
		got, _ := CRPSEnsemble(x, y, false)
		var want float64
		n := float64(len(x))
		for _, a := range x {
			want += math.Abs(a-y) / n
			for _, b := range x {
				want -= math.Abs(a-b) / (2 * n * n)
			}
		}
		if got < -1e-9 || math.Abs(got-want) > 1e-7 {
			t.Fatalf("got %v, want %v", got, want)
		}
		sd := rapid.Float64Range(0, 100).Draw(t, "sd")
		if c, _ := CRPSNormal(0, sd, y); c < 0 {
			t.Fatalf("CRPS of normal: %v", c)
		}
	})
}

// WIS by its definition (median and intervals) equals twice the mean pinball loss.
func TestWISIsMeanPinball(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.SliceOfN(rapid.Float64Range(-100, 100), 5, 5).Draw(t, "q")
		slices.Sort(q)
		y := rapid.Float64Range(-150, 150).Draw(t, "y")
		got, _ := WIS([]float64{.1, .25, .5, .75, .9}, q, y)
		want := (math.Abs(y-q[2])/2 + 0.25*IntervalScore(q[1], q[3], 0.5, y) + 0.1*IntervalScore(q[0], q[4], 0.2, y)) / 2.5
		if math.Abs(got-want) > 1e-9 {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// PIT is uniform on data drawn from the forecast: Kolmogorov-Smirnov at p > 0.001 for fixed seeds, normal and by quantiles.
func TestPITIsUniform(t *testing.T) {
	const n = 2000
	levels, q := []float64{}, []float64{}
	for i := 1; i < 20; i++ {
		levels = append(levels, float64(i)/20)
	}
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 11))
		draws := make([]float64, 20000)
		for i := range draws {
			draws[i] = rng.ExpFloat64()
		}
		slices.Sort(draws)
		q = q[:0]
		for _, p := range levels {
			q = append(q, draws[int(p*float64(len(draws)))])
		}
		u, v := make([]float64, n), make([]float64, n)
		for i := range u {
			mu, sd := 10*rng.NormFloat64(), 0.1+rng.Float64()
			u[i] = PITNormal(mu, sd, mu+sd*rng.NormFloat64())
			v[i] = PITQuantiles(levels, q, rng.ExpFloat64())
		}
		limit := 1.95 / math.Sqrt(n)
		if d := ks(u); d > limit {
			t.Errorf("seed %d: normal PIT: KS distance %v > %v", seed, d, limit)
		}
		if d := ks(v); d > limit+0.03 { // the tails are lumps of half a level
			t.Errorf("seed %d: quantile PIT: KS distance %v", seed, d)
		}
	}
}

// ks is the largest distance of the empirical distribution from uniform.
func ks(u []float64) float64 {
	s := slices.Clone(u)
	slices.Sort(s)
	var d float64
	for i, v := range s {
		d = math.Max(d, math.Max(math.Abs(v-float64(i)/float64(len(s))), math.Abs(v-float64(i+1)/float64(len(s)))))
	}
	return d
}

// Coverage takes its interval from package measure, which has the worked examples of Wilson's interval and of the effective number.
func TestCoverageOfHits(t *testing.T) {
	hits := make([]bool, 52)
	for i := range hits {
		hits[i] = i%5 != 4 || i < 4 // 42 of 52, no runs of misses
	}
	c := CoverageOf(hits)
	want, err := measure.Wilson(c.Hits, 52, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if c.NEff != 52 || c.Lo != want.Lo || c.Hi != want.Hi {
		t.Errorf("%+v, want the interval of %v of 52: %v to %v", c, c.Hits, want.Lo, want.Hi)
	}
	if none := CoverageOf(nil); none.Lo != 0 || none.Hi != 1 {
		t.Errorf("nothing seen: %+v, want 0 to 1", none)
	}
}

// The score of a forecast by quantiles: by hand for few of them, and near that of the normal distribution for many.
func TestCRPSOfQuantiles(t *testing.T) {
	got, err := CRPSQuantiles([]float64{0.5}, []float64{120}, 131)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a single median is a point", got, 11)
	// F is 0 below 0, then 0.25 to 0.75 on [0, 4], then 1. At y = 2: twice the integral of (0.25 + x/8)^2 over [0, 2] = 0.583333
	if got, err = CRPSQuantiles([]float64{0.25, 0.75}, []float64{0, 4}, 2); err != nil {
		t.Fatal(err)
	}
	near(t, "two quartiles", got, 0.583333)
	if got, err = CRPSQuantiles([]float64{0.25, 0.75}, []float64{0, 4}, 6); err != nil {
		t.Fatal(err)
	}
	near(t, "beyond them", got, 2+13.0/12) // integral of F^2 over [0, 4] = 13/12, then 1 for two units
	var p, q []float64
	for i := 1; i < 400; i++ {
		p = append(p, float64(i)/400)
		q = append(q, 120+8*distuv.UnitNormal.Quantile(float64(i)/400))
	}
	if got, err = CRPSQuantiles(p, q, 131); err != nil {
		t.Fatal(err)
	}
	want, err := CRPSNormal(120, 8, 131)
	if err != nil || math.Abs(got-want) > 0.005*want {
		t.Errorf("400 quantiles of a normal: %v, its own score is %v", got, want)
	}
	if _, err := CRPSQuantiles(nil, nil, 1); !errors.Is(err, ErrNothing) {
		t.Errorf("no quantile: %v", err)
	}
}

func TestCoverageCountsCorrelatedHitsForLess(t *testing.T) {
	runs := make([]bool, 60)
	alternate := make([]bool, 60)
	for i := range runs {
		runs[i] = i%20 < 16
		alternate[i] = i%5 != 0
	}
	a, b := CoverageOf(runs), CoverageOf(alternate)
	if a.Share != 0.8 || b.Share != 0.8 {
		t.Fatalf("shares %v, %v", a.Share, b.Share)
	}
	if a.NEff >= 30 || b.NEff != 60 || a.Hi-a.Lo <= b.Hi-b.Lo {
		t.Errorf("runs %+v, alternating %+v", a, b)
	}
}
