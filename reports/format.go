package reports

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Typography: a narrow no-break space stands between a number and its unit, a true minus before a negative number, an
// en dash in ranges, and one dash where there is nothing to say.
const (
	thin  = "\u202f"
	minus = "\u2212"
	dash  = "–"
)

// A scale is a unit of large counts.
type scale struct {
	at          float64
	short, long string
}

// Units of large counts, largest first: Chinese counts in ten thousands.
var (
	scales   = []scale{{1e9, "B", "billion"}, {1e6, "M", "million"}, {1e3, "K", "thousand"}}
	zhScales = []scale{{1e8, "亿", "亿"}, {1e4, "万", "万"}}
)

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

// short is a count for tables: "198.2 M" or "1.982亿", "583", four significant digits.
func (l *locale) short(v float64) string { return l.scaled(v, 4, false) }

// rough is a count that is only expected: two or three digits say all that is known.
func (l *locale) rough(v float64) string { return l.scaled(v, 2, false) }

// long is a count for sentences: "198.2 million". Counts below ten thousand are printed whole.
func (l *locale) long(v float64) string { return l.scaled(v, 4, true) }

func (l *locale) scaled(v float64, n int, inWords bool) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dash
	}
	if math.Abs(v) < 1e4 {
		return digits(v, n)
	}
	units := scales
	if l.zh {
		units = zhScales
	}
	for _, s := range units {
		switch {
		case math.Abs(v) < s.at*0.9995:
		case l.zh:
			return digits(v/s.at, n) + s.short
		case inWords:
			return digits(v/s.at, n) + "\u00a0" + s.long
		default:
			return digits(v/s.at, n) + thin + s.short
		}
	}
	return digits(v, n)
}

// percentSign is what follows a number of percent.
func (l *locale) percentSign() string {
	if l.zh {
		return "%"
	}
	return thin + "%"
}

// percent prints a fraction as percent with about three digits: "16.0 %", "0.42 %", "347 %".
func (l *locale) percent(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return dash
	}
	p, places := 100*x, 1
	switch a := math.Abs(p); {
	case a >= 99.95:
		return whole(p) + l.percentSign()
	case a < 0.095 && a > 0:
		places = 2
	}
	s := strconv.FormatFloat(math.Abs(p), 'f', places, 64)
	if strings.Trim(s, "0.") == "" {
		p = 0
	}
	return signed(p, s) + l.percentSign()
}

// logPercent prints a change in log units as percent: 0.1379 is "14.8 %".
func (l *locale) logPercent(v float64) string { return l.percent(math.Expm1(v)) }

// logChange is logPercent with its sign always shown.
func (l *locale) logChange(v float64) string { return l.change(math.Expm1(v)) }

// change is percent with its sign always shown.
func (l *locale) change(x float64) string {
	s := l.percent(x)
	if x > 0 && s != dash {
		return "+" + s
	}
	return s
}

// between prints a range with an en dash, and one unit where both ends share it: "174.4–187.1 M", "3.1–5.0 %".
func (l *locale) between(lo, hi string) string {
	for _, unit := range []string{thin + "%", thin + "B", thin + "M", thin + "K", "%", "亿", "万"} {
		if strings.HasSuffix(lo, unit) && strings.HasSuffix(hi, unit) {
			lo = strings.TrimSuffix(lo, unit)
			break
		}
	}
	if strings.HasPrefix(hi, minus) || strings.HasPrefix(hi, "+") {
		return l.say("%s to %s", lo, hi)
	}
	return lo + "–" + hi
}

// looseSign is a percent sign set apart from its number by an ordinary space.
var looseSign = regexp.MustCompile(`(\d) %`)

// typeset puts the narrow no-break space between numbers and percent signs that other packages' texts write with a
// plain one, and keeps ranges on one line.
func typeset(s string) string {
	if !strings.ContainsAny(s, "%–") {
		return s
	}
	return tightRange.ReplaceAllString(thinPercent(s), "$1–\u2060$2") // no line break within a range
}

func thinPercent(s string) string { return looseSign.ReplaceAllString(s, "${1}"+thin+"%") }

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
