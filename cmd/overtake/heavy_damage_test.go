//go:build heavy

package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A damage is one way in which a finished folder can be broken.
type damage struct {
	name string
	do   func(*testing.T, string) // given the folder
	// verify must exit with 1 and say these words, unless there are none: then it must find all in order.
	verify []string
	// run must exit with 1 and say these words, unless there are none: then it must succeed.
	run []string
	// cure is the command that the messages name; "copy" puts the journal back, "" needs none.
	cure string
	// onlyVerify says that a run with nothing new has no reason to look at what is damaged.
	onlyVerify bool
}

// damaged breaks files, one at a time.
func (l *lab) damaged(t *testing.T) {
	for _, d := range append(append(lakeDamages(), journalDamages()...), append(warehouseDamages(), reportDamages()...)...) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			dir := l.done(t)
			d.do(t, dir)
			if len(d.verify) > 0 {
				l.fails(t, d.verify, "verify", "--dir", dir)
			}
			switch {
			case len(d.run) > 0:
				l.fails(t, d.run, "run", "--dir", dir)
				l.cure(t, dir, d.cure)
			case d.onlyVerify:
				l.cure(t, dir, d.cure)
			}
			l.recovers(t, dir, l.first)
		})
	}
	t.Run("rebuild with a damaged journal deletes nothing", func(t *testing.T) {
		t.Parallel()
		dir := l.done(t)
		flip(oneOf("journal/*.otj"), 0.5)(t, dir)
		l.fails(t, []string{".otj is damaged"}, "rebuild", "--dir", dir)
		l.whole(t, dir, l.first)
		l.run(t, "query", "--dir", dir, "select 1")
		l.cure(t, dir, "copy")
		l.recovers(t, dir, l.first)
	})
	t.Run("any bit of any file", l.anyBit)
}

// cure does what a message named.
func (l *lab) cure(t *testing.T, dir, how string) {
	t.Helper()
	switch how {
	case "":
	case "copy":
		for _, name := range []string{"journal"} {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(l.shut, name))); err != nil {
				t.Fatal(err)
			}
		}
	case "move":
		if err := os.Rename(filepath.Join(dir, "report"), dir+"-aside"); err != nil {
			t.Fatal(err)
		}
	default:
		a := l.run(t, how, "--dir", dir, "--json")
		if a.out.ReportHash != l.first.hash {
			t.Errorf("after overtake %s the report hash is %q, want %q", how, a.out.ReportHash, l.first.hash)
		}
	}
}

func lakeDamages() []damage {
	part := oneOf("lake/snapshots/platform=twitter/*/part-*.parquet")
	commit := oneOf("lake/_commits/000001.json")
	var all []damage
	for _, how := range []struct {
		name string
		do   func(*testing.T, string)
	}{
		{"cut short", cut(part, 0.7)}, {"with a flipped bit", flip(part, 0.4)}, {"deleted", remove(part)},
	} {
		all = append(all,
			damage{name: "lake file " + how.name, do: how.do, onlyVerify: true,
				verify: []string{"lake/snapshots/platform=twitter/", ".parquet", "try: overtake rebuild"}, cure: "rebuild"},
			damage{name: "lake file to be loaded " + how.name, do: both(how.do, remove(oneOf("overtake.duckdb"))),
				verify: []string{".parquet"}, run: []string{"platform=twitter/", ".parquet", "try: overtake rebuild --dir"}, cure: "rebuild"},
		)
	}
	for _, how := range []struct {
		name string
		do   func(*testing.T, string)
	}{
		{"cut short", cut(commit, 0.7)}, {"with a flipped bit", flip(commit, 0.4)}, {"emptied", cut(commit, 0)}, {"of garbage", garbage(commit)},
	} {
		all = append(all, damage{name: "commit " + how.name, do: how.do,
			verify: []string{"000001.json", "try: overtake rebuild"}, run: []string{"000001.json", "overtake rebuild"}, cure: "rebuild"})
	}
	return append(all,
		damage{name: "commit deleted", do: remove(commit)}, // an orphaned lake is written again
		damage{name: "lake deleted", do: remove(oneOf("lake")), verify: []string{"there is no lake"}},
		damage{name: "commit of a newer version", do: replace(commit, `"format": 1`, `"format": 7`),
			run: []string{"000001.json", "newer"}, verify: []string{"000001.json"}, cure: "rebuild"},
	)
}

func journalDamages() []damage {
	segment := oneOf("journal/*.otj")
	restore := []string{".otj", "damaged at byte", "restore the file from a copy"}
	return []damage{
		{name: "journal flipped in the middle", do: flip(segment, 0.5), verify: restore, run: restore, cure: "copy"},
		{name: "journal flipped in its header", do: flip(segment, 0.0001), verify: []string{".otj"}, run: []string{".otj"}, cure: "copy"},
		{name: "journal emptied", do: cut(segment, 0), verify: restore, run: restore, cure: "copy"},
		{name: "journal of garbage", do: garbage(segment), verify: []string{".otj"}, run: []string{".otj"}, cure: "copy"},
		{name: "journal torn at the end", do: grow1(segment, []byte("half of a record"))},
		{name: "journal and lake lost", do: both(remove(oneOf("journal")), remove(oneOf("lake")))},
	}
}

