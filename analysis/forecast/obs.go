package forecast

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// An Obs is one reading of a series.
type Obs struct {
	T  float64 // days since 1970-01-01 UTC (see Days), or any other running time: rates are per unit of T
	Y  float64 // the value as read
	SD float64 // known standard uncertainty of the reading in the unit of Y, e.g. step/sqrt(12) of a rounded count; 0 = exact
}

// Days gives t as days since 1970-01-01 UTC, the running time of [Obs].
func Days(t time.Time) float64 { return float64(t.Unix())/86400 + float64(t.Nanosecond())/86400e9 }

// Date gives the instant of a running time made by [Days].
func Date(days float64) time.Time {
	s := math.Floor(days * 86400)
	return time.Unix(int64(s), 0).UTC()
}

// ErrNoReadings says that a series holds nothing to fit.
var ErrNoReadings = errors.New("no readings")

// maxAbs bounds the values we accept: beyond it squares overflow.
const maxAbs = 1e100

// clean sorts readings by time and joins those of one instant by inverse variance (plain mean where one is exact),
// adding their disagreement to the noise. It refuses NaN and infinities by index, and leaves the input alone.
func clean(obs []Obs) ([]Obs, error) {
	if len(obs) == 0 {
		return nil, ErrNoReadings
	}
	for i, o := range obs {
		switch {
		case math.IsNaN(o.T) || math.IsInf(o.T, 0):
			return nil, fmt.Errorf("reading %d: time %v is not a number: remove the reading", i, o.T)
		case math.IsNaN(o.Y) || math.Abs(o.Y) > maxAbs:
			return nil, fmt.Errorf("reading %d: value %v is not a usable number: remove the reading", i, o.Y)
		case math.IsNaN(o.SD) || o.SD < 0 || o.SD > maxAbs:
			return nil, fmt.Errorf("reading %d: sd %v must be a number >= 0", i, o.SD)
		}
	}
	s := slices.Clone(obs)
	slices.SortStableFunc(s, func(a, b Obs) int {
		switch {
		case a.T < b.T:
			return -1
		case a.T > b.T:
			return 1
		}
		return 0
	})
	out := s[:0]
	for i := 0; i < len(s); {
		j := i + 1
		for j < len(s) && s[j].T == s[i].T {
			j++
		}
		out = append(out, join(s[i:j]))
		i = j
	}
	return out, nil
}

// join makes one reading of several of the same instant.
func join(s []Obs) Obs {
	if len(s) == 1 {
		return s[0]
	}
	exact := false
	for _, o := range s {
		exact = exact || o.SD == 0
	}
	var sw, sy float64
	for _, o := range s {
		w := 1.0
		if !exact {
			w = 1 / (o.SD * o.SD)
		}
		sw += w
		sy += w * o.Y
	}
	mean := sy / sw
	var between float64
	for _, o := range s {
		between += (o.Y - mean) * (o.Y - mean)
	}
	between /= float64(len(s) - 1)
	v := between / float64(len(s))
	if !exact {
		v = math.Max(v, 1/sw)
	}
	return Obs{T: s[0].T, Y: mean, SD: math.Sqrt(v)}
}
