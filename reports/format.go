package reports

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Typography: a narrow no-break space stands between a number and its unit, a true minus before a negative number, an
// en dash in ranges, and one dash where there is nothing to say.
const (
	thin  = "\u202f"
	minus = "\u2212"
	dash  = "–"
)

// scales are the units of large counts, largest first.
var scales = []struct {
	at          float64
	short, long string
}{
	{1e9, "B", "billion"},
	{1e6, "M", "million"},
	{1e3, "K", "thousand"},
}

// digits prints v with at most n significant digits, without trailing zeros, thousands set apart.
func digits(v float64, n int) string {
	if v == 0 {
		return "0"
	}
	places := n - 1 - int(math.Floor(math.Log10(math.Abs(v))))
	if places <= 0 {
		unit := math.Pow(10, float64(-places))
		return whole(math.Round(v/unit) * unit)
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return signed(v, s)
}

// whole prints v rounded to an integer with commas between thousands.
func whole(v float64) string {
	s := strconv.FormatFloat(math.Round(math.Abs(v)), 'f', 0, 64)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return signed(math.Round(v), b.String())
}

func signed(v float64, s string) string {
	if v < 0 && s != "0" {
		return minus + s
	}
	return s
}

// short is a count for tables: "198.2 M", "583", four significant digits.
func short(v float64) string { return scaled(v, 4, false) }

// rough is a count that is only expected: two or three digits say all that is known.
func rough(v float64) string { return scaled(v, 2, false) }

// long is a count for sentences: "198.2 million". Counts below ten thousand are printed whole.
func long(v float64) string { return scaled(v, 4, true) }

func scaled(v float64, n int, inWords bool) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dash
	}
	if math.Abs(v) < 1e4 {
		return digits(v, n)
	}
	for _, s := range scales {
		if math.Abs(v) < s.at*0.9995 {
			continue
		}
		if inWords {
			return digits(v/s.at, n) + "\u00a0" + s.long
		}
		return digits(v/s.at, n) + thin + s.short
	}
	return digits(v, n)
}

// percent prints a fraction as percent with about three digits: "16.0 %", "0.42 %", "347 %".
func percent(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return dash
	}
	p, places := 100*x, 1
	switch a := math.Abs(p); {
	case a >= 99.95:
		return whole(p) + thin + "%"
	case a < 0.095 && a > 0:
		places = 2
	}
	s := strconv.FormatFloat(math.Abs(p), 'f', places, 64)
	if strings.Trim(s, "0.") == "" {
		p = 0
	}
	return signed(p, s) + thin + "%"
}

// logPercent prints a change in log units as percent: 0.1379 is "14.8 %".
func logPercent(v float64) string { return percent(math.Expm1(v)) }

// logChange is logPercent with its sign always shown.
func logChange(v float64) string { return change(math.Expm1(v)) }

// change is percent with its sign always shown.
func change(x float64) string {
	s := percent(x)
	if x > 0 && s != dash {
		return "+" + s
	}
	return s
}

// between prints a range with an en dash, and one unit where both ends share it: "174.4–187.1 M", "3.1–5.0 %".
func between(lo, hi string) string {
	for _, unit := range []string{thin + "%", thin + "B", thin + "M", thin + "K"} {
		if strings.HasSuffix(lo, unit) && strings.HasSuffix(hi, unit) {
			lo = strings.TrimSuffix(lo, unit)
			break
		}
	}
	if strings.HasPrefix(hi, minus) || strings.HasPrefix(hi, "+") {
		return lo + " to " + hi
	}
	return lo + "–" + hi
}

// day prints a date in words: "28 February 2011".
func day(t time.Time) string { return t.UTC().Format("2\u00a0January\u00a02006") }

// shortDay prints a date for tables: "28 Feb 2011".
func shortDay(t time.Time) string { return t.UTC().Format("2\u00a0Jan\u00a02006") }

// month prints a date to the month: "February 2011".
func month(t time.Time) string { return t.UTC().Format("January\u00a02006") }

// dated prints a date no finer than it is known: precision is day, week, month, quarter or year, and t the last day.
func dated(t time.Time, precision string) string {
	switch precision {
	case "month":
		return t.UTC().Format("Jan\u00a02006")
	case "quarter":
		return "Q" + strconv.Itoa((int(t.UTC().Month())+2)/3) + "\u00a0" + t.UTC().Format("2006")
	case "year":
		return t.UTC().Format("2006")
	}
	return shortDay(t)
}

// span prints a window of time as briefly as it allows: "May–Jun 2011", "22 May – 3 Jun 2011".
func span(from, to time.Time) string {
	switch {
	case from.Equal(to):
		return shortDay(from)
	case from.Day() == 1 && to.AddDate(0, 0, 1).Day() == 1: // whole months
		if from.Year() != to.Year() {
			return from.Format("Jan\u00a02006") + "–" + to.Format("Jan\u00a02006")
		}
		if from.Month() == to.Month() {
			return to.Format("Jan\u00a02006")
		}
		return from.Format("Jan") + "–" + to.Format("Jan\u00a02006")
	case from.Year() == to.Year():
		return from.Format("2\u00a0Jan") + " – " + shortDay(to)
	}
	return shortDay(from) + " – " + shortDay(to)
}

// length prints a number of days as people say it: "23 days", "5 months", "2.3 years".
func length(days float64) string {
	a := math.Abs(days)
	switch {
	case a < 45:
		return counted(int(math.Round(a)), "day")
	case a < 700:
		return counted(int(math.Round(a/30.436875)), "month")
	}
	return digits(a/365.2425, 2) + " years"
}

// percentSign is a percent sign set apart from its number by an ordinary space.
var percentSign = regexp.MustCompile(`(\d) %`)

// typeset puts the narrow no-break space between numbers and percent signs that other packages' texts write with a
// plain one, and keeps ranges on one line.
func typeset(s string) string {
	if !strings.ContainsAny(s, "%–") {
		return s
	}
	s = percentSign.ReplaceAllString(s, "${1}"+thin+"%")
	return tightRange.ReplaceAllString(s, "$1–\u2060$2") // no line break within a range
}

// tightRange is an en dash with no space around it.
var tightRange = regexp.MustCompile(`([\pL\pN%])–([\pL\pN])`)

// twoPlaces prints a number between 0 and 1 with two decimals.
func twoPlaces(v float64) string { return signed(v, strconv.FormatFloat(math.Abs(v), 'f', 2, 64)) }

// dashed makes an id for anchors and files of a key: "sina_weibo" becomes "sina-weibo". Characters that have no place in
// a file name become dashes.
func dashed(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(key))
}

// value is *v, or NaN, which charts leave out.
func value(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
