package ingest

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseCount(t *testing.T) {
	inf := math.Inf(1)
	round := func(value, step, lo, hi float64) Reading {
		return Reading{Followers, value, step, Round, BasisStated, lo, hi}
	}
	exact := func(value float64) Reading { return Reading{Followers, value, 1, Exact, BasisExact, value, value} }
	tests := []struct {
		text string
		opt  ParseOptions
		want Reading
	}{
		{"117.3万", ParseOptions{}, round(1173000, 1000, 1172500, 1173500)},
		{"117.3万", ParseOptions{Mode: Floor}, Reading{Followers, 1173000, 1000, Floor, BasisStated, 1173000, 1174000}},
		{"87万", ParseOptions{}, round(870000, 10000, 865000, 875000)},
		{"117.30万", ParseOptions{}, round(1173000, 100, 1172950, 1173050)},
		{"1.2亿", ParseOptions{}, round(120000000, 1e7, 115000000, 125000000)},
		{"3.4M", ParseOptions{}, round(3400000, 1e5, 3350000, 3450000)},
		{"12K", ParseOptions{}, round(12000, 1000, 11500, 12500)},
		{"12 k", ParseOptions{}, round(12000, 1000, 11500, 12500)},
		{"1.5 million", ParseOptions{}, round(1500000, 1e5, 1450000, 1550000)},
		{"2.1B", ParseOptions{}, round(2.1e9, 1e8, 2.05e9, 2.15e9)},
		{"100万+", ParseOptions{}, Reading{Followers, 1000000, 10000, CensoredRight, BasisStated, 1000000, inf}},
		{"1.2万+", ParseOptions{Mode: Floor}, Reading{Followers, 12000, 1000, CensoredRight, BasisStated, 12000, inf}},
		{"10w+", ParseOptions{}, Reading{Followers, 100000, 10000, CensoredRight, BasisStated, 100000, inf}},
		{"500+", ParseOptions{}, Reading{Followers, 500, 1, CensoredRight, BasisStated, 500, inf}},
		{"１１７．３万", ParseOptions{}, round(1173000, 1000, 1172500, 1173500)},
		{"３．４Ｍ", ParseOptions{}, round(3400000, 1e5, 3350000, 3450000)},
		{"１００万＋", ParseOptions{}, Reading{Followers, 1000000, 10000, CensoredRight, BasisStated, 1000000, inf}},
		{"１，２３４", ParseOptions{}, exact(1234)},
		{"\u3000 42\u3000", ParseOptions{}, exact(42)},
		{"0", ParseOptions{}, exact(0)},
		{"0万", ParseOptions{}, round(0, 10000, 0, 5000)},
		{"0.5万", ParseOptions{}, round(5000, 1000, 4500, 5500)},
		{"1,234,567", ParseOptions{}, exact(1234567)},
		{"1.234.567", ParseOptions{}, exact(1234567)},
		{"1 234 567", ParseOptions{}, exact(1234567)},
		{"1\u202f234\u202f567", ParseOptions{}, exact(1234567)},
		{"1'234'567", ParseOptions{}, exact(1234567)},
		{"1,234.5K", ParseOptions{}, round(1234500, 100, 1234450, 1234550)},
		{"1.234", ParseOptions{Decimal: ','}, exact(1234)},
		{"1.234,5K", ParseOptions{Decimal: ','}, round(1234500, 100, 1234450, 1234550)},
		{"1,5M", ParseOptions{Decimal: ','}, round(1500000, 1e5, 1450000, 1550000)},
		{"1,234,567", ParseOptions{Decimal: ','}, exact(1234567)},
		{"1.2345万", ParseOptions{}, exact(12345)},
		{"9007199254740992", ParseOptions{}, exact(1 << 53)},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseCount(tt.text, Followers, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ParseCount(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestParseCountRefuses(t *testing.T) {
	tests := []struct {
		text, wantErr string
		opt           ParseOptions
	}{
		{"", "empty", ParseOptions{}},
		{"   ", "empty", ParseOptions{}},
		{"+", "empty", ParseOptions{}},
		{"万", "does not begin with a digit", ParseOptions{}},
		{"-5", "minus", ParseOptions{}},
		{"−5万", "minus", ParseOptions{}},
		{"－５", "minus", ParseOptions{}},
		{"NaN", "does not begin with a digit", ParseOptions{}},
		{"Inf", "does not begin with a digit", ParseOptions{}},
		{"followers", "does not begin with a digit", ParseOptions{}},
		{"12 followers", "unit", ParseOptions{}},
		{"1e6", "unit", ParseOptions{}},
		{"100多万", "unit", ParseOptions{}},
		{"12%", "unit", ParseOptions{}},
		{"1.2.3万", "groups", ParseOptions{}},
		{"1.5", "fraction", ParseOptions{}},
		{"1.234", "Decimal", ParseOptions{}},
		{"1,234", "Decimal", ParseOptions{Decimal: ','}},
		{"1.23456万", "fraction", ParseOptions{}},
		{"12,34,567", "groups", ParseOptions{}},
		{"1,2", "groups", ParseOptions{}},
		{"1,234 567", "groups", ParseOptions{}},
		{"1234,567", "groups", ParseOptions{}},
		{"1,234,567.8.9", "two kinds", ParseOptions{}},
		{"1.", "no digit beside", ParseOptions{}},
		{".5M", "no digit beside", ParseOptions{}},
		{"1.234,567K", "behind the decimal mark", ParseOptions{}},
		{"007", "begins with a zero", ParseOptions{}},
		{"9007199254740993", "beyond", ParseOptions{}},
		{"99999999999亿", "beyond", ParseOptions{}},
		{"123456789012345678901234567890", "more digits", ParseOptions{}},
		{"12", "mode", ParseOptions{Mode: Exact}},
		{"12", "decimal mark", ParseOptions{Decimal: ';'}},
		{"12\x00", "unit", ParseOptions{}},
		{"12\xff", "unit", ParseOptions{}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := ParseCount(tt.text, Followers, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("ParseCount(%q) = %+v, %v, want an error with %q", tt.text, got, err, tt.wantErr)
			}
		})
	}
	if _, err := ParseCount("12", "", ParseOptions{}); err == nil {
		t.Error("a count without a kind was accepted")
	}
}

// display prints coef * 10^-decimals with a unit, as a platform does.
func display(coef uint64, decimals int, unit string) string {
	digits := strconv.FormatUint(coef, 10)
	if decimals > 0 {
		for len(digits) <= decimals {
			digits = "0" + digits
		}
		digits = digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
	}
	return digits + unit
}

// TestDisplayedCountsParseBack prints counts in all ways and reads them: value and step are those that were printed, to
// the last digit, and the bounds hold what a platform could have meant.
func TestDisplayedCountsParseBack(t *testing.T) {
	powers := map[string]int{"": 0, "K": 3, "k": 3, "M": 6, "B": 9, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]string{"", "K", "k", "M", "B", "千", "万", "萬", "亿", "億"}).Draw(t, "unit")
		decimals := rapid.IntRange(0, min(3, powers[unit])).Draw(t, "decimals")
		coef := rapid.Uint64Range(0, 999_999).Draw(t, "coef")
		mode := rapid.SampledFrom([]Mode{Round, Floor}).Draw(t, "mode")
		censored := rapid.Bool().Draw(t, "censored")
		text := display(coef, decimals, unit)
		if rapid.Bool().Draw(t, "wide") {
			text = strings.Map(func(r rune) rune {
				if r > ' ' && r <= '~' {
					return r - '!' + '！'
				}
				return r
			}, text)
		}
		if censored {
			text += "+"
		}
		r, err := ParseCount(text, Followers, ParseOptions{Mode: mode})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		step := uint64(math.Pow10(powers[unit] - decimals))
		if r.Step != float64(step) || r.Value != float64(coef*step) {
			t.Errorf("%q: value %v step %v, want %v and %v", text, r.Value, r.Step, coef*step, step)
		}
		if err := r.Check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if censored != math.IsInf(r.Hi, 1) || censored != (r.Mode == CensoredRight) {
			t.Errorf("%q: hi %v, mode %v", text, r.Hi, r.Mode)
		}
		if !censored && step > 1 {
			width := r.Hi - r.Lo
			if width != r.Step && !(mode == Round && r.Value < r.Step/2) {
				t.Errorf("%q: bounds %v wide, want the step %v", text, width, r.Step)
			}
		}
	})
}

