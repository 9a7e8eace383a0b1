//go:build heavy

package bluesky_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// TestFiveMillionFollowersInLittleMemory reads a list of five million to its end in a process of its own.
func TestFiveMillionFollowersInLittleMemory(t *testing.T) {
	const members, mostMiB = 5_000_000, 250
	srv := httptest.NewServer(newStream(members))
	defer srv.Close()
	dir, err := os.MkdirTemp("", "overtake-stream-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BLUESKY_TEST_STREAM="+dir, "BLUESKY_TEST_URL="+srv.URL)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	mib := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10
	t.Logf("%d followers in %d MiB", members, mib)
	if mib > mostMiB {
		t.Errorf("%d MiB, want at most %d", mib, mostMiB)
	}
}
