package reports

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// drawing is what package chart makes of a figure: the inline pictures and the table of their data. It has its own golden
// files. Queries and embedded CSV are other tests' business.
var drawing = regexp.MustCompile(`(?s)<svg.*?</svg>|<details><summary>Data of this chart.*?</details>|<details class="proof">.*?</details>|<template.*?</template>`)

func TestSectionsGolden(t *testing.T) {
	b := newBook(t, fixture(t))
	for _, s := range Sections() {
		t.Run(s.ID(), func(t *testing.T) {
			var got bytes.Buffer
			if err := s.Render(t.Context(), b.forSection(), &got); err != nil {
				t.Fatal(err)
			}
			compare(t, filepath.Join("testdata", "golden", s.ID()+".html"), drawing.ReplaceAll(got.Bytes(), []byte("<!-- chart -->")))
		})
	}
	if err := b.pictures.Wait(); err != nil {
		t.Error(err)
	}
}

// newBook is a book as Build hands it to the sections.
func newBook(t *testing.T, q overlay) *Book {
	t.Helper()
	b, err := open(t.Context(), q, Options{AsOf: testDay})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); d != "" {
		t.Errorf("%s (-want +got, -update writes it anew):\n%s", file, d)
	}
}

func TestTemplatesParseAndAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, tmpl := range english.parsed().Templates() {
		if tmpl.Tree == nil {
			continue
		}
		for _, m := range regexp.MustCompile(`template "([a-z]+)"`).FindAllStringSubmatch(tmpl.Tree.Root.String(), -1) {
			used[m[1]] = true
			if english.parsed().Lookup(m[1]) == nil {
				t.Errorf("template %s uses %s, which does not exist", tmpl.Name(), m[1])
			}
		}
	}
	source, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range source {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`render\(w, "([a-z]+)"|ExecuteTemplate\(&buf, "([a-z]+)"`).FindAllSubmatch(data, -1) {
			used[string(m[1])+string(m[2])] = true
		}
	}
	for _, tmpl := range english.parsed().Templates() {
		if name := tmpl.Name(); name != "" && !strings.HasSuffix(name, ".tmpl") && !used[name] {
			t.Errorf("template %s is used nowhere", name)
		}
	}
}

func TestSourceLinksOnlyToTheWeb(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org/a": "https://example.org/a", "http://example.org": "http://example.org",
		"javascript:alert(1)": "", "data:text/html,x": "", "//evil.example": "", "": "", "/etc/passwd": "",
	} {
		if got := safeURL(in); got != want {
			t.Errorf("safeURL(%q) = %q, want %q", in, got, want)
		}
	}
	var buf bytes.Buffer
	if err := english.parsed().ExecuteTemplate(&buf, "cell", Cell{Text: "x", URL: "javascript:alert(1)"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(buf.String(), "href") {
		t.Errorf("a cell links to a script: %s", buf.String())
	}
}
