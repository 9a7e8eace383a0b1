//go:build heavy

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// talksProperly looks at what the program prints, and where.
func (l *lab) talksProperly(t *testing.T) {
	t.Run("json", l.parallel(l.onlyJSON))
	t.Run("quiet", l.parallel(l.quiet))
	t.Run("closed pipe", l.parallel(l.closedPipe))
	t.Run("full output", l.parallel(l.fullOutput))
	t.Run("terminal", l.parallel(l.terminal))
	t.Run("terminal without colours", l.parallel(l.noColour))
}

// onlyJSON decodes standard output, which must hold one JSON value and nothing else.
func (l *lab) onlyJSON(t *testing.T) {
	dir := fresh(t)
	for _, args := range [][]string{
		{"run"}, {"run", "--verbose"}, {"run", "--quiet"}, {"load"}, {"analyze"}, {"report"}, {"rebuild"}, {"status"}, {"verify"}, {"doctor"},
		{"query", "select 1 as n"}, {"forecast", "twitter", "sina_weibo"}, {"version"},
	} {
		a := l.run(t, append(args, "--json", "--dir", dir)...)
		in := json.NewDecoder(strings.NewReader(a.stdout))
		var v any
		if err := in.Decode(&v); err != nil || v == nil {
			t.Errorf("overtake %v --json prints %q: %v", args, a.stdout, err)
		}
		if _, err := in.Token(); err != io.EOF {
			t.Errorf("overtake %v --json prints more than one value: %q", args, a.stdout)
		}
	}
	a := l.try(t, "verify", "--json", "--dir", filepath.Join(dir, "none"))
	if a.code != exitFailed || a.stdout != "" {
		t.Errorf("verify --json where nothing is ends with %d and prints %q", a.code, a.stdout)
	}
}

func (l *lab) quiet(t *testing.T) {
	dir := fresh(t)
	for _, command := range []string{"run", "run", "load", "analyze", "report", "rebuild", "verify"} {
		a := l.run(t, command, "--quiet", "--dir", dir)
		if a.stdout+a.stderr != "" {
			t.Errorf("overtake %s --quiet says %q and %q", command, a.stdout, a.stderr)
		}
	}
	a := l.try(t, "run", "--quiet", "--dir", filepath.Join(dir, "overtake.duckdb"))
	a.mustSay(t, exitFailed, "overtake: ")
}

// closedPipe ends the reader of standard output early, as head does.
func (l *lab) closedPipe(t *testing.T) {
	dir := l.done(t)
	for _, command := range []string{
		`query --format csv 'select a.* from marts.account_readings a, range(20)'`, `query 'select * from marts.account_readings'`,
		`query --format json 'select * from marts.account_readings'`, `query --format arrow 'select * from marts.account_readings'`,
		`status`, `status --json`, `run --json`, `verify`, `--help`,
	} {
		cmd := exec.Command("sh", "-c", `"$0" `+command+` --dir "$1" | head -c 10 >/dev/null`, l.bin, dir)
		a := l.finish(t, cmd)
		if strings.Contains(a.stderr, "panic") || strings.Contains(a.stderr, "goroutine") || a.code != 0 {
			t.Errorf("overtake %s | head: %d\n%s", command, a.code, a.stderr)
		}
	}
	l.recovers(t, dir, l.first)
}

// fullOutput gives the answer to a device that takes nothing: an answer that was not given is a failure.
func (l *lab) fullOutput(t *testing.T) {
	dir := l.done(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for _, args := range [][]string{
		{"query", "select 1 as n"}, {"query", "--format", "csv", "select 1 as n"}, {"query", "--format", "json", "select 1 as n"},
		{"query", "--format", "parquet", "select 1 as n"}, {"query", "--format", "arrow", "select 1 as n"},
		{"status"}, {"status", "--json"}, {"run", "--json"}, {"run"}, {"verify"}, {"verify", "--json"}, {"forecast", "twitter", "sina_weibo"}, {"version"},
	} {
		cmd := l.command(append(args, "--dir", dir)...)
		cmd.Stdout = full
		a := l.finish(t, cmd)
		if a.code != exitFailed || !strings.Contains(a.stderr, "no space left on device") {
			t.Errorf("overtake %v > /dev/full ends with %d:\n%s", args, a.code, a.stderr)
		}
	}
	l.recovers(t, dir, l.first)
}

// onTerminal runs the program on a terminal of its own and returns what it wrote there.
func (l *lab) onTerminal(t *testing.T, dir string, env ...string) string {
	t.Helper()
	if _, err := exec.LookPath("script"); err != nil {
		t.Fatalf("this test needs the program script (Debian: bsdutils): %v", err)
	}
	cmd := exec.Command("script", "-qec", "'"+l.bin+"' run --dir '"+dir+"'", "/dev/null")
	cmd.Env = append(append(os.Environ(), "TERM=xterm-256color"), env...)
	cmd.Stdin = bytes.NewReader(nil)
	a := l.finish(t, cmd)
	a.mustSay(t, exitOK)
	return a.stdout
}

func (l *lab) terminal(t *testing.T) {
	dir := fresh(t)
	said := l.onTerminal(t, dir)
	for _, want := range []string{"collect", "lake", "load", "analyze", "publish", "report", "%"} {
		if !strings.Contains(said, want) {
			t.Errorf("the bar never showed %q: %q", want, said)
		}
	}
	left := screen(said)
	if want := filepath.Join(dir, "report", "index.html"); len(left) == 0 || left[len(left)-1] != want {
		t.Errorf("the screen ends with %q, want %q; all that was written: %q", left, want, said)
	}
	for _, line := range left {
		if strings.Contains(line, "%") || strings.Contains(line, "level=") {
			t.Errorf("a bar or a log line is left on the screen: %q", left)
		}
	}
	l.inOrder(t, dir, l.first)
}

func (l *lab) noColour(t *testing.T) {
	said := l.onTerminal(t, fresh(t), "NO_COLOR=1")
	if colour := regexp.MustCompile(`\x1b\[[0-9;]*m`).FindString(said); colour != "" {
		t.Errorf("NO_COLOR is set, yet %q is among: %q", colour, said)
	}
}

// screen is what a person sees in the end: lines that were not overwritten or erased.
func screen(written string) (left []string) {
	erase := regexp.MustCompile(`\x1b\[[0-9]*K`)
	for line := range strings.SplitSeq(strings.ReplaceAll(written, "\r\n", "\n"), "\n") {
		visible := ""
		for piece := range strings.SplitSeq(line, "\r") {
			if loc := erase.FindStringIndex(piece); loc != nil {
				visible, piece = "", piece[loc[1]:]
			}
			if old := []rune(visible); len(old) > len([]rune(piece)) {
				piece += string(old[len([]rune(piece)):])
			}
			visible = piece
		}
		visible = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`).ReplaceAllString(visible, "")
		if strings.TrimSpace(visible) != "" {
			left = append(left, strings.TrimSpace(visible))
		}
	}
	return left
}
