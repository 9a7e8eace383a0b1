package reach

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// near fails unless got equals want to six significant digits.
func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 6e-6*math.Abs(want)) {
		t.Errorf("%s = %.7g, want %.7g", name, got, want)
	}
}

// must fails on an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// abcd are the four audiences of the worked example.
func abcd() []Set {
	return []Set{{1, []uint32{1, 2, 3, 4, 5, 6}}, {2, []uint32{4, 5, 6, 7}}, {3, []uint32{6, 7, 8}}, {4, []uint32{1, 9}}}
}

func TestUniqueReach(t *testing.T) {
	r := FromSets(abcd())
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	if r.Unique != 9 || r.Sum != 15 {
		t.Errorf("union %d, sum %d, want 9 and 15", r.Unique, r.Sum)
	}
	near(t, "duplication", r.Duplication(), 1.66667)
	near(t, "unique ratio", UniqueRatio(r.Sum, r.Unique), .6)
	if d := cmp.Diff([]int64{0, 4, 4, 1, 0}, r.Frequency); d != "" {
		t.Error("frequency:", d)
	}
	if r.Exclusive[0] != 2 {
		t.Errorf("exclusive to A = %d, want 2", r.Exclusive[0])
	}
	if r.AtLeast(2) != 5 || r.AtLeast(0) != 9 {
		t.Errorf("at least 2: %d, at least 0: %d, want 5 and 9", r.AtLeast(2), r.AtLeast(0))
	}
}

func TestOverlap(t *testing.T) {
	o := must[Overlap](t)(OverlapOf(6, 4, 3, 9))
	near(t, "jaccard", o.Jaccard, .428571)
	near(t, "overlap", o.Overlap, .75)
	near(t, "dice", o.Dice, .6)
	near(t, "cosine", o.Cosine, .612372)
	near(t, "P(B|A)", o.BGivenA, .5)
	near(t, "P(A|B)", o.AGivenB, .75)
	near(t, "lift", o.Lift, 1.125)
	if o := must[Overlap](t)(OverlapOf(0, 4, 0, 0)); !math.IsNaN(o.Overlap) || !math.IsNaN(o.Lift) || o.Jaccard != 0 {
		t.Errorf("empty audience: %+v, want no overlap coefficient and no lift", o)
	}
	for _, bad := range [][4]int64{{6, 4, 5, 9}, {6, 4, -1, 9}, {6, 4, 0, 9}} {
		if _, err := OverlapOf(bad[0], bad[1], bad[2], bad[3]); err == nil {
			t.Errorf("OverlapOf(%v) gave no error", bad)
		}
	}
}

func TestBounds(t *testing.T) {
	p := FromSets(abcd()).Pairs
	if s1, s2 := sums(p); s1 != 15 || s2 != 7 {
		t.Errorf("S1 %v, S2 %v, want 15 and 7", s1, s2)
	}
	near(t, "bonferroni", Bonferroni(p), 8)
	near(t, "dawson-sankoff", DawsonSankoff(p), 8)
	near(t, "hunter", Hunter(p), 9)
	e := must[Estimate](t)(PairBounds(p, 0))
	if e.Lo != 8 || e.Hi != 9 || e.HasValue() || e.Method != MethodPairBounds {
		t.Errorf("pair bounds = %+v, want [8, 9] without a point", e)
	}
	e = must[Estimate](t)(CountBounds([]float64{6, 4, 3, 2}, []float64{6, 4, 3, 2}, 0))
	if e.Lo != 6 || e.Hi != 15 {
		t.Errorf("count bounds = %+v, want [6, 15]", e)
	}
	e = must[Estimate](t)(CountBounds([]float64{6, 4}, []float64{math.Inf(1), 4}, 11))
	if e.Lo != 6 || e.Hi != 11 || !slices.Contains(e.Flags, "capped_by_platform_users") {
		t.Errorf("capped bounds = %+v, want [6, 11] and the flag", e)
	}
	if _, err := CountBounds([]float64{6}, []float64{6}, 5); err == nil {
		t.Error("more followers than users gave no error")
	}
	if _, err := CountBounds(nil, nil, 0); !errors.Is(err, ErrTooFew) {
		t.Errorf("no accounts: %v, want ErrTooFew", err)
	}
	e = must[Estimate](t)(TruncatedBounds(7, []int64{4, 5}, []float64{10, 5}, []float64{10, 5}, 0))
	if e.Lo != 10 || e.Hi != 13 || !slices.Contains(e.Flags, "recency_biased") || e.HasValue() {
		t.Errorf("truncated = %+v, want [10, 13], recency_biased, no point", e)
	}
}

