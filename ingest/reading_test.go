package ingest

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustParse(t *testing.T, text string, kind Kind) Reading {
	t.Helper()
	r, err := ParseCount(text, kind, ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestKindsAreNotMixed(t *testing.T) {
	a, b := mustParse(t, "340M", MonthlyActiveUsers), mustParse(t, "328M", RegisteredUsers)
	var kind *KindError
	if _, err := a.Sub(b); !errors.As(err, &kind) {
		t.Errorf("Sub across kinds: %v, want a KindError", err)
	}
	if _, err := Sum(a, b); !errors.As(err, &kind) {
		t.Errorf("Sum across kinds: %v, want a KindError", err)
	}
	if _, err := a.Compare(b); !errors.As(err, &kind) {
		t.Errorf("Compare across kinds: %v, want a KindError", err)
	}
	if got, err := a.Compare(b.As(MonthlyActiveUsers)); err != nil || got != 1 {
		t.Errorf("Compare when told: %d, %v, want 1", got, err)
	}
}

func TestArithmeticCarriesBounds(t *testing.T) {
	// Growth from 117.3万 to 118.9万: 16,000 shown, anything from 15,000 to 17,000 true.
	now, before := mustParse(t, "118.9万", Followers), mustParse(t, "117.3万", Followers)
	got, err := now.Sub(before)
	if want := (Span{Followers, 16000, 15000, 17000}); err != nil || got != want {
		t.Errorf("Sub = %+v, %v, want %+v", got, err, want)
	}
	got, err = before.Sub(now)
	if want := (Span{Followers, -16000, -17000, -15000}); err != nil || got != want {
		t.Errorf("Sub = %+v, %v, want %+v", got, err, want)
	}
	// 20, 35, 50 and twice a million or more: the sum is a lower bound only.
	million := mustParse(t, "100万+", Posts)
	sum, err := Sum(mustParse(t, "20", Posts), mustParse(t, "35", Posts), mustParse(t, "50", Posts), million, million)
	if want := (Span{Posts, 2000105, 2000105, math.Inf(1)}); err != nil || sum != want {
		t.Errorf("Sum = %+v, %v, want %+v", sum, err, want)
	}
	if _, err := Sum(); err == nil {
		t.Error("the sum of nothing is no error")
	}
	if c, err := million.Compare(mustParse(t, "50", Posts)); err != nil || c != 1 {
		t.Errorf("Compare = %d, %v, want 1", c, err)
	}
	if c, err := mustParse(t, "117.3万", Followers).Compare(mustParse(t, "1173400", Followers)); err != nil || c != 0 {
		t.Errorf("Compare of overlapping displays = %d, %v, want 0", c, err)
	}
}

func TestSubIsAntisymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Reading {
			step := rapid.SampledFrom([]float64{1, 10, 1000, 1e6}).Draw(t, name+" step")
			r, err := RoundedReading(Followers, step*float64(rapid.IntRange(0, 1e6).Draw(t, name)), step, BasisStated)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		a, b := draw("a"), draw("b")
		ab, errAB := a.Sub(b)
		ba, errBA := b.Sub(a)
		if errAB != nil || errBA != nil {
			t.Fatal(errAB, errBA)
		}
		if ab.Value != -ba.Value || ab.Lo != -ba.Hi || ab.Hi != -ba.Lo || ab.Lo > ab.Value || ab.Value > ab.Hi {
			t.Errorf("%+v and %+v", ab, ba)
		}
	})
}

func TestReadingsKeepTheirPromises(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	if _, err := ExactReading(Followers, 12); err != nil {
		t.Error(err)
	}
	bad := map[string]func() (Reading, error){
		"no kind":        func() (Reading, error) { return ExactReading("", 12) },
		"negative":       func() (Reading, error) { return ExactReading(Followers, -1) },
		"NaN":            func() (Reading, error) { return ExactReading(Followers, nan) },
		"infinite":       func() (Reading, error) { return ExactReading(Followers, inf) },
		"step 0":         func() (Reading, error) { return RoundedReading(Followers, 12, 0, BasisStated) },
		"step NaN":       func() (Reading, error) { return FlooredReading(Followers, 12, nan, BasisStated) },
		"step infinite":  func() (Reading, error) { return CensoredReading(Followers, 12, inf, BasisStated) },
		"negative step":  func() (Reading, error) { return FlooredReading(Followers, 12, -5, BasisStated) },
		"unbounded":      func() (Reading, error) { r := Reading{Followers, 1, 1, Exact, BasisExact, 1, inf}; return r, r.Check() },
		"unknown mode":   func() (Reading, error) { r := Reading{Followers, 1, 1, "guess", BasisExact, 1, 1}; return r, r.Check() },
		"outside bounds": func() (Reading, error) { r := Reading{Followers, 5, 1, Exact, BasisExact, 1, 2}; return r, r.Check() },
	}
	for name, f := range bad {
		if r, err := f(); err == nil {
			t.Errorf("%s: %+v was accepted", name, r)
		}
	}
}