// TestParseCountIsMonotone: of two counts displayed in the same way, the larger has no smaller bounds.
func TestParseCountIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Uint64Range(0, 99_999).Draw(t, "a")
		b := rapid.Uint64Range(a, 99_999).Draw(t, "b")
		decimals := rapid.IntRange(0, 2).Draw(t, "decimals")
		opt := ParseOptions{Mode: rapid.SampledFrom([]Mode{Round, Floor}).Draw(t, "mode")}
		ra, errA := ParseCount(display(a, decimals, "万"), Followers, opt)
		rb, errB := ParseCount(display(b, decimals, "万"), Followers, opt)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if ra.Lo > rb.Lo || ra.Hi > rb.Hi || ra.Value > rb.Value {
			t.Errorf("%v is above %v", ra, rb)
		}
	})
}

// TestGroupedCountsParseBack: whatever separates thousands, the digits are the count.
func TestGroupedCountsParseBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1_000_000, 1<<53).Draw(t, "n")
		sep := rapid.SampledFrom([]string{",", ".", " ", "\u00a0", "\u2009", "\u202f", "'", "\u2019"}).Draw(t, "sep")
		digits := strconv.FormatUint(n, 10)
		text := ""
		for i, c := range digits {
			if i > 0 && (len(digits)-i)%3 == 0 {
				text += sep
			}
			text += string(c)
		}
		r, err := ParseCount(text, Followers, ParseOptions{})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if r.Mode != Exact || r.Value != float64(n) {
			t.Errorf("%q: %+v, want exactly %d", text, r, n)
		}
	})
}

func FuzzParseCount(f *testing.F) {
	for _, s := range []string{"117.3万", "1.2亿", "3.4M", "12K", "100万+", "１１７．３万", "1,234,567", "1.234.567", "-5", "", "NaN", "1e9", "9007199254740993", "\x00", "1\u202f234"} {
		f.Add(s, false, false)
	}
	f.Fuzz(func(t *testing.T, text string, floor, comma bool) {
		opt := ParseOptions{Mode: Round, Decimal: '.'}
		if floor {
			opt.Mode = Floor
		}
		if comma {
			opt.Decimal = ','
		}
		r, err := ParseCount(text, Followers, opt)
		if err != nil {
			if (r != Reading{}) {
				t.Errorf("%q: a reading %+v beside the error %v", text, r, err)
			}
			return
		}
		if err := r.Check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if r.Value != math.Trunc(r.Value) || r.Step < 1 || math.Mod(r.Value, r.Step) != 0 {
			t.Errorf("%q: value %v is no multiple of the step %v", text, r.Value, r.Step)
		}
	})
}
