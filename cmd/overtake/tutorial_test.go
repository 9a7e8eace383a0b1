package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestTutorial runs the commands of tutorial.md in their order, as its reader would, and compares what they print with what
// the page shows.
func TestTutorial(t *testing.T) {
	page, err := os.ReadFile("tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	script, commands, lines := scriptOf(string(page))
	if commands < 10 || lines < 20 {
		t.Fatalf("the page has %d commands and %d lines of output", commands, lines)
	}
	file := filepath.Join(t.TempDir(), "tutorial.txtar")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: func(e *testscript.Env) error {
		e.Setenv("NO_COLOR", "1")
		e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
		return nil
	}})
}

var fence = regexp.MustCompile("(?ms)^```(sh|text)\n(.*?)^```")

// scriptOf makes a script of a page: its blocks of sh are run, those of text must be in what the block before printed. Three
// dots stand for anything, blanks for blanks of any number.
func scriptOf(page string) (script string, commands, lines int) {
	var b strings.Builder
	for _, m := range fence.FindAllStringSubmatch(page, -1) {
		if m[1] == "sh" {
			// One shell a block, so that the output of all its commands can be compared.
			commands += strings.Count(m[2], "\n")
			fmt.Fprintf(&b, "exec sh -e -c '%s'\n", strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(m[2]), "'", "''"), "\n", " && "))
			continue
		}
		for line := range strings.Lines(m[2]) {
			lines++
			fmt.Fprintf(&b, "stdout '%s'\n", strings.ReplaceAll(pattern(line), "'", "''"))
		}
	}
	return b.String(), commands, lines
}

func pattern(line string) string {
	var parts []string
	for _, field := range strings.Fields(line) {
		parts = append(parts, strings.ReplaceAll(regexp.QuoteMeta(field), "…", ".*"))
	}
	return strings.ReplaceAll(strings.Join(parts, " +"), ".* +", ".* *")
}
