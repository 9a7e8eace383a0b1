package events

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

var date = measuretest.Date

// monthly is a series of n months from 2010 with 2 % growth, noise of the given size, and a jump (a factor) at month at.
func monthly(n int, noise, jump float64, at int, seed uint64) series.Series {
	rnd := measure.Stream(seed, "events test")
	s := series.Series{Platform: "p", Family: "f", Metric: "monthly_active_users"}
	for i := range n {
		v := 1e6 * math.Exp(0.02*float64(i)+noise*rnd.NormFloat64())
		if i >= at {
			v *= jump
		}
		on := date("2010-01-31").AddDate(0, 0, 30*i)
		s.Points = append(s.Points, series.Point{On: on, Value: measure.Normal(v, v/1e5, 0.95, "single reading")})
	}
	return s
}

func judgeOne(t *testing.T, s series.Series, on time.Time) Effect {
	t.Helper()
	d := series.Data{Series: []series.Series{s}, Platforms: []series.Platform{{Name: "p", Family: "f"}}}
	got, err := Effects([]Event{{Platform: "p", Kind: "product", Title: "x", On: on}}, d)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("%d effects, want 1", len(got))
	}
	return got[0]
}

func TestATrueJumpIsSeen(t *testing.T) {
	s := monthly(60, 0.005, 1.25, 30, 1)
	e := judgeOne(t, s, s.Points[30].On)
	if e.Verdict != Changed || !(e.Level.Lo < 0.25 && 0.25 < e.Level.Hi) || e.Before != windowSide || e.After != windowSide {
		t.Errorf("%s: %s (level %+v, %d placebos)", e.Verdict, e.Words, e.Level, e.Placebos)
	}
	if !strings.Contains(e.Words, "not shown") {
		t.Errorf("the verdict claims a cause: %q", e.Words)
	}
	// The same day a year earlier saw nothing.
	if e = judgeOne(t, s, s.Points[18].On); e.Verdict == Changed {
		t.Errorf("a change where there was none: %s", e.Words)
	}
}

// Among steady series without any event, a change is seen far less often than one time in twenty.
func TestFalseAlarmsAreRare(t *testing.T) {
	alarms := 0
	for seed := range uint64(200) {
		s := monthly(60, 0.02, 1, 0, seed)
		if judgeOne(t, s, s.Points[30].On).Verdict == Changed {
			alarms++
		}
	}
	if alarms > 6 {
		t.Errorf("%d of 200 series without an event show one", alarms)
	}
}

// Growth that slows smoothly is no jump, though a broken line sees one.
func TestSmoothBendIsNoJump(t *testing.T) {
	s := monthly(60, 0.002, 1, 0, 3)
	for i := range s.Points {
		s.Points[i].Value.Point *= math.Exp(-0.0015 * float64(i*i) / 4)
	}
	if e := judgeOne(t, s, s.Points[30].On); e.Verdict == Changed {
		t.Errorf("%s", e.Words)
	}
}

// A jump that a platform of another family shows on the same day is not the event's.
func TestPlaceboPlatform(t *testing.T) {
	s := monthly(60, 0.005, 1.25, 30, 1)
	other := monthly(60, 0.0005, 1.5, 30, 2)
	other.Platform, other.Family = "o", "g"
	d := series.Data{Series: []series.Series{other, s}, Platforms: []series.Platform{{Name: "o", Family: "g"}, {Name: "p", Family: "f"}}}
	got, err := Effects([]Event{{Platform: "p", Kind: "product", Title: "x", On: s.Points[30].On}}, d)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Elsewhere != 1 || got[0].ElsewhereBig != 1 || got[0].Verdict != CannotBeTold {
		t.Errorf("%d effects, %+v", len(got), got[0])
	}
}

