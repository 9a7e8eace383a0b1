package forecast

import (
	"math"
	"strings"
	"testing"
	"time"
)

func mustPanel(t testing.TB, text string) *Panel {
	t.Helper()
	p, err := ReadPanel(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReadPanelOrdersJoinsAndTells(t *testing.T) {
	p := mustPanel(t, "\ufeffunique_id, ds ,y,note,sd,season\n"+
		"b,2020-03-01,30,x,2,\nb,2020-01-01,10,,,\nb,2020-02-01,NaN,,,\nb,2020-03-01,40,,2,\n"+
		"a,1,5,,,7\na,2,Inf,,,\na,3,,,,\na,4,1e18,,,\n")
	if len(p.Series) != 2 || p.Series[0].ID != "a" || p.Series[1].ID != "b" {
		t.Fatalf("series %+v", p.Series)
	}
	a, b := p.Series[0], p.Series[1]
	if a.Season != 7 || a.Dated || len(a.Points) != 2 || a.Points[1].Y != 1e18 {
		t.Errorf("a: %+v", a)
	}
	if !b.Dated || len(b.Points) != 2 || b.Points[0].Y != 10 || b.Points[1].Y != 35 {
		t.Errorf("b: %+v", b)
	}
	if sd := b.Points[1].SD; math.Abs(sd-5) > 1e-9 { // two readings 30 and 40: their disagreement outweighs sd 2 each
		t.Errorf("joined sd %v", sd)
	}
	if f := strings.Join(b.Flags, " "); f != "unusable_rows was_unordered repeated_ds" {
		t.Errorf("flags %q", f)
	}
	if len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0], "3 rows") || !strings.Contains(p.Warnings[0], "line 4") {
		t.Errorf("warnings %q", p.Warnings)
	}
	if p.Find("b") != b || p.Find("c") != nil {
		t.Error("Find")
	}
}

func TestReadPanelRefusesByLine(t *testing.T) {
	cases := map[string]string{
		"":                                      "empty input",
		"id,ds,y\na,1,2\n":                      "column unique_id not found",
		"unique_id,ds,y\na,yesterday,2\n":       "line 2: ds \"yesterday\"",
		"unique_id,ds,y\na,1,two\n":             "line 2: y \"two\"",
		"unique_id,ds,y\n,1,2\n":                "line 2: unique_id",
		"unique_id,ds,y\na,1,2\na,2020-01-01,3": "line 3: series \"a\" mixes",
		"unique_id,ds,y,sd\na,1,2,-1\n":         "line 2: sd",
		"unique_id,ds,y,season\na,1,2,1.5\n":    "line 2: season",
		"unique_id,ds,y\na,99999999999,2\n":     "out of range",
		"unique_id,ds,y\n\"a,1,2\n":             "read panel",
	}
	for text, want := range cases {
		_, err := ReadPanel(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                                "empty input",
		"unique_id,h\n":                   "column cutoff not found",
		"unique_id,cutoff,h\na,1,0\n":     "line 2: h",
		"unique_id,cutoff,h\na,1,99999\n": "line 2: h",
		"unique_id,cutoff,h\na,soon,1\n":  "line 2: ds",
	} {
		_, err := ReadTasks(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("tasks %q: error %v, want %q", text, err, want)
		}
	}
}

func FuzzReadPanel(f *testing.F) {
	f.Add("unique_id,ds,y\na,2020-01-01,1\na,2020-02-01,2\n")
	f.Add("unique_id,ds,y,sd,season,observed\na,1,1e18,3,12,0\na,2,-5,,,1\n")
	f.Add("unique_id,ds,y\n\"x,y\",2020-01-01T10:00:00Z,NaN\n")
	f.Add("ds,unique_id,y\r\n-5,a,0\r\n")
	f.Add("unique_id,ds,y\na,-1000000000,1\na,1000000000,2\na,0,3\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPanel(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, s := range p.Series {
			for i, q := range s.Points {
				if math.IsNaN(q.Y) || math.IsInf(q.Y, 0) || i > 0 && q.T <= s.Points[i-1].T {
					t.Fatalf("series %q point %d: %+v", s.ID, i, q)
				}
			}
		}
		if len(text) > 400 {
			return // forecasting long inputs is for the other tests
		}
		fs, err := Ahead(t.Context(), p, []int{1, 4}, Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		checkForecasts(t, fs.Forecasts)
	})
}

