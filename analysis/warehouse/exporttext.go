package warehouse

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// A csvWriter writes a header and rows.
type csvWriter struct {
	columns []exportColumn
	w       *csv.Writer
	cells   []string
}

func newCSVWriter(columns []exportColumn, w io.Writer) (*csvWriter, error) {
	c := &csvWriter{columns, csv.NewWriter(w), make([]string, len(columns))}
	for i, column := range columns {
		c.cells[i] = Defuse(column.name)
	}
	return c, c.w.Write(c.cells)
}

func (c *csvWriter) write(row []any) error {
	for i, v := range row {
		c.cells[i] = valueText(c.columns[i].kind, v)
		if c.columns[i].kind == textValue {
			c.cells[i] = Defuse(c.cells[i])
		}
	}
	return c.w.Write(c.cells)
}

func (c *csvWriter) close() error {
	c.w.Flush()
	return c.w.Error()
}

// Defuse puts an apostrophe before a text that a spreadsheet would run as a formula, as names come from strangers. The
// full-width forms count too where the spreadsheet's language is Chinese or Japanese. A number stays a number.
// https://owasp.org/www-community/attacks/CSV_Injection
func Defuse(s string) string {
	if s == "" || !strings.ContainsAny(s[:1], "=+-@\t\r\n") && !strings.HasPrefix(s, "＝") && !strings.HasPrefix(s, "＋") &&
		!strings.HasPrefix(s, "－") && !strings.HasPrefix(s, "＠") {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil && !strings.ContainsAny(s, "nNiI_xX") {
		return s // but not "+Inf" or "-nan", which are words to a spreadsheet
	}
	return "'" + s
}

// A jsonWriter writes an array of objects, one a line, with the keys in the order of the columns.
type jsonWriter struct {
	columns []exportColumn
	keys    [][]byte
	w       *bufio.Writer
	rows    int
}

func newJSONWriter(columns []exportColumn, w io.Writer) (*jsonWriter, error) {
	j := &jsonWriter{columns: columns, w: bufio.NewWriter(w)}
	for _, c := range columns {
		key, err := jsonText(c.name)
		if err != nil {
			return nil, err
		}
		j.keys = append(j.keys, key)
	}
	return j, nil
}

func (j *jsonWriter) write(row []any) error {
	open := "[\n{"
	if j.rows > 0 {
		open = ",\n{"
	}
	j.rows++
	j.w.WriteString(open)
	for i, v := range row {
		if i > 0 {
			j.w.WriteByte(',')
		}
		j.w.Write(j.keys[i])
		j.w.WriteByte(':')
		text, err := j.value(i, v)
		if err != nil {
			return err
		}
		j.w.Write(text)
	}
	return j.w.WriteByte('}') // bufio keeps the first error
}

func (j *jsonWriter) value(i int, v any) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return []byte("null"), nil
	case int64, float64, bool:
		return []byte(valueText(j.columns[i].kind, x)), nil
	}
	return jsonText(valueText(j.columns[i].kind, v))
}

// jsonText quotes a text; "<" and "&" stay legible, as addresses are full of them.
func jsonText(s string) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}

func (j *jsonWriter) close() error {
	if j.rows == 0 {
		j.w.WriteString("[")
	}
	j.w.WriteString("\n]\n")
	return j.w.Flush()
}

func (c *csvWriter) release() error  { return nil }
func (j *jsonWriter) release() error { return nil }
