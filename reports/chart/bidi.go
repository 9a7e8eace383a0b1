package chart

import (
	"golang.org/x/text/unicode/bidi"
)

// visual gives the runes of s from left to right as they are seen, for canvases that know no bidirectional text.
// Letters are not joined: Arabic reads, but is not beautiful, in a PNG; an SVG leaves it to the reader's fonts.
func visual(s string) []rune {
	if !rightToLeft(s) {
		return []rune(s)
	}
	var p bidi.Paragraph
	if _, err := p.SetString(s); err != nil {
		return []rune(s)
	}
	order, err := p.Order()
	if err != nil {
		return []rune(s)
	}
	var out []rune
	for i := range order.NumRuns() {
		run := order.Run(i)
		text := run.String()
		if run.Direction() == bidi.RightToLeft {
			text = bidi.ReverseString(text)
		}
		for _, r := range text {
			if r != '\u2068' && r != '\u2069' {
				out = append(out, r)
			}
		}
	}
	return out
}
