// Package measuretest compares computed figures with worked examples to the digits that these print.
package measuretest

import (
	"math"
	"strconv"
)

// T is what [Digits] needs of a test or a property.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Digits fails unless got agrees with want to the significant digits of want, given as it is printed ("0.133628",
// "2.25649e6"); trailing zeros count. A want of zero must be met within 1e-12.
func Digits(t T, name string, got float64, want string) {
	t.Helper()
	w, err := strconv.ParseFloat(want, 64)
	if err != nil {
		t.Fatalf("%s: wanted value: %v", name, err)
	}
	tolerance := 1e-12
	if w != 0 {
		tolerance = 0.5000001 * math.Pow(10, math.Floor(math.Log10(math.Abs(w)))-float64(significant(want))+1)
	}
	if !(math.Abs(got-w) <= tolerance) {
		t.Errorf("%s = %.9g, want %s", name, got, want)
	}
}

// significant counts the significant digits of a printed number.
func significant(s string) int {
	n, leading := 0, true
	for _, c := range s {
		if c == 'e' {
			break
		}
		if c >= '0' && c <= '9' && (c != '0' || !leading) {
			n, leading = n+1, false
		}
	}
	return max(n, 1)
}
