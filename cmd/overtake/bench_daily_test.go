package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// What a daily run costs in a young and in an old folder: each iteration adds a day's file with the followers of a
// hundred accounts on each of two platforms and runs everything.
//
//	go test ./cmd/overtake -run '^$' -bench Daily -benchtime 5x
//
// It prints the median processor time (user and system), which other programs on the machine disturb less than wall time.
func BenchmarkDaily(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "overtake")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for _, before := range []int{1, 364} {
		b.Run(fmt.Sprintf("day %d", before+1), func(b *testing.B) { daily(b, bin, before) })
	}
}

// daily runs the program on each of b.N days after those before, which come in one run.
func daily(b *testing.B, bin string, before int) {
	dir, own := b.TempDir(), b.TempDir()
	config := filepath.Join(dir, "overtake.toml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "[history]\ndir = %q\n", own), 0o644); err != nil {
		b.Fatal(err)
	}
	for day := range before {
		aDay(b, own, day)
	}
	run := func() time.Duration {
		cmd := exec.Command(bin, "run", "--quiet", "--config", config, "--dir", filepath.Join(dir, "data"))
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%s: %v\n%s", cmd, err, out)
		}
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	run()
	b.ResetTimer()
	var spent []time.Duration
	for i := range b.N {
		aDay(b, own, before+i)
		spent = append(spent, run())
	}
	slices.Sort(spent)
	b.ReportMetric(float64(spent[len(spent)/2].Milliseconds()), "cpu-ms-median")
}

// aDay writes the file of a day: followers that grow a little and not evenly.
func aDay(b *testing.B, own string, day int) {
	on := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day).Format(time.DateOnly)
	text := []byte("platform,account,display_name,as_of,precision,published_on,published_basis,followers,rank,category,source_url,note\n")
	for _, platform := range []string{"twitter", "sina_weibo"} {
		for a := range 100 {
			text = fmt.Appendf(text, "%s,acc%03d,Account %d,%s,day,%s,url,%d,,,https://example.org/%s,\n", platform, a, a, on, on,
				1_000_000*(a+1)+1000*day+a*day%977, platform)
		}
	}
	if err := os.WriteFile(filepath.Join(own, fmt.Sprintf("account_followers-%03d.csv", day)), text, 0o644); err != nil {
		b.Fatal(err)
	}
}
