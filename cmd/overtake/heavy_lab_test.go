//go:build heavy

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/ingest/journal"
	"github.com/overtake-analytics/overtake/reports"
)

// TestDamage breaks the built program in every way that we could think of, and then runs it again:
//
//	go test -tags heavy ./cmd/overtake -run TestDamage
//
// What must hold is the same everywhere: a clear message, nothing lost, what stood before is whole, the next run brings
// the folder to the state of one that was never disturbed, with the same report hash.
func TestDamage(t *testing.T) {
	l := newLab(t)
	for _, part := range []struct {
		name string
		test func(*lab, *testing.T)
	}{
		{"killed", (*lab).killed},
		{"interrupted", (*lab).interrupted},
		{"full", (*lab).diskFull},
		{"limited", (*lab).fileTooLarge},
		{"rights", (*lab).rights},
		{"damaged", (*lab).damaged},
		{"others", (*lab).otherProcesses},
		{"same", (*lab).sameAnswer},
		{"stdio", (*lab).talksProperly},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(l, t) })
	}
}

// A lab holds the built program and what it makes when nobody disturbs it.
type lab struct {
	bin    string
	shut   string // folder with the shipped history, run once, never touched again
	first  state  // of the shipped history
	second state  // of the shipped history and, from a later run, own figures
	lines  int    // lines that a first run with --verbose writes to standard error
	took   time.Duration
}

// A state is what must not depend on what happened on the way.
type state struct {
	hash    string           // of the report
	records int64            // in the journal
	rows    map[string]int64 // of each table of the warehouse
}

func newLab(t *testing.T) *lab {
	dir := tempDir(t)
	l := &lab{bin: filepath.Join(dir, "overtake"), shut: filepath.Join(dir, "shut")}
	if out, err := exec.Command("go", "build", "-o", l.bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	a := l.run(t, "run", "--dir", l.shut, "--json", "--verbose")
	l.lines, l.took = strings.Count(a.stderr, "\n"), a.took
	l.first = l.look(t, l.shut)
	if a.out.ReportHash == "" || a.out.ReportHash != l.first.hash {
		t.Fatalf("the first run says report hash %q, its manifest %q", a.out.ReportHash, l.first.hash)
	}
	later := l.copyOf(t, l.shut)
	addOwn(t, later)
	l.run(t, "run", "--dir", later)
	l.second = l.look(t, later)
	if l.second.hash == l.first.hash {
		t.Fatal("own figures do not change the report: these tests would show nothing")
	}
	return l
}

// An answer is what a process of the program left.
type answer struct {
	code           int // -1 where a signal ended it
	stdout, stderr string
	out            outcome // where stdout is one
	took           time.Duration
}

// try runs the program and returns how it ended.
func (l *lab) try(t *testing.T, args ...string) answer {
	t.Helper()
	return l.finish(t, l.command(args...))
}

func (l *lab) command(args ...string) *exec.Cmd { return exec.Command(l.bin, args...) }

func (l *lab) finish(t *testing.T, cmd *exec.Cmd) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &stdout
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &stderr
	}
	start := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", cmd, err)
	}
	a := answer{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String(), took: time.Since(start)}
	_ = json.Unmarshal(stdout.Bytes(), &a.out) // other answers than a run's stay as text
	if strings.Contains(a.stderr, "panic:") || strings.Contains(a.stderr, "goroutine ") {
		t.Errorf("%s panics:\n%s", cmd, a.stderr)
	}
	return a
}

// run runs the program, which must succeed.
func (l *lab) run(t *testing.T, args ...string) answer {
	t.Helper()
	a := l.try(t, args...)
	if a.code != exitOK {
		t.Fatalf("overtake %s: exit code %d, want 0\n%s%s", strings.Join(args, " "), a.code, a.stderr, a.stdout)
	}
	return a
}

// fails runs the program, which must end with code 1 and say each of want.
func (l *lab) fails(t *testing.T, want []string, args ...string) answer {
	t.Helper()
	a := l.try(t, args...)
	a.mustSay(t, exitFailed, want...)
	return a
}

func (a answer) mustSay(t *testing.T, code int, want ...string) {
	t.Helper()
	all := a.stderr + a.stdout
	if a.code != code {
		t.Errorf("exit code %d, want %d\n%s", a.code, code, all)
	}
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("the message lacks %q:\n%s", w, all)
		}
	}
}

// look reads the state of a folder that is in order.
func (l *lab) look(t *testing.T, dir string) state {
	t.Helper()
	m, err := reports.Verify(filepath.Join(dir, "report"))
	if err != nil {
		t.Errorf("report: %v", err)
	}
	j, err := journal.Options{ReadOnly: true}.Open(filepath.Join(dir, "journal"))
	if err != nil {
		t.Fatalf("journal: %v", err)
	}
	defer j.Close()
	r, err := j.Verify(context.Background())
	if err != nil {
		t.Errorf("journal: %v", err)
	}
	return state{m.ReportHash, int64(r.Records), tableRows(t, dir)}
}

