package growth

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/series"
	"pgregory.net/rapid"
)

var date = measuretest.Date

// point is a value on a day, rounded to step (0: exact).
func point(on string, value, step float64) series.Point {
	mode := measure.Round
	if step == 0 {
		mode = measure.Exact
	}
	r, err := measure.NewReading(value, step, mode)
	if err != nil {
		panic(err)
	}
	return series.Point{On: date(on), Span: measure.Span{From: date(on), To: date(on)}, Precision: "day", Value: r.Estimate(0.95)}
}

var (
	users  = series.Metric{Name: "monthly_active_users", Measure: "stock", ComparedAs: "monthly_active_users"}
	signed = series.Metric{Name: "registered_users", Measure: "stock", ComparedAs: "registered_users"}
)

func TestChangeOf(t *testing.T) {
	// 117.3万 -> 118.9万 (UT-9.2), told as a yearly change.
	c := ChangeOf(users, []series.Point{point("2015-01-01", 1173000, 1000), point("2016-01-01", 1189000, 1000)})
	digits(t, "net", c.Net.Point, "16000")
	digits(t, "net half-width", c.Net.Hi-c.Net.Point, "776.393")
	digits(t, "rate", c.Rate.Point, ".0136402")
	digits(t, "cagr", c.CAGR.Point, ".0136494") // 1.0136402^(365.2425/365)-1
	if !(c.Rate.Lo > 0.0127 && c.Rate.Lo < c.Rate.Point && c.Rate.Hi < 0.0145) {
		t.Errorf("rate in %v..%v, want within the hard bounds .01278...01450", c.Rate.Lo, c.Rate.Hi)
	}
	if got := c.Flags.String(); got != "two_points" {
		t.Errorf("flags %q", got)
	}
	digits(t, "doubling days", c.Doubling.Point, "18674.2") // 365 ln2/ln(1189/1173)
}

func TestWeeklyAndSymmetric(t *testing.T) {
	var points []series.Point
	for i, v := range []float64{1000, 1040, 1090, 1133, 1180} { // UT-1.3
		points = append(points, point(date("2015-01-01").AddDate(0, 0, 7*i).Format(time.DateOnly), v, 0))
	}
	c := ChangeOf(users, points)
	digits(t, "compound weekly", c.Weekly.Point, "0.0422466")
	digits(t, "weekly from the slope", c.WeeklySlope.Point, "0.0425480")
	digits(t, "doubling", c.Doubling.Point/7, "16.6351")
	c = ChangeOf(users, []series.Point{point("2015-01-01", 313, 0), point("2016-01-01", 586, 0)})
	digits(t, "symmetric", c.Symmetric.Point, "0.607341") // UT-1.1b
	back := ChangeOf(users, []series.Point{point("2015-01-01", 586, 1), point("2016-01-01", 313, 1)})
	c = ChangeOf(users, []series.Point{point("2015-01-01", 313, 1), point("2016-01-01", 586, 1)})
	if math.Abs(back.Symmetric.Point+c.Symmetric.Point) > 1e-12 || math.Abs(back.Symmetric.Lo+c.Symmetric.Hi) > 1e-12 {
		t.Errorf("%+v forwards, %+v backwards", c.Symmetric, back.Symmetric)
	}
}

func TestNoRateBelowTheStep(t *testing.T) {
	c := ChangeOf(users, []series.Point{point("2015-01-01", 200e6, 1e8), point("2016-01-01", 210e6, 1e6)})
	if c.Rate.Defined() || c.CAGR.Defined() || c.Doubling.Defined() || c.Weekly.Defined() || c.Symmetric.Defined() || !c.Flags.Has(measure.BelowStep) || !c.Flags.Has(WithinError) {
		t.Errorf("%+v: want no rate below the rounding step", c)
	}
	if !measure.Finite(c.Rate.Lo) || !(c.Rate.Lo < 0 && c.Rate.Hi > 0) {
		t.Errorf("rate interval %v..%v, want one around zero", c.Rate.Lo, c.Rate.Hi)
	}
}

