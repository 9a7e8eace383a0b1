package reach

import (
	"math"
	"slices"
)

// SmallCell is the default of the smallest group of persons that a published table names.
const SmallCell = 10

// Withheld stands in a [Published] for a number that is not told.
const Withheld int64 = -1

// Published is a result as it may leave the house: no group of 1 to Small-1 persons is told, nor can it be had by taking
// told numbers from one another. Numbers not told are Withheld. What is guarded against what, and why, is in Protect.
type Published struct {
	*Result
	Small int64
	Reach int64   // persons reached
	Twice int64   // persons who follow two accounts or more
	Bands []Band  // the frequency table; nil where it is withheld as a whole
	Alone []int64 // Result.Exclusive
	Order []Step  // Result.Greedy: Gain and Reached may be Withheld, then AtLeast is NaN
	both  Pairs
}

// A Band is a line of a frequency table: persons who follow exactly From accounts, or From and more.
type Band struct {
	From    int
	OrMore  bool
	Persons int64
}

// Both is the number of persons who follow accounts i and j, or Withheld.
func (p Published) Both(i, j int) int64 { return p.both.At(i, j) }

// Protect withholds groups of fewer than small persons (0: SmallCell, 1: withholds nothing). Followers of an account are
// public on every platform, so a reader knows all list lengths and their sum; numbers are guarded against that reader:
//
//   - pairs: a pair is withheld where those who follow both are few, and where those who follow one and not the other are
//     (its complement). With a pair the smallest that stays goes too, as the frequency table gives the sum of all pairs;
//     it goes alone where that table has small groups, which that sum would help to find.
//   - frequency: the table ends in "j or more" as soon as a group is small. The tail grows downwards until a small group in
//     it could as well be large, given the persons and the follows of the tail, and the sum of all pairs where it is told
//     (atMost). Where no tail is wide enough the reach itself is withheld, as in two accounts that share three persons:
//     the sum less the reach would tell them.
//   - exclusive audiences: they add up to those who follow one account, so the next larger one goes with a small one.
//   - greedy order: gains never rise, so from the first small one on they are withheld, with the one before it; the reach
//     so far with them. Guarantees are rounded down, as they hold the gains of the accounts not yet picked.
func Protect(r *Result, small int64) Published {
	if small == 0 {
		small = SmallCell
	}
	k := len(r.Accounts)
	p := Published{
		Result: r, Small: small, Reach: r.Unique, Twice: r.AtLeast(2),
		Alone: slices.Clone(r.Exclusive), Order: slices.Clone(r.Greedy), both: NewPairs(k),
	}
	p.both.AddAll(r.Pairs)
	if small <= 1 {
		p.Bands = bands(r.Frequency, k+1, 0)
		return p
	}
	allPairs := p.pairs()
	p.frequency(allPairs)
	if k == 2 && !allPairs || p.few(r.Unique-p.largest(), r.Unique) { // both sizes and the reach tell the pair; the largest and the reach, the rest
		p.Reach, p.Twice, p.Bands = Withheld, Withheld, nil
	}
	p.alone()
	p.order()
	return p
}

// largest is the number of followers of the largest account.
func (p *Published) largest() int64 {
	if len(p.Followers) == 0 {
		return 0
	}
	return p.Followers[0]
}

// few reports whether n persons, or the rest of total, are a group too small to be told.
func (p *Published) few(n, total int64) bool {
	return n > 0 && n < p.Small || total-n > 0 && total-n < p.Small
}

// pairs withholds small pairs, and reports whether none had to be.
func (p *Published) pairs() (all bool) {
	k := len(p.Accounts)
	type place struct{ i, j int }
	var next place // the smallest pair that stays, to go with the small ones
	least, hidden := int64(math.MaxInt64), 0
	for i := range k {
		for j := i + 1; j < k; j++ {
			n := p.both.At(i, j)
			switch {
			case p.few(n, p.Followers[i]) || p.few(n, p.Followers[j]):
				p.both.set(i, j, Withheld)
				hidden++
			case n > 0 && n < least:
				next, least = place{i, j}, n
			}
		}
	}
	if k > 2 && hidden == 0 && p.firstFew() <= k { // all pairs together are one equation more for the tail of the frequency table
		hidden++
	}
	if hidden > 0 && least < math.MaxInt64 {
		p.both.set(next.i, next.j, Withheld)
	}
	return hidden == 0
}

// frequency makes the bands, with a tail where there are small groups, and withholds the reach where no tail helps.
func (p *Published) frequency(allPairs bool) {
	first := p.firstFew()
	if first > len(p.Accounts) {
		p.Bands = bands(p.Frequency, first, 0)
		return
	}
	for ; first >= 1; first-- {
		if n := p.AtLeast(first); n >= p.Small && p.tailHides(first, allPairs) {
			p.Bands = bands(p.Frequency, first, n)
			if first == 1 {
				p.Twice = Withheld
			}
			return
		}
	}
	p.Reach, p.Twice = Withheld, Withheld
}

