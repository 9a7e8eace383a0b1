// Package turnover answers how much a ranking changed: who entered, who left, and how alike two orders are.
//
// Rankings are slices of account ids, best first. Rounded follower counts create ties, so the rank correlation is always
// tau-b. Two lists are compared at the length of the shorter one.
package turnover
