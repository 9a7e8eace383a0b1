package files

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/ingest"
)

// A table is one kind of history file: its columns, in order, and how a row of it is read.
type table struct {
	name    string // of the file, without .csv; a file of another name is known by its columns
	columns []string
	row     func(*decoder, row) error
	finish  func(*decoder) // after the last row, may be nil
}

// tables are the files of data/history.
func tables() []table {
	return []table{
		{"account_followers", accountColumns, (*decoder).accountRow, (*decoder).finishAccounts},
		{"bluesky_daily", blueskyColumns, (*decoder).blueskyRow, nil},
		{"derived_metrics", metricColumns, (*decoder).metricRow, (*decoder).finishMetrics},
		{"events", eventColumns, (*decoder).eventRow, nil},
		{"forecasts", forecastColumns, (*decoder).forecastRow, nil},
		{"metrics", metricFactColumns, (*decoder).metricFactRow, nil},
		{"platform_metrics", metricColumns, (*decoder).metricRow, (*decoder).finishMetrics},
		{"platforms", platformColumns, (*decoder).platformRow, nil},
		{"sources", sourceColumns, (*decoder).sourceRow, nil},
		{"twitter_followers_wayback", waybackColumns, (*decoder).waybackRow, (*decoder).finishAccounts},
	}
}

// A decoder collects the rows of one file.
type decoder struct {
	document string
	derived  bool // the file holds figures that we computed
	rows     ingest.Rows

	metrics  []pendingMetric
	accounts []pendingAccount
}

// A row is a record whose fields can be asked for by name.
type row struct {
	record
	columns []string
}

func (r row) get(column string) string {
	i := slices.Index(r.columns, column)
	if i < 0 {
		panic("files: no column " + column) // a slip in this package, never in the data
	}
	return strings.TrimSpace(r.fields[i])
}

// DecodeHistory reads the rows of one file of data/history. The first line must name the columns of one of the known
// files; then every row that cannot be read becomes a Reject and the others go on. Figures of derived_metrics.csv are
// marked as derived. It is an [ingest.Decoder].
func DecodeHistory(page ingest.Page) (ingest.Rows, error) {
	text := string(bytes.TrimPrefix(page.Raw, []byte("\uFEFF")))
	skipped := int64(len(page.Raw) - len(text)) // of the byte order mark
	t, err := tableOf(page.Document, text)
	if err != nil {
		return ingest.Rows{}, fmt.Errorf("%s: %w", page.Document, err)
	}
	d := &decoder{document: page.Document, derived: strings.HasPrefix(path.Base(page.Document), "derived")}
	header := true
	for rec := range records(text, len(t.columns)) {
		rec.offset += skipped
		if header {
			header = false
			continue
		}
		err := rec.err
		if err == nil {
			err = t.row(d, row{rec, t.columns})
		}
		if err != nil {
			d.reject(rec, err)
		}
	}
	if t.finish != nil {
		t.finish(d)
	}
	slices.SortStableFunc(d.rows.Quarantine, func(a, b ingest.Reject) int { return a.Line - b.Line })
	d.rows.Replaces = true
	return d.rows, nil
}

func (d *decoder) reject(rec record, err error) {
	d.rows.Quarantine = append(d.rows.Quarantine, ingest.Reject{
		Document: d.document, Line: rec.line, Offset: rec.offset, Text: legible(rec.text), Reason: err.Error(),
	})
}

// tableOf finds the kind of file by its name and checks its header; a file of another name is known by its header.
func tableOf(document, text string) (table, error) {
	if strings.TrimSpace(text) == "" {
		return table{}, errors.New("the file is empty, want a line that names the columns")
	}
	first, _, _, err := parseRecord(strings.TrimLeft(text, "\r\n"))
	if err != nil {
		return table{}, fmt.Errorf("first line: %w", err)
	}
	name := strings.TrimSuffix(path.Base(document), ".csv")
	for _, t := range tables() {
		if t.name == name {
			if !slices.Equal(first, t.columns) {
				return table{}, fmt.Errorf("first line %q, want %q", legible(strings.Join(first, ",")), strings.Join(t.columns, ","))
			}
			return t, nil
		}
	}
	for _, t := range tables() {
		if slices.Equal(first, t.columns) {
			return t, nil
		}
	}
	return table{}, fmt.Errorf("first line %q names the columns of no file that history knows", legible(strings.Join(first, ",")))
}
