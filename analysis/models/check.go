package models

import (
	"fmt"
	"regexp"
	"strings"
)

// A Severity says what a violated check does.
type Severity string

// The two severities.
const (
	Error Severity = "error" // the warehouse is not published
	Warn  Severity = "warn"  // counted, stored in meta.checks, shown
)

// A Check is one promise of a header: unique(a, b), not null(a, b), or a condition that holds for every row. A condition
// that is null for a row is not violated by it.
type Check struct {
	Severity  Severity
	Kind      string   // "unique", "not null" or "holds"
	Columns   []string // of the first two kinds
	Condition string   // of the third
}

var call = regexp.MustCompile(`^(unique|not null)\s*\(([^()]*)\)$`)

func parseChecks(text string) ([]Check, error) {
	var checks []Check
	for _, part := range strings.Split(text, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		c := Check{Severity: Error, Kind: "holds"}
		if rest, isWarn := strings.CutPrefix(part, "warn "); isWarn {
			c.Severity, part = Warn, strings.TrimSpace(rest)
		}
		if m := call.FindStringSubmatch(part); m != nil {
			c.Kind = m[1]
			for _, name := range strings.Split(m[2], ",") {
				if name = strings.TrimSpace(name); !identifier.MatchString(name) {
					return nil, fmt.Errorf("check %s: %q is no column name", part, name)
				}
				c.Columns = append(c.Columns, name)
			}
		} else if c.Condition = part; strings.Count(part, "(") != strings.Count(part, ")") {
			return nil, fmt.Errorf("check %s: unbalanced brackets", part)
		}
		checks = append(checks, c)
	}
	return checks, nil
}

// String is the check as the header writes it, without its severity.
func (c Check) String() string {
	if c.Kind == "holds" {
		return c.Condition
	}
	return c.Kind + "(" + strings.Join(c.Columns, ", ") + ")"
}

// CheckSQL selects one row per violation of one of the model's checks, with the single column what: the row in words.
func (m Model) CheckSQL(c Check) string {
	if c.Kind == "unique" {
		return fmt.Sprintf("select %s || ' stands ' || cast(count(*) as varchar) || ' times' as what from %s group by %s having count(*) > 1",
			InWords(c.Columns), m.Table(), strings.Join(c.Columns, ", "))
	}
	return fmt.Sprintf("select %s as what from %s where %s", InWords(m.Key()), m.Table(), c.Violation())
}

// Violation is the condition under which a row violates the check by itself; "" for unique, which no single row violates.
func (c Check) Violation() string {
	switch c.Kind {
	case "unique":
		return ""
	case "not null":
		return strings.Join(c.Columns, " is null or ") + " is null"
	}
	return "not (" + c.Condition + ")"
}

// Key is the columns that tell a row: those of the first unique check, or else all.
func (m Model) Key() []string {
	for _, c := range m.Checks {
		if c.Kind == "unique" {
			return c.Columns
		}
	}
	names := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		names[i] = c.Name
	}
	return names
}

// InWords is an expression that shows the columns' values side by side.
func InWords(columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = fmt.Sprintf("'%s=' || coalesce(cast(%s as varchar), 'null')", c, c)
	}
	return strings.Join(parts, " || ', ' || ")
}
