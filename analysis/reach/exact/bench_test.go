package exact

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// crowd makes the lists of 100 accounts of Zipf sizes among so many people, the largest followed by share of them.
func crowd(users int, share float64) (lists [][]uint32, follows int64) {
	rng := rand.New(rand.NewPCG(1, 2))
	activity := make([]float64, users)
	for u := range activity {
		activity[u] = math.Exp(rng.NormFloat64() - .5)
	}
	for a := range 100 {
		var f []uint32
		for u := range activity {
			if rng.Float64() < min(.98, share/float64(a+1)*activity[u]) {
				f = append(f, uint32(u))
			}
		}
		follows += int64(len(f))
		lists = append(lists, f)
	}
	return lists, follows
}

// BenchmarkRun counts 100 accounts at four numbers of people, lists in memory: the count without the reading.
func BenchmarkRun(b *testing.B) {
	for _, users := range []int{250_000, 500_000, 1_000_000, 2_000_000} {
		lists, follows := crowd(users, .77)
		var accounts []Account
		for a, f := range lists {
			accounts = append(accounts, InMemory(uint32(a), f))
		}
		b.Run(fmt.Sprintf("follows=%d", follows), func(b *testing.B) {
			for b.Loop() {
				if _, err := Run(context.Background(), accounts, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(follows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mfollows/s")
		})
	}
}

// BenchmarkRoaring holds the count against Roaring bitmaps, on a dense and on a sparse graph: ours gives frequency table and
// greedy order beside the union and the pairs, Roaring only the latter two, with the bitmaps made beforehand ("ready") or
// from the lists ("made").
func BenchmarkRoaring(b *testing.B) {
	for _, g := range []struct {
		name  string
		share float64
	}{{"dense", .77}, {"sparse", .01}} {
		lists, follows := crowd(1_000_000, g.share)
		var accounts []Account
		ready := make([]*roaring.Bitmap, len(lists))
		for a, f := range lists {
			accounts = append(accounts, InMemory(uint32(a), f))
			ready[a] = roaring.BitmapOf(f...)
		}
		count := func(sets []*roaring.Bitmap) (union uint64, pairs uint64) {
			union = roaring.FastOr(sets...).GetCardinality()
			for i := range sets {
				for j := range i {
					pairs += sets[i].AndCardinality(sets[j])
				}
			}
			return union, pairs
		}
		for name, do := range map[string]func() (uint64, uint64){
			"exact": func() (union, pairs uint64) {
				r, err := Run(context.Background(), accounts, Options{Threads: 1})
				if err != nil {
					b.Fatal(err)
				}
				for i := range lists {
					for j := range i {
						pairs += uint64(r.Pairs.At(i, j))
					}
				}
				return uint64(r.Unique), pairs
			},
			"roaring ready": func() (uint64, uint64) { return count(ready) },
			"roaring made": func() (uint64, uint64) {
				made := make([]*roaring.Bitmap, len(lists))
				for a, f := range lists {
					made[a] = roaring.New()
					made[a].AddMany(f)
				}
				return count(made)
			},
		} {
			wantUnion, wantPairs := count(ready)
			b.Run(g.name+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if union, pairs := do(); union != wantUnion || pairs != wantPairs {
						b.Fatalf("union %d, pairs %d, want %d, %d", union, pairs, wantUnion, wantPairs)
					}
				}
				b.ReportMetric(float64(follows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mfollows/s")
			})
		}
	}
}
