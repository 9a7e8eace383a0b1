package reach

import (
	"math"
	"slices"
)

// A Pattern is a group of persons who follow exactly the same accounts of a set: all that a selection needs to know.
type Pattern struct {
	Sets    []int // ascending indices of the accounts followed
	Persons int64
}

// Greedy orders all accounts so that each pick adds the most persons not yet reached; ties go to the lower index. sizes
// are the followers of each account and must agree with the patterns. A person's pattern is looked at once, when it is
// first reached, so the whole order costs no more than the patterns hold: no gain is ever computed twice, which is what
// lazy (CELF) evaluation saves, and the picks are the same.
func Greedy(sizes []int64, patterns []Pattern) []Step {
	members := make([][]int, len(sizes)) // patterns of each account
	for i, p := range patterns {
		for _, s := range p.Sets {
			members[s] = append(members[s], i)
		}
	}
	reached := make([]bool, len(patterns))
	o := NewOrder(sizes)
	for best, ok := o.Pick(); ok; best, ok = o.Pick() {
		for _, i := range members[best] {
			if reached[i] {
				continue
			}
			reached[i] = true
			for _, s := range patterns[i].Sets {
				o.Lose(s, patterns[i].Persons)
			}
		}
	}
	return o.Steps()
}

// An Order is a greedy selection under way. Who uses it calls Pick, then Lose for every account of every person newly
// reached, and so on until Pick has no more; Steps is the outcome.
type Order struct {
	sizes, gains []int64
	picked       []bool
	steps        []Step
}

// NewOrder starts a selection among accounts with these numbers of followers.
func NewOrder(sizes []int64) *Order {
	return &Order{sizes: sizes, gains: slices.Clone(sizes), picked: make([]bool, len(sizes))}
}

// Pick chooses the account that adds the most persons, the lowest index of equals. ok is false when all are chosen.
func (o *Order) Pick() (account int, ok bool) {
	o.settle()
	best := -1
	for i, g := range o.gains {
		if !o.picked[i] && (best < 0 || g > o.gains[best]) {
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	o.picked[best] = true
	s := Step{Account: best, Gain: o.gains[best], Reached: o.gains[best], Sum: o.sizes[best]}
	if n := len(o.steps); n > 0 {
		s.Reached += o.steps[n-1].Reached
		s.Sum += o.steps[n-1].Sum
	}
	o.steps = append(o.steps, s)
	return best, true
}

// Lose takes persons that are now reached from what the account would still add.
func (o *Order) Lose(account int, persons int64) { o.gains[account] -= persons }

// Gain is the persons that the account would add now.
func (o *Order) Gain(account int) int64 { return o.gains[account] }

// Steps are the picks so far.
func (o *Order) Steps() []Step {
	o.settle()
	return o.steps
}

// settle computes the guarantee of the last pick, once its persons have been taken from the other gains.
func (o *Order) settle() {
	if n := len(o.steps); n > 0 && o.steps[n-1].AtLeast == 0 {
		o.steps[n-1].AtLeast = GreedyAtLeast(o.steps[n-1].Reached, o.gains, n)
	}
}

// Guarantee is the share of the best possible reach of k accounts that k greedy picks are sure to have: 1-(1-1/k)^k,
// which falls towards 1-1/e = 0.632121. 1 for k < 1. Source: Nemhauser, Wolsey, Fisher 1978.
func Guarantee(k int) float64 {
	if k < 1 {
		return 1
	}
	return 1 - math.Pow(1-1/float64(k), float64(k))
}

// GreedyAtLeast is the share of the best possible reach of k accounts that k greedy picks have on this very data, at
// least Guarantee(k). Whatever the best k accounts are, they add to the picks at most the k largest remaining gains, so
// the best reach is at most reached plus those. gains are what each account would still add after the k picks.
func GreedyAtLeast(reached int64, gains []int64, k int) float64 {
	top := slices.Clone(gains)
	slices.Sort(top)
	best := reached
	for _, g := range top[max(0, len(top)-k):] {
		best += g
	}
	if best == 0 {
		return 1
	}
	return math.Max(Guarantee(k), float64(reached)/float64(best))
}
