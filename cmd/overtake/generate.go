package main

import (
	"io"

	"github.com/overtake-analytics/overtake/ingest/follows/generate"
)

// generateCmd makes data for tests and benchmarks.
type generateCmd struct {
	Follows generateFollowsCmd `cmd:"" help:"Write a follow graph as text in the layout of twitter_rv: account TAB follower."`
}

// generateFollowsCmd makes a follow graph.
type generateFollowsCmd struct {
	Edges    int64   `default:"1000000" help:"Follows to aim at; the true number differs by a small random amount."`
	Users    int64   `default:"100000" help:"People who may follow; their ids are 1 to that."`
	Accounts int     `default:"100" help:"Accounts that are followed."`
	Seed     uint64  `default:"1" help:"Start of the random numbers: the same seed gives the same bytes."`
	Skew     float64 `default:"1" help:"Exponent of Zipf's law for the sizes of the accounts."`
	Out      string  `short:"o" default:"-" placeholder:"FILE" help:"File to write, which appears whole or not at all; - is standard output."`
}

// Help shows examples.
func (generateFollowsCmd) Help() string {
	return `Account sizes follow Zipf's law, people are unequally active, lines come in no order that a sorter could use.

Examples:
  overtake generate follows --edges 100000000 --users 50000000 --accounts 100 --out follows.txt
  overtake generate follows --edges 1000000 | overtake import - --as twitter_rv --dir /tmp/graph`
}

// Run writes the graph.
func (c generateFollowsCmd) Run(a *app) error {
	make := func(w io.Writer) error {
		st, err := generate.Generate(a.ctx, generate.Options{Edges: c.Edges, Users: c.Users, Accounts: c.Accounts, Seed: c.Seed, Skew: c.Skew}, w)
		if err == nil {
			a.log.Info("generated", "edges", st.Edges, "bytes", st.Bytes)
		}
		return err
	}
	if c.Out == "-" {
		return make(a.std.out)
	}
	return writeWhole(c.Out, make)
}
