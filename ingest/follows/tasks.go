package follows

import (
	"context"
	"math/bits"
	"slices"

	"github.com/overtake-analytics/overtake/ingest/lake"
)

// A task makes one file.
type task struct {
	memory int64
	run    func(ctx context.Context, w *lake.RunWriter) error
}

const (
	fileEdges  = 8 << 20 // a file of own buckets is closed when it holds so many
	groupEdges = 8 << 20 // edges of shared buckets that are sorted together
)

// tasks cuts the work into files, none of which shares an account with another.
func (b *builder) tasks() []task {
	s := b.r.store
	var own []uint32 // places with buckets of their own
	sharedEdges := make([]int64, shared)
	ownEdges := func(p uint32) int64 { return s.buckets[asIs][p].numbers + s.buckets[listed][p].numbers }
	for _, p := range b.order {
		if p < ownMax {
			own = append(own, p)
			b.all += ownEdges(p)
		}
	}
	for i := range shared {
		for k := range s.buckets {
			sharedEdges[i] += s.buckets[k][ownMax+i].numbers / 2
		}
		b.all += sharedEdges[i]
	}
	if b.all == 0 {
		return nil
	}
	if b.all <= groupEdges { // small: one file
		return []task{b.group(own, upTo(shared), b.all)}
	}
	var tasks []task
	for len(own) > 0 {
		n, sum, most := 0, int64(0), int64(0)
		for n < len(own) && sum < fileEdges {
			sum += ownEdges(own[n])
			most = max(most, ownEdges(own[n]))
			n++
		}
		tasks = append(tasks, b.lists(own[:n], most))
		own = own[n:]
	}
	for at := 0; at < shared; {
		n, sum := at, int64(0)
		for n < shared && (n == at || sum+sharedEdges[n] <= groupEdges) {
			sum += sharedEdges[n]
			n++
		}
		if sum > 0 {
			tasks = append(tasks, b.group(nil, upTo(n)[at:], sum))
		}
		at = n
	}
	return tasks
}

