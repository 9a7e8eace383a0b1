//go:build heavy

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// rights runs as a user who may not write, and where something else is in the way.
func (l *lab) rights(t *testing.T) {
	t.Run("folder that is read-only", l.parallel(func(t *testing.T) {
		dir := fresh(t)
		mkdir(t, dir, 0o555)
		l.asNobody(t, "run", "--dir", dir).mustSay(t, exitFailed, dir, "permission denied", "try: choose a folder", "--dir")
	}))
	t.Run("parent without rights", l.parallel(func(t *testing.T) {
		parent := fresh(t)
		mkdir(t, parent, 0o555)
		dir := filepath.Join(parent, "deeper", "work")
		l.asNobody(t, "run", "--dir", dir).mustSay(t, exitFailed, parent, "permission denied", "try: choose a folder", "--dir")
	}))
	t.Run("results that are read-only can be read", l.parallel(func(t *testing.T) {
		dir := l.done(t)
		readOnly(t, dir)
		l.asNobody(t, "run", "--dir", dir).mustSay(t, exitFailed, dir, "permission denied", "try: ")
		l.asNobody(t, "query", "--dir", dir, "select count(*) as n from marts.platforms").mustSay(t, exitOK, "8")
		l.asNobody(t, "status", "--dir", dir).mustSay(t, exitOK, "sina_weibo")
		l.asNobody(t, "verify", "--dir", dir).mustSay(t, exitOK, "ok")
		l.asNobody(t, "forecast", "twitter", "sina_weibo", "--dir", dir).mustSay(t, exitOK, "Weibo")
		l.asNobody(t, "doctor", "--dir", dir).mustSay(t, exitFailed, "cannot be written to", "try: choose another folder")
	}))
	for _, name := range []string{"lake", "journal", "lake/_commits"} {
		t.Run("part that is read-only: "+name, l.parallel(func(t *testing.T) {
			dir := l.done(t)
			addOwn(t, dir)
			chown(t, dir)
			readOnly(t, filepath.Join(dir, name))
			l.asNobody(t, "run", "--dir", dir).mustSay(t, exitFailed, filepath.Join(dir, name), "permission denied")
			l.whole(t, dir, l.first)
			if err := os.Chmod(filepath.Join(dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
			l.recovers(t, dir, l.second)
		}))
	}
	t.Run("file as --dir", l.parallel(func(t *testing.T) {
		dir := fresh(t)
		writeFile(t, dir, []byte("a file"))
		l.fails(t, []string{dir, "try: "}, "run", "--dir", dir)
		l.fails(t, []string{dir}, "verify", "--dir", dir)
		l.fails(t, []string{dir}, "status", "--dir", dir)
	}))
	for _, name := range []string{"journal", "lake", "report", "lake/_commits"} {
		t.Run("file as "+name, l.parallel(func(t *testing.T) {
			dir := fresh(t)
			path := filepath.Join(dir, name)
			writeFile(t, path, []byte("mine"))
			l.fails(t, []string{path}, "run", "--dir", dir)
			if string(readFile(t, path)) != "mine" {
				t.Errorf("%s was overwritten", path)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			l.recovers(t, dir, l.first)
		}))
	}
	t.Run("folder as warehouse", l.parallel(func(t *testing.T) {
		dir := fresh(t)
		path := filepath.Join(dir, "overtake.duckdb")
		mkdir(t, path, 0o755)
		l.fails(t, []string{path, "is not a file"}, "run", "--dir", dir)
		l.fails(t, []string{path}, "query", "--dir", dir, "select 1")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		l.recovers(t, dir, l.first)
	}))
	t.Run("report folder of somebody else", l.parallel(func(t *testing.T) {
		dir := fresh(t)
		theirs := filepath.Join(dir, "report", "thesis.html")
		writeFile(t, theirs, []byte("years of work"))
		l.fails(t, []string{filepath.Dir(theirs), "not a report of overtake", "try: choose another folder: report.dir"}, "run", "--dir", dir)
		if string(readFile(t, theirs)) != "years of work" {
			t.Errorf("%s was overwritten", theirs)
		}
		if err := os.Rename(filepath.Dir(theirs), dir+"-theirs"); err != nil {
			t.Fatal(err)
		}
		l.recovers(t, dir, l.first)
	}))
}

// parallel makes a test that runs beside others.
func (l *lab) parallel(test func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		test(t)
	}
}

// asNobody runs the program without the rights of root, for whom no mode is a barrier.
func (l *lab) asNobody(t *testing.T, args ...string) answer {
	t.Helper()
	return l.finish(t, unprivileged(l.command(args...)))
}

const nobody = 65534

func unprivileged(cmd *exec.Cmd) *exec.Cmd {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		cmd.Dir = "/" // the package's folder may be closed to others
	}
	return cmd
}

// mkdir makes a folder of a mode that holds whatever the umask is, and can be removed again.
func mkdir(t *testing.T, dir string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
}

// readOnly takes the right to write from a folder and all folders and files in it.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	walk(t, dir, func(path string, d fs.DirEntry) error {
		if d.IsDir() {
			t.Cleanup(func() { _ = os.Chmod(path, 0o755) })
			return os.Chmod(path, 0o555)
		}
		if strings.HasSuffix(path, "lock") { // a lock that may be taken is not what this is about
			return nil
		}
		return os.Chmod(path, 0o444)
	})
}

// chown gives all of dir to the unprivileged user.
func chown(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	walk(t, dir, func(path string, _ fs.DirEntry) error { return os.Lchown(path, nobody, nobody) })
}

func walk(t *testing.T, dir string, do func(string, fs.DirEntry) error) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return do(path, d)
	})
	if err != nil {
		t.Fatal(err)
	}
}
