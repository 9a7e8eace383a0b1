package ranked

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/overtake-analytics/overtake/ingest"
)

// cells are the cells of one row, and which header stands over each.
type cells struct {
	row     *goquery.Selection
	headers []string // lower case, of each column; nil where columns have no headers
	columns []*goquery.Selection
}

// markup is the page's HTML as UTF-8, out of what it is wrapped in.
func (d *Description) markup(page ingest.Page) ([]byte, error) {
	raw := page.Raw
	if kind, what, _ := strings.Cut(d.Unwrap, ":"); kind == "json" {
		return d.fromJSON(raw, strings.Split(what, "."))
	} else if kind == "script" {
		return d.fromScript(raw, what)
	}
	enc, _, _ := charset.DetermineEncoding(raw, page.MediaType) // by the declared type, the mark, the meta element; else Windows-1252
	if text := bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")); isUTF8Default(raw, page.MediaType) {
		return text, nil
	}
	text, err := enc.NewDecoder().Bytes(raw)
	if err != nil {
		return nil, d.layout("its characters cannot be read: %v", err)
	}
	return text, nil
}

// isUTF8Default reports pages that say nothing of their characters and are UTF-8.
func isUTF8Default(raw []byte, mediaType string) bool {
	_, _, certain := charset.DetermineEncoding(raw, mediaType)
	return !certain && bytes.Equal(bytes.ToValidUTF8(raw, nil), raw)
}

// fromJSON takes the HTML out of a text in JSON.
func (d *Description) fromJSON(raw []byte, path []string) ([]byte, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, d.layout("it is not the JSON that was expected: %v", err)
	}
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok || m[key] == nil {
			return nil, d.layout("its JSON has no %s", strings.Join(path, "."))
		}
		v = m[key]
	}
	text, ok := v.(string)
	if !ok {
		return nil, d.layout("%s is no text", strings.Join(path, "."))
	}
	return []byte(text), nil
}

// fromScript takes the HTML out of calls like STK.pageletM.view({"html":"..."}) that mention what is looked for. All such
// parts of the page are joined.
func (d *Description) fromScript(raw []byte, what string) ([]byte, error) {
	var out []byte
	for rest := raw; ; {
		i := bytes.Index(rest, []byte("{"))
		if i < 0 {
			break
		}
		rest = rest[i:]
		var v struct {
			HTML string `json:"html"`
			PID  string `json:"pid"`
		}
		dec := json.NewDecoder(bytes.NewReader(rest))
		if dec.Decode(&v) == nil && v.HTML != "" && strings.Contains(v.PID, what) {
			out = append(out, v.HTML...)
			rest = rest[dec.InputOffset():]
			continue
		}
		rest = rest[1:]
	}
	if out == nil {
		return nil, d.layout("no script of it holds %q", what)
	}
	return out, nil
}

// table finds the table that has the needed headers. Without a selector there is none.
func (d *Description) table(doc *goquery.Document) (*goquery.Selection, []string, error) {
	if d.Table == "" {
		return nil, nil, nil
	}
	var found *goquery.Selection
	var headers []string
	doc.Find(d.Table).EachWithBreak(func(_ int, t *goquery.Selection) bool {
		h := headersOf(t)
		for _, need := range d.Need {
			if column(h, []string{need}) < 0 {
				return true
			}
		}
		found, headers = t, h
		return false
	})
	if found == nil {
		return nil, nil, d.layout("no table %s with the columns %s", d.Table, strings.Join(d.Need, ", "))
	}
	return found, headers, nil
}

// headersOf are the texts of the first row that has header cells and no data, a column over several columns repeated.
func headersOf(table *goquery.Selection) []string {
	var out []string
	table.Find("tr").EachWithBreak(func(_ int, tr *goquery.Selection) bool {
		kids := tr.ChildrenFiltered("th,td")
		if kids.Filter("th").Length() < 2 && table.Find("th").Length() > 1 {
			return true
		}
		kids.Each(func(_ int, c *goquery.Selection) {
			for range span(c, "colspan") {
				out = append(out, strings.ToLower(textOf(c)))
			}
		})
		return false
	})
	return out
}

