package crawl

import (
	"math"
	"math/bits"
)

// hash64 spreads an id over all 64-bit numbers: FNV-1a, then the finaliser of SplitMix64, so that near ids lie far apart.
func hash64(seed uint64, id string) uint64 {
	h := uint64(14695981039346656037) ^ mix(seed)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	return mix(h)
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// kept reports whether a member belongs to the sample: its hash lies below the share p of all hashes. The draw depends on
// the seed and the id alone, so that it is the same however often, and in whatever order, a list is read.
func kept(seed uint64, id string, p float64) bool {
	if p >= 1 {
		return true
	}
	if !(p > 0) {
		return false
	}
	return hash64(seed, id) < uint64(math.Ldexp(p, 64))
}

// An idset counts distinct ids by their 64-bit hashes: 8 bytes each, open addressing. Among five million ids two share a
// hash with a probability below one in a million.
type idset struct {
	slots []uint64 // 0: empty
	n     int
	zero  bool // the hash 0 is in it
}

// add reports whether id is new.
func (s *idset) add(id string) bool { return s.addHash(hash64(0, id)) }

func (s *idset) addHash(h uint64) bool {
	if h == 0 {
		fresh := !s.zero
		s.zero = true
		if fresh {
			s.n++
		}
		return fresh
	}
	if 4*(s.n+1) > 3*len(s.slots) {
		s.grow()
	}
	if s.put(h) {
		s.n++
		return true
	}
	return false
}

func (s *idset) put(h uint64) bool {
	mask := uint64(len(s.slots) - 1)
	for i := bits.RotateLeft64(h, 32) & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case 0:
			s.slots[i] = h
			return true
		case h:
			return false
		}
	}
}

// reserve makes room for n ids at once, as far as that is no great loss where n is wrong.
func (s *idset) reserve(n int64) {
	const most = 1 << 23
	size := 64
	for size < most && 3*int64(size) < 4*n {
		size *= 2
	}
	if len(s.slots) == 0 {
		s.slots = make([]uint64, size)
	}
}

func (s *idset) grow() {
	old := s.slots
	s.slots = make([]uint64, max(64, 2*len(old)))
	for _, h := range old {
		if h != 0 {
			s.put(h)
		}
	}
}
