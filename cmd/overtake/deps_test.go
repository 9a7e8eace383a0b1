package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/overtake-analytics/overtake"

// homes says which package, with what lies below it, alone may import a heavy library. A successor of the library is
// then one package's change. A second home stands behind a space, with its reason beside it.
var homes = map[string]string{
	"github.com/marcboeker/go-duckdb":    "analysis/warehouse",
	"github.com/duckdb/":                 "analysis/warehouse",
	"github.com/apache/arrow":            "ingest/lake",
	"github.com/gocolly/colly":           "ingest/ranked",
	"github.com/PuerkitoBio/goquery":     "ingest/ranked",
	"gonum.org/v1/plot":                  "reports/chart",
	"codeberg.org/go-pdf/fpdf":           "reports/chart",
	"github.com/xuri/excelize":           "analysis/export",
	"github.com/alecthomas/kong":         "cmd",
	"github.com/BurntSushi/toml":         "cmd ingest/ranked", // the descriptions of pages are TOML files that come with the package
	"github.com/schollz/progressbar":     "cmd",
	"github.com/lmittmann/tint":          "cmd",
	"github.com/chromedp/chromedp":       "reports",
	"github.com/rogpeppe/go-internal":    "cmd",
	"github.com/RoaringBitmap/roaring":   "analysis/reach",
	"github.com/jotaen/kong-completion":  "cmd",
	"github.com/cenkalti/backoff":        "ingest/fetch",
	"golang.org/x/time/rate":             "ingest/fetch",
	"github.com/temoto/robotstxt":        "ingest/fetch",
	"golang.org/x/image":                 "reports/chart",
	"github.com/klauspost/compress/zstd": "ingest",
	"github.com/trinodb/trino-go-client": "analysis/trino",
}

// forbidden lists pairs of folders: nothing below the first may import anything below the second.
var forbidden = [][2]string{
	{"ingest", "analysis"}, {"ingest", "reports"}, {"ingest", "cmd"},
	{"analysis", "ingest"}, {"analysis", "reports"}, {"analysis", "cmd"},
	{"reports", "ingest"}, {"reports", "cmd"}, {"reports", "analysis/warehouse"}, {"reports", "analysis/models"},
	{"data", "ingest"}, {"data", "analysis"}, {"data", "reports"}, {"data", "cmd"},
	{"ingest/journal", "ingest/lake"}, {"ingest/journal", "ingest/files"},
	{"reports/chart", "analysis"}, {"analysis/models", "analysis/warehouse"},
}

// Test helpers may cross the borders: they build a whole warehouse for the tests of others.
var crossing = []string{"analysis/warehouse/warehousetest"}

// TestEveryImportIsAllowed states who may import whom, and fails with the path that offends.
func TestEveryImportIsAllowed(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], module+"/")
		if slices.Contains(crossing, pkg) {
			continue
		}
		seen++
		for _, imp := range fields[1:] {
			if why := refused(pkg, imp); why != "" {
				t.Errorf("%s imports %s: %s", pkg, imp, why)
			}
		}
	}
	if seen < 5 {
		t.Errorf("go list named %d packages, want the whole module", seen)
	}
}

// TestTheRulesCanFail keeps the table honest: each kind of rule refuses what it should.
func TestTheRulesCanFail(t *testing.T) {
	for _, c := range [][2]string{
		{"analysis/growth", module + "/ingest"},
		{"reports", "github.com/marcboeker/go-duckdb/v2"},
		{"ingest", "github.com/apache/arrow/go/v15/arrow"},
		{"analysis/reach", module + "/analysis/warehouse/warehousetest"},
	} {
		if refused(c[0], c[1]) == "" {
			t.Errorf("%s may import %s, want a refusal", c[0], c[1])
		}
	}
	if why := refused("cmd/overtake", module+"/ingest/lake"); why != "" {
		t.Errorf("cmd/overtake may not import ingest/lake: %s", why)
	}
}

// refused says why pkg may not import imp, or nothing.
func refused(pkg, imp string) string {
	if inner, ours := strings.CutPrefix(imp, module+"/"); ours {
		if slices.Contains(crossing, inner) {
			return "test helpers are for tests"
		}
		for _, f := range forbidden {
			if below(pkg, f[0]) && below(inner, f[1]) {
				return f[0] + " may not know " + f[1]
			}
		}
		return ""
	}
	for lib, home := range homes {
		inside := func(home string) bool { return below(pkg, home) }
		if strings.HasPrefix(imp, lib) && !slices.ContainsFunc(strings.Fields(home), inside) {
			return lib + " lives in " + home + " alone"
		}
	}
	return ""
}

func below(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }
