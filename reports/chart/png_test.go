package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func pngOf(t testing.TB, f *Figure, scale float64) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := f.PNG(&b, scale); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// difference is the mean over all pixels and channels, in 0..255.
func difference(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 255
	}
	sum, n := 0.0, 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			for _, d := range [][2]uint32{{r1, r2}, {g1, g2}, {b1, b2}} {
				sum += math.Abs(float64(d[0])-float64(d[1])) / 257
				n++
			}
		}
	}
	return sum / float64(n)
}

// mostDifference allows for other floating-point units, which move soft edges by a shade. A line that moves by one pixel
// makes about 0.05, a word that is missing 0.1, a picture upside down more than 2.
const mostDifference = 0.02

func TestGoldenPNG(t *testing.T) {
	all := samples()
	for _, name := range []string{"lines", "bump", "dots"} {
		img := pngOf(t, drawn(t, all[name]), 1)
		path := filepath.Join("testdata", name+".png")
		if *update {
			var b bytes.Buffer
			if err := png.Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatalf("%v\nwrite it by go test ./reports/chart -update, then look at it", err)
		}
		want, err := png.Decode(file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(img, want); d > mostDifference {
			t.Errorf("%s: differs from %s by %.3f on average, at most %.3f is chance", name, path, d, mostDifference)
		}
	}
}

// The comparison sees what it is there for.
func TestDifferenceSeesMistakes(t *testing.T) {
	make := samples()["lines"]
	good := pngOf(t, drawn(t, make), 1).(*image.Paletted)
	down := image.NewPaletted(good.Rect, good.Palette)
	for y := range good.Rect.Dy() {
		copy(down.Pix[y*down.Stride:(y+1)*down.Stride], good.Pix[(good.Rect.Dy()-1-y)*good.Stride:])
	}
	if d := difference(good, down); d < 50*mostDifference {
		t.Errorf("a picture upside down differs by %.3f only", d)
	}
	moved := weiboUsers()
	moved.Points[3].Y *= 1.05
	a, _ := Lines(Options{ID: "x"}, []Series{weiboUsers()})
	b, _ := Lines(Options{ID: "x"}, []Series{moved})
	if d := difference(pngOf(t, a, 1), pngOf(t, b, 1)); d < mostDifference {
		t.Errorf("a reading that is five per cent too high differs by %.4f only", d)
	}
}

// The main colours of a picture survive the palette unchanged, at every scale.
func TestPNGKeepsItsMainColours(t *testing.T) {
	for _, scale := range []float64{1, 2, 3.5} {
		f := drawn(t, samples()["lines"])
		img := pngOf(t, f, scale)
		if w, h := img.Bounds().Dx(), img.Bounds().Dy(); w != int(math.Ceil(f.Width*scale)) || h != int(math.Ceil(f.Height*scale)) {
			t.Errorf("scale %g: %d x %d pixels for %g x %g", scale, w, h, f.Width, f.Height)
		}
		p := img.(*image.Paletted)
		for _, n := range []tone{tonePaper, toneInk, toneGrid, toneSina, toneTwitter, toneTencent} {
			want := rgba(n)
			i := slices.IndexFunc(p.Palette, func(c color.Color) bool { return color.RGBAModel.Convert(c) == want })
			if i < 0 || !bytes.Contains(p.Pix, []byte{byte(i)}) {
				t.Errorf("scale %g: no pixel has the colour %s", scale, shades[n].name)
			}
		}
	}
}

// The palette changes no picture visibly: a thousandth on average, and only within soft edges.
func TestPaletted(t *testing.T) {
	all := samples()
	for _, name := range []string{"lines", "bump", "fan", "coverage", "heat", "timeline"} {
		img, err := drawn(t, all[name]).raster(1, false)
		if err != nil {
			t.Fatal(err)
		}
		got := paletted(img)
		worst := 0.0
		for i := 0; i < len(img.Pix); i += 4 {
			c := got.Palette[got.Pix[i/4]].(color.RGBA)
			for k, v := range []uint8{c.R, c.G, c.B} {
				worst = max(worst, math.Abs(float64(v)-float64(img.Pix[i+k])))
			}
		}
		if d := difference(img, got); d > 0.2 || worst > 100 {
			t.Errorf("%s: the palette moved pixels by %.3f on average, %.0f at most", name, d, worst)
		}
	}
	small := image.NewRGBA(image.Rect(0, 0, 3, 1))
	small.Pix = []byte{1, 2, 3, 255, 1, 2, 3, 255, 9, 8, 7, 255}
	if p := paletted(small); len(p.Palette) != 2 || p.Pix[0] != p.Pix[1] || p.At(2, 0) != (color.RGBA{9, 8, 7, 255}) {
		t.Errorf("three pixels became %v of %v", p.Pix, p.Palette)
	}
}

func TestPNGRefusesWhatDoesNotFit(t *testing.T) {
	f := drawn(t, samples()["lines"])
	for _, scale := range []float64{0, -1, math.NaN(), math.Inf(1), 1e6} {
		if err := f.PNG(io.Discard, scale); err == nil || !strings.Contains(err.Error(), "at most") {
			t.Errorf("scale %g: error %v, want one that gives the limit", scale, err)
		}
	}
}

// The carried font has all that the house itself writes, and the names of the history.
func TestCarriedFont(t *testing.T) {
	text := "ABCxyz 0123 –—…·−%→≤±×éüßñ 新浪微博 腾讯微博 搜狐 网易 月活跃用户 日活跃 注册用户 粉丝 来源 数据截至 对数坐标 万亿 姚晨 黄晓明 蔡康永 谢娜 何炅 杨幂 陈坤 郭德纲 李开复 〓"
	if lost := MissingGlyphs(text); len(lost) > 0 {
		t.Errorf("without a glyph: %q", string(lost))
	}
	for _, bold := range []bool{false, true} {
		f := faceOf(bold)
		for _, r := range text {
			var p pen
			if id, err := f.font.GlyphIndex(&p.buf, r); err != nil || id == 0 {
				t.Errorf("bold %v: the carried font itself lacks %q", bold, r)
			}
		}
	}
}

// A character that no font has is drawn as 〓 and told; the machine's fonts are asked before.
func TestMissingGlyphs(t *testing.T) {
	const none = "\U0010fff0" // of a private plane
	if got := MissingGlyphs("a" + none + "b" + none); string(got) != none {
		t.Errorf("missing: %q, want %q once", string(got), none)
	}
	var p pen
	f, id, ok := find(&p.buf, []rune(none)[0], false)
	want, _ := f.GlyphIndex(&p.buf, '〓')
	if ok || f != faceOf(false).font || id != want {
		t.Errorf("it is drawn as glyph %d, found %v; want %d", id, ok, want)
	}
	o := Options{ID: "x", Title: none + "〓"}
	a, err := Bars(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Bars(Options{ID: "x", Title: "〓〓"}, nil)
	got, plain := pngOf(t, a, 1), pngOf(t, b, 1)
	if d := difference(upperHalf(got), upperHalf(plain)); d > 0 {
		t.Errorf("drawn otherwise than 〓: %.4f", d)
	}
	if difference(got, plain) == 0 {
		t.Error("the picture does not say what 〓 stands for")
	}
}

func upperHalf(img image.Image) image.Image {
	r := img.Bounds()
	return img.(interface {
		SubImage(r image.Rectangle) image.Image
	}).SubImage(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Max.Y/2))
}

func TestMeasure(t *testing.T) {
	if a, b := measure("微博", 20, false), 40.0; a != b {
		t.Errorf("two Chinese characters of size 20 are %g wide, want %g", a, b)
	}
	if a, b := measure("AVAVAV", 20, false), measure("A", 20, false)*3+measure("V", 20, false)*3; a >= b {
		t.Errorf("no kerning: %g for %g", a, b)
	}
	if a, b := measure("e\u0301\u200b", 20, false), measure("e", 20, false); math.Abs(a-b) > 1e-9 {
		t.Errorf("marks take room: %g instead of %g", a, b)
	}
}
