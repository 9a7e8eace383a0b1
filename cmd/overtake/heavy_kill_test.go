//go:build heavy

package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// killed ends runs the hard way, at moments spread over the whole run and right after each line that it writes.
func (l *lab) killed(t *testing.T) {
	moments := rand.New(rand.NewPCG(1, 1))
	for i := range 14 {
		after := time.Duration((float64(i) + moments.Float64()) / 14 * float64(l.took))
		t.Run(fmt.Sprintf("first run after %dms", after.Milliseconds()), func(t *testing.T) {
			t.Parallel()
			dir := fresh(t)
			l.stopped(t, dir, syscall.SIGKILL, after, 0)
			l.whole(t, dir, l.first)
			l.recovers(t, dir, l.first)
		})
	}
	for i := range 11 {
		after := time.Duration((float64(i) + moments.Float64()) / 11 * float64(l.took))
		t.Run(fmt.Sprintf("second run after %dms", after.Milliseconds()), func(t *testing.T) {
			t.Parallel()
			dir := l.done(t)
			addOwn(t, dir)
			l.stopped(t, dir, syscall.SIGKILL, after, 0)
			l.whole(t, dir, l.first, l.second)
			l.recovers(t, dir, l.second)
		})
	}
	for line := 1; line <= l.lines; line++ {
		t.Run(fmt.Sprintf("after line %d", line), func(t *testing.T) {
			t.Parallel()
			dir, want := fresh(t), l.first
			if line%2 == 0 {
				dir, want = l.done(t), l.second
				addOwn(t, dir)
			}
			l.stopped(t, dir, syscall.SIGKILL, 0, line)
			l.whole(t, dir, l.first, want)
			l.recovers(t, dir, want)
		})
	}
	t.Run("again and again", func(t *testing.T) {
		t.Parallel()
		dir := fresh(t)
		for line := 1; line <= l.lines; line += 5 {
			l.stopped(t, dir, syscall.SIGKILL, 0, line)
			l.whole(t, dir, l.first)
		}
		l.recovers(t, dir, l.first)
	})
}

// interrupted asks runs to end, as Ctrl-C and service managers do.
func (l *lab) interrupted(t *testing.T) {
	moments := rand.New(rand.NewPCG(2, 2))
	for i := range 10 {
		sig, after := syscall.SIGINT, time.Duration((float64(i)+moments.Float64())/10*float64(l.took))
		if i%4 == 3 {
			sig = syscall.SIGTERM
		}
		t.Run(fmt.Sprintf("%v after %dms", sig, after.Milliseconds()), func(t *testing.T) {
			t.Parallel()
			dir, want := fresh(t), l.first
			if i%2 == 1 {
				dir, want = l.done(t), l.second
				addOwn(t, dir)
			}
			a, waited := l.stopped(t, dir, sig, after, 0)
			if waited > 2*time.Second {
				t.Errorf("it took %v to end, want at most 2 s", waited)
			}
			if a.code != exitOK { // it may have been done before the signal came
				a.mustSay(t, exitInterrupted, "interrupted; what was finished is kept")
			}
			if strings.Count(a.stderr, "overtake: ") > 1 {
				t.Errorf("more than one message:\n%s", a.stderr)
			}
			l.whole(t, dir, l.first, want)
			if a.code == exitInterrupted {
				unfinished := func(name string) bool { return strings.HasPrefix(name, "lake/_tmp") } // which the next run removes
				if left := slices.DeleteFunc(leftovers(t, dir), unfinished); len(left) > 0 {
					t.Errorf("left behind by an interrupted run: %v", left)
				}
			}
			l.recovers(t, dir, want)
		})
	}
}

// stopped starts a run in dir and sends sig after some time, or after so many lines on standard error. It returns how
// the run ended and how long that took from the signal on.
func (l *lab) stopped(t *testing.T, dir string, sig syscall.Signal, after time.Duration, line int) (answer, time.Duration) {
	t.Helper()
	_ = os.Remove(filepath.Join(dir, ".lock")) // so that waitForLock sees the new one
	cmd := l.command("run", "--dir", dir, "--verbose", "--json")
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sent := make(chan time.Time, 1)
	send := func() {
		sent <- time.Now()
		_ = cmd.Process.Signal(sig) // it may have ended by itself
	}
	var text strings.Builder
	if line > 0 {
		in := bufio.NewReader(pipe)
		for range line {
			s, err := in.ReadString('\n')
			text.WriteString(s)
			if err != nil {
				break
			}
		}
		send()
		_, _ = io.Copy(&text, in)
	} else {
		waitForLock(dir) // before that there is nothing to interrupt
		timer := time.AfterFunc(after, send)
		_, _ = io.Copy(&text, pipe)
		if timer.Stop() {
			sent <- time.Now()
		}
	}
	_ = cmd.Wait() // the code below says how it ended
	return answer{code: cmd.ProcessState.ExitCode(), stderr: text.String()}, time.Since(<-sent)
}

// waitForLock waits until a run has begun its work in dir.
func waitForLock(dir string) {
	for range 2000 {
		if info, err := os.Stat(filepath.Join(dir, ".lock")); err == nil && info.Size() > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