func warehouseDamages() []damage {
	file := oneOf("overtake.duckdb")
	found := []string{"overtake.duckdb"}
	return []damage{
		{name: "warehouse of garbage", do: garbage(file), verify: found},
		{name: "warehouse cut short", do: cut(file, 0.6), verify: found},
		{name: "warehouse cut to its header", do: cut(file, 0.003), verify: found},
		{name: "warehouse emptied", do: cut(file, 0), verify: found},
		{name: "warehouse deleted", do: remove(file), verify: []string{"there is no warehouse"}},
		{name: "warehouse of another DuckDB", do: poke(file, 12, 99), verify: found},
		{name: "warehouse with a flipped bit", do: flip(file, 0.5), verify: found},
		{name: "unfinished next warehouse", do: both(create("next.duckdb", "half"), create("next.duckdb.wal", "half"))},
		{name: "unfinished next warehouse with spilled data", do: create("next.duckdb.tmp/spill", "half")},
	}
}

func reportDamages() []damage {
	page := oneOf("report/index.html")
	return []damage{
		{name: "report page flipped", do: flip(page, 0.5), verify: []string{"changed: index.html", "try: overtake report"}, onlyVerify: true, cure: "report"},
		{name: "report page cut", do: cut(page, 0.5), verify: []string{"changed: index.html"}, onlyVerify: true, cure: "report"},
		{name: "report chart deleted", do: remove(oneOf("report/charts/families-picture.svg")), verify: []string{"missing: charts/families-picture.svg"}, onlyVerify: true, cure: "report"},
		{name: "report deleted", do: remove(oneOf("report"))},
		{name: "report manifest of garbage", do: garbage(oneOf("report/manifest.json")), verify: []string{"report"}, run: []string{"move this one away"}, cure: "move"},
		{name: "unfinished report", do: create(".report.new-123/index.html", "half")},
	}
}

// anyBit flips bits anywhere. Whatever it hits, verify says so or the bit belonged to nothing, and nothing panics.
func (l *lab) anyBit(t *testing.T) {
	t.Parallel()
	where := rand.New(rand.NewPCG(3, 3))
	for _, pattern := range []string{"journal/*.otj", "lake/_commits/*.json", "lake/*/platform=*/day=*/*.parquet", "overtake.duckdb", "report/tables/*.csv"} {
		for range 3 {
			dir := l.done(t)
			at := where.Float64()
			flip(oneOf(pattern), at)(t, dir)
			checked := l.try(t, "verify", "--dir", dir)
			a := l.try(t, "run", "--dir", dir, "--json")
			switch {
			case a.code == exitOK && a.out.ReportHash != l.first.hash:
				t.Errorf("%s flipped at %.3f: a run succeeds with another report hash", pattern, at)
			case a.code != exitOK && checked.code == exitOK:
				t.Errorf("%s flipped at %.3f: run fails, verify finds nothing:\n%s", pattern, at, a.stderr)
			case checked.code == exitOK && pattern != "overtake.duckdb": // which has free blocks
				t.Errorf("%s flipped at %.3f: verify finds nothing", pattern, at)
			case a.code != exitOK && !strings.Contains(a.stderr, "overtake rebuild") && !strings.HasPrefix(pattern, "journal"):
				t.Errorf("%s flipped at %.3f: the message names no cure:\n%s", pattern, at, a.stderr)
			}
			l.whole(t, dir, l.first)
		}
	}
}

// oneOf finds the first file below a folder that fits the pattern.
func oneOf(pattern string) func(*testing.T, string) string {
	return func(t *testing.T, dir string) string {
		t.Helper()
		found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil || len(found) == 0 {
			t.Fatalf("nothing fits %s in %s: %v", pattern, dir, err)
		}
		return found[0]
	}
}

type finder func(*testing.T, string) string

// change rewrites a file.
func change(find finder, edit func([]byte) []byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := find(t, dir)
		old := readFile(t, name)
		changed := edit(bytes.Clone(old))
		if bytes.Equal(old, changed) {
			t.Fatalf("%s was not changed", name)
		}
		writeFile(t, name, changed)
	}
}

func flip(find finder, at float64) func(*testing.T, string) {
	return change(find, func(b []byte) []byte { b[int(at*float64(len(b)))] ^= 0x10; return b })
}

func cut(find finder, keep float64) func(*testing.T, string) {
	return change(find, func(b []byte) []byte { return b[:int(keep*float64(len(b)))] })
}

func garbage(find finder) func(*testing.T, string) {
	return change(find, func(b []byte) []byte { return bytes.Repeat([]byte("garbage "), len(b)/8+1) })
}

func grow1(find finder, tail []byte) func(*testing.T, string) {
	return change(find, func(b []byte) []byte { return append(b, tail...) })
}

func poke(find finder, at int, value byte) func(*testing.T, string) {
	return change(find, func(b []byte) []byte { b[at] = value; return b })
}

func replace(find finder, old, with string) func(*testing.T, string) {
	return change(find, func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) })
}

func remove(find finder) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.RemoveAll(find(t, dir)); err != nil {
			t.Fatal(err)
		}
	}
}

func create(name, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		writeFile(t, filepath.Join(dir, name), []byte(text))
	}
}

func both(a, b func(*testing.T, string)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		a(t, dir)
		b(t, dir)
	}
}
