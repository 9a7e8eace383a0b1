package forecast

import (
	"math"
	"slices"
	"testing"
)

func TestMirrorGoesAsFarAsItCame(t *testing.T) {
	obs := []Obs{{T: 0, Y: 100}, {T: 100, Y: 200}, {T: 200, Y: 400}}
	for _, c := range []struct{ t, want float64 }{
		{200, 400},         // no time ahead
		{300, 600},         // +200 in the last 100 days
		{350, 400 + 250},   // 250 in the last 150 days, the first 50 of them interpolated
		{600, 400 + 2*300}, // 300 in all 200 days, twice that span ahead
		{100, 400},         // not before the last reading
	} {
		if got := mirror(obs, c.t); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("to day %v: got %v, want %v", c.t, got, c.want)
		}
	}
	if got := mirror([]Obs{{T: 0, Y: 10}, {T: 10, Y: 1}}, 30); got != 0 {
		t.Errorf("a fall goes on to %v, want 0 at least", got)
	}
}

func TestIrregularDriftIsDriftOnEqualSteps(t *testing.T) {
	y := []float64{100, 103, 107, 110, 116, 119, 125, 128}
	obs := make([]Obs, len(y))
	for i, v := range y {
		obs[i] = Obs{T: 10 * float64(i), Y: v}
	}
	q := irregularDrift(obs, 70+40, true)
	m, sd := Drift(y, 4)
	if math.Abs(q[2]-m) > 1e-9 || math.Abs((q[4]-q[0])/2-1.2815515655*sd) > 1e-6 {
		t.Errorf("got %v, want %v +- %v", q, m, sd)
	}
}

func TestBreaksAreCutOff(t *testing.T) {
	series := func(y ...float64) []Obs {
		out := make([]Obs, len(y))
		for i, v := range y {
			out[i] = Obs{T: float64(i), Y: v}
		}
		return out
	}
	broken := series(10, 11, 12, 13, 14, 80, 81, 82, 83, 84, 85, 86, 87, 88)
	if got, yes := afterBreak(broken); !yes || len(got) != 9 || got[0].Y != 80 {
		t.Errorf("break: %v %v", got, yes)
	}
	for name, obs := range map[string][]Obs{
		"steady":         series(10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21),
		"doubling":       series(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048),
		"too few after":  series(10, 11, 12, 13, 14, 15, 16, 17, 80, 81, 82),
		"flat":           series(5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5),
		"three readings": series(1, 100, 101),
	} {
		if got, yes := afterBreak(obs); yes || len(got) != len(obs) {
			t.Errorf("%s: cut to %v", name, got)
		}
	}
}

func TestCandidatesThatWereRightWeighMore(t *testing.T) {
	p := fanPoint{months: 6, by: []rootFan{{10, 1}, {20, 1}, {30, 1}, {40, 1}}}
	p.combine(nil, "a", 100)
	if math.Abs(p.root.centre-25) > 1e-9 || p.root.size <= 1 {
		t.Errorf("without a past: %+v, want the mean and a size with the disagreement in it", p.root)
	}
	var past []verdict
	for range 20 {
		past = append(past, verdict{id: "b", months: 6, known: 50, loss: [candidates]float64{0.1, 1.3, 1.3, 1.3}})
	}
	p.combine(past, "a", 100)
	if p.root.centre > 12 {
		t.Errorf("the one that was right: centre %v, want near 10", p.root.centre)
	}
	p.combine(past, "a", 49)
	if math.Abs(p.root.centre-25) > 1e-9 {
		t.Errorf("before the outcomes were known: centre %v, want 25", p.root.centre)
	}
}

func TestFanDaysAreMonthEnds(t *testing.T) {
	last, _, _ := ParseDS("2024-01-31")
	to, _, _ := ParseDS("2024-05-15")
	var got []string
	for _, d := range fanDaysOf(last, to) {
		got = append(got, formatDS(d, true))
	}
	if want := []string{"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
