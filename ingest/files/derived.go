package files

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
)

// checkWhole accepts a plain whole number: digits only.
func checkWhole(text string) error {
	if strings.Contains(text, ".") {
		return fmt.Errorf("number %q, want a whole one", text)
	}
	_, err := ingest.ParseNumber(text)
	return err
}

// quotient finds the formula in the note of a derived figure: "DERIVED: 198.2M / 0.68 (page gives the ratio only)".
var quotient = regexp.MustCompile(`^DERIVED: ([0-9]+(?:\.[0-9]+)?)([KMB]?) / ([0-9]+(?:\.[0-9]+)?)(?:[^0-9.].*)?$`)

// derivedReading carries the rounding of the printed figures through the formula by which a derived figure was computed
// from them: 198.2M / 0.68 lies between 198.15M / 0.685 and 198.25M / 0.675. The step is the width of that interval. It
// returns false for figures that are not derived or whose note has no quotient that gives the value.
func derivedReading(m ingest.PlatformMetric, text string) (ingest.Reading, bool) {
	parts := quotient.FindStringSubmatch(m.Note)
	if !m.Derived || parts == nil {
		return ingest.Reading{}, false
	}
	value, _ := strconv.ParseFloat(text, 64) // checked before
	top, halfTop := printed(parts[1])
	scale := map[string]float64{"": 1, "K": 1e3, "M": 1e6, "B": 1e9}[parts[2]]
	bottom, halfBottom := printed(parts[3])
	if bottom <= halfBottom || math.Abs(value-top*scale/bottom) > 1 {
		return ingest.Reading{}, false
	}
	r := ingest.Reading{
		Kind: m.Kind, Value: value, Mode: ingest.Round, StepBasis: ingest.BasisInferred,
		Lo: math.Floor((top - halfTop) * scale / (bottom + halfBottom)),
		Hi: math.Ceil((top + halfTop) * scale / (bottom - halfBottom)),
	}
	r.Step = r.Hi - r.Lo
	return r, r.Check() == nil
}

// printed is the value of a printed number and half of the place of its last digit.
func printed(text string) (value, half float64) {
	value, _ = strconv.ParseFloat(text, 64) // the pattern lets only numbers through
	decimals := 0
	if i := strings.IndexByte(text, '.'); i >= 0 {
		decimals = len(text) - i - 1
	}
	return value, math.Pow10(-decimals) / 2
}

// derivedStep is the least step of a derived figure without a formula: it has no more than three significant digits,
// however many our division gave it.
func derivedStep(text string) float64 {
	value, _ := strconv.ParseFloat(text, 64) // checked before
	if value < 1 {
		return 0
	}
	return math.Pow10(max(0, int(math.Floor(math.Log10(value)))-2))
}
