package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/overtake-analytics/overtake/analysis"
)

// built holds the reports that several tests only read.
var built struct {
	once sync.Once
	root string
	dirs map[string]string
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.root != "" {
		os.RemoveAll(built.root)
	}
	os.Exit(code)
}

// pages builds the report over warehouses of different health, once, and gives each one's folder.
func pages(t *testing.T) map[string]string {
	t.Helper()
	built.once.Do(func() {
		root, err := os.MkdirTemp("", "overtake-reports-*")
		if err != nil {
			t.Fatal(err)
		}
		full := fixture(t)
		built.root, built.dirs = root, map[string]string{}
		for name, q := range map[string]analysis.Querier{
			"full": full, "no rows": full.without(true), "no tables": full.without(false),
		} {
			dir := filepath.Join(root, name, "report")
			mustBuild(t, q, options(dir))
			built.dirs[name] = dir
		}
	})
	if len(built.dirs) < 3 {
		t.Fatal("the reports could not be built: see the first test that failed")
	}
	return built.dirs
}

func parse(t *testing.T, dir string) *html.Node {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestPageHoldsTogether(t *testing.T) {
	for name, dir := range pages(t) {
		t.Run(name, func(t *testing.T) {
			root := parse(t, dir)
			ids := map[string]int{}
			for n := range root.Descendants() {
				if id, ok := attr(n, "id"); ok {
					ids[id]++
				}
			}
			for id, n := range ids {
				if n > 1 {
					t.Errorf("id %q stands %d times", id, n)
				}
			}
			for n := range root.Descendants() {
				checkLinks(t, dir, ids, n)
				for _, key := range []string{"aria-labelledby", "aria-describedby"} {
					list, _ := attr(n, key)
					for _, id := range strings.Fields(list) {
						if ids[id] == 0 {
							t.Errorf("<%s %s=%q>: no such id", n.Data, key, id)
						}
					}
				}
			}
		})
	}
}

// checkLinks wants every address to be an anchor of the page, a file of the report, or a web page behind a link.
func checkLinks(t *testing.T, dir string, ids map[string]int, n *html.Node) {
	t.Helper()
	for _, a := range n.Attr {
		switch a.Key {
		case "href":
		case "src", "srcset", "poster", "data", "action", "formaction", "background", "cite", "ping":
			t.Errorf("<%s %s=%q>: the page must not ask for anything", n.Data, a.Key, a.Val)
			continue
		default:
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s>: an event handler in the markup", n.Data, a.Key)
			}
			continue
		}
		switch {
		case strings.HasPrefix(a.Val, "#"):
			if ids[a.Val[1:]] == 0 {
				t.Errorf("<%s href=%q>: dead anchor", n.Data, a.Val)
			}
		case n.Data != "a":
			t.Errorf("<%s href=%q>: only links may point elsewhere", n.Data, a.Val)
		case strings.HasPrefix(a.Val, "https://"), strings.HasPrefix(a.Val, "http://"):
		default:
			if _, err := os.Stat(filepath.Join(dir, a.Val)); err != nil || strings.Contains(a.Val, "..") {
				t.Errorf("<a href=%q>: no such file in the report", a.Val)
			}
		}
	}
}

func TestPageIsAccessibleAsMarkup(t *testing.T) {
	for name, dir := range pages(t) {
		t.Run(name, func(t *testing.T) {
			root := parse(t, dir)
			level, h1, mains := 0, 0, 0
			for n := range root.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				switch n.Data {
				case "html":
					if lang, _ := attr(n, "lang"); lang != "en" {
						t.Errorf("page language %q", lang)
					}
				case "main":
					mains++
				case "h1", "h2", "h3", "h4":
					now := int(n.Data[1] - '0')
					if now > level+1 {
						t.Errorf("heading %s %q follows one of level %d", n.Data, content(n), level)
					}
					if level = now; now == 1 {
						h1++
					}
				case "table":
					checkTable(t, n)
				case "svg":
					if role, _ := attr(n, "role"); role != "img" {
						t.Errorf("svg with role %q, want img", role)
					}
				}
			}
			if h1 != 1 || mains != 1 {
				t.Errorf("%d h1 and %d main, want one of each", h1, mains)
			}
			if !strings.Contains(content(root), "What we do not know") {
				t.Error("no section about what is not known")
			}
		})
	}
}

func checkTable(t *testing.T, table *html.Node) {
	t.Helper()
	captions := 0
	for n := range table.Descendants() {
		switch n.Data {
		case "caption":
			captions++
		case "th":
			if scope, _ := attr(n, "scope"); scope != "col" && scope != "row" {
				t.Errorf("th %q has no scope", content(n))
			}
		}
	}
	if captions != 1 {
		t.Errorf("table %q has %d captions", clip(content(table), 60), captions)
	}
}

func TestEmptySectionsExplainThemselves(t *testing.T) {
	for name, dir := range pages(t) {
		if name == "full" {
			continue
		}
		for n := range parse(t, dir).Descendants() {
			if n.Data == "section" {
				if text := strings.Join(strings.Fields(content(n)), " "); len(text) < 80 {
					id, _ := attr(n, "id")
					t.Errorf("%s: section %s says only %q", name, id, text)
				}
			}
		}
	}
}

func TestHostileTextsAreHarmless(t *testing.T) {
	dir := pages(t)["full"]
	root := parse(t, dir)
	scripts := 0
	for n := range root.Descendants() {
		switch n.Data {
		case "script":
			scripts++
		case "img", "iframe", "object", "embed", "form", "base", "link":
			t.Errorf("a <%s> came into the page", n.Data)
		case "a":
			if href, _ := attr(n, "href"); strings.Contains(strings.ToLower(href), "script:") {
				t.Errorf("link to %q", href)
			}
		}
		if n.Type == html.TextNode && n.Parent.Data != "template" && strings.ContainsAny(n.Data, "\u202e\u2066") { // a template is inert
			t.Errorf("direction marks reached the page: %q", n.Data)
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts, want our own one", scripts)
	}
	page := content(root)
	for _, want := range []string{"<script>alert(1)</script>", "=1+1", "two lines and a tab", "肖战 (Xiao Zhan) 🎬", "شاكيرا"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	for name, data := range readAll(t, dir) {
		if strings.HasSuffix(name, ".csv") {
			checkCSV(t, name, data)
		}
	}
}

func checkCSV(t *testing.T, name string, data []byte) {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for _, r := range records {
		for _, cell := range r {
			var f float64
			if _, err := fmt.Sscanf(cell, "%g", &f); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") && err != nil {
				t.Errorf("%s: a spreadsheet would run %q", name, cell)
			}
		}
	}
}

func TestHanTextCarriesItsLanguage(t *testing.T) {
	dir := pages(t)["full"]
	found := false
	for n := range parse(t, dir).Descendants() {
		if n.Type != html.TextNode || !strings.Contains(n.Data, "肖战") || n.Parent.Data == "text" || n.Parent.Data == "template" || n.Parent.Data == "title" || n.Parent.Data == "desc" {
			continue
		}
		found = true
		if lang, _ := attr(n.Parent, "lang"); lang != "zh" {
			t.Errorf("%q stands in <%s lang=%q>, want lang=zh", n.Data, n.Parent.Data, lang)
		}
	}
	if !found {
		t.Error("the Chinese name is not on the page")
	}
}

func TestSectionIDsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Sections() {
		if s.ID() == "" || s.Title() == "" || seen[s.ID()] {
			t.Errorf("section %q %q: want an id and a title of its own", s.ID(), s.Title())
		}
		seen[s.ID()] = true
	}
}
