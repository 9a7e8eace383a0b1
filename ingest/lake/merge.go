package lake

import (
	"container/heap"
	"errors"
	"io"
)

// A merge is the union of several cursors.
type merge struct {
	all  []FollowerCursor
	heap heads
	out  []uint32
	err  error
	open bool
}

// A head is a cursor with what it gave last.
type head struct {
	c    FollowerCursor
	rest []uint32 // never empty
}

type heads []head

func (h heads) Len() int           { return len(h) }
func (h heads) Less(i, j int) bool { return h[i].rest[0] < h[j].rest[0] }
func (h heads) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *heads) Push(x any)        { *h = append(*h, x.(head)) }
func (h *heads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func newMerge(cursors []FollowerCursor) *merge { return &merge{all: cursors} }

// start reads the first chunk of every cursor.
func (m *merge) start() error {
	m.open = true
	m.out = make([]uint32, 0, pageRows)
	for _, c := range m.all {
		h := head{c: c}
		ok, err := h.fill()
		if err != nil {
			return err
		}
		if ok {
			m.heap = append(m.heap, h)
		}
	}
	heap.Init(&m.heap)
	return nil
}

// fill gets the next chunk where the last one is used up; false at the end.
func (h *head) fill() (bool, error) {
	for len(h.rest) == 0 {
		var err error
		if h.rest, err = h.c.Next(); errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	return true, nil
}

// Next implements FollowerCursor.
func (m *merge) Next() ([]uint32, error) {
	if m.err != nil {
		return nil, m.err
	}
	if !m.open {
		if m.err = m.start(); m.err != nil {
			return nil, m.err
		}
	}
	last := int64(-1)
	if len(m.out) > 0 {
		last = int64(m.out[len(m.out)-1])
	}
	m.out = m.out[:0]
	for len(m.heap) > 0 && len(m.out) < cap(m.out) {
		h := &m.heap[0]
		if v := h.rest[0]; int64(v) != last {
			m.out = append(m.out, v)
			last = int64(v)
		}
		h.rest = h.rest[1:]
		ok, err := h.fill()
		if err != nil {
			m.err = err
			return nil, err
		}
		if ok {
			heap.Fix(&m.heap, 0)
		} else {
			heap.Pop(&m.heap)
		}
	}
	if len(m.out) == 0 {
		return nil, io.EOF
	}
	return m.out, nil
}

// Close implements FollowerCursor.
func (m *merge) Close() error {
	var errs []error
	for _, c := range m.all {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
