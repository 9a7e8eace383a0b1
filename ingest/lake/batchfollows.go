package lake

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// Follows of journal pages gather in the batch with their native ids. When it is committed, followers get their numbers,
// in the order in which the journal first names them, and each list becomes a run.

// An edge is a follow whose account has a number and whose follower waits for one.
type edge struct {
	list     int32 // of edges.lists
	account  uint32
	follower int32 // of edges.followers
}

// edges are the follows of one platform and day.
type edges struct {
	all   []edge
	lists []string
	list  map[string]int32
	ids   map[uint32]string // native ids of the accounts
}

// followers are those whom a batch's follows of one platform name, in order.
type followers struct {
	ids []string
	at  map[string]int32
	nos []uint32 // by writeFollows
}

// addFollows gathers the follows of a page.
func (b *batch) addFollows(rows *ingest.Rows, at *place) error {
	var e *edges
	var p *followers
	var last *ingest.Follow // a page speaks of one list, most often of one account
	list := int32(0)
	for i := range rows.Follows {
		r := &rows.Follows[i]
		if last != nil && r.Follower != "" && r.Account == last.Account && r.List == last.List && r.Platform == last.Platform {
			b.follow(e, p, list, r, at)
			continue
		}
		switch {
		case r.Follower == "" || r.List == "":
			rows.Quarantine = append(rows.Quarantine, ingest.Reject{Text: string(r.Platform) + " " + r.Account, Reason: "follow without a follower or a list"})
			continue
		case !b.usable(rows, r.Platform, r.Account, nil):
			continue
		}
		if err := b.numbered(r.Platform, r.Account, at); err != nil {
			return err
		}
		e, p, list = b.edgesOf(r, at)
		last = r
		b.follow(e, p, list, r, at)
	}
	return nil
}

// edgesOf finds where a follow belongs.
func (b *batch) edgesOf(r *ingest.Follow, at *place) (*edges, *followers, int32) {
	k := partKey{Follows.Name, r.Platform, at.ingestedAt.Format(time.DateOnly)}
	e := b.edges[k]
	if e == nil {
		e = &edges{list: map[string]int32{}, ids: map[uint32]string{}}
		b.edges[k] = e
	}
	list, ok := e.list[r.List]
	if !ok {
		list = int32(len(e.lists))
		e.lists = append(e.lists, r.List)
		e.list[r.List] = list
	}
	p := b.people[r.Platform]
	if p == nil {
		p = &followers{at: map[string]int32{}}
		b.people[r.Platform] = p
	}
	e.ids[at.accountNo] = r.Account
	return e, p, list
}

func (b *batch) follow(e *edges, p *followers, list int32, r *ingest.Follow, at *place) {
	follower, ok := p.at[r.Follower]
	if !ok {
		follower = int32(len(p.ids))
		p.ids = append(p.ids, r.Follower)
		p.at[r.Follower] = follower
	}
	e.all = append(e.all, edge{list, at.accountNo, follower})
	b.rows[Follows.Name]++
	b.size++
}

// writeFollows gives numbers to the batch's followers and writes its lists.
func (b *batch) writeFollows(ctx context.Context, m *manifest) error {
	for _, platform := range slices.Sorted(maps.Keys(b.people)) {
		files, given, err := b.lk.numberPeople(ctx, platform, b.people[platform])
		if err != nil {
			return err
		}
		if m.PeopleGiven == nil {
			m.PeopleGiven = map[ingest.Platform]int64{}
		}
		m.People = append(m.People, files...)
		m.PeopleGiven[platform] = given
	}
	keys := slices.SortedFunc(maps.Keys(b.edges), func(x, y partKey) int {
		return cmp.Or(cmp.Compare(x.platform, y.platform), cmp.Compare(x.day, y.day))
	})
	for _, k := range keys {
		files, err := b.lk.writeEdges(ctx, k, b.edges[k], b.people[k.platform].nos)
		if err != nil {
			return err
		}
		m.Follows = append(m.Follows, files...)
	}
	return nil
}

