package events

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/series"
	"pgregory.net/rapid"
)

// walker is a unit with a reading every 15 days for five years from 2010, whose log moves with common factors that each
// unit mixes in its own proportion, with noise and, from the day at on, an extra growth per month.
func walker(platform, family, name, metric string, mix, extra float64, at time.Time, seed uint64) unit {
	rnd := measure.Stream(seed, "controls test")
	u := unit{platform: platform, family: family, name: name, metric: metric}
	level := 0.0
	for i := range 122 {
		on := date("2010-01-01").AddDate(0, 0, 15*i)
		season := 0.1 * math.Sin(float64(i)/6)
		growth := 0.02*mix + 0.01*(1-mix)
		if !on.Before(at) {
			level += extra / 2
		}
		v := 1e6 * math.Exp(growth*float64(i)/2+season*mix+level+0.002*rnd.NormFloat64())
		u.points = append(u.points, series.Point{On: on, Value: measure.Normal(v, v/1e5, 0.95, "single reading")})
	}
	return u
}

// crowd is one treated account among donors, with an extra growth from the event on.
func crowd(donors int, extra float64, at time.Time, seed uint64) []unit {
	units := []unit{walker("p", "f", "treated", followers, 0.5, extra, at, seed)}
	for i := range donors {
		mix := float64(i%10) / 9
		units = append(units, walker("o", "g", fmt.Sprintf("donor %02d", i), followers, mix, 0, at, seed*1000+uint64(i)))
	}
	return units
}

func judgeControls(t *testing.T, units []unit, at time.Time) (did, sc Control) {
	t.Helper()
	d := series.Data{Platforms: []series.Platform{{Name: "o", Family: "g"}, {Name: "p", Family: "f"}}}
	got, err := Controls([]Event{{Platform: "p", Kind: "product", Title: "x", On: at}}, d, units)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Method != MethodDifference || got[1].Method != MethodSynthetic {
		t.Fatalf("%d controls: %+v", len(got), got)
	}
	return got[0], got[1]
}

func TestControlsSeeATrueEffect(t *testing.T) {
	at := date("2012-06-01")
	did, sc := judgeControls(t, crowd(20, 0.05, at, 1), at)
	for _, c := range []Control{did, sc} {
		if c.Verdict != Changed || !strings.Contains(c.Words, "not shown") || c.Controls != 20 || c.Before != mostBefore || c.After != mostAfter {
			t.Errorf("%s: %s: %s (%+v)", c.Method, c.Verdict, c.Words, c.Effect)
		}
	}
	if !(did.Effect.Lo < math.Expm1(0.05) && math.Expm1(0.05) < did.Effect.Hi) {
		t.Errorf("growth a month changed by %+v, want 5.1 %%", did.Effect)
	}
	if want := math.Expm1(6 * 0.05); math.Abs(sc.Effect.Point-want) > 0.05 { // six months of 0.05
		t.Errorf("level off by %+v, want %.3f", sc.Effect, want)
	}
	if sc.LeastP != 1.0/21 || sc.Effect.Level != 19.0/21 || sc.Fit > poorFit || sc.Weights == "" {
		t.Errorf("least p %v, level %v, fit %v, weights %q", sc.LeastP, sc.Effect.Level, sc.Fit, sc.Weights)
	}
}

// Without an event a change is seen about as often as the tests allow, and no more.
func TestControlsRarelySeeNothing(t *testing.T) {
	at := date("2012-06-01")
	alarms := map[string]int{}
	const runs = 24
	for seed := range uint64(runs) {
		did, sc := judgeControls(t, crowd(12, 0, at, seed+1), at)
		for _, c := range []Control{did, sc} {
			if c.Verdict == Changed {
				alarms[c.Method]++
			}
		}
	}
	for method, n := range alarms {
		if n > runs/6 {
			t.Errorf("%s: %d of %d quiet days show a change", method, n, runs)
		}
	}
}