// column is the place of the first column whose header begins with one of the prefixes, -1 without one. The prefixes are
// tried in order, so that the better one wins.
func column(headers, prefixes []string) int {
	for _, p := range prefixes {
		for i, h := range headers {
			if strings.HasPrefix(h, strings.ToLower(p)) {
				return i
			}
		}
	}
	return -1
}

// rowsOf are the rows with their cells under the headers; a cell that spans rows stands in each of them.
func rowsOf(found *goquery.Selection, headers []string) []cells {
	var out []cells
	hanging := map[int]struct {
		cell *goquery.Selection
		left int
	}{}
	found.Each(func(_ int, tr *goquery.Selection) {
		if headers == nil {
			out = append(out, cells{row: tr})
			return
		}
		kids := tr.ChildrenFiltered("th,td")
		if kids.Length() == 0 || kids.Length() == kids.Filter("th").Length() && kids.Length() > 1 {
			return // a heading
		}
		c := cells{row: tr, headers: headers}
		next := 0
		for len(c.columns) < len(headers) {
			at := len(c.columns)
			if h := hanging[at]; h.left > 0 {
				h.left--
				hanging[at] = h
				c.columns = append(c.columns, h.cell)
				continue
			}
			if next >= kids.Length() {
				break
			}
			cell := kids.Eq(next)
			next++
			for i := range span(cell, "colspan") {
				if rows := span(cell, "rowspan"); rows > 1 {
					hanging[at+i] = struct {
						cell *goquery.Selection
						left int
					}{cell, rows - 1}
				}
				c.columns = append(c.columns, cell)
			}
		}
		out = append(out, c)
	})
	return out
}

func span(c *goquery.Selection, attr string) int {
	n, err := strconv.Atoi(c.AttrOr(attr, "1"))
	if err != nil || n < 1 || n > 1000 {
		return 1
	}
	return n
}

func (c cells) text() string { return textOf(c.row) }

// find is the text of the first field that finds one, and that field; nil where none does.
func (c cells) find(fields []Field) (string, *Field) {
	for i := range fields {
		if text, ok := c.one(&fields[i]); ok {
			return text, &fields[i]
		}
	}
	return "", nil
}

func (c cells) one(f *Field) (string, bool) {
	scope := c.row
	if len(f.Header) > 0 {
		i := column(c.headers, f.Header)
		if i < 0 || i >= len(c.columns) {
			return "", false
		}
		scope = c.columns[i]
	}
	if f.Select != "" {
		scope = scope.FindMatcher(f.sel)
		if scope.Length() < max(f.Nth, 1) {
			return "", false
		}
		scope = scope.Eq(max(f.Nth, 1) - 1)
	}
	text := ""
	if f.Attr != "" {
		v, ok := scope.Attr(f.Attr)
		if !ok {
			return "", false
		}
		text = strings.TrimSpace(v)
	} else {
		text = textOf(scope)
	}
	if f.Pattern != "" {
		m := f.pattern.FindStringSubmatch(text)
		if m == nil {
			return "", false
		}
		text = m[len(m)-1]
		if len(m) > 1 {
			text = m[1]
		}
	}
	return text, text != ""
}

// textOf is the text that a reader sees: without footnote marks, hidden sort keys, scripts and line breaks.
func textOf(s *goquery.Selection) string {
	var b strings.Builder
	for _, n := range s.Nodes {
		visible(n, &b)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\u200b", "")), " ")
}

func visible(n *html.Node, b *strings.Builder) {
	switch n.Type {
	case html.TextNode:
		b.WriteString(n.Data)
		return
	case html.ElementNode:
		if n.Data == "script" || n.Data == "style" || n.Data == "sup" {
			return
		}
		for _, a := range n.Attr {
			if a.Key == "style" && strings.Contains(strings.ReplaceAll(a.Val, " ", ""), "display:none") {
				return
			}
		}
		if n.Data == "br" {
			b.WriteByte(' ')
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		visible(c, b)
	}
}