// checkForecasts fails on anything that is not an ordered list of numbers.
func checkForecasts(t testing.TB, fs []Forecast) {
	t.Helper()
	for _, f := range fs {
		for i, q := range f.Q {
			if math.IsNaN(q) || math.IsInf(q, 0) || i > 0 && q < f.Q[i-1] {
				t.Fatalf("%s at %s h=%d: quantiles %v (flags %v)", f.ID, f.Cutoff, f.H, f.Q, f.Flags)
			}
		}
		if f.Target == "" || f.Model == "" {
			t.Fatalf("%s h=%d: target %q model %q", f.ID, f.H, f.Target, f.Model)
		}
	}
}

func TestStepsAreFoundAndCounted(t *testing.T) {
	day := func(y int, m time.Month, d int) float64 { return Days(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) }
	cases := []struct {
		name   string
		t      []float64
		want   Step
		season int
		third  string // date three steps after the last
	}{
		{"month ends", []float64{day(2020, 1, 31), day(2020, 2, 29), day(2020, 3, 31), day(2020, 4, 30)}, Step{Months: 1}, 12, "2020-07-31"},
		{"days of the month vary", []float64{day(2020, 1, 3), day(2020, 2, 9), day(2020, 3, 1), day(2020, 4, 5)}, Step{Months: 1}, 12, "2020-07-05"},
		{"quarters", []float64{day(2020, 1, 1), day(2020, 4, 1), day(2020, 7, 1)}, Step{Months: 3}, 4, "2021-04-01"},
		{"years", []float64{day(2018, 1, 1), day(2019, 1, 1), day(2020, 1, 1)}, Step{Months: 12}, 0, "2023-01-01"},
		{"weeks with a late one", []float64{day(2020, 1, 6), day(2020, 1, 13), day(2020, 1, 21), day(2020, 1, 27)}, Step{Days: 7}, 52, "2020-02-17"},
		{"days", []float64{day(2020, 2, 27), day(2020, 2, 28), day(2020, 2, 29)}, Step{Days: 1}, 7, "2020-03-03"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := make([]Point, len(c.t))
			for i, v := range c.t {
				p[i].T = v
			}
			st := stepOf(p, true)
			if st != c.want || st.season(true) != c.season {
				t.Fatalf("step %+v season %d, want %+v and %d", st, st.season(true), c.want, c.season)
			}
			for i, v := range c.t {
				if got := st.index(c.t[0], v); got != i {
					t.Errorf("reading %d lands on step %d", i, got)
				}
			}
			if got := formatDS(st.at(c.t[len(c.t)-1], 3), true); got != c.third {
				t.Errorf("three steps on: %s, want %s", got, c.third)
			}
		})
	}
}

func TestRoundingStepIsFoundInTheDigits(t *testing.T) {
	cases := []struct {
		y    []float64
		want float64
	}{
		{[]float64{1173000, 1189000, 1201000, 1210000}, 1000},
		{[]float64{318e6, 319e6, 327e6, 330e6}, 1e6},
		{[]float64{50e6, 100e6, 150e6, 250e6}, 50e6},
		{[]float64{7, 7, 7, 7, 7, 7}, 0},
		{[]float64{1173421, 1189377, 1201999, 1210001}, 0},
		{[]float64{3, 4, 5, 7}, 1},
		{[]float64{1.5, 2.5}, 0}, // too few to tell
		{[]float64{0, 0, 0, 0}, 0},
	}
	for _, c := range cases {
		if got := roundingStep(c.y); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("%v: got %v, want %v", c.y, got, c.want)
		}
	}
}
