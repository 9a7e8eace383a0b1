package warehouse

import (
	"bufio"
	"io"
	"math"
	"strconv"
)

// A gridWriter writes a JSON object for a page that shows a table: the columns with their types, the rows as arrays, and
// whether there are more of them. Integers that JavaScript would round stand as texts.
type gridWriter struct {
	json *jsonWriter // quotes as it does
	w    *bufio.Writer
	rows int64
	more bool
}

// kindWords name the kinds of values for readers of a grid.
var kindWords = map[valueKind]string{
	textValue: "text", intValue: "integer", doubleValue: "number", boolValue: "boolean", dateValue: "date", instantValue: "instant",
}

func newGridWriter(columns []exportColumn, w io.Writer) (*gridWriter, error) {
	g := &gridWriter{json: &jsonWriter{columns: columns}, w: bufio.NewWriter(w)}
	g.w.WriteString(`{"columns":[`)
	for i, c := range columns {
		name, err := jsonText(c.name)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			g.w.WriteByte(',')
		}
		g.w.WriteString(`{"name":` + string(name) + `,"type":"` + kindWords[c.kind] + `"}`)
	}
	_, err := g.w.WriteString(`],"rows":[`)
	return g, err
}

func (g *gridWriter) write(row []any) error {
	open := "\n["
	if g.rows > 0 {
		open = ",\n["
	}
	g.rows++
	g.w.WriteString(open)
	for i, v := range row {
		if i > 0 {
			g.w.WriteByte(',')
		}
		text, err := g.value(i, v)
		if err != nil {
			return err
		}
		g.w.Write(text)
	}
	return g.w.WriteByte(']') // bufio keeps the first error
}

func (g *gridWriter) value(i int, v any) ([]byte, error) {
	const exact = 1 << 53
	if n, ok := v.(int64); ok && (n > exact || n < -exact || n == math.MinInt64) {
		return jsonText(strconv.FormatInt(n, 10))
	}
	return g.json.value(i, v)
}

// cut notes that rows were left out.
func (g *gridWriter) cut() { g.more = true }

func (g *gridWriter) close() error {
	g.w.WriteString("\n" + `],"more":` + strconv.FormatBool(g.more) + "}\n")
	return g.w.Flush()
}

func (g *gridWriter) release() error { return nil }
