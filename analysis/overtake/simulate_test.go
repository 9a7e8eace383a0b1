package overtake

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

const manyPaths = 20000

// still is a series that stays where it is.
func still(level float64) GrowthModel {
	return GrowthModel{LogLevel: level, Nodes: []DriftNode{{Weight: 1}}}
}

// brownian is a series with steady uncertain growth per month and volatility per root month.
func brownian(level, growth, growthSD, vol float64) GrowthModel {
	return GrowthModel{LogLevel: level, Nodes: []DriftNode{{Weight: 1, Mean: growth, SD: growthSD}}, Vol: vol}
}

func sampleOf(challenger, leader PathModel, days []float64, n int, seed uint64) *Sample {
	rng := func(k uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, k)) }
	return compare(challenger.LogPaths(rng(1), days, n), leader.LogPaths(rng(2), days, n), days, math.Inf(1), rng(3))
}

// within reports whether a simulated probability lies within 3 Monte Carlo standard errors of the true one; 3 more counts
// are allowed because rare events are not normal.
func within(got, want float64, n int) bool {
	return math.Abs(got-want) <= 3*math.Sqrt(want*(1-want)/float64(n))+3/float64(n)
}

func TestSimulationAgreesWithFirstPassage(t *testing.T) {
	for _, c := range []struct {
		name                     string
		gap, drift, driftSD, vol float64 // per month
	}{
		{"closing", .3, .025, 0, .06},
		{"closing, uncertain drift", .3, .025, .008, .06},
		{"widening", .1, -.005, 0, .06},
		{"almost no noise", .3, .02, .01, .001},
		{"no drift", .2, 0, 0, .1},
	} {
		t.Run(c.name, func(t *testing.T) {
			days := horizonGrid(1826)
			// half of the variance on either side
			half := c.vol / math.Sqrt2
			s := sampleOf(brownian(1, c.drift, c.driftSD, half), brownian(1+c.gap, 0, 0, half), days, manyPaths, 7)
			p := mustPassage(t, c.gap, c.drift, c.vol)
			for i, d := range days[1:] {
				month := d / daysPerMonth
				if want := denseByUncertainDrift(p, month, c.driftSD); !within(s.Ever[i+1], want, manyPaths) {
					t.Errorf("day %v: P(ever ahead) simulated %v, closed form %v", d, s.Ever[i+1], want)
				}
				if want := endpointUncertain(p, month, c.driftSD); !within(s.Ahead[i+1], want, manyPaths) {
					t.Errorf("day %v: P(ahead) simulated %v, closed form %v", d, s.Ahead[i+1], want)
				}
			}
		})
	}
}

// denseByUncertainDrift averages over the drift on 4,000 equal cells of its distribution: right even where the outcome is
// a step function of the drift, which a polynomial rule is not.
func denseByUncertainDrift(p Passage, t, sd float64) float64 {
	const cells = 4000
	var sum float64
	for k := range cells {
		q := p
		q.Drift += sd * distuv.UnitNormal.Quantile((float64(k)+.5)/cells)
		sum += q.By(t) / cells
	}
	return sum
}

// endpointUncertain is the endpoint probability with a normal drift: the drift's variance adds t^2 times itself.
func endpointUncertain(p Passage, t, driftSD float64) float64 {
	return normCDF((p.Drift*t - p.Gap) / math.Sqrt(p.Vol*p.Vol*t+driftSD*driftSD*t*t))
}

// P(ahead on day t and to the horizon h) is the chance to be x ahead at t and not to lose x in what remains, over all x.
func TestSimulationAgreesWithLastPassage(t *testing.T) {
	const gap, drift, vol, horizon = .2, .02, .08, 1826.0
	days := horizonGrid(horizon)
	s := sampleOf(brownian(0, drift, 0, vol), still(gap), days, manyPaths, 11)
	for i, d := range days[1:] {
		month, rest := d/daysPerMonth, (horizon-d)/daysPerMonth
		sd := vol * math.Sqrt(month)
		var want float64
		const cells = 4000
		for k := range cells {
			x := (float64(k) + .5) / cells * 12 * sd // lead at t, up to far beyond the likely
			density := math.Exp(-.5*math.Pow((x-(drift*month-gap))/sd, 2)) / (sd * math.Sqrt(2*math.Pi))
			want += density * (1 - Passage{x, -drift, vol}.By(rest)) * 12 * sd / cells
		}
		if !within(s.ForGood[i+1], want, manyPaths) {
			t.Errorf("day %v: P(for good) simulated %v, by quadrature %v", d, s.ForGood[i+1], want)
		}
	}
}

