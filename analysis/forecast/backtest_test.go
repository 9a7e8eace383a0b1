package forecast

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawn draws a panel of n monthly count series with trends that change.
func drawn(seed uint64, n, length int) *Panel {
	p := &Panel{}
	for i := range n {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		s := &Series{ID: fmt.Sprintf("s%03d", i)}
		l, b := math.Log(1e5), 0.03*rng.NormFloat64()
		for k := range length {
			b += 0.004 * rng.NormFloat64()
			l += b + 0.02*rng.NormFloat64()
			s.Points = append(s.Points, Point{DS: fmt.Sprint(k), T: float64(k), Y: math.Round(math.Exp(l))})
		}
		p.Series = append(p.Series, s)
	}
	return p
}

func backtest(t testing.TB, p *Panel, tasks []Task, opt Options) *Result {
	t.Helper()
	res, err := Backtest(context.Background(), p, tasks, opt)
	if err != nil {
		t.Fatal(err)
	}
	checkForecasts(t, res.Forecasts)
	return res
}

// A forecast at a cutoff is the same digits whether the panel ends there or goes on: nothing after the cutoff is seen, neither of the
// series nor of the others.
func TestNoForecastSeesBeyondItsCutoff(t *testing.T) {
	full := drawn(1, 8, 50)
	cutoffs := []float64{25, 30, 36}
	for _, c := range cutoffs {
		cutPanel, spoiled := &Panel{}, &Panel{}
		var tasks []Task
		for _, s := range full.Series {
			a, b := *s, *s
			a.Points = s.until(c)
			b.Points = slices.Clone(s.Points)
			for i := range b.Points {
				if b.Points[i].T > c {
					b.Points[i].Y *= 50
				}
			}
			cutPanel.Series, spoiled.Series = append(cutPanel.Series, &a), append(spoiled.Series, &b)
			for _, past := range cutoffs {
				for _, h := range []int{1, 3, 6} {
					if past <= c {
						tasks = append(tasks, Task{ID: s.ID, Cutoff: fmt.Sprint(past), T: past, H: h})
					}
				}
			}
		}
		want := backtest(t, cutPanel, tasks, Options{})
		for name, p := range map[string]*Panel{"full": full, "spoiled": spoiled} {
			if d := cmp.Diff(want.Forecasts, backtest(t, p, tasks, Options{}).Forecasts); d != "" {
				t.Errorf("cutoff %v, %s panel: forecasts differ: %s", c, name, d)
			}
		}
	}
}

func TestWorkersChangeNoDigit(t *testing.T) {
	p := drawn(2, 10, 40)
	tasks := MakeTasks(p, []int{1, 3}, 0)
	one := backtest(t, p, tasks, Options{Workers: 1})
	for _, n := range []int{2, 7} {
		if d := cmp.Diff(one, backtest(t, p, tasks, Options{Workers: n})); d != "" {
			t.Errorf("%d workers: %s", n, d)
		}
	}
}

// On series of a kind that the numbers were not chosen on, the combination beats drift and naive and its intervals hold.
func TestBacktestBeatsTheSimplestAndIsCalibrated(t *testing.T) {
	p := drawn(3, 30, 54)
	res := backtest(t, p, MakeTasks(p, []int{1, 3, 6}, 0), Options{})
	rows, err := Scoreboard(p, res, Levels)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Model != "overtake" {
			continue
		}
		if r.RelWIS > 0.9 || r.Coverage.Share < 0.74 || r.Coverage.Share > 0.88 {
			t.Errorf("h=%d: WIS %.3f of drift's, 80 %% intervals hold %.3f", r.H, r.RelWIS, r.Coverage.Share)
		}
	}
}

