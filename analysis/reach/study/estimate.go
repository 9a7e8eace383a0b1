package study

import (
	"context"
	"fmt"
	"math"

	"github.com/overtake-analytics/overtake/analysis/reach"
	"github.com/overtake-analytics/overtake/analysis/reach/exact"
)

// multiplicity estimates the reach from random followers who were asked how many of the accounts they follow.
func (s *study) multiplicity() error {
	strata, flags := s.strata()
	var err error
	estimate := func(e reach.Estimate, failed error) reach.Estimate {
		if err == nil {
			err = failed
		}
		return e
	}
	a := s.a
	a.reach = estimate(reach.MultiplicityStratified(strata, s.Level))
	twice := estimate(reach.MultiplicityAtLeast(strata, 2, s.Level))
	if err != nil {
		return fmt.Errorf("estimate reach: %w", err)
	}
	a.reach.Flags = append(a.reach.Flags, flags...)
	a.Reach, a.N, a.Flags = figure(a.reach), a.reach.N, a.reach.Flags
	a.Twice = figure(twice)
	var sum float64
	most := 0
	for i, m := range s.set {
		sum += m.size()
		alone := 0
		for _, c := range m.sample.draws {
			most = max(most, c)
			if c <= 1 {
				alone++
			}
		}
		n := len(m.sample.draws)
		if e, err := reach.MarginalFromSample(m.size(), n-alone, n, s.Level); err == nil {
			f := figure(e)
			a.Accounts[i].Marginal = &f
		}
	}
	a.Sum = sure(sum)
	if a.reach.Value > 0 { // of a quotient with a sure numerator: the ends of the interval change places
		a.Duplication = Figure{Value: num(sum / a.reach.Value), SE: num(sum * a.reach.SE / (a.reach.Value * a.reach.Value)),
			Lo: num(sum / a.reach.Hi), Hi: num(sum / math.Max(a.reach.Lo, 1)), Level: s.Level}
	}
	for j := 1; j <= most; j++ {
		if e := estimate(reach.MultiplicityExactly(strata, j, s.Level)); e.Value >= float64(s.Small) {
			a.Frequency = append(a.Frequency, Band{Accounts: j, Persons: math.Round(e.Value), SE: num(e.SE)})
		}
	}
	return err
}

// strata are the samples of the accounts. Accounts of which fewer than two followers were drawn share one stratum.
func (s *study) strata() (strata []reach.Stratum, flags []string) {
	var pool reach.Stratum
	gone := 0
	for _, m := range s.set {
		st := reach.Stratum{Followers: m.size()}
		for _, c := range m.sample.draws {
			if c < 1 { // followed the account when it was drawn, and nobody of the set when it was asked
				gone++
				c = 1
			}
			st.C = append(st.C, c)
		}
		if len(st.C) < 2 {
			pool.Followers += st.Followers
			pool.C = append(pool.C, st.C...)
			continue
		}
		strata = append(strata, st)
	}
	if pool.Followers > 0 {
		flags = append(flags, "small_samples_pooled")
		if len(pool.C) < 2 && len(strata) > 0 { // too few even together: with the smallest account
			last := &strata[len(strata)-1]
			last.Followers += pool.Followers
			last.C = append(last.C, pool.C...)
		} else {
			strata = append(strata, pool)
		}
	}
	if gone > 0 {
		s.a.Notes = append(s.a.Notes, fmt.Sprintf("%d of the followers drawn followed none of the accounts any more when they were asked; they count as following one", gone))
	}
	return strata, flags
}

// counts gives bounds from what the accounts' followers count.
func (s *study) counts() error {
	lo, hi, sum := s.sizes()
	e, err := reach.CountBounds(lo, hi, s.a.users.hi)
	if err != nil {
		// More followers than registered accounts: the two sources contradict each other, so the cap says nothing.
		if e, err = reach.CountBounds(lo, hi, 0); err != nil {
			return fmt.Errorf("bounds of reach: %w", err)
		}
		e.Flags = append(e.Flags, "cap_contradicts_list")
	}
	s.bounded(e, sum)
	return nil
}

// sizes are the bounds of each account's followers, and the sum as shown; NaN where a count is censored or unknown.
func (s *study) sizes() (lo, hi []float64, sum float64) {
	for _, m := range s.set {
		n := m.size()
		l, h := n, n
		switch {
		case n != n:
			l, h = 0, math.Inf(1)
		case m.complete == nil && m.sample == nil && (m.part == nil || m.part.stated < 0):
			l, h = m.count.lo, m.count.hi
		}
		lo, hi = append(lo, l), append(hi, h)
		if sum += n; math.IsInf(h, 1) {
			sum = math.NaN()
		}
	}
	return lo, hi, sum
}

// bounded fills the answer with bounds.
func (s *study) bounded(e reach.Estimate, sum float64) {
	a := s.a
	a.reach, a.Reach, a.N, a.Flags = e, figure(e), e.N, e.Flags
	a.Sum = Figure{Value: num(sum), Level: 1}
	if sum > 0 && e.Hi > 0 {
		a.Duplication = Figure{Lo: num(math.Max(1, sum/e.Hi)), Hi: num(sum / math.Max(e.Lo, 1)), Level: 1}
	}
}

// truncated gives bounds where the platform cut lists off: the union of what was seen, and all who were not shown.
func (s *study) truncated(ctx context.Context) error {
	var lists []exact.Account
	seen := make([]int64, len(s.set))
	for i, m := range s.set {
		for _, r := range []*reading{m.complete, m.part} {
			if l, ok := s.list(m, r); ok {
				l.Account.No = m.no
				seen[i] = l.Len
				lists = append(lists, l.Account)
				break
			}
		}
	}
	r, err := exact.Run(ctx, lists, exact.Options{Threads: s.Threads, NoGreedy: true})
	if err != nil {
		return fmt.Errorf("count the parts of lists: %w", err)
	}
	lo, hi, sum := s.sizes()
	for i := range lo { // a list may have grown since its account was counted
		lo[i], hi[i] = math.Max(lo[i], float64(seen[i])), math.Max(hi[i], float64(seen[i]))
	}
	e, err := reach.TruncatedBounds(r.Unique, seen, lo, hi, s.a.users.hi)
	if err != nil {
		return err
	}
	s.bounded(e, sum)
	return nil
}

// discount takes fake and inactive followers off where the request says how good the test of them is.
func (s *study) discount() error {
	if s.Checked == 0 {
		return nil
	}
	a := s.a
	if !(a.reach.Value > 0) {
		a.Notes = append(a.Notes, "no discount for fake followers: it needs a figure of reach, and bounds stay bounds of everybody")
		return nil
	}
	fake, err := reach.RoganGladen(s.Flagged, s.Checked, s.Test, s.Level)
	if err != nil {
		return refusal{err}
	}
	a.Real = &Real{FakeShare: figure(fake), Basis: fmt.Sprintf(
		"%d of %d checked followers were flagged by a test of sensitivity %.3g (%d cases) and specificity %.3g (%d cases); this holds if those checked are a random sample of the people reached, which the newest followers are not",
		s.Flagged, s.Checked, s.Test.Sensitivity, s.Test.SensitivityN, s.Test.Specificity, s.Test.SpecificityN)}
	if fake.Value < 1 {
		e, err := reach.Discount(a.reach, 1-fake.Value, fake.SE, s.Level)
		if err != nil {
			return refusal{err}
		}
		a.Real.Reach = figure(e)
	}
	a.Flags = append(a.Flags, fake.Flags...)
	return nil
}