func TestTooLittleToTell(t *testing.T) {
	s := monthly(60, 0.005, 1.25, 30, 1)
	for name, c := range map[string]struct {
		points []series.Point
		on     time.Time
	}{
		"nothing after":  {s.Points[:31], s.Points[30].On},
		"nothing before": {s.Points[30:], s.Points[30].On},
		"one reading":    {s.Points[30:31], s.Points[30].On},
	} {
		short := s
		short.Points = c.points
		if e := judgeOne(t, short, c.on); e.Verdict != CannotBeTold || !strings.HasPrefix(e.Words, "cannot be told from this data") || !math.IsNaN(e.P) {
			t.Errorf("%s: %s: %s", name, e.Verdict, e.Words)
		}
	}
	// A great jump without placebo dates to compare with stays untold.
	short := s
	short.Points = s.Points[24:36]
	if e := judgeOne(t, short, s.Points[30].On); e.Verdict != CannotBeTold || !strings.Contains(e.Words, "placebo") {
		t.Errorf("%s", e.Words)
	}
	for i := range short.Points { // zeros and equal values
		short.Points[i].Value = measure.Normal(float64(i%2), 0, .95, "")
	}
	if e := judgeOne(t, short, short.Points[6].On); e.Verdict == Changed {
		t.Errorf("%s", e.Words)
	}
}

func TestWindowStopsAtAGap(t *testing.T) {
	s := monthly(20, 0.01, 1, 0, 1)
	s.Points[12].Value = s.Points[12].Value.With(measure.Gap)
	if got := window(s.Points, s.Points[10].On); len(got) != 8+2 {
		t.Errorf("%d readings, want 8 before and 2 up to the gap", len(got))
	}
	if got := window(s.Points, s.Points[15].On); len(got) != 3+5 || !got[0].On.Equal(s.Points[12].On) {
		t.Errorf("%d readings from %v, want 3 back to the gap and 5 on", len(got), got[0].On)
	}
	if got := window(s.Points, s.Points[12].On); len(got) == 0 || got[len(got)-1].On.After(s.Points[11].On) && got[0].On.Before(s.Points[12].On) {
		t.Errorf("the window crosses the gap: %v to %v", got[0].On, got[len(got)-1].On)
	}
}

func TestShippedHistory(t *testing.T) {
	q := warehousetest.Shipped(t)
	tables, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	rows := measuretest.Rows(tables[0])
	has := func(platform, on, kind string) {
		t.Helper()
		for _, r := range rows {
			if r["event_platform"] == platform && r["event_on"] == date(on) && r["kind"] == kind && r["platform"] == platform {
				if r["verdict"] == "" {
					t.Errorf("%s %s %s has no verdict", platform, on, kind)
				}
				return
			}
		}
		t.Errorf("no verdict on %s %s %s", platform, on, kind)
	}
	has("sina_weibo", "2011-06-03", "partnership")
	has("sina_weibo", "2011-06-14", "partnership")
	has("sina_weibo", "2012-03-16", "regulation")
	has("twitter", "2022-10-27", "ownership")
	has("bluesky", "2024-02-06", "product")
	has("threads", "2023-07-05", "product")
	for _, r := range rows {
		if tested := r["p"] != nil; tested != (r["level_change"] != nil) || !tested && r["verdict_kind"] != string(CannotBeTold) {
			t.Errorf("%v", r)
		}
	}
	early, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2011-06-30")})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range measuretest.Rows(early[0]) {
		if r["event_on"].(time.Time).After(date("2011-06-30")) || r["n_after"].(int) > 0 && r["to_on"].(time.Time).After(date("2011-06-30")) {
			t.Errorf("as of June 2011 there is %s", fmt.Sprint(r))
		}
	}
}

// The questions that people ask have an answer each, and where the data hold too little it says so.
func TestCasesOfTheShippedHistory(t *testing.T) {
	tables, err := Job{}.Run(t.Context(), warehousetest.Shipped(t), analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]map[string]any{}
	for _, r := range measuretest.Rows(tables[4]) {
		if r["method"] == "sum" {
			sums[r["title"].(string)] = r
		}
	}
	if len(sums) != len(Cases) {
		t.Fatalf("%d answers to %d questions", len(sums), len(Cases))
	}
	for title, r := range sums {
		if r["n_events"].(int) < 1 || r["verdict_kind"] != string(CannotBeTold) || !strings.Contains(r["verdict"].(string), "annot be told from this data") {
			t.Errorf("%s: %v", title, r)
		}
	}
	if r := sums["Twitter's sale in October 2022"]; r["n_made"] != 0 {
		t.Errorf("a test of Twitter's sale, after which Twitter published nothing: %v", r)
	}
}
