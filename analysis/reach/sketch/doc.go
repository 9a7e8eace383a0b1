// Package sketch keeps small summaries of follower lists for when exact sets do not fit the budget of memory or time.
//
// [Theta] keeps the followers with the smallest hashes of each list, all by one hash function, so that lists can be
// united and intersected and every answer has a known error. [HLL] (HyperLogLog) is smaller still, but only for unions: an
// intersection by inclusion and exclusion has an error the size of the union, which is half of a 2 % overlap and more
// ([HLLIntersectionSE] computes it). [MinHash] estimates the Jaccard coefficient of two lists.
//
// Hashes are fixed for good: the same person has the same hash in every sketch of every run, and merging is associative,
// commutative and idempotent, so sketches of parts add up to the sketch of the whole.
package sketch

// Hash spreads a follower number over 64 bits. It is the finalizer of SplitMix64 (Steele, Lea, Flood 2014) over the number
// plus a fixed salt: a bijection, so no two followers ever collide.
func Hash(follower uint32) uint64 {
	x := (uint64(follower) + 1) * 0x9e3779b97f4a7c15
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// unit maps a hash to (0, 1].
func unit(h uint64) float64 { return (float64(h) + 1) / (1 << 64) }
