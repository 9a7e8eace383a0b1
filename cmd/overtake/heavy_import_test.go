//go:build heavy

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestImportIsAllOrNothing ends imports at moments spread over their whole course: what is there afterwards is the whole
// data set or none of it, and the next import brings what an undisturbed one does.
func TestImportIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	bin, graph := filepath.Join(dir, "overtake"), filepath.Join(dir, "graph.txt")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	overtake := func(args ...string) (string, int) {
		cmd := exec.Command(bin, args...)
		out, _ := cmd.CombinedOutput()
		return string(out), cmd.ProcessState.ExitCode()
	}
	ok := func(t *testing.T, args ...string) string {
		t.Helper()
		out, code := overtake(args...)
		if code != exitOK {
			t.Fatalf("overtake %v: exit code %d\n%s", args, code, out)
		}
		return out
	}
	ok(t, "generate", "follows", "--edges", "3000000", "--users", "600000", "--accounts", "600", "--out", graph)
	begin := time.Now()
	ok(t, "import", graph, "--as", "twitter_rv", "--quiet", "--dir", filepath.Join(dir, "undisturbed"))
	took := time.Since(begin)
	const query = "select native_id, collected from lake.lists order by account_no"
	want := ok(t, "query", "--format", "csv", "--dir", filepath.Join(dir, "undisturbed"), query)

	const moments = 12
	for i := range moments {
		sig := syscall.SIGKILL
		if i%4 == 3 {
			sig = syscall.SIGINT
		}
		after := took * time.Duration(2*i+1) / (2 * moments)
		t.Run(fmt.Sprintf("%v after %d ms", sig, after.Milliseconds()), func(t *testing.T) {
			work := filepath.Join(dir, fmt.Sprint("stopped", i))
			cmd := exec.Command(bin, "import", graph, "--as", "twitter_rv", "--dir", work)
			var said bytes.Buffer
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(after, func() { cmd.Process.Signal(sig) })
			_ = cmd.Wait()
			timer.Stop()
			if code := cmd.ProcessState.ExitCode(); sig == syscall.SIGINT && code != exitInterrupted && code != exitOK {
				t.Errorf("exit code %d after an interrupt:\n%s", code, said.String())
			}
			if commits, _ := filepath.Glob(filepath.Join(work, "lake/_commits/*.json")); len(commits) > 1 {
				t.Errorf("%d commits of one import", len(commits))
			}
			ok(t, "import", graph, "--as", "twitter_rv", "--quiet", "--dir", work)
			if got := ok(t, "query", "--format", "csv", "--dir", work, query); got != want {
				t.Errorf("lists differ from those of an undisturbed import")
			}
			ok(t, "verify", "--dir", work)
			for _, pattern := range []string{"lake/_tmp/*", "lake/*.sort"} {
				if left, _ := filepath.Glob(filepath.Join(work, pattern)); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			}
			os.RemoveAll(work)
		})
	}
}