func TestControlsSayWhatTheyCannot(t *testing.T) {
	at := date("2012-06-01")
	short := walker("p", "f", "treated", followers, 0.5, 0, at, 1)
	short.points = short.points[:57] // ends before the event
	parted := crowd(20, 0.05, at.AddDate(0, -4, 0), 1)
	for name, c := range map[string]struct {
		units []unit
		want  string
	}{
		"nothing after":  {append([]unit{short}, crowd(9, 0, at, 2)[1:]...), "no series covers"},
		"no control":     {crowd(0, 0, at, 1), "no series of a platform of another family"},
		"two controls":   {crowd(2, 0.05, at, 1), "smallest possible p is 0.33"},
		"parted already": {parted, "cannot be told"},
	} {
		_, sc := judgeControls(t, c.units, at)
		if sc.Verdict != CannotBeTold || !strings.Contains(sc.Words, c.want) {
			t.Errorf("%s: %s", name, sc.Words)
		}
	}
	did, _ := judgeControls(t, parted, at)
	if did.Verdict == Changed {
		t.Errorf("a change where the paths had parted before: %s", did.Words)
	}
	// One control: the placebo dates alone give the error.
	did, _ = judgeControls(t, crowd(1, 0.3, at, 1), at)
	if !did.Flags.Has(DatesOnly) || did.P != did.PlaceboP || !measure.Finite(did.Effect.Lo) {
		t.Errorf("one control: %+v", did)
	}
}

func TestStudySeesFasterGrowth(t *testing.T) {
	at := date("2012-06-01")
	d := series.Data{Platforms: []series.Platform{{Name: "p", Family: "f"}}}
	s := func(extra float64) GrowthStudy {
		u := walker("p", "f", "", "registered_users", 0, extra, at, 3)
		d.Series = []series.Series{{Platform: "p", Family: "f", Metric: "registered_users", Points: u.points}}
		got, err := GrowthStudies([]Event{{Platform: "p", Kind: "product", Title: "x", On: at}}, d)
		if err != nil || len(got) != 1 {
			t.Fatalf("%d studies, %v", len(got), err)
		}
		return got[0]
	}
	if got := s(0.05); got.Verdict != Changed || !(got.Abnormal.Lo < math.Expm1(0.05) && math.Expm1(0.05) < got.Abnormal.Hi) || got.Before != studyBefore || got.After != studyAfter {
		t.Errorf("%s: %+v", got.Words, got)
	}
	if got := s(0); got.Verdict == Changed {
		t.Errorf("a change where there is none: %s", got.Words)
	}
}

func TestKindsArePooledOnce(t *testing.T) {
	study := func(platform, on string, abnormal float64) GrowthStudy {
		return GrowthStudy{Event: Event{Platform: platform, Kind: "partnership", On: date(on)}, Target: platform, Metric: "m",
			P: 0.5, Abnormal: measure.Estimate{Point: math.Expm1(abnormal)}}
	}
	got, err := PoolKinds([]GrowthStudy{study("a", "2011-01-01", 0.1), study("a", "2011-02-01", 9), study("b", "2011-01-01", 0.2),
		study("c", "2012-01-01", 0.3), {Event: Event{Platform: "d", Kind: "partnership"}, Target: "e", Metric: "m", P: 0.5}})
	if err != nil || len(got) != 1 {
		t.Fatalf("%d kinds, %v", len(got), err)
	}
	k := got[0]
	if k.Events != 3 { // the one a month later shares the window of the first; that on another platform is not its own
		t.Errorf("%d events pooled, want 3", k.Events)
	}
	// mean 0.2, sd 0.1: t = 0.2 sqrt(3)/0.1 = 3.4641 with 2 degrees of freedom; p = 1 - t/sqrt(t^2+2) = 0.0741799
	measuretest.Digits(t, "mean", math.Log1p(k.Mean.Point), "0.2")
	measuretest.Digits(t, "p", k.P, "0.0741799")
	if k.Verdict != Unchanged {
		t.Errorf("%s: %s", k.Verdict, k.Words)
	}
}

