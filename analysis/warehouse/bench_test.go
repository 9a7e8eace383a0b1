package warehouse_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// BenchmarkFirstRun makes the warehouse of the shipped history from nothing.
func BenchmarkFirstRun(b *testing.B) {
	benchmark(b, func() folder { return newFolder(b) })
}

// BenchmarkNothingNew runs again where the lake has nothing new.
func BenchmarkNothingNew(b *testing.B) {
	f := publishedFolder(b)
	benchmark(b, func() folder { return f })
}

// BenchmarkDay365 adds one day's readings of 100 accounts to a year of them; BenchmarkDay2 adds it to one day. A day
// should cost what the day brings.
func BenchmarkDay365(b *testing.B) { benchmarkDay(b, 364) }
func BenchmarkDay2(b *testing.B)   { benchmarkDay(b, 1) }

func benchmarkDay(b *testing.B, before int) {
	base := newFolder(b)
	addDays(b, base.lake(), 0, before)
	base.run()
	addDays(b, base.lake(), before, 1)
	benchmark(b, func() folder {
		f := folder{b, filepath.Join(b.TempDir(), "folder")}
		if err := os.CopyFS(f.dir, os.DirFS(base.dir)); err != nil {
			b.Fatal(err)
		}
		return f
	})
}

// benchmark runs in a new folder each time. It reports the processor's time beside the clock's, as on a machine that
// others use too only the first tells two versions apart.
func benchmark(b *testing.B, next func() folder) {
	var used time.Duration
	for b.Loop() {
		b.StopTimer()
		f := next()
		before := processorTime(b)
		b.StartTimer()
		d, _, err := attempt(b.Context(), f.options())
		if err != nil {
			b.Fatal(err)
		}
		d.Discard()
		used += processorTime(b) - before
	}
	b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
