//go:build heavy

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// insideNamespace is set in the process that diskFull starts where mounting needs a namespace of one's own.
const insideNamespace = "OVERTAKE_TEST_NAMESPACE"

// diskFull runs on file systems of many sizes, each of which fills at another moment. It needs the right to mount one:
// as root, or in a user namespace.
func (l *lab) diskFull(t *testing.T) {
	probe := tempDir(t)
	switch err := unix.Mount("tmpfs", probe, "tmpfs", 0, "size=64k"); {
	case err == nil:
		if err := unix.Unmount(probe, 0); err != nil {
			t.Fatal(err)
		}
	case errors.Is(err, unix.EPERM) && os.Getenv(insideNamespace) == "":
		inNamespace(t)
		return
	default:
		t.Fatalf("this test needs the right to mount a tmpfs, as root or in a user namespace (kernel.unprivileged_userns_clone): %v", err)
	}
	stages := &stageLog{}
	t.Run("sizes", func(t *testing.T) {
		used := usedBy(t, l.shut)
		for _, share := range []float64{0.01, 0.03, 0.06, 0.09, 0.15, 0.3, 0.5, 0.7, 0.85, 0.97} {
			t.Run(fmt.Sprintf("first run with %v of what it needs", share), func(t *testing.T) {
				t.Parallel()
				size := int(share * float64(used))
				dir := filepath.Join(small(t, size), "work")
				stages.add(l.fullRun(t, dir))
				l.whole(t, dir, l.first)
				grow(t, filepath.Dir(dir))
				l.recovers(t, dir, l.first)
			})
		}
		for _, share := range []float64{0, 0.003, 0.01, 0.1, 0.4, 0.6, 0.7, 0.8} {
			t.Run(fmt.Sprintf("second run with %v of it free", share), func(t *testing.T) {
				t.Parallel()
				more := int(share * float64(used))
				disk := small(t, 64<<10)
				dir := filepath.Join(disk, "work")
				if err := os.CopyFS(dir, os.DirFS(l.shut)); err != nil {
					t.Fatal(err)
				}
				addOwn(t, dir)
				shrink(t, disk, more)
				stages.add(l.fullRun(t, dir))
				l.whole(t, dir, l.first, l.second)
				grow(t, disk)
				l.recovers(t, dir, l.second)
			})
		}
	})
	stages.mustName(t, "journal", "lake", "next.duckdb", "report")
}

// fullRun runs where the disk may fill: either that works, or the message says what is full and where.
func (l *lab) fullRun(t *testing.T, dir string) string {
	t.Helper()
	a := l.try(t, "run", "--dir", dir)
	if a.code == exitOK {
		return ""
	}
	a.mustSay(t, exitFailed, "overtake: ", dir)
	if !noSpace.MatchString(a.stderr) {
		t.Errorf("the message does not say that there is no space left:\n%s", a.stderr)
	}
	if last := lastError(a.stderr); len(last) > 700 || strings.Contains(last, "Stack Trace") {
		t.Errorf("the message is %d bytes long:\n%s", len(last), last)
	}
	return lastError(a.stderr)
}

var noSpace = regexp.MustCompile(`(?i)no space left|file too large|disk is full`)

// lastError is the message that a run ended with.
func lastError(stderr string) string {
	if i := strings.LastIndex(stderr, "\novertake: "); i >= 0 {
		return stderr[i+1:]
	}
	return stderr
}

// small mounts an empty file system of so many kilobytes.
func small(t *testing.T, kb int) string {
	t.Helper()
	dir := tempDir(t)
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", kb)); err != nil {
		t.Fatalf("mount a small tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// shrink leaves so many free kilobytes on the file system.
func shrink(t *testing.T, disk string, kb int) {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(disk, &st); err != nil {
		t.Fatal(err)
	}
	used := int64(st.Blocks-st.Bfree) * st.Bsize / 1024
	resize(t, disk, used+int64(kb))
}

// usedBy gives the kilobytes that a folder takes, in pages.
func usedBy(t *testing.T, dir string) int {
	t.Helper()
	pages := 0
	walk(t, dir, func(path string, _ fs.DirEntry) error {
		info, err := os.Stat(path)
		if err == nil && info.Mode().IsRegular() {
			pages += int(info.Size()+4095) / 4096
		}
		return err
	})
	return 4 * pages
}

func grow(t *testing.T, disk string) { t.Helper(); resize(t, disk, 64<<10) }

func resize(t *testing.T, disk string, kb int64) {
	t.Helper()
	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%dk", kb)); err != nil {
		t.Fatal(err)
	}
}

// inNamespace runs this very test again, in a namespace in which it may mount.
func inNamespace(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestDamage$/^full$", "-test.v")
	cmd.Env = append(os.Environ(), insideNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("in a user namespace, as this test needs the right to mount a tmpfs: %v\n%s", err, out)
	}
}

// fileTooLarge limits how large one file may grow, which stops each stage where it writes its largest file.
func (l *lab) fileTooLarge(t *testing.T) {
	stages := &stageLog{}
	t.Run("stages", func(t *testing.T) {
		for _, c := range []struct {
			stage   string
			kb      int
			prepare func(*testing.T) string
			keeps   state
		}{
			{"journal", 40, fresh, l.first},
			{"lake", 60, func(t *testing.T) string { return l.without(t, "lake", "overtake.duckdb", "report") }, l.first},
			{"warehouse", 300, fresh, l.first},
			{"warehouse again", 2000, func(t *testing.T) string { return l.without(t, "overtake.duckdb") }, l.first},
			{"report", 200, l.done, l.first},
		} {
			t.Run(c.stage, func(t *testing.T) {
				t.Parallel()
				dir := c.prepare(t)
				// POSIX counts the limit in units of 512 bytes.
				cmd := exec.Command("sh", "-c", `ulimit -f "$1" && shift && exec "$@"`, "sh", fmt.Sprint(2*c.kb), l.bin, "run", "--dir", dir)
				a := l.finish(t, cmd)
				a.mustSay(t, exitFailed, dir)
				if !noSpace.MatchString(a.stderr) {
					t.Errorf("the message does not say what is too large:\n%s", a.stderr)
				}
				stages.add(lastError(a.stderr))
				l.whole(t, dir, c.keeps)
				l.recovers(t, dir, c.keeps)
			})
		}
	})
	stages.mustName(t, "journal", "lake", "next.duckdb", "report")
}

// without is a copy of the undisturbed folder that lacks some of its parts.
func (l *lab) without(t *testing.T, parts ...string) string {
	t.Helper()
	dir := l.done(t)
	for _, p := range parts {
		if err := os.RemoveAll(filepath.Join(dir, p)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
