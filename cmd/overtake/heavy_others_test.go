//go:build heavy

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
)

// otherProcesses lets programs meet in one folder.
func (l *lab) otherProcesses(t *testing.T) {
	t.Run("a second writer", l.parallel(l.secondWriter))
	t.Run("many writers at once", l.parallel(l.manyWriters))
	t.Run("a reader while something is published", l.parallel(l.readerInside))
	t.Run("a query that runs long meanwhile", l.parallel(l.longQuery))
	t.Run("a foreign writer", l.parallel(l.foreignWriter))
}

func (l *lab) secondWriter(t *testing.T) {
	dir := fresh(t)
	first := l.command("run", "--quiet", "--dir", dir)
	stderr, err := first.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	waitForLock(dir)
	if err := first.Process.Signal(unix.SIGSTOP); err != nil { // so that it cannot be done too soon
		t.Fatal(err)
	}
	want := []string{dir + " is in use by another overtake (process " + fmt.Sprint(first.Process.Pid) + ")", "try: wait for it to end"}
	for _, command := range []string{"run", "load", "rebuild"} {
		if command == "rebuild" && !exists(filepath.Join(dir, "journal")) {
			continue // then there is nothing to rebuild from, which it says first
		}
		l.fails(t, want, command, "--dir", dir)
	}
	if err := first.Process.Signal(unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(stderr)
	if err := first.Wait(); err != nil {
		t.Fatalf("the run that was first: %v\n%s", err, said)
	}
	l.inOrder(t, dir, l.first)
}

func (l *lab) manyWriters(t *testing.T) {
	dir := fresh(t)
	ended := make(chan answer)
	const n = 5
	for range n {
		go func() { ended <- l.try(t, "run", "--json", "--dir", dir) }()
	}
	won := 0
	for range n {
		switch a := <-ended; a.code {
		case exitOK:
			won++
			if a.out.ReportHash != l.first.hash {
				t.Errorf("a run that won has report hash %q, want %q", a.out.ReportHash, l.first.hash)
			}
		default:
			a.mustSay(t, exitFailed, "is in use by another overtake")
		}
	}
	if won == 0 {
		t.Error("no run won")
	}
	l.inOrder(t, dir, l.first)
}

func (l *lab) readerInside(t *testing.T) {
	dir := l.done(t)
	addOwn(t, dir)
	ctx := context.Background()
	db, err := warehouse.Open(ctx, filepath.Join(dir, "overtake.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	readings := func() int64 {
		n, err := count(ctx, db, "select count(distinct (source_url, metric, value)) from marts.platform_readings")
		if err != nil {
			t.Fatalf("the reader is disturbed: %v", err)
		}
		return n
	}
	before := readings()
	l.run(t, "run", "--dir", dir)
	l.run(t, "rebuild", "--dir", dir)
	if after := readings(); after != before {
		t.Errorf("the reader saw %d readings before the runs and sees %d after them", before, after)
	}
	if rows := tableRows(t, dir); !cmp.Equal(rows, l.second.rows) {
		t.Errorf("who opens it now does not see the new figures: %s", cmp.Diff(l.second.rows, rows))
	}
}

func (l *lab) longQuery(t *testing.T) {
	dir := l.done(t)
	addOwn(t, dir)
	// Some hundred million rows, and the table is read again for each part of the union.
	part := "select count(*) as n from marts.platform_readings a, marts.platform_readings b, range(30) r where a.value + r.range > b.value"
	query := l.command("query", "--format", "csv", "--dir", dir, strings.Repeat(part+" union all ", 6)+"select count(*) from marts.platform_readings")
	done := make(chan answer)
	go func() { done <- l.finish(t, query) }()
	time.Sleep(150 * time.Millisecond) // it has opened the file by then, or it sees the new one from the start
	l.run(t, "run", "--dir", dir)
	a := <-done
	a.mustSay(t, exitOK)
	lines := strings.Fields(a.stdout)
	if len(lines) != 8 {
		t.Fatalf("the query prints %d lines, want 8:\n%s%s", len(lines), a.stdout, a.stderr)
	}
	got := lines[len(lines)-1]
	for _, s := range []state{l.first, l.second} {
		if got == fmt.Sprint(s.rows["marts.platform_readings"]) {
			return
		}
	}
	t.Errorf("the query counts %s readings, want those of the old or of the new file", got)
}

// foreignWriter holds the lock that DuckDB takes on a file that it opens for writing.
func (l *lab) foreignWriter(t *testing.T) {
	dir := l.done(t)
	addOwn(t, dir)
	path := filepath.Join(dir, "overtake.duckdb")
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		t.Fatal(err)
	}
	want := []string{path, "another process has it open for writing: close it"}
	l.fails(t, want, "run", "--dir", dir)
	l.fails(t, want, "query", "--dir", dir, "select 1")
	l.fails(t, want, "status", "--dir", dir)
	l.fails(t, want, "verify", "--dir", dir)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	l.whole(t, dir, l.first)
	l.recovers(t, dir, l.second)
}
