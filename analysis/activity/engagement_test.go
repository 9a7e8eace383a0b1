package activity

import (
	"math"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"pgregory.net/rapid"
)

var digits = measuretest.Digits

func TestStick(t *testing.T) { // UT-10.1
	s, err := Stick([][]int{{1, 2, 3}, {2, 3}, {1, 3, 4}, {3, 5}})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Stickiness{MeanDaily: 2.5, Window: 5, Ratio: .5, Days: 4, PerUser: 2}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if s, _ := Stick([][]int{{1, 1}, {1}}); s.Ratio != 1 {
		t.Errorf("a user who comes twice a day counts %v, want 1", s.Ratio)
	}
	if _, err := Stick([][]int{{}, {}}); err == nil {
		t.Error("stickiness without users was given")
	}
}

func count(t measuretest.T, v float64, mode measure.Mode) measure.Reading {
	r, err := measure.NewReading(v, 1, mode)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

func TestEngage(t *testing.T) { // UT-10.2
	posts := []Post{
		{count(t, 1290, measure.Exact), 40000}, {count(t, 330, measure.Exact), 41000}, {count(t, 5700, measure.Exact), 42000},
	}
	e, err := Engage(posts)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "mean", e.Mean.Point, ".0586710")
	digits(t, "pooled", e.Pooled.Point, ".0595122")
	digits(t, "median", e.Median.Point, ".0322500")
	posts[2].Interactions = count(t, 5700, measure.CensoredRight)
	if e, err = Engage(posts); err != nil || e.Censored != 1 || !math.IsInf(e.Pooled.Hi, 1) || !math.IsInf(e.Mean.Hi, 1) {
		t.Errorf("with a lower bound: %+v, %v", e, err)
	}
	digits(t, "median with a third bounded", e.Median.Hi, ".0322500")
	for name, bad := range map[string][]Post{"none": nil, "no followers": {{count(t, 1, measure.Exact), 0}}, "negative": {{count(t, -1, measure.Exact), 5}}} {
		if _, err := Engage(bad); err == nil {
			t.Errorf("%s: engagement was given", name)
		}
	}
}

func TestShrink(t *testing.T) {
	got, err := Shrink(12, 500, 2, 98)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "shrunk", got, ".0233333")
	if _, err := Shrink(5, 4, 1, 1); err == nil {
		t.Error("more than all was accepted")
	}
	// Rates 0.1, 0.2, 0.3 of n = 1000: mean .2, variance .01, chance .16/1000, total .16/.00984-1 = 15.2602.
	a, b, ok := FitBeta([]float64{100, 200, 300}, []float64{1000, 1000, 1000})
	if !ok {
		t.Fatal("nothing learnt")
	}
	digits(t, "a", a, "3.05203")
	digits(t, "b", b, "12.2081")
	if _, _, ok := FitBeta([]float64{5, 5, 5}, []float64{50, 50, 50}); ok {
		t.Error("a prior was learnt from equal rates")
	}
	rapid.Check(t, func(t *rapid.T) {
		n := float64(rapid.IntRange(1, 1e6).Draw(t, "n"))
		k := n * rapid.Float64Range(0, 1).Draw(t, "share")
		a, b := rapid.Float64Range(0.1, 100).Draw(t, "a"), rapid.Float64Range(0.1, 100).Draw(t, "b")
		s, err := Shrink(k, n, a, b)
		lo, hi := min(k/n, a/(a+b)), max(k/n, a/(a+b))
		if err != nil || s < lo-1e-12 || s > hi+1e-12 {
			t.Fatalf("%v shrinks to %v outside %v..%v (%v)", k/n, s, lo, hi, err)
		}
	})
}

func TestNormalise(t *testing.T) { // UT-10.3
	users := func(kind measure.Kind, v float64) measure.Quantity {
		return measure.Quantity{Kind: kind, Estimate: measure.Normal(v, v/100, .95, "")}
	}
	reach := users("unique_reach", 180e6)
	for _, c := range []struct {
		count, base measure.Quantity
		want        string
	}{
		{reach, users("registered_users", 583e6), ".308748"},
		{reach, users("monthly_active_users", 257e6), ".700389"},
		{users("top100_followers_total", 1.9e9), users("monthly_active_users", 257e6), "7.39300"},
	} {
		q, err := PerUser(c.count, c.base)
		if err != nil {
			t.Fatal(err)
		}
		digits(t, string(q.Kind), q.Point, c.want)
		if !(q.Lo < q.Point && q.Point < q.Hi) {
			t.Errorf("%s: interval %v..%v", q.Kind, q.Lo, q.Hi)
		}
	}
	if _, err := PerUser(reach, reach); err == nil {
		t.Error("reach per reach was given")
	}
	e := LogRatioOfRatios(measure.Normal(36e6, 1e6, .95, ""), measure.Normal(150e6, 1e6, .95, ""),
		measure.Normal(28e6, 1e6, .95, ""), measure.Normal(90e6, 1e6, .95, ""))
	digits(t, "log ratio", e.Point, "-.259511")
	digits(t, "sd", e.SD, ".0470640") // sqrt(1/36^2+1/150^2+1/28^2+1/90^2)
	if LogRatioOfRatios(measure.Normal(0, 1, .95, ""), e, e, e).Defined() {
		t.Error("ratio of zero is defined")
	}
}
