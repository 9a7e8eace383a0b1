package overtake

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// pointOn is an exact point of a series.
func pointOn(on string, value float64) point {
	return point{on: day(on), span: measure.Span{From: day(on), To: day(on)}, value: value, log: math.Log(value), sd: 1e-9}
}

func TestStretchCarriesRoundingAndDates(t *testing.T) {
	a, b := pointOn("2011-01-01", 100), pointOn("2011-07-01", 120)
	a.sd, b.sd = .01, .02
	a.dateSD, b.dateSD = .03, .04
	months := 181 / daysPerMonth
	s := newStretch(a, b, stretch{})
	if want := math.Log(1.2) / months; math.Abs(s.growth-want) > 1e-12 {
		t.Errorf("growth %v a month, want %v", s.growth, want)
	}
	if want := math.Sqrt(.01*.01+.02*.02+.03*.03+.04*.04) / months; math.Abs(s.sd-want) > 1e-12 {
		t.Errorf("error %v, want %v", s.sd, want)
	}
	a.urls, b.urls = []string{"page"}, []string{"other", "page"}
	if got, want := newStretch(a, b, stretch{}).sd, math.Hypot(.01, .02)/months; math.Abs(got-want) > 1e-12 {
		t.Errorf("error between two figures of one page %v, want %v: the error of its dates is common", got, want)
	}
}

func TestOwnStretches(t *testing.T) {
	l := line{points: []point{pointOn("2005-01-01", 1), pointOn("2010-01-01", 50), pointOn("2010-06-01", 80), pointOn("2010-06-10", 81),
		pointOn("2011-01-01", 100)}}
	var got [][2]float64
	for _, s := range ownStretches(l, roleOwn, day("2009-01-01")) {
		got = append(got, [2]float64{s.fromValue, s.toValue})
	}
	if want := [][2]float64{{50, 80}, {80, 100}}; !slices.Equal(got, want) {
		t.Errorf("stretches %v, want %v: five years are too long, nine days too short", got, want)
	}
	if got := ownStretches(l, roleOwn, day("2010-12-01")); len(got) != 1 || got[0].fromValue != 81 {
		t.Errorf("since December 2010: %+v, want one stretch from 81", got)
	}
}

// panelFacts are accounts of a platform whose top ten had 100 million followers: an average of 10 million.
func panelFacts() *facts {
	f := &facts{}
	add := func(account, on string, value float64, days int) {
		r, err := measure.NewReading(value, 1, measure.Exact)
		if err != nil {
			panic(err)
		}
		f.accounts = append(f.accounts, accountReading{platform: "p", account: account, name: account, Reading: r,
			span: measure.Span{From: day(on).AddDate(0, 0, 1-days), To: day(on)}, publishedOn: day(on)})
	}
	add("giant", "2010-03-01", 10e6, 1)
	add("giant", "2010-08-20", 15e6, 1)
	add("giant", "2010-11-30", 17e6, 30) // stands back: the day may be far from the month's end
	add("giant", "2010-12-15", 18e6, 1)
	add("giant", "2011-02-20", 20e6, 1)
	add("obscure", "2010-08-20", 30e3, 1)
	add("obscure", "2011-02-20", 36e3, 1)
	add("listed", "2010-08-20", 3e6, 1)
	add("listed", "2011-02-20", 4e6, 1)
	add("silent", "2010-03-01", 9e6, 1)
	add("silent", "2010-10-01", 9.5e6, 1)
	add("newcomer", "2011-02-20", 9e6, 1)
	f.listed = []listed{{platform: "p", account: "listed", rank: 9, on: day("2010-08-20")}, {platform: "p", account: "obscure", rank: 200, on: day("2010-08-20")},
		{platform: "p", account: "giant", rank: 1, on: day("2008-01-01")}}
	return f
}

