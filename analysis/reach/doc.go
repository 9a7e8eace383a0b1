// Package reach answers how many people a set of accounts reaches: how far their audiences overlap, what the next
// account adds, and how sure we can be of it when the follower lists are not all at hand.
//
// The "followers of the top 100" that is usually quoted is a sum: it counts a person once for every account followed.
// This package keeps the two apart by name. A sum is never called unique, and every answer says how it was found.
// From the best to the weakest ground (see [Assess]):
//
//   - exact: all follower lists are complete. Package exact walks them once; [Result] holds what it finds.
//   - multiplicity: followers were drawn at random and each was asked how many of the accounts it follows ([Multiplicity],
//     [MultiplicityStratified]). Unbiased, with an interval; no assumption that audiences are independent.
//   - sketches: threshold samples of complete lists (package sketch), where memory does not allow exact.
//   - pair bounds: follower counts and pairwise overlaps ([PairBounds]).
//   - count bounds: follower counts alone ([CountBounds]): between the largest and the sum, capped by the platform.
//   - truncated lists give a lower bound and a flag, never a figure that looks unbiased ([TruncatedBounds]).
//   - capture-recapture ([Chao1], [Chapman]) rests on assumptions that platforms break; it is offered as a labelled
//     lower bound only.
//
// Counts are persons (accounts that follow) or follows (edges); each name says which. Intervals are two-sided. Nothing
// here reads a clock, a file or a network; tables.go turns results into tables, job.go answers for the shipped history.
package reach