func upTo(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

// lists sorts accounts with buckets of their own, one after the other.
func (b *builder) lists(places []uint32, most int64) task {
	return task{memory: 12 * most, run: func(ctx context.Context, w *lake.RunWriter) error {
		var nos, room []uint32
		for _, p := range places {
			if err := ctx.Err(); err != nil {
				return err
			}
			nos = nos[:0]
			var err error
			if nos, room, err = b.followers(p, nos, room); err != nil {
				return err
			}
			b.kept[p] = int64(len(nos))
			if err := w.Add(b.nos[p], b.list(p), b.ids[p], nos); err != nil {
				return err
			}
		}
		return nil
	}}
}

// followers gives the sorted distinct follower numbers of an account with its own buckets. nos and room are memory to use.
func (b *builder) followers(p uint32, nos, room []uint32) (sorted, rest []uint32, err error) {
	s := b.r.store
	var read [blockLen]uint32
	n := int64(0)
	for k := range kinds {
		n += s.buckets[k][p].numbers
		err := s.each(k, int(p), read[:], func(part []uint32) error {
			nos = append(nos, part...)
			b.edges.Add(int64(len(part)))
			if k == listed {
				at := nos[len(nos)-len(part):]
				for i, f := range at {
					at[i] = b.people.others[f]
				}
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		if k == asIs {
			nos, room = b.people.rank(nos, room)
			n = int64(len(nos))
		}
	}
	if s.buckets[listed][p].numbers > 0 || b.people.byRank != nil {
		room = slices.Grow(room[:0], len(nos))
		nos, room = radix(nos, room[:len(nos)], 32)
		nos = distinct(nos)
	}
	if n := len(nos); n > 0 && nos[n-1] == lake.NoFollower {
		nos = nos[:n-1]
	}
	return nos, room, nil
}

// rank turns narrow ids into distinct follower numbers, ascending where the numbers follow one another.
func (p *people) rank(ids, room []uint32) (nos, rest []uint32) {
	if len(ids) == 0 {
		return ids, room
	}
	room = slices.Grow(room[:0], len(ids))[:len(ids)]
	largest := slices.Max(ids)
	if int64(len(ids))*64 > int64(largest) { // many of few: marks in a bitmap sort them in one pass
		marks := make([]uint64, p.narrow.limit(largest))
		for _, id := range ids {
			marks[id>>6] |= 1 << (id & 63)
		}
		ids = p.marked(marks, ids[:0])
		return ids, room
	}
	ids, room = radix(ids, room, bits.Len32(largest))
	ids = distinct(ids)
	for i, id := range ids {
		ids[i] = p.number(p.narrow.number(id))
	}
	return ids, room
}

// marked appends the numbers of the marked ids.
func (p *people) marked(marks []uint64, nos []uint32) []uint32 {
	for block := 0; block < len(marks); block += blockWords {
		before := p.narrow.rank[block/blockWords]
		for i, m := range marks[block : block+blockWords] {
			here := p.narrow.words[block+i]
			for ; m != 0; m &= m - 1 {
				below := m&-m - 1
				nos = append(nos, p.number(before+uint32(bits.OnesCount64(here&below))))
			}
			before += uint32(bits.OnesCount64(here))
		}
	}
	return nos
}

// number is the follower number of the narrow id of that rank.
func (p *people) number(rank uint32) uint32 {
	if p.byRank == nil {
		return p.base + rank
	}
	return p.byRank[rank]
}

// group sorts shared buckets and accounts with few edges together.
func (b *builder) group(own []uint32, buckets []int, edges int64) task {
	return task{memory: 16 * edges, run: func(ctx context.Context, w *lake.RunWriter) error {
		pairs := make([]uint64, 0, edges) // account number, follower number
		places := map[uint32]uint32{}     // of the accounts, by number
		add := func(k kind, place, f uint32) {
			if k == listed {
				f = b.people.others[f]
			} else {
				f = b.people.number(b.people.narrow.number(f))
			}
			pairs = append(pairs, uint64(b.nos[place])<<32|uint64(f))
		}
		var read [blockLen]uint32
		for k := range kinds {
			for _, p := range own {
				places[b.nos[p]] = p
				err := b.r.store.each(k, int(p), read[:], func(part []uint32) error {
					for _, f := range part {
						add(k, p, f)
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			for _, i := range buckets {
				err := b.r.store.each(k, ownMax+i, read[:], func(part []uint32) error {
					for j := 0; j+1 < len(part); j += 2 {
						places[b.nos[part[j]]] = part[j]
						add(k, part[j], part[j+1])
					}
					return ctx.Err()
				})
				if err != nil {
					return err
				}
			}
		}
		b.edges.Add(int64(len(pairs)))
		return b.writeGroup(ctx, w, pairs, places)
	}}
}

func (b *builder) writeGroup(ctx context.Context, w *lake.RunWriter, pairs []uint64, places map[uint32]uint32) error {
	most := uint64(0)
	for _, x := range pairs {
		most = max(most, x)
	}
	pairs, room := radix(pairs, make([]uint64, len(pairs)), bits.Len64(most))
	_ = room
	pairs = distinct(pairs)
	var nos []uint32
	for len(pairs) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		account := uint32(pairs[0] >> 32)
		n, _ := slices.BinarySearchFunc(pairs, account, func(x uint64, a uint32) int {
			if uint32(x>>32) <= a {
				return -1
			}
			return 1
		})
		nos = nos[:0]
		for _, x := range pairs[:n] {
			if uint32(x) != lake.NoFollower {
				nos = append(nos, uint32(x))
			}
		}
		p := places[account]
		b.kept[p] = int64(len(nos))
		if err := w.Add(account, b.list(p), b.ids[p], nos); err != nil {
			return err
		}
		pairs = pairs[n:]
	}
	return nil
}
