package chart

import (
	"io"
	"testing"
)

func BenchmarkSVG(b *testing.B) {
	f := drawn(b, samples()["lines"])
	for b.Loop() {
		f.SVG(io.Discard)
	}
}

// A PNG as the report writes it: two pixels per unit.
func BenchmarkPNG(b *testing.B) {
	f := drawn(b, samples()["lines"])
	for b.Loop() {
		f.PNG(io.Discard, 2)
	}
}
