package main

import (
	"os"
	"strings"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/dictionary"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// TestDataReadme says when data/README.md no longer describes what the models and all jobs make of the shipped history,
// and runs its example queries. -update writes it again.
func TestDataReadme(t *testing.T) {
	const name = "../../data/README.md"
	db := warehousetest.Analyzed(t, jobs())
	var want strings.Builder
	if err := dictionary.Write(t.Context(), db, &want); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want.String() {
		t.Errorf("%s is stale: run go test ./cmd/overtake -run TestDataReadme -update", name)
	}
	for _, e := range append(dictionary.Examples(), dictionary.Journey()) {
		var rows strings.Builder
		if err := warehouse.Export(t.Context(), db, e.SQL, warehouse.CSVFormat, &rows); err != nil {
			t.Errorf("%s %v", e.Question, err)
		} else if strings.Count(rows.String(), "\n") < 2 {
			t.Errorf("%s no rows", e.Question)
		}
	}
}