func TestCoarseGridSeesWhatAFineOneSees(t *testing.T) {
	coarse := []float64{0, 90, 180, 270, 365}
	var fine []float64
	for d := range 366 {
		fine = append(fine, float64(d))
	}
	a := sampleOf(brownian(0, .02, .01, .08), still(.2), coarse, manyPaths, 3)
	b := sampleOf(brownian(0, .02, .01, .08), still(.2), fine, manyPaths, 4)
	for i, d := range coarse[1:] {
		x, y := a.Ever[i+1], b.Ever[int(d)]
		if math.Abs(x-y) > 3*math.Sqrt(2*x*(1-x)/manyPaths) {
			t.Errorf("day %v: P(ever) %v on five days, %v on 366", d, x, y)
		}
	}
	if math.Abs(quantile(a.FirstAhead, .25)-quantile(b.FirstAhead, .25)) > 12 {
		t.Errorf("lower quartile of the first passage: day %v on five days, %v on 366", quantile(a.FirstAhead, .25), quantile(b.FirstAhead, .25))
	}
}

func TestMeasurementErrorMakesTheNowUncertain(t *testing.T) {
	challenger := still(0)
	challenger.LevelSD = .03
	leader := still(.02)
	leader.LevelSD = .04
	s := sampleOf(challenger, leader, horizonGrid(365), manyPaths, 5)
	if want := normCDF(-.02 / .05); !within(s.Ahead[0], want, manyPaths) {
		t.Errorf("P(ahead now) = %v, want %v", s.Ahead[0], want)
	}
	if lo, want := quantile(s.LogRatio, .1), -.02-1.28155*.05; math.Abs(lo-want) > .002 {
		t.Errorf("10 %% quantile of the log ratio %v, want %v", lo, want)
	}
}

func TestAgeWidensTheNow(t *testing.T) {
	g := brownian(0, .01, .002, .03)
	g.AgeDays = 24 * daysPerMonth
	s := sampleOf(g, still(0), []float64{0, 30}, manyPaths, 6)
	if want := normCDF(.24 / math.Sqrt(.03*.03*24+.002*.002*24*24)); !within(s.Ahead[0], want, manyPaths) {
		t.Errorf("P(ahead now) after two years without a reading = %v, want %v", s.Ahead[0], want)
	}
}

func TestFadingGrowthIsAPowerOfTime(t *testing.T) {
	g := GrowthModel{LogLevel: 2, Nodes: []DriftNode{{Weight: 1, Decay: .1, Mean: .2}}}
	straight := GrowthModel{LogLevel: 0, Nodes: []DriftNode{{Weight: 1, Decay: .3, Mean: .3}}}
	days := []float64{0, daysPerMonth * 5, daysPerMonth * 30}
	rng := rand.New(rand.NewPCG(1, 1))
	power, line := g.LogPaths(rng, days, 1)[0], straight.LogPaths(rng, days, 1)[0]
	for i, months := range []float64{0, 5, 30} {
		if want := 2 + 2*math.Log(1+.1*months); math.Abs(power[i]-want) > 1e-9 {
			t.Errorf("after %v months the log level is %v, want %v", months, power[i], want)
		}
		if got, want := math.Exp(line[i]), 1+.3*months; math.Abs(got-want) > 1e-9 {
			t.Errorf("decay equal to growth: after %v months the level is %v, want the straight line's %v", months, got, want)
		}
	}
}

func TestDecayedIsTheIntegralOfTheFading(t *testing.T) {
	const c, h = .07, 1e-4
	for _, at := range []float64{-9, -1, -.01, .01, 3, 40} {
		want := 1 / (1 + c*at)
		if at < 0 {
			want = math.Exp(-c * at)
		}
		if got := (decayed(c, at+h) - decayed(c, at-h)) / (2 * h); math.Abs(got-want) > 1e-6 {
			t.Errorf("slope at month %v is %v, want %v", at, got, want)
		}
	}
	if got := decayed(0, 5); got != 5 {
		t.Errorf("without decay 5 months are worth %v", got)
	}
}

func TestNodesAreDrawnByWeight(t *testing.T) {
	g := GrowthModel{Nodes: []DriftNode{{Weight: 1, Mean: 1}, {Weight: 0, Mean: 2}, {Weight: 3, Mean: 3}}}
	count := map[float64]int{}
	for _, p := range g.LogPaths(rand.New(rand.NewPCG(1, 1)), []float64{0, daysPerMonth}, manyPaths) {
		count[math.Round(p[1])]++
	}
	if !within(float64(count[1])/manyPaths, .25, manyPaths) || count[2] != 0 || count[1]+count[3] != manyPaths {
		t.Errorf("nodes of weight 1, 0, 3 were drawn %d, %d, %d times", count[1], count[2], count[3])
	}
}