// firstFew is the first number of accounts that few people follow; one more than there are accounts where there is none.
func (p *Published) firstFew() int {
	for j := 1; j < len(p.Frequency); j++ {
		if n := p.Frequency[j]; n > 0 && n < p.Small {
			return j
		}
	}
	return len(p.Frequency)
}

// tailHides reports whether every small group of the tail could be a large one for all that a reader can compute.
func (p *Published) tailHides(first int, allPairs bool) bool {
	var m moments
	for j := first; j < len(p.Frequency); j++ {
		n := float64(p.Frequency[j])
		m.persons += n
		m.follows += n * float64(j)
		m.squares += n * float64(j) * float64(j)
	}
	for j := first; j < len(p.Frequency); j++ {
		if n := p.Frequency[j]; n > 0 && n < p.Small && atMost(j, first, len(p.Frequency)-1, m, allPairs) < float64(p.Small) {
			return false
		}
	}
	return true
}

// bands lists the groups below first, and a tail of n persons from first on where n is above 0.
func bands(frequency []int64, first int, n int64) []Band {
	out := []Band{}
	for j := 1; j < first && j < len(frequency); j++ {
		if frequency[j] > 0 {
			out = append(out, Band{From: j, Persons: frequency[j]})
		}
	}
	if n > 0 {
		out = append(out, Band{From: first, OrMore: true, Persons: n})
	}
	return out
}

// alone withholds small exclusive audiences.
func (p *Published) alone() {
	next, hidden := -1, false
	for i, n := range p.Exclusive {
		switch {
		case p.few(n, p.Followers[i]) || p.Reach == Withheld && n > 0:
			p.Alone[i], hidden = Withheld, true
		case n > 0 && (next < 0 || n < p.Exclusive[next]):
			next = i
		}
	}
	if hidden && next >= 0 {
		p.Alone[next] = Withheld
	}
}

// order withholds small gains.
func (p *Published) order() {
	first := p.firstHidden()
	if p.Reach == Withheld { // the last gain leads to it
		for i := len(p.Order) - 1; i >= 1; i-- {
			if p.Order[i].Gain > 0 {
				first = min(first, i)
				break
			}
		}
	}
	for i := range p.Order {
		s := &p.Order[i]
		s.AtLeast = math.Floor(s.AtLeast*1e4) / 1e4
		if i < first {
			continue
		}
		if s.Gain > 0 || p.Reach == Withheld {
			s.Gain = Withheld
		}
		if p.Reach == Withheld || s.Reached != p.Unique {
			s.Reached, s.AtLeast = Withheld, math.NaN()
		}
	}
}

// firstHidden is the first pick that is withheld: the one before the first small gain, earlier where the picks withheld
// would together be a small group, but never the first, as the largest account's followers are public.
func (p *Published) firstHidden() int {
	for i, s := range p.Order {
		// The third gain tells how many follow all of the first three accounts, where their pairs are told.
		if i == 0 || !p.few(s.Gain, p.Followers[s.Account]) && (i != 2 || !p.few(p.three(), p.Followers[s.Account])) {
			continue
		}
		first := max(i-1, 1)
		for first > 1 && p.few(p.Unique-p.Order[first-1].Reached, p.Unique) {
			first--
		}
		return first
	}
	return len(p.Order)
}

// three is the number of persons who follow all of the first three picks, by inclusion and exclusion.
func (p *Published) three() int64 {
	a, b, c := p.Greedy[0].Account, p.Greedy[1].Account, p.Greedy[2].Account
	return p.Greedy[2].Gain - p.Followers[c] + p.Pairs.At(a, c) + p.Pairs.At(b, c)
}

// moments are what a reader knows of a tail.
type moments struct{ persons, follows, squares float64 }

// atMost is the largest number of persons in group j of a tail of groups first to last, given its persons and follows and,
// where squares is set, the sum of their squares (which all pairs together tell). It is a linear programme whose optimum
// has the support {j, p, p+1} or {j, first, last}: a parabola that is 1 at j and nowhere below 0 on whole numbers
// touches 0 there. With two moments the support is {j, first} or {j, last}.
func atMost(j, first, last int, m moments, squares bool) float64 {
	best := 0.0
	if !squares {
		for _, q := range []int{first, last} {
			if q == j {
				continue
			}
			x := (m.follows - m.persons*float64(q)) / float64(j-q)
			if x >= 0 && x <= m.persons {
				best = math.Max(best, x)
			}
		}
		return best
	}
	try := func(p, q int) {
		if p == q || p == j || q == j || p < first || q > last {
			return
		}
		// Moments about p and q: only j contributes to the sum of (v-p)(v-q).
		x := (m.squares - m.follows*float64(p+q) + m.persons*float64(p)*float64(q)) / (float64(j-p) * float64(j-q))
		rest, follows := m.persons-x, m.follows-x*float64(j)
		y := (follows - rest*float64(p)) / float64(q-p) // persons at q
		if eps := 1e-9 * (1 + m.persons); x >= -eps && y >= -eps && rest-y >= -eps {
			best = math.Max(best, x)
		}
	}
	for p := first; p < last; p++ {
		try(p, p+1)
	}
	try(first, last)
	return best
}
