package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durabletest"
)

// writeForever is the child of TestKilledWriterLosesNothing: three sources land pages, each from its cursor on, and each
// page is printed once it is acknowledged.
func writeForever(dir string) {
	j, err := Options{SegmentBytes: 4000}.Open(dir)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, source := range []string{"a", "b", "c"} {
		wg.Go(func() {
			cursor, _ := j.Cursor(context.Background(), source)
			n, _ := strconv.Atoi(strings.TrimPrefix(string(cursor), "after-"))
			for {
				n++
				if err := j.Land(context.Background(), page(source, n)); err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(source, n)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// TestKilledWriterLosesNothing kills a writer again and again at no particular moment. Each page that it had
// acknowledged is there, none is there twice, and each source goes on where its cursor stands.
func TestKilledWriterLosesNothing(t *testing.T) {
	dir := t.TempDir()
	acked := map[string]int{}
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 10 {
		runAndKill(t, dir, time.Duration(5+r.IntN(60))*time.Millisecond, acked)
		j := mustOpen(t, Options{SegmentBytes: 4000}, dir)
		pages, err := read(j, 0)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		have := map[string]int{}
		for _, p := range pages {
			have[p.Source]++
			if want := fmt.Sprintf("doc-%d", have[p.Source]); p.Document != want {
				t.Fatalf("round %d: source %s has %s where %s should stand", round, p.Source, p.Document, want)
			}
		}
		for source, n := range acked {
			if have[source] < n {
				t.Fatalf("round %d: %d pages of %s were acknowledged, %d are there", round, n, source, have[source])
			}
			if cursor, _ := j.Cursor(t.Context(), source); cursor != ingest.Cursor(fmt.Sprintf("after-%d", have[source])) {
				t.Fatalf("round %d: cursor %q of %s after %d pages", round, cursor, source, have[source])
			}
		}
		j.Close()
	}
	if acked["a"] == 0 || acked["b"] == 0 || acked["c"] == 0 {
		t.Fatalf("nothing was landed: %v", acked)
	}
}

// runAndKill starts a writer, kills it after a while, and notes what it had acknowledged.
func runAndKill(t *testing.T, dir string, after time.Duration, acked map[string]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "JOURNAL_TEST_WRITER="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	killed := false
	for lines.Scan() {
		source, text, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("writer: %s", lines.Text())
		}
		acked[source] = n
		if !killed { // from the first page on, so that a slow start does not count
			killed = true
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
	}
	cmd.Wait() // it was killed
}

// TestFailingDisk makes each operation of a short run fail in turn, once or for good. A page is acknowledged or it is an
// error, and when the disk is well again the rest arrives.
func TestFailingDisk(t *testing.T) {
	for _, forever := range []bool{false, true} {
		seen := map[string]bool{}
		for failAt := 1; ; failAt++ {
			dir := durabletest.Dir(t)
			disk := &durabletest.FS{FailAt: failAt, Forever: forever}
			acked := landUntilError(t, dir, disk)
			if disk.Failed() == "" {
				for _, op := range []string{"create", "write", "sync", "close", "rename", "sync folder", "open"} {
					if !seen[op] {
						t.Errorf("no %s ever failed", op)
					}
				}
				break
			}
			seen[strings.Join(strings.Fields(disk.Failed())[:len(strings.Fields(disk.Failed()))-1], " ")] = true
			finish(t, dir, acked, disk.Failed())
		}
	}
}

const allPages = 5

// landUntilError lands the pages 1..allPages in two openings of the journal and returns how many were acknowledged.
func landUntilError(t *testing.T, dir string, disk *durabletest.FS) (acked int) {
	t.Helper()
	for acked < allPages {
		j, err := Options{SegmentBytes: 700}.open(dir, disk)
		if err != nil {
			return acked
		}
		stop := min(allPages, acked+3)
		for acked < stop && err == nil {
			if err = j.Land(t.Context(), page("a", acked+1)); err == nil {
				acked++
			} else if again := j.Land(t.Context(), page("a", acked+1)); again == nil {
				t.Fatalf("%s: a page was taken after a write had failed", disk.Failed())
			}
		}
		if closeErr := j.Close(); err != nil || closeErr != nil {
			return acked
		}
	}
	return acked
}

// finish opens the journal on a healthy disk, checks that what was acknowledged is there, and lands the rest.
func finish(t *testing.T, dir string, acked int, what string) {
	t.Helper()
	j, err := Options{SegmentBytes: 700}.Open(dir)
	if err != nil {
		t.Fatalf("after %s: %v", what, err)
	}
	defer j.Close()
	if last := int(j.Last()); last < acked || last > acked+1 {
		t.Fatalf("after %s: %d pages, want the %d acknowledged ones and at most one more", what, last, acked)
	}
	for n := int(j.Last()) + 1; n <= allPages; n++ {
		mustLand(t, j, page("a", n))
	}
	checkPages(t, j, 0, numbered("a", 1, allPages))
	if _, err := j.Verify(t.Context()); err != nil {
		t.Fatalf("after %s: %v", what, err)
	}
}

// TestPowerCuts stops the disk at each operation and then takes back what was not synced.
func TestPowerCuts(t *testing.T) {
	for seed := range uint64(4) {
		for failAt := 1; ; failAt++ {
			dir := durabletest.Dir(t)
			disk := &durabletest.FS{FailAt: failAt, Forever: true}
			acked := landUntilError(t, dir, disk)
			if disk.Failed() == "" {
				break
			}
			if err := disk.PowerCut(rand.New(rand.NewPCG(seed, uint64(failAt)))); err != nil {
				t.Fatal(err)
			}
			finish(t, dir, acked, fmt.Sprintf("a power cut at %q", disk.Failed()))
		}
	}
}

func TestFullDiskSaysSo(t *testing.T) {
	disk := &durabletest.FS{FailAt: 1, Forever: true}
	dir := durabletest.Dir(t)
	j, err := Options{}.open(dir, disk)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	err = j.Land(t.Context(), page("a", 1))
	if !errors.Is(err, durabletest.ErrFull.Err) || !strings.Contains(err.Error(), "doc-1") {
		t.Errorf("Land on a full disk: %v, want the cause and the document", err)
	}
}

// TestStartedPagesAreAPrefix cuts the power while several pages are under way: of those started, the first ones are there
// and none behind a missing one, and the cursor stands behind the last of them.
func TestStartedPagesAreAPrefix(t *testing.T) {
	kept := map[int]bool{}
	for seed := range uint64(8) {
		for failAt := 1; ; failAt++ {
			dir := durabletest.Dir(t)
			disk := &durabletest.FS{FailAt: failAt, Forever: true}
			acked := startAll(t, dir, disk)
			if disk.Failed() == "" {
				break
			}
			if err := disk.PowerCut(rand.New(rand.NewPCG(seed, uint64(failAt)))); err != nil {
				t.Fatal(err)
			}
			j := mustOpen(t, Options{SegmentBytes: 700}, dir)
			pages, err := read(j, 0)
			if err != nil || len(pages) < acked {
				t.Fatalf("power cut at %q: %d pages, %v, want the %d acknowledged ones", disk.Failed(), len(pages), err, acked)
			}
			for i, p := range pages {
				if want := page("a", i+1); p.Document != want.Document {
					t.Fatalf("power cut at %q: page %d is %s", disk.Failed(), i+1, p.Document)
				}
			}
			want := ingest.Cursor("")
			if n := len(pages); n > 0 {
				want = page("a", n).Next
			}
			if c, _ := j.Cursor(t.Context(), "a"); c != want {
				t.Fatalf("power cut at %q: cursor %q behind %d pages", disk.Failed(), c, len(pages))
			}
			kept[len(pages)] = true
			j.Close()
		}
	}
	if len(kept) < 3 {
		t.Errorf("the cuts left %v pages, want more variety", kept)
	}
}

// startAll starts nine pages, three at a time, and returns how many were acknowledged.
func startAll(t *testing.T, dir string, disk *durabletest.FS) (acked int) {
	t.Helper()
	j, err := Options{SegmentBytes: 700}.open(dir, disk)
	if err != nil {
		return 0
	}
	defer j.Close()
	for n := 1; n <= 9; n += 3 {
		var waits []func() error
		for k := range 3 {
			wait, err := j.Start(t.Context(), page("a", n+k))
			if err != nil {
				t.Fatal(err)
			}
			waits = append(waits, wait)
		}
		for _, wait := range waits {
			if wait() != nil {
				return acked
			}
			acked++
		}
	}
	return acked
}
