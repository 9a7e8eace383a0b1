package chart

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot"
)

func TestNumeral(t *testing.T) {
	for _, c := range []struct {
		num  numeral
		x    float64
		want string
	}{
		{numeral{}, 0, "0"},
		{numeral{}, 950, "950"},
		{numeral{}, 1234, "1.23 K"},
		{numeral{}, 999_499, "999 K"},
		{numeral{}, 999_950, "1 M"},
		{numeral{}, 117.3e6, "117 M"},
		{numeral{}, 1.25e9, "1.25 B"},
		{numeral{}, 4.2e12, "4.2 T"},
		{numeral{}, -5.5e6, "−5.5 M"},
		{numeral{}, 7e20, "700,000,000 T"},
		{numeral{zh: true}, 9500, "9,500"},
		{numeral{zh: true}, 1_173_000, "117万"},
		{numeral{zh: true}, 120e6, "1.2亿"},
		{numeral{zh: true}, 99_999_999, "1亿"},
		{numeral{zh: true}, 3.4e12, "3.4万亿"},
		{numeral{format: Percent}, 0.1634, "16.3 %"},
		{numeral{format: Percent}, -0.02, "−2 %"},
		{numeral{format: Percent}, 1, "100 %"},
		{numeral{format: Plain}, 1234.5, "1,235"},
		{numeral{format: Plain}, 0.00012345, "0.000123"},
		{numeral{}, math.NaN(), ""},
		{numeral{}, math.Inf(1), ""},
	} {
		if got := strings.ReplaceAll(c.num.value(c.x), nbsp, " "); got != c.want {
			t.Errorf("%+v: %g is written %q, want %q", c.num, c.x, got, c.want)
		}
	}
	if got := strings.ReplaceAll(numeral{format: Percent}.fixed(-0.0002, 1), nbsp, " "); got != "0.0 %" {
		t.Errorf("a share that rounds to nothing is %q, want %q", got, "0.0 %")
	}
}

func labelsOf(ticks []plot.Tick) (out []string) {
	for _, t := range ticks {
		out = append(out, strings.ReplaceAll(t.Label, nbsp, " "))
	}
	return out
}

func TestValueAxes(t *testing.T) {
	zh := numeral{zh: true}
	for name, c := range map[string]struct {
		got  valueScale
		want []string
	}{
		"from zero":        {linear(6e6, 330e6, 4, numeral{}), []string{"0", "100 M", "200 M", "300 M", "400 M"}},
		"a narrow band":    {linear(320e6, 330e6, 4, numeral{}), []string{"320 M", "322.5 M", "325 M", "327.5 M", "330 M"}},
		"whole people":     {linear(0, 2, 8, numeral{}), []string{"0", "1", "2"}},
		"one value":        {linear(5, 5, 4, numeral{format: Plain}), []string{"0", "2.5", "5", "7.5", "10"}},
		"nothing":          {linear(0, 0, 2, numeral{format: Percent}), []string{"0 %", "50 %", "100 %"}},
		"below zero":       {linear(-3, -1, 3, numeral{format: Plain}), []string{"−3", "−2", "−1", "0"}},
		"shares":           {linear(0, 1, 4, numeral{format: Percent}), []string{"0 %", "25 %", "50 %", "75 %", "100 %"}},
		"万 and 亿":          {linear(0, 1.5e8, 3, zh), []string{"0", "5,000万", "1亿", "1.5亿"}},
		"log, few decades": {logarithmic(2e6, 6e7, 9, numeral{}), []string{"2 M", "5 M", "10 M", "20 M", "50 M", "100 M"}},
		"log, decades":     {logarithmic(1e3, 1e9, 6, numeral{}), []string{"1 K", "10 K", "100 K", "1 M", "10 M", "100 M", "1 B"}},
		"log, 万 and 亿":     {logarithmic(1e4, 1e8, 5, zh), []string{"1万", "10万", "100万", "1,000万", "1亿"}},
		"log of nothing":   {logarithmic(0, -1, 3, numeral{}), []string{"1", "2", "5", "10"}},
	} {
		if diff := cmp.Diff(c.want, labelsOf(c.got.Ticks(0, 0))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// An axis holds its values, ends at ticks, and its labels say what they stand at.
func TestAxesHoldTheirValues(t *testing.T) {
	for _, lo := range []float64{-7e9, -3, 0, 1e-9, 0.4, 17, 999, 8.3e8} {
		for _, span := range []float64{1e-9, 0.3, 1, 57, 1e6, 3e12} {
			for n := 2; n < 12; n++ {
				scales := []valueScale{linear(lo, lo+span, n, numeral{format: Plain})}
				if lo > 0 {
					scales = append(scales, logarithmic(lo, lo+span, n, numeral{format: Plain}))
				}
				for _, s := range scales {
					eps := 1e-9 * (math.Abs(lo) + span)
					if s.lo > lo+eps || s.hi < lo+span-eps || len(s.at) < 1 || len(s.at) > 3*n+3 {
						t.Fatalf("%g to %g in %d steps, log %v: axis from %g to %g with %d ticks", lo, lo+span, n, s.log, s.lo, s.hi, len(s.at))
					}
				}
			}
		}
	}
}

func TestDateTicks(t *testing.T) {
	at := func(s string) float64 { return day(date(s)) }
	for name, c := range map[string]struct {
		lo, hi string
		length float64
		zh     bool
		want   []string
	}{
		"years":     {"2009-03-01", "2026-01-01", 900, false, []string{"2010", "2011", "2012", "2013", "2014", "2015", "2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026"}},
		"two years": {"2009-03-01", "2026-01-01", 500, false, []string{"2010", "2012", "2014", "2016", "2018", "2020", "2022", "2024", "2026"}},
		"quarters":  {"2011-01-01", "2012-03-01", 300, false, []string{"Jan\n2011", "Apr", "Jul", "Oct", "Jan\n2012"}},
		"months":    {"2010-11-15", "2011-03-01", 300, false, []string{"Dec\n2010", "Jan\n2011", "Feb", "Mar"}},
		"zh":        {"2010-11-15", "2011-03-01", 300, true, []string{"12月\n2010", "1月\n2011", "2月", "3月"}},
		"days":      {"2011-02-26", "2011-03-03", 400, false, []string{"26 Feb\n2011", "27 Feb", "28 Feb", "1 Mar", "2 Mar", "3 Mar"}},
		"one day":   {"2011-02-26", "2011-02-26", 400, false, []string{"26 Feb 2011"}},
	} {
		got := labelsOf(dateTicks{length: c.length, gap: 52, zh: c.zh}.Ticks(at(c.lo), at(c.hi)))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDates(t *testing.T) {
	d := date("2011-02-28")
	if got := []string{longDate(d, false), longDate(d, true), monthDate(d, false), monthDate(d, true), iso(d), iso(time.Time{}), longDate(time.Time{}, false)}; !cmp.Equal(got,
		[]string{"28 Feb 2011", "2011年2月28日", "Feb 2011", "2011年2月", "2011-02-28", "", ""}) {
		t.Errorf("dates are written %q", got)
	}
	if got := dateOf(day(d)); !got.Equal(d) {
		t.Errorf("%v comes back from the axis as %v", d, got)
	}
}
