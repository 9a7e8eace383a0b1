package measuretest

import (
	"math"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

func TestCheckTables(t *testing.T) {
	good := func() analysis.Table {
		return analysis.Table{Name: "x", Comment: "c", Columns: []analysis.Column{{Name: "a", Type: "double", Comment: "c"}, {Name: "d", Type: "date", Comment: "c"}},
			Rows: [][]any{{1.5, time.Unix(0, 0)}, {nil, nil}}}
	}
	var r recorder
	if CheckTables(&r, good()); r.failed {
		t.Error("a good table failed")
	}
	for name, spoil := range map[string]func(*analysis.Table){
		"NaN":        func(x *analysis.Table) { x.Rows[0][0] = math.NaN() },
		"Inf":        func(x *analysis.Table) { x.Rows[0][0] = math.Inf(1) },
		"text":       func(x *analysis.Table) { x.Rows[0][0] = "1.5" },
		"zero time":  func(x *analysis.Table) { x.Rows[0][1] = time.Time{} },
		"no comment": func(x *analysis.Table) { x.Columns[0].Comment = "" },
	} {
		table := good()
		spoil(&table)
		var r recorder
		if CheckTables(&r, table); !r.failed {
			t.Errorf("%s passed", name)
		}
	}
	if got := Rows(good())[0]["a"]; got != 1.5 {
		t.Errorf("Rows gives %v", got)
	}
	if got := Column(t, good(), "a"); len(got) != 2 || got[0] != 1.5 {
		t.Errorf("Column gives %v", got)
	}
}
