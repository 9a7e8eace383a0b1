package measure

import (
	"fmt"
	"math"
)

// Words writes a figure for people: whole, or in millions or billions with four digits. It is for sentences in tables;
// axes and cells have their own ways.
func Words(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e9:
		return fmt.Sprintf("%.4g billion", v/1e9)
	case a >= 1e6:
		return fmt.Sprintf("%.4g million", v/1e6)
	case v == math.Trunc(v):
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}
