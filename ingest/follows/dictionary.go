package follows

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// A dictionary gives places to ids in the order in which they come: to accounts, and to those followers whose ids are no
// numbers below 2^32.
type dictionary struct {
	shards  [64]dictionaryShard
	mu      sync.Mutex
	numbers []uint64 // by place; texts have their place in the list of texts here
	isText  map[uint32]string
	limit   int64 // bytes
	used    int64
	what    string
}

type dictionaryShard struct {
	mu      sync.Mutex
	numbers map[uint64]uint32
	texts   map[string]uint32
}

// What an entry costs in memory, roughly: its place in the list, in a map at its usual load, and a text's own bytes.
const (
	numberCost = 8 + 30
	textCost   = 8 + 2*48
)

func newDictionary(what string, limit int64) *dictionary {
	d := &dictionary{isText: map[uint32]string{}, limit: limit, what: what}
	for i := range d.shards {
		d.shards[i].numbers = map[uint64]uint32{}
	}
	return d
}

func mix(x uint64) uint64 { // Murmur3's finaliser
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}

func (d *dictionary) number(id uint64) (uint32, error) {
	s := &d.shards[mix(id)&63]
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.numbers[id]; ok {
		return at, nil
	}
	at, err := d.add(id, "", numberCost)
	if err == nil {
		s.numbers[id] = at
	}
	return at, err
}

func (d *dictionary) text(id []byte) (uint32, error) {
	h := uint64(14695981039346656037)
	for _, c := range id {
		h = (h ^ uint64(c)) * 1099511628211
	}
	s := &d.shards[mix(h)&63]
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.texts[string(id)]; ok {
		return at, nil
	}
	text := string(id)
	at, err := d.add(0, text, textCost+int64(len(id)))
	if err == nil {
		if s.texts == nil {
			s.texts = map[string]uint32{}
		}
		s.texts[text] = at
	}
	return at, err
}

func (d *dictionary) add(number uint64, text string, cost int64) (uint32, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.used += cost; d.used > d.limit || len(d.numbers) == 1<<32-1 {
		return 0, fmt.Errorf("%d different %s do not fit the memory; give more with --memory", len(d.numbers), d.what)
	}
	at := uint32(len(d.numbers))
	d.numbers = append(d.numbers, number)
	if text != "" {
		d.isText[at] = text
	}
	return at, nil
}

// order lists the places, numbers by size first, then texts by their bytes, and says how many are numbers.
func (d *dictionary) order() (places []uint32, numbers int) {
	places = make([]uint32, len(d.numbers))
	for i := range places {
		places[i] = uint32(i)
	}
	if len(d.isText) == 0 {
		slices.SortFunc(places, func(a, b uint32) int { return cmp.Compare(d.numbers[a], d.numbers[b]) })
		return places, len(places)
	}
	slices.SortFunc(places, func(a, b uint32) int {
		x, isX := d.isText[a]
		y, isY := d.isText[b]
		switch {
		case isX && isY:
			return cmp.Compare(x, y)
		case isX:
			return 1
		case isY:
			return -1
		}
		return cmp.Compare(d.numbers[a], d.numbers[b])
	})
	return places, len(places) - len(d.isText)
}

// forget lets the maps go, which only giving places needs.
func (d *dictionary) forget() {
	for i := range d.shards {
		d.shards[i] = dictionaryShard{}
	}
}
