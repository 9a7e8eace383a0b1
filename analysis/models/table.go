package models

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/overtake-analytics/overtake/analysis"
)

var resultTypes = []string{"varchar", "bigint", "double", "boolean", "date", "timestamp"}

// CheckTable reports what the declaration of a table lacks.
func CheckTable(r analysis.Table) error {
	if !IsIdentifier(r.Name) {
		return fmt.Errorf("name: want lower-case letters, digits and underscores")
	}
	if r.Comment == "" || len(r.Columns) == 0 {
		return errors.New("want a comment and at least one column")
	}
	seen := map[string]bool{}
	for _, c := range r.Columns {
		switch {
		case !IsIdentifier(c.Name):
			return fmt.Errorf("column %q: want lower-case letters, digits and underscores", c.Name)
		case seen[c.Name]:
			return fmt.Errorf("column %s stands twice", c.Name)
		case !slices.Contains(resultTypes, c.Type):
			return fmt.Errorf("column %s: type %q: want one of %s", c.Name, c.Type, strings.Join(resultTypes, ", "))
		case c.Comment == "":
			return fmt.Errorf("column %s: want a comment with unit and range", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

// Cell gives a value of a job's table as the column's type wants it. NaN and infinities are refused: a job says nil and why in flags.
func Cell(v any, typ string) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string:
		if typ == "varchar" {
			if !utf8.ValidString(x) {
				return nil, fmt.Errorf("text %q is not UTF-8", x)
			}
			return x, nil
		}
	case int:
		return wholeNumber(int64(x), typ)
	case int64:
		return wholeNumber(x, typ)
	case float64:
		if typ == "double" {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, fmt.Errorf("%v: want nil and a word in flags", x)
			}
			return x, nil
		}
	case bool:
		if typ == "boolean" {
			return x, nil
		}
	case time.Time:
		if typ == "date" || typ == "timestamp" {
			return x.UTC(), nil
		}
	}
	return nil, fmt.Errorf("%T value %v: want %s", v, v, goTypes[typ])
}

func wholeNumber(n int64, typ string) (any, error) {
	switch typ {
	case "bigint":
		return n, nil
	case "double":
		return float64(n), nil
	}
	return nil, fmt.Errorf("whole number %d: want %s", n, goTypes[typ])
}

var goTypes = map[string]string{
	"varchar": "string", "bigint": "int or int64", "double": "float64", "boolean": "bool", "date": "time.Time", "timestamp": "time.Time",
}
