package reports

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// writeCSV writes records with every cell defused.
func writeCSV(records [][]string) []byte {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	for _, r := range records {
		for i, cell := range r {
			r[i] = defuse(cell)
		}
		w.Write(r) // a bytes.Buffer takes everything
	}
	w.Flush()
	return buf.Bytes()
}

// defuse keeps spreadsheets from running a cell as a formula: an apostrophe goes before a text that begins with one of
// the characters that start one (OWASP, CSV injection). Numbers stay numbers.
func defuse(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", firstRune(cell)) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// key makes a column key of a heading: "80 % from" becomes "80_from".
func key(head string) string {
	words := strings.FieldsFunc(strings.ToLower(head), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(words, "_")
}

// exportLimit is the size from which a warehouse table is left out of the report's files: readers of tables of that
// size have the warehouse.
const exportLimit = 20_000

// exportTable reads a whole table of the warehouse. It gives no records where the table is larger than exportLimit.
func exportTable(ctx context.Context, s *store, table string) (records [][]string, rows int64, err error) {
	from, err := s.view(ctx, table)
	if err != nil {
		return nil, 0, fmt.Errorf("export %s: %w", table, err)
	}
	head, err := s.columns(ctx, from)
	if err != nil {
		return nil, 0, fmt.Errorf("export %s: %w", table, err)
	}
	order := make([]string, len(head))
	for i := range head {
		order[i] = strconv.Itoa(i + 1)
	}
	result, err := s.q.QueryContext(ctx, fmt.Sprintf("select * from %s t order by %s limit %d", from, strings.Join(order, ", "), exportLimit+1))
	if err != nil {
		return nil, 0, fmt.Errorf("export %s: %w", table, err)
	}
	defer result.Close()
	records = append(records, head)
	values, into := make([]any, len(head)), make([]any, len(head))
	for i := range values {
		into[i] = &values[i]
	}
	for result.Next() {
		if err := result.Scan(into...); err != nil {
			return nil, 0, fmt.Errorf("export %s: %w", table, err)
		}
		record := make([]string, len(head))
		for i, v := range values {
			record[i] = cellText(v)
		}
		records = append(records, record)
	}
	if err := result.Err(); err != nil {
		return nil, 0, fmt.Errorf("export %s: %w", table, err)
	}
	if rows = int64(len(records) - 1); rows > exportLimit {
		return nil, rows, s.scan(ctx, "select count(*) from "+from, &rows)
	}
	return records, rows, nil
}

// cellText writes a database value as a CSV cell: dates as 2006-01-02, instants as RFC 3339, NULL as nothing.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case float64:
		return raw(v)
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.UTC().Format(time.DateOnly)
		}
		return v.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}