func TestChangeSaysWhatItCannot(t *testing.T) {
	censored := point("2016-01-01", 1e6, 1)
	censored.Value = measure.Reading{Value: 1e6, Step: 1, Mode: measure.CensoredRight, Lo: 1e6, Hi: math.Inf(1)}.Estimate(.95)
	gap := point("2020-01-01", 900, 0)
	gap.Value = gap.Value.With(measure.Gap)
	share := series.Metric{Name: "x_pct", Measure: "share"}
	for name, c := range map[string]struct {
		metric series.Metric
		points []series.Point
		flag   measure.Flag
	}{
		"one point":   {users, []series.Point{point("2015-01-01", 5, 0)}, measure.OnePoint},
		"equal":       {users, []series.Point{point("2015-01-01", 5, 0), point("2016-01-01", 5, 0), point("2017-01-01", 5, 0)}, measure.AllEqual},
		"from zero":   {users, []series.Point{point("2015-01-01", 0, 0), point("2016-01-01", 5, 0)}, measure.NonPositive},
		"to zero":     {users, []series.Point{point("2015-01-01", 5, 0), point("2016-01-01", 0, 0)}, measure.NonPositive},
		"lower bound": {users, []series.Point{point("2015-01-01", 5, 0), censored}, measure.Censored},
		"a gap":       {users, []series.Point{point("2015-01-01", 5, 0), gap}, measure.Gap},
		"days":        {users, []series.Point{point("2015-01-01", 5, 0), point("2015-01-09", 6, 0)}, ShortSpan},
		"a fall":      {users, []series.Point{point("2015-01-01", 9, 0), point("2016-01-01", 5, 0)}, NotGrowing},
		"a share":     {share, []series.Point{point("2015-01-01", 9, 0), point("2016-01-01", 5, 0)}, PercentagePoints},
	} {
		if got := ChangeOf(c.metric, c.points); !got.Flags.Has(c.flag) {
			t.Errorf("%s: flags %q, want %s", name, got.Flags, c.flag)
		}
	}
	if c := ChangeOf(share, []series.Point{point("2015-01-01", 9, 0), point("2016-01-01", 5, 0)}); c.Net.Point != -4 || c.Rate.Defined() {
		t.Errorf("share: net %v, rate %v, want -4 points and no rate", c.Net.Point, c.Rate.Point)
	}
}

// A count of a month is uncertain by the month, an average over it is not.
func TestCoarseDates(t *testing.T) {
	a, b := point("2012-12-31", 1e6, 0), point("2014-12-31", 4e6, 0)
	b.Span.From, b.Precision = date("2014-01-01"), "year"
	c := ChangeOf(signed, []series.Point{a, b})
	digits(t, "cagr", c.CAGR.Point, "1.00092") // 4^(365.2425/730)-1
	if !c.Flags.Has(measure.CoarseDates) || c.CAGR.Lo > 0.7 {
		t.Errorf("flags %q, cagr from %v, want a wide interval", c.Flags, c.CAGR.Lo)
	}
	if c = ChangeOf(users, []series.Point{a, b}); c.Flags.Has(measure.CoarseDates) || c.CAGR.SD != 0 {
		t.Errorf("flags %q, cagr sd %v of a yearly average, want no doubt about the date", c.Flags, c.CAGR.SD)
	}
}

func TestPeriods(t *testing.T) {
	points := []series.Point{point("2010-03-31", 30, 0), point("2010-12-31", 54, 0), point("2011-06-30", 85, 0), point("2012-01-20", 120, 0), point("2012-06-30", 151, 0)}
	var got []string
	for _, p := range Periods(points) {
		got = append(got, p.Name+" "+p.Points[0].On.Format(time.DateOnly)+" "+p.Points[len(p.Points)-1].On.Format(time.DateOnly))
	}
	want := []string{"all 2010-03-31 2012-06-30", "last_12_months 2011-06-30 2012-06-30", "2011 2010-12-31 2012-01-20"}
	if !slices.Equal(got, want) {
		t.Errorf("periods %q, want %q", got, want)
	}
	if got := Periods(points[:1]); len(got) != 1 {
		t.Errorf("%d periods of one point", len(got))
	}
}

