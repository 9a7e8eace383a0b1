package study

import (
	"context"

	"github.com/overtake-analytics/overtake/analysis/reach/exact"
)

// Lists gives the follower lists that are held.
type Lists interface {
	// FollowerLists names the lists of a platform that keep wants; none is no error.
	FollowerLists(ctx context.Context, platform string, keep func(account uint32, key string) bool) ([]List, error)
}

// A List is one reading of one account's followers. Account and Key together name it.
type List struct {
	exact.Account
	Key string // of marts.lists
}

// noLists is a Lists that holds none.
type noLists struct{}

// FollowerLists implements Lists.
func (noLists) FollowerLists(context.Context, string, func(uint32, string) bool) ([]List, error) {
	return nil, nil
}
