package forecast

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// regular wraps values as a work on which every step was seen.
func regular(y []float64, m int, hs ...int) *work {
	seen := make([]bool, len(y))
	for i := range seen {
		seen[i] = true
	}
	g := &grid{y: y, seen: seen, m: m}
	return g.work(hs)
}

func made(n int, f func(i int) float64) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = f(i)
	}
	return y
}

// Each candidate finds the pattern that it is for, without noise.
func TestCandidatesFindTheirPattern(t *testing.T) {
	flat := made(40, func(i int) float64 { return 100 + 3*float64(i*7%5-2)/2 })
	logistic500 := made(40, func(i int) float64 { return 500 / (1 + math.Exp(-0.3*(float64(i)-20))) })
	line := made(40, func(i int) float64 { return 100 + 7*float64(i) })
	expo := made(40, func(i int) float64 { return 100 * math.Pow(1.05, float64(i)) })
	season := func(i int) float64 { return 20 * math.Sin(2*math.Pi*float64(i)/12) }
	wave := made(72, func(i int) float64 { return 100 + 2*float64(i) + season(i) })
	fading := made(40, func(i int) float64 { return 1000 - 500*math.Pow(0.8, float64(i)) })
	cases := []struct {
		name string
		y    []float64
		m    int
		run  func(w *work) *track
		want func(i int) float64
		tol  float64
	}{
		{"drift", line, 1, driftTrack, func(i int) float64 { return 100 + 7*float64(i) }, 1e-9},
		{"recent steps", line, 1, func(w *work) *track { return recentTrack(w, 6, "x") }, func(i int) float64 { return 100 + 7*float64(i) }, 1e-9},
		{"trend", line, 1, func(w *work) *track { return etsTrack(w, etsForm{name: "x", trend: true}) }, func(i int) float64 { return 100 + 7*float64(i) }, 1e-6},
		{"state space", line, 1, func(w *work) *track { return stateTrack(w, 0, TrendDamped) }, func(i int) float64 { return 100 + 7*float64(i) }, 3},
		{"local level", flat, 1, func(w *work) *track { return stateTrack(w, 3, TrendNone) }, func(int) float64 { return 100 }, 1},
		{"growth curve", logistic500, 1, curveTrack, func(i int) float64 { return 500 / (1 + math.Exp(-0.3*(float64(i)-20))) }, 3},
		{"log drift", expo, 1, func(w *work) *track { l := logWork(w); return expTracks(l, []*track{driftTrack(l)})[0] }, func(i int) float64 { return 100 * math.Pow(1.05, float64(i)) }, 1e-6},
		{"AR of differences", fading, 1, func(w *work) *track {
			return arTrack(w, diffForm{name: "x", step: true, orders: []int{1}})
		}, func(i int) float64 { return 1000 - 500*math.Pow(0.8, float64(i)) }, 1},
		{"seasonal AR", wave, 12, func(w *work) *track {
			return arTrack(w, diffForm{name: "x", seasonal: true, mean: true, orders: []int{0, 1}})
		}, func(i int) float64 { return 100 + 2*float64(i) + season(i) }, 1e-6},
		{"seasonal smoothing", wave, 12, func(w *work) *track {
			return etsTrack(w, etsForm{name: "x", trend: true, damped: true, seasonal: true})
		}, func(i int) float64 { return 100 + 2*float64(i) + season(i) }, 8},
		{"adjusted drift", wave, 12, func(w *work) *track {
			se, _ := seasonOf(w.y, 12, false)
			return adjustedTracks(w, se)[0]
		}, func(i int) float64 { return 100 + 2*float64(i) + season(i) }, 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := regular(c.y, c.m, 1, 3, 6)
			tr := c.run(w)
			if tr == nil {
				t.Fatal("no track")
			}
			n := len(c.y)
			for j, h := range w.hs {
				got, want := tr.f[(n-1)*3+j], c.want(n-1+h)
				if math.Abs(got-want) > c.tol {
					t.Errorf("h=%d: got %v, want %v", h, got, want)
				}
			}
		})
	}
}

// What a candidate would have said at step t with these parameters depends on nothing after t: changing later values beyond the fit
// changes no earlier state. Parameters are fitted on all, so this is checked where there are none.
func TestParameterFreeTracksDoNotLookAhead(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	y := made(30, func(i int) float64 { return 50 + float64(i) + rng.NormFloat64() })
	z := slices.Clone(y)
	for i := 20; i < 30; i++ {
		z[i] *= 3
	}
	for _, run := range []func(w *work) *track{driftTrack, naiveTrack, func(w *work) *track { return recentTrack(w, 3, "x") }} {
		a, b := run(regular(y, 1, 1, 5)), run(regular(z, 1, 1, 5))
		if !slices.Equal(a.f[:20*2], b.f[:20*2]) {
			t.Errorf("%s: forecasts before step 20 changed with values after it", a.name)
		}
	}
}

func TestRunningSlopeIsLeastSquares(t *testing.T) {
	y := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	for n := 2; n <= len(y); n++ {
		var tm, ym, sxy, sxx float64
		for i := range n {
			tm, ym = tm+float64(i)/float64(n), ym+y[i]/float64(n)
		}
		for i := range n {
			sxy += (float64(i) - tm) * (y[i] - ym)
			sxx += (float64(i) - tm) * (float64(i) - tm)
		}
		if got := runningSlope(y)[n-1]; math.Abs(got-sxy/sxx) > 1e-12 {
			t.Errorf("n=%d: got %v, want %v", n, got, sxy/sxx)
		}
	}
}