func TestSeasonIsFoundAndFollowed(t *testing.T) {
	var b strings.Builder
	b.WriteString("unique_id,ds,y\n")
	rng := rand.New(rand.NewPCG(6, 6))
	truth := func(i int) float64 { return 500 + 3*float64(i) + 120*math.Cos(2*math.Pi*float64(i)/12) }
	for i := range 84 {
		fmt.Fprintf(&b, "a,%d-%02d-01,%.2f\n", 2010+i/12, i%12+1, truth(i)+5*rng.NormFloat64())
	}
	p := mustPanel(t, b.String())
	res, err := Ahead(t.Context(), p, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Forecasts {
		if want := truth(83 + f.H); math.Abs(f.Q[2]-want) > 25 {
			t.Errorf("h=%d (%s): got %v, want %v", f.H, f.Target, f.Q[2], want)
		}
	}
	off, err := Ahead(t.Context(), p, []int{6}, Options{Season: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := off.Forecasts[0].Q[2]; math.Abs(got-truth(89)) < 40 {
		t.Errorf("season 1 must switch the season off, got %v", got)
	}
}

func TestSeasonIsFoundWhereStepsAreNumbers(t *testing.T) {
	for _, m := range []int{1, 4, 7, 12} {
		rng := rand.New(rand.NewPCG(16, uint64(m)))
		y := made(60, func(i int) float64 {
			v := 300 + 2*float64(i) + 8*rng.NormFloat64()
			if m > 1 {
				v += 50 * math.Cos(2*math.Pi*float64(i)/float64(m))
			}
			return v
		})
		if got := detectSeason(y); got != m {
			t.Errorf("season of %d: found %d", m, got)
		}
	}
}

func TestBadSeriesGetAnAnswerAndAFlag(t *testing.T) {
	var b strings.Builder
	b.WriteString("unique_id,ds,y\n")
	add := func(id string, y ...float64) {
		for i, v := range y {
			fmt.Fprintf(&b, "%s,%d-%02d-28,%v\n", id, 2015+i/12, i%12+1, v)
		}
	}
	add("one", 42)
	add("two", 40, 44)
	add("three", 40, 44, 50)
	add("equal", 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7)
	add("zeros", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	add("mixed", -3, 4, -5, 6, -7, 8, -9, 10, -8, 9)
	add("falling", 100, 90, 81, 73, 66, 59, 53, 48, 43, 39, 35, 31, 28)
	add("huge", 1e18, 1.1e18, 1.2e18, 1.32e18, 1.4e18, 1.52e18, 1.6e18, 1.7e18, 1.85e18)
	add("outlier", 100, 101, 102, 103, 104, 105, 1e15, 107, 108, 109, 110, 111, 112, 113, 114, 115)
	add("jump", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1e9)
	b.WriteString("gap,2015-01-01,5\ngap,2015-02-01,6\ngap,2015-03-01,8\ngap,2016-06-01,20\ngap,2016-07-01,21\n")
	b.WriteString("nan,2015-01-01,NaN\n")
	p := mustPanel(t, b.String())
	res, err := Ahead(t.Context(), p, []int{1, 6, 24}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkForecasts(t, res.Forecasts)
	got := map[string]Forecast{}
	for _, f := range res.Forecasts {
		if f.H == 1 {
			got[f.ID] = f
		}
	}
	for id, flag := range map[string]string{"one": "one_reading", "two": "few_readings", "three": "few_readings", "equal": "flat", "zeros": "flat", "outlier": "outlier", "gap": "sparse",
		"mixed": "not_positive", "falling": "falling"} {
		if !slices.Contains(got[id].Flags, flag) {
			t.Errorf("%s: flags %v, want %q among them", id, got[id].Flags, flag)
		}
	}
	if len(res.Refusals) != 1 || res.Refusals[0].ID != "nan" || res.Refusals[0].Reason == "" {
		t.Errorf("refusals %+v", res.Refusals)
	}
	if f := got["outlier"]; f.Q[2] < 110 || f.Q[4] > 200 {
		t.Errorf("one absurd reading moved the forecast: %v", f.Q)
	}
	if f := got["falling"]; f.Q[2] > 28 || f.Q[0] < 0 {
		t.Errorf("falling: %v", f.Q)
	}
	if f := got["equal"]; math.Abs(f.Q[2]-7) > 1e-9 || f.Q[4]-f.Q[0] > 0.1 {
		t.Errorf("equal: %v", f.Q)
	}
	if f := got["two"]; f.Q[4]-f.Q[0] < 1 || f.Q[4] < 44 || f.Q[0] > 44 {
		t.Errorf("two readings: %v", f.Q)
	}
	if f := got["one"]; f.Q[2] != 42 || f.Q[4]-f.Q[0] < 4 || f.Q[4]-f.Q[0] > 42 {
		t.Errorf("one reading: %v, want it to stay, with a wide guess", f.Q)
	}
}

func TestTasksThatCannotBeAnsweredAreRefused(t *testing.T) {
	p := mustPanel(t, "unique_id,ds,y\na,10,1\na,11,2\na,12,4\n")
	res := backtest(t, p, []Task{{ID: "b", Cutoff: "11", T: 11, H: 1}, {ID: "a", Cutoff: "9", T: 9, H: 1}, {ID: "a", Cutoff: "12", T: 12, H: 2}}, Options{})
	if len(res.Refusals) != 2 || len(res.Forecasts) != 1 {
		t.Fatalf("%+v", res)
	}
	if f := res.Forecasts[0]; f.Target != "14" || f.Cutoff != "12" {
		t.Errorf("%+v", f)
	}
}

// A cutoff later than the last row asks for steps after the cutoff, not after the row, and the doubt grows with the silence.
func TestStaleSeriesAreForecastFromTheCutoff(t *testing.T) {
	p := drawn(5, 1, 30)
	fresh := backtest(t, p, []Task{{ID: "s000", Cutoff: "29", T: 29, H: 1}}, Options{}).Forecasts[0]
	stale := backtest(t, p, []Task{{ID: "s000", Cutoff: "35", T: 35, H: 1}}, Options{}).Forecasts[0]
	if stale.Target != "36" || !slices.Contains(stale.Flags, "stale") || stale.Q[4]-stale.Q[0] <= fresh.Q[4]-fresh.Q[0] {
		t.Errorf("fresh %+v\nstale %+v", fresh, stale)
	}
}

// Units and origins of time do not matter: counts in 万 or in units, dates shifted by a constant.
func TestForecastsScaleAndShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 25).Draw(t, "n")
		unit := rapid.SampledFrom([]float64{1e-4, 10, 1e6}).Draw(t, "unit")
		shift := rapid.Float64Range(-1000, 1000).Draw(t, "shift")
		a, b := &Series{ID: "a"}, &Series{ID: "a"}
		shift = math.Round(shift)
		for i := range n {
			y := math.Round(rapid.Float64Range(1, 1000).Draw(t, "y"))
			a.Points = append(a.Points, Point{T: float64(i), Y: y, SD: 0.3})
			b.Points = append(b.Points, Point{T: float64(i) + shift, Y: y * unit, SD: 0.3 * unit})
		}
		fa, fb := fitSeries(a, 1e9, []int{1, 5}, 1), fitSeries(b, 1e9, []int{1, 5}, 1)
		for j := range fa.point {
			size := fa.scale[j] + math.Abs(fa.point[j])
			if math.Abs(fb.point[j]/unit-fa.point[j]) > 2e-2*size || math.Abs(fb.scale[j]/unit-fa.scale[j]) > 2e-2*size {
				t.Fatalf("unit %v: %v +- %v became %v +- %v", unit, fa.point[j], fa.scale[j], fb.point[j]/unit, fb.scale[j]/unit)
			}
		}
	})
}

// Intervals widen with the rounding step of the readings.
func TestRoundingWidensIntervals(t *testing.T) {
	width := func(sd float64) float64 {
		s := &Series{ID: "a"}
		for i := range 20 {
			s.Points = append(s.Points, Point{T: float64(i), Y: 1000 + 10.37*float64(i), SD: sd})
		}
		return fitSeries(s, 100, []int{1}, 1).scale[0]
	}
	before := width(0)
	for _, sd := range []float64{1, 5, 25} {
		w := width(sd)
		if w < before {
			t.Errorf("sd %v: scale fell from %v to %v", sd, before, w)
		}
		before = w
	}
	if before < 0.8*25 {
		t.Errorf("scale %v is below the noise of the readings", before)
	}
}

func TestRunWritesCSVAndScores(t *testing.T) {
	var in, out, report bytes.Buffer
	in.WriteString("unique_id,ds,y\n")
	for i := range 30 {
		fmt.Fprintf(&in, "\"a, first\",%d,%d\nb,%d,%d\n", i, 100+3*i+i%4, i, 500-i*i%11)
	}
	text := in.String()
	s, err := RunBacktest(t.Context(), RunOptions{Panel: strings.NewReader(text), Tasks: strings.NewReader("unique_id,cutoff,h\nb,20,3\n\"a, first\",25,1\nzz,1,1\n"), Out: &out, Report: &report})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if lines[0] != "unique_id,cutoff,h,q0.1,q0.25,q0.5,q0.75,q0.9" || len(lines) != 3 || !strings.HasPrefix(lines[1], "b,20,3,") || !strings.HasPrefix(lines[2], "\"a, first\",25,1,") {
		t.Errorf("out:\n%s", out.String())
	}
	for _, want := range []string{"refused: zz", "overtake", "drift", "naive"} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("report lacks %q:\n%s", want, report.String())
		}
	}
	if len(s.Refusals) != 1 || len(s.Scores) == 0 {
		t.Errorf("%+v", s)
	}
	out.Reset()
	if _, err := RunForecast(t.Context(), RunOptions{Panel: strings.NewReader(text), Horizons: []int{3}, Out: &out}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 1+2*3 {
		t.Errorf("forecast wrote %d lines:\n%s", n, out.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := RunForecast(ctx, RunOptions{Panel: strings.NewReader(text), Out: &out}); err == nil {
		t.Error("cancelled: no error")
	}
}

// Ten thousand series of 60 points, three origins and a forecast: go test -run xxx -bench TenThousand -benchtime 1x
func BenchmarkTenThousandSeries(b *testing.B) {
	p := drawn(4, 10000, 60)
	var tasks []Task
	for _, s := range p.Series {
		for _, c := range []int{47, 50, 53, 59} {
			for _, h := range []int{1, 3, 6} {
				tasks = append(tasks, Task{ID: s.ID, Cutoff: fmt.Sprint(c), T: float64(c), H: h})
			}
		}
	}
	for b.Loop() {
		if _, err := Backtest(context.Background(), p, tasks, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
