package exact

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/overtake-analytics/overtake/analysis/reach"
)

// BenchmarkRun counts 100 accounts of Zipf sizes at four numbers of people, lists in memory: the count without the reading.
func BenchmarkRun(b *testing.B) {
	for _, users := range []int{250_000, 500_000, 1_000_000, 2_000_000} {
		rng := rand.New(rand.NewPCG(1, 2))
		activity := make([]float64, users)
		for u := range activity {
			activity[u] = math.Exp(rng.NormFloat64() - .5)
		}
		var accounts []Account
		closed, follows := 0, int64(0)
		for a := range uint32(100) {
			var f []uint32
			for u := range activity {
				if rng.Float64() < min(.98, .77/float64(a+1)*activity[u]) {
					f = append(f, uint32(u))
				}
			}
			follows += int64(len(f))
			accounts = append(accounts, account(reach.Set{Account: a, Followers: f}, &closed))
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
