package reports

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLikeStandsBesideLike(t *testing.T) {
	// Four groups of five, numbered in turn: 0, 4, 8... are of one group.
	rng := rand.New(rand.NewPCG(1, 2))
	const n, groups = 20, 4
	cells := make([][]float64, n)
	for i := range cells {
		cells[i] = make([]float64, n)
		for j := range cells[i] {
			v := .05 * rng.Float64()
			if i%groups == j%groups {
				v += .5
			}
			if j < i {
				v = cells[j][i]
			}
			cells[i][j] = v
		}
	}
	cells[3][7], cells[7][3] = math.NaN(), math.NaN() // one pair is not told
	order := bySimilarity(cells)
	if sorted := slices.Sorted(slices.Values(order)); len(sorted) != n || sorted[0] != 0 || sorted[n-1] != n-1 || len(slices.Compact(sorted)) != n {
		t.Fatalf("%v is no order of %d rows", order, n)
	}
	for i := range n - 1 {
		if (i+1)%5 != 0 && order[i]%groups != order[i+1]%groups {
			t.Fatalf("groups are mixed in %v", order)
		}
	}
	if again := bySimilarity(cells); !slices.Equal(order, again) {
		t.Errorf("the same matrix gives %v, then %v", order, again)
	}
	if got := bySimilarity(nil); len(got) != 0 {
		t.Errorf("no rows give %v", got)
	}
}
