// Package generate writes follow graphs of any size for tests and benchmarks, as text in the layout of the twitter_rv file
// of Kwak et al. 2010: one "followee TAB follower" a line.
//
// The graph has what makes real ones hard: sizes of accounts that follow Zipf's law (the largest has a good part of all
// users), users of unequal activity (log-normal: a few follow nearly everybody), and no order that a sorter could use
// (users come in the order of a permutation, each with all accounts that it follows). The same options and seed give the
// same bytes, whatever the number of threads.
package generate

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// Options describe the graph.
type Options struct {
	Edges    int64   // follows to aim at; the true number is random with a standard deviation below sqrt(Edges)
	Users    int64   // people who may follow, ids 1 to Users; fewer have a follow at all
	Accounts int     // accounts that are followed; their ids are spread among those of the users
	Seed     uint64  // start of the random stream
	Skew     float64 // Zipf exponent of the accounts' sizes; 0 means 1
	Threads  int     // 0: all processors
}

// Stats are what was written.
type Stats struct{ Edges, Bytes int64 }

const (
	classes  = 32      // quantiles of activity
	sigma    = 1.0     // of log-activity
	maxShare = 0.98    // nobody is followed by everybody
	span     = 1 << 15 // users made by one task
)

// Generate writes the graph to w.
func Generate(ctx context.Context, o Options, w io.Writer) (Stats, error) {
	g, err := plan(o)
	if err != nil {
		return Stats{}, err
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	tasks := int((o.Users + span - 1) / span)
	// A ring of outputs, one slot a task in flight: workers fill, this goroutine writes in order. Tasks take their buffer in
	// order too, so a slot is free before its next task starts.
	type chunk struct {
		task  int
		text  []byte
		edges int64
	}
	ring := make([]chan chunk, 2*threads)
	free := make(chan []byte, len(ring))
	for i := range ring {
		ring[i] = make(chan chunk, 1)
		free <- nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var workers sync.WaitGroup
	work := make(chan chunk)
	for range threads {
		workers.Go(func() {
			for c := range work {
				c.text, c.edges = g.users(c.task, c.text[:0])
				ring[c.task%len(ring)] <- c
			}
		})
	}
	workers.Go(func() {
		defer close(work)
		for task := range tasks {
			select {
			case buf := <-free:
				work <- chunk{task: task, text: buf}
			case <-ctx.Done():
				return
			}
		}
	})
	var st Stats
	for task := 0; task < tasks && err == nil; task++ {
		select {
		case c := <-ring[task%len(ring)]:
			_, err = w.Write(c.text)
			st.Edges += c.edges
			st.Bytes += int64(len(c.text))
			free <- c.text
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	cancel()
	workers.Wait()
	if err != nil {
		return st, fmt.Errorf("generate follows: %w", err)
	}
	return st, nil
}

// A graph holds what all tasks share.
type graph struct {
	Options
	multiplier, offset int64              // permutation of the users
	prefix             [][]byte           // "<account id>\t"
	ids                []int64            // account ids
	hazard             [classes][]float64 // running sum of -ln(1-p) over the accounts
}

func plan(o Options) (*graph, error) {
	if o.Skew == 0 {
		o.Skew = 1
	}
	if o.Users < 2 || o.Accounts < 1 || int64(o.Accounts) > o.Users || o.Edges < 1 || o.Skew < 0 {
		return nil, fmt.Errorf("generate follows: %d edges among %d users and %d accounts with skew %v: each must be positive, accounts at most users", o.Edges, o.Users, o.Accounts, o.Skew)
	}
	if o.Users >= 1<<32 || float64(o.Edges) > 0.9*float64(o.Users)*float64(o.Accounts) {
		return nil, fmt.Errorf("generate follows: %d edges do not fit %d users with %d accounts to follow; raise users or accounts", o.Edges, o.Users, o.Accounts)
	}
	g := &graph{Options: o}
	g.multiplier, g.offset = permutation(o.Users)
	step := o.Users / int64(o.Accounts)
	for a := range int64(o.Accounts) {
		g.ids = append(g.ids, 1+a*step)
		g.prefix = append(g.prefix, append(strconv.AppendInt(nil, 1+a*step, 10), '\t'))
	}
	size := func(a int) float64 { return math.Pow(float64(a+1), -o.Skew) }
	act := make([]float64, classes)
	for c := range act {
		act[c] = math.Exp(sigma * distuv.UnitNormal.Quantile((float64(c)+.5)/classes))
	}
	share := func(m float64, a, c int) float64 { return math.Min(maxShare, m*size(a)*act[c]) }
	lo, hi := 0.0, math.Pow(float64(o.Accounts), o.Skew)*1e6
	for range 200 { // bisection on the scale that gives the edges asked for
		m := (lo + hi) / 2
		var expect float64
		for c := range classes {
			for a := range o.Accounts {
				expect += share(m, a, c) * float64(o.Users) / classes
			}
		}
		if expect < float64(o.Edges) {
			lo = m
		} else {
			hi = m
		}
	}
	for c := range classes {
		var sum float64
		for a := range o.Accounts {
			sum += -math.Log1p(-share(hi, a, c))
			g.hazard[c] = append(g.hazard[c], sum)
		}
	}
	return g, nil
}

// permutation returns a multiplier near the golden section of n that has no factor in common with it, and an offset.
func permutation(n int64) (multiplier, offset int64) {
	m := int64(float64(n) * 0.6180339887498949)
	for m < 1 || gcd(m, n) != 1 {
		m++
	}
	return m, n / 3
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// users appends the lines of one task's users to text.
func (g *graph) users(task int, text []byte) ([]byte, int64) {
	rng := rand.NewPCG(g.Seed, uint64(task)+1)
	first := int64(task) * span
	last := min(first+span, g.Users)
	var edges int64
	var digits [24]byte
	for i := first; i < last; i++ {
		id := 1 + (i*g.multiplier+g.offset)%g.Users
		line := append(strconv.AppendInt(digits[:0], id, 10), '\n')
		hazard := g.hazard[rng.Uint64()%classes]
		at := 0.0
		for a := 0; ; a++ {
			// The accounts followed are the points of a Poisson process on the running hazard: jump to the next one.
			at += exponential(rng.Uint64())
			if a = above(hazard, a, at); a == len(hazard) {
				break
			}
			at = hazard[a]
			if g.ids[a] == id {
				continue
			}
			text = append(text, g.prefix[a]...)
			text = append(text, line...)
			edges++
		}
	}
	return text, edges
}

// exponential turns random bits into a draw from the unit exponential distribution.
func exponential(x uint64) float64 { return -math.Log(float64(x>>11|1) / (1 << 53)) }

// above is the first index from a on at which hazard exceeds at; len(hazard) if none does.
func above(hazard []float64, a int, at float64) int {
	for n := 0; a < len(hazard) && hazard[a] <= at; n++ {
		if n < 4 { // most jumps are short where accounts are large
			a++
			continue
		}
		lo, hi := a, len(hazard)
		for lo < hi {
			if mid := (lo + hi) / 2; hazard[mid] <= at {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		return lo
	}
	return a
}
