package reach

import (
	"cmp"
	"slices"
)

// A Set is one account's followers, ascending and distinct.
type Set struct {
	Account   uint32
	Followers []uint32
}

// FromSets counts the reach of lists that are all in memory, by merging them. It is meant for small sets and as the
// plain form against which package exact is checked; its cost is the sum of the lists times the logarithm of their number.
func FromSets(sets []Set) *Result {
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(a, b Set) int {
		return cmp.Or(cmp.Compare(len(b.Followers), len(a.Followers)), cmp.Compare(a.Account, b.Account))
	})
	k := len(sets)
	r := &Result{Frequency: make([]int64, k+1), Exclusive: make([]int64, k), Pairs: NewPairs(k)}
	type follow struct {
		person uint32
		set    int
	}
	var all []follow
	for i, s := range sets {
		r.Accounts = append(r.Accounts, s.Account)
		r.Followers = append(r.Followers, int64(len(s.Followers)))
		r.Sum += int64(len(s.Followers))
		for _, p := range s.Followers {
			all = append(all, follow{p, i})
		}
	}
	r.Edges = r.Sum
	slices.SortFunc(all, func(a, b follow) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.set, b.set))
	})
	patterns := map[string]int64{} // which sets a person is in, as bytes of ascending set numbers
	var key []byte
	for i := 0; i < len(all); {
		j := i
		key = key[:0]
		for ; j < len(all) && all[j].person == all[i].person; j++ {
			key = append(key, byte(all[j].set>>8), byte(all[j].set))
			for l := i; l <= j; l++ {
				r.Pairs.Add(all[l].set, all[j].set, 1)
			}
		}
		r.Unique++
		r.Frequency[j-i]++
		if j-i == 1 {
			r.Exclusive[all[i].set]++
		}
		patterns[string(key)]++
		i = j
	}
	r.Greedy = Greedy(r.Followers, decode(patterns))
	return r
}

// decode turns the byte keys of FromSets back into patterns, in a fixed order.
func decode(patterns map[string]int64) []Pattern {
	var out []Pattern
	for key, n := range patterns {
		p := Pattern{Persons: n}
		for i := 0; i < len(key); i += 2 {
			p.Sets = append(p.Sets, int(key[i])<<8|int(key[i+1]))
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Pattern) int { return slices.Compare(a.Sets, b.Sets) })
	return out
}
