package chart

import (
	"math"
	"strconv"
	"strings"
)

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// A numeral writes numbers of one chart: its format and language.
type numeral struct {
	format Format
	zh     bool
}

var enUnits = []struct {
	size float64
	name string
}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}}

var zhUnits = []struct {
	size float64
	name string
}{{1e12, "万亿"}, {1e8, "亿"}, {1e4, "万"}}

// short writes x with about digits significant digits: 117 M, 1.2 B, 1.2亿, 16.3 %.
func (n numeral) short(x float64, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	switch n.format {
	case Percent:
		return trimmed(x*100, digits) + nbsp + "%"
	case Plain:
		return grouped(trimmed(x, digits))
	}
	abs := math.Abs(x)
	units, gap := enUnits, nbsp
	if n.zh {
		units, gap = zhUnits, ""
	}
	for _, u := range units {
		if rounded(abs/u.size, digits) < 1 { // 999,950 with three digits is 1 M, not 1,000 K
			continue
		}
		return grouped(trimmed(x/u.size, digits)) + gap + u.name
	}
	return grouped(trimmed(x, digits))
}

// fixed writes a share of 1 as per cent with a number of decimals, for columns of shares.
func (n numeral) fixed(x float64, decimals int) string {
	s := strconv.FormatFloat(x*100, 'f', decimals, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return grouped(strings.Replace(s, "-", "−", 1)) + nbsp + "%"
}

// value is short with the three digits that a reader takes in.
func (n numeral) value(x float64) string { return n.short(x, 3) }

// ticks writes axis values: with as many digits as tell each from the next, and all with the unit of the largest.
func (n numeral) ticks(at []float64) []string {
	out := make([]string, len(at))
	for digits := 1; digits <= 6; digits++ {
		distinct := true
		for i, x := range at {
			out[i] = n.short(x, digits)
			if i > 0 && out[i] == out[i-1] || math.Abs(readBack(out[i], n)-x) > 1e-6*math.Abs(x) {
				distinct = false
			}
		}
		if distinct {
			break
		}
	}
	return out
}

// readBack gives the number that a label claims, so that an axis never shows 2 M where it means 2.5 M.
func readBack(s string, n numeral) float64 {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, nbsp, ""), ",", ""), "−", "-")
	factor := 1.0
	if n.format == Percent {
		s, factor = strings.TrimSuffix(s, "%"), 0.01
	}
	units := enUnits
	if n.zh {
		units = zhUnits
	}
	for _, u := range units {
		if n.format == Count && strings.HasSuffix(s, u.name) {
			s, factor = strings.TrimSuffix(s, u.name), u.size
			break
		}
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return x * factor
}

// rounded gives x to a number of significant digits.
func rounded(x float64, digits int) float64 {
	if x == 0 {
		return 0
	}
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', max(digits, 1)-1, 64), 64)
	return y
}

// trimmed writes x with significant digits (integers in full) and without trailing zeros, minus as a minus sign.
func trimmed(x float64, digits int) string {
	abs := math.Abs(x)
	if abs >= math.Pow(10, float64(digits)) {
		x = math.Round(x)
	} else {
		x = rounded(x, digits)
	}
	if abs != 0 && (abs < 1e-6 || abs >= 1e15) {
		return strings.Replace(strconv.FormatFloat(x, 'g', digits, 64), "-", "−", -1)
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if s == "-0" {
		s = "0"
	}
	return strings.Replace(s, "-", "−", 1)
}

// grouped sets a comma between thousands.
func grouped(s string) string {
	whole, rest, _ := strings.Cut(s, ".")
	if strings.ContainsAny(s, "e") {
		return s
	}
	sign := ""
	if strings.HasPrefix(whole, "−") {
		sign, whole = "−", strings.TrimPrefix(whole, "−")
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return sign + whole
}

// plain writes x in full for the table of a chart: no unit, no grouping, "" for no value.
func plain(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
