//go:build heavy

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/data"
)

// sameAnswer changes what must not matter.
func (l *lab) sameAnswer(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		args []string
	}{
		{"one processor", []string{"GOMAXPROCS=1"}, nil},
		{"two processors", []string{"GOMAXPROCS=2"}, nil},
		{"seven processors", []string{"GOMAXPROCS=7"}, nil},
		{"another time zone", []string{"TZ=Pacific/Kiritimati"}, nil},
		{"another language", []string{"LANG=zh_CN.UTF-8", "LC_ALL=de_DE.UTF-8", "TZ=America/St_Johns"}, nil},
		{"quiet", nil, []string{"--quiet"}},
		{"verbose, without colours", []string{"NO_COLOR=1", "TERM=dumb"}, []string{"--verbose"}},
		{"little memory", []string{"GOGC=20", "GOMEMLIMIT=80MiB"}, nil},
		{"no environment", []string{}, nil},
	} {
		t.Run(c.name, l.parallel(func(t *testing.T) {
			dir := fresh(t)
			cmd := l.command(append(c.args, "run", "--dir", dir)...)
			if len(c.env) > 0 || c.env == nil {
				cmd.Env = append(os.Environ(), c.env...)
			} else {
				cmd.Env = []string{"PATH=/nowhere"}
			}
			l.finish(t, cmd).mustSay(t, exitOK)
			l.inOrder(t, dir, l.first)
		}))
	}
	for _, name := range []string{"a name with spaces", "it's \"quoted\"; --dir=x", "新浪微博 🙂", "50%20*[a]", "next.duckdb"} {
		t.Run("in a folder called "+name, l.parallel(func(t *testing.T) {
			root := tempDir(t)
			cmd := l.command("run", "--dir", name)
			cmd.Dir = root
			l.finish(t, cmd).mustSay(t, exitOK)
			l.inOrder(t, filepath.Join(root, name), l.first)
		}))
	}
	t.Run("in a folder that DuckDB could not open", l.parallel(func(t *testing.T) {
		dir := filepath.Join(tempDir(t), "what?")
		l.try(t, "run", "--dir", dir).mustSay(t, exitUsage, dir, "no question mark", "try: choose another folder")
		if exists(dir) {
			t.Errorf("%s was made all the same", dir)
		}
	}))
	t.Run("own files", l.sameOwnFiles)
	t.Run("no clock", l.parallel(l.noClock))
}

// sameOwnFiles gives the same own figures in other files, orders and runs.
func (l *lab) sameOwnFiles(t *testing.T) {
	figures, events := ownFigures["figures.csv"], ownFigures["events.csv"]
	lines := strings.SplitAfter(figures, "\n")
	head, one, two := lines[0], lines[1], lines[2]
	for name, files := range map[string]map[string]string{
		"at once":           ownFigures,
		"under other names": {"zz.csv": figures, "aa.csv": events},
		"split":             {"1.csv": head + two, "2.csv": events, "3.csv": head + one},
		"rows reversed":     {"figures.csv": head + two + one, "events.csv": events},
		"said twice":        {"figures.csv": figures, "events.csv": events, "again.csv": figures},
		"with Windows ends": {"figures.csv": "\ufeff" + strings.ReplaceAll(figures, "\n", "\r\n"), "events.csv": events},
	} {
		t.Run(name, l.parallel(func(t *testing.T) {
			dir := fresh(t)
			writeFile(t, filepath.Join(dir, configName), []byte("[history]\ndir = \"own\"\n"))
			for file, text := range files {
				writeFile(t, filepath.Join(dir, "own", file), []byte(text))
			}
			l.run(t, "run", "--dir", dir)
			if got := l.look(t, dir).hash; got != l.second.hash {
				t.Errorf("report hash %s, want %s", got, l.second.hash)
			}
		}))
	}
}

// withoutVersions finds the versions that Go gives a program of an untagged commit, such as v0.0.0-20261124172741-739a23c0ffee.
var withoutVersions = regexp.MustCompile(`v?\d+\.\d+\.\d+-(?:[a-z0-9.]+\.)?\d{14}-[0-9a-f]{12}(?:\+dirty)?`)

// noClock looks for today in what a run has written: only the manifest may say when that was.
func (l *lab) noClock(t *testing.T) {
	today := time.Now().UTC()
	for _, day := range []time.Time{today, today.AddDate(0, 0, -1)} { // the run may have been before midnight
		for _, layout := range []string{"2006-01-02", "2 January 2006", "2 Jan 2006", "January 2, 2006", "20060102", "2006年1月2日"} {
			text := day.Format(layout)
			if inHistory(t, text) {
				t.Logf("the history itself speaks of %s, so that its being in the report shows nothing", text)
				continue
			}
			walk(t, filepath.Join(l.shut, "report"), func(path string, d fs.DirEntry) error {
				if d.IsDir() || filepath.Base(path) == "manifest.json" {
					return nil
				}
				// The version of the code may hold the day of its commit, which can be that of the run.
				if strings.Contains(withoutVersions.ReplaceAllString(string(readFile(t, path)), ""), text) {
					t.Errorf("%s holds %q, the day of the run", path, text)
				}
				return nil
			})
		}
	}
}

func inHistory(t *testing.T, text string) bool {
	t.Helper()
	found := false
	err := fs.WalkDir(data.History, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(data.History, path)
		found = found || strings.Contains(string(b), text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
