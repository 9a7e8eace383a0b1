//go:build heavy

package chart

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPDFsLookLikePNGs lets poppler (pdftoppm) draw every kind of chart from its PDF and compares the pixels with our own
// PNG: lines, bands, rims and Chinese names must stand at the same places in the same colours.
func TestPDFsLookLikePNGs(t *testing.T) {
	for name, sample := range samples() {
		t.Run(name, func(t *testing.T) {
			f := drawn(t, sample)
			path := filepath.Join(t.TempDir(), "page")
			var page bytes.Buffer
			if err := f.PDF(&page, made, false); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+".pdf", page.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			// A pixel is 1/96 inch; both are drawn at twice that.
			if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "192", "-png", "-singlefile", path+".pdf", path).CombinedOutput(); err != nil {
				t.Fatalf("pdftoppm (Debian: poppler-utils): %v\n%s", err, out)
			}
			file, err := os.Open(path + ".png")
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			seen, err := png.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := f.raster(2, false)
			if err != nil {
				t.Fatal(err)
			}
			if d := seen.Bounds().Size().Sub(want.Bounds().Size()); d.X < -1 || d.X > 1 || d.Y < -1 || d.Y > 1 {
				t.Fatalf("the page is %v, the picture %v", seen.Bounds().Size(), want.Bounds().Size())
			}
			got := image.NewRGBA(want.Bounds())
			draw.Draw(got, got.Bounds(), seen, image.Point{}, draw.Src)
			if d := difference(want, got); d > 1 {
				t.Errorf("page and picture differ by %.2f of 255 on average", d)
			}
			// The measure tells a picture from one that is three pixels aside.
			aside := image.NewRGBA(want.Bounds())
			draw.Draw(aside, aside.Bounds(), image.White, image.Point{}, draw.Src)
			draw.Draw(aside, aside.Bounds().Add(image.Pt(3, 3)), got, image.Point{}, draw.Src)
			if d := difference(want, aside); d < 1.2 {
				t.Errorf("three pixels aside, they differ by %.2f only", d)
			}
		})
	}
}
