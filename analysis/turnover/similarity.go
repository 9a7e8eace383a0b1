package turnover

import (
	"fmt"
	"math"
)

// checkLists refuses lists that have no first place or hold an account twice.
func checkLists(lists ...[]string) error {
	for _, l := range lists {
		if len(l) == 0 {
			return fmt.Errorf("ranking without entries")
		}
		seen := make(map[string]bool, len(l))
		for _, id := range l {
			if seen[id] {
				return fmt.Errorf("ranking holds %q twice", id)
			}
			seen[id] = true
		}
	}
	return nil
}

// An Overlap compares two rankings to a common depth K.
type Overlap struct {
	K       int
	Common  int     // accounts in both
	RBO     float64 // rank-biased overlap, extrapolated; in [0,1], 1 for equal lists
	RBOMin  float64 // its lower bound: nothing below K agrees
	Average float64 // average overlap over all depths up to K
}

// RankBiased is the rank-biased overlap of two rankings to the depth of the shorter one. persistence p in (0,1) is how
// likely a reader goes on to the next rank; 0.9 puts 86 % of the weight on the first ten.
// Webber, Moffat and Zobel 2010, TOIS 28(4), equations 11 and 23.
func RankBiased(a, b []string, p float64) (Overlap, error) {
	if err := checkLists(a, b); err != nil {
		return Overlap{}, err
	}
	if !(p > 0 && p < 1) {
		return Overlap{}, fmt.Errorf("rank-biased overlap with persistence %v: want one between 0 and 1", p)
	}
	o := Overlap{K: min(len(a), len(b))}
	shared := agreement(a, b, o.K)
	x, power := float64(shared[o.K-1]), 1.0
	var extrapolated, least float64
	for d := 1; d <= o.K; d++ {
		power *= p
		xd, depth := float64(shared[d-1]), float64(d)
		extrapolated += xd / depth * power
		least += (xd - x) * power / depth
		o.Average += xd / depth / float64(o.K)
	}
	weight := (1 - p) / p
	o.Common = shared[o.K-1]
	o.RBO = min(1, x/float64(o.K)*power+weight*extrapolated)
	o.RBOMin = max(0, weight*(least-x*math.Log1p(-p)))
	return o, nil
}

// agreement counts, for each depth up to k, the accounts that stand in both lists down to it.
func agreement(a, b []string, k int) []int {
	inA, inB, shared := make(map[string]bool, k), make(map[string]bool, k), make([]int, k)
	count := 0
	for d := range k {
		inA[a[d]] = true
		if inB[a[d]] {
			count++
		}
		inB[b[d]] = true
		if inA[b[d]] {
			count++ // counts an account that stands at d in both lists once: inB was not yet set above
		}
		shared[d] = count
	}
	return shared
}

// TopWeight is the share of rank-biased overlap's weight that lies on the first d ranks.
// Webber, Moffat and Zobel 2010, equation 21.
func TopWeight(p float64, d int) float64 {
	sum := 0.0
	for i := 1; i < d; i++ {
		sum += math.Pow(p, float64(i)) / float64(i)
	}
	return 1 - math.Pow(p, float64(d-1)) + (1-p)/p*float64(d)*(-math.Log1p(-p)-sum)
}

// A Tau is Kendall's tau-b with its parts.
type Tau struct {
	Concordant, Discordant int
	TiedA, TiedB           int // pairs tied in a, in b
	B                      float64
}

// TauB is Kendall's rank correlation with ties, (C-D)/sqrt((n0-ta)(n0-tb)), of two sequences of ranks or values of the
// same accounts. It is NaN where one sequence is all ties. Kendall 1945, Biometrika 33.
func TauB(a, b []float64) (Tau, error) {
	if len(a) != len(b) || len(a) < 2 {
		return Tau{}, fmt.Errorf("tau-b of %d and %d ranks: want two or more of each, equally many", len(a), len(b))
	}
	var t Tau
	for i := range a {
		if math.IsNaN(a[i]) || math.IsNaN(b[i]) {
			return Tau{}, fmt.Errorf("tau-b: rank %d is not a number", i+1)
		}
		for j := range i {
			da, db := sign(a[i], a[j]), sign(b[i], b[j])
			switch {
			case da*db > 0:
				t.Concordant++
			case da*db < 0:
				t.Discordant++
			}
			if da == 0 {
				t.TiedA++
			}
			if db == 0 {
				t.TiedB++
			}
		}
	}
	pairs := float64(len(a) * (len(a) - 1) / 2)
	t.B = float64(t.Concordant-t.Discordant) / math.Sqrt((pairs-float64(t.TiedA))*(pairs-float64(t.TiedB)))
	if math.IsInf(t.B, 0) {
		t.B = math.NaN()
	}
	return t, nil
}

func sign(x, y float64) int {
	switch {
	case x > y:
		return 1
	case x < y:
		return -1
	}
	return 0
}

// A Change says what happened between two rankings to a common depth K.
type Change struct {
	K            int
	Common       int
	Entered      []string // in the later list only, in its order
	Left         []string // in the earlier list only, in its order
	Churn        float64  // 1 - Common/K
	Jaccard      float64  // Common over the accounts of either list
	Displacement float64  // mean |rank change| of the common accounts; NaN without any
	Footrule     int      // sum of |rank change| with K+1 for the missing. Fagin, Kumar and Sivakumar 2003
}

// Compare is the change from the earlier ranking to the later one, to the depth of the shorter.
func Compare(earlier, later []string) (Change, error) {
	if err := checkLists(earlier, later); err != nil {
		return Change{}, err
	}
	c := Change{K: min(len(earlier), len(later)), Displacement: math.NaN()}
	before, after := ranks(earlier[:c.K]), ranks(later[:c.K])
	moved := 0
	for _, id := range earlier[:c.K] {
		now, ok := after[id]
		if !ok {
			c.Left = append(c.Left, id)
			c.Footrule += c.K + 1 - before[id]
			continue
		}
		c.Common++
		moved += abs(now - before[id])
	}
	for _, id := range later[:c.K] {
		if _, ok := before[id]; !ok {
			c.Entered = append(c.Entered, id)
			c.Footrule += c.K + 1 - after[id]
		}
	}
	c.Footrule += moved
	c.Churn = 1 - float64(c.Common)/float64(c.K)
	c.Jaccard = float64(c.Common) / float64(2*c.K-c.Common)
	if c.Common > 0 {
		c.Displacement = float64(moved) / float64(c.Common)
	}
	return c, nil
}

func ranks(ids []string) map[string]int {
	r := make(map[string]int, len(ids))
	for i, id := range ids {
		r[id] = i + 1
	}
	return r
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}