func TestPeriod(t *testing.T) {
	tests := []struct{ asOf, precision, from, to string }{
		{"2011-02-28", "day", "2011-02-28", "2011-02-28"},
		{"2011-05-03", "week", "2011-04-27", "2011-05-03"},
		{"2012-03-02", "week", "2012-02-25", "2012-03-02"},
		{"2011-01-31", "month", "2011-01-01", "2011-01-31"},
		{"2012-02-29", "month", "2012-02-01", "2012-02-29"},
		{"2011-02-10", "month", "2011-02-01", "2011-02-28"},
		{"2013-12-31", "month", "2013-12-01", "2013-12-31"},
		{"2011-03-31", "quarter", "2011-01-01", "2011-03-31"},
		{"2011-06-30", "quarter", "2011-04-01", "2011-06-30"},
		{"2011-09-30", "quarter", "2011-07-01", "2011-09-30"},
		{"2011-12-31", "quarter", "2011-10-01", "2011-12-31"},
		{"2011-11-15", "quarter", "2011-10-01", "2011-12-31"},
		{"2016-12-31", "year", "2016-01-01", "2016-12-31"},
	}
	for _, tt := range tests {
		asOf, err := ParseDay(tt.asOf)
		if err != nil {
			t.Fatal(err)
		}
		from, to, err := Period(asOf, tt.precision)
		if err != nil {
			t.Fatal(err)
		}
		if got := from.Format(time.DateOnly) + " " + to.Format(time.DateOnly); got != tt.from+" "+tt.to {
			t.Errorf("Period(%s, %s) = %s, want %s %s", tt.asOf, tt.precision, got, tt.from, tt.to)
		}
	}
	for _, bad := range []string{"", "decade", "Day", "months"} {
		if _, _, err := Period(time.Now(), bad); err == nil {
			t.Errorf("precision %q was accepted", bad)
		}
	}
}

func TestPeriodHoldsItsDay(t *testing.T) {
	lengths := map[string][2]int{"day": {1, 1}, "week": {7, 7}, "month": {28, 31}, "quarter": {90, 92}, "year": {365, 366}}
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(2000, 1, rapid.IntRange(1, 20_000).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		precision := rapid.SampledFrom([]string{"day", "week", "month", "quarter", "year"}).Draw(t, "precision")
		from, to, err := Period(day, precision)
		if err != nil {
			t.Fatal(err)
		}
		days := int(to.Sub(from).Hours()/24) + 1
		if day.Before(from) || day.After(to) || days < lengths[precision][0] || days > lengths[precision][1] {
			t.Errorf("Period(%s, %s) = %s..%s", day, precision, from, to)
		}
	})
}

func TestParseDayRefuses(t *testing.T) {
	for _, bad := range []string{"", "2011-02-30", "2011-13-01", "2011-2-3", "28.02.2011", "2011-02-28T00:00:00Z", "1911-02-28", "2211-02-28", "20110228", "２０１１-02-28"} {
		if day, err := ParseDay(bad); err == nil {
			t.Errorf("ParseDay(%q) = %v, want an error", bad, day)
		}
	}
}

func TestInferSteps(t *testing.T) {
	tests := []struct {
		name    string
		figures []string
		want    []float64
	}{
		{"millions of one source", []string{"129000000", "131000000", "140000000"}, []float64{1e6, 1e6, 1e6}},
		{"two digits of each stay exact", []string{"129000000", "8000000"}, []float64{1e6, 1e5}},
		{"figures of many sizes", []string{"300000", "2000000", "65000000", "200000000"}, []float64{1e4, 1e5, 1e6, 1e7}},
		{"four digits show in one of them", []string{"30000000", "231700000"}, []float64{1e5, 1e5}},
		{"one round figure alone", []string{"100000000"}, []float64{1e7}},
		{"three digits", []string{"198200000"}, []float64{1e5}},
		{"one exact count makes the list exact", []string{"10000000", "8647536"}, []float64{1, 1}},
		{"a single zero is chance", []string{"1342770"}, []float64{1}},
		{"a long number is a full count", []string{"12345600"}, []float64{1}},
		{"the same zeros in several figures are no chance", []string{"1342770", "2241180", "3391020"}, []float64{10, 10, 10}},
		{"shares", []string{"36.6"}, []float64{0.1}},
		{"whole shares", []string{"68", "70"}, []float64{1, 1}},
		{"shares printed with tenths", []string{"56.5", "40"}, []float64{0.1, 1}},
		{"small counts", []string{"17"}, []float64{1}},
		{"one digit", []string{"5"}, []float64{1}},
		{"rounded small count", []string{"1400"}, []float64{100}},
		{"zero says nothing", []string{"0", "129000000"}, []float64{1, 1e6}},
		{"nothing", nil, []float64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := InferSteps(tt.figures)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("InferSteps(%q) (-want +got):\n%s", tt.figures, diff)
			}
		})
	}
	for _, bad := range []string{"", "-5", "1e6", "1,000", "NaN", "1.2.3"} {
		if _, err := InferSteps([]string{bad}); err == nil {
			t.Errorf("InferSteps(%q) is no error", bad)
		}
	}
}

// TestInferredStepDividesItsFigure: a step always divides the figure, leaves two digits of it, and is a power of ten.
func TestInferredStepDividesItsFigure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		texts := make([]string, n)
		values := make([]float64, n)
		for i := range n {
			values[i] = float64(rapid.IntRange(1, 9999).Draw(t, "figure")) * math.Pow10(rapid.IntRange(0, 6).Draw(t, "zeros"))
			texts[i] = display(uint64(values[i]), 0, "")
		}
		steps, err := InferSteps(texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, step := range steps {
			if step < 1 || math.Mod(values[i], step) != 0 || step > 1 && values[i]/step < 10 || math.Log10(step) != math.Trunc(math.Log10(step)) {
				t.Errorf("%s of %v has step %v", texts[i], texts, step)
			}
		}
	})
}

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "12": 12, "36.6": 36.6, "0.1": 0.1, "129000000": 129e6, "9007199254740992": 1 << 53, "1.50": 1.5} {
		if got, err := ParseNumber(text); err != nil || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", ".", "-1", "+1", "1e6", "1,000", " 1", "NaN", "0x10", "9007199254740993", "99999999999999999999999", "１２", "1_000"} {
		if got, err := ParseNumber(bad); err == nil {
			t.Errorf("ParseNumber(%q) = %v, want an error", bad, got)
		}
	}
}
