package exact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/overtake-analytics/overtake/analysis/reach"
)

// ErrMemory is wrapped when the masks for the greedy order outgrow Options.Memory. Threshold samples (package sketch)
// answer within any memory, or Options.NoGreedy leaves the order out.
var ErrMemory = errors.New("not enough memory for the exact greedy order")

// An Account is a follower list with its number.
type Account struct {
	No   uint32
	Len  int64 // followers that Open will give: their order decides, so it must be right
	Open func(ctx context.Context) (Cursor, error)
}

// A Cursor walks one list. Next returns the next followers, ascending and distinct within and across calls, valid until the
// call after; io.EOF at the end.
type Cursor interface {
	Next() ([]uint32, error)
	Close() error
}

// Options bound a run.
type Options struct {
	Threads  int   // 0: all processors
	Memory   int64 // bytes for masks of the greedy order; 0: 4 GiB
	NoGreedy bool  // leave Result.Greedy empty
}

const (
	window      = 1 << 20 // people walked at a time
	windowWords = window / 64
	chunk       = 128 // words of 64 people that one thread counts at a time
)

// A walk is one run under way.
type walk struct {
	Options
	lists  []*list
	rows   []uint64 // the bit matrix: windowWords per list
	base   uint64   // first follower number of the window, a multiple of 64
	words  []int32  // touched words of the window, ascending
	heavy  int      // lists below this index are paired by AND
	counts []*counter
}

// A list is the state of one account's cursor.
type list struct {
	Account
	cur    Cursor
	buf    []uint32 // decoded, not yet walked
	seen   int64
	last   int64                    // last follower walked, -1 before the first
	here   int64                    // followers in this window
	marked [windowWords / 64]uint64 // touched words of this window
	done   bool
}

// Run counts the reach of the accounts.
func Run(ctx context.Context, accounts []Account, opt Options) (_ *reach.Result, err error) {
	if opt.Threads <= 0 {
		opt.Threads = runtime.GOMAXPROCS(0)
	}
	if opt.Memory == 0 {
		opt.Memory = 4 << 30
	}
	accounts = slices.Clone(accounts)
	slices.SortStableFunc(accounts, func(a, b Account) int {
		return cmp.Or(cmp.Compare(b.Len, a.Len), cmp.Compare(a.No, b.No))
	})
	w := &walk{Options: opt, rows: make([]uint64, len(accounts)*windowWords)}
	defer func() {
		for _, l := range w.lists {
			if l.cur != nil {
				err = errors.Join(err, l.cur.Close())
			}
		}
	}()
	for _, a := range accounts {
		l := &list{Account: a, last: -1}
		w.lists = append(w.lists, l)
		if l.cur, err = a.Open(ctx); err != nil {
			return nil, fmt.Errorf("open followers of account %d: %w", a.No, err)
		}
	}
	for range opt.Threads {
		w.counts = append(w.counts, newCounter(w))
	}
	if err := w.all(ctx); err != nil {
		return nil, err
	}
	return w.result()
}

