package lake

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/ingest"
)

// A Report is what Verify found.
type Report struct {
	Commits  int
	Files    int
	Rows     int64
	Bytes    int64
	Accounts int64 // account numbers given, over all platforms
}

// Verify reads every file and proves that it is as it was written: its sha256, its number of rows, the chain of the
// manifests, and that every account has one number and every number one account. The error names the file and the cure.
func (lk *Lake) Verify(ctx context.Context) (rep Report, err error) {
	if err := lk.load(); err != nil {
		return rep, fmt.Errorf("verify lake: %w", err)
	}
	defer func() { lk.numbers = nil }()
	if err := lk.loadNumbers(ctx); err != nil {
		return rep, fmt.Errorf("verify lake: %w", err)
	}
	rep.Commits = len(lk.manifests)
	for _, n := range lk.lastAccounts() {
		rep.Accounts += int64(n)
	}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lk.workers())
	for _, m := range lk.manifests {
		for _, f := range m.all() {
			g.Go(func() error {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := lk.verifyFile(ctx, f); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				rep.Files++
				rep.Rows += f.Rows
				rep.Bytes += f.Bytes
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		return rep, fmt.Errorf("verify lake: %w", err)
	}
	return rep, nil
}

func (lk *Lake) verifyFile(ctx context.Context, f File) error {
	if f.Dataset == Follows.Name || f.Dataset == peopleDir { // may be larger than memory
		return lk.prove(f)
	}
	data, err := lk.readFile(f)
	if err != nil {
		return err
	}
	rows, err := parquetRows(data)
	if err != nil {
		return &FileError{Path: lk.path(f.Path), Reason: err.Error()}
	}
	if rows != f.Rows {
		return &FileError{Path: lk.path(f.Path), Reason: fmt.Sprintf("%d rows, want %d", rows, f.Rows)}
	}
	switch f.Dataset {
	case accountsSet.Name, snapshotsSet.Name, rankingsSet.Name:
		return lk.verifyNumbers(ctx, f, data)
	}
	return nil
}

// verifyNumbers checks that each account in the file has the number that it was given.
func (lk *Lake) verifyNumbers(ctx context.Context, f File, data []byte) error {
	platform, err := platformOf(f.Path)
	if err != nil {
		return err
	}
	given := map[string]uint32{}
	if n := lk.numbers[ingest.Platform(platform)]; n != nil {
		given = n.of
	}
	bad := ""
	err = readNumbers(ctx, data, func(no uint32, id string) {
		if want, ok := given[id]; !ok || want != no {
			bad = fmt.Sprintf("account %q has number %d, which is not the one that it was given", id, no)
		}
	})
	if err == nil && bad != "" {
		err = &FileError{Path: lk.path(f.Path), Reason: bad}
	}
	return err
}