func TestGreedy(t *testing.T) {
	r := FromSets([]Set{{1, []uint32{1, 2, 3, 4, 5, 6}}, {2, []uint32{1, 2, 3, 7, 8}}, {3, []uint32{4, 5, 6, 9, 10}}})
	if r.Greedy[0].Account != 0 || r.Greedy[1].Account != 1 || r.Greedy[1].Reached != 8 {
		t.Errorf("greedy = %+v, want X then P reaching 8", r.Greedy)
	}
	// After X and P, Q would add 2: no two accounts reach more than 8+2, and P with Q do.
	near(t, "at least", r.Greedy[1].AtLeast, .8)
	near(t, "guarantee 2", Guarantee(2), .75)
	near(t, "guarantee many", Guarantee(100_000_000), .632121)
}

func TestMultiplicity(t *testing.T) {
	var c []int
	for _, x := range [][2]int{{46, 1}, {30, 2}, {14, 3}, {8, 5}, {2, 10}} {
		for range x[0] {
			c = append(c, x[1])
		}
	}
	e := must[Estimate](t)(Multiplicity(1e6, c, .95))
	near(t, "union", e.Value, 674667)
	near(t, "se", e.SE, 31587.7)
	near(t, "lo", e.Lo, 612756)
	near(t, "hi", e.Hi, 736577)
	near(t, "average frequency", must[float64](t)(AverageFrequency(c)), 1.48221)
	near(t, "reached twice", must[float64](t)(ShareAtLeast(c, 2)), .318182)
	if n := must[int](t)(SampleFor(c, .02, .95)); n != 2106 {
		t.Errorf("sample for ±2 %% = %d, want 2106", n)
	}
	s := must[Estimate](t)(MultiplicityStratified([]Stratum{{6e5, []int{1, 1, 1, 2, 1}}, {3e5, []int{1, 2, 2, 1, 4}}, {1e5, []int{2, 2, 1, 5, 2}}}, .95))
	near(t, "stratified", s.Value, 789000)
	near(t, "stratified se", s.SE, 76098.6)
	m := must[Estimate](t)(MarginalFromSample(400000, 126, 300, .95))
	near(t, "marginal", m.Value, 232000)
	near(t, "marginal se", m.SE, 11398.2)
	if _, err := Multiplicity(10, []int{1, 0}, .95); err == nil {
		t.Error("a draw that follows nobody gave no error")
	}
	if _, err := Multiplicity(10, []int{1}, .95); !errors.Is(err, ErrTooFew) {
		t.Errorf("one draw: %v, want ErrTooFew", err)
	}
	if e := must[Estimate](t)(Multiplicity(10, []int{2, 2}, .95)); !slices.Contains(e.Flags, "no_spread_in_sample") {
		t.Errorf("constant sample: flags %v", e.Flags)
	}
}

func TestThinned(t *testing.T) {
	e := must[Estimate](t)(ThinnedOverlap(18, .05, .08, .95))
	near(t, "thinned", e.Value, 4500)
	near(t, "thinned se", e.SE, 1058.54)
	near(t, "same hash", must[Estimate](t)(SameHashOverlap(18, .05, .95)).Value, 360)
	if _, err := SameHashOverlap(18, 0, .95); err == nil {
		t.Error("a rate of 0 gave no error")
	}
}

