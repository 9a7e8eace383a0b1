//go:build trino

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/models"
	"github.com/overtake-analytics/overtake/analysis/trino/trinotest"
)

// TestTrino runs the program against a real cluster:
//
//	sh .ci/trino
//
// It must say what DuckDB says, figure by figure, and fail clearly and without traces where the cluster fails.
func TestTrino(t *testing.T) {
	c := trinotest.Start(t, trinotest.Options{Workers: 2})
	p := &peer{bin: buildProgram(t), c: c, dir: filepath.Join(c.Root, "data")}
	for _, part := range []struct {
		name string
		test func(*peer, *testing.T)
	}{
		{"parity", (*peer).parity},
		{"again", (*peer).again},
		{"commands", (*peer).commands},
		{"mistakes", (*peer).mistakes},
		{"foreign", (*peer).foreign},
		{"worker", (*peer).worker},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.test(p, t) }) {
			return
		}
	}
}

// A peer is the built program beside a cluster that sees its working folder.
type peer struct {
	bin string
	c   *trinotest.Cluster
	dir string
}

func buildProgram(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "overtake")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// program runs the program and gives what it printed and its exit code.
func (p *peer) program(args ...string) (out, errs string, code int) {
	cmd := exec.CommandContext(context.Background(), p.bin, append([]string{"--dir", p.dir, "--quiet"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "NO_COLOR=1")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // the exit code tells
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

func (p *peer) mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := p.program(args...)
	if code != 0 {
		t.Fatalf("overtake %s: exit code %d\n%s", strings.Join(args, " "), code, errs)
	}
	return out
}

// trino adds the address of the cluster.
func (p *peer) trino(args ...string) []string {
	return append(args, "--engine", "trino", "--trino-url", p.c.URL+"/lake/ot", "--config", p.config())
}

func (p *peer) config() string {
	path := filepath.Join(p.dir, configName)
	if _, err := os.Stat(path); err != nil {
		_ = os.MkdirAll(p.dir, 0o755)
		_ = os.WriteFile(path, []byte("[engine]\nlake = \"local:///data/lake\"\n"), 0o644)
	}
	return path
}

// parity compares every mart row by row, every result to 1e-9, and the reports.
func (p *peer) parity(t *testing.T) {
	p.mustRun(t, p.trino("run")...)
	hash, manifest := p.reportOf(t)
	p.mustRun(t, "run", "--config", p.config())
	hash2, manifest2 := p.reportOf(t)
	if manifest != manifest2 {
		t.Errorf("the files of the report differ between the engines:\n%s", firstDifference(manifest, manifest2))
	}
	if hash == "" || hash2 == "" {
		t.Error("a manifest has no report hash")
	}
	tables := p.tables(t)
	if len(tables) < 40 {
		t.Fatalf("DuckDB holds %d tables, want all marts and results", len(tables))
	}
	rows := 0
	for table, columns := range tables {
		query := "select * from " + table + " order by " + ordinals(columns)
		a := p.rows(t, p.mustRun(t, "query", "--format", "json", query))
		b := p.rows(t, p.mustRun(t, p.trino("query", "--format", "json", query)...))
		rows += len(a)
		sameRows(t, table, a, b)
	}
	t.Logf("%d tables, %d rows are the same", len(tables), rows)
}

// reportOf is the hash of the report and its files with their checksums, but for those that name the engine.
func (p *peer) reportOf(t *testing.T) (hash, files string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "report", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		ReportHash string `json:"report_hash"`
		Files      []struct{ Path, SHA256 string }
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range m.Files {
		if f.Path != "index.html" {
			fmt.Fprintln(&all, f.Path, f.SHA256)
		}
	}
	return m.ReportHash, all.String()
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i] + "\n" + y[i]
		}
	}
	return fmt.Sprintf("%d and %d files", len(x), len(y))
}

// tables lists the marts and results of the DuckDB file, each with how many columns it has.
func (p *peer) tables(t *testing.T) map[string]int {
	t.Helper()
	columns := map[string]int{}
	for _, row := range p.rows(t, p.mustRun(t, "query", "--format", "json",
		`select table_schema || '.' || table_name as name, count(*) as n from information_schema.columns
		where table_schema in ('marts', 'results') group by 1`)) {
		columns[row["name"].(string)] = int(row["n"].(float64))
	}
	return columns
}

// ordinals orders by every column, so that rows can be compared one by one.
func ordinals(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i + 1)
	}
	return strings.Join(all, ", ")
}

func (p *peer) rows(t *testing.T, text string) []map[string]any {
	t.Helper()
	var rows []map[string]any
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return rows
}

func sameRows(t *testing.T, table string, a, b []map[string]any) {
	t.Helper()
	if len(a) != len(b) {
		t.Errorf("%s has %d rows in DuckDB and %d in Trino", table, len(a), len(b))
		return
	}
	for i := range a {
		for column, x := range a[i] {
			y, ok := b[i][column]
			if !ok || !sameValue(x, y) {
				t.Errorf("%s row %d: %s is %v in DuckDB and %v in Trino", table, i+1, column, x, y)
				return
			}
		}
	}
}

