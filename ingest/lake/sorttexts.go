package lake

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// sortByText puts at, places in ids, into the order of the ids. Ids of one platform begin alike (did:plc:), so the eight
// bytes behind what all share decide nearly every comparison, without a look at the text.
func sortByText(at []int32, ids []string) {
	if len(at) < 2 {
		return
	}
	shared := ids[at[0]]
	for _, a := range at[1:] {
		for !strings.HasPrefix(ids[a], shared) {
			shared = shared[:commonPrefix(ids[a], shared)]
		}
	}
	type keyed struct {
		key uint64
		at  int32
	}
	keys := make([]keyed, len(at))
	for i, a := range at {
		keys[i] = keyed{firstEight(ids[a][len(shared):]), a}
	}
	slices.SortFunc(keys, func(x, y keyed) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		return cmp.Compare(ids[x.at], ids[y.at])
	})
	for i, k := range keys {
		at[i] = k.at
	}
}

// commonPrefix is how many bytes a and b begin with alike.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// firstEight is a number that is ordered as the first eight bytes of s are; a shorter text ends in zeros.
func firstEight(s string) uint64 {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64([]byte(s[:8]))
	}
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}
