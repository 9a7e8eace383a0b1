// Package series makes one series per platform and metric out of everything that sources say, and keeps beside each point
// what they said.
//
// The rules, in their order, each by a word in the flags or the reason column, nothing dropped from sight:
//
//  0. A step that was inferred from trailing zeros is too coarse where a digit happens to be zero: beside 222 million on
//     the same page, 100 million is exact to the million too. It is lowered to the middle one of the page's steps. A figure that
//     we derived keeps the step that follows from its formula.
//  1. Metrics of different kinds never meet. Only what was published by the as-of day is seen.
//  2. Readings whose period ends on one day are one point. Where a finer reading of no worse trust speaks of that day, a
//     coarser one (the quarter beside the month) is not used. Where a printed figure exists, one derived by us is not used.
//  3. What remains is combined by [measure.Combine]: copies of one figure count once, disagreement is settled by trust
//     class or widens the interval.
//  4. Sources of equal trust that disagree are settled by the undisputed points within [NeighbourDays] on both sides where
//     these leave only some of the figures possible (flag resolved_by_neighbours).
//  5. A point that contradicts points of better trust around it leaves the series: more than [BetweenFactor] outside what
//     the points before and after within [ContextDays] allow, or, where there is only one of them, a fall by more than
//     [BesideFactor] from it or to it; a rise that steep is common among young platforms and contradicts nothing. It stays
//     among the evidence with its reason.
//  6. A point after a long silence is flagged gap; a cumulative count below an earlier one by more than both errors is
//     flagged below_earlier. Both stay.
package series
