package reports

import (
	"bytes"
	"encoding/csv"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// englishWords are two words in Latin letters in a row, the second in small letters: a sentence, not a name.
var englishWords = regexp.MustCompile(`[A-Za-z]{2,}[,:;]* [a-z]{2,}`)

// strangers are the columns whose texts others wrote, which stay as they are.
var strangers = map[string][]string{
	"tables/marts.events.csv":                       {"title", "parties"},
	"tables/marts.sources.csv":                      {"title", "licence"},
	"tables/marts.quarantine.csv":                   {"document", "reason", "text"},
	"tables/results.top-lists.csv":                  {"display_name", "account_id"},
	"tables/results.turnover.csv":                   {"entered_names", "left_names"},
	"tables/results.published-forecasts-scored.csv": {"statement", "forecaster"},
	"tables/marts.platforms.csv":                    {"name"},
	"tables/results.overtake-evidence.csv":          {"account_name"},
}

func TestChinesePageHasNoEnglishSentence(t *testing.T) {
	q := fixture(t)
	q.tables["marts.metrics"] = "select metric, unit, name, name_zh, definition from marts.metrics" // the shipped definitions
	for name, from := range map[string]overlay{"full": q, "empty": q.without(true), "none": q.without(false)} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "report")
			o := options(dir)
			o.Lang = "zh-CN"
			mustBuild(t, from, o)
			foreign := strangersTexts(t, readAll(t, dir))
			for _, text := range seenTexts(parse(t, dir)) {
				rest := text
				for _, f := range foreign {
					rest = strings.ReplaceAll(rest, f, "")
				}
				if m := englishWords.FindString(rest); m != "" && !startsStranger(text, foreign) {
					t.Errorf("%q is not Chinese (%q)", text, m)
				}
			}
		})
	}
}

// strangersTexts are the texts of others in a report's files, the longest first, so that none hides in another.
func strangersTexts(t *testing.T, files map[string][]byte) []string {
	t.Helper()
	var all []string
	for file, columns := range strangers {
		records, err := csv.NewReader(bytes.NewReader(files[file])).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records[min(1, len(records)):] {
			for i, head := range records[0] {
				if s := plain(strings.TrimPrefix(r[i], "'")); s != "" && slices.Contains(columns, head) {
					all = append(all, typeset(s), s)
				}
			}
		}
	}
	slices.SortFunc(all, func(x, y string) int { return len(y) - len(x) })
	return all
}

// startsStranger reports whether what is left is the beginning of a stranger's text, shortened with an ellipsis.
func startsStranger(text string, foreign []string) bool {
	start := strings.TrimRight(text, " .…\u2009")
	if i := strings.LastIndex(start, "日: "); i >= 0 {
		start = start[i+len("日: "):] // an event's date
	}
	return start != text && slices.ContainsFunc(foreign, func(f string) bool { return strings.HasPrefix(f, start) })
}

// seenTexts are the texts of a page that a reader meets, on screen or through a screen reader, in the page's language.
func seenTexts(root *html.Node) []string {
	var all []string
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if lang, ok := attr(n, "lang"); ok && lang == "en" || slices.Contains([]string{"script", "style", "code", "meta", "template"}, n.Data) {
				return
			}
			for _, key := range []string{"aria-label", "title", "alt"} {
				if v, ok := attr(n, key); ok {
					all = append(all, v)
				}
			}
		}
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			all = append(all, strings.TrimSpace(n.Data))
		}
		for c := range n.ChildNodes() {
			visit(c)
		}
	}
	visit(root)
	return all
}
