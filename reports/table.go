package reports

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/overtake-analytics/overtake/reports/chart"
)

// A Table is shown on the page and kept whole as tables/ID.csv.
type Table struct {
	ID      string // file name and anchor: lower-case letters, digits and dashes
	Caption string
	Columns []Column
	Rows    [][]Cell
	Show    int  // rows on the page, 0 for tableRows; the file always has all
	Plain   bool // of a chart: stands in its figure and needs no anchor of its own
}

// A Column heads a table's column.
type Column struct {
	Key    string // in the CSV
	Head   string // on the page
	Hint   string // what the number means, said where it is read; may be empty
	Number bool   // set to the right, tabular figures
}

// A Cell is one value: Text as people read it, Raw as programs do.
type Cell struct {
	Text string
	Raw  string
	URL  string // the text links there, if it is an http address
	More string // smaller, below: an interval; on the page only
	Name bool   // written by strangers: isolated from the text around it
}

// Brief reports whether the cell is short enough to stand on one line.
func (c Cell) Brief() bool { return utf8.RuneCountInString(c.Text) <= 24 }

// Long reports whether the cell holds a sentence, which needs room to be read.
func (c Cell) Long() bool { return utf8.RuneCountInString(c.Text) > 40 }

// Shown is the rows that the page has room for.
func (t *Table) Shown() [][]Cell {
	n := t.Show
	if n == 0 {
		n = tableRows
	}
	return t.Rows[:min(n, len(t.Rows))]
}

// tableRows is how many rows of a table the page shows where the table does not say.
const tableRows = 60

// Hidden is the number of rows that only the file has.
func (t *Table) Hidden() int { return len(t.Rows) - len(t.Shown()) }

// Embedded is the CSV for the page itself, so that it can be saved where the report's folder is not at hand; empty where
// it is large, or where the table's figure has it.
func (t *Table) Embedded() string {
	if t.Plain {
		return ""
	}
	return t.embedded()
}

func (t *Table) embedded() string {
	if data := t.CSV(); len(data) <= embedLimit {
		return string(data)
	}
	return ""
}

// Embedded is the figure's data for the page itself.
func (f *figure) Embedded() string { return f.Data.embedded() }

// CSV is the table as a file: raw values under the columns' keys.
func (t *Table) CSV() []byte {
	records := make([][]string, 0, len(t.Rows)+1)
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Key
	}
	records = append(records, head)
	for _, row := range t.Rows {
		record := make([]string, len(row))
		for i, c := range row {
			record[i] = c.Raw
		}
		records = append(records, record)
	}
	return writeCSV(records)
}

func text(s string) Cell { return Cell{Text: s, Raw: s} }

func name(s string) Cell { return Cell{Text: s, Raw: s, Name: true} }

// cited shows the site of an address and links to it.
func cited(url string) Cell { return Cell{Text: host(url), Raw: url, URL: url} }

// coded shows a word and keeps the warehouse's key in the file.
func coded(shown, key string) Cell { return Cell{Text: shown, Raw: key} }

func integer(n int64) Cell {
	return Cell{Text: whole(float64(n)), Raw: strconv.FormatInt(n, 10)}
}

// number shows v by print, and nothing at all as a dash on the page and as an empty cell in the file.
func number(v *float64, print func(float64) string) Cell {
	if v == nil {
		return Cell{Text: dash}
	}
	return Cell{Text: print(*v), Raw: raw(*v)}
}

func date(t *time.Time, print func(time.Time) string) Cell {
	if t == nil {
		return Cell{Text: dash}
	}
	return Cell{Text: print(*t), Raw: t.Format(time.DateOnly)}
}

// interval shows both ends in one cell; the file gets them from its own columns.
func (l *locale) interval(lo, hi *float64, print func(float64) string) Cell {
	if lo == nil || hi == nil {
		return Cell{Text: dash}
	}
	c := Cell{Raw: raw(*lo) + " " + raw(*hi)}
	if from, to := print(*lo), print(*hi); from != to {
		c.Text = l.between(from, to)
	} else if *lo < *hi {
		c.Text = l.say("within %s", digits((*hi-*lo)/2, 2)) // narrower than the figures shown
	} else {
		c.Text = l.say("exact")
	}
	return c
}

// estimate shows v with its interval below it; the file has v, and the interval in its own columns of the results.
func (l *locale) estimate(v, lo, hi *float64, print func(float64) string) Cell {
	c := number(v, print)
	if v != nil && lo != nil && hi != nil {
		c.More = l.interval(lo, hi, print).Text
	}
	return c
}

func raw(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// chartTable is what a chart draws, as a table.
func (l *locale) chartTable(f *chart.Figure, show int) *Table {
	head, rows := f.Data()
	t := &Table{ID: f.ID, Show: show, Plain: true}
	for i, h := range head {
		t.Columns = append(t.Columns, Column{Key: key(h), Head: l.say(h), Number: numeric(rows, i)})
	}
	for _, r := range rows {
		row := make([]Cell, len(r))
		for i, s := range r {
			row[i] = Cell{Text: s, Raw: s, Name: !t.Columns[i].Number}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// numeric reports whether column i holds numbers or nothing, and at least one number.
func numeric(rows [][]string, i int) bool {
	seen := false
	for _, r := range rows {
		if i >= len(r) || r[i] == "" {
			continue
		}
		if _, err := strconv.ParseFloat(r[i], 64); err != nil {
			return false
		}
		seen = true
	}
	return seen
}
