package models

import (
	"fmt"
	"regexp"
	"strings"
)

// Types that a column may have: names that mean the same in DuckDB and Trino.
var columnTypes = map[string]bool{
	"varchar": true, "integer": true, "bigint": true, "double": true, "boolean": true, "date": true, "timestamp": true,
}

var (
	identifier = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	tableName  = regexp.MustCompile(`^(lake|staging|marts)\.[a-z][a-z0-9_]*$`)
	keyLine    = regexp.MustCompile(`^ (grain|reads|columns|checks|severity):(?:\s+(.*))?$`)
)

// Parse reads one model file. Errors name file and line.
func Parse(layer, name, text string) (Model, error) {
	m := Model{Layer: layer, Name: name}
	fail := func(line int, format string, args ...any) (Model, error) {
		return Model{}, fmt.Errorf("model %s/%s.sql:%d: %s", layer, name, line, fmt.Sprintf(format, args...))
	}
	if !identifier.MatchString(name) {
		return fail(1, "name: want lower-case letters, digits and underscores")
	}
	header, body, bodyLine := split(text)
	sections, err := cutSections(header)
	if err != nil {
		return fail(err.line, "%s", err.text)
	}
	for _, s := range sections {
		if err := m.take(s); err != nil {
			return fail(err.line, "%s", err.text)
		}
	}
	m.SQL = strings.TrimSpace(body)
	if err := m.complete(bodyLine); err != nil {
		return fail(err.line, "%s", err.text)
	}
	return m, nil
}

// IsIdentifier reports whether a name may stand for a table or column: lower-case letters, digits and underscores.
func IsIdentifier(name string) bool { return identifier.MatchString(name) }

// A fault is what is wrong with a line of a model file.
type fault struct {
	line int
	text string
}

// A section is one key of the header with its lines; the key "" is the description.
type section struct {
	key   string
	line  int // of the key, from 1
	first string
	rest  []string // the lines below, without the comment sign
}

// split parts the leading comment lines, without their signs, from the query.
func split(text string) (header []string, body string, bodyLine int) {
	rest := strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\uFEFF")
	for strings.HasPrefix(rest, "--") {
		line, after, _ := strings.Cut(rest, "\n")
		header = append(header, strings.TrimRight(line[2:], " \t"))
		rest = after
	}
	return header, rest, len(header) + 1
}

func cutSections(header []string) ([]section, *fault) {
	sections := []section{{line: 1}}
	seen := map[string]bool{}
	for i, line := range header {
		if k := keyLine.FindStringSubmatch(line); k != nil {
			if seen[k[1]] {
				return nil, &fault{i + 1, fmt.Sprintf("key %q stands twice", k[1])}
			}
			seen[k[1]] = true
			sections = append(sections, section{key: k[1], line: i + 1, first: k[2]})
			continue
		}
		s := &sections[len(sections)-1]
		if s.key != "" && line != "" && !strings.HasPrefix(line, "  ") {
			return nil, &fault{i + 1, fmt.Sprintf("%q is no known key and is not indented below %q", strings.TrimSpace(line), s.key)}
		}
		s.rest = append(s.rest, line)
	}
	return sections, nil
}

// words joins the lines of a section to one line.
func (s section) words() string {
	return strings.Join(strings.Fields(s.first+" "+strings.Join(s.rest, " ")), " ")
}

func (m *Model) take(s section) *fault {
	switch s.key {
	case "":
		m.Description = paragraphs(s.rest)
	case "grain":
		m.Grain = s.words()
	case "reads":
		for _, read := range strings.Split(s.words(), ",") {
			if read = strings.TrimSpace(read); !tableName.MatchString(read) {
				return &fault{s.line, fmt.Sprintf("reads %q: want lake.x, staging.x or marts.x, separated by commas", read)}
			}
			m.Reads = append(m.Reads, read)
		}
	case "columns":
		return m.takeColumns(s)
	case "checks":
		checks, err := parseChecks(s.words())
		if err != nil {
			return &fault{s.line, err.Error()}
		}
		m.Checks = checks
	case "severity":
		m.Severity = Severity(s.words())
	}
	return nil
}

func paragraphs(lines []string) string {
	var out []string
	for _, p := range strings.Split(strings.TrimSpace(strings.Join(lines, "\n")), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n\n")
}

// takeColumns reads one column per line; a line indented deeper than the first goes on with the comment above it.
func (m *Model) takeColumns(s section) *fault {
	if s.first != "" {
		return &fault{s.line, "columns: want one column per line below the key"}
	}
	indent := -1
	for i, line := range s.rest {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		at := len(line) - len(strings.TrimLeft(line, " \t"))
		if indent < 0 {
			indent = at
		}
		if at > indent {
			last := &m.Columns[len(m.Columns)-1]
			last.Comment += " " + strings.Join(words, " ")
			continue
		}
		number := s.line + i + 1
		if len(words) < 3 {
			return &fault{number, fmt.Sprintf("column %q: want name, type and comment", strings.Join(words, " "))}
		}
		c := Column{Name: words[0], Type: words[1], Comment: strings.Join(words[2:], " ")}
		switch {
		case !identifier.MatchString(c.Name):
			return &fault{number, fmt.Sprintf("column %q: want lower-case letters, digits and underscores", c.Name)}
		case !columnTypes[c.Type]:
			return &fault{number, fmt.Sprintf("column %s: type %q: want varchar, integer, bigint, double, boolean, date or timestamp", c.Name, c.Type)}
		case m.column(c.Name) != nil:
			return &fault{number, fmt.Sprintf("column %s stands twice", c.Name)}
		}
		m.Columns = append(m.Columns, c)
	}
	return nil
}

func (m *Model) column(name string) *Column {
	for i := range m.Columns {
		if m.Columns[i].Name == name {
			return &m.Columns[i]
		}
	}
	return nil
}

// complete reports what the header lacks for its layer.
func (m *Model) complete(bodyLine int) *fault {
	switch {
	case m.Description == "":
		return &fault{1, "no description: the first comment lines say what the table holds"}
	case strings.Contains(m.SQL, ";"):
		return &fault{bodyLine, "semicolon: a model is one query without it"}
	case m.Layer == Lake && m.SQL != "":
		return &fault{bodyLine, "a lake file declares columns only: its rows come from Parquet"}
	case m.Layer != Lake && m.SQL == "":
		return &fault{bodyLine, "no query below the header"}
	case m.Layer != Lake && len(m.Reads) == 0:
		return &fault{1, `no "reads:": name the tables of the query`}
	case m.Layer == Checks && m.Severity != Error && m.Severity != Warn:
		return &fault{1, fmt.Sprintf("severity %q: want error or warn", m.Severity)}
	case m.Layer != Checks && m.Severity != "":
		return &fault{1, `"severity:" is for checks; write "warn" before a model's check`}
	case m.Layer != Checks && m.Grain == "":
		return &fault{1, `no "grain:": say what one row is`}
	case m.Layer != Checks && len(m.Columns) == 0:
		return &fault{1, `no "columns:"`}
	}
	for _, c := range m.Checks {
		for _, name := range c.Columns {
			if m.column(name) == nil {
				return &fault{1, fmt.Sprintf("check %s: no column %q", c, name)}
			}
		}
	}
	return nil
}
