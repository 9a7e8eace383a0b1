package follows

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest/follows/generate"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

var at = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func textInput(name, text string) Input {
	return Input{Name: name, Size: int64(len(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func open(t *testing.T) *lake.Lake {
	t.Helper()
	lk, err := lake.Open(t.TempDir() + "/lake")
	if err != nil {
		t.Fatal(err)
	}
	return lk
}

func options(t *testing.T, format string) Options {
	return Options{Format: format, Platform: "twitter", Temp: t.TempDir(), At: at, Threads: 2}
}

// listsOf reads all lists, by the native ids of the accounts.
func listsOf(t *testing.T, lk *lake.Lake) map[string][]uint32 {
	t.Helper()
	ctx := context.Background()
	lists, err := lk.FollowerLists(ctx, "twitter", nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]uint32{}
	for _, l := range lists {
		c, err := l.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		begin := len(all[l.NativeID])
		for {
			part, err := c.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all[l.NativeID] = append(all[l.NativeID], part...)
			n += int64(len(part))
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if want, err := l.Len(ctx); err != nil || n != want {
			t.Errorf("account %s: Len %d, cursor gives %d (%v)", l.NativeID, want, n, err)
		}
		if got := all[l.NativeID][begin:]; !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != int(n) {
			t.Errorf("account %s: not ascending and distinct", l.NativeID)
		}
	}
	return all
}

// plain is what the graph is by simple means: for each account its followers, by their rank among all followers.
func plain(text string) map[string][]uint32 {
	lists := map[string]map[uint64]bool{}
	people := map[uint64]uint32{}
	for line := range strings.Lines(text) {
		var a, f uint64
		fmt.Sscan(line, &a, &f)
		if a == f {
			continue
		}
		k := fmt.Sprint(a)
		if lists[k] == nil {
			lists[k] = map[uint64]bool{}
		}
		lists[k][f] = true
		people[f] = 0
	}
	for i, f := range slices.Sorted(maps.Keys(people)) {
		people[f] = uint32(i)
	}
	want := map[string][]uint32{}
	for k, l := range lists {
		for f := range l {
			want[k] = append(want[k], people[f])
		}
		slices.Sort(want[k])
	}
	return want
}

func TestImportEqualsPlainCounting(t *testing.T) {
	graphs := map[string]string{
		"small": "9\t1\n9\t2\n1\t9\n",
		"messy": "9\t1\n9\t1\n7\t7\n9\t2\n1\t9\n18446744073709551615\t4294967296\n9\t4294967295\n9\t4294967296\n9\t18446744073709551615\n9\t0\n",
	}
	for _, o := range []generate.Options{
		{Edges: 60_000, Users: 20_000, Accounts: 30, Seed: 1},
		{Edges: 60_000, Users: 9_000, Accounts: 2_000, Seed: 2},
	} {
		var b bytes.Buffer
		if _, err := generate.Generate(context.Background(), o, &b); err != nil {
			t.Fatal(err)
		}
		graphs[fmt.Sprint(o.Accounts, " accounts")] = b.String()
	}
	for name, text := range graphs {
		for _, memory := range []int64{0, 1} { // 1: everything that can be spilled is
			t.Run(fmt.Sprint(name, memory), func(t *testing.T) {
				lk := open(t)
				o := options(t, "twitter_rv")
				o.Memory = cmp.Or(memory*8<<20, 0)
				res, err := Import(context.Background(), lk, []Input{textInput("graph.txt", text)}, o)
				if err != nil {
					t.Fatal(err)
				}
				got, want := listsOf(t, lk), plain(text)
				if !maps.EqualFunc(got, want, slices.Equal) {
					t.Errorf("%d lists differ from the %d wanted", len(got), len(want))
				}
				if n := int64(strings.Count(text, "\n")); res.Lines != n || res.Follows+res.Duplicates+res.SelfFollows != n {
					t.Errorf("%+v does not add up to %d lines", res, n)
				}
				if _, err := lk.Verify(context.Background()); err != nil {
					t.Error(err)
				}
				if _, err := Import(context.Background(), lk, []Input{textInput("again.txt", text)}, o); !errors.Is(err, ErrKnown) {
					t.Errorf("second import: %v", err)
				}
			})
		}
	}
}
