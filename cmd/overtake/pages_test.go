package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// pages are the pages of the project, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".md") {
			data, err := os.ReadFile(path)
			all[path] = string(data)
			return err
		}
		return nil
	})
	if err != nil || len(all) < 5 {
		t.Fatalf("%d pages: %v", len(all), err)
	}
	return all
}

// A command line of overtake in a block of code, or between backquotes: up to a pipe, a redirection or a comment.
var (
	inBlock = regexp.MustCompile(`(?m)^(?:    |      - run: |ExecStart=%h/go/bin/|.*&& |)(?:[A-Z_]+=\S+ )*overtake (\S[^\n|>&;#]*)`)
	inLine  = regexp.MustCompile("`overtake ([^`\n|>&;#]*)`")
)

// TestPagesNameCommandsThatExist parses every command line that a page shows, so that no page promises a flag that is gone.
func TestPagesNameCommandsThatExist(t *testing.T) {
	t.Parallel()
	n := 0
	for path, text := range pages(t) {
		var lines []string
		for _, m := range append(inBlock.FindAllStringSubmatch(text, -1), inLine.FindAllStringSubmatch(text, -1)...) {
			lines = append(lines, m[1])
		}
		for _, line := range lines {
			if strings.Contains(line, "...") || strings.ContainsAny(line, "“”$") {
				continue
			}
			args, err := words(t.Context(), line)
			if err != nil {
				continue // a sentence, or a command that goes on in the next line
			}
			if problem := parses(args); problem != nil {
				t.Errorf("%s shows %q: %v", path, "overtake "+line, problem)
			}
			n++
		}
	}
	if n < 20 {
		t.Errorf("%d command lines were found: the pages show more", n)
	}
}

// words splits a line as a shell does.
func words(ctx context.Context, line string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "sh", "-c", "printf '%s\\n' "+line).Output()
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), nil
}

// parses reports whether the program would take the arguments.
func parses(args []string) error {
	if len(args) > 0 && args[0] == "COMMAND" {
		return nil
	}
	var cli commands
	exited := false
	parser, err := newParser(&cli, stdio{io.Discard, io.Discard}, func(int) { exited = true })
	if err != nil {
		return err
	}
	_, err = parser.Parse(args)
	var p *kong.ParseError
	if exited || errors.As(err, &p) && (strings.HasPrefix(p.Error(), "expected ") || len(args) == 1 && strings.HasPrefix(p.Error(), "missing ")) {
		return nil // --help, or the name of a command in a sentence, without its arguments
	}
	return err
}

// link is a link of a page to a file of ours.
var link = regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)\s]*)?\)`)

// TestPagesLinkToWhatIsThere follows the links between pages.
func TestPagesLinkToWhatIsThere(t *testing.T) {
	t.Parallel()
	for path, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
	}
}
