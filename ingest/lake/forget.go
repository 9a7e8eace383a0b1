package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/internal/durable"
)

// A ForgetReport says what Forget touched.
type ForgetReport struct {
	Lists       int   `json:"lists"`       // from which the person was taken
	Files       int   `json:"files"`       // written anew without the person
	Memberships int64 `json:"memberships"` // rows about the person as a sampled follower
	Quarantine  int64 `json:"quarantine"`  // rejected lines that named the person
	Known       bool  `json:"known"`       // false: the lake had no number for the person
	Account     bool  `json:"account"`     // the id is also one of the accounts whose followers are counted; that stays
}

// A replacement says that a file of an earlier commit is another one now.
type replacement struct {
	Old string `json:"old"` // path
	New File   `json:"new"` // Path is "" where nothing is left of the file
}

// Forget takes a follower out of every file of the lake: those that name the person are written anew, and one commit puts
// them in the place of the old ones, which are deleted. From then on whatever names the person is left out, also when the
// lake is made again from the journal. The person's follower number is never given again.
func (lk *Lake) Forget(ctx context.Context, platform ingest.Platform, id string, at time.Time) (rep ForgetReport, err error) {
	defer func() {
		lk.numbers = nil
		if err != nil {
			err = fmt.Errorf("forget: %w", err)
		}
	}()
	if id == "" || !platform.Valid() {
		return rep, errors.New("no id or no platform")
	}
	if err := lk.fs.MkdirAll(lk.path(commitsDir)); err != nil {
		return rep, err
	}
	lock, err := durable.Acquire(lk.path("_lock"))
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if err := lk.load(); err != nil {
		return rep, err
	}
	if err := lk.sweep(); err != nil {
		return rep, err
	}
	if len(lk.kept) > 0 {
		return rep, errors.New("a rebuild of this lake was interrupted; run \"overtake rebuild\" first")
	}
	no, err := lk.followerNumber(ctx, platform, id)
	if err != nil {
		return rep, err
	}
	number := int64(-1)
	if no != nil {
		number, rep.Known = int64(*no), true
	}
	// First of all the person is on the list: however this ends, nothing new about the person comes in.
	if err := lk.forgotten.add(lk.fs, lk.dir, platform, id, number, at); err != nil {
		return rep, err
	}
	if err := lk.loadNumbers(ctx); err != nil {
		return rep, err
	}
	if n := lk.numbers[platform]; n != nil {
		_, rep.Account = n.of[id]
	}
	m := lk.next(lk.journalID(), lk.Upto())
	if err := lk.without(ctx, &m, platform, id, no, &rep); err != nil {
		return rep, errors.Join(err, lk.sweep())
	}
	if len(m.Replaced) == 0 {
		return rep, nil
	}
	rep.Files = len(m.Replaced)
	var fresh []File
	for _, r := range m.Replaced {
		if r.New.Path != "" {
			fresh = append(fresh, r.New)
		}
	}
	if err := lk.publish(fresh); err != nil {
		return rep, err
	}
	if err := writeManifest(lk.fs, lk.dir, &m); err != nil {
		return rep, err
	}
	if err := lk.load(); err != nil {
		return rep, err
	}
	return rep, lk.sweep() // the old files, which no manifest lists any more
}

// followerNumber looks the person up.
func (lk *Lake) followerNumber(ctx context.Context, platform ingest.Platform, id string) (no *uint32, err error) {
	found := func(_ int, n uint32) { no = &n }
	if n, ok := personNumber(id); ok {
		return no, lk.matchNumbers(ctx, platform, []uint64{n}, found)
	}
	err = lk.matchTexts(ctx, platform, []string{id}, found)
	return no, err
}

// without writes the files that name the person anew.
func (lk *Lake) without(ctx context.Context, m *manifest, platform ingest.Platform, id string, no *uint32, rep *ForgetReport) error {
	for _, old := range lk.manifests {
		for _, f := range old.all() {
			if err := ctx.Err(); err != nil {
				return err
			}
			p, err := platformOf(f.Path)
			if err != nil || p != platform && p != ingest.AnyPlatform {
				continue
			}
			var fresh *File
			switch f.Dataset {
			case Follows.Name:
				if no != nil {
					fresh, err = lk.followsWithout(ctx, f, *no, rep)
				}
			case peopleDir:
				if no != nil {
					fresh, err = lk.peopleWithout(ctx, platform, f, *no)
				}
			case membershipsSet.Name:
				fresh, err = lk.rowsWithout(ctx, f, "follower_key", func(v string) bool { return v == followerKey(platform, id) }, &rep.Memberships)
			case quarantineSet.Name:
				fresh, err = lk.rowsWithout(ctx, f, "text", func(v string) bool { return slices.Contains(words(v), id) }, &rep.Quarantine)
			}
			if err != nil {
				return err
			}
			if fresh != nil {
				m.Replaced = append(m.Replaced, replacement{Old: f.Path, New: *fresh})
			}
		}
	}
	return nil
}

