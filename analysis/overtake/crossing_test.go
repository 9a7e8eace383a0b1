package overtake

import (
	"math"
	"math/rand/v2"
	"testing"
)

// near reports whether got equals want to six significant digits, as the worked examples are given.
func near(got, want float64) bool {
	return math.Abs(got-want) <= 5.1e-6*math.Pow(10, math.Floor(math.Log10(math.Abs(want)))+0)*1.001
}

func TestCrossLines(t *testing.T) {
	got, ok := CrossLines(Line{503, 31}, Line{222, 68})
	if !ok || !near(got, 7.59459) {
		t.Errorf("lines 503+31t and 222+68t cross at %v, %v; want 7.59459", got, ok)
	}
	if got, ok := CrossLines(Line{503, 68}, Line{222, 31}); ok {
		t.Errorf("the slower line behind crosses at %v; want never", got)
	}
	if got, ok := CrossLines(Line{503, 31}, Line{222, 31}); ok {
		t.Errorf("parallel lines cross at %v; want never", got)
	}
	if got, ok := CrossLines(Line{5, 3}, Line{5, 3}); !ok || got != 0 {
		t.Errorf("equal lines meet at %v, %v; want now", got, ok)
	}
}

func TestCrossExponentials(t *testing.T) {
	got, ok := CrossExponentials(Exponential{503, .07}, Exponential{222, .31})
	if !ok || !near(got, 4.04170) {
		t.Errorf("503 at 7 %% and 222 at 31 %% cross at %v, %v; want 4.04170", got, ok)
	}
	for _, never := range [][2]Exponential{
		{{503, .31}, {222, .07}}, {{503, .1}, {222, .1}}, {{0, .1}, {222, .2}}, {{503, .1}, {222, -1}},
	} {
		if got, ok := CrossExponentials(never[0], never[1]); ok {
			t.Errorf("%v and %v cross at %v; want never", never[0], never[1], got)
		}
	}
}

func TestRatioIntervals(t *testing.T) {
	r := Ratio{Gap: 281, GapSE: 6, Slope: 37, SlopeSE: 1.5, Corr: -.4}
	at, se, err := r.Delta()
	if err != nil || !near(at, 7.59459) || !near(se, .401291) {
		t.Errorf("delta method gives %v ± %v, %v; want 7.59459 ± 0.401291", at, se, err)
	}
	f, err := r.Fieller(1.95996398454)
	if err != nil || !f.Bounded || !near(f.Lo, 6.86184) || !near(f.Hi, 8.44418) || !near(f.G, .00631357) {
		t.Errorf("Fieller gives %+v, %v; want (6.86184, 8.44418), g 0.00631357", f, err)
	}
}

func TestFiellerIsUnboundedWithoutASlope(t *testing.T) {
	f, err := Ratio{Gap: 281, GapSE: 6, Slope: 2, SlopeSE: 1.5}.Fieller(1.96)
	if err != nil || f.Bounded || f.Everything || f.G < 1 || !(f.Lo < 0 && f.Hi > 0) {
		t.Errorf("weak slope: %+v, %v; want everything outside an interval, g >= 1", f, err)
	}
	f, err = Ratio{Gap: 1, GapSE: 6, Slope: .1, SlopeSE: 1.5}.Fieller(1.96)
	if err != nil || f.Bounded || !f.Everything {
		t.Errorf("neither gap nor slope: %+v, %v; want the whole axis", f, err)
	}
	if _, err := (Ratio{Gap: 1, GapSE: -1, Slope: 1}).Fieller(1.96); err == nil {
		t.Error("negative standard error: want an error")
	}
	if _, _, err := (Ratio{Gap: 1, Slope: 0}).Delta(); err == nil {
		t.Error("no slope: want an error")
	}
}

// The 95 % intervals must cover the true time in 93 to 97 % of 2,000 seeded replicates.
func TestRatioIntervalsCover(t *testing.T) {
	const gap, gapSE, slope, slopeSE, rho = 281.0, 6.0, 37.0, 4.0, -.4
	rng := rand.New(rand.NewPCG(1, 2))
	var fieller, delta int
	for range 2000 {
		u, v := rng.NormFloat64(), rng.NormFloat64()
		r := Ratio{gap + gapSE*u, gapSE, slope + slopeSE*(rho*u+math.Sqrt(1-rho*rho)*v), slopeSE, rho}
		f, err := r.Fieller(1.95996398454)
		if err != nil {
			t.Fatal(err)
		}
		if f.Lo <= gap/slope && gap/slope <= f.Hi {
			fieller++
		}
		at, se, _ := r.Delta()
		if math.Abs(at-gap/slope) <= 1.95996398454*se {
			delta++
		}
	}
	if fieller < 1860 || fieller > 1940 {
		t.Errorf("Fieller's 95 %% intervals held the truth %d times of 2000, want 1860 to 1940", fieller)
	}
	if delta < 1860 || delta > 1940 {
		t.Errorf("the delta method's held it %d times of 2000, want 1860 to 1940", delta)
	}
}
