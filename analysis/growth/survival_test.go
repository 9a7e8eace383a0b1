package growth

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestSurvivorship(t *testing.T) { // UT-9.6
	start := map[string]float64{"a": 100, "b": 90, "c": 80, "d": 40, "e": 10}
	end := map[string]float64{"a": 60, "b": 95, "c": 82, "d": 110, "e": 120}
	s, err := Survivorship(start, end, 3)
	if err != nil {
		t.Fatal(err)
	}
	digits(t, "cohort", s.Cohort, "-.122222")
	digits(t, "survivor", s.Survivor, "1.32143")
	digits(t, "slot", s.Slot, ".203704")

	delete(end, "a")
	if s, err = Survivorship(start, end, 3); err != nil || !math.IsNaN(s.Cohort) || math.IsNaN(s.Slot) || s.Missing != 1 {
		t.Errorf("with one account lost from sight: %+v, %v, want no cohort figure", s, err)
	}
	if _, err := Survivorship(nil, end, 3); err == nil {
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
