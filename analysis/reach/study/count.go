package study

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/overtake-analytics/overtake/analysis/reach"
	"github.com/overtake-analytics/overtake/analysis/reach/exact"
	"github.com/overtake-analytics/overtake/analysis/reach/sketch"
)

// lists counts complete lists: exactly where memory allows and no sketch is asked for.
func (s *study) lists(ctx context.Context) error {
	need := exact.Fixed(len(s.set), s.threads())
	if s.Sketch || need > s.Memory {
		if !s.Sketch {
			s.a.Why = fmt.Sprintf("%d complete lists need %d MiB to be counted exactly, %d MiB are allowed; threshold samples of them were counted instead",
				len(s.set), need>>20, s.Memory>>20)
		}
		return s.sketch(ctx)
	}
	opt := exact.Options{Threads: s.Threads, Memory: s.Memory - need}
	r, err := exact.Run(ctx, s.cursors(), opt)
	rate := 1.0
	noOrder := errors.Is(err, exact.ErrMemory)
	if noOrder {
		opt.NoGreedy = true
		r, err = exact.Run(ctx, s.cursors(), opt)
	}
	if err != nil {
		return fmt.Errorf("count reach: %w", err)
	}
	if err := r.Check(); err != nil {
		return fmt.Errorf("count reach: %w", err)
	}
	if noOrder {
		if rate, err = s.sampledOrder(ctx, r); err != nil {
			return fmt.Errorf("greedy order of a sample: %w", err)
		}
		s.a.Notes = append(s.a.Notes, fmt.Sprintf("the greedy order needs more than the %d MiB allowed; it was found on a random %.3g %% of the people, all else is exact",
			s.Memory>>20, 100*rate))
	}
	s.a.Method, s.a.Why = string(reach.MethodExact), ""
	s.exact(reach.Protect(r, s.Small), rate)
	return nil
}

func (s *study) threads() int {
	if s.Threads > 0 {
		return s.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// cursors are the complete lists of the set.
func (s *study) cursors() []exact.Account {
	var out []exact.Account
	for _, m := range s.set {
		l := s.held[m.place(m.complete)].Account
		l.No = m.no
		out = append(out, l)
	}
	return out
}

// exact fills the answer with what may be told of an exact result.
func (s *study) exact(p reach.Published, rate float64) {
	a := s.a
	l := &reach.Labelled{Published: p, Platform: s.u.platform, On: a.To.Time, Rate: rate}
	byNo := map[uint32]*member{}
	for _, m := range s.set {
		byNo[m.no] = m
	}
	names := make([]string, len(p.Accounts))
	place := map[string]int{}
	for i, no := range p.Accounts {
		l.IDs = append(l.IDs, byNo[no].id)
		names[i] = byNo[no].name
		place[byNo[no].id] = i
	}
	l.Names = names
	a.labelled = l
	a.N = int(p.Sum)
	a.Sum = sure(float64(p.Sum))
	a.reach = reach.Estimate{Value: math.NaN(), SE: 0, Lo: math.NaN(), Hi: math.NaN(), Level: 1, N: int(p.Sum), Method: reach.MethodExact}
	if p.Reach != reach.Withheld {
		n := float64(p.Reach)
		a.reach.Value, a.reach.Lo, a.reach.Hi = n, n, n
		a.Reach = sure(n)
		if n > 0 {
			a.Duplication = sure(p.Duplication())
		}
	} else {
		a.Notes = append(a.Notes, fmt.Sprintf("the reach is withheld: the sum less it would tell of fewer than %d persons", p.Small))
	}
	if p.Twice != reach.Withheld {
		a.Twice = sure(float64(p.Twice))
	}
	for _, b := range p.Bands {
		a.Frequency = append(a.Frequency, Band{Accounts: b.From, OrMore: b.OrMore, Persons: float64(b.Persons)})
	}
	for i := range a.Accounts {
		a.Accounts[i].Exclusive = persons(p.Alone[place[a.Accounts[i].ID]])
	}
	for i, st := range p.Order {
		pick := Pick{Pick: i + 1, ID: l.IDs[st.Account], Name: names[st.Account], Followers: p.Followers[st.Account],
			Gain: persons(st.Gain), Reached: persons(st.Reached), Sum: st.Sum, AtLeast: num(st.AtLeast)}
		if rate < 1 && pick.Gain != nil && i > 0 {
			pick.GainSE = num(reach.SampledSE(st.Gain, rate))
		}
		a.Order = append(a.Order, pick)
	}
	a.guarantee(rate)
	for i := range p.Accounts {
		for j := i + 1; j < len(p.Accounts); j++ {
			o := p.OverlapOf(i, j)
			a.Overlap = append(a.Overlap, Pair{A: l.IDs[i], B: l.IDs[j], Both: persons(p.Both(i, j)), Jaccard: num(o.Jaccard),
				Overlap: num(o.Overlap), BGivenA: num(o.BGivenA), AGivenB: num(o.AGivenB), Lift: num(o.Lift)})
		}
	}
}

// guarantee says what is known of the greedy order against the best one.
func (a *Answer) guarantee(rate float64) {
	if len(a.Order) == 0 {
		return
	}
	a.Guarantee = fmt.Sprintf("for every k the first k accounts of this order reach at least %.1f %% of what any k accounts could (1-(1-1/k)^k, 63.2 %% in the limit)",
		100*reach.Guarantee(len(a.Order)))
	least := math.Inf(1)
	for _, p := range a.Order {
		if p.AtLeast != nil {
			least = math.Min(least, *p.AtLeast)
		}
	}
	if rate < 1 {
		a.Guarantee += "; as it was found on a sample, the shares beside the picks are estimates"
	} else if !math.IsInf(least, 1) {
		a.Guarantee += fmt.Sprintf("; on these lists at least %.2f %%, as the gains that are left show", 100*least)
	}
}

// The people on whom an order that does not fit is found: as many as the memory left allows, between these.
const (
	leastSampled = 1 << 10
	mostSampled  = 1 << 22
)

// sampledOrder fills r.Greedy from the people whose hash lies below a threshold, and returns their share of all.
func (s *study) sampledOrder(ctx context.Context, r *reach.Result) (rate float64, err error) {
	const perPerson = 64 // bytes, of a mask and its sorting
	left := s.Memory - exact.Fixed(len(s.set), s.threads())
	most := min(mostSampled, max(leastSampled, left/perPerson))
	shift := 0
	for r.Unique>>shift > most {
		shift++
	}
	rate = math.Ldexp(1, -shift)
	sets := make([]exact.Account, len(s.set))
	err = s.eachList(ctx, func(i int, c exact.Cursor) error {
		var kept []uint32
		err := walk(c, func(followers []uint32) {
			for _, f := range followers {
				if sketch.Hash(f)>>(64-shift) == 0 {
					kept = append(kept, f)
				}
			}
		})
		sets[i] = exact.InMemory(uint32(i), kept)
		return err
	})
	if err != nil {
		return 0, err
	}
	part, err := exact.Run(ctx, sets, exact.Options{Threads: s.Threads, Memory: math.MaxInt64 / 4})
	if err != nil {
		return 0, err
	}
	var sum, reached int64
	for i, st := range part.Greedy {
		at := slices.Index(r.Accounts, s.set[part.Accounts[st.Account]].no)
		gain := st.Gain << shift
		if i == 0 { // known without a sample
			gain = r.Followers[at]
		}
		sum += r.Followers[at]
		reached += gain
		r.Greedy = append(r.Greedy, reach.Step{Account: at, Gain: gain, Reached: reached, Sum: sum, AtLeast: st.AtLeast})
	}
	return rate, nil
}
