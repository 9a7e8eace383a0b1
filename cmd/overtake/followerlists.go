package main

import (
	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/reach/study"
)

// followerLists gives the follower lists of the lake to the jobs and commands that count people.
func (a *app) followerLists() study.Lists { return nil }

// withLists gives the reach job the follower lists of this folder and what the configuration says of it.
func (a *app) withLists(list []analysis.Job) []analysis.Job {
	for i, j := range list {
		if _, ok := j.(study.Job); ok {
			list[i] = study.Job{Lists: a.followerLists(), Small: a.conf.Reach.SmallCell, Memory: int64(a.conf.Reach.Memory)}
		}
	}
	return list
}
