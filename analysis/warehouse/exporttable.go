package warehouse

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	tableSample  = 1000 // rows that decide the widths of columns; more are not kept
	widestCell   = 60   // columns of the terminal
	tableDigits  = 10   // significant digits of a double
	nullCell     = "null"
	columnSpacer = "  "
)

// A tableWriter aligns columns by what a terminal shows: a Chinese character takes two columns, a combining mark none.
type tableWriter struct {
	columns []exportColumn
	w       *bufio.Writer
	sample  [][]string
	widths  []int // nil until the sample is written
	rows    int
}

func newTableWriter(columns []exportColumn, w io.Writer) *tableWriter {
	t := &tableWriter{columns: columns, w: bufio.NewWriter(w)}
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = cut(visible(c.name))
	}
	t.sample = append(t.sample, header)
	return t
}

func (t *tableWriter) write(row []any) error {
	t.rows++
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = t.cell(i, v)
	}
	if t.widths != nil {
		return t.line(cells)
	}
	if t.sample = append(t.sample, cells); len(t.sample) > tableSample {
		return t.writeSample()
	}
	return nil
}

func (t *tableWriter) cell(i int, v any) string {
	switch x := v.(type) {
	case nil:
		return nullCell
	case float64:
		return doubleText(x, tableDigits)
	}
	return cut(visible(valueText(t.columns[i].kind, v)))
}

func (t *tableWriter) writeSample() error {
	t.widths = make([]int, len(t.columns))
	for _, cells := range t.sample {
		for i, c := range cells {
			t.widths[i] = max(t.widths[i], displayWidth(c))
		}
	}
	for n, cells := range t.sample {
		if err := t.line(cells); err != nil {
			return err
		}
		if n == 0 {
			rule := make([]string, len(t.widths))
			for i, w := range t.widths {
				rule[i] = strings.Repeat("-", w)
			}
			if err := t.line(rule); err != nil {
				return err
			}
		}
	}
	t.sample = nil
	return nil
}

// line writes one line, numbers to the right, without blanks at its end.
func (t *tableWriter) line(cells []string) error {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteString(columnSpacer)
		}
		blanks := strings.Repeat(" ", max(0, t.widths[i]-displayWidth(c)))
		if k := t.columns[i].kind; k == intValue || k == doubleValue {
			b.WriteString(blanks + c)
		} else {
			b.WriteString(c + blanks)
		}
	}
	_, err := t.w.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	return err
}

func (t *tableWriter) close() error {
	if t.widths == nil {
		if err := t.writeSample(); err != nil {
			return err
		}
	}
	word := "rows"
	if t.rows == 1 {
		word = "row"
	}
	fmt.Fprintf(t.w, "(%d %s)\n", t.rows, word)
	return t.w.Flush()
}

func (t *tableWriter) release() error { return nil }

// visible shows what would move the cursor, reorder the line or hide in it as an escape: names come from strangers.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == '\u200d': // joins emoji
			b.WriteRune(r)
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co):
			if r > 0xffff {
				fmt.Fprintf(&b, `\U%08x`, r)
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// displayWidth is the number of terminal columns that a text takes.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut shortens a cell to the widest that is shown.
func cut(s string) string {
	if displayWidth(s) <= widestCell {
		return s
	}
	n := 0
	for i, r := range s {
		if n += runeWidth(r); n > widestCell-1 {
			return s[:i] + "…"
		}
	}
	return s
}