func TestCorrelateKeepsPathsAndSetsTheCorrelation(t *testing.T) {
	days := []float64{0, 100, 400}
	a := brownian(0, .02, .01, .05).LogPaths(rand.New(rand.NewPCG(1, 1)), days, manyPaths)
	b := brownian(0, .02, .01, .05).LogPaths(rand.New(rand.NewPCG(1, 2)), days, manyPaths)
	for _, rho := range []float64{-.8, .5, 1} {
		c := correlate(a, b, rho, rand.New(rand.NewPCG(1, 3)))
		var ab, aa, bb, ma, mb float64
		for i := range a {
			ma += a[i][2] / manyPaths
			mb += c[i][2] / manyPaths
		}
		for i := range a {
			x, y := a[i][2]-ma, c[i][2]-mb
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
		if got := ab / math.Sqrt(aa*bb); math.Abs(got-rho) > .02 {
			t.Errorf("correlation of the ends %v, want %v", got, rho)
		}
		same := func(x, y []float64) int { return slices.Compare(x, y) }
		if !slices.EqualFunc(slices.SortedFunc(slices.Values(b), same), slices.SortedFunc(slices.Values(c), same), slices.Equal) {
			t.Errorf("correlation %v: the paths are not the same as before", rho)
		}
	}
}

func TestCorrelatedErrorsNarrowTheDate(t *testing.T) {
	days := horizonGrid(1826)
	rng := func(k uint64) *rand.Rand { return rand.New(rand.NewPCG(1, k)) }
	a := brownian(0, .05, .02, .05).LogPaths(rng(1), days, manyPaths)
	b := brownian(.4, .01, .02, .05).LogPaths(rng(2), days, manyPaths)
	width := func(rho float64) float64 {
		s := compare(a, correlate(a, b, rho, rng(3)), days, math.Inf(1), rng(4))
		return quantile(s.FirstAhead, .75) - quantile(s.FirstAhead, .25)
	}
	if none, high := width(0), width(.9); high > .7*none {
		t.Errorf("interquartile range of the date: %v days without correlation, %v with 0.9; want it much narrower", none, high)
	}
}

func TestHoldTime(t *testing.T) {
	days := []float64{0, 10, 20, 30, 40, 50, 60}
	gap := []float64{-1, 1, 1, -1, -1, 1, 1}
	none := make([]bool, len(days))
	for _, c := range []struct{ hold, want float64 }{{0, 5}, {20, 5}, {20.1, 45}, {math.Inf(1), 45}} {
		if got := staysAhead(gap, none, days, c.hold); got != c.want {
			t.Errorf("ahead for %v days from day %v, want %v", c.hold, got, c.want)
		}
	}
	touched := slices.Clone(none)
	touched[6] = true
	if got := staysAhead(gap, touched, days, math.Inf(1)); got != 55 {
		t.Errorf("touched between days 50 and 60: for good from %v, want 55", got)
	}
	if got := staysAhead([]float64{1, 1, -1}, none[:3], days[:3], math.Inf(1)); !math.IsInf(got, 1) {
		t.Errorf("behind at the end: for good from %v, want never", got)
	}
}

func TestSampleInvariants(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draw := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(r, name) }
		challenger := brownian(0, draw("growth", -.1, .3), draw("growth sd", 0, .1), draw("vol", 0, .2))
		challenger.LevelSD = draw("level sd", 0, .5)
		leader := GrowthModel{LogLevel: draw("gap", -1, 2), AgeDays: draw("age", 0, 1000),
			Nodes: []DriftNode{{1, draw("decay", 0, .3), draw("leader growth", -.1, .2), .01}}, Vol: .05}
		days := horizonGrid(draw("horizon", 10, 2500))
		s := sampleOf(challenger, leader, days, 200, rapid.Uint64().Draw(r, "seed"))
		for i := range days {
			if s.Ever[i] < s.Ahead[i] || s.ForGood[i] > s.Ahead[i]+1e-12 {
				r.Fatalf("day %v: ever %v, ahead %v, for good %v: want ever >= ahead >= for good", days[i], s.Ever[i], s.Ahead[i], s.ForGood[i])
			}
			if i > 0 && (s.Ever[i] < s.Ever[i-1] || s.ForGood[i] < s.ForGood[i-1] || days[i] <= days[i-1]) {
				r.Fatalf("ever or for good falls between days %v and %v", days[i-1], days[i])
			}
		}
	})
}

func TestFanSelectsQuantiles(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-10, 10), 1, 300).Draw(r, "values")
		paths := make([][]float64, len(values))
		for i, v := range values {
			paths[i] = []float64{0, v}
		}
		qs := []float64{.1, .25, .5, .75, .9}
		got := fan(paths, []int{1}, qs)[0]
		slices.Sort(values)
		for j, q := range qs {
			if got[j] != quantile(values, q) {
				r.Fatalf("quantile %v of %v = %v, want %v", q, values, got[j], quantile(values, q))
			}
		}
	})
}
