package reach

import (
	"fmt"
	"math"
)

// A Result is the exact reach of a set of accounts, counted person by person. Index i of every slice is the i-th account
// of Accounts, which is sorted by number of followers, most first, ties by account number.
type Result struct {
	Accounts  []uint32 // account numbers
	Followers []int64  // follows per account, so the sum of it is Sum
	Sum       int64    // follows: a person counts once for each account followed
	Unique    int64    // persons: each counts once
	Frequency []int64  // Frequency[j] is persons who follow exactly j of the accounts; [0] is 0
	Exclusive []int64  // persons who follow this account and no other of the set
	Pairs     Pairs    // persons who follow both accounts of a pair
	Greedy    []Step   // the accounts in the order in which each adds most
	Edges     int64    // follows read to find it
}

// A Step is one pick of the greedy order.
type Step struct {
	Account int     // index into Result.Accounts
	Gain    int64   // persons that no earlier pick reaches
	Reached int64   // persons reached with this and all earlier picks
	Sum     int64   // follows of this and all earlier picks
	AtLeast float64 // Reached is at least this share of what any as many accounts could reach (GreedyAtLeast)
}

// Duplication is follows per person reached, at least 1; 0 where nobody is reached.
func (r *Result) Duplication() float64 { return Duplication(r.Sum, r.Unique) }

// AtLeast is the persons who follow j or more of the accounts.
func (r *Result) AtLeast(j int) int64 {
	var n int64
	for i := max(j, 1); i < len(r.Frequency); i++ {
		n += r.Frequency[i]
	}
	return n
}

// Duplication is sum divided by union: how often the average person reached is counted in a sum. 0 where union is 0.
func Duplication(sum, union int64) float64 {
	if union == 0 {
		return 0
	}
	return float64(sum) / float64(union)
}

// UniqueRatio is union divided by sum, in (0, 1]; 0 where sum is 0.
func UniqueRatio(sum, union int64) float64 {
	if sum == 0 {
		return 0
	}
	return float64(union) / float64(sum)
}

// Check verifies the identities that every exact result must satisfy: f_1+...+f_k is the union, the sum of j f_j is the
// sum of followers, the union lies between the largest account and the sum, and the greedy order ends at the union.
func (r *Result) Check() error {
	var union, sum, largest int64
	for j, n := range r.Frequency {
		sum += int64(j) * n
		if j > 0 {
			union += n
		}
	}
	for _, n := range r.Followers {
		largest = max(largest, n)
	}
	switch {
	case union != r.Unique:
		return fmt.Errorf("frequency table adds to %d persons, reach is %d", union, r.Unique)
	case sum != r.Sum:
		return fmt.Errorf("frequency table weighs %d follows, lists hold %d", sum, r.Sum)
	case r.Unique < largest || r.Unique > r.Sum:
		return fmt.Errorf("reach %d outside [%d, %d]", r.Unique, largest, r.Sum)
	}
	for i, n := range r.Followers {
		if r.Pairs.At(i, i) != n {
			return fmt.Errorf("account %d: pairs say %d followers, list holds %d", r.Accounts[i], r.Pairs.At(i, i), n)
		}
	}
	if k := len(r.Greedy); k > 0 && r.Greedy[k-1].Reached != r.Unique {
		return fmt.Errorf("greedy order ends at %d persons, reach is %d", r.Greedy[k-1].Reached, r.Unique)
	}
	return nil
}

// Pairs are the sizes of all pairwise intersections of k sets, the sets' own sizes on the diagonal.
type Pairs struct {
	k int
	n []int64 // upper triangle by rows, diagonal included
}

// NewPairs returns all-zero pairs of k sets.
func NewPairs(k int) Pairs { return Pairs{k: k, n: make([]int64, k*(k+1)/2)} }

// Len is the number of sets.
func (p Pairs) Len() int { return p.k }

// at is the place of the pair i <= j.
func (p Pairs) at(i, j int) int { return i*(2*p.k-i-1)/2 + j }

// At is the number of persons in both set i and set j.
func (p Pairs) At(i, j int) int64 {
	if i > j {
		i, j = j, i
	}
	return p.n[p.at(i, j)]
}

// Add adds n to the pair of i and j.
func (p Pairs) Add(i, j int, n int64) {
	if i > j {
		i, j = j, i
	}
	p.n[p.at(i, j)] += n
}

// set replaces the pair of i and j.
func (p Pairs) set(i, j int, n int64) {
	if i > j {
		i, j = j, i
	}
	p.n[p.at(i, j)] = n
}

// AddAll adds every pair of q, which must be as large as p.
func (p Pairs) AddAll(q Pairs) {
	for i, n := range q.n {
		p.n[i] += n
	}
}

// An Overlap holds the coefficients of two audiences a and b (METRICS: Jaccard, overlap coefficient, Dice, cosine,
// conditionals, lift). A coefficient without meaning (an empty audience) is NaN; tables turn it into NULL.
type Overlap struct {
	Both    int64   // persons who follow both
	Jaccard float64 // both / either
	Overlap float64 // both / smaller audience
	Dice    float64 // 2 both / (|a| + |b|)
	Cosine  float64 // both / sqrt(|a| |b|)
	BGivenA float64 // share of a's followers who follow b
	AGivenB float64 // share of b's followers who follow a
	Lift    float64 // both N / (|a| |b|): 1 where the two are independent among N people
}

// OverlapOf computes the coefficients from the sizes of two audiences, of their intersection, and of the population n that
// Lift refers to (0: no lift). It returns an error where the sizes contradict one another.
func OverlapOf(a, b, both, n int64) (Overlap, error) {
	if both < 0 || both > min(a, b) || (n > 0 && a+b-both > n) {
		return Overlap{}, fmt.Errorf("overlap of %d and %d followers cannot be %d in a population of %d", a, b, both, n)
	}
	x, fa, fb := float64(both), float64(a), float64(b)
	o := Overlap{
		Both:    both,
		Jaccard: ratio(x, fa+fb-x),
		Overlap: ratio(x, math.Min(fa, fb)),
		Dice:    ratio(2*x, fa+fb),
		Cosine:  ratio(x, math.Sqrt(fa*fb)),
		BGivenA: ratio(x, fa),
		AGivenB: ratio(x, fb),
		Lift:    math.NaN(),
	}
	if n > 0 {
		o.Lift = ratio(x*float64(n), fa*fb)
	}
	return o, nil
}

// ratio is x/y, NaN where y is 0.
func ratio(x, y float64) float64 {
	if y == 0 {
		return math.NaN()
	}
	return x / y
}