// numberPeople finds or gives the numbers of the followers.
func (lk *Lake) numberPeople(ctx context.Context, platform ingest.Platform, p *followers) (files []File, given int64, err error) {
	type numeric struct {
		id uint64
		at int32
	}
	var numbers []numeric
	var texts []int32
	for i, id := range p.ids {
		if n, ok := personNumber(id); ok {
			numbers = append(numbers, numeric{n, int32(i)})
		} else {
			texts = append(texts, int32(i))
		}
	}
	slices.SortFunc(numbers, func(a, b numeric) int { return cmp.Compare(a.id, b.id) })
	sortByText(texts, p.ids)

	p.nos = make([]uint32, len(p.ids))
	known := make([]bool, len(p.ids))
	ids := make([]uint64, len(numbers))
	for i, n := range numbers {
		ids[i] = n.id
	}
	words := make([]string, len(texts))
	for i, t := range texts {
		words[i] = p.ids[t]
	}
	err = lk.matchNumbers(ctx, platform, ids, func(i int, no uint32) { p.nos[numbers[i].at], known[numbers[i].at] = no, true })
	if err == nil {
		err = lk.matchTexts(ctx, platform, words, func(i int, no uint32) { p.nos[texts[i]], known[texts[i]] = no, true })
	}
	if err != nil {
		return nil, 0, err
	}
	given = lk.peopleCount(platform)
	for i, id := range p.ids {
		if !known[i] {
			if t := lk.forgotten.find(platform, id); t != nil {
				if t.Number == given { // the number that the person had: it stays given, to nobody
					given++
				}
				p.nos[i], known[i] = noFollower, true
				continue
			}
			if given == maxPeople {
				return nil, 0, fmt.Errorf("platform %s has more than %d followers", platform, int64(maxPeople))
			}
			p.nos[i] = uint32(given)
			given++
		}
	}
	fresh := func(at int32) bool { return !known[at] }
	files, err = lk.writePeople(platform, func(numbersTo, textsTo *freshPeople) error {
		for _, n := range numbers {
			if fresh(n.at) {
				if err := numbersTo.number(p.nos[n.at], n.id); err != nil {
					return err
				}
			}
		}
		for _, t := range texts {
			if fresh(t) {
				if err := textsTo.text(p.nos[t], p.ids[t]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return files, given, err
}

const maxPeople = 1<<32 - 1

// writeEdges writes the lists of one platform and day. An account has one list in a file: where a batch holds several
// readings of one account, the later ones go to files of their own.
func (lk *Lake) writeEdges(ctx context.Context, k partKey, e *edges, nos []uint32) ([]File, error) {
	slices.SortFunc(e.all, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.list, b.list), cmp.Compare(nos[a.follower], nos[b.follower]))
	})
	var writers []*runWriter
	var files []File
	discard := func(err error) error {
		for _, w := range writers {
			err = w.discard(err)
		}
		return err
	}
	var buf []uint32
	nth, before := 0, int64(-1)
	for rest := e.all; len(rest) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, discard(err)
		}
		account, list := rest[0].account, rest[0].list
		buf = buf[:0]
		for len(rest) > 0 && rest[0].account == account && rest[0].list == list {
			buf = append(buf, nos[rest[0].follower])
			rest = rest[1:]
		}
		buf = slices.Compact(buf)
		if n := len(buf); n > 0 && buf[n-1] == noFollower {
			buf = buf[:n-1]
		}
		if int64(account) != before {
			nth, before = 0, int64(account)
		}
		if nth == len(writers) {
			w, err := lk.newRunWriter()
			if err != nil {
				return nil, discard(err)
			}
			writers = append(writers, w)
		}
		if err := writers[nth].add(account, e.lists[list], e.ids[account], buf); err != nil {
			return nil, discard(err)
		}
		nth++
	}
	for len(writers) > 0 {
		f, err := writers[0].finish(k.dir())
		writers = writers[1:]
		if err != nil {
			return nil, discard(err)
		}
		files = append(files, f)
	}
	return files, nil
}

// freshPeople is a file of people that begins to be when the first one comes.
type freshPeople struct {
	lk      *Lake
	ofTexts bool
	w       *peopleWriter
}

func (f *freshPeople) begin() (err error) {
	if f.w == nil {
		f.w, err = f.lk.newPeopleWriter(f.ofTexts)
	}
	return err
}

func (f *freshPeople) number(no uint32, id uint64) error {
	if err := f.begin(); err != nil {
		return err
	}
	return f.w.addNumber(no, id)
}

func (f *freshPeople) text(no uint32, id string) error {
	if err := f.begin(); err != nil {
		return err
	}
	return f.w.addText(no, id)
}

// writePeople makes the files of people to whom fill gives numbers.
func (lk *Lake) writePeople(platform ingest.Platform, fill func(numbers, texts *freshPeople) error) (files []File, err error) {
	kinds := []*freshPeople{{lk: lk}, {lk: lk, ofTexts: true}}
	err = fill(kinds[0], kinds[1])
	for _, k := range kinds {
		if k.w == nil {
			continue
		}
		if err != nil {
			err = k.w.discard(err)
			continue
		}
		var f File
		if f, err = k.w.finish(platform); err == nil {
			files = append(files, f)
		}
	}
	return files, err
}
