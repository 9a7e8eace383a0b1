package forecast

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var probs5 = []float64{0.1, 0.25, 0.5, 0.75, 0.9}

// simulate draws a log-scale trend seen every gap days with rounding noise.
func simulate(rng *rand.Rand, n int, gap, slope, vol, sd float64) []Obs {
	out := make([]Obs, n)
	l := math.Log(1e6)
	for i := range out {
		y := math.Exp(l)
		out[i] = Obs{T: 15000 + gap*float64(i), Y: y + sd*rng.NormFloat64(), SD: sd}
		l += slope*gap + vol*math.Sqrt(gap)*rng.NormFloat64()
	}
	return out
}

func TestFitAnswersWhateverItIsGiven(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	series := func(y ...float64) []Obs {
		out := make([]Obs, len(y))
		for i, v := range y {
			out[i] = Obs{T: float64(30 * i), Y: v}
		}
		return out
	}
	cases := map[string][]Obs{
		"one reading":       series(5e6),
		"two readings":      series(5e6, 6e6),
		"three readings":    series(5e6, 6e6, 6.5e6),
		"five readings":     simulate(rng, 5, 30, 0.001, 0.003, 1e3),
		"thirty readings":   simulate(rng, 30, 30, 0.001, 0.003, 1e3),
		"500 readings":      simulate(rng, 500, 1, 0.0005, 0.003, 1e3),
		"all zero":          series(0, 0, 0, 0),
		"starts at zero":    series(0, 10, 30, 70, 100, 150),
		"all equal":         series(7, 7, 7, 7, 7, 7, 7),
		"falling":           series(100, 80, 65, 50, 41, 33, 25),
		"falling below":     series(3, 2, 1, 0, -1, -2, -3),
		"huge":              series(1e18, 1.1e18, 1.3e18, 1.35e18),
		"tiny":              series(1e-12, 2e-12, 3e-12),
		"absurd outlier":    series(100, 102, 104, 106, 1e12, 110, 112, 114, 116, 118),
		"year of silence":   {{T: 0, Y: 1e6}, {T: 30, Y: 1.1e6}, {T: 400, Y: 1.5e6}, {T: 430, Y: 1.6e6}},
		"out of order":      {{T: 60, Y: 3}, {T: 0, Y: 1}, {T: 30, Y: 2}},
		"same instant":      {{T: 0, Y: 100}, {T: 30, Y: 110}, {T: 30, Y: 130}, {T: 60, Y: 125}},
		"noise beats value": {{T: 0, Y: 1, SD: 100}, {T: 30, Y: 2, SD: 100}},
	}
	for name, obs := range cases {
		t.Run(name, func(t *testing.T) {
			for _, spec := range []Spec{{}, {Trend: TrendLinear}, {Trend: TrendNone}, {Scale: ScaleRoot}, {Scale: ScaleLevel}} {
				m, err := Fit(obs, spec)
				if spec.Scale == ScaleRoot && name == "falling below" {
					if err == nil {
						t.Fatal("root of a negative reading: no error")
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				at := []float64{m.Last(), m.Last() + 1, m.Last() + 30, m.Last() + 730}
				before := math.Inf(-1)
				for i, q := range m.Quantiles(at, probs5) {
					for j, v := range q {
						if math.IsNaN(v) || math.IsInf(v, 0) || (j > 0 && v < q[j-1]) {
							t.Fatalf("%+v at +%v: quantiles %v", spec, at[i]-m.Last(), q)
						}
					}
					if w := q[4] - q[0]; !m.Log() && m.power == 0 && !m.floor && w < before*(1-1e-3) {
						t.Fatalf("%+v: width fell from %v to %v", spec, before, w)
					} else {
						before = w
					}
				}
				for _, p := range m.Paths(rand.New(rand.NewPCG(1, 1)), at, 50) {
					for _, v := range p {
						if math.IsNaN(v) || math.IsInf(v, 0) {
							t.Fatalf("path %v", p)
						}
					}
				}
			}
		})
	}
}

func TestFitRefusesWhatIsNoNumber(t *testing.T) {
	for _, bad := range [][]Obs{
		{{T: math.NaN(), Y: 1}}, {{T: 1, Y: math.NaN()}}, {{T: 1, Y: math.Inf(1)}}, {{T: 1, Y: 1, SD: -1}}, {{T: 1, Y: 1, SD: math.NaN()}},
	} {
		if _, err := Fit(bad, Spec{}); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
	if _, err := Fit(nil, Spec{}); !errors.Is(err, ErrNoReadings) {
		t.Errorf("no readings: %v", err)
	}
	if _, err := Fit([]Obs{{T: 1, Y: 0}}, Spec{Scale: ScaleLog}); err == nil {
		t.Error("log of zero: no error")
	}
}

// The intervals of series drawn from the model's own family hold the truth as often as they say, for few and many readings.
func TestFitIsCalibratedOnItsOwnFamily(t *testing.T) {
	for _, n := range []int{5, 12, 40} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(7, uint64(n)))
			const runs = 300
			hit := 0
			for range runs {
				slope := 0.001 * rng.NormFloat64()
				obs := simulate(rng, n+6, 30, slope, 0.004*math.Exp(0.5*rng.NormFloat64()), 500)
				m, err := Fit(obs[:n], Spec{})
				if err != nil {
					t.Fatal(err)
				}
				q := m.Quantiles([]float64{obs[n+5].T}, []float64{0.1, 0.9})[0]
				if q[0] <= obs[n+5].Y && obs[n+5].Y <= q[1] {
					hit++
				}
			}
			// 80 % of 300 is 240; four standard errors are 28, and a prior that allows for slopes that change may cover more
			if hit < 212 || hit > 285 {
				t.Errorf("80 %% intervals held %d of %d", hit, runs)
			}
		})
	}
}