func TestPanelTakesThoseWhoBelongToTheList(t *testing.T) {
	panel := panelFacts().panel("p", day("2011-02-28"), 10, math.Log(10e6))
	var got []string
	for _, s := range panel {
		got = append(got, s.account)
	}
	if want := []string{"giant", "listed"}; !slices.Equal(got, want) {
		t.Fatalf("panel %v, want %v: large or listed, with readings about half a year apart of which the newest is fresh", got, want)
	}
	giant := panel[0]
	if giant.fromValue != 15e6 || giant.toValue != 20e6 || math.Abs(giant.growth-math.Log(20./15)/(184/daysPerMonth)) > 1e-12 {
		t.Errorf("the giant's stretch is %+v, want 15 to 20 million over 184 days", giant)
	}
	if math.Abs(giant.size-math.Log(2)) > 1e-12 {
		t.Errorf("its size is %v e-folds above the average, want ln 2", giant.size)
	}
}

func TestMonthDatedReadingsStandBack(t *testing.T) {
	for _, rs := range panelFacts().accountSeries("p") {
		for _, r := range rs {
			if r.span.Days() > 7 {
				t.Errorf("%s keeps its reading of the month that ends on %s beside a dated one of two weeks later", r.account, r.span.To)
			}
		}
	}
}

func TestMeanGrowth(t *testing.T) {
	const between = .02
	alike := []stretch{{growth: .05}, {growth: .03}, {growth: .04}}
	m := meanGrowth(alike, between)
	if math.Abs(m.mean-.04) > 1e-12 || math.Abs(m.sd-between/math.Sqrt(3)) > 1e-12 {
		t.Errorf("three accounts of average size: %v ± %v, want their mean and spread/sqrt(3)", m.mean, m.sd)
	}
	// all one e-fold larger: the data cannot tell the slope, so the mean stays and its error holds the prior's slope
	for i := range alike {
		alike[i].size = 1
	}
	m = meanGrowth(alike, between)
	if want := between * math.Sqrt(1./3+1./gibratWeight); math.Abs(m.mean-.04) > 1e-12 || math.Abs(m.sd-want) > 1e-12 {
		t.Errorf("three accounts an e-fold larger: %v ± %v, want 0.04 ± %v", m.mean, m.sd, want)
	}
	// one reading that is worth nothing changes nothing
	more := meanGrowth(append(alike, stretch{growth: 9, sd: 1e6}), between)
	if math.Abs(more.mean-m.mean) > 1e-6 {
		t.Errorf("a worthless account moves the mean from %v to %v", m.mean, more.mean)
	}
}

func TestMeanGrowthFollowsAStrongDependenceOnSize(t *testing.T) {
	var panel []stretch
	for i := range 400 {
		x := float64(i%20)/10 - .5
		panel = append(panel, stretch{size: x, growth: .03 + .02*x})
	}
	if m := meanGrowth(panel, .01); math.Abs(m.mean-.03) > .001 {
		t.Errorf("growth at average size %v, want 0.03", m.mean)
	}
}

func TestBetweenAccounts(t *testing.T) {
	one := []stretch{{growth: .01}, {growth: .03}, {growth: .05}} // variance .0004, 2 degrees of freedom
	two := []stretch{{growth: .10}, {growth: .10}}                // variance 0, 1 degree
	if got, want := betweenAccounts(one, two, []stretch{{growth: 7}}), math.Sqrt(2*.0004/3); math.Abs(got-want) > 1e-12 {
		t.Errorf("pooled spread %v, want %v", got, want)
	}
	for i := range one {
		one[i].sd = 1
	}
	if got := betweenAccounts(one); got != 0 {
		t.Errorf("spread within the readings' own errors: %v, want 0", got)
	}
	if got := betweenAccounts([]stretch{{}}); !math.IsNaN(got) {
		t.Errorf("single accounts tell no spread: %v, want NaN", got)
	}
}

