package chart

import (
	"fmt"

	"gonum.org/v1/plot"
)

// Aligned draws counts since launch, so that platforms can be compared at the same age: Point.X is the age in days,
// shown in years. Ages may be of any distance: a line is not broken by silence unless Options.Gap asks for it. Events,
// From and To have no place on its axis.
func Aligned(o Options, series []Series) (*Figure, error) {
	return lineChart("aligned", o, series, true)
}

// ageAxis makes an axis of days since launch with ticks at years.
func ageAxis(xs extent, zh bool) (extent, []plot.Tick) {
	xs.lo = 0
	years := int(xs.hi/365.25) + 1
	step := max(1, (years+9)/10)
	var ticks []plot.Tick
	for y := 0; y <= years; y += step {
		label := fmt.Sprint(y)
		if y == 0 {
			label = pick(zh, "上线", "launch")
		} else if y == step {
			label = fmt.Sprintf(pick(zh, "%d 年", map[bool]string{true: "%d year", false: "%d years"}[y == 1]), y)
		}
		ticks = append(ticks, plot.Tick{Value: float64(y) * 365.25, Label: label})
	}
	return xs, ticks
}
