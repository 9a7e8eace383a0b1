package overtake

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func mustPassage(t testing.TB, gap, drift, vol float64) Passage {
	t.Helper()
	p, err := NewPassage(gap, drift, vol)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPassageWorkedExample(t *testing.T) {
	p := mustPassage(t, 30, 2.5, 6)
	mean, sd, ok := p.MeanSD()
	if !ok {
		t.Fatal("no mean for a closing gap")
	}
	q := func(prob float64) float64 {
		at, ok := p.Quantile(prob)
		if !ok {
			t.Errorf("no %v quantile", prob)
		}
		return at
	}
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"P(T<=12)", p.By(12), .625531},
		{"endpoint at 12", p.Endpoint(12), .5},
		{"mean", mean, 12},
		{"sd", sd, 8.31384},
		{"10 % quantile", q(.1), 4.37398},
		{"median", q(.5), 9.72683},
		{"90 % quantile", q(.9), 22.4546},
		{"P(ever), drift -0.5", mustPassage(t, 30, -.5, 6).Ever(), .434598},
		{"shift of unit steps", p.DiscreteShift(1), 3.49558},
		{"P(T<=12) seen at unit steps", p.ByObserved(12, 1), .551192},
		{"uncertain drift, 3 nodes", p.ByUncertainDrift(12, .8, 3), .615684},
	} {
		if !near(c.got, c.want) {
			t.Errorf("%s = %.8g, want %v", c.what, c.got, c.want)
		}
	}
}

func TestPassageEdges(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"ahead already", mustPassage(t, 0, -5, 1).By(0), 1},
		{"no time", mustPassage(t, 3, 5, 1).By(0), 0},
		{"no volatility, before", mustPassage(t, 10, 2, 0).By(4.9), 0},
		{"no volatility, after", mustPassage(t, 10, 2, 0).By(5), 1},
		{"no volatility, widening", mustPassage(t, 10, -2, 0).Ever(), 0},
		{"closing", mustPassage(t, 10, .001, 3).Ever(), 1},
		{"huge drift against the noise", mustPassage(t, 1e6, 1e5, 1e-3).By(11), 1},
		{"huge drift, too early", mustPassage(t, 1e6, 1e5, 1e-3).By(9), 0},
		{"huge drift away", mustPassage(t, 1e3, -1e5, 1e-3).By(11), 0},
		{"tiny volatility", mustPassage(t, 1, 1, 1e-300).By(2), 1},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
	if _, ok := mustPassage(t, 30, -.5, 6).Quantile(.5); ok {
		t.Error("a median for a gap that closes with probability 0.43 only")
	}
	for _, bad := range [][3]float64{{math.NaN(), 1, 1}, {1, math.Inf(1), 1}, {1, 1, -1}} {
		if _, err := NewPassage(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("%v: want an error", bad)
		}
	}
}

// The two ways to compute the mirror term must agree where both have digits, and the Mills ratio where its branches meet.
func TestPassageNumericsAgree(t *testing.T) {
	for _, y := range []float64{24.999, 25.001} {
		want := 1 / (y + 1/(y+2/(y+3/(y+4/(y+5/y))))) // continued fraction
		if got := mills(y); math.Abs(got/want-1) > 1e-11 {
			t.Errorf("Mills ratio at %v = %v, want %v", y, got, want)
		}
	}
	p := mustPassage(t, 3, .7, 1.3)
	for _, at := range []float64{.1, 1, 5, 20} {
		s := p.Vol * math.Sqrt(at)
		naive := normCDF((p.Drift*at-p.Gap)/s) + math.Exp(2*p.Drift*p.Gap/(p.Vol*p.Vol))*normCDF(-(p.Drift*at+p.Gap)/s)
		if got := p.By(at); math.Abs(got-naive) > 1e-14 {
			t.Errorf("P(T<=%v) = %v, naively %v", at, got, naive)
		}
	}
}

