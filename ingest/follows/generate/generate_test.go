package generate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
)

func text(t *testing.T, o Options) ([]byte, Stats) {
	t.Helper()
	var b bytes.Buffer
	st, err := Generate(context.Background(), o, &b)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), st
}

func TestGraphIsAsAskedFor(t *testing.T) {
	o := Options{Edges: 200_000, Users: 100_000, Accounts: 40, Seed: 7}
	b, st := text(t, o)
	if d := math.Abs(float64(st.Edges - o.Edges)); d > 5*math.Sqrt(float64(o.Edges)) {
		t.Errorf("%d edges, want %d within five standard deviations", st.Edges, o.Edges)
	}
	if int(st.Bytes) != len(b) {
		t.Errorf("says %d bytes, wrote %d", st.Bytes, len(b))
	}
	seen := map[[2]int64]bool{}
	size := map[int64]int{}
	follows := map[int64]int{}
	for line := range bytes.Lines(b) {
		var account, user int64
		if _, err := fmt.Sscanf(string(line), "%d\t%d\n", &account, &user); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		if seen[[2]int64{account, user}] || account == user || user < 1 || user > o.Users {
			t.Fatalf("line %q repeats, follows itself or has an id out of range", line)
		}
		seen[[2]int64{account, user}] = true
		size[account]++
		follows[user]++
	}
	if len(seen) != int(st.Edges) || len(size) != o.Accounts {
		t.Errorf("%d edges to %d accounts, want %d to %d", len(seen), len(size), st.Edges, o.Accounts)
	}
	if first, tenth := size[1], size[1+9*o.Users/int64(o.Accounts)]; first < 5*tenth {
		t.Errorf("largest account %d, tenth %d followers: want Zipf, about ten to one", first, tenth)
	}
	most := 0
	for _, n := range follows {
		most = max(most, n)
	}
	if mean := float64(st.Edges) / float64(len(follows)); float64(most) < 4*mean {
		t.Errorf("busiest user follows %d, mean %.1f: want unequal users", most, mean)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	o := Options{Edges: 150_000, Users: 120_000, Accounts: 10, Seed: 3, Threads: 1}
	one, _ := text(t, o)
	o.Threads = 5
	five, _ := text(t, o)
	if !bytes.Equal(one, five) {
		t.Error("five threads give other bytes than one")
	}
	o.Seed = 4
	if other, _ := text(t, o); bytes.Equal(one, other) {
		t.Error("another seed gives the same bytes")
	}
}

// A full fails after some bytes, as a full disk does.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestStopsEarly(t *testing.T) {
	o := Options{Edges: 3_000_000, Users: 1_000_000, Accounts: 10}
	if _, err := Generate(context.Background(), o, &full{1 << 20}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("full disk: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Generate(ctx, o, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, bad := range []Options{{}, {Edges: 10, Users: 2, Accounts: 3}, {Edges: 1000, Users: 10, Accounts: 10}, {Edges: 5, Users: 1 << 33, Accounts: 1}} {
		if _, err := Generate(context.Background(), bad, io.Discard); err == nil {
			t.Errorf("%+v gave no error", bad)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		st, err := Generate(context.Background(), Options{Edges: 8_000_000, Users: 2_000_000, Accounts: 100}, io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(st.Bytes)
	}
}
