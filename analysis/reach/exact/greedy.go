package exact

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/reach"
)

// masks are kept rows: width words that say which accounts a group of people follows, and one word with how many they are.
type masks struct {
	width int
	flat  []uint64 // width+1 words each
	limit int      // rows at which equal ones are merged next
}

const mergeAt = 1 << 22 // rows a thread keeps before it looks for equal ones

// add keeps the mask of person i of a transposed block.
func (m *masks) add(block []uint64, i int) {
	for b := range m.width {
		m.flat = append(m.flat, block[64*b+i])
	}
	m.flat = append(m.flat, 1)
}

// rows is how many masks are kept.
func (m *masks) rows() int { return len(m.flat) / (m.width + 1) }

// shrink merges equal masks when there are many, and fails when they still take more than memory bytes.
func (m *masks) shrink(memory int64) error {
	if m.limit == 0 {
		m.limit = mergeAt
	}
	if m.rows() < m.limit && int64(len(m.flat))*8 < memory/2 {
		return nil
	}
	m.merge()
	m.limit = max(mergeAt, 2*m.rows())
	if need := int64(len(m.flat)) * 16; need > memory { // a slice may take twice its length while it grows
		return fmt.Errorf("%w: a thread keeps %d different masks, %d MiB of %d MiB; raise the memory", ErrMemory, m.rows(), need>>20, memory>>20)
	}
	return nil
}

// merge sorts the rows and adds equal ones up.
func (m *masks) merge() {
	w := m.width + 1
	if m.rows() == 0 {
		return
	}
	order := make([]int32, m.rows())
	for i := range order {
		order[i] = int32(i)
	}
	row := func(i int32) []uint64 { return m.flat[int(i)*w : int(i)*w+m.width] }
	slices.SortFunc(order, func(a, b int32) int {
		x, y := row(a), row(b)
		for i := range x {
			if c := cmp.Compare(x[i], y[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	var out []uint64
	for n, i := range order {
		if n > 0 && slices.Equal(row(i), row(order[n-1])) {
			out[len(out)-1] += m.flat[int(i)*w+m.width]
			continue
		}
		out = append(out, m.flat[int(i)*w:int(i)*w+w]...)
	}
	m.flat = out
}

// greedy orders the accounts by what each adds.
func (w *walk) greedy(r *reach.Result) []reach.Step {
	k := len(w.lists)
	twos := make([]int64, k*k)
	parts := make([]*masks, len(w.counts))
	for i, c := range w.counts {
		parts[i] = &c.kept
		for j, n := range c.twos {
			twos[j] += n
		}
	}
	picked := make([]bool, k)
	lost := make([][]int64, len(parts)) // what each thread's masks take from the gains
	o := reach.NewOrder(r.Followers)
	for pick, ok := o.Pick(); ok; pick, ok = o.Pick() {
		if pick == 0 { // the largest, and the first: its followers were not kept, the pairs say what others lose
			for j := range k {
				o.Lose(j, r.Pairs.At(0, j))
			}
			picked[0] = true
			continue
		}
		_ = w.each(len(parts), func(_, i int) error {
			lost[i] = parts[i].drop(pick, k)
			return nil
		})
		for _, l := range lost {
			for j, n := range l {
				o.Lose(j, n)
			}
		}
		for j := range k {
			if n := twos[min(pick, j)*k+max(pick, j)]; j != pick && !picked[j] {
				o.Lose(j, n)
				o.Lose(pick, n)
			}
		}
		o.Lose(pick, o.Gain(pick)) // what is left follows this account alone
		picked[pick] = true
	}
	return o.Steps()
}

// drop removes the masks that hold the account, and returns how many people each account loses with them.
func (m *masks) drop(account, k int) []int64 {
	lost := make([]int64, k)
	w := m.width + 1
	word, bit := account/64, uint64(1)<<(account%64)
	keep := 0
	for i := 0; i < len(m.flat); i += w {
		row := m.flat[i : i+w]
		if row[word]&bit == 0 {
			copy(m.flat[keep:], row)
			keep += w
			continue
		}
		persons := int64(row[m.width])
		for b, x := range row[:m.width] {
			for ; x != 0; x &= x - 1 {
				lost[64*b+bits.TrailingZeros64(x)] += persons
			}
		}
	}
	m.flat = m.flat[:keep]
	return lost
}
