package measure

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"pgregory.net/rapid"
)

func round(t fataler, value, step float64) Reading { return reading(t, value, step, Round) }

// fataler is what helpers need of a test or a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

func reading(t fataler, value, step float64, mode Mode) Reading {
	t.Helper()
	r, err := NewReading(value, step, mode)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestZ(t *testing.T) {
	measuretest.Digits(t, "z95", Z(0.95), "1.95996398454")
	measuretest.Digits(t, "z80", Z(0.80), "1.28155156554")
}

func TestCensoredMedianAndMean(t *testing.T) { // UT-9.0
	exact := func(v float64) Reading { return reading(t, v, 1, Exact) }
	atLeast := reading(t, 1e6, 1, CensoredRight)
	few := []Reading{atLeast, exact(20), exact(35), atLeast, exact(50)}
	if m := Median(few); m.Point != 50 || m.Lo != 50 || m.Hi != 50 || !m.Flags.Has(Censored) {
		t.Errorf("median with 40 %% censored = %+v, want exactly 50", m)
	}
	if m := Mean(few); m.Point != 400021 || !math.IsInf(m.Hi, 1) || !m.Flags.Has(Censored) {
		t.Errorf("mean = %+v, want the lower bound 400021", m)
	}
	if m := Median([]Reading{exact(20), exact(35), atLeast, atLeast, atLeast}); m.Point != 1e6 || !math.IsInf(m.Hi, 1) {
		t.Errorf("median with 60 %% censored = %+v, want >= 1000000", m)
	}
	if m := Median([]Reading{exact(2000000), exact(3000000), atLeast}); !math.IsInf(m.Hi, 1) {
		t.Errorf("median = %+v, but the bound below it may hide any greater count", m)
	}
	if Median(nil).Defined() || Mean(nil).Defined() {
		t.Error("median or mean of nothing is defined")
	}
}

func TestRounding(t *testing.T) { // UT-9.1
	r := round(t, 1173000, 1000)
	measuretest.Digits(t, "sd", r.SD(), "288.675")
	if r.Lo != 1172500 || r.Hi != 1173500 {
		t.Errorf("round bounds %v..%v", r.Lo, r.Hi)
	}
	f := reading(t, 1173000, 1000, Floor)
	if f.Lo != 1173000 || f.Hi != 1174000 || f.Point() != 1173500 {
		t.Errorf("floor %v..%v, middle %v", f.Lo, f.Hi, f.Point())
	}
	wan := round(t, 870000, 10000)
	measuretest.Digits(t, "sd of 87万", wan.SD(), "2886.75")
	measuretest.Digits(t, "relative sd of 87万", wan.SD()/wan.Value, ".00331810")

	sum := Quantity{"followers", r.Estimate(0.95)}
	for range 99 {
		var err error
		if sum, err = sum.Add(Quantity{"followers", r.Estimate(0.95)}); err != nil {
			t.Fatal(err)
		}
	}
	measuretest.Digits(t, "sd of a sum of 100", sum.SD, "2886.75")

	net := NetChange(r, round(t, 1189000, 1000), 0.95)
	measuretest.Digits(t, "net", net.Point, "16000")
	measuretest.Digits(t, "net sd", net.SD, "408.248")
	measuretest.Digits(t, "net half-width", net.Hi-net.Point, "776.393")
	if !NetChange(r, round(t, 1173000, 1000), 0.95).Flags.Has(BelowStep) {
		t.Error("no change at all is not flagged below_step")
	}
	if e := NetChange(r, reading(t, 1e6, 1, CensoredRight), 0.95); e.Defined() || !e.Flags.Has(Censored) {
		t.Errorf("change to a lower bound = %+v, want undefined", e)
	}
}

// The half-width for unequal steps, against the quantile of a sum of two uniforms worked by hand: widths 4 and 1, flat
// up to 1.5 with density 1/4, so P(|X|<=1.5) = 0.75 and 95 % needs 2.5 - sqrt(0.05*4) = 2.05279.
func TestNetChangeOfUnequalSteps(t *testing.T) {
	measuretest.Digits(t, "sloping part", trapezoidHalfWidth(1, 4, 0.95), "2.05279")
	measuretest.Digits(t, "flat part", trapezoidHalfWidth(1, 4, 0.5), "1")
	measuretest.Digits(t, "one exact", trapezoidHalfWidth(0, 4, 0.95), "1.9")
}

func TestRelativeChange(t *testing.T) { // UT-9.2
	e := RelativeChange(round(t, 1173000, 1000), round(t, 1189000, 1000))
	measuretest.Digits(t, "growth", e.Point, ".0136402")
	measuretest.Digits(t, "lo", e.Lo, ".0127823")
	measuretest.Digits(t, "hi", e.Hi, ".0144989")
	measuretest.Digits(t, "sd", e.SD, ".000350419")
	if e := RelativeChange(round(t, 0, 1000), round(t, 1000, 1000)); e.Defined() || !e.Flags.Has(NonPositive) {
		t.Errorf("growth from zero = %+v, want undefined with the flag non_positive", e)
	}
	measuretest.Digits(t, "days until the display moves", DetectableAfter(1000, 170), "5.88235")
	if SmallestRate(1000, 1) != 1000 || !math.IsInf(SmallestRate(1000, 0), 1) || !math.IsInf(DetectableAfter(1000, -1), 1) {
		t.Error("smallest rate or time to move")
	}
	measuretest.Digits(t, "Sheppard", Sheppard(27.04, 4), "25.7067")
	if Sheppard(1, 4) != 0 {
		t.Error("Sheppard below zero")
	}
}

func TestPropagation(t *testing.T) { // UT-9.3
	e := LogRatio(Normal(318, 4, .95, ""), Normal(240, 3, .95, ""))
	measuretest.Digits(t, "log growth", e.Point, ".281412")
	measuretest.Digits(t, "sd", e.SD, ".0177333")

	share := TopShare([]float64{1173, 902, 540}, 5000, 1, 0.95)
	measuretest.Digits(t, "top-3 share", share.Point, ".343401")
	measuretest.Digits(t, "top-3 share sd", share.SD, "4.31122e-05")

	mean, sd, q, p, err := InverseVariance([]float64{250, 262}, []float64{3, 6})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Digits(t, "two sources", mean, "252.4")
	measuretest.Digits(t, "two sources sd", sd, "2.68328")
	measuretest.Digits(t, "Cochran Q", q, "3.2")
	measuretest.Digits(t, "p of Q", p, "0.0736383") // erfc(sqrt(3.2/2)) by python3 math.erfc

	u := Normal(674666.6667, 31587.7, .95, "")
	real := Normal(1-.0974025974, .0299928, .95, "")
	reach := Product(u, real, 0.95) // UT-9.4
	measuretest.Digits(t, "reach", reach.Point, "608952")
	measuretest.Digits(t, "relative", reach.SD/reach.Point, ".0574132")
	measuretest.Digits(t, "reach sd", reach.SD, "34961.9")
}

func TestRoganGladen(t *testing.T) { // UT-9.5
	known := Classifier{Sensitivity: .85, Specificity: .92}
	e, err := RoganGladen(62, 400, known, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Digits(t, "share", e.Point, ".0974026")
	measuretest.Digits(t, "se of sampling", e.SD, ".0235003")
	known.SeN, known.SpN = 200, 300
	if e, err = RoganGladen(62, 400, known, 0.95); err != nil {
		t.Fatal(err)
	}
	measuretest.Digits(t, "se", e.SD, ".0299928")
	measuretest.Digits(t, "real followers", 2.5e6*(1-e.Point), "2.25649e6")
	measuretest.Digits(t, "real followers se", 2.5e6*e.SD, "74982")
	if e, _ := RoganGladen(0, 400, known, 0.95); e.Point != 0 || !e.Flags.Has("clipped") {
		t.Errorf("share below the false alarms = %+v, want 0 with the flag clipped", e)
	}
	if _, err := RoganGladen(1, 4, Classifier{Sensitivity: .5, Specificity: .5}, 0.95); err == nil {
		t.Error("a test no better than chance was accepted")
	}
}

func TestWilson(t *testing.T) { // UT-2.7 and UT-9.5
	for _, c := range []struct {
		k, n          float64
		point, lo, hi string
	}{
		{41, 52, "0.788462", "0.659679", "0.877556"},
		{0, 20, "0", "0", "0.161125"},
		{62, 400, ".155", ".122833", ".193731"},
	} {
		e, err := Wilson(c.k, c.n, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		measuretest.Digits(t, "share", e.Point, c.point)
		measuretest.Digits(t, "lo", e.Lo, c.lo)
		measuretest.Digits(t, "hi", e.Hi, c.hi)
	}
	measuretest.Digits(t, "effective n", EffectiveN(52, .6), "13")
	if _, err := Wilson(3, 0, 0.95); err == nil {
		t.Error("a share of nothing was accepted")
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1e6).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		e, err := Wilson(float64(k), float64(n), 0.95)
		if err != nil || !(0 <= e.Lo && e.Lo <= e.Point && e.Point <= e.Hi && e.Hi <= 1) {
			t.Fatalf("Wilson(%d, %d) = %+v, %v", k, n, e, err)
		}
	})
}

func TestKindsDoNotMix(t *testing.T) {
	mau := Quantity{"monthly_active_users", Normal(100, 1, .95, "")}
	reg := Quantity{"registered_users", Normal(400, 1, .95, "")}
	if _, err := mau.Add(reg); !errors.Is(err, ErrKinds) {
		t.Errorf("Add across kinds: %v, want ErrKinds", err)
	}
	if _, err := mau.Sub(reg); !errors.Is(err, ErrKinds) {
		t.Errorf("Sub across kinds: %v, want ErrKinds", err)
	}
	if _, err := mau.LogRatio(reg); !errors.Is(err, ErrKinds) {
		t.Errorf("LogRatio across kinds: %v, want ErrKinds", err)
	}
	if _, err := mau.Per(mau, "x"); err == nil {
		t.Error("Per of one kind was accepted")
	}
	q, err := mau.Per(reg, "monthly_actives_per_account")
	if err != nil || q.Kind != "monthly_actives_per_account" {
		t.Fatalf("Per = %+v, %v", q, err)
	}
	measuretest.Digits(t, "quotient", q.Point, ".25")
	measuretest.Digits(t, "quotient sd", q.SD, ".00257694") // .25*sqrt(.01^2+.0025^2)
}

func TestSpans(t *testing.T) {
	date := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	month := Span{date("2011-01-01"), date("2011-01-31")}
	one := Span{date("2011-01-31"), date("2011-01-31")}
	if month.Days() != 31 || one.Days() != 1 || one.SDDays() != 0 || !month.Covers(one) || one.Covers(month) {
		t.Error("days or covering")
	}
	measuretest.Digits(t, "sd of a month", month.SDDays(), "8.94893") // 31/sqrt(12)
	if got := month.Mid(); !got.Equal(date("2011-01-16").Add(12 * time.Hour)) {
		t.Errorf("middle of January = %v", got)
	}
	quarter := Span{date("2011-01-01"), date("2011-03-31")}
	if !month.Finer(quarter) || quarter.Finer(month) || (Span{date("2011-02-01"), date("2011-02-28")}).Finer(month) {
		t.Error("a month is finer than a quarter, February not finer than January")
	}
	days, sd := Elapsed(one, quarter)
	measuretest.Digits(t, "elapsed", days, "59")
	measuretest.Digits(t, "elapsed sd", sd, "25.9808") // 90/sqrt(12)
}

func TestResampling(t *testing.T) { // UT-10.4
	mean := func(x []float64) float64 { return (x[0] + x[1] + x[2]) / 3 }
	values := []float64{1, .5, .25}
	all := AllResamples(values, mean, 0.95)
	measuretest.Digits(t, "mean", all.Point, ".583333")
	measuretest.Digits(t, "sd over all 27 resamples", all.SD, ".180021")
	b := Bootstrap(values, mean, 20000, 0.95, Stream(1, "test"))
	if math.Abs(b.SD-all.SD) > 3*all.SD/math.Sqrt(2*20000) {
		t.Errorf("bootstrap sd %v, want %v within three Monte Carlo errors", b.SD, all.SD)
	}
	again := Bootstrap(values, mean, 20000, 0.95, Stream(1, "test"))
	if again.SD != b.SD || again.Lo != b.Lo {
		t.Error("two runs of one seed differ")
	}
	if other := Stream(1, "other").Uint64(); other == Stream(1, "test").Uint64() {
		t.Error("streams of two names agree")
	}
	if Bootstrap(nil, mean, 10, .95, Stream(1, "x")).Defined() {
		t.Error("bootstrap of nothing is defined")
	}
}

// Invariant: the interval widens when the rounding step grows, and exact input has no rounding width.
func TestWidthGrowsWithStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e12, 1e12).Draw(t, "value")
		q := rapid.Float64Range(1, 1e9).Draw(t, "step")
		more := q * rapid.Float64Range(1.01, 10).Draw(t, "factor")
		for _, mode := range []Mode{Round, Floor} {
			a, b := reading(t, v, q, mode).Estimate(.95), reading(t, v, more, mode).Estimate(.95)
			if !(b.Hi-b.Lo > a.Hi-a.Lo) || !(b.SD > a.SD) {
				t.Fatalf("%s: width %v at step %v, %v at %v", mode, a.Hi-a.Lo, q, b.Hi-b.Lo, more)
			}
		}
		if e := reading(t, v, q, Exact).Estimate(.95); e.Lo != v || e.Hi != v || e.SD != 0 {
			t.Fatalf("exact reading has the interval %v..%v", e.Lo, e.Hi)
		}
	})
}