// followsWithout writes a file of follows without one follower; nil where the file does not hold the follower.
func (lk *Lake) followsWithout(ctx context.Context, f File, no uint32, rep *ForgetReport) (*File, error) {
	if err := lk.prove(f); err != nil {
		return nil, err
	}
	rf := &runFile{path: lk.path(f.Path), rows: f.Rows}
	var runs []FollowerList
	var err error
	rf.pages, err = lk.readIndex(f, func(r run, first int64) {
		runs = append(runs, FollowerList{AccountNo: r.account, NativeID: r.id, List: r.list, Rows: r.rows, runs: []fileRun{{rf, first, r.rows}}})
	})
	if err != nil {
		return nil, err
	}
	has := 0
	for _, l := range runs {
		err := eachChunk(ctx, l, func(part []uint32) error {
			if _, ok := slices.BinarySearch(part, no); ok {
				has++
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if has == 0 {
		return nil, nil
	}
	rep.Lists += has
	w, err := lk.newRunWriter()
	if err != nil {
		return nil, err
	}
	for _, l := range runs {
		err := eachChunk(ctx, l, func(part []uint32) error {
			if i, ok := slices.BinarySearch(part, no); ok {
				part = slices.Delete(part, i, i+1) // the cursor's own memory, which it fills anew
			}
			return w.extend(l.AccountNo, l.List, l.NativeID, part)
		})
		if err != nil {
			return nil, w.discard(err)
		}
	}
	fresh, err := w.finish(f.Path[:strings.LastIndexByte(f.Path, '/')])
	return &fresh, err
}

func eachChunk(ctx context.Context, l FollowerList, yield func([]uint32) error) error {
	c, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return Chunks(c, yield)
}

// peopleWithout writes a file of people without one person; nil where the file does not hold the person.
func (lk *Lake) peopleWithout(ctx context.Context, platform ingest.Platform, f File, no uint32) (*File, error) {
	p, err := lk.openPeople(f)
	if err != nil {
		return nil, err
	}
	defer p.r.Close()
	has := false
	if err := p.each(func() bool { has = p.no() == no; return !has }); err != nil || !has {
		return nil, err
	}
	from, err := lk.openPeople(f)
	if err != nil {
		return nil, err
	}
	defer from.r.Close()
	w, err := lk.newPeopleWriter(from.ofTexts)
	if err != nil {
		return nil, err
	}
	var failed error
	err = from.each(func() bool {
		switch {
		case from.no() == no:
		case from.ofTexts:
			failed = w.addText(from.no(), from.text())
		default:
			failed = w.addNumber(from.no(), from.number())
		}
		return failed == nil && ctx.Err() == nil
	})
	if err = errors.Join(err, failed, ctx.Err()); err != nil {
		return nil, w.discard(err)
	}
	fresh, err := w.finish(platform)
	return &fresh, err
}

// rowsWithout writes a file of rows without those whose column drop names; nil where there are none.
func (lk *Lake) rowsWithout(ctx context.Context, f File, column string, drop func(string) bool, count *int64) (*File, error) {
	data, err := lk.readFile(f)
	if err != nil {
		return nil, err
	}
	rec, err := decodeParquet(ctx, data)
	if err != nil {
		return nil, &FileError{Path: lk.path(f.Path), Reason: err.Error()}
	}
	defer rec.Release()
	at := rec.Schema().FieldIndices(column)
	if len(at) != 1 {
		return nil, nil
	}
	texts, ok := rec.Column(at[0]).(*array.String)
	if !ok {
		return nil, nil
	}
	var keep []arrow.Record // stretches between dropped rows
	begin, dropped := 0, int64(0)
	for i := range texts.Len() {
		if !texts.IsNull(i) && drop(texts.Value(i)) {
			if begin < i {
				keep = append(keep, rec.NewSlice(int64(begin), int64(i)))
			}
			begin = i + 1
			dropped++
		}
	}
	if dropped == 0 {
		return nil, nil
	}
	*count += dropped
	if begin < texts.Len() {
		keep = append(keep, rec.NewSlice(int64(begin), int64(texts.Len())))
	}
	if len(keep) == 0 {
		return &File{Dataset: f.Dataset}, nil
	}
	whole, err := concatRecords(keep)
	if err != nil {
		return nil, err
	}
	defer whole.Release()
	fresh, err := encodeParquet(whole)
	if err != nil {
		return nil, err
	}
	t, err := lk.createTemp()
	if err != nil {
		return nil, err
	}
	if _, err := t.Write(fresh); err != nil {
		return nil, t.discard(err)
	}
	file, err := t.finish(f.Dataset, f.Path[:strings.LastIndexByte(f.Path, '/')], whole.NumRows())
	return &file, err
}
