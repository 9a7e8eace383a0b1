package sketch

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Theta is a threshold sample: all hashes below a threshold, at most k of them. While a list has no more than k followers
// the threshold is 1 and the sketch is exact.
// Sources: Bar-Yossef et al. 2002; Beyer et al. 2007; Dasgupta, Lang, Rhodes, Thaler 2016.
type Theta struct {
	k      int
	theta  uint64   // hashes kept are below it; math.MaxUint64 while everything is kept
	hashes []uint64 // ascending and distinct
	buf    []uint64 // not yet sorted in
}

// NewTheta returns an empty sketch of at most k hashes (k >= 16); 8 k bytes, relative error about 1/sqrt(k-1).
func NewTheta(k int) (*Theta, error) {
	if k < 16 {
		return nil, fmt.Errorf("theta sketch of %d hashes, want 16 or more", k)
	}
	return &Theta{k: k, theta: math.MaxUint64}, nil
}

// Add puts a follower in. Adding one twice changes nothing.
func (t *Theta) Add(follower uint32) {
	if h := Hash(follower); h < t.theta {
		if t.buf = append(t.buf, h); len(t.buf) >= t.k {
			t.settle()
		}
	}
}

// AddAll puts followers in.
func (t *Theta) AddAll(followers []uint32) {
	for _, f := range followers {
		t.Add(f)
	}
}

// Len is the number of hashes kept.
func (t *Theta) Len() int {
	t.settle()
	return len(t.hashes)
}

// Common returns the hashes of each sketch below the lowest threshold of all, and that threshold as a share of all hashes:
// a sample of the people in which every follow of everybody is known.
func Common(ts []*Theta) (samples [][]uint64, rate float64) {
	lowest := &Theta{theta: math.MaxUint64}
	for _, t := range ts {
		t.settle()
		lowest.theta = min(lowest.theta, t.theta)
	}
	for _, t := range ts {
		samples = append(samples, t.below(lowest.theta))
	}
	return samples, lowest.rate()
}

// Forget takes a follower out again: the sketch is then what it would be had the follower never been added, as far as the
// threshold allows (the threshold stays).
func (t *Theta) Forget(follower uint32) bool {
	t.settle()
	i, ok := slices.BinarySearch(t.hashes, Hash(follower))
	if ok {
		t.hashes = slices.Delete(t.hashes, i, i+1)
	}
	return ok
}

// settle sorts the buffer in and lowers the threshold to keep k hashes.
func (t *Theta) settle() {
	if len(t.buf) == 0 {
		return
	}
	t.hashes = append(t.hashes, t.buf...)
	t.buf = t.buf[:0]
	slices.Sort(t.hashes)
	t.hashes = slices.Compact(t.hashes)
	t.cut()
}

// cut drops what lies above the k smallest; the first one dropped becomes the threshold.
func (t *Theta) cut() {
	if len(t.hashes) > t.k {
		t.theta = t.hashes[t.k]
		t.hashes = t.hashes[:t.k]
	}
}

// below returns the hashes under a threshold.
func (t *Theta) below(theta uint64) []uint64 {
	t.settle()
	i, _ := slices.BinarySearch(t.hashes, theta)
	return t.hashes[:i]
}

// rate is the share of all possible hashes that t keeps.
func (t *Theta) rate() float64 {
	if t.theta == math.MaxUint64 {
		return 1
	}
	return unit(t.theta - 1)
}

// Union returns the sketch of everybody in a or b or both, with the smaller k of the two.
func Union(a, b *Theta) *Theta {
	a.settle()
	b.settle()
	u := &Theta{k: min(a.k, b.k), theta: min(a.theta, b.theta)}
	u.hashes = append(append(u.hashes, a.below(u.theta)...), b.below(u.theta)...)
	slices.Sort(u.hashes)
	u.hashes = slices.Compact(u.hashes)
	u.cut()
	return u
}

// Intersection returns the sketch of everybody in both. Its threshold is the smaller one, so its error is that of the
// larger list: see Estimate.
func Intersection(a, b *Theta) *Theta {
	a.settle()
	b.settle()
	theta := min(a.theta, b.theta)
	x := &Theta{k: min(a.k, b.k), theta: theta}
	y := b.below(theta)
	for _, h := range a.below(theta) {
		for len(y) > 0 && y[0] < h {
			y = y[1:]
		}
		if len(y) > 0 && y[0] == h {
			x.hashes = append(x.hashes, h)
		}
	}
	return x
}

// An Estimate is a number of persons with its standard error and interval; Exact when nothing was dropped.
type Estimate struct {
	Value, SE, Lo, Hi float64
	Exact             bool
}

// Estimate is the number of followers that t stands for: those kept divided by the rate. Given the threshold, those kept
// are binomial, so the standard error is sqrt(kept (1-rate))/rate; the interval is normal at the level.
func (t *Theta) Estimate(level float64) Estimate {
	t.settle()
	n, p := float64(len(t.hashes)), t.rate()
	if p == 1 {
		return Estimate{Value: n, Lo: n, Hi: n, Exact: true}
	}
	z := distuv.UnitNormal.Quantile(0.5 + level/2)
	e := Estimate{Value: n / p, SE: math.Sqrt(n*(1-p)) / p}
	e.Lo, e.Hi = math.Max(n, e.Value-z*e.SE), e.Value+z*e.SE
	return e
}

// Jaccard estimates |A∩B|/|A∪B| from two sketches; NaN for two empty ones.
func Jaccard(a, b *Theta) float64 {
	u := Union(a, b)
	if len(u.hashes) == 0 {
		return math.NaN()
	}
	both := 0
	for _, h := range u.hashes {
		_, inA := slices.BinarySearch(a.hashes, h)
		_, inB := slices.BinarySearch(b.hashes, h)
		if inA && inB {
			both++
		}
	}
	return float64(both) / float64(len(u.hashes))
}

// KMV is the plain estimate from k kept hashes of which the largest lies at kth in (0, 1]: (k-1)/kth.
func KMV(k int, kth float64) float64 { return float64(k-1) / kth }

// ThetaRSE is the relative standard error of a union or a single list with k hashes: 1/sqrt(k-1).
func ThetaRSE(k int) float64 { return 1 / math.Sqrt(float64(k-1)) }

// ThetaIntersectionRSE is the relative standard error of an intersection: about sqrt((union/both - 1)/k).
func ThetaIntersectionRSE(union, both float64, k int) float64 {
	return math.Sqrt((union/both - 1) / float64(k))
}
