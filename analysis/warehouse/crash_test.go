package warehouse_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/data"
)

// runChild is what the test program does when a test starts it as a process of its own: "run" makes and publishes the
// warehouse, "hold" keeps it open for writing until its input ends.
func runChild(what string) int {
	fail := func(err error) int {
		fmt.Println(err)
		return 1
	}
	f := folder{nil, os.Getenv("OVERTAKE_TEST_FOLDER")}
	switch what {
	case "run":
		if at := os.Getenv("OVERTAKE_TEST_KILL_AT"); at != "" {
			warehouse.SetStep(func(name string) {
				if name == at {
					syscall.Kill(os.Getpid(), syscall.SIGKILL)
				}
			})
		}
		if _, _, err := attempt(context.Background(), f.options(), seriesJob{}); err != nil {
			return fail(err)
		}
	case "hold":
		release, err := warehouse.HoldForWriting(f.path())
		if err != nil {
			return fail(err)
		}
		fmt.Println("holding")
		bufio.NewReader(os.Stdin).ReadString('\n')
		if err := release(); err != nil {
			return fail(err)
		}
	}
	return 0
}

func (f folder) child(what string, env ...string) *exec.Cmd {
	f.Helper()
	self, err := os.Executable()
	if err != nil {
		f.Fatal(err)
	}
	c := exec.CommandContext(f.Context(), self)
	c.Env = append(os.Environ(), append(env, "OVERTAKE_TEST_CHILD="+what, "OVERTAKE_TEST_FOLDER="+f.dir)...)
	return c
}

// Killed between any two steps, a run leaves what was published, and the next run is as if nothing had happened.
func TestKilledAtAnyStep(t *testing.T) {
	t.Parallel()
	want := published(t)
	for _, at := range []string{"inserted", "job series", "finished", "published"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			f := changedFolder(t)
			before := sum(t, f.path())
			err := f.child("run", "OVERTAKE_TEST_KILL_AT="+at).Run()
			if exit, ok := err.(*exec.ExitError); !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the child ended with %v, want it killed", err)
			}
			if at != "published" && sum(t, f.path()) != before {
				t.Error("the published file changed")
			}
			if n := ask(t, f.open(), "select count(*) from marts.events"); n != "94" && at != "published" || n != "114" && at == "published" {
				t.Errorf("the published file has %s events", n)
			}
			d, _ := f.run()
			if diff := cmp.Diff(marts(figures(t, want)), marts(figures(t, d))); diff != "" {
				t.Errorf("figures of the next run (-undisturbed +after the kill):\n%s", diff)
			}
			if err := d.Discard(); err != nil {
				t.Error(err)
			}
			if left := f.left(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// marts leaves out the results.
func marts(figures map[string]string) map[string]string {
	maps.DeleteFunc(figures, func(name, _ string) bool { return strings.HasPrefix(name, "results.") })
	return figures
}

func TestAnotherProcessWritesTheFile(t *testing.T) {
	t.Parallel()
	f := changedFolder(t)
	c := f.child("hold")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "holding\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	if _, err := warehouse.Begin(t.Context(), f.options()); err == nil || !strings.Contains(err.Error(), "another process has it open for writing: close it") {
		t.Errorf("Begin: error %v", err)
	}
	if _, err := warehouse.Open(t.Context(), f.path()); err == nil || !strings.Contains(err.Error(), "another process has it open for writing: close it") {
		t.Errorf("Open: error %v", err)
	}
	in.Close()
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	if d, _ := f.run(); len(d.Notes()) > 0 {
		t.Errorf("after it closed: notes %q, want none", d.Notes())
	}
	if n := ask(t, f.open(), "select count(*) from marts.events"); n != "114" {
		t.Errorf("%s events, want 114", n)
	}
}

func TestAFolderWithoutWriteAccess(t *testing.T) {
	t.Parallel()
	base, err := os.MkdirTemp("", "overtake-readonly-*") // all above t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(base)
	f := folder{t, filepath.Join(base, "folder")}
	if err := os.CopyFS(f.dir, os.DirFS(olderFolder(t).dir)); err != nil {
		t.Fatal(err)
	}
	f.collect(data.History)
	if err := errors.Join(os.Chmod(base, 0o755), os.Chmod(f.dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(f.dir, 0o755)
	c := f.child("run")
	if os.Getuid() == 0 { // root may write everywhere: be nobody, who may not even see where the test program stands
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		c.Path = filepath.Join(base, "child")
		if err := copyProgram(c.Path); err != nil {
			t.Fatal(err)
		}
	}
	said, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(said), f.dir) || !strings.Contains(string(said), "permission denied") {
		t.Errorf("said %q (%v), want the folder and what is wrong", said, err)
	}
	if n := ask(t, f.open(), "select count(*) from marts.events"); n != "94" {
		t.Errorf("the published file has %s events, want 94 as before", n)
	}
}

// copyProgram puts the test program where anyone may run it.
func copyProgram(to string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if os.Link(self, to) == nil {
		return nil
	}
	program, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(to, program, 0o755)
}
