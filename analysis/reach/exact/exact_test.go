package exact

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/overtake-analytics/overtake/analysis/reach"
)

// A memory is a list in memory, given out in uneven pieces.
type memory struct {
	followers []uint32
	piece     int
	closed    *int
}

func (m *memory) Next() ([]uint32, error) {
	if len(m.followers) == 0 {
		return nil, io.EOF
	}
	m.piece = m.piece%977 + 1
	n := min(m.piece, len(m.followers))
	out := m.followers[:n]
	m.followers = m.followers[n:]
	return out, nil
}

func (m *memory) Close() error { *m.closed++; return nil }

func account(s reach.Set, closed *int) Account {
	return Account{s.Account, int64(len(s.Followers)), func(context.Context) (Cursor, error) {
		return &memory{s.Followers, 0, closed}, nil
	}}
}

// run counts the sets with so many threads.
func run(t interface{ Fatal(...any) }, sets []reach.Set, threads int) *reach.Result {
	var accounts []Account
	closed := 0
	for _, s := range sets {
		accounts = append(accounts, account(s, &closed))
	}
	r, err := Run(context.Background(), accounts, Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	if closed != len(sets) {
		t.Fatal("cursors closed:", closed, "of", len(sets))
	}
	return r
}

// shapes are graphs that differ in what they ask of the walk.
func shapes() map[string][]reach.Set {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(users uint32, share float64, from uint32) []uint32 {
		var f []uint32
		for u := range users {
			if rng.Float64() < share {
				f = append(f, from+u)
			}
		}
		return f
	}
	out := map[string][]reach.Set{"none": nil, "one empty": {{Account: 3}}, "all empty": {{Account: 3}, {Account: 1}}}
	var zipf, uniform, disjoint, identical, giant, wide, many []reach.Set
	same := random(30_000, .3, 70)
	for a := range uint32(70) {
		zipf = append(zipf, reach.Set{Account: a, Followers: random(40_000, .8/float64(a+1), 5)})
		many = append(many, reach.Set{Account: a, Followers: random(500, .5, 0)}, reach.Set{Account: 100 + a, Followers: random(500, .02, 0)})
	}
	for a := range uint32(12) {
		uniform = append(uniform, reach.Set{Account: a, Followers: random(50_000, .2, 1<<20-25_000)}) // across two windows
		disjoint = append(disjoint, reach.Set{Account: a, Followers: random(3000, .5, a*3000)})
		identical = append(identical, reach.Set{Account: 12 - a, Followers: same})
		wide = append(wide, reach.Set{Account: a, Followers: []uint32{0, 63 + a, 64, 1 << 20, 1<<31 + a, math.MaxUint32 - 64, math.MaxUint32}})
	}
	wide[3].Followers = slices.Compact(wide[3].Followers)
	wide[1].Followers = []uint32{math.MaxUint32}
	giant = append(slices.Clone(uniform[:5]), reach.Set{Account: 99, Followers: random(1_200_000, .6, 0)})
	for _, s := range [][]reach.Set{wide} {
		for i := range s {
			slices.Sort(s[i].Followers)
			s[i].Followers = slices.Compact(s[i].Followers)
		}
	}
	out["zipf"], out["uniform"], out["disjoint"], out["identical"] = zipf, uniform, disjoint, identical
	out["ends of the range"], out["140 accounts"], out["one giant"] = wide, many, giant
	return out
}

func TestEqualsPlainCounting(t *testing.T) {
	for name, sets := range shapes() {
		t.Run(name, func(t *testing.T) {
			want := reach.FromSets(sets)
			for _, threads := range []int{1, 2, 7} {
				got := run(t, sets, threads)
				if d := cmp.Diff(want, got, cmp.AllowUnexported(reach.Pairs{})); d != "" {
					t.Fatalf("%d threads: %s", threads, d[:min(len(d), 2000)])
				}
				if err := got.Check(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestEqualsPlainCountingAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sets []reach.Set
		for i := range rapid.IntRange(0, 70).Draw(t, "accounts") {
			f := rapid.SliceOfN(rapid.Uint32Range(0, 200), 0, 40).Draw(t, "followers")
			slices.Sort(f)
			sets = append(sets, reach.Set{Account: uint32(i), Followers: slices.Compact(f)})
		}
		if d := cmp.Diff(reach.FromSets(sets), run(t, sets, 2), cmp.AllowUnexported(reach.Pairs{})); d != "" {
			t.Fatal(d)
		}
	})
}

// TestEqualMasksMerge adds the weights of equal masks up.
func TestEqualMasksMerge(t *testing.T) {
	m := &masks{width: 2}
	rng := rand.New(rand.NewPCG(3, 4))
	count := map[[2]uint64]uint64{}
	for range 5000 {
		key := [2]uint64{rng.Uint64N(7), rng.Uint64N(7)}
		m.flat = append(m.flat, key[0], key[1], 1)
		count[key]++
	}
	m.merge()
	if m.rows() != len(count) {
		t.Fatalf("%d rows after merging, want %d", m.rows(), len(count))
	}
	for i := 0; i < len(m.flat); i += 3 {
		if want := count[[2]uint64{m.flat[i], m.flat[i+1]}]; m.flat[i+2] != want {
			t.Errorf("mask %v weighs %d, want %d", m.flat[i:i+2], m.flat[i+2], want)
		}
	}
}

func TestTranspose(t *testing.T) {
	var a, b [64]uint64
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range a {
		a[i] = rng.Uint64()
	}
	b = a
	transpose64(&b)
	for i := range a {
		for j := range a {
			if a[i]>>j&1 != b[j]>>i&1 {
				t.Fatalf("bit %d of row %d did not go to bit %d of row %d", j, i, i, j)
			}
		}
	}
}

func TestBadListsAreRefused(t *testing.T) {
	closed := 0
	ok := account(reach.Set{Account: 1, Followers: []uint32{1, 2}}, &closed)
	for name, c := range map[string]struct {
		a    Account
		want string
	}{
		"unsorted": {account(reach.Set{Account: 2, Followers: []uint32{5, 3}}, &closed), "not sorted"},
		"twice":    {account(reach.Set{Account: 2, Followers: []uint32{5, 5}}, &closed), "twice"},
		"short":    {Account{2, 9, account(reach.Set{Followers: []uint32{5}}, &closed).Open}, "index says 9"},
		"no file":  {Account{2, 9, func(context.Context) (Cursor, error) { return nil, io.ErrUnexpectedEOF }}, "open followers of account 2"},
	} {
		_, err := Run(context.Background(), []Account{ok, c.a}, Options{Threads: 2})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, []Account{ok}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	var sets []Account
	for _, s := range shapes()["zipf"] {
		sets = append(sets, account(s, &closed))
	}
	if _, err := Run(context.Background(), sets, Options{Memory: 1 << 12}); !errors.Is(err, ErrMemory) {
		t.Errorf("4 KiB of memory: %v, want ErrMemory", err)
	}
	if r, err := Run(context.Background(), sets, Options{Memory: 1 << 12, NoGreedy: true}); err != nil || r.Greedy != nil {
		t.Errorf("without the order: %v", err)
	}
}
