package main

import (
	"context"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/overtake"
)

// A jobAhead is a job that reads marts only and takes long. It begins together with the first job and hands over its
// tables at its own place in the list, so that no processor is idle meanwhile. It changes no result.
type jobAhead struct {
	analysis.Job
	stop   context.CancelFunc
	done   chan struct{} // closed when tables and err are set; nil until the job has begun
	tables []analysis.Table
	err    error
}

// Run implements analysis.Job: it waits for what was begun, or runs the job where nothing was.
func (j *jobAhead) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	if j.done == nil {
		return j.Job.Run(ctx, q, env)
	}
	<-j.done
	return j.tables, j.err
}

// end stops the job, if it still runs, and returns when it has ended.
func (j *jobAhead) end() {
	if j.done != nil {
		j.stop()
		<-j.done
	}
}

// A starter is a job that begins another one before it runs itself. Where results stand and no job runs, nothing begins.
type starter struct {
	analysis.Job
	ahead *jobAhead
}

// Run implements analysis.Job.
func (s starter) Run(ctx context.Context, q analysis.Querier, env analysis.Env) ([]analysis.Table, error) {
	own, stop := context.WithCancel(ctx)
	s.ahead.stop, s.ahead.done = stop, make(chan struct{})
	go func() {
		defer close(s.ahead.done)
		s.ahead.tables, s.ahead.err = s.ahead.Job.Run(own, q, env)
	}()
	return s.Job.Run(ctx, q, env)
}

// overlapped gives the same jobs in the same order, with the overtake job begun together with the first one. end must
// be called before the warehouse goes away; after a job that failed it stops the one begun.
func overlapped(list []analysis.Job) (jobs []analysis.Job, end func()) {
	for i, j := range list {
		if _, ok := j.(overtake.Job); ok && i > 0 {
			ahead := &jobAhead{Job: j}
			jobs = append([]analysis.Job{starter{list[0], ahead}}, list[1:]...)
			jobs[i] = ahead
			return jobs, ahead.end
		}
	}
	return list, func() {}
}
