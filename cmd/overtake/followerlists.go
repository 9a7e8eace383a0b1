package main

import (
	"context"
	"fmt"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/reach/exact"
	"github.com/overtake-analytics/overtake/analysis/reach/study"
	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/lake"
)

// lakeLists are the follower lists of the lake for those who count people.
type lakeLists struct{ a *app }

// followerLists gives the follower lists of the lake to jobs and commands.
func (a *app) followerLists() study.Lists { return lakeLists{a} }

// FollowerLists implements study.Lists.
func (l lakeLists) FollowerLists(ctx context.Context, platform string, keep func(account uint32, key string) bool) ([]study.List, error) {
	lk, err := lake.Options{Log: l.a.log}.Open(l.a.space.lake())
	if err != nil {
		return nil, withHint(err, "overtake rebuild --dir %s", l.a.space.root)
	}
	held, err := lk.FollowerLists(ctx, ingest.Platform(platform), keep)
	if err != nil {
		return nil, err
	}
	lists := make([]study.List, len(held))
	for i, f := range held {
		n, err := f.Len(ctx)
		if err != nil {
			return nil, fmt.Errorf("follower list %s of account %s: %w", f.List, f.NativeID, err)
		}
		lists[i] = study.List{Key: f.List, Account: exact.Account{No: f.AccountNo, Len: n, Open: func(ctx context.Context) (exact.Cursor, error) {
			return f.Open(ctx)
		}}}
	}
	return lists, nil
}

// withLists gives the reach job the follower lists of this folder and what the configuration says of it.
func (a *app) withLists(list []analysis.Job) []analysis.Job {
	for i, j := range list {
		if _, ok := j.(study.Job); ok {
			list[i] = study.Job{Lists: a.followerLists(), Small: a.conf.Reach.SmallCell, Memory: int64(a.conf.Reach.Memory)}
		}
	}
	return list
}
