package follows

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// A builder turns what was read into sorted runs.
type builder struct {
	Options
	r  *reader
	im *lake.Importer
	id string // of the import

	ids   []string // native ids of the accounts by place
	nos   []uint32 // their numbers by place
	kept  []int64  // distinct followers by place
	order []uint32 // places by account number

	people  people
	given   int64 // follower numbers of the platform, in the end
	edges   atomic.Int64
	all     int64 // edges to be sorted
	largest int64
}

// people finds the number of a follower.
type people struct {
	narrow *bitmap
	base   uint32   // number of the narrow ids' first, where they follow one another
	byRank []uint32 // numbers of the narrow ids by rank, where they do not
	others []uint32 // numbers by place in the dictionary
	count  int64
}

func (b *builder) build(ctx context.Context) error {
	if err := b.numberPeople(ctx); err != nil {
		return err
	}
	if err := b.numberAccounts(); err != nil {
		return err
	}
	return b.sortAll(ctx)
}

// numberPeople gives numbers to all who follow.
func (b *builder) numberPeople(ctx context.Context) error {
	r := b.r
	largest := uint32(0)
	for _, w := range r.workers {
		largest = max(largest, w.largest)
	}
	narrowCount := r.narrow.count(largest)
	b.people.narrow = r.narrow
	places, numbers := r.others.order()
	r.others.forget()
	b.people.others = make([]uint32, len(places))
	b.people.count = narrowCount + int64(len(places))

	rank := int64(0)
	take := func(no uint32) {
		defer func() { rank++ }()
		switch p := &b.people; {
		case rank >= narrowCount:
			p.others[places[rank-narrowCount]] = no
		case rank == 0 && no != lake.NoFollower:
			p.base = no
		case p.byRank == nil && no == p.base+uint32(rank):
		default:
			if p.byRank == nil {
				p.byRank = make([]uint32, narrowCount)
				for i := range rank {
					p.byRank[i] = p.base + uint32(i)
				}
			}
			p.byRank[rank] = no
		}
	}
	err := b.im.NumberPeople(ctx, concat(r.narrow.all(), pick(r.others.numbers, places[:numbers])), take)
	if err != nil {
		return err
	}
	if numbers < len(places) {
		texts := func(yield func(string) bool) {
			for _, p := range places[numbers:] {
				if !yield(r.others.isText[p]) {
					return
				}
			}
		}
		if err := b.im.NumberTexts(ctx, texts, take); err != nil {
			return err
		}
	}
	b.given = b.im.PeopleGiven()
	return nil
}

func concat(seqs ...iter.Seq[uint64]) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for _, s := range seqs {
			for v := range s {
				if !yield(v) {
					return
				}
			}
		}
	}
}

func pick(numbers []uint64, places []uint32) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for _, p := range places {
			if !yield(numbers[p]) {
				return
			}
		}
	}
}

// numberAccounts gives numbers to all who are followed, in the order of their ids.
func (b *builder) numberAccounts() error {
	d := b.r.accounts
	places, numbers := d.order()
	d.forget()
	b.order = places
	b.ids, b.nos, b.kept = make([]string, len(places)), make([]uint32, len(places)), make([]int64, len(places))
	b.im.Named(b.id, b.r.names[0])
	for i, p := range places {
		if i < numbers {
			b.ids[p] = idText(d.numbers[p])
		} else {
			b.ids[p] = d.isText[p]
		}
		var err error
		if b.nos[p], err = b.im.Number(b.ids[p]); err != nil {
			return err
		}
	}
	slices.SortFunc(b.order, func(x, y uint32) int { return cmp.Compare(b.nos[x], b.nos[y]) })
	return nil
}

// list is the name of this reading of an account's list.
func (b *builder) list(place uint32) string {
	return fmt.Sprintf("%s/followers/%s/import-%s", b.Platform, b.ids[place], b.id)
}

// sortAll makes the files, several at once as memory allows.
func (b *builder) sortAll(ctx context.Context) error {
	tasks := b.tasks()
	room := semaphore.NewWeighted(max(b.Memory/4, 1))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Threads)
	var mu sync.Mutex
	for _, t := range tasks {
		weight := min(t.memory, max(b.Memory/4, 1))
		g.Go(func() error {
			if err := room.Acquire(ctx, weight); err != nil {
				return err
			}
			defer room.Release(weight)
			w, err := b.im.CreateRuns()
			if err != nil {
				return err
			}
			if err := t.run(ctx, w); err != nil {
				w.Discard()
				return err
			}
			if err := w.Close(); err != nil {
				return err
			}
			if b.Progress != nil {
				mu.Lock()
				defer mu.Unlock()
				b.Progress(Progress{Stage: "sort", Done: float64(b.edges.Load()) / float64(max(b.all, 1)), Edges: b.edges.Load()})
			}
			return nil
		})
	}
	return g.Wait()
}

// count adds what sorting told.
func (b *builder) count(facts *lake.Import) {
	for _, n := range b.kept {
		facts.Follows += n
		b.largest = max(b.largest, n)
	}
	facts.Duplicates = b.all - facts.Follows
	facts.Accounts, facts.People = int64(len(b.ids)), b.people.count
}

// rows adds the rows that tell of the import: its files, its lists, the lines that it could not read.
func (b *builder) rows(facts lake.Import) error {
	for i, f := range b.r.files {
		b.im.Named(b.id, b.r.names[i])
		b.im.File(f, b.Format, 0)
	}
	b.im.Named(b.id, strings.Join(b.r.names, " "))
	for _, p := range b.order {
		err := b.im.List(b.nos[p], ingest.ListReading{
			Platform: b.Platform, List: b.list(p), NativeID: b.ids[p], Direction: ingest.ListFollowers,
			Strategy: ingest.StrategyAll, Verdict: ingest.VerdictComplete, Collected: b.kept[p], Stated: -1, Frame: -1, Probability: 1,
			StartedAt: b.At, EndedAt: b.At,
		})
		if err != nil {
			return err
		}
	}
	bad := b.r.rejects()
	if more := facts.Rejected - int64(len(bad)); more > 0 {
		bad = append(bad, reject{reason: fmt.Sprintf("%d more lines of this data set could not be read; they are not kept word for word", more)})
	}
	for _, rj := range bad {
		b.im.Named(b.id, b.r.names[rj.file])
		if err := b.im.Reject(ingest.Reject{Document: b.r.names[rj.file], Offset: rj.offset, Text: rj.text, Reason: rj.reason}); err != nil {
			return err
		}
	}
	return nil
}
