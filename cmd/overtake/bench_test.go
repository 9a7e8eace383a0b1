package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// The three figures that the main README quotes, measured on the built program as whole processes:
//
//	go test ./cmd/overtake -run '^$' -bench . -benchtime 7x
//
// "cold" starts in an empty folder each time, "again" in a folder where nothing is new. Each prints the median wall time
// and the largest resident set of its runs.
func BenchmarkProgram(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "overtake")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	b.Run("run/cold", func(b *testing.B) {
		measure(b, func() *exec.Cmd { return exec.Command(bin, "run", "--quiet", "--dir", b.TempDir()) })
	})
	b.Run("run/again", func(b *testing.B) {
		dir := b.TempDir()
		if out, err := exec.Command(bin, "run", "--quiet", "--dir", dir).CombinedOutput(); err != nil {
			b.Fatalf("first run: %v\n%s", err, out)
		}
		b.ResetTimer()
		measure(b, func() *exec.Cmd { return exec.Command(bin, "run", "--quiet", "--dir", dir) })
	})
	b.Run("version", func(b *testing.B) {
		measure(b, func() *exec.Cmd { return exec.Command(bin, "version") })
	})
}

// measure runs one process per iteration and reports the median wall time and the peak memory.
func measure(b *testing.B, command func() *exec.Cmd) {
	var wall []time.Duration
	var peak int64
	for range b.N {
		cmd := command()
		cmd.Stderr = os.Stderr
		start := time.Now()
		if err := cmd.Run(); err != nil {
			b.Fatalf("%s: %v", cmd, err)
		}
		wall = append(wall, time.Since(start))
		if ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, ru.Maxrss) // kilobytes on Linux
		}
	}
	slices.Sort(wall)
	b.ReportMetric(float64(wall[len(wall)/2].Microseconds())/1000, "ms-median")
	b.ReportMetric(float64(peak)/1024, "MB-peak")
}