func drawPassage(r *rapid.T) Passage {
	return Passage{
		Gap:   rapid.Float64Range(1e-6, 1e6).Draw(r, "gap"),
		Drift: rapid.Float64Range(-1e3, 1e3).Draw(r, "drift"),
		Vol:   rapid.Float64Range(1e-9, 1e3).Draw(r, "vol"),
	}
}

func TestPassageIsMonotoneAndAboveEndpoint(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := drawPassage(r)
		t1 := rapid.Float64Range(1e-6, 1e4).Draw(r, "t1")
		t2 := t1 * rapid.Float64Range(1, 100).Draw(r, "factor")
		a, b := p.By(t1), p.By(t2)
		if !(a >= 0 && b <= 1) || math.IsNaN(a) {
			r.Fatalf("%+v: P by %v = %v, by %v = %v: not probabilities", p, t1, a, t2, b)
		}
		if b < a-1e-12 {
			r.Fatalf("%+v: P falls from %v at %v to %v at %v", p, a, t1, b, t2)
		}
		if e := p.Endpoint(t1); a < e-1e-12 {
			r.Fatalf("%+v: P by %v = %v below the endpoint probability %v", p, t1, a, e)
		}
		if ever := p.Ever(); b > ever+1e-9 {
			r.Fatalf("%+v: P by %v = %v above P(ever) %v", p, t2, b, ever)
		}
		if seen := p.ByObserved(t1, .01); seen > a+1e-12 {
			r.Fatalf("%+v: seen at steps %v, more than seen without interruption %v", p, seen, a)
		}
	})
}

func TestPassageTendsToInverseGaussianLimit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := Passage{
			Gap:   rapid.Float64Range(.01, 100).Draw(r, "gap"),
			Drift: rapid.Float64Range(-2, 2).Draw(r, "drift"),
			Vol:   rapid.Float64Range(.1, 10).Draw(r, "vol"),
		}
		if math.Abs(p.Drift) < 1e-3 {
			return // the limit is reached only after ages
		}
		if got, want := p.By(1e12), p.Ever(); math.Abs(got-want) > 1e-4 {
			r.Fatalf("%+v: P by the end of time %v, want %v", p, got, want)
		}
	})
}

func TestPassageQuantileInvertsBy(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		p := Passage{
			Gap:   rapid.Float64Range(.01, 100).Draw(r, "gap"),
			Drift: rapid.Float64Range(-1, 2).Draw(r, "drift"),
			Vol:   rapid.Float64Range(.1, 10).Draw(r, "vol"),
		}
		q := rapid.Float64Range(.01, .99).Draw(r, "q")
		at, ok := p.Quantile(q)
		if !ok {
			if p.Ever() > q+1e-9 {
				r.Fatalf("%+v: no %v quantile though P(ever) is %v", p, q, p.Ever())
			}
			return
		}
		if got := p.By(at); math.Abs(got-q) > 1e-9 {
			r.Fatalf("%+v: P by its %v quantile %v is %v", p, q, at, got)
		}
	})
}

// Averaging over the drift must not depend on the number of nodes once it is large, and agree with a dense average.
func TestPassageUncertainDriftConverges(t *testing.T) {
	p := mustPassage(t, 30, 2.5, 6)
	a, b := p.ByUncertainDrift(12, .8, 32), p.ByUncertainDrift(12, .8, 96)
	if math.Abs(a-b) > 1e-9 {
		t.Errorf("32 nodes give %v, 96 nodes %v", a, b)
	}
	if dense := denseByUncertainDrift(p, 12, .8); math.Abs(a-dense) > 1e-6 {
		t.Errorf("quadrature gives %v, the average over 4,000 cells %v", a, dense)
	}
	if got := p.ByUncertainDrift(12, 0, 32); got != p.By(12) {
		t.Errorf("no uncertainty: %v, want %v", got, p.By(12))
	}
}
