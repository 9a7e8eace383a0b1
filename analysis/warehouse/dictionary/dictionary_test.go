package dictionary_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/warehouse/dictionary"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// TestTheReadmeIsCurrent compares what does not come from the jobs; the test of cmd/overtake compares the whole.
func TestTheReadmeIsCurrent(t *testing.T) {
	have, err := os.ReadFile("../../../data/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if withoutResults(t, string(have)) != withoutResults(t, written(t)) {
		t.Error("data/README.md is stale: run go test ./cmd/overtake -run TestDataReadme -update")
	}
}

func written(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if err := dictionary.Write(t.Context(), warehousetest.Shipped(t), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func withoutResults(t *testing.T, readme string) string {
	t.Helper()
	before, rest, found := strings.Cut(readme, "\n## Results\n")
	_, after, foundToo := strings.Cut(rest, "\n## Staging\n")
	if !found || !foundToo {
		t.Fatal("the dictionary lacks the headings of results and staging")
	}
	return before + after
}

func TestLinksLeadSomewhere(t *testing.T) {
	text := written(t)
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchors := regexp.MustCompile(`[^a-z0-9_ -]`)
	anchors := map[string]bool{}
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		anchors["#"+strings.ReplaceAll(notInAnchors.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-")] = true
	}
	link := regexp.MustCompile(`\]\(([^)]*)\)`)
	links := link.FindAllStringSubmatch(text, -1)
	if len(links) < 20 {
		t.Errorf("only %d links", len(links))
	}
	for _, l := range links {
		if strings.HasPrefix(l[1], "#") {
			if !anchors[l[1]] {
				t.Errorf("link to %s: no such heading", l[1])
			}
			continue
		}
		if _, err := os.Stat("../../../data/" + l[1]); err != nil {
			t.Errorf("link to %s: %v", l[1], err)
		}
	}
}

// TestExamplesHaveAnswers runs those that need no results; the test of cmd/overtake runs all.
func TestExamplesHaveAnswers(t *testing.T) {
	q := warehousetest.Shipped(t)
	ran := 0
	for _, e := range append(dictionary.Examples(), dictionary.Journey()) {
		if strings.Contains(e.SQL, "results.") {
			continue
		}
		ran++
		if n := count(t, q, e.SQL); n == 0 {
			t.Errorf("%s: no rows", e.Question)
		}
	}
	if ran < 5 {
		t.Errorf("only %d examples ran", ran)
	}
}

func count(t *testing.T, q analysis.Querier, query string) int {
	t.Helper()
	rows, err := q.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
