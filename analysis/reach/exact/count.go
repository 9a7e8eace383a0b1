package exact

import "math/bits"

// A counter holds what one thread has counted.
type counter struct {
	w         *walk
	width     int      // words of a mask
	block     []uint64 // chunk words per list, gathered from the window
	masks     []uint64 // 64 masks of one word, masks[64*b+i] is word b of person i
	frequency []int64
	exclusive []int64
	pairs     []int64 // k by k, upper triangle
	twos      []int64 // k by k, upper triangle: persons who follow these two and no other, and not the largest
	kept      masks
}

func newCounter(w *walk) *counter {
	k := len(w.lists)
	width := (k + 63) / 64
	return &counter{
		w: w, width: width,
		block: make([]uint64, k*chunk), masks: make([]uint64, 64*width),
		frequency: make([]int64, k+1), exclusive: make([]int64, k),
		pairs: make([]int64, k*k), twos: make([]int64, k*k),
		kept: masks{width: width},
	}
}

// chunk counts the people of up to chunk touched words, and clears them in the window.
func (c *counter) chunk(words []int32) error {
	for i := range c.w.lists {
		row := c.w.rows[i*windowWords : (i+1)*windowWords]
		out := c.block[i*chunk : i*chunk+len(words)]
		for j, at := range words {
			out[j] = row[at]
			row[at] = 0
		}
	}
	for i := 1; i < c.w.heavy; i++ {
		a := c.block[i*chunk : i*chunk+len(words)]
		for j := range i {
			c.pairs[j*len(c.w.lists)+i] += andCount(a, c.block[j*chunk:j*chunk+len(words)])
		}
	}
	for j := range words {
		c.transpose(j)
		c.people()
	}
	return c.kept.shrink(c.w.Memory / int64(c.w.Threads))
}

// andCount is the number of bits set in both.
func andCount(a, b []uint64) int64 {
	b = b[:len(a)]
	var n0, n1, n2, n3 int
	i := 0
	for ; i+4 <= len(a); i += 4 {
		n0 += bits.OnesCount64(a[i] & b[i])
		n1 += bits.OnesCount64(a[i+1] & b[i+1])
		n2 += bits.OnesCount64(a[i+2] & b[i+2])
		n3 += bits.OnesCount64(a[i+3] & b[i+3])
	}
	for ; i < len(a); i++ {
		n0 += bits.OnesCount64(a[i] & b[i])
	}
	return int64(n0 + n1 + n2 + n3)
}

// transpose turns word j of all rows into the masks of its 64 people.
func (c *counter) transpose(j int) {
	k := len(c.w.lists)
	for b := range c.width {
		m := (*[64]uint64)(c.masks[64*b:])
		n := min(64, k-64*b)
		for i := range n {
			m[i] = c.block[(64*b+i)*chunk+j]
		}
		clear(m[n:])
		transpose64(m)
	}
}

// transpose64 transposes a 64 by 64 bit matrix, row i bit j to row j bit i.
// Source: Warren, Hacker's Delight, 7-3, in the order of bits from the lowest.
func transpose64(m *[64]uint64) {
	mask := uint64(0x00000000ffffffff)
	for s := 32; s > 0; s >>= 1 {
		for i := 0; i < 64; i = (i + s + 1) &^ s {
			t := (m[i]>>s ^ m[i+s]) & mask
			m[i] ^= t << s
			m[i+s] ^= t
		}
		mask ^= mask << (s >> 1)
	}
}

// people counts the 64 people whose masks were made last.
func (c *counter) people() {
	for i := range 64 {
		n := 0
		for b := range c.width {
			n += bits.OnesCount64(c.masks[64*b+i])
		}
		if n == 0 {
			continue
		}
		c.frequency[n]++
		if n == 1 {
			c.exclusive[c.first(i)]++
			continue
		}
		c.lightPairs(i)
		if c.w.NoGreedy || c.masks[i]&1 != 0 { // the largest account's followers are reached by the first pick
			continue
		}
		if n == 2 {
			a := c.first(i)
			c.twos[a*len(c.w.lists)+c.last(i)]++
			continue
		}
		c.kept.add(c.masks, i)
	}
}

// first is the lowest account that person i follows.
func (c *counter) first(i int) int {
	for b := 0; ; b++ {
		if m := c.masks[64*b+i]; m != 0 {
			return 64*b + bits.TrailingZeros64(m)
		}
	}
}

// last is the highest account that person i follows.
func (c *counter) last(i int) int {
	for b := c.width - 1; ; b-- {
		if m := c.masks[64*b+i]; m != 0 {
			return 64*b + 63 - bits.LeadingZeros64(m)
		}
	}
}

// lightPairs counts the pairs of person i of which the higher account is light.
func (c *counter) lightPairs(i int) {
	k := len(c.w.lists)
	for b := c.w.heavy / 64; b < c.width; b++ {
		m := c.masks[64*b+i]
		if b == c.w.heavy/64 {
			m &= ^uint64(0) << (c.w.heavy % 64)
		}
		for ; m != 0; m &= m - 1 {
			j := 64*b + bits.TrailingZeros64(m)
			for a := 0; a <= b; a++ {
				low := c.masks[64*a+i]
				if a == b {
					low &= 1<<(j%64) - 1
				}
				for ; low != 0; low &= low - 1 {
					c.pairs[(64*a+bits.TrailingZeros64(low))*k+j]++
				}
			}
		}
	}
}

// appendBits appends the positions of the bits of m, counted from base.
func appendBits(to []int32, m uint64, base int32) []int32 {
	for ; m != 0; m &= m - 1 {
		to = append(to, base+int32(bits.TrailingZeros64(m)))
	}
	return to
}