// tableRows counts the rows of every table that holds what was collected or computed; schema meta tells of the runs.
func tableRows(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	ctx := context.Background()
	db, err := warehouse.Open(ctx, filepath.Join(dir, "overtake.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var parts []string
	err = each(ctx, db, "select table_schema || '.' || table_name from information_schema.tables where table_schema in ('lake', 'marts', 'results')",
		func(scan scanner) error {
			var name string
			err := scan(&name)
			parts = append(parts, fmt.Sprintf("select '%s', count(*) from %s", name, name))
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int64{}
	err = each(ctx, db, strings.Join(parts, " union all "), func(scan scanner) error {
		var name string
		var n int64
		err := scan(&name, &n)
		rows[name] = n
		return err
	})
	if err != nil || len(rows) < 20 {
		t.Fatalf("%d tables in %s: %v", len(rows), dir, err)
	}
	return rows
}

// whole fails where what is published in dir is anything else than one of the states that may stand there.
func (l *lab) whole(t *testing.T, dir string, may ...state) {
	t.Helper()
	if exists(filepath.Join(dir, "overtake.duckdb")) {
		rows, found := tableRows(t, dir), false
		for _, s := range may {
			found = found || cmp.Equal(rows, s.rows)
		}
		if !found {
			t.Errorf("the published warehouse is neither the old nor the new one: %s", cmp.Diff(may[0].rows, rows))
		}
	}
	if report := filepath.Join(dir, "report"); exists(report) {
		m, err := reports.Verify(report)
		found := false
		for _, s := range may {
			found = found || m.ReportHash == s.hash
		}
		if err != nil || !found {
			t.Errorf("the published report has hash %q: %v", m.ReportHash, err)
		}
	}
}

// recovers fails where the next run does not bring dir to the state want, or leaves anything behind.
func (l *lab) recovers(t *testing.T, dir string, want state) {
	t.Helper()
	a := l.run(t, "run", "--dir", dir, "--json")
	if a.out.ReportHash != want.hash {
		t.Errorf("after it a run has report hash %q, want %q", a.out.ReportHash, want.hash)
	}
	l.inOrder(t, dir, want)
}

// inOrder fails where dir is not in the state want or holds what belongs to nobody.
func (l *lab) inOrder(t *testing.T, dir string, want state) {
	t.Helper()
	if diff := cmp.Diff(want, l.look(t, dir), cmp.AllowUnexported(state{})); diff != "" {
		t.Errorf("the folder differs from an undisturbed one: %s", diff)
	}
	l.run(t, "verify", "--dir", dir)
	if left := leftovers(t, dir); len(left) > 0 {
		t.Errorf("left behind: %s", strings.Join(left, ", "))
	}
}

// leftovers lists the files of a working folder that no part of the program answers for.
func leftovers(t *testing.T, dir string) (left []string) {
	t.Helper()
	known := []string{
		"runs.jsonl", "ledger", "ledger/*",
		".", ".lock", "overtake.toml", "overtake.duckdb", "overtake.duckdb.broken-*", "own", "own/*", "report", "report/*", "report/*/*",
		"journal", "journal/lock", "journal/*.otj", "journal/*.torn",
		"lake", "lake/_lock", "lake/_commits", "lake/_commits/0*.json", "lake/*", "lake/*/platform=*", "lake/*/platform=*/day=*",
	}
	parquet := []string{"lake/_numbers/platform=*/part-*.parquet", "lake/*/platform=*/day=*/part-*.parquet"}
	listed := listedFiles(t, dir)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		switch {
		case err != nil:
		case matches(rel, parquet):
			if !strings.Contains(listed, filepath.Base(rel)) {
				left = append(left, rel+" (in no commit)")
			}
		case !matches(rel, known):
			left = append(left, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func matches(name string, patterns []string) bool {
	for _, p := range patterns {
		if ok, _ := filepath.Match(p, name); ok {
			return true
		}
	}
	return false
}

// listedFiles is the text of all commits of the lake.
func listedFiles(t *testing.T, dir string) string {
	t.Helper()
	names, err := fs.Glob(os.DirFS(dir), "lake/_commits/*.json") // dir may look like a pattern
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		all.Write(readFile(t, filepath.Join(dir, name)))
	}
	return all.String()
}

// ownFigures are two files of a user's own; they add what no shipped file says.
var ownFigures = map[string]string{
	"figures.csv": `platform,metric,as_of,precision,published_on,published_basis,value,unit,source_url,source_title,note
sina_weibo,registered_users,2010-03-01,day,2010-03-02,url,1234567,accounts,https://example.org/a,A,
twitter,registered_users,2010-03-01,day,2010-03-02,url,61234567,accounts,https://example.org/a,A,
`,
	"events.csv": `platform,event_date,precision,published_on,published_basis,kind,status,parties,title,source_url,note
sina_weibo,2012-05-01,day,2012-05-01,url,product,confirmed,A,"A title, quoted",https://example.org/b,
`,
}

// addOwn makes the next run in dir find own figures.
func addOwn(t *testing.T, dir string) {
	t.Helper()
	for name, text := range ownFigures {
		writeFile(t, filepath.Join(dir, "own", name), []byte(text))
	}
	writeFile(t, filepath.Join(dir, configName), []byte("[history]\ndir = \"own\"\n"))
}

// fresh is a folder name in which nothing has been done yet.
func fresh(t *testing.T) string {
	t.Helper()
	return filepath.Join(tempDir(t), "work")
}

// tempDir is a temporary folder that other users may look into.
func tempDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// done is a copy of the undisturbed folder with the shipped history.
func (l *lab) done(t *testing.T) string {
	t.Helper()
	return l.copyOf(t, l.shut)
}

func (l *lab) copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := fresh(t)
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// writeFile writes a file and the folders above it.
func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
