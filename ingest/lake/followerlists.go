package lake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"

	"github.com/overtake-analytics/overtake/ingest"
)

// A FollowerList is one reading of one account's follower list. It may lie in several files, as pages came in several
// commits; Open merges them.
type FollowerList struct {
	AccountNo uint32
	NativeID  string // of the account
	List      string // the reading, key of the dataset lists
	Rows      int64  // of all files together; a follower whom two pages named is counted twice here

	lk   *Lake
	runs []fileRun
}

// A fileRun is where a run lies.
type fileRun struct {
	file        *runFile
	first, rows int64
}

// A runFile is one file of follows with the places of its pages.
type runFile struct {
	path  string
	pages []runPage
	rows  int64
}

// FollowerLists gives the follower lists of a platform, by account number, then by name of the reading. keep, which may
// be nil, chooses among them, so that of millions only the wanted ones take memory. The lists stay readable as long as
// the lake is not rebuilt.
func (lk *Lake) FollowerLists(ctx context.Context, platform ingest.Platform, keep func(accountNo uint32, list string) bool) ([]FollowerList, error) {
	type name struct {
		account uint32
		list    string
	}
	at := map[name]int{}
	var all []FollowerList
	for _, f := range lk.followFiles(platform) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rf := &runFile{path: lk.path(f.Path), rows: f.Rows}
		var err error
		rf.pages, err = lk.readIndex(f, func(r run, first int64) {
			if keep != nil && !keep(r.account, r.list) {
				return
			}
			k := name{r.account, r.list}
			i, ok := at[k]
			if !ok {
				i = len(all)
				at[k] = i
				all = append(all, FollowerList{AccountNo: r.account, NativeID: r.id, List: r.list, lk: lk})
			}
			all[i].Rows += r.rows
			all[i].runs = append(all[i].runs, fileRun{rf, first, r.rows})
		})
		if err != nil {
			return nil, fmt.Errorf("follower lists of %s: %w", platform, err)
		}
	}
	slices.SortFunc(all, func(a, b FollowerList) int {
		return cmp.Or(cmp.Compare(a.AccountNo, b.AccountNo), cmp.Compare(a.List, b.List))
	})
	return all, nil
}

// followFiles are the files of follows of a platform, oldest first.
func (lk *Lake) followFiles(platform ingest.Platform) []File {
	var files []File
	for _, m := range lk.manifests {
		for _, f := range m.Follows {
			if p, err := platformOf(f.Path); err == nil && p == platform {
				files = append(files, f)
			}
		}
	}
	return files
}

// Len is the number of distinct followers. Where the list lies in one file it is known at once; else it is counted.
func (l FollowerList) Len(ctx context.Context) (n int64, err error) {
	if len(l.runs) <= 1 {
		return l.Rows, nil
	}
	c, err := l.Open(ctx)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	err = Chunks(c, func(part []uint32) error {
		n += int64(len(part))
		return nil
	})
	return n, err
}

// A FollowerCursor walks the follower numbers of a list.
type FollowerCursor interface {
	// Next returns the next follower numbers, ascending and distinct within and across calls, valid until the call after;
	// io.EOF at the end. Every page is checked against its checksum.
	Next() ([]uint32, error)
	Close() error
}

// Chunks calls yield with everything that a cursor gives.
func Chunks(c FollowerCursor, yield func([]uint32) error) error {
	for {
		part, err := c.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = yield(part)
		}
		if err != nil {
			return err
		}
	}
}

// Open begins to read the list.
func (l FollowerList) Open(ctx context.Context) (FollowerCursor, error) {
	cursors := make([]FollowerCursor, len(l.runs))
	for i, r := range l.runs {
		f, err := os.Open(r.file.path)
		if err != nil {
			for _, c := range cursors[:i] {
				c.Close()
			}
			return nil, fmt.Errorf("open follower list of account %d: %w", l.AccountNo, err)
		}
		cursors[i] = &runCursor{ctx: ctx, f: f, run: r}
	}
	if len(cursors) == 1 {
		return cursors[0], nil
	}
	return newMerge(cursors), nil
}

// A runCursor reads one run, a page at a time.
type runCursor struct {
	ctx context.Context
	f   *os.File
	run fileRun
	buf []uint32
}

// Next implements FollowerCursor.
func (c *runCursor) Next() ([]uint32, error) {
	if c.run.rows == 0 {
		return nil, io.EOF
	}
	if err := c.ctx.Err(); err != nil {
		return nil, err
	}
	if c.buf == nil {
		c.buf = make([]uint32, pageRows)
	}
	page := c.run.first / pageRows
	in := c.run.first % pageRows
	rows := min(pageRows, c.run.file.rows-page*pageRows)
	if page >= int64(len(c.run.file.pages)) || in >= rows {
		return nil, c.damaged(errIndex.Error())
	}
	data := asBytes(c.buf[:rows])
	p := c.run.file.pages[page]
	if _, err := c.f.ReadAt(data, p.at); err != nil {
		return nil, c.damaged(err.Error())
	}
	if crc32.Checksum(data, castagnoli) != p.crc {
		return nil, c.damaged(fmt.Sprintf("the page at byte %d does not match its checksum", p.at))
	}
	n := min(c.run.rows, rows-in)
	c.run.first += n
	c.run.rows -= n
	return c.buf[in : in+n], nil
}

func (c *runCursor) damaged(reason string) error {
	return &FileError{Path: c.run.file.path, Reason: reason}
}

// Close implements FollowerCursor.
func (c *runCursor) Close() error { return c.f.Close() }
