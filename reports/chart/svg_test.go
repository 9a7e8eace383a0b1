package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// hostile is what a stranger may call an account.
const hostile = "<script>alert(1)</script>\" onload='x' &amp; ]]> =1+1 \u202eevil\u2066 \u200fשלום مرحبا 👩\u200d👩\u200d👧 🔥\nnext\tline\x00\x07\x1b[31m \xff\xfe 微博"

// elements reads an SVG as XML and calls f for each element and each piece of text.
func elements(t *testing.T, svg string, f func(e xml.StartElement, text string)) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	d.Strict = true
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			f(tok, "")
		case xml.CharData:
			f(xml.StartElement{}, string(tok))
		}
	}
}

func hostileFigures() map[string]func() (*Figure, error) {
	o := Options{ID: "h", Title: hostile, Subtitle: hostile, Unit: hostile, Source: hostile, XLabel: hostile,
		Events: []Event{{On: date("2010-06-01"), Label: hostile, Platform: hostile, Kind: hostile, Status: hostile}}, Refs: []Ref{{Label: hostile, Value: 2}}}
	s := []Series{{Key: hostile, Label: hostile, Platform: hostile, Family: hostile, Points: []Point{{On: date("2010-01-01"), Y: 1, Note: hostile}, {On: date("2010-09-01"), X: 1, Y: 3, Lo: 2, Hi: 4}}}}
	r := []Rank{{On: date("2010-01-01"), Rank: 1, Key: hostile, Label: hostile, Value: 1}, {On: date("2011-01-01"), Rank: 1, Key: hostile, Label: hostile, Value: 2}}
	return map[string]func() (*Figure, error){
		"lines": func() (*Figure, error) { return Lines(o, s) },
		"panels": func() (*Figure, error) {
			return Panels(o, PanelOptions{}, []Panel{{Key: hostile, Title: hostile, Series: s}})
		},
		"aligned": func() (*Figure, error) { return Aligned(o, s) },
		"bump":    func() (*Figure, error) { return Bump(o, 3, r) },
		"slope":   func() (*Figure, error) { return Slope(o, r) },
		"fan": func() (*Figure, error) {
			return Fan(o, FanData{History: s, Truth: s, Windows: []Window{{Label: hostile, Note: hostile, From: date("2010-02-01")}}, Fans: []FanSeries{{Key: hostile, Label: hostile, Points: []Quantiles{{On: date("2010-10-01"), Q10: 1, Q50: 2, Q90: 3}}}}})
		},
		"dots": func() (*Figure, error) {
			return Dots(o, []Dot{{Key: hostile, Label: hostile, Group: hostile, X: 1, Note: hostile}, {Label: "b", Missing: hostile}})
		},
		"coverage": func() (*Figure, error) {
			return Coverage(o, []CoverageRow{{Platform: hostile, Label: hostile, Metric: hostile, Spans: []Span{{From: date("2010-01-01"), To: date("2011-01-01")}}}})
		},
		"bars": func() (*Figure, error) {
			return Bars(o, []Bar{{Key: hostile, Label: hostile, Value: 3, Note: hostile}})
		},
		"heat":     func() (*Figure, error) { return Heat(o, []string{hostile}, [][]float64{{1}}) },
		"curve":    func() (*Figure, error) { return Curve(o, s) },
		"timeline": func() (*Figure, error) { return Timeline(o, o.Events) },
	}
}

func TestSVGIsWellFormedAndAccessible(t *testing.T) {
	all := samples()
	for name, make := range hostileFigures() {
		all["hostile "+name] = make
	}
	for name, make := range all {
		f := drawn(t, make)
		ids, root, inner := map[string]bool{}, xml.StartElement{}, map[string]string{}
		last := ""
		elements(t, svgOf(t, f), func(e xml.StartElement, text string) {
			if text != "" {
				inner[last] += text
				return
			}
			if root.Name.Local == "" {
				root = e
			}
			last = ""
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "data:image/png") {
					t.Errorf("%s: attribute %s=%q", name, a.Name.Local, a.Value)
				}
				if a.Name.Local != "id" {
					continue
				}
				if last = a.Value; ids[last] || !strings.HasPrefix(last, f.ID) {
					t.Errorf("%s: id %q is there twice, or does not begin with the figure's", name, last)
				}
				ids[last] = true
			}
			switch e.Name.Local {
			case "svg", "title", "desc", "style", "g", "path", "text", "tspan", "image":
			default:
				t.Errorf("%s: element %q", name, e.Name.Local)
			}
		})
		attrs := map[string]string{}
		for _, a := range root.Attr {
			attrs[a.Name.Local] = a.Value
		}
		if attrs["role"] != "img" || attrs["viewBox"] == "" || attrs["aria-labelledby"] != f.ID+"-title "+f.ID+"-desc" {
			t.Errorf("%s: the root has %v", name, attrs)
		}
		if strings.TrimSpace(inner[f.ID+"-title"]) == "" || len(inner[f.ID+"-desc"]) < 20 {
			t.Errorf("%s: title %q, desc %q: want both to tell the chart", name, inner[f.ID+"-title"], inner[f.ID+"-desc"])
		}
	}
}

func TestHostileNamesDoNoHarm(t *testing.T) {
	for name, make := range hostileFigures() {
		f := drawn(t, make)
		svg := svgOf(t, f)
		for _, bad := range []string{"<script", "]]>", "\x00", "\x1b", "\u202e", "\u2066", "\u200f", "\n"} {
			if strings.Contains(svg, bad) {
				t.Errorf("%s: the SVG holds %q", name, bad)
			}
		}
		told := f.Alt() + f.Title + f.Subtitle + f.SourceLine
		_, rows := f.Data()
		for _, r := range rows {
			told += strings.Join(r, "")
		}
		for _, r := range told {
			if unicode.IsControl(r) || r == '\u202e' || r == '\u2066' {
				t.Fatalf("%s: the words of the figure hold %U", name, r)
			}
		}
		if !strings.Contains(told, "👩\u200d👩\u200d👧") || !strings.Contains(told, "שלום") {
			t.Errorf("%s: what the name says is lost: %q", name, told)
		}
		if err := f.PNG(io.Discard, 1); err != nil {
			t.Errorf("%s: PNG: %v", name, err)
		}
	}
}

var usedVar = regexp.MustCompile(`var\(--([a-z0-9-]+),#[0-9a-f]{6}\)`)

// Every colour that a picture asks for is declared for light and for dark, and with the fallback that it names.
func TestStyleSheetDeclaresWhatPicturesUse(t *testing.T) {
	css := StyleSheet()
	parts := strings.SplitN(css, "@media", 2)
	for name, make := range samples() {
		svg := svgOf(t, drawn(t, make))
		found := usedVar.FindAllStringSubmatch(svg, -1)
		if len(found) == 0 {
			t.Errorf("%s: no custom property at all", name)
		}
		for _, m := range found {
			decl := "--" + m[1] + ":" + strings.TrimSuffix(m[0][strings.Index(m[0], "#"):], ")") + ";"
			if !strings.Contains(parts[0], decl) {
				t.Errorf("%s: %s is not declared for light", name, decl)
			}
			if n := strings.Count(parts[1], "--"+m[1]+":"); n != 2 {
				t.Errorf("%s: --%s is declared %d times for dark, want 2", name, m[1], n)
			}
		}
	}
	if !strings.Contains(css, "@media screen and (prefers-color-scheme:dark)") || !strings.Contains(css, ":root[data-theme=dark]") {
		t.Error("dark is not offered by both the system's wish and the page's")
	}
}
