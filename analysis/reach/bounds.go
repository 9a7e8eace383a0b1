package reach

import (
	"fmt"
	"math"
)

// CountBounds limits the reach of accounts whose follower counts alone are known: at least the largest account, at most
// the sum, and never more than the users of the platform (users 0: unknown, no cap). lo and hi bound each count, as
// rounded displays do; pass the same slice twice for exact counts. hi may be +Inf where a count is censored; then the cap
// decides. All in persons.
func CountBounds(lo, hi []float64, users float64) (Estimate, error) {
	if len(lo) == 0 || len(lo) != len(hi) {
		return Estimate{}, tooFew("count bounds", min(len(lo), len(hi)), 1)
	}
	var least, most float64
	for i := range lo {
		if !(lo[i] >= 0 && lo[i] <= hi[i]) {
			return Estimate{}, fmt.Errorf("count bounds: account %d has a count between %v and %v", i, lo[i], hi[i])
		}
		least = math.Max(least, lo[i])
		most += hi[i]
	}
	e := bounds(least, most, len(lo), MethodCountBounds)
	if users > 0 && users < most {
		if users < least {
			return Estimate{}, fmt.Errorf("count bounds: one account alone has %v followers, the platform %v users", least, users)
		}
		e.Hi = users
		e.Flags = append(e.Flags, "capped_by_platform_users")
	}
	return e, nil
}

// PairBounds limits the reach of accounts from their sizes and all pairwise overlaps. Lower: the best of the largest
// account, Bonferroni and Dawson-Sankoff. Upper: Hunter, the sum less a maximum spanning tree of the overlaps, capped by
// users where users > 0. Persons.
// Sources: Dawson, Sankoff 1967, Proc. AMS 18; Hunter 1976, J. Appl. Prob. 13.
func PairBounds(p Pairs, users float64) (Estimate, error) {
	if p.Len() == 0 {
		return Estimate{}, tooFew("pair bounds", 0, 1)
	}
	var largest float64
	for i := range p.Len() {
		largest = math.Max(largest, float64(p.At(i, i)))
	}
	lo := math.Max(largest, math.Max(Bonferroni(p), DawsonSankoff(p)))
	hi := Hunter(p)
	if lo > hi {
		return Estimate{}, fmt.Errorf("pair bounds: overlaps contradict one another, at least %v and at most %v", lo, hi)
	}
	e := bounds(lo, hi, p.Len(), MethodPairBounds)
	if users > 0 && users < hi {
		e.Hi = math.Max(users, lo)
		e.Flags = append(e.Flags, "capped_by_platform_users")
	}
	return e, nil
}

// sums returns S1, the sum of the sizes, and S2, the sum of the pairwise overlaps.
func sums(p Pairs) (s1, s2 float64) {
	for i := range p.Len() {
		s1 += float64(p.At(i, i))
		for j := i + 1; j < p.Len(); j++ {
			s2 += float64(p.At(i, j))
		}
	}
	return s1, s2
}

// Bonferroni is the lower bound S1 - S2 of a union; it may be negative. Persons.
func Bonferroni(p Pairs) float64 {
	s1, s2 := sums(p)
	return s1 - s2
}

// DawsonSankoff is the lower bound 2 S1/(k+1) - 2 S2/(k(k+1)) of a union with k = 1 + floor(2 S2/S1), the best that S1 and
// S2 alone allow. 0 where all sets are empty. Persons.
func DawsonSankoff(p Pairs) float64 {
	s1, s2 := sums(p)
	if s1 == 0 {
		return 0
	}
	k := 1 + math.Floor(2*s2/s1)
	return 2*s1/(k+1) - 2*s2/(k*(k+1))
}

// Hunter is the upper bound of a union: the sum of the sizes less the heaviest tree of pairwise overlaps that joins all
// sets (Prim's algorithm, quadratic in the number of sets). Persons.
func Hunter(p Pairs) float64 {
	s1, _ := sums(p)
	k := p.Len()
	link := make([]int64, k) // heaviest overlap of each set with the tree so far
	in := make([]bool, k)
	for i := range link {
		link[i] = -1
	}
	for next := 0; next >= 0; {
		in[next] = true
		if link[next] > 0 {
			s1 -= float64(link[next])
		}
		at := next
		next = -1
		for j := range k {
			if in[j] {
				continue
			}
			link[j] = max(link[j], p.At(at, j))
			if next < 0 || link[j] > link[next] {
				next = j
			}
		}
	}
	return s1
}

// TruncatedBounds limits the reach when lists were cut off by the platform: union is the persons in the parts that were
// seen, seen the length of each part, and lo and hi bound the followers that each account is said to have (hi may be +Inf
// where nothing is said). At least the union of the parts or the largest count; at most the union plus everybody who was
// not shown, capped by users where users > 0. The parts are the newest followers and no random sample, so no point is
// given. Persons.
func TruncatedBounds(union int64, seen []int64, lo, hi []float64, users float64) (Estimate, error) {
	if len(seen) == 0 || len(seen) != len(lo) || len(seen) != len(hi) {
		return Estimate{}, tooFew("truncated bounds", min(len(seen), len(lo), len(hi)), 1)
	}
	least, most := float64(union), float64(union)
	for i := range seen {
		if !(lo[i] <= hi[i]) || hi[i] < float64(seen[i]) {
			return Estimate{}, fmt.Errorf("truncated bounds: account %d shows %d followers but counts %v to %v", i, seen[i], lo[i], hi[i])
		}
		least = math.Max(least, lo[i])
		most += hi[i] - float64(seen[i])
	}
	e := bounds(least, most, len(seen), MethodTruncated, "recency_biased")
	if users > 0 && users < most {
		e.Hi = math.Max(users, least)
		e.Flags = append(e.Flags, "capped_by_platform_users")
	}
	return e, nil
}
