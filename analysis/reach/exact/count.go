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

// sparse is the number of bits up to which they are put into place one by one rather than by transposing.
const sparse = 80

// transpose turns word j of all rows into the masks of its 64 people.
func (c *counter) transpose(j int) {
	k := len(c.w.lists)
	for b := range c.width {
		m := (*[64]uint64)(c.masks[64*b:])
		n := min(64, k-64*b)
		total := 0
		for i := range n {
			x := c.block[(64*b+i)*chunk+j]
			m[i] = x
			total += bits.OnesCount64(x)
		}
		if total <= sparse {
			rows := *m
			clear(m[:])
			for i, x := range rows[:n] {
				for ; x != 0; x &= x - 1 {
					m[bits.TrailingZeros64(x)&63] |= 1 << i
				}
			}
			continue
		}
		clear(m[n:])
		transpose64(m)
	}
}

// transpose64 transposes a 64 by 64 bit matrix, row i bit j to row j bit i: six times, blocks of half the size change
// places across the diagonal, three times with each loading of eight rows.
// Source: Warren, Hacker's Delight, 7-3, in the order of bits from the lowest.
func transpose64(m *[64]uint64) {
	for i := range 8 {
		r0, r4 := exchange(m[i], m[i+32], 32, 0x00000000ffffffff)
		r1, r5 := exchange(m[i+8], m[i+40], 32, 0x00000000ffffffff)
		r2, r6 := exchange(m[i+16], m[i+48], 32, 0x00000000ffffffff)
		r3, r7 := exchange(m[i+24], m[i+56], 32, 0x00000000ffffffff)
		r0, r2 = exchange(r0, r2, 16, 0x0000ffff0000ffff)
		r1, r3 = exchange(r1, r3, 16, 0x0000ffff0000ffff)
		r4, r6 = exchange(r4, r6, 16, 0x0000ffff0000ffff)
		r5, r7 = exchange(r5, r7, 16, 0x0000ffff0000ffff)
		m[i], m[i+8] = exchange(r0, r1, 8, 0x00ff00ff00ff00ff)
		m[i+16], m[i+24] = exchange(r2, r3, 8, 0x00ff00ff00ff00ff)
		m[i+32], m[i+40] = exchange(r4, r5, 8, 0x00ff00ff00ff00ff)
		m[i+48], m[i+56] = exchange(r6, r7, 8, 0x00ff00ff00ff00ff)
	}
	for i := 0; i < 64; i += 8 {
		r := (*[8]uint64)(m[i:])
		r0, r4 := exchange(r[0], r[4], 4, 0x0f0f0f0f0f0f0f0f)
		r1, r5 := exchange(r[1], r[5], 4, 0x0f0f0f0f0f0f0f0f)
		r2, r6 := exchange(r[2], r[6], 4, 0x0f0f0f0f0f0f0f0f)
		r3, r7 := exchange(r[3], r[7], 4, 0x0f0f0f0f0f0f0f0f)
		r0, r2 = exchange(r0, r2, 2, 0x3333333333333333)
		r1, r3 = exchange(r1, r3, 2, 0x3333333333333333)
		r4, r6 = exchange(r4, r6, 2, 0x3333333333333333)
		r5, r7 = exchange(r5, r7, 2, 0x3333333333333333)
		r[0], r[1] = exchange(r0, r1, 1, 0x5555555555555555)
		r[2], r[3] = exchange(r2, r3, 1, 0x5555555555555555)
		r[4], r[5] = exchange(r4, r5, 1, 0x5555555555555555)
		r[6], r[7] = exchange(r6, r7, 1, 0x5555555555555555)
	}
}

// exchange swaps the high part of each block of x with the low part of that of y.
func exchange(x, y uint64, s int, mask uint64) (uint64, uint64) {
	t := (x>>s ^ y) & mask
	return x ^ t<<s, y ^ t
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
