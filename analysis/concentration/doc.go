// Package concentration answers how unequal a list is: how much of its followers the first few accounts hold.
//
// Every figure speaks of the accounts that it was given. A Gini coefficient over the top 100 is not that of the platform
// (everybody below the hundredth is missing), so tables and charts say "within the top N". Intervals are by the
// jackknife, those of the shares of the first few by the bootstrap; the rounding of the counts is added to them.
package concentration
