package study

import (
	"context"

	"github.com/overtake-analytics/overtake/analysis/reach/exact"
)

// Lists gives the follower lists that are held.
type Lists interface {
	// FollowerLists names the lists of a platform; none is no error.
	FollowerLists(ctx context.Context, platform string) ([]List, error)
}

// A List is one reading of one account's followers.
type List struct {
	exact.Account
	Key string // of marts.lists
}

// noLists is a Lists that holds none.
type noLists struct{}

// FollowerLists implements Lists.
func (noLists) FollowerLists(context.Context, string) ([]List, error) { return nil, nil }
