package files

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// got is what a test wants to see of a record.
type got struct {
	fields []string
	line   int
	offset int64
	bad    bool
}

func read(text string, width int) []got {
	var all []got
	for r := range records(text, width) {
		g := got{r.fields, r.line, r.offset, r.err != nil}
		if g.bad {
			g.fields = nil
		}
		all = append(all, g)
	}
	return all
}

func TestRecordsGiveUpOneLine(t *testing.T) {
	tests := []struct {
		name, text string
		want       []got
	}{
		{"plain", "a,b\nc,d\n", []got{{[]string{"a", "b"}, 1, 0, false}, {[]string{"c", "d"}, 2, 4, false}}},
		{"no line feed at the end", "a,b", []got{{[]string{"a", "b"}, 1, 0, false}}},
		{"carriage returns and blank lines", "a,b\r\n\r\n\nc,d\r\n", []got{{[]string{"a", "b"}, 1, 0, false}, {[]string{"c", "d"}, 4, 8, false}}},
		{"quotes", "\"a,\"\"x\"\"\",\"b\nc\"\nd,e", []got{{[]string{"a,\"x\"", "b\nc"}, 1, 0, false}, {[]string{"d", "e"}, 3, 16, false}}},
		{"empty fields", ",\n\"\",x\n", []got{{[]string{"", ""}, 1, 0, false}, {[]string{"", "x"}, 2, 2, false}}},
		{"too few columns", "a\nc,d", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 2, false}}},
		{"too many columns", "a,b,c\nc,d", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 6, false}}},
		{"bare quote", "a\"x,b\nc,d", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 6, false}}},
		{"quote that never closes", "\"a,b\nc,d\ne,f", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 5, false}, {[]string{"e", "f"}, 3, 9, false}}},
		{"quote that closes in the next row", "\"a,b\nc\",d\ne,f", []got{{[]string{"a,b\nc", "d"}, 1, 0, false}, {[]string{"e", "f"}, 3, 10, false}}},
		{"quote that swallows a row", "a,\"b\n\"c\",d\ne,f", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 5, false}, {[]string{"e", "f"}, 3, 11, false}}},
		{"text behind a closing quote", "\"a\"x,b\nc,d", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 7, false}}},
		{"NUL", "a\x00,b\nc,d", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 5, false}}},
		{"not UTF-8", "a\xff,b\nc,d", []got{{nil, 1, 0, true}, {[]string{"c", "d"}, 2, 5, false}}},
		{"replacement character", "a\uFFFD,b", []got{{[]string{"a\uFFFD", "b"}, 1, 0, false}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(tt.text, 2), cmp.AllowUnexported(got{})); diff != "" {
				t.Errorf("records(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestOpenQuoteCostsOneLineOfMany(t *testing.T) {
	text := "\"a,b\n" + strings.Repeat("c,d\n", 10_000)
	bad, good := 0, 0
	for r := range records(text, 2) {
		if r.err != nil {
			bad++
		} else {
			good++
		}
	}
	if bad != 1 || good != 10_000 {
		t.Errorf("%d bad and %d good rows, want 1 and 10000", bad, good)
	}
}

// TestRecordsAgreeWithEncodingCSV: whatever encoding/csv writes, both readers read alike.
func TestRecordsAgreeWithEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 4).Draw(t, "width")
		cell := rapid.StringOf(rapid.SampledFrom([]rune{'a', 'é', '微', ',', '"', '\n', ' ', '=', '\r', '.'}))
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 6).Draw(t, "rows")
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		want, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var have [][]string
		for r := range records(b.String(), width) {
			if r.err != nil {
				t.Fatalf("%q: line %d: %v", b.String(), r.line, r.err)
			}
			have = append(have, r.fields)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%q (-encoding/csv +records):\n%s", b.String(), diff)
		}
	})
}

func TestLegible(t *testing.T) {
	long := strings.Repeat("微", 1000)
	for _, text := range []string{"a\x00b", "a\xffb", long, "\xe5\xbe" + long, ""} {
		got := legible(text)
		if !utf8.ValidString(got) || strings.Contains(got, "\x00") || len(got) > maxRejectText+10 {
			t.Errorf("legible(%.20q) = %.40q of %d bytes", text, got, len(got))
		}
	}
}
