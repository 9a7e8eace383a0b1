package follows

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
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

// A layout says how the lines of a file name the two ends of an edge.
type layout struct {
	followerFirst bool // the first of two columns is who follows
	texts         bool // ids may be texts

	// Of CSV files with more than two columns: how many there are, and which hold the ids. columns is 0 for two columns.
	columns, account, follower int

	rows  bool   // weibo_network: a line holds one follower and all whom it follows
	users uint64 // weibo_network: ids are below this
}

// binaryError says that a file is no text from some byte on.
type binaryError struct{ offset int64 }

func (e *binaryError) Error() string {
	return fmt.Sprintf("binary data at byte %d: this is no text file of edges", e.offset)
}

// parse reads the lines of a block, which ends with a newline and begins at a line that stands at base. Most lines are two
// numbers with a tab, a space or a comma between them; whatever is not goes to the slower way.
func (l *layout) parse(b []byte, base int64, to sink) error {
	if l.rows || l.columns > 0 {
		return l.parseSlow(b, base, to)
	}
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
		if sep := b[i]; sep != ',' && (l.texts || sep != '\t' && sep != ' ') || first == 0 || first > 19 || b[start] == '0' && first > 1 {
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

// parseSlow reads lines of which none has the simple form.
func (l *layout) parseSlow(b []byte, base int64, to sink) error {
	for i := 0; i < len(b); {
		n, err := l.slow(b[i:], base+int64(i), to)
		if err != nil {
			return err
		}
		i += n
	}
	return nil
}

// slow reads one line of any kind and returns its length with the newline.
func (l *layout) slow(b []byte, offset int64, to sink) (int, error) {
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
func (l *layout) line(line []byte, to sink) string {
	if l.rows {
		return l.row(line, to)
	}
	account, follower, problem := l.ends(line)
	if problem != "" {
		return problem
	}
	x, problemX := number(account)
	y, problemY := number(follower)
	switch {
	case problemX == "" && problemY == "":
		to.edge(x, y)
	case problemX != "" && !l.isText(account):
		return "account " + problemX
	case problemY != "" && !l.isText(follower):
		return "follower " + problemY
	default:
		to.textEdge(account, follower)
	}
	return ""
}

// isText reports whether an id that is no number may be what it is.
func (l *layout) isText(id []byte) bool {
	return l.texts && len(bytes.Trim(id, "+-0123456789. ")) > 0 && utf8.Valid(id)
}

// ends finds the two ids of a line.
func (l *layout) ends(line []byte) (account, follower []byte, problem string) {
	if l.texts {
		fields, ok := splitCSV(line)
		want := max(l.columns, 2)
		if !ok {
			return nil, nil, "a quoted column does not end"
		}
		if len(fields) != want {
			return nil, nil, fmt.Sprintf("%d columns, want %d", len(fields), want)
		}
		if l.columns > 0 {
			return fields[l.account], fields[l.follower], ""
		}
		account, follower = fields[0], fields[1]
	} else {
		fields := bytes.FieldsFunc(line, isSeparator)
		if len(fields) != 2 {
			return nil, nil, fmt.Sprintf("%d columns, want 2", len(fields))
		}
		account, follower = fields[0], fields[1]
	}
	if l.followerFirst {
		account, follower = follower, account
	}
	return account, follower, ""
}

func isSeparator(r rune) bool { return r == '\t' || r == ' ' || r == ',' || r == ';' }

// splitCSV cuts a line at commas that are not quoted. A quoted column may not hold a newline.
func splitCSV(line []byte) (fields [][]byte, ok bool) {
	for {
		if len(line) == 0 || line[0] != '"' {
			i := bytes.IndexByte(line, ',')
			if i < 0 {
				return append(fields, bytes.TrimSpace(line)), true
			}
			fields = append(fields, bytes.TrimSpace(line[:i]))
			line = line[i+1:]
			continue
		}
		end := 1
		for end < len(line) && (line[end] != '"' || end+1 < len(line) && line[end+1] == '"') {
			if line[end] == '"' {
				end++
			}
			end++
		}
		if end >= len(line) {
			return nil, false
		}
		fields = append(fields, bytes.ReplaceAll(line[1:end], []byte(`""`), []byte(`"`)))
		if line = line[end+1:]; len(line) == 0 {
			return fields, true
		}
		if line[0] != ',' {
			return nil, false
		}
		line = line[1:]
	}
}

// row reads a line of weibo_network: v, k, then k pairs u, f. v follows each u; where f is 1, u follows v as well.
func (l *layout) row(line []byte, to sink) string {
	fields := bytes.FieldsFunc(line, isSeparator)
	if len(fields) < 2 {
		return fmt.Sprintf("%d columns, want an id, a count and pairs", len(fields))
	}
	v, problem := l.user(fields[0])
	if problem != "" {
		return "follower " + problem
	}
	k, problem := number(fields[1])
	if problem != "" || k != uint64(len(fields)-2)/2 || len(fields)%2 != 0 {
		return fmt.Sprintf("%d columns behind the count %q, want two for each", len(fields)-2, clip(fields[1]))
	}
	for i := 2; i < len(fields); i += 2 { // all or nothing of a line
		if _, problem := l.user(fields[i]); problem != "" {
			return "account " + problem
		}
		if f := fields[i+1]; len(f) != 1 || f[0] != '0' && f[0] != '1' {
			return fmt.Sprintf("flag %q, want 0 or 1", clip(f))
		}
	}
	for i := 2; i < len(fields); i += 2 {
		u, _ := number(fields[i])
		to.edge(u, v)
		if fields[i+1][0] == '1' {
			to.edge(v, u)
		}
	}
	return ""
}

// user reads an id of a data set that says how many there are.
func (l *layout) user(b []byte) (uint64, string) {
	n, problem := number(b)
	if problem == "" && n >= l.users {
		problem = fmt.Sprintf("%d is unknown: the first line says that there are %d users", n, l.users)
	}
	return n, problem
}

// number reads an id and says what is wrong with it.
func number(b []byte) (uint64, string) {
	n, err := strconv.ParseUint(string(b), 10, 64)
	switch {
	case len(b) == 0:
		return 0, "is empty"
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
