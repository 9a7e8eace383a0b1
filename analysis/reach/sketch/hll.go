package sketch

import (
	"fmt"
	"math"
	"math/bits"
)

// An HLL is a HyperLogLog sketch with 2^p one-byte registers. Use it for unions only; the package comment says why.
// Sources: Flajolet, Fusy, Gandouet, Meunier 2007; linear counting for small lists as in Heule et al. 2013.
type HLL struct {
	p    int
	regs []uint8
}

// NewHLL returns an empty sketch; p is 4 to 18, the relative error 1.04/sqrt(2^p).
func NewHLL(p int) (*HLL, error) {
	if p < 4 || p > 18 {
		return nil, fmt.Errorf("hyperloglog with p=%d, want 4 to 18", p)
	}
	return &HLL{p: p, regs: make([]uint8, 1<<p)}, nil
}

// Add puts a follower in.
func (h *HLL) Add(follower uint32) {
	x := Hash(follower)
	i := x >> (64 - h.p)
	rank := uint8(bits.LeadingZeros64(x<<h.p|1<<(h.p-1))) + 1
	h.regs[i] = max(h.regs[i], rank)
}

// Merge takes everybody of o in: the maximum of each register, without loss.
func (h *HLL) Merge(o *HLL) error {
	if h.p != o.p {
		return fmt.Errorf("merge hyperloglog p=%d into p=%d", o.p, h.p)
	}
	for i, r := range o.regs {
		h.regs[i] = max(h.regs[i], r)
	}
	return nil
}

// Count estimates the number of followers, with its standard error.
func (h *HLL) Count() (value, se float64) {
	zeros := 0
	for _, r := range h.regs {
		if r == 0 {
			zeros++
		}
	}
	m := float64(len(h.regs))
	value = HLLRaw(h.regs)
	if value <= 2.5*m && zeros > 0 {
		value = LinearCount(len(h.regs), zeros)
	}
	return value, value * HLLRSE(h.p)
}

// HLLRaw is alpha m² / sum 2^-register, without corrections.
func HLLRaw(regs []uint8) float64 {
	var sum float64
	for _, r := range regs {
		sum += math.Ldexp(1, -int(r))
	}
	m := float64(len(regs))
	return HLLAlpha(len(regs)) * m * m / sum
}

// HLLAlpha is the constant that makes m registers unbiased.
func HLLAlpha(m int) float64 {
	switch m {
	case 16:
		return 0.673
	case 32:
		return 0.697
	case 64:
		return 0.709
	}
	return 0.7213 / (1 + 1.079/float64(m))
}

// LinearCount is m ln(m/zeros): the estimate from empty registers when most are empty.
func LinearCount(m, zeros int) float64 {
	return float64(m) * math.Log(float64(m)/float64(zeros))
}

// HLLRSE is the relative standard error 1.04/sqrt(2^p).
func HLLRSE(p int) float64 { return 1.04 / math.Sqrt(math.Ldexp(1, p)) }

// HLLIntersectionSE is the standard error, in persons, of an intersection by inclusion and exclusion of three estimates
// whose errors are taken as independent: the reason why this package offers no such method.
func HLLIntersectionSE(a, b, union float64, p int) float64 {
	return HLLRSE(p) * math.Sqrt(a*a+b*b+union*union)
}

// A MinHash keeps the smallest of k independent hashes, so that the share of equal places of two sketches estimates their
// Jaccard coefficient. Source: Broder 1997.
type MinHash []uint64

// NewMinHash returns an empty sketch of k places.
func NewMinHash(k int) MinHash {
	m := make(MinHash, k)
	for i := range m {
		m[i] = math.MaxUint64
	}
	return m
}

// Add puts a follower in.
func (m MinHash) Add(follower uint32) {
	x := Hash(follower)
	for i := range m {
		hi, lo := bits.Mul64(x^uint64(i)*0xd6e8feb86659fd93, 0xa0761d6478bd642f)
		m[i] = min(m[i], hi^lo)
	}
}

// Jaccard estimates the Jaccard coefficient with o of the same length, and its standard error sqrt(J(1-J)/k).
func (m MinHash) Jaccard(o MinHash) (j, se float64, err error) {
	if len(m) != len(o) || len(m) == 0 {
		return 0, 0, fmt.Errorf("compare minhash of %d and %d places", len(m), len(o))
	}
	same := 0
	for i := range m {
		if m[i] == o[i] {
			same++
		}
	}
	j = float64(same) / float64(len(m))
	return j, MinHashSE(j, len(m)), nil
}

// MinHashSE is the standard error sqrt(J(1-J)/k).
func MinHashSE(j float64, k int) float64 { return math.Sqrt(j * (1 - j) / float64(k)) }
