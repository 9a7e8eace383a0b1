package lake

import "container/heap"

// known walks all files of people of one kind together, by id.
type known[T uint64 | string] struct {
	files []*peopleReader
	heap  knownHeap[T]
}

// A knownHead is the person at which a file stands.
type knownHead[T uint64 | string] struct {
	id T
	r  *peopleReader
}

type knownHeap[T uint64 | string] struct {
	heads []knownHead[T]
	of    func(*peopleReader) T
}

func (h *knownHeap[T]) Len() int           { return len(h.heads) }
func (h *knownHeap[T]) Less(i, j int) bool { return h.heads[i].id < h.heads[j].id }
func (h *knownHeap[T]) Swap(i, j int)      { h.heads[i], h.heads[j] = h.heads[j], h.heads[i] }
func (h *knownHeap[T]) Push(x any)         { h.heads = append(h.heads, x.(knownHead[T])) }
func (h *knownHeap[T]) Pop() any {
	last := h.heads[len(h.heads)-1]
	h.heads = h.heads[:len(h.heads)-1]
	return last
}

func openKnown[T uint64 | string](lk *Lake, files []File, of func(*peopleReader) T) (*known[T], error) {
	k := &known[T]{heap: knownHeap[T]{of: of}}
	for _, f := range files {
		r, err := lk.openPeople(f)
		if err != nil {
			k.close()
			return nil, err
		}
		k.files = append(k.files, r)
		ok, err := r.next()
		if err != nil {
			k.close()
			return nil, err
		}
		if ok {
			k.heap.heads = append(k.heap.heads, knownHead[T]{of(r), r})
		}
	}
	heap.Init(&k.heap)
	return k, nil
}

// find gives the number of id. Ids must be asked for in ascending order.
func (k *known[T]) find(id T) (no uint32, ok bool, err error) {
	for len(k.heap.heads) > 0 {
		h := &k.heap.heads[0]
		if h.id > id {
			return 0, false, nil
		}
		if h.id == id { // stays, in case it is asked for again
			return h.r.no(), true, nil
		}
		more, err := h.r.next()
		if err != nil {
			return 0, false, err
		}
		if more {
			h.id = k.heap.of(h.r)
			heap.Fix(&k.heap, 0)
		} else {
			heap.Pop(&k.heap)
		}
	}
	return 0, false, nil
}

func (k *known[T]) close() {
	for _, r := range k.files {
		r.r.Close()
	}
}
