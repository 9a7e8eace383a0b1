// Package activity answers how much people do on a platform: which share of the month's users come on a day, how many
// posts each writes, how much the followers of an account react.
//
// Every quotient prints its definition, because none is canonical: whose daily and monthly users, over which window,
// interactions per follower at which time. One source's daily users are never divided by another's monthly ones.
package activity
