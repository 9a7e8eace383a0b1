package lake

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest/internal/durabletest"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// tinyJournal holds two pages that make two commits of few files.
func tinyJournal(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	j := openJournal(t, dir)
	land(t, j, "file 1", "twitter gaga 10\n", "twitter oprah 5\n")
	return j
}

// openTiny opens a lake of one page a commit that goes without real fsyncs.
func openTiny(t *testing.T, dir string) *Lake {
	t.Helper()
	lk, err := Options{CommitRows: 1}.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	lk.fs = &durabletest.FS{}
	return lk
}

// TestEveryDamageIsNamed changes one bit of each byte of some files and cuts them short: Verify names the file and the
// cure.
func TestEveryDamageIsNamed(t *testing.T) {
	t.Parallel()
	dir := durabletest.Dir(t)
	j := tinyJournal(t, filepath.Join(dir, "journal"))
	lk := openTiny(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, j)
	if _, err := lk.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := contents(t, lk.dir)
	verify := func(name, what string) {
		t.Helper()
		fresh, err := Open(lk.dir)
		if err == nil {
			_, err = fresh.Verify(t.Context())
		}
		var damage *FileError
		if !errors.As(err, &damage) || damage.Path != filepath.Join(lk.dir, filepath.FromSlash(name)) || !strings.Contains(err.Error(), "overtake rebuild") {
			// A manifest that is gone or cut is noticed at the next one.
			if !(strings.HasPrefix(name, commitsDir) && errors.As(err, &damage)) && !strings.Contains(fmt.Sprint(err), "newer overtake") {
				t.Fatalf("%s %s: %v, want an error that names the file and the cure", name, what, err)
			}
		}
	}
	step := map[bool]int{true: 3, false: 201} // of the first manifest many bytes, of the others some
	for name, text := range all {
		path := filepath.Join(lk.dir, filepath.FromSlash(name))
		for i := 0; i < len(text); i += step[name == "_commits/000001.json"] {
			changed := []byte(text)
			changed[i] ^= 1 << (i % 8)
			if err := os.WriteFile(path, changed, 0o644); err != nil {
				t.Fatal(err)
			}
			verify(name, fmt.Sprintf("with byte %d changed", i))
		}
		for _, size := range []int{0, 1, len(text) / 2, len(text) - 1} {
			if err := os.WriteFile(path, []byte(text[:size]), 0o644); err != nil {
				t.Fatal(err)
			}
			verify(name, fmt.Sprintf("cut to %d bytes", size))
		}
		if !strings.HasPrefix(name, commitsDir) {
			os.Remove(path)
			verify(name, "removed")
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// The cure cures.
	path := filepath.Join(lk.dir, filepath.FromSlash(lk.Files()[0].Path))
	os.WriteFile(path, []byte("garbage"), 0o644)
	if err := lk.Remove(); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, lk, j)
	if !maps.Equal(all, contents(t, lk.dir)) {
		t.Error("the rebuilt lake is another one")
	}
}

func TestNewerManifestIsRefused(t *testing.T) {
	dir := t.TempDir()
	lk := openTiny(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, tinyJournal(t, filepath.Join(dir, "journal")))
	path := lk.path("_commits/000002.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(path, bytes.Replace(text, []byte(`"format": 1`), []byte(`"format": 3`), 1), 0o644)
	if _, err := Open(lk.dir); err == nil || !strings.Contains(err.Error(), "newer overtake") || !strings.Contains(err.Error(), path) {
		t.Errorf("Open: %v, want an error that names the file and asks for a newer program", err)
	}
}

// TestWrongNumbersAreNoticed: files that are whole but contradict one another.
func TestWrongNumbersAreNoticed(t *testing.T) {
	dir := durabletest.Dir(t)
	j := someJournal(t, filepath.Join(dir, "journal"))
	lk := openLake(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, j)
	lk.numbers = nil
	if err := lk.loadNumbers(t.Context()); err != nil {
		t.Fatal(err)
	}
	lk.numbers["twitter"].of["gaga"] = 77
	for _, f := range lk.Files() {
		if f.Dataset == "accounts" && strings.Contains(f.Path, "twitter") {
			if err := lk.verifyFile(t.Context(), f); err == nil || !strings.Contains(err.Error(), "gaga") {
				t.Errorf("a number that was never given: %v", err)
			}
			return
		}
	}
	t.Fatal("no accounts of twitter")
}

// undisturbed is the lake that every disturbed run must end with.
func undisturbed(t *testing.T) (*journal.Journal, map[string]string) {
	t.Helper()
	dir := durabletest.Dir(t)
	j := tinyJournal(t, filepath.Join(dir, "journal"))
	lk := openTiny(t, filepath.Join(dir, "lake"))
	mustWrite(t, lk, j)
	return j, contents(t, lk.dir)
}

// finish writes the lake to its end on a healthy disk and compares it with the undisturbed one.
func finish(t *testing.T, dir string, j *journal.Journal, want map[string]string, what string) {
	t.Helper()
	lk, err := Options{CommitRows: 1}.Open(dir)
	if err != nil {
		t.Fatalf("after %s: %v", what, err)
	}
	lk.fs = &durabletest.FS{}
	if _, err := lk.Write(t.Context(), j, decoders); err != nil {
		t.Fatalf("after %s: %v", what, err)
	}
	if _, err := lk.Verify(t.Context()); err != nil {
		t.Fatalf("after %s: %v", what, err)
	}
	got := contents(t, dir)
	for name, text := range want {
		if got[name] != text {
			t.Fatalf("after %s: %s is missing or another one; there are %v", what, name, slices.Sorted(maps.Keys(got)))
		}
	}
	for name := range got {
		if want[name] == "" {
			t.Fatalf("after %s: %s was left", what, name)
		}
	}
}

func TestStopAtEachStep(t *testing.T) {
	t.Parallel()
	j, want := undisturbed(t)
	stopped := errors.New("stopped")
	for at := 1; ; at++ {
		dir := filepath.Join(durabletest.Dir(t), "lake")
		lk := openTiny(t, dir)
		n, name := 0, ""
		lk.step = func(step string) error {
			if n++; n == at {
				name = step
				return stopped
			}
			return nil
		}
		_, err := lk.Write(t.Context(), j, decoders)
		if name == "" {
			if err != nil || at < 10 {
				t.Errorf("%d steps, %v", at, err)
			}
			break
		}
		if !errors.Is(err, stopped) {
			t.Fatalf("stopped before %s: %v", name, err)
		}
		finish(t, dir, j, want, fmt.Sprintf("step %d, %s", at, name))
	}
}

// TestFailingDisk makes each operation fail once, in turn. That the disk stays full is TestPowerCuts' case.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	j, want := undisturbed(t)
	seen := map[string]bool{}
	for failAt := 1; ; failAt++ {
		dir := filepath.Join(durabletest.Dir(t), "lake")
		lk := openTiny(t, dir)
		disk := &durabletest.FS{FailAt: failAt}
		lk.fs = disk
		_, err := lk.Write(t.Context(), j, decoders)
		if disk.Failed() == "" {
			break
		}
		if err == nil {
			t.Fatalf("%s failed and nobody was told", disk.Failed())
		}
		seen[strings.Fields(disk.Failed())[0]] = true
		finish(t, dir, j, want, disk.Failed())
	}
	for _, op := range []string{"create", "write", "sync", "close", "rename", "mkdir"} {
		if !seen[op] {
			t.Errorf("no %s ever failed", op)
		}
	}
}

// TestPowerCuts stops the disk for good at each operation and then takes back what was not synced.
func TestPowerCuts(t *testing.T) {
	t.Parallel()
	j, want := undisturbed(t)
	for failAt := 1; ; failAt++ {
		dir := filepath.Join(durabletest.Dir(t), "lake")
		lk := openTiny(t, dir)
		disk := &durabletest.FS{FailAt: failAt, Forever: true}
		lk.fs = disk
		lk.Write(t.Context(), j, decoders)
		if disk.Failed() == "" {
			break
		}
		if err := disk.PowerCut(rand.New(rand.NewPCG(1, uint64(failAt)))); err != nil {
			t.Fatal(err)
		}
		finish(t, dir, j, want, fmt.Sprintf("a power cut at %q", disk.Failed()))
	}
}

// TestRemoveThatStops: a lake that was half removed is still a lake, or none.
func TestRemoveThatStops(t *testing.T) {
	t.Parallel()
	j, want := undisturbed(t)
	for failAt := 1; ; failAt++ {
		dir := filepath.Join(durabletest.Dir(t), "lake")
		lk := openTiny(t, dir)
		mustWrite(t, lk, j)
		disk := &durabletest.FS{FailAt: failAt, Forever: true}
		lk.fs = disk
		err := lk.Remove()
		if disk.Failed() == "" {
			if err != nil {
				t.Error(err)
			}
			break
		}
		finish(t, dir, j, want, "Remove stopped at "+disk.Failed())
	}
}

func TestSweepLeavesForeignFiles(t *testing.T) {
	dir := durabletest.Dir(t)
	j := tinyJournal(t, filepath.Join(dir, "journal"))
	lk := openTiny(t, filepath.Join(dir, "lake"))
	foreign := map[string]bool{"README.txt": true, "mine.parquet": true, "_tmp/part": false, "_commits/000009.json.tmp": false,
		"snapshots/platform=x/day=2026-01-01/part-0.parquet": false}
	for name := range foreign {
		path := lk.path(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(path, []byte("x"), 0o644)
	}
	mustWrite(t, lk, j)
	for name, stays := range foreign {
		if _, err := os.Stat(lk.path(name)); (err == nil) != stays {
			t.Errorf("%s: %v, want it to stay: %v", name, err, stays)
		}
	}
}

// writeAndDie is the child of TestKilledWriter: it writes the lake, as far as it comes.
func writeAndDie(dir string) {
	j, err := journal.Options{ReadOnly: true}.Open(filepath.Join(dir, "journal"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	lk, err := Options{CommitRows: 1}.Open(filepath.Join(dir, "lake"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	lk.step = func(step string) error { fmt.Println(step); return nil }
	if _, err := lk.Write(context.Background(), j, decoders); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestKilledWriter kills the writer behind each of its steps.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	_, want := undisturbed(t)
	for _, at := range []int{1, 3, 4, 5, 6, 7, 10} {
		dir := t.TempDir()
		j := tinyJournal(t, filepath.Join(dir, "journal"))
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "LAKE_TEST_WRITER="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		steps := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if steps++; steps == at {
				time.Sleep(time.Duration(at*37%500) * time.Microsecond) // somewhere within the step
				cmd.Process.Kill()
			}
		}
		cmd.Wait() // it was killed
		if steps < at {
			t.Fatalf("the writer ended after %d steps", steps)
		}
		finish(t, filepath.Join(dir, "lake"), j, withJournal(t, want, j), fmt.Sprintf("kill behind step %d", at))
	}
}

// withJournal is want for another journal of the same pages: only the manifests name it.
func withJournal(t *testing.T, want map[string]string, j *journal.Journal) map[string]string {
	t.Helper()
	dir := filepath.Join(durabletest.Dir(t), "lake")
	lk := openTiny(t, dir)
	mustWrite(t, lk, j)
	got := contents(t, dir)
	for name, text := range want {
		if !strings.HasPrefix(name, commitsDir) && !bytes.Equal([]byte(got[name]), []byte(text)) {
			t.Fatalf("%s differs between two journals of the same pages", name)
		}
	}
	return got
}