func TestCasesSumHonestly(t *testing.T) {
	c := Case{Title: "q", Platforms: []string{"p"}, Kinds: []string{"product"}, From: date("2012-06-01"), To: date("2012-06-30")}
	ev := Event{Platform: "p", Kind: "product", On: date("2012-06-02")}
	other := Event{Platform: "p", Kind: "market", On: date("2012-06-02")}
	effect := func(v Verdict, detectable float64) []Effect {
		return []Effect{{Event: ev, Target: "p", Metric: "m", Verdict: v, Words: "w", Q: 0.5, Detectable: detectable}}
	}
	controls := []Control{{Event: ev, Method: MethodDifference, Verdict: Changed, Words: "w"}}
	for name, got := range map[string]struct {
		cases []CaseVerdict
		want  Verdict
		words string
	}{
		"contradiction": {JudgeCases([]Case{c}, []Event{ev}, effect(Unchanged, 0.1), nil, controls), CannotBeTold, "1 of 4 methods see a change and 1 see none"},
		"change":        {JudgeCases([]Case{c}, []Event{ev}, nil, nil, controls), Changed, "not shown"},
		"sharp silence": {JudgeCases([]Case{c}, []Event{ev}, effect(Unchanged, 0.1), nil, nil), Unchanged, "under 10 %"},
		"blunt silence": {JudgeCases([]Case{c}, []Event{ev}, effect(Unchanged, 0.5), nil, nil), CannotBeTold, "under 50 %"},
		"nothing":       {JudgeCases([]Case{c}, []Event{ev}, nil, nil, nil), CannotBeTold, "not one test"},
	} {
		if len(got.cases) != 1 || got.cases[0].Verdict != got.want || !strings.Contains(got.cases[0].Words, got.words) {
			t.Errorf("%s: %+v", name, got.cases)
		}
	}
	if got := JudgeCases([]Case{c}, []Event{other}, nil, nil, nil); len(got) != 0 {
		t.Errorf("a case without its events: %+v", got)
	}
}

// Whatever a series holds, every table comes out whole: no NaN, no panic, a verdict in words.
func TestEventTablesAlwaysComeOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d series.Data
		d.Platforms = []series.Platform{{Name: "o", Family: "g"}, {Name: "p", Family: "f"}}
		values := rapid.SampledFrom([]float64{0, 1, 7, 1e6, 1.2e6, 3e8, 1e18, -5})
		points := func(label string) []series.Point {
			var out []series.Point
			on := date("2010-01-31")
			for range rapid.IntRange(1, 40).Draw(t, label) {
				v := values.Draw(t, "value")
				p := series.Point{On: on, Value: measure.Normal(v, rapid.SampledFrom([]float64{0, 1, math.NaN()}).Draw(t, "sd"), 0.95, "single reading")}
				days := rapid.SampledFrom([]int{1, 30, 30, 91, 500}).Draw(t, "days")
				if days == 500 {
					p.Value = p.Value.With(measure.Gap)
				}
				out = append(out, p)
				on = on.AddDate(0, 0, days)
			}
			return out
		}
		for _, platform := range d.Platforms {
			d.Series = append(d.Series, series.Series{Platform: platform.Name, Family: platform.Family, Metric: "registered_users", Points: points(platform.Name)})
		}
		accounts := []unit{{platform: "p", family: "f", name: "a", metric: followers, points: points("a")}, {platform: "o", family: "g", name: "b", metric: followers, points: points("b")}}
		tables, err := judgeAll([]Event{{Platform: "p", Kind: "product", Title: "x", On: date("2011-06-01")}, {Platform: "o", Kind: "product", Title: "y", On: date("2011-01-01")}}, d, accounts)
		if err != nil {
			t.Fatal(err)
		}
		measuretest.CheckTables(t, tables...)
	})
}