// all walks every window.
func (w *walk) all(ctx context.Context) error {
	if err := w.each(len(w.lists), func(_, i int) error { return w.lists[i].fetch() }); err != nil {
		return err
	}
	for w.next() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("count reach: %w", err)
		}
		err := w.each(len(w.lists), func(_, i int) error {
			return w.lists[i].fill(w.rows[i*windowWords:(i+1)*windowWords], w.base)
		})
		if err != nil {
			return err
		}
		w.gatherTouched()
		w.heavy = w.split()
		err = w.each((len(w.words)+chunk-1)/chunk, func(thread, i int) error {
			return w.counts[thread].chunk(w.words[i*chunk : min(len(w.words), (i+1)*chunk)])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// each runs n tasks on all threads, in order of their numbers as threads become free.
func (w *walk) each(n int, task func(thread, i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, min(w.Threads, n))
	for t := range errs {
		wg.Go(func() {
			for errs[t] == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				errs[t] = task(t, i)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// next moves to the window of the smallest follower not yet walked; false when there is none.
func (w *walk) next() bool {
	found := false
	for _, l := range w.lists {
		if l.done {
			continue
		}
		if first := uint64(l.buf[0]) &^ 63; !found || first < w.base {
			w.base, found = first, true
		}
	}
	return found
}

// fetch fills the buffer when it is empty.
func (l *list) fetch() error {
	for len(l.buf) == 0 && !l.done {
		var err error
		if l.buf, err = l.cur.Next(); errors.Is(err, io.EOF) {
			l.done, l.buf = true, nil
			if l.seen != l.Len {
				return fmt.Errorf("account %d: list holds %d followers, its index says %d", l.No, l.seen, l.Len)
			}
		} else if err != nil {
			return fmt.Errorf("read followers of account %d: %w", l.No, err)
		}
	}
	return nil
}

// fill sets the bits of the followers in [base, base+window) in row.
func (l *list) fill(row []uint64, base uint64) error {
	l.here = 0
	end := int64(base) + window
	for !l.done {
		n, last := 0, l.last
		at, acc := int64(-1), uint64(0) // word being built: one store per word, not per follower
		for n < len(l.buf) {
			v := int64(l.buf[n])
			if v >= end {
				break
			}
			if v <= last {
				return fmt.Errorf("account %d: follower %d after %d: list is not sorted or holds one twice", l.No, v, last)
			}
			last = v
			d := v - int64(base)
			if d>>6 != at {
				if at >= 0 {
					row[at] |= acc
					l.marked[at>>6] |= 1 << (at & 63)
				}
				at, acc = d>>6, 0
			}
			acc |= 1 << (d & 63)
			n++
		}
		if at >= 0 {
			row[at] |= acc
			l.marked[at>>6] |= 1 << (at & 63)
		}
		l.last = last
		l.here += int64(n)
		l.seen += int64(n)
		if l.buf = l.buf[n:]; len(l.buf) > 0 {
			return nil
		}
		if err := l.fetch(); err != nil {
			return err
		}
	}
	return nil
}

// gatherTouched lists the words of the window that any list touched.
func (w *walk) gatherTouched() {
	var marked [windowWords / 64]uint64
	for _, l := range w.lists {
		if l.here == 0 {
			continue
		}
		for i, m := range l.marked {
			marked[i] |= m
		}
		clear(l.marked[:])
	}
	w.words = w.words[:0]
	for i, m := range marked {
		w.words = appendBits(w.words, m, int32(i)*64)
	}
}

// The costs of the two ways to count pairs, in the same unit: an AND and population count of two words, the visit of a
// follower of a light account, a count of one pair in its mask. Measured; they move the line, never the result.
const (
	costWord  = 1.0
	costVisit = 4.0
	costPair  = 2.0
)

// split finds how many of the largest accounts to pair by AND in this window.
func (w *walk) split() int {
	var light, follows float64
	for _, l := range w.lists {
		light += float64(l.here)
	}
	people := float64(len(w.words)) * 64
	follows = light
	perPerson := 1 + 2*follows/max(people, 1) // accounts followed by a follower, roughly: activity is unequal
	best, at := -1.0, 0
	for h := 0; h <= len(w.lists); h++ {
		cost := float64(h*(h-1)/2)*float64(len(w.words))*costWord + light*(costVisit+costPair*perPerson)
		if best < 0 || cost < best {
			best, at = cost, h
		}
		if h < len(w.lists) {
			light -= float64(w.lists[h].here)
		}
	}
	return at
}

// result adds the threads' counts up.
func (w *walk) result() (*reach.Result, error) {
	k := len(w.lists)
	r := &reach.Result{Frequency: make([]int64, k+1), Exclusive: make([]int64, k), Pairs: reach.NewPairs(k)}
	for i, l := range w.lists {
		r.Accounts = append(r.Accounts, l.No)
		r.Followers = append(r.Followers, l.seen)
		r.Sum += l.seen
		r.Pairs.Add(i, i, l.seen)
	}
	r.Edges = r.Sum
	for _, c := range w.counts {
		for j, n := range c.frequency {
			r.Frequency[j] += n
		}
		for i := range k {
			r.Exclusive[i] += c.exclusive[i]
			for j := i + 1; j < k; j++ {
				r.Pairs.Add(i, j, c.pairs[i*k+j])
			}
		}
	}
	for _, n := range r.Frequency[1:] {
		r.Unique += n
	}
	if !w.NoGreedy {
		r.Greedy = w.greedy(r)
	}
	return r, nil
}

// Fixed is the memory in bytes that a run of so many accounts and threads takes whatever the lists: the window, the
// threads' blocks and pair counts, and a buffer per list.
func Fixed(accounts, threads int) int64 {
	const buffer = 512 << 10 // of a Parquet cursor: a page, packed and unpacked
	k, t := int64(accounts), int64(threads)
	return k*window/8 + t*(k*chunk*8+2*k*k*8) + k*buffer
}

// InMemory is an account whose ascending, distinct followers are all at hand.
func InMemory(no uint32, followers []uint32) Account {
	return Account{no, int64(len(followers)), func(context.Context) (Cursor, error) { return &slice{followers}, nil }}
}

// A slice is a cursor that gives everything at once.
type slice struct{ rest []uint32 }

// Next implements Cursor.
func (s *slice) Next() ([]uint32, error) {
	if len(s.rest) == 0 {
		return nil, io.EOF
	}
	all := s.rest
	s.rest = nil
	return all, nil
}

// Close implements Cursor.
func (s *slice) Close() error { return nil }