func TestCapture(t *testing.T) {
	near(t, "lincoln-petersen", must[float64](t)(LincolnPetersen(200, 150, 30)), 1000)
	c := must[Estimate](t)(Chapman(200, 150, 30, .95))
	near(t, "chapman", c.Value, 978.065)
	near(t, "chapman sd", c.SE, 141.894)
	if c.Method != MethodCapture || !slices.Contains(c.Flags, "lower_bound_only") {
		t.Errorf("chapman is labelled %s %v", c.Method, c.Flags)
	}
	e := must[Estimate](t)(Chao1(320, 120, 45, false, .95))
	near(t, "chao1", e.Value, 480)
	near(t, "chao1 variance", e.SE*e.SE, 1582.22)
	near(t, "chao1 lo", e.Lo, 419.008)
	near(t, "chao1 hi", e.Hi, 578.565)
	near(t, "chao1 corrected", must[Estimate](t)(Chao1(320, 120, 45, true, .95)).Value, 475.217)
	near(t, "chao2", must[float64](t)(Chao2(320, 120, 45, 10)), 464)
	near(t, "good-turing", must[float64](t)(GoodTuring(120, 700)), .828571)
	if e := must[Estimate](t)(Chao1(5, 5, 0, false, .95)); math.IsNaN(e.Lo+e.Hi+e.SE) || e.Lo < 5 {
		t.Errorf("all seen once: %+v", e)
	}
}

func TestDiscount(t *testing.T) {
	c := Classifier{Sensitivity: .85, Specificity: .92}
	e := must[Estimate](t)(RoganGladen(62, 400, c, .95))
	near(t, "share", e.Value, .0974026)
	near(t, "se sampling", e.SE, .0235003)
	c.SensitivityN, c.SpecificityN = 200, 300
	e = must[Estimate](t)(RoganGladen(62, 400, c, .95))
	near(t, "se all", e.SE, .0299928)
	near(t, "real followers", 2.5e6*(1-e.Value), 2256490)
	near(t, "real followers se", 2.5e6*e.SE, 74982)
	lo, hi := wilson(62, 400, zOf(.95))
	near(t, "wilson lo", lo, .122833)
	near(t, "wilson hi", hi, .193731)
	d := must[Estimate](t)(Discount(Estimate{Value: 674667, SE: 31587.7}, .902597, .0299928, .95))
	near(t, "discounted", d.Value, 608952)
	near(t, "discounted se", d.SE, 34961.9)
	near(t, "relative", d.SE/d.Value, .0574132)
	if e := must[Estimate](t)(RoganGladen(1, 400, c, .95)); e.Value != 0 || !slices.Contains(e.Flags, "clipped") {
		t.Errorf("below the false alarms: %+v, want 0 and clipped", e)
	}
	if _, err := RoganGladen(62, 400, Classifier{Sensitivity: .5, Specificity: .5}, .95); err == nil {
		t.Error("a coin as classifier gave no error")
	}
	if _, err := Discount(bounds(1, 2, 2, MethodCountBounds), .9, .03, .95); err == nil {
		t.Error("a discount of bounds gave no error")
	}
}

func TestPerUser(t *testing.T) {
	near(t, "registered", must[Estimate](t)(Per(180, 0, 583, 0, .95)).Value, .308748)
	near(t, "mau", must[Estimate](t)(Per(180, 0, 257, 0, .95)).Value, .700389)
	near(t, "edges", must[Estimate](t)(Per(1900, 0, 257, 0, .95)).Value, 7.39300)
	a, b := must[Estimate](t)(Per(36, 1.8, 150, 0, .95)), must[Estimate](t)(Per(28, .7, 90, 0, .95))
	r := must[Estimate](t)(LogRatio(a, b, .95))
	near(t, "log-ratio", r.Value, -.259511)
	near(t, "log-ratio se", r.SE, math.Hypot(.05, .025))
}
