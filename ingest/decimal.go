package ingest

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// A decimal is the number coef * 10^exp, exactly as it was printed: "117.30" is 11730 * 10^-2. It never rounds.
type decimal struct {
	coef uint64
	exp  int
}

// maxExact is the largest integer up to which every integer has a float64 of its own.
const maxExact = 1 << 53

// ParseNumber reads a figure as data files have it: ASCII digits with at most one point, no sign, no separators, no
// exponent. Figures that a float64 might not hold exactly (whole ones), or that are beyond 2^53, are refused.
func ParseNumber(text string) (float64, error) {
	if text == "" {
		return 0, errors.New("number is empty")
	}
	d, err := parseDecimal(text)
	if err != nil {
		return 0, err
	}
	return d.float()
}

// parseDecimal reads ASCII digits with at most one point: "117.3", ".5", "1200".
func parseDecimal(text string) (decimal, error) {
	var d decimal
	digits, point := 0, false
	for _, c := range []byte(text) {
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9':
			return decimal{}, fmt.Errorf("character %q in the number %q", c, text)
		}
		hi, lo := bits.Mul64(d.coef, 10)
		sum, carry := bits.Add64(lo, uint64(c-'0'), 0)
		if hi != 0 || carry != 0 {
			return decimal{}, fmt.Errorf("number %q has more digits than a count can have", text)
		}
		d.coef = sum
		digits++
		if point {
			d.exp--
		}
	}
	if digits == 0 {
		return decimal{}, fmt.Errorf("no digit in the number %q", text)
	}
	return d, nil
}

// reduced is d with as few digits as possible: all trailing zeros go to the exponent.
func (d decimal) reduced() decimal {
	for d.coef != 0 && d.coef%10 == 0 {
		d.coef /= 10
		d.exp++
	}
	return d
}

// lead is the power of ten of the leading digit: 2 for 117.3. Zero has none.
func (d decimal) lead() int {
	n := d.exp - 1
	for c := d.coef; c != 0; c /= 10 {
		n++
	}
	return n
}

// float is the value as a float64, which is the exact one, or for a fraction the nearest one. Values that a float64 might
// not hold exactly are refused.
func (d decimal) float() (float64, error) {
	r := d.reduced()
	if r.coef == 0 {
		return 0, nil
	}
	if r.coef > maxExact || r.lead() > 15 || r.exp < -15 {
		return 0, fmt.Errorf("number %d * 10^%d is beyond what a count can be", d.coef, d.exp)
	}
	if r.exp < 0 {
		return float64(r.coef) / math.Pow10(-r.exp), nil // both exact, so the quotient is the nearest float64
	}
	v := float64(r.coef) * math.Pow10(r.exp)
	if v > maxExact {
		return 0, fmt.Errorf("number %.0f is beyond what a count can be", v)
	}
	return v, nil
}
