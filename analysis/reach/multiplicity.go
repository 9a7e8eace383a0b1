package reach

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// Multiplicity estimates unique reach from a random sample of follows. sum is the accounts' followers added up (follows);
// each of c belongs to one follow drawn at random among all of them and says how many of the accounts its follower follows,
// 1 or more. A person who follows c of them is c times as likely to be drawn and weighs 1/c, so the mean of 1/c is the
// unique share of the sum: unbiased, whatever the overlap of the audiences. Persons.
// Sources: Sirken 1970, JASA 65; Karp, Luby, Madras 1989, J. Algorithms 10.
func Multiplicity(sum float64, c []int, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if len(c) < 2 {
		return Estimate{}, tooFew("multiplicity", len(c), 2)
	}
	w, err := weights(c)
	if err != nil {
		return Estimate{}, err
	}
	mean, sd := stat.MeanStdDev(w, nil)
	e := normal(sum*mean, sum*sd/math.Sqrt(float64(len(w))), level, len(w), MethodMulti)
	return within(e, sum), nil
}

// A Stratum is one account's sample: the followers that the account has and, for each follower drawn at random from its
// list, how many of the tracked accounts that follower follows.
type Stratum struct {
	Followers float64
	C         []int
}

// MultiplicityStratified is Multiplicity with one sample per account, the sum over accounts of followers times the mean of
// 1/c. Accounts need not be sampled in proportion to their size, but each needs two draws or more. Persons.
func MultiplicityStratified(strata []Stratum, level float64) (Estimate, error) {
	return stratified(strata, level, func(int) bool { return true })
}

// MultiplicityAtLeast estimates the persons who follow j or more of the accounts from the same samples. Persons.
func MultiplicityAtLeast(strata []Stratum, j int, level float64) (Estimate, error) {
	return stratified(strata, level, func(c int) bool { return c >= j })
}

// MultiplicityExactly estimates the persons who follow exactly j of the accounts from the same samples. Persons.
func MultiplicityExactly(strata []Stratum, j int, level float64) (Estimate, error) {
	return stratified(strata, level, func(c int) bool { return c == j })
}

// stratified estimates the persons whose number of accounts followed counts: each draw weighs 1/c where it does, else 0.
func stratified(strata []Stratum, level float64, counts func(c int) bool) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if len(strata) == 0 {
		return Estimate{}, tooFew("stratified multiplicity", 0, 1)
	}
	var value, variance, sum float64
	n := 0
	for i, s := range strata {
		if len(s.C) < 2 {
			return Estimate{}, fmt.Errorf("account %d: %w", i, tooFew("stratified multiplicity", len(s.C), 2))
		}
		w, err := weights(s.C)
		if err != nil {
			return Estimate{}, fmt.Errorf("account %d: %w", i, err)
		}
		for j, c := range s.C {
			if !counts(c) {
				w[j] = 0
			}
		}
		mean, v := stat.MeanVariance(w, nil)
		value += s.Followers * mean
		variance += s.Followers * s.Followers * v / float64(len(w))
		sum += s.Followers
		n += len(w)
	}
	return within(normal(value, math.Sqrt(variance), level, n, MethodMulti), sum), nil
}

// within keeps an interval inside (0, sum], which the truth cannot leave, and flags a sample in which everybody followed
// the same number of accounts: its standard error of 0 says nothing.
func within(e Estimate, sum float64) Estimate {
	e.Lo, e.Hi = math.Max(e.Lo, 0), math.Min(e.Hi, sum)
	if e.SE == 0 {
		e.Flags = append(e.Flags, "no_spread_in_sample")
	}
	return e
}

// weights returns 1/c.
func weights(c []int) ([]float64, error) {
	w := make([]float64, len(c))
	for i, x := range c {
		if x < 1 {
			return nil, fmt.Errorf("draw %d follows %d of the accounts, want 1 or more as it was drawn from their followers", i, x)
		}
		w[i] = 1 / float64(x)
	}
	return w, nil
}

// AverageFrequency is follows per person reached, estimated from the same sample: 1 / mean(1/c).
func AverageFrequency(c []int) (float64, error) {
	w, err := weights(c)
	if err != nil {
		return 0, err
	}
	if len(w) == 0 {
		return 0, tooFew("average frequency", 0, 1)
	}
	return 1 / stat.Mean(w, nil), nil
}

// ShareAtLeast estimates, among the persons reached, the share who follow j or more of the accounts. Each draw weighs 1/c,
// as in Multiplicity.
func ShareAtLeast(c []int, j int) (float64, error) {
	w, err := weights(c)
	if err != nil {
		return 0, err
	}
	if len(w) == 0 {
		return 0, tooFew("share reached", 0, 1)
	}
	var hit, all float64
	for i, x := range c {
		all += w[i]
		if x >= j {
			hit += w[i]
		}
	}
	return hit / all, nil
}

// SampleFor is the number of draws after which Multiplicity is within ±relative of the truth at the level, judged by a
// first sample: (z sd(1/c) / (relative mean(1/c)))², rounded up.
func SampleFor(c []int, relative, level float64) (int, error) {
	w, err := weights(c)
	if err != nil {
		return 0, err
	}
	if len(w) < 2 {
		return 0, tooFew("sample size", len(w), 2)
	}
	if err := checkLevel(level); err != nil {
		return 0, err
	}
	mean, sd := stat.MeanStdDev(w, nil)
	n := zOf(level) * sd / (relative * mean)
	return int(math.Ceil(n * n)), nil
}

// MarginalFromSample estimates what one more account adds: of n followers drawn from its list, overlap already follow one
// of the other accounts. Value is followers (1 - overlap/n). Persons.
func MarginalFromSample(followers float64, overlap, n int, level float64) (Estimate, error) {
	if err := checkLevel(level); err != nil {
		return Estimate{}, err
	}
	if n < 1 || overlap < 0 || overlap > n {
		return Estimate{}, fmt.Errorf("marginal reach: %d of %d draws overlap: %w", overlap, n, ErrTooFew)
	}
	p := 1 - float64(overlap)/float64(n)
	e := normal(followers*p, followers*math.Sqrt(p*(1-p)/float64(n)), level, n, MethodMulti)
	lo, hi := wilson(n-overlap, n, zOf(level)) // a share near 0 or 1 needs an interval that stays inside
	e.Lo, e.Hi = followers*lo, followers*hi
	return e, nil
}

// wilson is the score interval of a share of k in n. Source: Wilson 1927, JASA 22.
func wilson(k, n int, z float64) (lo, hi float64) {
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return math.Max(0, mid-half), math.Min(1, mid+half)
}
