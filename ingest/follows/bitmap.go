package follows

import (
	"fmt"
	"iter"
	"math/bits"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A bitmap is the set of the numeric ids below 2^32 that follow. Its memory is touched only where ids are.
type bitmap struct {
	words  []uint64
	mapped []byte   // the memory of words
	rank   []uint32 // ids before each block of eight words; made by count
}

const (
	narrow     = 1 << 32
	blockWords = 8
)

// newBitmap takes 512 MiB of addresses from the system, which gives memory to those that are written to. Memory of Go's
// own would have to be cleared first.
func newBitmap() (*bitmap, error) {
	m, err := unix.Mmap(-1, 0, narrow/8, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("reserve addresses for the set of ids: %w", err)
	}
	return &bitmap{mapped: m, words: unsafe.Slice((*uint64)(unsafe.Pointer(&m[0])), narrow/64)}, nil
}

func (b *bitmap) close() {
	b.words = nil
	_ = unix.Munmap(b.mapped)
}

// set may be called by several goroutines at once.
func (b *bitmap) set(id uint32) {
	w, bit := &b.words[id>>6], uint64(1)<<(id&63)
	if atomic.LoadUint64(w)&bit == 0 {
		atomic.OrUint64(w, bit)
	}
}

// limit is the number of words up to the largest id.
func (b *bitmap) limit(largest uint32) int {
	return min(len(b.words), (int(largest)/64/blockWords+1)*blockWords)
}

// count prepares number for a set whose largest id is known, and returns its size.
func (b *bitmap) count(largest uint32) int64 {
	b.words = b.words[:b.limit(largest)]
	b.rank = make([]uint32, len(b.words)/blockWords)
	n := 0
	for i := range b.rank {
		b.rank[i] = uint32(n)
		for _, w := range b.words[i*blockWords : (i+1)*blockWords] {
			n += bits.OnesCount64(w)
		}
	}
	return int64(n)
}

// before is the number of ids below the first of word i.
func (b *bitmap) before(i int) uint32 {
	n := b.rank[i/blockWords]
	for _, w := range b.words[i&^(blockWords-1) : i] {
		n += uint32(bits.OnesCount64(w))
	}
	return n
}

// number is the place of an id of the set among its ids, from 0.
func (b *bitmap) number(id uint32) uint32 {
	i := int(id >> 6)
	return b.before(i) + uint32(bits.OnesCount64(b.words[i]&(1<<(id&63)-1)))
}

// all gives the ids, ascending.
func (b *bitmap) all() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i, w := range b.words {
			for ; w != 0; w &= w - 1 {
				if !yield(uint64(i)<<6 | uint64(bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}
