package study

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/analysis/reach"
	"github.com/overtake-analytics/overtake/analysis/reach/exact"
	"github.com/overtake-analytics/overtake/analysis/reach/sketch"
)

// The hashes that a sketch of one list keeps: as many as memory allows between these.
const (
	leastHashes = 1 << 10
	mostHashes  = 1 << 18
)

// mostPairs is how many of the largest accounts are paired from sketches.
const mostPairs = 100

// walk reads a cursor to its end.
func walk(c exact.Cursor, read func(followers []uint32)) error {
	for {
		followers, err := c.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		read(followers)
	}
}

// eachList opens the complete list of every account of the set and gives it to read, some at a time.
func (s *study) eachList(ctx context.Context, read func(i int, c exact.Cursor) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.threads())
	for i, m := range s.set {
		g.Go(func() (err error) {
			if err := ctx.Err(); err != nil {
				return err
			}
			c, err := s.held[m.place(m.complete)].Open(ctx)
			if err != nil {
				return fmt.Errorf("open followers of account %s: %w", m.id, err)
			}
			defer func() { err = errors.Join(err, c.Close()) }()
			if err := read(i, c); err != nil {
				return fmt.Errorf("read followers of account %s: %w", m.id, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// sketch answers from threshold samples of complete lists: a union, the pairs of the largest accounts, and, from the people
// whose hash lies below the lowest threshold, the frequency table and the greedy order.
func (s *study) sketch(ctx context.Context) error {
	k := int(min(mostHashes, max(leastHashes, s.Memory/int64(max(1, len(s.set)))/24)))
	sketches := make([]*sketch.Theta, len(s.set))
	err := s.eachList(ctx, func(i int, c exact.Cursor) error {
		t, err := sketch.NewTheta(k)
		if err != nil {
			return err
		}
		sketches[i] = t
		return walk(c, t.AddAll)
	})
	if err != nil {
		return err
	}
	s.a.Notes = append(s.a.Notes, fmt.Sprintf("each list was reduced to the %d followers with the smallest hashes; the error of a union is then about %.2g %%", k, 100*sketch.ThetaRSE(k)))
	s.sketched(sketches)
	return nil
}

func (s *study) sketched(sketches []*sketch.Theta) {
	a := s.a
	a.Method = string(reach.MethodSketch)
	var sum float64
	union := sketches[0]
	for i, t := range sketches {
		sum += s.set[i].size()
		union = sketch.Union(union, t)
	}
	e := union.Estimate(s.Level)
	a.reach = reach.Estimate{Value: e.Value, SE: e.SE, Lo: e.Lo, Hi: math.Min(e.Hi, sum), Level: s.Level, N: union.Len(), Method: reach.MethodSketch}
	a.Sum, a.Reach, a.N = sure(sum), figure(a.reach), a.reach.N
	if e.Value > 0 {
		a.Duplication = Figure{Value: num(sum / e.Value), SE: num(sum * e.SE / (e.Value * e.Value)), Lo: num(sum / e.Hi), Hi: num(sum / math.Max(1, e.Lo)), Level: s.Level}
	}
	for i := range sketches[:min(len(sketches), mostPairs)] {
		for j := i + 1; j < min(len(sketches), mostPairs); j++ {
			a.Overlap = append(a.Overlap, s.sketchedPair(sketches, i, j))
		}
	}
	s.sampledPeople(sketches)
}

// sketchedPair estimates the overlap of accounts i and j.
func (s *study) sketchedPair(sketches []*sketch.Theta, i, j int) Pair {
	x, y := s.set[i], s.set[j]
	p := Pair{A: x.id, B: y.id}
	e := sketch.Intersection(sketches[i], sketches[j]).Estimate(s.Level)
	both := int64(math.Round(math.Min(e.Value, math.Min(x.size(), y.size()))))
	if both > 0 && both < s.Small {
		return p
	}
	p.Both = &both
	if !e.Exact {
		p.BothSE = num(e.SE)
	}
	people := int64(math.Max(s.a.reach.Value, x.size()+y.size()-float64(both)))
	if o, err := reach.OverlapOf(int64(x.size()), int64(y.size()), both, people); err == nil {
		p.Jaccard, p.Overlap, p.BGivenA, p.AGivenB, p.Lift = num(o.Jaccard), num(o.Overlap), num(o.BGivenA), num(o.AGivenB), num(o.Lift)
	}
	return p
}

// sampledPeople estimates the frequency table and the greedy order from the people below the lowest threshold, all of whose
// follows the sketches hold.
func (s *study) sampledPeople(sketches []*sketch.Theta) {
	samples, rate := sketch.Common(sketches)
	sets := make([]reach.Set, len(samples))
	place := map[uint64]uint32{} // people by hash
	for i, hashes := range samples {
		for _, h := range hashes {
			if _, ok := place[h]; !ok {
				place[h] = uint32(len(place))
			}
			sets[i].Followers = append(sets[i].Followers, place[h])
		}
		sets[i].Account = uint32(i)
		slices.Sort(sets[i].Followers)
	}
	r := reach.FromSets(sets)
	a := s.a
	for j := 1; j < len(r.Frequency); j++ {
		if n := float64(r.Frequency[j]) / rate; n >= float64(s.Small) {
			a.Frequency = append(a.Frequency, Band{Accounts: j, Persons: math.Round(n), SE: se(n, rate)})
		}
	}
	var sum, reached int64
	for i, st := range r.Greedy {
		m := s.set[r.Accounts[st.Account]]
		sum += int64(m.size())
		gain, doubt := scaled(st.Gain, rate), se(float64(st.Gain)/rate, rate)
		if i == 0 { // known without a sample
			gain, doubt = int64(m.size()), nil
		}
		reached += gain
		so := reached
		pick := Pick{Pick: i + 1, ID: m.id, Name: m.name, Followers: int64(m.size()), Sum: sum, AtLeast: num(st.AtLeast)}
		if gain == 0 || gain >= s.Small {
			pick.Gain, pick.GainSE, pick.Reached = &gain, doubt, &so
		}
		a.Order = append(a.Order, pick)
	}
	a.guarantee(rate)
}

func scaled(n int64, rate float64) int64 { return int64(math.Round(float64(n) / rate)) }

// se is the standard error of n persons found at a rate; nil where everybody was counted.
func se(n, rate float64) *float64 {
	if rate == 1 {
		return nil
	}
	return num(math.Sqrt(n * (1 - rate) / rate))
}