// Anything that series can hold gives a row: no NaN without a reason, no rate below the step, bounds in order.
func TestChangeAlwaysAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		points := make([]series.Point, n)
		for i := range points {
			on := date("2011-01-31").AddDate(0, 3*i, 0).Format(time.DateOnly)
			points[i] = point(on, rapid.SampledFrom([]float64{0, 1, 7, 1e6, 1.2e6, 3e8, 1e18, -5}).Draw(t, "value"),
				rapid.SampledFrom([]float64{0, 1, 1e5, 1e8}).Draw(t, "step"))
		}
		c := ChangeOf(signed, points)
		for name, e := range map[string]measure.Estimate{"net": c.Net, "rate": c.Rate, "cagr": c.CAGR, "doubling": c.Doubling, "symmetric": c.Symmetric} {
			if !e.Defined() && len(c.Flags) == 0 {
				t.Fatalf("%s is undefined without a word", name)
			}
			if e.Defined() && (e.Lo > e.Point || e.Hi < e.Point) {
				t.Fatalf("%s %v outside %v..%v", name, e.Point, e.Lo, e.Hi)
			}
		}
		if c.Flags.Has(measure.BelowStep) && (c.Rate.Defined() || c.CAGR.Defined()) {
			t.Fatal("a rate below the step")
		}
	})
}

func TestAtNeverLeavesTheReadings(t *testing.T) {
	points := []series.Point{point("2020-01-01", 100, 0), point("2020-01-11", 400, 0), point("2022-01-01", 500, 0)}
	points[2].Value = points[2].Value.With(measure.Gap)
	e, ok := At(points, date("2020-01-06"))
	digits(t, "half way", e.Point, "200")
	digits(t, "sd of the bridge", e.SD, "138.629") // 200 ln4 / 2
	if !ok || !e.Flags.Has(Interpolated) || e.Lo != 0 {
		t.Errorf("%+v, %v", e, ok)
	}
	for _, day := range []string{"2019-12-31", "2022-01-02", "2021-01-01"} {
		if e, ok := At(points, date(day)); ok || e.Defined() {
			t.Errorf("on %s: %+v, want nothing", day, e)
		}
	}
	if e, ok := At(points, date("2022-01-01")); !ok || e.Point != 500 {
		t.Errorf("on the day of a reading: %+v", e)
	}
}

func TestSumFamilies(t *testing.T) {
	open := measure.Span{From: date("2010-01-01"), To: date("2010-01-01")}
	d := series.Data{
		Metrics: map[string]series.Metric{users.Name: users, "share": {Name: "share", Measure: "share", ComparedAs: "share"}},
		Platforms: []series.Platform{{Name: "a", Family: "f", Launched: open}, {Name: "b", Family: "f", Launched: open},
			{Name: "c", Family: "f", Launched: open, Closed: measure.Span{From: date("2020-02-01"), To: date("2020-02-01")}}},
		Series: []series.Series{
			{Platform: "a", Family: "f", Metric: users.Name, Points: []series.Point{point("2020-01-01", 100, 0), point("2020-01-11", 400, 0)}},
			{Platform: "b", Family: "f", Metric: users.Name, Points: []series.Point{point("2020-01-06", 50, 0), point("2020-03-06", 70, 0)}},
			{Platform: "a", Family: "f", Metric: "share", Points: []series.Point{point("2020-01-01", 10, 0)}},
		},
	}
	var got []string
	for _, s := range SumFamilies(d) {
		got = append(got, s.On.Format(time.DateOnly)+" "+joinNames(s.Platforms)+" missing "+joinNames(s.Missing)+" "+s.Value.Flags.String())
	}
	want := []string{
		"2020-01-01 a missing b,c partial",
		"2020-01-06 a,b missing c interpolated,partial,composition_changed",
		"2020-01-11 a,b missing c interpolated,partial",
		"2020-03-06 b missing a partial,composition_changed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("sums\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	digits(t, "sum on 6 January", SumFamilies(d)[1].Value.Point, "250")
}
