// Package quality looks for what is wrong, doubtful or missing in the data, and says what follows from it.
//
// Every finding names its rule, how grave it is, what was seen, how many readings it touches, and its consequence: most
// findings are only told; a reading leaves a computation by the printed rules of package series and by nothing else.
package quality
