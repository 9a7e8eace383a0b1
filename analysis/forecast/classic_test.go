package forecast

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/overtake-analytics/overtake/analysis/calibration"
)

// near compares to the six digits that the worked examples give.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 5.5e-6*math.Max(math.Abs(want), 1e-3) {
		t.Errorf("%s: got %.9g, want %.6g", what, got, want)
	}
}

// METRICS.md 2.1.
func TestWorkedExampleSimpleSmoothing(t *testing.T) {
	p := Smoothing{Alpha: 0.3, Phi: 1}
	y := []float64{100, 104, 109, 108, 115}
	l, _, sse := p.Run(y[0], 0, y[1:])
	near(t, "level", l, 107.915)
	near(t, "mean squared error", sse/4, 49.7966)
	sd := math.Sqrt(sse / 4 * p.VarianceFactor(3))
	near(t, "sd at 3", sd, 7.66551)
	const z = 1.95996398454
	near(t, "lo", p.Ahead(l, 0, 3)-z*sd, 92.8905)
	near(t, "hi", p.Ahead(l, 0, 3)+z*sd, 122.939)
}

// METRICS.md 2.1b.
func TestWorkedExampleLocalLevel(t *testing.T) {
	m := LocalLevel{H: 16, Q: 4}
	a, p, ll := m.Filter(100, 25, []float64{104, 109, 108, 115})
	near(t, "level", a, 109.912)
	near(t, "variance", p, 10.3961)
	near(t, "log-likelihood", ll, -12.9085)
	near(t, "variance at 3", m.Ahead(p, 3), 34.3961)
	near(t, "gain", m.Gain(), 0.390388)
}

// METRICS.md 2.2.
func TestWorkedExampleDampedTrend(t *testing.T) {
	p := Smoothing{Alpha: 0.5, Beta: 0.2, Phi: 0.9}
	l, b, sse := p.Run(100, 4, []float64{105, 108, 113, 115, 121})
	near(t, "level", l, 119.483)
	near(t, "slope", b, 3.44994)
	near(t, "variance", sse/5, 2.99334)
	near(t, "ahead 1", p.Ahead(l, b, 1), 122.588)
	near(t, "ahead 4", p.Ahead(l, b, 4), 130.161)
	near(t, "limit", p.Ahead(l, b, 1000), 150.533)
	v := sse / 5 * p.VarianceFactor(4)
	near(t, "variance at 4", v, 9.42038)
	const z = 1.95996398454
	near(t, "lo", p.Ahead(l, b, 4)-z*math.Sqrt(v), 124.146)
	near(t, "hi", p.Ahead(l, b, 4)+z*math.Sqrt(v), 136.177)
}

func TestBothVarianceFormsAgreeAndWidthsGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Smoothing{Alpha: rapid.Float64Range(0.01, 0.99).Draw(t, "alpha"), Phi: rapid.Float64Range(0.7, 0.98).Draw(t, "phi")}
		p.Beta = p.Alpha * rapid.Float64Range(0, 1).Draw(t, "beta*")
		before := 0.0
		for h := 1; h <= 24; h++ {
			a, b := p.VarianceFactor(h), p.VarianceFactorClosed(h)
			if math.Abs(a-b) > 1e-10*math.Max(1, a) {
				t.Fatalf("%+v at %d: %v and %v", p, h, a, b)
			}
			if a < before {
				t.Fatalf("%+v: variance fell at %d", p, h)
			}
			before = a
		}
	})
}

// METRICS.md 2.3 and 2.4: drift, and a rolling-origin backtest of it.
func TestWorkedExampleDrift(t *testing.T) {
	near(t, "sd", driftSD(1.6, 4, 8), 4.01141)
	y := []float64{100, 103, 107, 110, 116, 119, 125, 128}
	m, _ := Drift(y, 4)
	near(t, "mean", m, 144)
	var ae, errs []float64
	var is, crps float64
	hits := 0
	const z = 1.28155156554
	for o := 4; o < 8; o++ {
		m, sd := Drift(y[:o], 1)
		ae, errs = append(ae, y[o]-m), append(errs, y[o]-m)
		lo, hi := m-z*sd, m+z*sd
		is += calibration.IntervalScore(lo, hi, 0.2, y[o]) / 4
		c, err := calibration.CRPSNormal(m, sd, y[o])
		if err != nil {
			t.Fatal(err)
		}
		crps += c / 4
		hits += b2i(lo <= y[o] && y[o] <= hi)
	}
	for i, want := range []float64{2.66667, -1, 2.2, -1.16667} {
		near(t, "error", errs[i], want)
	}
	scale := calibration.NaiveScale(y[:4], 1)
	near(t, "scale", scale, 3.33333)
	mase, _ := calibration.MASE(ae, scale)
	near(t, "MASE", mase, 0.527500)
	near(t, "interval score", is, 8.82901)
	near(t, "CRPS", crps, 1.26833)
	if hits != 2 {
		t.Errorf("80 %% intervals held %d of 4, want 2", hits)
	}
}

// A drift track forecasts what Drift says, at each step.
func TestDriftTrackIsDrift(t *testing.T) {
	y := []float64{5, 9, 4, 12, 18, 11}
	w := &work{y: y, hs: []int{1, 4}, m: 1}
	tr := driftTrack(w)
	for o := 1; o < len(y); o++ {
		for j, h := range w.hs {
			want, _ := Drift(y[:o+1], h)
			if got := tr.f[o*2+j]; math.Abs(got-want) > 1e-12 {
				t.Errorf("after %d values, h=%d: got %v, want %v", o+1, h, got, want)
			}
		}
	}
}
