package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/overtake-analytics/overtake/analysis"
)

// exports writes each table that a section has read to tables/<schema>.<table>.csv, and hashes them all: that is the
// report's data hash.
func (b *Book) exports(ctx context.Context) (Inputs, error) {
	in := Inputs{Rows: map[string]int64{}}
	h := sha256.New()
	for _, table := range b.tablesRead() {
		records, rows, err := exportTable(ctx, b.store, table)
		if err != nil {
			return in, err
		}
		in.Rows[table] = rows
		fmt.Fprintf(h, "%s %d\n", table, rows)
		if records == nil {
			continue
		}
		data := writeCSV(records)
		h.Write(data)
		b.add(exportPath(table), data)
	}
	in.DataHash = hex.EncodeToString(h.Sum(nil))
	if e, ok := b.store.q.(analysis.Engine); ok {
		in.Engine = e.Engine()
		return in, nil
	}
	return in, b.scan(ctx, "select 'DuckDB ' || ltrim(version(), 'v')", &in.Engine)
}

func exportPath(table string) string {
	return "tables/" + strings.ReplaceAll(table, "_", "-") + ".csv"
}