func TestPathsAgreeWithQuantilesAndRepeat(t *testing.T) {
	m, err := Fit(simulate(rand.New(rand.NewPCG(3, 3)), 24, 30, 0.001, 0.004, 500), Spec{})
	if err != nil {
		t.Fatal(err)
	}
	at := []float64{m.Last() + 30, m.Last() + 365}
	const n = 20000
	p := m.Paths(rand.New(rand.NewPCG(5, 5)), at, n)
	if d := cmp.Diff(p[:100], m.Paths(rand.New(rand.NewPCG(5, 5)), at, n)[:100]); d != "" {
		t.Fatalf("same seed, other paths: %s", d)
	}
	q := m.Quantiles(at, probs5)
	for k := range at {
		x := make([]float64, n)
		for i := range p {
			x[i] = p[i][k]
		}
		slices.Sort(x)
		for j, pr := range probs5 {
			below, _ := slices.BinarySearch(x, q[k][j])
			if got := float64(below) / n; math.Abs(got-pr) > 4*math.Sqrt(pr*(1-pr)/n) {
				t.Errorf("at %d: share of paths below quantile %v is %v", k, pr, got)
			}
		}
	}
}

// Two steps of d/2 are one step of d, for the mean and the covariance, with and without damping.
func TestTransitionIsExactInTime(t *testing.T) {
	for _, k := range []float64{0, 1e-6, 0.01, 0.5} {
		th := theta{sigmaL: 0.3, sigmaB: 0.2, kappa: k}
		s := state{l: 1, b: 0.5, pll: 0.4, plb: 0.1, pbb: 0.2}
		one, two := th.ahead(s, 7), th.ahead(th.ahead(s, 2.5), 4.5)
		for i, d := range []float64{one.l - two.l, one.b - two.b, one.pll - two.pll, one.plb - two.plb, one.pbb - two.pbb} {
			if math.Abs(d) > 1e-4*one.pll {
				t.Errorf("kappa %v, part %d: differ by %v", k, i, d)
			}
		}
	}
}

func TestUnitChangeChangesNothing(t *testing.T) {
	obs := simulate(rand.New(rand.NewPCG(9, 9)), 20, 30, 0.001, 0.004, 500)
	wan := slices.Clone(obs)
	for i := range wan {
		wan[i].Y, wan[i].SD, wan[i].T = wan[i].Y/1e4, wan[i].SD/1e4, wan[i].T+1000
	}
	for _, scale := range []Scale{ScaleLog, ScaleLevel, ScaleRoot} {
		a, _ := Fit(obs, Spec{Scale: scale})
		b, _ := Fit(wan, Spec{Scale: scale})
		qa := a.Quantiles([]float64{a.Last() + 100}, probs5)[0]
		qb := b.Quantiles([]float64{b.Last() + 100}, probs5)[0]
		for j := range qa {
			if r := qa[j] / (qb[j] * 1e4); math.Abs(r-1) > 1e-3 {
				t.Errorf("scale %d quantile %v: ratio %v", scale, probs5[j], r)
			}
		}
	}
}

func TestDaysAndDateAreInverse(t *testing.T) {
	at := time.Date(2011, 2, 28, 12, 0, 0, 0, time.UTC)
	if got := Date(Days(at)); !got.Equal(at) {
		t.Errorf("got %v, want %v", got, at)
	}
}

func BenchmarkFit60(b *testing.B) {
	obs := simulate(rand.New(rand.NewPCG(9, 9)), 60, 30, 0.001, 0.004, 500)
	for b.Loop() {
		if _, err := Fit(obs, Spec{}); err != nil {
			b.Fatal(err)
		}
	}
}
