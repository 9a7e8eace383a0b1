package ingest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseOptions say how a display is to be read. The zero value reads a rounded display with a decimal point.
type ParseOptions struct {
	// Mode is Round or Floor: what the platform does to an abbreviated count such as 117.3万. It differs between
	// platforms and is measured by pairing exact and displayed counts, never assumed. Empty means Round.
	Mode Mode
	// Decimal is the decimal mark, '.' or ','; the other one then separates thousands. 0 means '.'.
	Decimal rune
}

// units are what a number may be followed by, as powers of ten. Letters are compared in lower case.
var units = map[string]int{
	"":  0,
	"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9,
	"千": 3, "万": 4, "萬": 4, "w": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8, "万亿": 12,
}

// ParseCount reads a count as platforms display it: 117.3万, 1.2亿, 3.4M, 12K, 100万+, 1,234,567, also with full-width
// digits and letters. Value is what is shown, exactly; Step is the place of the last digit shown, 1000 for 117.3万. A
// count without a unit is exact; one followed by + is censored: at least that many.
//
// Thousands may be separated by commas, by apostrophes, by any kind of space, or by points where there are at least two
// of them (1.234.567); groups have three digits. What could be read in two ways is refused, as are signs, fractions of
// a count, and counts beyond 2^53.
func ParseCount(text string, kind Kind, opt ParseOptions) (Reading, error) {
	r, err := parseCount(text, kind, opt)
	if err != nil {
		return Reading{}, fmt.Errorf("count %q: %w", abridged(text), err)
	}
	return r, nil
}

func parseCount(text string, kind Kind, opt ParseOptions) (Reading, error) {
	if kind == "" {
		return Reading{}, errors.New("no kind given")
	}
	decimal := opt.Decimal
	if decimal == 0 {
		decimal = '.'
	}
	if decimal != '.' && decimal != ',' {
		return Reading{}, fmt.Errorf("decimal mark %q, want a point or a comma", decimal)
	}
	if opt.Mode != "" && opt.Mode != Round && opt.Mode != Floor {
		return Reading{}, fmt.Errorf("mode %q, want round or floor", opt.Mode)
	}
	s := strings.TrimSpace(narrow(text))
	s, censored := strings.CutSuffix(s, "+")
	number, unit := splitUnit(strings.TrimSpace(s))
	power, ok := units[unit]
	switch {
	case number == "" && unit == "":
		return Reading{}, errors.New("it is empty")
	case strings.HasPrefix(unit, "-"):
		return Reading{}, errors.New("a count has no minus sign")
	case number == "":
		return Reading{}, errors.New("it does not begin with a digit")
	case !ok:
		return Reading{}, fmt.Errorf("unit %q, want K, M, B, 千, 万, 亿 or none", unit)
	}
	plain, err := ungroup(number, decimal)
	if err != nil {
		return Reading{}, err
	}
	d, err := parseDecimal(plain)
	if err != nil {
		return Reading{}, err
	}
	d.exp += power
	return readingOf(d, kind, censored, opt.Mode)
}

// readingOf is the reading of a displayed number whose last digit stands for 10^d.exp.
func readingOf(d decimal, kind Kind, censored bool, mode Mode) (Reading, error) {
	if d.exp < 0 {
		return Reading{}, errors.New("a fraction is no count; if the mark separates thousands, say so by the option Decimal")
	}
	value, err := d.float()
	if err != nil {
		return Reading{}, err
	}
	step, err := decimal{coef: 1, exp: d.exp}.float()
	if err != nil {
		return Reading{}, err
	}
	switch {
	case censored:
		return CensoredReading(kind, value, step, BasisStated)
	case step == 1:
		return ExactReading(kind, value)
	case mode == Floor:
		return FlooredReading(kind, value, step, BasisStated)
	}
	return RoundedReading(kind, value, step, BasisStated)
}

// narrow turns full-width forms (１１７．３Ｍ＋) and the ideographic space into their ASCII forms, letters into lower
// case, and the signs that look like a minus into one.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '\u3000':
			return ' '
		case r == '\u2212' || r == '\u2010' || r == '\u2011' || r == '\u2013':
			return '-'
		}
		return unicode.ToLower(r)
	}, text)
}

// splitUnit cuts the number, with its marks, from what follows it.
func splitUnit(s string) (number, unit string) {
	end := 0
	for i, r := range s {
		if r >= '0' && r <= '9' {
			end = i + 1
		} else if !isMark(r) {
			break
		}
	}
	if end < len(s) && (s[end] == '.' || s[end] == ',') { // "12." is a slip, not a number and a unit
		return s[:end+1], strings.TrimSpace(s[end+1:])
	}
	return s[:end], strings.TrimSpace(s[end:])
}

func isMark(r rune) bool { return r == '.' || r == ',' || isSeparator(r) }

// isSeparator reports the marks that only ever separate thousands.
func isSeparator(r rune) bool {
	switch r {
	case ' ', '\u00a0', '\u2009', '\u202f', '\'', '\u2019':
		return true
	}
	return false
}

var errGroups = errors.New("thousands are not separated into groups of three digits")

// ungroup removes what separates thousands and makes the decimal mark a point.
func ungroup(number string, decimal rune) (string, error) {
	other := ','
	if decimal == ',' {
		other = '.'
	}
	if strings.Count(number, string(decimal)) > 1 { // 1.234.567: no number has two decimal marks
		if strings.ContainsRune(number, other) {
			return "", errors.New("two kinds of decimal mark")
		}
		decimal, other = other, decimal
	}
	whole, fraction, hasFraction := strings.Cut(number, string(decimal))
	if hasFraction && fraction == "" || whole == "" {
		return "", errors.New("no digit beside the decimal mark")
	}
	if strings.ContainsFunc(fraction, isMark) {
		return "", errors.New("thousands are separated behind the decimal mark")
	}
	groups := []string{whole}
	if i := strings.IndexFunc(whole, isMark); i >= 0 {
		mark, _ := utf8.DecodeRuneInString(whole[i:])
		if mark != other && !isSeparator(mark) {
			return "", errGroups
		}
		groups = strings.Split(whole, string(mark)) // of another mark there is no second kind: isDigits refuses it below
	}
	if len(groups) > 1 && len(groups[0]) > 3 {
		return "", errGroups
	}
	for i, g := range groups {
		if i > 0 && len(g) != 3 || !isDigits(g) {
			return "", errGroups
		}
	}
	joined := strings.Join(groups, "")
	if len(joined) > 1 && joined[0] == '0' {
		return "", errors.New("it begins with a zero")
	}
	if hasFraction {
		joined += "." + fraction
	}
	return joined, nil
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// abridged is text short enough for an error message.
func abridged(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	n := most
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "..."
}
