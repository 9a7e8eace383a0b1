package chart

import (
	"math"
	"slices"
	"unicode/utf8"
)

// A flag is a name on a pole: the words of an event above its place on a time axis.
type flag struct {
	x    float64 // of the pole
	text string
	// row counts from the axis upwards, left is where the words begin, w how wide they are; text is "" where no row
	// has room. flipped words stand left of their pole and end at it.
	row     int
	left, w float64
	flipped bool
}

// place gives the anchor of the words and its distance from the pole.
func (f flag) place() (anchor, float64) {
	if f.flipped {
		return atEnd, -3
	}
	return atStart, 3
}

// leastCut is how many characters of a shortened name still tell something.
const leastCut = 18

// flagText shortens an event's words to the width; "" where too little would be left of them.
func flagText(s string, width float64) string {
	text := cut(s, width, eventSize, false)
	if text != s && utf8.RuneCountInString(text) < leastCut {
		return ""
	}
	return text
}

// fly gives each flag a row within x0..x1 so that no words overlap and no pole crosses words, with as few rows as show
// the most of them. taken are boxes, in units of rows, that must stay free. The number of rows used is given.
func fly(flags []flag, x0, x1 float64, rows int, taken ...box) (used int) {
	var best []flag
	most := 0
	for n := 1; n <= rows; n++ {
		try := slices.Clone(flags)
		if seated := seatAll(try, x0, x1, n, taken); seated > most {
			best, most, used = try, seated, n
		}
	}
	if most == 0 {
		best = slices.Clone(flags)
		for i := range best {
			best[i].text = ""
		}
	}
	copy(flags, best)
	return used
}

// seatAll goes from right to left, as words stand right of their poles where they can: then those of earlier flags
// rise above later ones. Words that must stand left of their pole, near the right edge, begin at the top for the same
// reason. It gives the number of flags that found a place.
func seatAll(flags []flag, x0, x1 float64, rows int, taken []box) (seated int) {
	for i := len(flags) - 1; i >= 0; i-- {
		f := &flags[i]
		if f.text == "" {
			continue
		}
		f.w = measure(f.text, eventSize, false) * reserve
		if f.seat(flags[i+1:], x0, x1, rows, taken) {
			seated++
		} else {
			f.text = ""
		}
	}
	return seated
}

// seat finds a row for a flag among those that already fly.
func (f *flag) seat(flying []flag, x0, x1 float64, rows int, taken []box) bool {
	f.left = f.x + 3
	if f.flipped = f.left+f.w > x1; f.flipped {
		f.left = f.x - 3 - f.w
	}
	if f.left < x0 {
		return false
	}
	for i := range rows {
		f.row = i
		if f.flipped {
			f.row = rows - 1 - i
		}
		if !f.clashes(flying, taken) {
			return true
		}
	}
	return false
}

func (f *flag) clashes(flying []flag, taken []box) bool {
	const gap = 8.0
	words := box{f.left - gap, float64(f.row) + 0.1, f.left + f.w + gap, float64(f.row) + 0.9}
	for _, t := range taken {
		if words.hits(t) || f.x > t.x0-2 && f.x < t.x1+2 && t.y0 < float64(f.row) {
			return true
		}
	}
	for _, g := range flying {
		if g.text == "" {
			continue
		}
		switch {
		case f.row == g.row && words.x0 < g.left+g.w && g.left < words.x1:
			return true
		case g.row > f.row && g.x > f.left-3 && g.x < f.left+f.w+3: // its pole crosses these words
			return true
		case f.row > g.row && f.x > g.left-3 && f.x < g.left+g.w+3: // this pole crosses its words
			return true
		case f.row == g.row && math.Abs(f.x-g.x) < 1:
			return true
		}
	}
	return false
}