func sameValue(x, y any) bool {
	f, isNumber := x.(float64)
	g, isNumber2 := y.(float64)
	if isNumber && isNumber2 {
		return f == g || math.Abs(f-g) <= 1e-9*math.Max(math.Abs(f), math.Abs(g))
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// again runs once more: the same answer, and one older run is kept.
func (p *peer) again(t *testing.T) {
	before, _ := p.reportOf(t)
	p.mustRun(t, p.trino("load")...)
	p.mustRun(t, p.trino("analyze")...)
	p.mustRun(t, p.trino("report")...)
	p.mustRun(t, p.trino("report")...)
	trinoReport, _ := p.reportOf(t)
	p.mustRun(t, "report", "--config", p.config())
	if after, _ := p.reportOf(t); after != before {
		t.Errorf("DuckDB's report hash was %s and is %s", before, after)
	}
	if trinoReport == before {
		t.Error("both reports have one hash, though they name different engines")
	}
	var runs int
	for _, row := range p.rows(t, p.mustRun(t, p.trino("query", "--format", "json", "select schema_name from lake.information_schema.schemata")...)) {
		if strings.HasPrefix(row["schema_name"].(string), "ot_run_") {
			runs++
		}
	}
	if runs != 2 {
		t.Errorf("%d schemas of runs in the catalog, want the published one and the one before", runs)
	}
}

// commands tries what else knows the engine.
func (p *peer) commands(t *testing.T) {
	status := p.mustRun(t, p.trino("status", "--json")...)
	if !strings.Contains(status, `"platform": "sina_weibo"`) {
		t.Errorf("status does not name the platforms:\n%.500s", status)
	}
	both := [2]string{p.mustRun(t, "reach", "--config", p.config(), "--platform", "twitter", "--json"), p.mustRun(t, p.trino("reach", "--platform", "twitter", "--json")...)}
	if both[0] != both[1] {
		t.Errorf("reach differs:\n%.500s\n%.500s", both[0], both[1])
	}
	if comment := p.mustRun(t, p.trino("query", "--format", "csv", "select comment from system.metadata.table_comments where catalog_name = 'lake' and schema_name = 'ot_lake' and table_name = 'snapshots'")...); !strings.Contains(comment, "Readings of accounts") {
		t.Errorf("the comment of lake.snapshots is %q", comment)
	}
	if out := p.mustRun(t, p.trino("doctor")...); !strings.Contains(out, "Trino") {
		t.Errorf("doctor does not speak of the cluster:\n%s", out)
	}
}

// mistakes are errors with their cure.
func (p *peer) mistakes(t *testing.T) {
	host := p.c.URL
	for _, c := range []struct {
		url, want string
		code      int
	}{
		{"http://me@127.0.0.1:1/lake/ot", "check the address and the network", 1},
		{host + "/nowhere/ot", "no such catalog", 1},
		{host, "want a catalog", 1},
		{"ftp://me@127.0.0.1/lake", "want http(s)://", 1},
		{strings.Replace(host, "me@", "me:secret@", 1) + "/lake/ot", "name the environment variable", 1},
	} {
		_, errs, code := p.program("query", "--trino-url", c.url, "select 1")
		if code != c.code || !strings.Contains(errs, c.want) || strings.Contains(errs, "secret") {
			t.Errorf("--trino-url %s: exit code %d, want %d with %q:\n%s", c.url, code, c.code, c.want, errs)
		}
	}
	if _, errs, code := p.program(p.trino("query", "select nothing from marts.platforms")...); code != 1 || !strings.Contains(errs, "COLUMN_NOT_FOUND") {
		t.Errorf("a wrong query: exit code %d\n%s", code, errs)
	}
}

// foreign leaves alone what somebody else made under a name that we need.
func (p *peer) foreign(t *testing.T) {
	query := func(sql string) { p.mustRun(t, p.trino("query", sql)...) }
	query("create schema lake.other_lake")
	query("create table lake.other_lake.snapshots as select 1 as mine")
	_, errs, code := p.program("load", "--trino-url", p.c.URL+"/lake/other", "--config", p.config())
	if code != 1 || !strings.Contains(errs, "made by somebody else") {
		t.Errorf("load over a table of somebody else: exit code %d\n%s", code, errs)
	}
	if rows := p.rows(t, p.mustRun(t, p.trino("query", "--format", "json", "select mine from lake.other_lake.snapshots")...)); len(rows) != 1 {
		t.Errorf("their table holds %d rows, want its one", len(rows))
	}
}

// worker takes a worker away in the middle: a clear error or a whole run, and never half of one.
func (p *peer) worker(t *testing.T) {
	published := func() string {
		return p.mustRun(t, p.trino("query", "--format", "csv", "select value from meta.run where key = 'run'")...)
	}
	before := published()
	cmd := exec.Command(p.bin, append([]string{"--dir", p.dir}, p.trino("analyze")...)...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	buf := make([]byte, 4096)
	killed := false
	for {
		n, err := pipe.Read(buf)
		errs.Write(buf[:n])
		if !killed && strings.Contains(errs.String(), "msg=load") {
			p.c.Kill(t, 2)
			killed = true
		}
		if err != nil {
			break
		}
	}
	_ = cmd.Wait() // the exit code tells
	switch code := cmd.ProcessState.ExitCode(); {
	case !killed:
		t.Fatalf("analyze ended before its marts were made:\n%s", errs.String())
	case code == 0: // every query had ended on that worker, or was never there
	case code != 1 || !strings.Contains(errs.String(), "nothing was published, run it again"):
		t.Errorf("exit code %d without a cure:\n%s", code, errs.String())
	case published() != before:
		t.Errorf("a failed run was published:\n%s", errs.String())
	}
	p.mustRun(t, p.trino("analyze")...)
	ms, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ms {
		if m.Layer == models.Marts {
			query := "select count(*) as n from " + m.Table()
			if a, b := p.mustRun(t, "query", query), p.mustRun(t, p.trino("query", query)...); a != b {
				t.Errorf("%s after the failure: %s in DuckDB, %s in Trino", m.Table(), a, b)
			}
		}
	}
}
