package growth

import (
	"math"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"pgregory.net/rapid"
)

func TestSurvivorship(t *testing.T) { // UT-9.6
	start := map[string]float64{"a": 100, "b": 90, "c": 80, "d": 40, "e": 10}
	end := map[string]float64{"a": 60, "b": 95, "c": 82, "d": 110, "e": 120}
	s, err := Survivorship(Exactly(start), Exactly(end), 3)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "cohort", s.Cohort.Point, "-.122222")
	digits(t, "survivor", s.Survivor.Point, "1.32143")
	digits(t, "slot", s.Slot.Point, ".203704")

	delete(end, "a")
	if s, err = Survivorship(Exactly(start), Exactly(end), 3); err != nil || s.Cohort.Defined() || !s.Cohort.Flags.Has(Incomplete) || !s.Slot.Defined() || s.Missing != 1 {
		t.Errorf("with one account lost from sight: %+v, %v, want no cohort figure", s, err)
	}
	if _, err := Survivorship(nil, Exactly(end), 3); err == nil {
		t.Error("no accounts at the start were accepted")
	}
}

func TestKaplanMeier(t *testing.T) {
	e, err := KaplanMeier([]Risk{{100, 4}, {90, 3}, {80, 8}}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "S", e.Point, ".835200")
	digits(t, "Greenwood se", e.SD, ".0390736")
	// log-log interval by hand: theta = 1.95996*(.0390736/.8352)/|ln .8352| = .509179, .8352^exp(±theta)
	digits(t, "lo", e.Lo, ".7411")
	digits(t, "hi", e.Hi, ".8974")
	if e, _ := KaplanMeier([]Risk{{5, 5}}, .95); e.Point != 0 || !e.Flags.Has("all_lost") {
		t.Errorf("all lost: %+v", e)
	}
	if _, err := KaplanMeier([]Risk{{5, 6}}, .95); err == nil {
		t.Error("more lost than at risk was accepted")
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(1, 1000).Draw(t, "at risk")
		var periods []Risk
		for at > 0 && len(periods) < 8 {
			lost := rapid.IntRange(0, at).Draw(t, "lost")
			periods = append(periods, Risk{float64(at), float64(lost)})
			at -= lost
		}
		e, err := KaplanMeier(periods, .95)
		if err != nil || !(0 <= e.Lo && e.Lo <= e.Point && e.Point <= e.Hi && e.Hi <= 1) || math.IsNaN(e.SD) {
			t.Fatalf("%+v, %v", e, err)
		}
	})
}

// By hand: S is 1 to 10, 4/5 to 30, 3/5 to 50. The area is 10 + 16 + 12 = 38, that after 10 is 28, that after 30 is 12:
// variance 28^2/(5*4) + 12^2/(4*3) = 51.2, and nothing lies after 50.
func TestMeanSurvival(t *testing.T) {
	e, err := MeanSurvival([]float64{10, 30, 50}, []Risk{{5, 1}, {4, 1}, {2, 1}}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "mean", e.Point, "38")
	digits(t, "sd", e.SD, "7.15542")
	if e.Hi != 50 {
		t.Errorf("interval to %v, want no more than the last time", e.Hi)
	}
	if _, err := MeanSurvival([]float64{10}, nil, 0.95); err == nil {
		t.Error("times without periods were accepted")
	}
	if e, err := MeanSurvival(nil, nil, 0.95); err != nil || e.Defined() || len(e.Flags) == 0 {
		t.Errorf("nobody lost: %+v, %v", e, err)
	}
}

// Coarser counts never make the growth of a list look surer.
func TestSurvivorshipWidensWithTheStep(t *testing.T) {
	start := map[string]float64{"a": 100, "b": 90, "c": 80, "d": 40, "e": 10}
	end := map[string]float64{"a": 60, "b": 95, "c": 82, "d": 110, "e": 120}
	width := func(sd float64) float64 {
		rounded := func(m map[string]float64) Counts {
			c := Exactly(m)
			for id, e := range c {
				c[id] = measure.Normal(e.Point, sd, 0.95, "")
			}
			return c
		}
		s, err := Survivorship(rounded(start), rounded(end), 3)
		if err != nil {
			t.Fatal(err)
		}
		return s.Cohort.Hi - s.Cohort.Lo + s.Slot.Hi - s.Slot.Lo + s.Survivor.Hi - s.Survivor.Lo
	}
	if !(width(0) == 0 && width(1) > 0 && width(2) > width(1)) {
		t.Errorf("widths %v, %v, %v", width(0), width(1), width(2))
	}
}
