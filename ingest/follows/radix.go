package follows

// radix sorts v, with as many elements of room beside it, by the lowest bits of its elements. Of the two slices it returns
// the one that holds the result first.
func radix[T uint32 | uint64](v, room []T, bits int) (sorted, other []T) {
	const digit = 11
	room = room[:len(v)]
	for shift := 0; shift < bits; shift += digit {
		var at [1 << digit]int
		for _, x := range v {
			at[x>>shift&(1<<digit-1)]++
		}
		sum := 0
		only := false // all elements have the same digit
		for i, n := range at {
			only = only || n == len(v)
			at[i] = sum
			sum += n
		}
		if only {
			continue
		}
		for _, x := range v {
			d := x >> shift & (1<<digit - 1)
			room[at[d]] = x
			at[d]++
		}
		v, room = room, v
	}
	return v, room
}

// distinct removes repeats of a sorted slice in place.
func distinct[T uint32 | uint64](v []T) []T {
	if len(v) == 0 {
		return v
	}
	n := 1
	for _, x := range v[1:] {
		if x != v[n-1] {
			v[n] = x
			n++
		}
	}
	return v[:n]
}