func TestCombinationPrefersWhatWasRight(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	y := made(60, func(i int) float64 { return 1000 + 25*float64(i) + rng.NormFloat64() })
	w := regular(y, 1, 1, 6)
	mx := combine(w, []*track{naiveTrack(w), driftTrack(w)}, standard)
	for j := range w.hs {
		if mx.weight[j][1] < 0.95 {
			t.Errorf("horizon %d: drift weighs %v on a line", w.hs[j], mx.weight[j][1])
		}
		if s := mx.weight[j][0] + mx.weight[j][1]; math.Abs(s-1) > 1e-12 {
			t.Errorf("weights sum to %v", s)
		}
	}
	if !strings.Contains(mx.plainWords(), "drift") {
		t.Errorf("words: %q", mx.plainWords())
	}
}

// The combination at a step uses errors known at that step: its past errors do not change when the future does.
func TestCombinationDoesNotLookAhead(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	y := made(40, func(i int) float64 { return 100 + 3*float64(i) + 2*rng.NormFloat64() })
	z := slices.Clone(y)
	for i := 30; i < 40; i++ {
		z[i] = 1e4
	}
	run := func(y []float64) *mix {
		w := regular(y, 1, 1, 3)
		for i := range w.w {
			w.w[i] = 1
		}
		return combine(w, []*track{naiveTrack(w), driftTrack(w), recentTrack(w, 3, "x")}, standard)
	}
	a, b := run(y), run(z)
	for j, h := range []int{1, 3} {
		n := 30 - h - 1 // errors of origins from 1 whose target lies before step 30
		if !slices.Equal(a.err[j][:n], b.err[j][:n]) {
			t.Errorf("h=%d: past errors changed with later values", h)
		}
	}
}

func TestLocalScaleFollowsTheEra(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	y := made(80, func(i int) float64 {
		if i < 40 {
			return 100 + rng.NormFloat64()
		}
		return 1e6 + 1e4*rng.NormFloat64()
	})
	w := regular(y, 1, 1)
	if early, late := 1/w.w[30], 1/w.w[79]; early > 50 || late < 2000 {
		t.Errorf("scale is %v early and %v late", early, late)
	}
}

func TestStationarityIsJudgedByTheRoots(t *testing.T) {
	cases := []struct {
		lags []int
		coef []float64
		want bool
	}{
		{[]int{1}, []float64{0.9}, true},
		{[]int{1}, []float64{1.01}, false},
		{[]int{1, 2}, []float64{1.5, -0.7}, true}, // complex roots inside, though the coefficients sum in absolute value to 2.2
		{[]int{1, 2}, []float64{0.5, 0.6}, false},
		{[]int{1, 12}, []float64{0.3, 0.6}, true},
		{[]int{12}, []float64{-1.2}, false},
	}
	for _, c := range cases {
		f := &arFit{lags: c.lags, coef: slices.Clone(c.coef)}
		if got := f.stationary(); got != c.want {
			t.Errorf("lags %v coefficients %v: stationary %v", c.lags, c.coef, got)
		}
		if f.tame(); !f.stationary() {
			t.Errorf("lags %v coefficients %v: tamed to %v, still not stationary", c.lags, c.coef, f.coef)
		}
	}
}

// A curve is a candidate only where saturation can be told, and its past was foretold by a curve that had not seen it.
func TestGrowthCurvesOnlyWhereIdentified(t *testing.T) {
	w := func(n int, f func(i int) float64) *work {
		y := make([]float64, n)
		seen := make([]bool, n)
		for i := range y {
			y[i], seen[i] = f(i), true
		}
		wk := &work{y: y, seen: seen, m: 1, hs: []int{1, 6}}
		s := localScale(y, seen, 1, 0)
		wk.w = make([]float64, n)
		for i, v := range s {
			wk.w[i] = 1 / v
		}
		return wk
	}
	curve := func(i int) float64 { return 500 / (1 + math.Exp(-0.3*(float64(i)-20))) }
	for name, c := range map[string]*work{
		"before the inflection": w(18, curve), "a straight line": w(40, func(i int) float64 { return 10 + float64(i) }), "falling": w(40, func(i int) float64 { return 100 - float64(i) }),
		"zero": w(40, func(int) float64 { return 0 }), "short": w(8, curve),
	} {
		if tr := curveTrack(c); tr != nil {
			t.Errorf("%s: a curve that cannot be told: %s", name, tr.name)
		}
	}
	whole := w(40, curve)
	before := curveTrack(whole)
	whole.y[39] = 5000 // what comes after a step must not reach what is said at the step
	then, ok := curveOf(whole.y[:26])
	if before == nil || !ok {
		t.Fatal("no curve")
	}
	if want := whole.y[30] + then.At(36) - then.At(30); math.Abs(before.f[30*2+1]-want) > 1e-9 {
		t.Errorf("forecast of step 36 at 30: %v, want %v from the first two thirds", before.f[30*2+1], want)
	}
}
