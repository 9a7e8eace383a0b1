package files

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// maxRecordLines bounds how far a quoted field may reach, so that a quote that never closes costs one line and not the
// rest of the file.
const maxRecordLines = 50

// A record is one row of a CSV file, or one line that is none.
type record struct {
	fields []string
	line   int    // from 1
	offset int64  // bytes before it
	text   string // as it stands in the file, without the line's end
	err    error  // why it is no row of the wanted width
}

// records reads CSV as RFC 4180 has it, skipping blank lines. Where encoding/csv would give up or swallow what follows,
// this reader gives up one line and goes on with the next: a row that does not parse, or spans lines and has the wrong
// number of fields, yields one record with err set, for its first line only.
func records(text string, width int) iter.Seq[record] {
	return func(yield func(record) bool) {
		for at, line := 0, 1; at < len(text); {
			if n := blank(text[at:]); n > 0 {
				at, line = at+n, line+1
				continue
			}
			fields, n, lines, err := parseRecord(text[at:])
			if err == nil && len(fields) != width {
				err = fmt.Errorf("%d columns, want %d", len(fields), width)
			}
			if err != nil {
				n, lines = lineEnd(text[at:]), 1
			}
			rec := record{fields: fields, line: line, offset: int64(at), text: strings.TrimRight(text[at:at+n], "\r\n"), err: err}
			if rec.err == nil {
				rec.err = checkText(rec.text)
			}
			if !yield(rec) {
				return
			}
			at, line = at+n, line+lines
		}
	}
}

// blank is the length of the empty line at the start of text, 0 where there is none.
func blank(text string) int {
	switch {
	case text[0] == '\n':
		return 1
	case strings.HasPrefix(text, "\r\n"):
		return 2
	}
	return 0
}

// lineEnd is the length of the first line of text with its line feed.
func lineEnd(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

var (
	errBareQuote = errors.New(`quote in a field that does not begin with one; write "" for it and quote the field`)
	errOpenQuote = errors.New("quoted field that is not closed")
)

// parseRecord reads one record from the start of text: its fields, its length with the line feed, and its lines.
func parseRecord(text string) (fields []string, n, lines int, err error) {
	lines = 1
	for {
		var field string
		if strings.HasPrefix(text[n:], `"`) {
			var used, breaks int
			if field, used, breaks, err = quoted(text[n:]); err != nil {
				return nil, 0, 0, err
			}
			n += used
			lines += breaks
			if lines > maxRecordLines {
				return nil, 0, 0, errOpenQuote
			}
		} else {
			end := strings.IndexAny(text[n:], ",\n\"")
			if end < 0 {
				end = len(text) - n
			} else if text[n+end] == '"' {
				return nil, 0, 0, errBareQuote
			}
			field = text[n : n+end]
			n += end
			if n == len(text) || text[n] == '\n' {
				field = strings.TrimSuffix(field, "\r")
			}
		}
		fields = append(fields, field)
		rest := text[n:]
		switch {
		case rest == "" || rest == "\r":
			return fields, len(text), lines, nil
		case rest[0] == ',':
			n++
		case rest[0] == '\n':
			return fields, n + 1, lines, nil
		case strings.HasPrefix(rest, "\r\n"):
			return fields, n + 2, lines, nil
		default: // only behind a closing quote
			return nil, 0, 0, fmt.Errorf("%q behind a closing quote, want a comma or the line's end", firstRune(rest))
		}
	}
}

// quoted reads a quoted field: its value, its length with both quotes, and the line feeds in it.
func quoted(text string) (field string, n, breaks int, err error) {
	var b strings.Builder
	n = 1
	for {
		end := strings.IndexByte(text[n:], '"')
		if end < 0 {
			return "", 0, 0, errOpenQuote
		}
		part := text[n : n+end]
		breaks += strings.Count(part, "\n")
		if breaks >= maxRecordLines {
			return "", 0, 0, errOpenQuote
		}
		n += end + 1
		doubled := strings.HasPrefix(text[n:], `"`)
		if b.Len() == 0 && !doubled { // the usual case needs no copy
			return strings.ReplaceAll(part, "\r\n", "\n"), n, breaks, nil
		}
		b.WriteString(part)
		if !doubled {
			return strings.ReplaceAll(b.String(), "\r\n", "\n"), n, breaks, nil
		}
		b.WriteByte('"')
		n++
	}
}

// checkText refuses what no figure needs and what databases and terminals choke on.
func checkText(text string) error {
	if i := strings.IndexByte(text, 0); i >= 0 {
		return fmt.Errorf("NUL byte at position %d of the line", i+1)
	}
	if !utf8.ValidString(text) {
		for i, r := range text {
			if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
				return fmt.Errorf("byte 0x%02x at position %d of the line is not UTF-8", text[i], i+1)
			}
		}
	}
	return nil
}

func firstRune(text string) string {
	_, n := utf8.DecodeRuneInString(text)
	return text[:n]
}

// maxRejectText is how much of a bad line is kept.
const maxRejectText = 1000

// legible makes a line safe to store as text: valid UTF-8, no NUL, not too long.
func legible(text string) string {
	end := ""
	if len(text) > maxRejectText {
		text, end = text[:maxRejectText], "..."
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\u2400") + end
}
