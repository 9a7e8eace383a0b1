// Package follows imports follow graphs: files of edges, of any size, into the lake's dataset follows, as one sorted run of
// follower numbers per account.
//
// # How
//
// Reading. One goroutine reads, sums (sha256) and unpacks; it cuts the text behind newlines. Workers parse lines, two numbers
// as a rule, and put each edge into a bucket: the first 512 accounts have buckets of their own, which keep four bytes an
// edge, the others share 256 buckets at eight bytes. Followers with ids below 2^32 are marked in a bitmap; others, larger
// numbers and texts, get places in a dictionary. When buckets fill their share of the memory, all of them are written to one
// temporary file, each as one segment.
//
// Numbering. The marks and the sorted dictionary give all followers in the order of their ids. They are held against the
// people of the platform, in one pass over sorted files, and new ones get the next numbers (package lake). Where no
// follower was known, the number is the rank in the bitmap, which a population count finds without a table.
//
// Sorting. Each account's followers are sorted and made distinct: long lists by marking a bitmap of their own, which is
// read off in one pass together with the ranks, short ones and shared buckets by radix. Buckets become files of the lake
// side by side.
//
// The lake's commit makes all of it count at once. An import that ended in between, however it did, leaves nothing but
// files that the next writer removes.
package follows
