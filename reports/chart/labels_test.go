package chart

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Spread labels never overlap, keep their order and the range; those that go are of the lowest rank, and labels that
// have room stay where they belong.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const lo, hi, pitch = 10.0, 300.0, 16.0
		var in []endLabel
		for i, y := range rapid.SliceOfN(rapid.Float64Range(-50, 400), 0, 40).Draw(t, "y") {
			in = append(in, endLabel{y: y, rank: float64((i * 7) % 41), id: i})
		}
		kept, lost := spread(in, lo, hi, pitch)
		if len(kept)+lost != len(in) || lost > 0 && len(kept) != 19 { // as many as the range holds
			t.Fatalf("%d labels: %d kept and %d lost", len(in), len(kept), lost)
		}
		alive, crowded := map[int]bool{}, false
		for i, l := range kept {
			alive[l.id] = true
			if l.at < lo-1e-6 || l.at > hi+1e-6 {
				t.Fatalf("a label stands at %g, outside of %g..%g", l.at, lo, hi)
			}
			if i > 0 && (l.at-kept[i-1].at < pitch-1e-6 || l.y < kept[i-1].y) {
				t.Fatalf("labels at %g and %g, which belong at %g and %g", kept[i-1].at, l.at, kept[i-1].y, l.y)
			}
			crowded = crowded || i > 0 && l.y-kept[i-1].y < pitch || l.y < lo || l.y > hi
		}
		for _, l := range in {
			for _, k := range kept {
				if !alive[l.id] && l.rank > k.rank {
					t.Fatalf("rank %g went, rank %g stayed", l.rank, k.rank)
				}
			}
		}
		for _, l := range kept {
			if !crowded && math.Abs(l.at-l.y) > 1e-9 {
				t.Fatalf("a label that has room moved from %g to %g", l.y, l.at)
			}
		}
	})
}

// Words of events never overlap, and no pole crosses words.
func TestFlagsDoNotCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var flags []flag
		x := 0.0
		for _, step := range rapid.SliceOfN(rapid.Float64Range(0, 120), 0, 30).Draw(t, "steps") {
			if x += step; x > 800 {
				break
			}
			flags = append(flags, flag{x: x, text: strings.Repeat("word ", 1+int(step)%7)})
		}
		rows := fly(flags, 0, 800, 4)
		for i, a := range flags {
			if a.text == "" {
				continue
			}
			if a.left < 0 || a.left+a.w > 800 || a.row >= rows {
				t.Fatalf("%+v is outside of 800 units and %d rows", a, rows)
			}
			for j, b := range flags {
				if i == j || b.text == "" {
					continue
				}
				if a.row == b.row && a.left < b.left+b.w && b.left < a.left+a.w {
					t.Fatalf("%+v and %+v overlap", a, b)
				}
				if b.row > a.row && b.x > a.left && b.x < a.left+a.w {
					t.Fatalf("the pole of %+v crosses the words of %+v", b, a)
				}
			}
		}
		if len(flags) > 0 && rows == 0 {
			t.Fatal("not one of the flags found room")
		}
	})
}

func TestFlagTextIsDroppedRatherThanCutToNothing(t *testing.T) {
	const s = "Tencent Weibo team reported dissolved"
	for _, c := range []struct {
		width float64
		want  string
	}{{400, s}, {150, "Tencent Weibo team repo…"}, {60, ""}} {
		if got := flagText(s, c.width); got != c.want {
			t.Errorf("within %g it reads %q, want %q", c.width, got, c.want)
		}
	}
}

func TestClutter(t *testing.T) {
	k := newClutter(box{100, 50, 400, 250})
	k.stroke(pt(100, 50), pt(400, 250))
	for _, c := range []struct {
		b    box
		free bool
	}{
		{box{110, 200, 200, 215}, true},
		{box{240, 140, 260, 160}, false}, // the line runs through its middle
		{box{90, 200, 120, 215}, false},  // partly outside
		{box{390, 240, 410, 260}, false},
	} {
		if got := k.free(c.b); got != c.free {
			t.Errorf("%v is free: %v, want %v", c.b, got, c.free)
		}
	}
	k.put(box{math.NaN(), 0, math.Inf(1), 1})
	if w, ok := k.firstFree(words{x: 250, y: 150, s: "on the line", size: 12}, words{x: 110, y: 200, s: "beside", size: 12}); !ok || w.s != "beside" {
		t.Errorf("chose %q", w.s)
	}
	if _, ok := k.firstFree(words{x: 110, y: 200, s: "the same place", size: 12}); ok {
		t.Error("a place was given twice")
	}
}

func TestWrapAndCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := clean(rapid.StringOfN(rapid.SampledFrom([]rune("ab  WM微博名，。é\u0301👩\u200d👧-")), 0, 120, -1).Draw(t, "s"))
		width := rapid.Float64Range(60, 500).Draw(t, "width")
		bold := rapid.Bool().Draw(t, "bold")
		lines := wrap(s, width, 14, bold, 3)
		for _, l := range append(lines, cut(s, width, 14, bold)) {
			if measure(l, 14, bold) > width+0.1 || !utf8.ValidString(l) {
				t.Fatalf("%q is %.1f wide, more than %.1f", l, measure(l, 14, bold), width)
			}
		}
		if len(lines) > 3 {
			t.Fatalf("%d lines", len(lines))
		}
		squeezed := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if all := strings.Join(lines, ""); !strings.HasSuffix(all, "…") && squeezed(all) != squeezed(s) {
			t.Fatalf("%q became %q", s, lines)
		}
		if b := balance(s, width, 14, bold, 3); len(b) > len(lines) {
			t.Fatalf("balanced to %d lines instead of %d", len(b), len(lines))
		}
	})
	if got := wrap("新浪微博的月活跃用户数，2017年初超过推特", 120, 14, false, 3); len(got) != 3 || strings.HasPrefix(got[1], "，") || strings.HasPrefix(got[2], "，") {
		t.Errorf("broken before a comma, or not at all: %q", got)
	}
	if got := cut("a\u0301b\u0301c\u0301d\u0301e\u0301f\u0301", 30, 14, false); strings.HasPrefix(got, "…") || strings.Contains(got, "a…") {
		t.Errorf("cut between a letter and its mark: %q", got)
	}
}

func TestClean(t *testing.T) {
	for _, c := range [][2]string{
		{"  plain   words ", "plain words"},
		{"line\nbreak\ttab\r\n", "line break tab"},
		{"\u202eevil\u2066 \u200bname\ufeff", "evil name"},
		{"nul\x00 esc\x1b[31m", "nul esc [31m"},
		{"broken \xff\xfe utf-8", "broken \ufffd\ufffd utf-8"},
		{"👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"},
		{"16.3\u00a0%", "16.3\u00a0%"},
		{"", ""},
	} {
		if got := clean(c[0]); got != c[1] {
			t.Errorf("%q became %q, want %q", c[0], got, c[1])
		}
	}
	if got := isolate("שלום"); got != "\u2068שלום\u2069" {
		t.Errorf("a Hebrew name is fenced as %q", got)
	}
	if got := string(visual("abc שלום")); got != "abc םולש" {
		t.Errorf("a Hebrew name is drawn as %q", got)
	}
}
