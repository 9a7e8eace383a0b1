package follows

import (
	"fmt"
	"os"
	"sync"
	"unsafe"
)

// Edges wait in buckets until all of the input has been read: one bucket for each of the first accounts, of which only the
// followers are kept, and some that the others share, with the account before each follower. Buckets are chains of
// blocks. When the blocks fill their share of the memory, all are written to a file, each bucket as one segment.

const (
	blockLen = 8 << 10 // numbers in a block
	ownMax   = 512     // accounts that get buckets of their own
	shared   = 256     // buckets that the others share
)

// A kind says what a follower's number in a bucket is.
type kind int

const (
	asIs   kind = iota // the native id, below 2^32
	listed             // a place in the dictionary
	kinds
)

type block []uint32

// A bucket holds edges in no order.
type bucket struct {
	full     []block
	segments []segment
	numbers  int64 // of both
}

// A segment is a part of the spill file.
type segment struct{ at, numbers int64 }

// A store holds all buckets. Its methods may be called by several goroutines at once.
type store struct {
	mu      sync.Mutex
	buckets [kinds][ownMax + shared]bucket
	free    []block
	blocks  int    // that exist
	limit   int    // of them
	dir     string // of the spill file
	spill   *os.File
	size    int64 // of the spill file
}

func newStore(memory int64, dir string) *store {
	return &store{limit: int(max(64, memory/(4*blockLen))), dir: dir}
}

// get gives an empty block, which may take writing others to disk.
func (s *store) get() (block, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 && s.blocks >= s.limit {
		if err := s.write(); err != nil {
			return nil, err
		}
	}
	if n := len(s.free); n > 0 {
		b := s.free[n-1]
		s.free = s.free[:n-1]
		return b[:0], nil
	}
	s.blocks++
	return make(block, 0, blockLen), nil
}

// put adds a block to a bucket.
func (s *store) put(k kind, at int, b block) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bk := &s.buckets[k][at]
	bk.full = append(bk.full, b)
	bk.numbers += int64(len(b))
}

// write spills all blocks. The caller holds the lock.
func (s *store) write() error {
	if s.spill == nil {
		f, err := os.CreateTemp(s.dir, "overtake-import-*.sort")
		if err != nil {
			return fmt.Errorf("make the temporary file for sorting: %w", err)
		}
		if err := os.Remove(f.Name()); err != nil { // the file lives as long as it is open: no end of the process leaves it behind
			return fmt.Errorf("make the temporary file for sorting: %w", err)
		}
		s.spill = f
	}
	for k := range s.buckets {
		for i := range s.buckets[k] {
			b := &s.buckets[k][i]
			if len(b.full) == 0 {
				continue
			}
			seg := segment{at: s.size}
			for _, bl := range b.full {
				if _, err := s.spill.WriteAt(numberBytes(bl), s.size); err != nil {
					return &TempError{Dir: s.dir, Bytes: s.size, Err: err}
				}
				s.size += 4 * int64(len(bl))
				seg.numbers += int64(len(bl))
				s.free = append(s.free, bl)
			}
			b.segments = append(b.segments, seg)
			b.full = nil
		}
	}
	return nil
}

// A TempError says that the temporary file of the sort could not be written, most often as the disk is full.
type TempError struct {
	Dir   string
	Bytes int64 // written before
	Err   error
}

func (e *TempError) Error() string {
	return fmt.Sprintf("sort in %s, after %d bytes: %v; nothing was imported", e.Dir, e.Bytes, e.Err)
}

// Unwrap gives the system's error.
func (e *TempError) Unwrap() error { return e.Err }

// settle is called when all is put: where something was spilled, all is, so that what follows has the memory.
func (s *store) settle() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spill != nil {
		if err := s.write(); err != nil {
			return err
		}
		s.blocks = 0
	}
	s.free = nil
	return nil
}

// each yields the numbers of a bucket, piece by piece, and lets its blocks go. buf is room to read into.
func (s *store) each(k kind, at int, buf []uint32, yield func([]uint32) error) error {
	b := &s.buckets[k][at]
	for _, seg := range b.segments {
		for seg.numbers > 0 {
			n := min(seg.numbers, int64(len(buf)))
			if _, err := s.spill.ReadAt(numberBytes(buf[:n]), seg.at); err != nil {
				return fmt.Errorf("read edges back from the temporary file for sorting: %w", err)
			}
			if err := yield(buf[:n]); err != nil {
				return err
			}
			seg.at, seg.numbers = seg.at+4*n, seg.numbers-n
		}
	}
	for i, bl := range b.full {
		if err := yield(bl); err != nil {
			return err
		}
		b.full[i] = nil
	}
	b.full = nil
	return nil
}

func (s *store) close() {
	if s.spill != nil {
		s.spill.Close()
	}
}

// numberBytes is the memory of v, in the machine's order of bytes: the file lives no longer than the process.
func numberBytes[T ~[]uint32](v T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
}
