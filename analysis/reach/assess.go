package reach

import "fmt"

// Evidence is what is known about the accounts of one question.
type Evidence struct {
	Accounts  int  // accounts asked about
	Complete  int  // of them with a complete follower list
	Truncated int  // of them with a list that the platform cut off
	Counts    int  // of them with a follower count
	Draws     int  // followers drawn at random and asked how many of the accounts they follow
	Pairs     bool // all pairwise overlaps are known
	OverLimit bool // complete lists exceed the budget of memory or time
}

// A Verdict is the method that the evidence allows and, for people to read, why no better one was possible.
type Verdict struct {
	Method Method // empty where nothing can be said
	Why    string // empty for MethodExact
}

// Assess chooses the best method that the evidence allows: exact, then a sketch of complete lists, then the multiplicity
// estimator, then bounds from pairs, from truncated lists, from counts.
func Assess(e Evidence) Verdict {
	if e.Accounts > 0 && e.Complete == e.Accounts {
		if e.OverLimit {
			return Verdict{MethodSketch, "complete lists exceed the memory or time allowed; threshold samples of them were counted instead"}
		}
		return Verdict{Method: MethodExact}
	}
	if e.Accounts == 0 {
		return Verdict{"", "no account is known: neither a follower list nor a published list of accounts is held"}
	}
	noLists := fmt.Sprintf("not exact: %s", e.missing())
	if e.Draws >= 2 {
		return Verdict{MethodMulti, noLists}
	}
	noSample := noLists + "; not estimated: no random sample of followers says how many of the accounts each follows"
	if e.Pairs {
		return Verdict{MethodPairBounds, noSample}
	}
	noPairs := noSample + "; pairwise overlaps are unknown"
	switch {
	case e.Truncated+e.Complete > 0:
		return Verdict{MethodTruncated, noPairs + "; what was shown of a list is its newest part and no random sample"}
	case e.Counts == e.Accounts:
		return Verdict{MethodCountBounds, noPairs}
	}
	return Verdict{"", noPairs + fmt.Sprintf("; %d of %d accounts have no follower count", e.Accounts-e.Counts, e.Accounts)}
}

// missing says in words which lists are not complete.
func (e Evidence) missing() string {
	switch {
	case e.Complete == 0 && e.Truncated == 0:
		return "no follower list is held"
	case e.Truncated > 0:
		return fmt.Sprintf("%d of %d follower lists are truncated, %d are complete", e.Truncated, e.Accounts, e.Complete)
	}
	return fmt.Sprintf("%d of %d follower lists are complete", e.Complete, e.Accounts)
}
