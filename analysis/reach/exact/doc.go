// Package exact counts the reach of accounts person by person from their complete follower lists, in one pass.
//
// Lists come as ascending follower numbers, so the people can be walked in windows of 2^20 numbers while every list is
// read once, from front to back, without ever going back. Per window:
//
//  1. Each list sets bits in its own row of a bit matrix, accounts by people (lists are dealt out to the threads, no two
//     write the same row). Words of 64 people that nobody touches are remembered as such and cost nothing further; a gap in
//     all lists is jumped over. So the cost follows the follows and not the range of the numbers.
//  2. The touched words are dealt out in chunks of 128. A chunk's rows are gathered into a block that stays in the cache
//     (100 accounts: 100 KiB) and cleared behind it. Transposing the block 64 by 64 bits gives each person's mask, the set
//     of accounts followed: its population count goes to the frequency table, and a lone bit to the exclusive audience.
//  3. Pairs are counted in the cheaper of two ways, chosen anew for each window. Among the heavy accounts: AND of two rows
//     and population count, 64 people a step. For pairs with a light account: one count per pair that a person's mask
//     holds, so an account with few followers costs what its followers cost. Where the line between heavy and light lies
//     is found by minimising the sum of both costs.
//
// The greedy order needs who is still unreached after each pick, which pairs do not tell. Three facts keep what must be
// remembered small. The first pick is the largest account, known beforehand: its followers need not be kept. Who follows
// one account only changes no other gain. Who follows two is a count in a matrix. Only masks of three accounts and more,
// without the largest, are kept; equal masks are merged into one with a weight when they grow too many. Each pick then
// drops the masks that it reaches, taking them from the gains of the other accounts in them, so the whole order costs one
// look at each mask per pick that leaves it standing.
//
// Roaring bitmaps were measured as the container of a list and are not used (BenchmarkRoaring): a row of the window is their
// dense container already, skipped words save what their sparse ones would, and a list that is read once in order has no
// use for a set that can be entered anywhere.
//
// Memory is the window (k times 128 KiB), a decode buffer per list, and the masks, limited by [Options].Memory. All counts
// are sums of integers, so any number of threads gives the same [reach.Result].
package exact
