package follows

import (
	"bytes"
	"fmt"
	"strconv"
)

// A sink takes what the parser reads. All methods are called by the goroutine that parses.
type sink interface {
	// edge takes an edge between numeric ids.
	edge(account, follower uint64)
	// textEdge takes an edge of which at least one id is no number below 2^64 in canonical form. The bytes are the parser's.
	textEdge(account, follower []byte)
	// reject takes a line that cannot be read.
	reject(offset int64, line []byte, reason string)
}

// A layout says how a line names the two ends of an edge.
type layout struct {
	followerFirst bool // the first column is who follows
	texts         bool // ids may be texts
}

// binaryError says that a file is no text from some byte on.
type binaryError struct{ offset int64 }

func (e *binaryError) Error() string {
	return fmt.Sprintf("binary data at byte %d: this is no text file of edges", e.offset)
}

// parse reads the lines of a block, which ends with a newline and begins at a line that stands at base. Most lines are two
// numbers with a tab, a space or a comma between them; whatever is not goes to the slower way.
func (l layout) parse(b []byte, base int64, to sink) error {
	i := 0
	for i < len(b) {
		start := i
		x := uint64(0)
		c := b[i] - '0'
		for ; c <= 9; c = b[i] - '0' {
			x = x*10 + uint64(c)
			i++
		}
		first := i - start
		if sep := b[i]; sep != '\t' && sep != ' ' && sep != ',' || first == 0 || first > 19 || b[start] == '0' && first > 1 {
			n, err := l.slow(b[start:], base+int64(start), to)
			if err != nil {
				return err
			}
			i = start + n
			continue
		}
		i++
		second := i
		y := uint64(0)
		c = b[i] - '0'
		for ; c <= 9; c = b[i] - '0' {
			y = y*10 + uint64(c)
			i++
		}
		n := i - second
		if b[i] == '\r' && b[i+1] == '\n' {
			i++
		}
		if b[i] != '\n' || n == 0 || n > 19 || b[second] == '0' && n > 1 {
			n, err := l.slow(b[start:], base+int64(start), to)
			if err != nil {
				return err
			}
			i = start + n
			continue
		}
		i++
		if l.followerFirst {
			x, y = y, x
		}
		to.edge(x, y)
	}
	return nil
}

// slow reads one line of any kind and returns its length with the newline.
func (l layout) slow(b []byte, offset int64, to sink) (int, error) {
	end := bytes.IndexByte(b, '\n')
	line := b[:end]
	if i := bytes.IndexFunc(line, isBinary); i >= 0 {
		return 0, &binaryError{offset + int64(i)}
	}
	if offset == 0 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	line = bytes.TrimSpace(line)
	if len(line) == 0 || line[0] == '#' || line[0] == '%' {
		return end + 1, nil
	}
	if reason := l.line(line, to); reason != "" {
		to.reject(offset, b[:end], reason)
	}
	return end + 1, nil
}

// isBinary reports control characters that no text has. Bytes that are not UTF-8 may be text in another encoding.
func isBinary(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\f' && r != '\v' }

// line reads a line without its ends and says what is wrong with it.
func (l layout) line(line []byte, to sink) string {
	fields := bytes.FieldsFunc(line, isSeparator)
	if len(fields) != 2 {
		return fmt.Sprintf("%d columns, want 2", len(fields))
	}
	account, follower := fields[0], fields[1]
	if l.followerFirst {
		account, follower = follower, account
	}
	x, problemX := number(account)
	y, problemY := number(follower)
	switch {
	case problemX == "" && problemY == "":
		to.edge(x, y)
	case l.texts:
		to.textEdge(unquote(account), unquote(follower))
	case problemX != "":
		return "account " + problemX
	default:
		return "follower " + problemY
	}
	return ""
}

func isSeparator(r rune) bool { return r == '\t' || r == ' ' || r == ',' || r == ';' }

func unquote(b []byte) []byte {
	if len(b) >= 2 && b[0] == '"' && b[len(b)-1] == '"' {
		return b[1 : len(b)-1]
	}
	return b
}

// number reads an id and says what is wrong with it.
func number(b []byte) (uint64, string) {
	n, err := strconv.ParseUint(string(b), 10, 64)
	switch {
	case err == nil && (len(b) == 1 || b[0] != '0'):
		return n, ""
	case err == nil:
		return 0, fmt.Sprintf("%q has leading zeros", clip(b))
	case b[0] == '-':
		return 0, fmt.Sprintf("%q is negative", clip(b))
	case len(bytes.Trim(b, "0123456789")) == 0:
		return 0, fmt.Sprintf("%q does not fit 64 bits", clip(b))
	}
	return 0, fmt.Sprintf("%q is no number", clip(b))
}

// clip cuts what is quoted in a reason.
func clip(b []byte) []byte { return b[:min(len(b), 40)] }
