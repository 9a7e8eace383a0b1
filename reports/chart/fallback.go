package chart

import (
	"os"
	"sync"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// systemFonts are where machines keep a font with all Chinese characters, and one with more scripts. They are opened
// only when a PNG needs a character that the carried font lacks.
var systemFonts = []struct {
	path string
	face int // in a collection
}{
	{"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2},   // Debian, Ubuntu
	{"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2}, // older Fedora
	{"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2},        // Arch
	{"/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2},
	{"/usr/share/fonts/noto/NotoSansCJK-Regular.ttc", 2}, // Alpine
	{"/System/Library/Fonts/PingFang.ttc", 0},
	{"/System/Library/Fonts/STHeiti Light.ttc", 0},
	{`C:\Windows\Fonts\msyh.ttc`, 0},
	{"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 0},
	{"/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf", 0},
	{"/usr/share/fonts/TTF/DejaVuSans.ttf", 0},
	{"/System/Library/Fonts/Supplemental/Arial Unicode.ttf", 0},
	{`C:\Windows\Fonts\segoeui.ttf`, 0},
}

// fallbacks are the system's fonts, each opened when first asked for; nil where it is not there or does not parse.
var fallbacks = func() []func() *sfnt.Font {
	out := make([]func() *sfnt.Font, len(systemFonts))
	for i, s := range systemFonts {
		out[i] = sync.OnceValue(func() *sfnt.Font {
			b, err := os.ReadFile(s.path)
			if err != nil {
				return nil
			}
			c, err := opentype.ParseCollection(b)
			if err != nil || s.face >= c.NumFonts() {
				return nil
			}
			f, err := c.Font(s.face)
			if err != nil {
				return nil
			}
			return f
		})
	}
	return out
}()

// find gives the font and glyph that draw r: the carried font, then the system's. ok is false where none has it; the
// glyph is then 〓, the printers' sign for a character that the case lacks.
func find(buf *sfnt.Buffer, r rune, bold bool) (f *sfnt.Font, id sfnt.GlyphIndex, ok bool) {
	own := faceOf(bold).font
	if id, err := own.GlyphIndex(buf, r); err == nil && id != 0 {
		return own, id, true
	}
	for _, open := range fallbacks {
		f := open()
		if f == nil {
			continue
		}
		if id, err := f.GlyphIndex(buf, r); err == nil && id != 0 {
			return f, id, true
		}
	}
	id, _ = own.GlyphIndex(buf, '〓')
	return own, id, false
}

// MissingGlyphs gives the characters of text, each once and in their order, that a PNG cannot show on this machine:
// neither the carried font nor a font of the system has them. An SVG is drawn by its reader's fonts and is not meant.
func MissingGlyphs(text string) []rune {
	var out []rune
	var buf sfnt.Buffer
	seen := map[rune]bool{}
	for _, r := range clean(text) {
		if r < 128 || seen[r] || joins(r) {
			continue
		}
		seen[r] = true
		if _, _, ok := find(&buf, r, false); !ok {
			out = append(out, r)
		}
	}
	return out
}
