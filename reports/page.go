package reports

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/reports/chart"
)

//go:embed templates/*.html.tmpl
var templateFiles embed.FS

//go:embed assets/report.css
var reportCSS string

//go:embed assets/tables.js
var tablesJS string

//go:embed assets/charts.js
var chartsJS string

// reportJS is the page's only script: tables, then charts, in a scope of their own.
var reportJS = "{\n" + squeezeJS(tablesJS) + squeezeJS(chartsJS) + "}\n"

// parsed are the templates of a language, parsed once. Escaping is html/template's; the functions give text, never HTML,
// but for sayHTML, which escapes what it is given.
func (l *locale) parsed() *template.Template {
	l.once.Do(func() {
		l.templates = template.Must(template.New("").Funcs(template.FuncMap{
			"say":         l.say,
			"sayHTML":     l.sayHTML,
			"lang":        l.tag.String,
			"foreign":     l.foreign,
			"typeset":     typeset,
			"runs":        l.runs,
			"plain":       plain,
			"clip":        clip,
			"day":         l.day,
			"shortDay":    l.shortDay,
			"long":        l.long,
			"short":       l.short,
			"whole":       func(n int) string { return whole(float64(n)) },
			"counted":     l.counted,
			"amount":      l.amount,
			"likely":      l.likely,
			"link":        safeURL,
			"host":        host,
			"trust":       l.trustWords,
			"listed":      l.listed,
			"sentence":    sentence,
			"int":         func(n int64) int { return int(n) },
			"sourceTitle": sourceTitle,
		}).ParseFS(templateFiles, "templates/*.html.tmpl"))
	})
	return l.templates
}

// render executes one template into w, whole or not at all.
func (l *locale) render(w io.Writer, name string, data any) error {
	var buf bytes.Buffer
	if err := l.parsed().ExecuteTemplate(&buf, name, data); err != nil {
		return err
	}
	_, err := buf.WriteTo(w)
	return err
}

// empty writes, in place of a section, why there is nothing in it and how that is changed.
func (l *locale) empty(w io.Writer, why string) error { return l.render(w, "empty", l.say(why)) }

// A page is the data of the outermost template.
type page struct {
	Title, Description string
	CSP                string
	CSS                template.CSS // assets/report.css and the charts' colours: our own
	JS                 template.JS  // assets/tables.js and charts.js: our own
	Words              string       // what the script says, as JSON
	AsOf               time.Time
	Inputs             Inputs
	Parts              []part
	Answer             bool // the answer is among them, with the page's h1
	Tables             []exported
}

// An exported table is a CSV file with a whole warehouse table.
type exported struct {
	Table, Path string
	Rows        int64
	Kept        bool // false: too large for the report
}

func renderPage(b *Book, in Inputs, parts []part) ([]byte, error) {
	script := sha256.Sum256([]byte(reportJS))
	p := page{
		Title:       b.say("overtake: who is ahead?"),
		Description: b.say("Microblog platforms compared: who is ahead, by how much, and when does that change? Every figure with its source, every forecast with its interval."),
		CSP: "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" +
			base64.StdEncoding.EncodeToString(script[:]) + "'; base-uri 'none'; form-action 'none'",
		CSS:    template.CSS(squeeze(reportCSS) + squeeze(chart.StyleSheet())),
		JS:     template.JS(reportJS),
		Words:  scriptWords(b.locale),
		AsOf:   b.AsOf,
		Inputs: in,
		Parts:  parts,
		Answer: len(parts) > 0 && slices.ContainsFunc(parts, func(p part) bool { return p.ID == headline{}.ID() }),
	}
	for _, t := range b.tablesRead() {
		p.Tables = append(p.Tables, exported{t, exportPath(t), in.Rows[t], in.Rows[t] <= exportLimit})
	}
	var buf bytes.Buffer
	if err := b.parsed().ExecuteTemplate(&buf, "page", p); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return withoutDeadLinks(buf.Bytes(), parts), nil
}

// scriptWords are the texts that the script needs, in the report's language.
func scriptWords(l *locale) string {
	data, err := json.Marshal(map[string]any{
		"log":   l.say("Log scale"),
		"reset": l.say("Show all again"),
		"hint":  l.say("Drag over a chart to zoom in"),
		"tools": l.say("What this chart shows"),
		"keys":  l.say("Arrow keys read the values, plus and minus zoom, L changes the scale, Escape shows all again."),
		"years": l.say("%s years"),
		"scales": [][2]string{ // what pictures and subtitles say of a logarithmic axis, and of a linear one in its place
			{l.say("logarithmic axis"), l.say("linear axis")}, {l.say("log scale"), l.say("linear scale")},
		},
	})
	if err != nil {
		panic(err) // a map of strings
	}
	return string(data)
}

// squeezeJS drops indentation and whole-line comments of a script.
func squeezeJS(js string) string {
	var b strings.Builder
	for line := range strings.Lines(js) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") || line == "'use strict';" {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// squeeze drops indentation and comment lines of a stylesheet.
func squeeze(css string) string {
	var b strings.Builder
	for line := range strings.Lines(css) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "/*") && strings.HasSuffix(line, "*/") {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// safeURL passes web addresses and nothing else: data sets carry addresses that strangers wrote.
func safeURL(s string) string {
	if strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return s
	}
	return ""
}

// host is the site of an address, for links that have no title.
func host(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return plain(url)
	}
	h, _, _ := strings.Cut(rest, "/")
	return strings.TrimPrefix(strings.TrimSuffix(h, "."), "www.")
}

// sourceTitle is what a link to a source says.
func sourceTitle(s source) string {
	if t := plain(s.Title); t != "" {
		return clip(t, 120)
	}
	return clip(host(s.URL), 120)
}

// trustWords explains a trust class.
func (l *locale) trustWords(class string) string {
	switch class {
	case "A":
		return l.say("filing, company release, news agency or first-hand newspaper")
	case "B":
		return l.say("trade press, compiler or data repository")
	case "C":
		return l.say("blog, repost or secondary copy")
	}
	return l.say("not graded")
}