func TestCells(t *testing.T) {
	if Cell(math.NaN()) != nil || Cell(math.Inf(-1)) != nil || Cell(2) != any(2.0) {
		t.Error("Cell")
	}
	if got := (Flags{Gap}).With(Gap, Derived, "").String(); got != "gap,derived" {
		t.Errorf("flags %q", got)
	}
	if _, err := NewReading(math.NaN(), 1, Exact); err == nil {
		t.Error("NaN reading accepted")
	}
	if _, err := NewReading(1, 1, "about"); err == nil {
		t.Error("unknown mode accepted")
	}
}

// The 95 % interval of a share behind an imperfect classifier holds the truth as often as it says, over 2,000 seeded
// replicates of a known population, each with its own validation samples.
func TestRoganGladenCoverage(t *testing.T) {
	rnd := Stream(1, "coverage")
	binomial := func(n int, p float64) float64 {
		k := 0
		for range n {
			if rnd.Float64() < p {
				k++
			}
		}
		return float64(k)
	}
	const truth, se, sp, n, seN, spN, replicates = 0.2, 0.85, 0.92, 400, 200, 300, 2000
	held := 0
	for range replicates {
		c := Classifier{Sensitivity: binomial(seN, se) / seN, Specificity: binomial(spN, sp) / spN, SeN: seN, SpN: spN}
		e, err := RoganGladen(binomial(n, truth*se+(1-truth)*(1-sp)), n, c, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if e.Lo <= truth && truth <= e.Hi {
			held++
		}
	}
	if share := float64(held) / replicates; share < 0.93 || share > 0.97 {
		t.Errorf("95 %% intervals hold the truth in %.1f %%", 100*share)
	}
}
