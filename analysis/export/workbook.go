package export

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// What a sheet can hold.
const (
	sheetRows  = 1<<20 - 1 // below the heading
	sheetCell  = 32767     // characters of a text
	sheetName  = 31        // characters of its name
	exactInt   = 1 << 53   // larger integers stand as texts: Excel would round them
	firstSheet = "Contents"
)

// writeWorkbook writes one sheet a table, and one that says what the others are. Cells are typed: a text is never read as
// a formula.
func (w *work) writeWorkbook(path string) error {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", firstSheet); err != nil {
		return err
	}
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	contents := [][]any{{"Sheet", "Table", "Rows", "What it holds"}}
	names := map[string]bool{firstSheet: true}
	for _, t := range w.tables {
		if t.Rows > sheetRows {
			return fmt.Errorf("%s has %d rows, a sheet holds %d: choose parquet or csv, or leave it out with --tables", t.Full(), t.Rows, sheetRows)
		}
		name := sheetOf(t.Full(), names)
		contents = append(contents, []any{name, t.Full(), t.Rows, clip(t.Comment)})
		if err := w.writeSheet(f, name, t, styles); err != nil {
			return fmt.Errorf("sheet %s: %w", name, err)
		}
	}
	s, err := stream(f, firstSheet, len(contents[0]), len(contents))
	if err != nil {
		return err
	}
	if err := s.SetColWidth(1, 2, 34); err != nil {
		return err
	}
	for i, row := range contents {
		if err := s.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.SaveAs(path)
}

// stream begins a sheet of so many columns and rows: readers that do not look at the whole sheet believe what it says of its
// size.
func stream(f *excelize.File, sheet string, columns, rows int) (*excelize.StreamWriter, error) {
	last, err := excelize.CoordinatesToCellName(columns, rows)
	if err != nil {
		return nil, err
	}
	if err := f.SetSheetDimension(sheet, "A1:"+last); err != nil {
		return nil, err
	}
	return f.NewStreamWriter(sheet)
}

// styles are the looks of dates and instants.
type styles struct{ head, date, instant int }

func newStyles(f *excelize.File) (s styles, err error) {
	if s.head, err = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return s, err
	}
	day, instant := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	if s.date, err = f.NewStyle(&excelize.Style{CustomNumFmt: &day}); err != nil {
		return s, err
	}
	s.instant, err = f.NewStyle(&excelize.Style{CustomNumFmt: &instant})
	return s, err
}

func (w *work) writeSheet(f *excelize.File, name string, t *table, look styles) error {
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	s, err := stream(f, name, len(t.Fields), int(t.Rows)+1)
	if err != nil {
		return err
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := s.SetColWidth(1, len(t.Fields), 16); err != nil {
		return err
	}
	head := make([]any, len(t.Fields))
	for i, c := range t.Fields {
		head[i] = excelize.Cell{StyleID: look.head, Value: c.Name}
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	cells, line := make([]any, len(t.Fields)), 1
	err = warehouse.EachRow(w.ctx, w.q, t.query(), w.mask, func([]warehouse.Column) error { return nil }, func(row []any) error {
		line++
		for i, v := range row {
			cells[i] = sheetValue(v, t.Fields[i].Kind, look)
		}
		return s.SetRow(fmt.Sprintf("A%d", line), cells)
	})
	if err != nil {
		return err
	}
	return s.Flush()
}

// sheetValue is a value as a cell. Excel's days begin in 1900; earlier ones stand as texts.
func sheetValue(v any, kind string, look styles) any {
	switch x := v.(type) {
	case string:
		return clip(x)
	case int64:
		if x > exactInt || x < -exactInt {
			return fmt.Sprint(x)
		}
	case time.Time:
		layout, style := time.DateOnly, look.date
		if kind == "instant" {
			layout, style = time.RFC3339Nano, look.instant
		}
		if x.Year() < 1901 {
			return x.Format(layout)
		}
		return excelize.Cell{StyleID: style, Value: x}
	}
	return v
}

// clip shortens a text to what a cell holds.
func clip(s string) string {
	if len(s) <= sheetCell {
		return s
	}
	r := []rune(s)
	return string(r[:min(len(r), sheetCell)])
}

// sheetOf makes a sheet's name of a table's, which may be longer than a sheet's.
func sheetOf(table string, taken map[string]bool) string {
	name := table
	for n := 2; len(name) > sheetName || taken[name]; n++ {
		end := fmt.Sprintf("~%d", n)
		name = table[:min(len(table), sheetName-len(end))] + end
	}
	taken[name] = true
	return name
}
