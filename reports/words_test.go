package reports

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestChanceFollowsThePublishedScale(t *testing.T) {
	for _, test := range []struct {
		p    float64
		want string
	}{
		{1, "virtually certain (>99 %)"},
		{0.995, "virtually certain (>99 %)"},
		{0.99, "virtually certain (99 %)"},
		{0.96, "extremely likely (96 %)"},
		{0.93, "very likely (93 %)"},
		{0.66, "likely (66 %)"},
		{0.5, "about as likely as not (50 %)"},
		{0.33, "about as likely as not (33 %)"},
		{0.3, "unlikely (30 %)"},
		{0.07, "very unlikely (7 %)"},
		{0.02, "extremely unlikely (2 %)"},
		{0, "exceptionally unlikely (<1 %)"},
	} {
		if got := english.likely(test.p); got != strings.ReplaceAll(test.want, " %", thin+"%") {
			t.Errorf("likely(%v) = %q, want %q", test.p, got, test.want)
		}
	}
}

// The number that is printed must not contradict the word beside it.
func TestWordAndNumberAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		if p >= q && rank(english.chance(p)) > rank(english.chance(q)) {
			t.Fatalf("%v is %q and %v is %q", p, english.chance(p), q, english.chance(q))
		}
		if math.Abs(p-math.Round(100*p)/100) < 1e-12 && english.chance(p) != english.chance(math.Round(100*p)/100) {
			t.Fatalf("%v is %q", p, english.chance(p))
		}
	})
}

func rank(word string) int {
	for i, c := range chanceWords {
		if c.Word == word {
			return i
		}
	}
	return -1
}

func TestCounts(t *testing.T) {
	for _, test := range []struct {
		v           float64
		short, long string
	}{
		{0, "0", "0"},
		{583, "583", "583"},
		{9999, "9,999", "9,999"},
		{12345, "12.35 K", "12.35 thousand"},
		{198.2e6, "198.2 M", "198.2 million"},
		{340e6, "340 M", "340 million"},
		{999.96e6, "1 B", "1 billion"},
		{1.2345e9, "1.234 B", "1.234 billion"},
		{-2.5e6, "−2.5 M", "−2.5 million"},
		{math.NaN(), "–", "–"},
	} {
		if got := english.short(test.v); got != strings.ReplaceAll(test.short, " ", thin) {
			t.Errorf("short(%v) = %q, want %q", test.v, got, test.short)
		}
		if got := english.long(test.v); got != strings.ReplaceAll(test.long, " ", "\u00a0") {
			t.Errorf("long(%v) = %q, want %q", test.v, got, test.long)
		}
	}
}

func TestPercents(t *testing.T) {
	for v, want := range map[float64]string{0: "0.0 %", 0.16: "16.0 %", -0.018: "−1.8 %", 3.47: "347 %", 0.0004: "0.04 %", -0.000001: "0.00 %"} {
		if got := english.percent(v); got != strings.ReplaceAll(want, " ", thin) {
			t.Errorf("percent(%v) = %q, want %q", v, got, want)
		}
	}
	if got := english.change(0.16); got != "+16.0"+thin+"%" {
		t.Errorf("change(0.16) = %q", got)
	}
	if got := english.between(english.change(-0.02), english.change(-0.01)); got != "−2.0 to −1.0"+thin+"%" {
		t.Errorf("between = %q", got)
	}
	if got := english.between(english.short(174.4e6), english.short(187.1e6)); got != "174.4–187.1"+thin+"M" {
		t.Errorf("between = %q", got)
	}
}

func mustDay(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDates(t *testing.T) {
	d := func(s string) time.Time { return mustDay(t, s) }
	for _, test := range []struct{ got, want string }{
		{english.day(d("2011-02-28")), "28 February 2011"},
		{english.dated(d("2011-03-31"), "quarter"), "Q1 2011"},
		{english.dated(d("2011-12-31"), "quarter"), "Q4 2011"},
		{english.dated(d("2011-12-31"), "year"), "2011"},
		{english.dated(d("2011-01-31"), "month"), "Jan 2011"},
		{english.span(d("2011-05-01"), d("2011-06-30")), "May–Jun 2011"},
		{english.span(d("2011-07-01"), d("2011-12-31")), "Jul–Dec 2011"},
		{english.span(d("2011-04-16"), d("2011-08-30")), "16 Apr – 30 Aug 2011"},
		{english.span(d("2016-12-31"), d("2017-03-31")), "31 Dec 2016 – 31 Mar 2017"},
		{english.length(1), "one day"},
		{english.length(23), "23 days"},
		{english.length(150), "five months"},
		{english.length(840), "2.3 years"},
		{english.season(d("2017-03-31")), "early 2017"},
	} {
		if strings.ReplaceAll(test.got, "\u00a0", " ") != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestLists(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{english.listed(nil), ""}, {english.listed([]string{"a"}), "a"}, {english.listed([]string{"a", "b"}), "a and b"}, {english.listed([]string{"a", "b", "c"}), "a, b and c"},
		{english.counted(0, "row"), "no rows"}, {english.counted(1, "row"), "one row"}, {english.counted(12, "row"), "12 rows"}, {english.counted(2, "entry", "entries"), "two entries"},
		{sentence("émile"), "Émile"}, {title("sina_weibo"), "Sina Weibo"}, {lowerFirst("Monthly active users"), "monthly active users"}, {lowerFirst("MAU"), "MAU"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestPlainTakesTheTeethOutOfNames(t *testing.T) {
	if got := plain("a\u202eb\x00c\n\u2066d\xff"); got != "a b c d\ufffd" {
		t.Errorf("plain = %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		var b strings.Builder
		for _, r := range english.runs(s) {
			b.WriteString(r.Text)
		}
		if b.String() != s {
			t.Fatalf("runs(%q) joined is %q", s, b.String())
		}
	})
}

func TestDefuse(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Yao Chen": "Yao Chen", "=1+1": "'=1+1", "+in May": "'+in May", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx",
		"-12.5": "-12.5", "+3": "+3", "-1+cmd": "'-1+cmd", "1e+06": "1e+06", "＝1": "'＝1", "-": "'-",
	} {
		if got := defuse(in); got != want {
			t.Errorf("defuse(%q) = %q, want %q", in, got, want)
		}
	}
}
