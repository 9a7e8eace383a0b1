package chart

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes a name from a stranger fit for one line of text: control characters and line breaks become spaces,
// marks that turn the direction of text around are dropped, broken UTF-8 becomes U+FFFD. What the name says stays.
func clean(s string) string {
	ok := utf8.ValidString(s)
	for i := 0; ok && i < len(s); i++ {
		ok = s[i] >= ' ' && s[i] < 0x7f
	}
	if ok && !strings.Contains(s, "  ") {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case r == '\u00a0':
			b.WriteRune(r)
			space = false
			continue
		case unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufffe' || r == '\uffff':
			space = true
			continue
		case turns(r):
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// turns tells the invisible characters that change the direction or joining of their neighbours' text.
func turns(r rune) bool {
	return r == '\u061c' || r == '\ufeff' || r == '\u00ad' || r >= '\u200b' && r <= '\u200f' && r != '\u200d' ||
		r >= '\u202a' && r <= '\u202e' || r >= '\u2060' && r <= '\u206f' || r >= 0xe0000 && r <= 0xe007f
}

// rightToLeft tells whether s holds letters that are written from right to left.
func rightToLeft(s string) bool {
	for _, r := range s {
		if r >= 0x590 && r <= 0x8ff || r >= 0xfb1d && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefc || r >= 0x10800 && r <= 0x10fff || r >= 0x1e800 && r <= 0x1efff {
			return true
		}
	}
	return false
}

// isolate fences a name that holds right-to-left letters, so that it does not reorder the text around it.
func isolate(s string) string {
	if rightToLeft(s) {
		return "\u2068" + s + "\u2069"
	}
	return s
}

// cut shortens s to the width by an ellipsis, in any font that a browser may choose; it never cuts between a character and its marks.
func cut(s string, width, size float64, bold bool) string {
	width /= reserve
	if measure(s, size, bold) <= width+0.01 {
		return s
	}
	room, sum, end := width-measure("…", size, bold), 0.0, 0
	for i, r := range s {
		if !joins(r) {
			if sum > room {
				break
			}
			end = i
		}
		sum += advance(r, bold) * size
	}
	return strings.TrimRight(s[:end], " \u00a0") + "…"
}

// joins tells runes that belong to the character before them.
func joins(r rune) bool {
	return unicode.Is(unicode.Mn, r) || r == '\u200d' || r >= 0xfe00 && r <= 0xfe0f
}

// wrap breaks s into lines no wider than width, at spaces or between Chinese characters; what does not fit into
// maxLines ends in an ellipsis.
func wrap(s string, width, size float64, bold bool, maxLines int) []string {
	var lines []string
	for rest := s; rest != ""; {
		if len(lines) == maxLines-1 {
			return append(lines, cut(rest, width, size, bold))
		}
		at := breakAt(rest, width, size, bold)
		lines = append(lines, strings.TrimRight(rest[:at], " "))
		rest = strings.TrimLeft(rest[at:], " ")
	}
	return lines
}

// balance is wrap with lines of about one length, so that no word stands alone on the last.
func balance(s string, width, size float64, bold bool, maxLines int) []string {
	lines := wrap(s, width, size, bold, maxLines)
	n := len(lines)
	if n < 2 || n == maxLines && strings.HasSuffix(lines[n-1], "…") {
		return lines
	}
	lo, hi := width/2, width
	for hi-lo > 8 {
		mid := (lo + hi) / 2
		if narrower := wrap(s, mid, size, bold, maxLines+1); len(narrower) == n {
			lines, hi = narrower, mid
		} else {
			lo = mid
		}
	}
	return lines
}

// breakAt finds the last place in s where a line no wider than width may end: the end of s, a space, beside a Chinese
// character, or within a word that is too long for any line.
func breakAt(s string, width, size float64, bold bool) int {
	soft, hard, sum, prev := 0, 0, 0.0, rune(0)
	width /= reserve
	for i, r := range s {
		if i > 0 && (prev == ' ' && r != '%' || (wide(prev) || wide(r)) && !strings.ContainsRune("，。、；：）》”’！？％·", r)) {
			soft = i
		}
		if i > 0 && !joins(r) {
			hard = i
		}
		if sum += advance(r, bold) * size; sum > width && r != ' ' && hard > 0 {
			if soft > 0 {
				return soft
			}
			return hard
		}
		prev = r
	}
	return len(s)
}

// wide tells characters that take a full square: a line may break beside each.
func wide(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af || r >= 0xf900 && r <= 0xfaff ||
		r >= 0xff00 && r <= 0xff60 || r >= 0x1f000 && r <= 0x1faff || r >= 0x20000 && r <= 0x3ffff
}
