package chart

import (
	"bytes"
	"image/png"
	"testing"
	"time"
)

var made = time.Date(2026, 1, 8, 0, 0, 0, 0, time.UTC)

// TestPDFs draws every kind of chart as a page: its own size, no font that a reader would have to find, always the same.
func TestPDFs(t *testing.T) {
	t.Parallel()
	for name, sample := range samples() {
		f := drawn(t, sample)
		var first, second, bare bytes.Buffer
		for _, page := range []struct {
			w           *bytes.Buffer
			transparent bool
		}{{&first, false}, {&second, false}, {&bare, true}} {
			if err := f.PDF(page.w, made, page.transparent); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		page := first.Bytes()
		if !bytes.Equal(page, second.Bytes()) {
			t.Errorf("%s: two PDFs differ", name)
		}
		if bytes.Equal(page, bare.Bytes()) {
			t.Errorf("%s: without paper it is the same", name)
		}
		if n := bytes.Count(page, []byte("/Type /Page\n")); n != 1 || bytes.Contains(page, []byte("/BaseFont")) {
			t.Errorf("%s: %d pages, or a font", name, n)
		}
	}
}

// TestTransparentPNG has corners through which one sees, and the same ink as the one with paper.
func TestTransparentPNG(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := drawn(t, samples()["lines"]).TransparentPNG(&b, 1); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	clear, solid := 0, 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			switch _, _, _, a := img.At(x, y).RGBA(); a {
			case 0:
				clear++
			case 0xffff:
				solid++
			}
		}
	}
	if _, _, _, a := img.At(0, 0).RGBA(); a != 0 || clear < 10*solid || solid < 2000 {
		t.Errorf("the corner has opacity %d; %d clear pixels, %d solid ones", a, clear, solid)
	}
	if err := drawn(t, samples()["lines"]).TransparentPNG(&b, 0); err == nil {
		t.Error("scale 0 is taken")
	}
}
