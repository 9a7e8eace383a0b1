package chart

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	gofont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// The package carries a part of Noto Sans CJK SC; fonts/README.md says which characters and how it was made.
var (
	//go:embed fonts/NotoSansSC-Regular.otf
	regularOTF []byte
	//go:embed fonts/NotoSansSC-Bold.otf
	boldOTF []byte
)

// A face is one weight of the carried font with the widths that layout asks for again and again. Widths come from the
// carried font alone, so that a layout does not depend on the fonts of the machine.
type face struct {
	font  *sfnt.Font
	upem  fixed.Int26_6
	ascii [128]float64

	mu   sync.RWMutex
	adv  map[rune]float64
	kern map[[2]rune]float64
}

var (
	regularFace = sync.OnceValue(func() *face { return newFace(regularOTF) })
	boldFace    = sync.OnceValue(func() *face { return newFace(boldOTF) })
)

func faceOf(bold bool) *face {
	if bold {
		return boldFace()
	}
	return regularFace()
}

func newFace(otf []byte) *face {
	f, err := opentype.Parse(otf)
	if err != nil {
		panic("chart: the embedded font does not parse: " + err.Error())
	}
	fc := &face{font: f, upem: fixed.Int26_6(f.UnitsPerEm()), adv: map[rune]float64{}, kern: map[[2]rune]float64{}}
	var buf sfnt.Buffer
	for r := rune(' '); r < 127; r++ {
		fc.ascii[r] = fc.read(&buf, r)
	}
	return fc
}

// read gives a rune's width in em. A rune that the carried font lacks counts as a full or, if narrow, 0.6 em.
func (f *face) read(buf *sfnt.Buffer, r rune) float64 {
	if joins(r) || turns(r) || r == '\u2068' || r == '\u2069' {
		return 0
	}
	id, err := f.font.GlyphIndex(buf, r)
	if err == nil && id != 0 {
		if a, err := f.font.GlyphAdvance(buf, id, f.upem, font.HintingNone); err == nil {
			return float64(a) / float64(f.upem)
		}
	}
	if wide(r) {
		return 1
	}
	return 0.6
}

func (f *face) advance(r rune) float64 {
	if r < 128 {
		return f.ascii[max(r, 0)]
	}
	f.mu.RLock()
	a, ok := f.adv[r]
	f.mu.RUnlock()
	if !ok {
		var buf sfnt.Buffer
		a = f.read(&buf, r)
		f.mu.Lock()
		f.adv[r] = a
		f.mu.Unlock()
	}
	return a
}

// kerning gives the correction between two letters in em; only Latin letters have one.
func (f *face) kerning(a, b rune) float64 {
	if a >= 0x250 || b >= 0x250 || a <= ' ' || b <= ' ' {
		return 0
	}
	key := [2]rune{a, b}
	f.mu.RLock()
	k, ok := f.kern[key]
	f.mu.RUnlock()
	if ok {
		return k
	}
	var buf sfnt.Buffer
	ia, _ := f.font.GlyphIndex(&buf, a)
	ib, _ := f.font.GlyphIndex(&buf, b)
	if v, err := f.font.Kern(&buf, ia, ib, f.upem, font.HintingNone); err == nil {
		k = float64(v) / float64(f.upem)
	}
	f.mu.Lock()
	f.kern[key] = k
	f.mu.Unlock()
	return k
}

// advance gives the width of one rune in em.
func advance(r rune, bold bool) float64 { return faceOf(bold).advance(r) }

// measure gives the width of a line of text in drawing units.
func measure(s string, size float64, bold bool) float64 {
	f := faceOf(bold)
	sum, prev := 0.0, rune(-1)
	for _, r := range narrow(s) {
		if prev >= 0 {
			sum += f.kerning(prev, r)
		}
		sum += f.advance(r)
		prev = r
	}
	return sum * size
}

// latinMarks are punctuation that a Chinese font sets on a full square, with what stands for it between Latin letters.
var latinMarks = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "…", "...")

// narrow gives the text as it is set with the carried font: Latin text gets narrow punctuation, Chinese text keeps its own.
func narrow(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] == 0xe2 { // the first byte of all of latinMarks
			for _, r := range s {
				if wide(r) {
					return s
				}
			}
			return latinMarks.Replace(s)
		}
	}
	return s
}

// gonumFace is the carried font as gonum's canvases take it.
func gonumFace(size float64, bold bool) gofont.Face {
	fnt := gofont.Font{Typeface: "Noto Sans SC", Size: vg.Length(size)}
	if bold {
		fnt.Weight = font.WeightBold
	}
	return gofont.Face{Font: fnt, Face: faceOf(bold).font}
}