func TestDecayOf(t *testing.T) {
	// growth fades like 1/(1 + c t) from month 0, read every half-year; at the last half-year's middle (month 15) its
	// share lost per month is c/(1 + 15 c), up to the curvature within a window
	const c, g = .04, .1
	var points []point
	for months := 0.; months <= 18; months += 6 {
		p := pointOn("2010-01-01", 1e6)
		p.on = p.on.Add(time.Duration(months * daysPerMonth * 24 * float64(time.Hour)))
		p.log += g * decayed(c, months)
		points = append(points, p)
	}
	got, ok := decayOf(points, points[3].on)
	if want := c / (1 + c*15); !ok || math.Abs(got-want) > .001 {
		t.Errorf("decay %v, %v; want about %v", got, ok, want)
	}
	if _, ok := decayOf(points, points[3].on.AddDate(1, 0, 0)); ok {
		t.Error("a series without news for a year tells a decay")
	}
	if _, ok := decayOf(points[:3], points[2].on); ok {
		t.Error("a series of one year tells a decay over a year")
	}
	for i := range points {
		points[i].sd = .2
	}
	if _, ok := decayOf(points, points[3].on); ok {
		t.Error("growth within the errors of the readings tells a decay")
	}
}

func TestVariationOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var seen []float64
	for range 300 {
		p := pointOn("2010-01-05", 1e6)
		points := []point{p}
		for range 12 {
			p.on = p.on.AddDate(0, 0, 30)
			p.log += (.05 + .015*rng.NormFloat64()) * 30 / daysPerMonth
			points = append(points, p)
		}
		v, ok := variationOf(points, p.on)
		if !ok {
			t.Fatal("a year of monthly readings tells no variation")
		}
		seen = append(seen, v)
	}
	if median, _ := medianSpread(seen); math.Abs(median-.3) > .03 {
		t.Errorf("median share of variation %v, want 0.3", median)
	}
	if _, ok := variationOf([]point{pointOn("2010-01-01", 1), pointOn("2010-02-01", 2)}, day("2010-03-01")); ok {
		t.Error("two readings tell a variation")
	}
}

func TestPosteriorOfSteadyGrowth(t *testing.T) {
	steady := rhythm{decay: 0, decaySD: 0}
	evidence := []piece{{from: -2, to: -1, mean: .10, sd: .01}, {from: -1, to: 0, mean: .11, sd: .02}}
	mean, sd := mixture(posterior(evidence, steady))
	// inverse variance: weights 1 and 1/4
	if want := (.10 + .11/4) / 1.25; math.Abs(mean-want) > 1e-6 || math.Abs(sd-.01/math.Sqrt(1.25)) > 1e-6 {
		t.Errorf("growth %v ± %v, want %v ± %v", mean, sd, want, .01/math.Sqrt(1.25))
	}
}

func TestPosteriorLearnsTheDecay(t *testing.T) {
	prior := rhythm{decay: .05, decaySD: .04}
	growth := func(from, to, c float64) piece {
		return piece{from: from, to: to, mean: .1 * average(c, from, to), sd: .001}
	}
	weighted := func(nodes []DriftNode) (decay float64) {
		var w float64
		for _, n := range nodes {
			decay, w = decay+n.Weight*n.Decay, w+n.Weight
		}
		return decay / w
	}
	for _, c := range []float64{.01, .09} {
		// own windows of half a year, three in a row, and their scatter not above their errors
		nodes := posterior([]piece{growth(-18, -12, c), growth(-12, -6, c), growth(-6, 0, c)}, prior)
		if got := weighted(nodes); math.Abs(got-c) > .012 {
			t.Errorf("windows that fade by %v a month: posterior decay %v", c, got)
		}
		mean, _ := mixture(nodes)
		if math.Abs(mean-.1) > .01 {
			t.Errorf("growth now %v, want 0.1", mean)
		}
	}
	one := posterior([]piece{growth(-1, 0, .05)}, prior)
	if got, want := weighted(one), .0516; math.Abs(got-want) > .002 {
		t.Errorf("one window cannot tell the decay: posterior %v, want the prior's %v", got, want)
	}
}

