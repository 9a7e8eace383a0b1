package reports

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	tmpl "text/template/parse"
)

// spoken are the methods and functions whose text, the argument of this number, a reader sees.
var spoken = map[string]int{"say": 0, "sayHTML": 0, "word": 0, "empty": 1, "counted": 1, "amount": 1}

// headed are the fields of tables and figures that are looked up by themselves.
var headed = []string{"Head", "Hint", "Caption", "Title", "Subtitle", "Unit"}

// spokenTexts collects every English text of the report: out of the Go files, and out of the templates.
func spokenTexts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{} // text to the place that it stands at
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			text := ""
			switch n := n.(type) {
			case *ast.CallExpr:
				text = spokenCall(n)
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && slices.Contains(headed, key.Name) {
					text = literal(n.Value)
				}
			case *ast.FuncDecl:
				if n.Name.Name == "Title" && n.Body != nil && len(n.Body.List) == 1 {
					if r, ok := n.Body.List[0].(*ast.ReturnStmt); ok {
						text = literal(r.Results[0])
					}
				}
			}
			if text != "" {
				all[text] = set.Position(n.Pos()).String()
			}
			return true
		})
	}
	for _, part := range english.parsed().Templates() {
		if part.Tree != nil {
			walk(part.Tree.Root, func(n tmpl.Node) { templateText(n, part.Name(), all) })
		}
	}
	return all
}

func spokenCall(call *ast.CallExpr) string {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	i, ok := spoken[name]
	if !ok || i >= len(call.Args) {
		return ""
	}
	text := literal(call.Args[i])
	if text != "" && (name == "counted" || name == "amount") {
		text = "%s " + text
	}
	return text
}

// literal is the value of a constant text, also of one that is put together of several; "" for anything else.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return s
		}
	case *ast.BinaryExpr:
		if x, y := literal(e.X), literal(e.Y); x != "" && y != "" {
			return x + y
		}
	}
	return ""
}

// walk visits every node of a template.
func walk(n tmpl.Node, visit func(tmpl.Node)) {
	visit(n)
	branch := func(b *tmpl.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *tmpl.ListNode:
		for _, m := range n.Nodes {
			walk(m, visit)
		}
	case *tmpl.IfNode:
		branch(&n.BranchNode)
	case *tmpl.WithNode:
		branch(&n.BranchNode)
	case *tmpl.RangeNode:
		branch(&n.BranchNode)
	case *tmpl.ActionNode:
		walk(n.Pipe, visit)
	case *tmpl.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *tmpl.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *tmpl.CommandNode:
		for _, a := range n.Args {
			walk(a, visit)
		}
	}
}

func templateText(n tmpl.Node, where string, all map[string]string) {
	command, ok := n.(*tmpl.CommandNode)
	if !ok || len(command.Args) < 2 {
		return
	}
	f, ok := command.Args[0].(*tmpl.IdentifierNode)
	if !ok {
		return
	}
	i, ok := spoken[f.Ident]
	if !ok || i+1 >= len(command.Args) {
		return
	}
	if s, ok := command.Args[i+1].(*tmpl.StringNode); ok {
		text := s.Text
		if f.Ident == "counted" || f.Ident == "amount" {
			text = "%s " + text
		}
		all[text] = "template " + where
	}
}

// neutral are texts that are the same in every language.
var neutral = regexp.MustCompile(`^(q|Gini|overtake|%s MB|[^a-zA-Z]*)$`)

var verbs = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0 ]*[\d.]*([a-z%])`)

func TestEveryTextHasItsChinese(t *testing.T) {
	zh, err := chinese()
	if err != nil {
		t.Fatal(err)
	}
	texts := spokenTexts(t)
	if len(texts) < 300 {
		t.Fatalf("found %d texts: the search is broken", len(texts))
	}
	for _, text := range slices.Sorted(maps.Keys(texts)) {
		if _, ok := zh.words[text]; !ok && !neutral.MatchString(text) {
			t.Errorf("%s: no Chinese in locales/zh for %s", texts[text], strconv.Quote(text))
		}
	}
}

// A translation must take the arguments that its English takes, or fmt would print its complaints into the page.
func TestTranslationsTakeTheSameArguments(t *testing.T) {
	zh, err := chinese()
	if err != nil {
		t.Fatal(err)
	}
	for text, translated := range zh.words {
		if translated == "" {
			t.Errorf("%q has an empty translation", text)
		}
		if got, want := argumentsOf(translated), argumentsOf(text); !slices.Equal(got, want) && strings.Contains(text, "%s") {
			t.Errorf("%q takes %v, its translation %q takes %v", text, want, translated, got)
		}
	}
}

// argumentsOf lists the numbers of the arguments that a format uses, each once.
func argumentsOf(format string) []int {
	seen := map[int]bool{}
	next := 1
	for _, m := range verbs.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		seen[next] = true
		next++
	}
	return slices.Sorted(maps.Keys(seen))
}

func TestCataloguesSayEachTextOnce(t *testing.T) {
	names, err := localeFiles.ReadDir("locales/zh")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, f := range names {
		data, err := localeFiles.ReadFile("locales/zh/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(strings.NewReader(string(data)))
		dec.Token() // the brace
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				t.Fatalf("%s: %v", f.Name(), err)
			}
			if s, ok := key.(string); ok && seen[s] != "" {
				t.Errorf("%q stands in %s and in %s", s, seen[s], f.Name())
			} else if ok {
				seen[s] = f.Name()
			}
			if _, err := dec.Token(); err != nil {
				t.Fatalf("%s: %v", f.Name(), err)
			}
		}
	}
}

// Text that stands in a template outside say would stay English for ever.
func TestTemplatesHoldNoTextOfTheirOwn(t *testing.T) {
	markup := regexp.MustCompile(`(?s)<[^>]*>`)
	letters := regexp.MustCompile(`[A-Za-z]{2,}`)
	allowed := map[string]bool{"overtake": true, "SVG": true, "PNG": true, "CSV": true, "sha": true}
	for _, part := range english.parsed().Templates() {
		if part.Tree == nil {
			continue
		}
		var all strings.Builder // the text of the template without its actions, so that tags are whole
		walk(part.Tree.Root, func(n tmpl.Node) {
			if text, ok := n.(*tmpl.TextNode); ok {
				all.Write(text.Text)
			}
		})
		for _, w := range letters.FindAllString(markup.ReplaceAllString(all.String(), " "), -1) {
			if !allowed[w] {
				t.Errorf("template %s: %q stands outside say", part.Name(), w)
			}
		}
	}
}