func TestSisterMetricsSpeakWithTheirErrorInCommon(t *testing.T) {
	steady := rhythm{}
	var many []piece
	for i := range 50 {
		many = append(many, piece{from: float64(-i - 1), to: float64(-i), mean: .04, sd: .01, sister: true})
	}
	if mean, sd := mixture(posterior(many, steady)); math.Abs(mean-.04) > 1e-6 || math.Abs(sd-.02) > .0002 {
		t.Errorf("fifty windows of another count: %v ± %v, want 0.04 ± half of it", mean, sd)
	}
	own := append(many, piece{from: -1, to: 0, mean: .10, sd: .002})
	if mean, _ := mixture(posterior(own, steady)); math.Abs(mean-.10) > .002 {
		t.Errorf("beside a reading of its own: %v, want nearly 0.10", mean)
	}
}

func TestScatterWidensTheGrowth(t *testing.T) {
	calm := []piece{{from: -2, to: -1, mean: .05, sd: .01}, {from: -1, to: 0, mean: .05, sd: .01}}
	wild := []piece{{from: -2, to: -1, mean: -.05, sd: .01}, {from: -1, to: 0, mean: .15, sd: .01}}
	_, a := mixture(posterior(calm, rhythm{}))
	mean, b := mixture(posterior(wild, rhythm{}))
	if math.Abs(mean-.05) > 1e-6 || math.Abs(a-.01/math.Sqrt2) > 1e-6 || math.Abs(b-.1) > 1e-6 {
		t.Errorf("calm ± %v, wild %v ± %v; want ± 0.00707 and 0.05 ± 0.1, the spread of the two", a, mean, b)
	}
}

// Series drawn from the model's own beliefs, seen through two readings and a panel, must lie within the 80 % intervals
// of their forecasts about 80 % of the time.
func TestEvidenceIsCalibrated(t *testing.T) {
	const replicates, ahead, paths, between = 1500, 6.0, 400, .02
	r := rhythm{decay: .05, decaySD: .03, cv: .3, decayFrom: 10, cvFrom: 10}
	rng := rand.New(rand.NewPCG(9, 9))
	asOf := day("2011-02-28")
	f := &facts{Data: series.Data{Metrics: map[string]series.Metric{"top10_followers_total": {Unit: "followers"}}}}
	held := 0
	for range replicates {
		c := max(0, r.decay+r.decaySD*rng.NormFloat64())
		g := .05 + .1*rng.Float64()
		vol := r.cv * g
		newest := pointOn("2011-02-28", 1e8)
		before := newest
		before.on = asOf.AddDate(0, 0, -91)
		months := monthsAfter(asOf, before.on)
		before.log -= -g*decayed(c, months) + vol*math.Sqrt(-months)*rng.NormFloat64()
		evidence := []stretch{newStretch(before, newest, stretch{role: roleOwn})}
		slope := between / math.Sqrt(gibratWeight) * rng.NormFloat64()
		common := vol / math.Sqrt(6) * rng.NormFloat64() // of the half-year, for all accounts alike
		for range 8 {
			evidence = append(evidence, stretch{role: rolePanel, from: asOf.AddDate(0, 0, -183), to: asOf, size: .5,
				growth: g*average(c, -183/daysPerMonth, 0) + common + .5*slope + between*rng.NormFloat64()})
		}
		s, err := f.fromEvidence(line{platform: "p", metric: "top10_followers_total", points: []point{newest}}, evidence, asOf, between, r)
		if err != nil {
			t.Fatal(err)
		}
		var ends []float64
		for _, p := range s.model.LogPaths(rng, []float64{0, ahead * daysPerMonth}, paths) {
			ends = append(ends, p[1])
		}
		slices.Sort(ends)
		truth := newest.log + g*decayed(c, ahead) + vol*math.Sqrt(ahead/(1+c*ahead))*rng.NormFloat64()
		if quantile(ends, .1) <= truth && truth <= quantile(ends, .9) {
			held++
		}
	}
	if share := float64(held) / replicates; share < .76 || share > .86 {
		t.Errorf("the 80 %% intervals of the level six months ahead held the truth in %.1f %% of %d series", 100*share, replicates)
	} else {
		t.Logf("80 %% intervals held the truth in %.1f %%", 100*share)
	}
}
