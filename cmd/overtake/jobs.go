package main

import (
	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/activity"
	"github.com/overtake-analytics/overtake/analysis/calibration"
	"github.com/overtake-analytics/overtake/analysis/concentration"
	"github.com/overtake-analytics/overtake/analysis/events"
	"github.com/overtake-analytics/overtake/analysis/forecast"
	"github.com/overtake-analytics/overtake/analysis/growth"
	"github.com/overtake-analytics/overtake/analysis/overtake"
	"github.com/overtake-analytics/overtake/analysis/quality"
	"github.com/overtake-analytics/overtake/analysis/reach/study"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/turnover"
)

// jobs lists the analysis jobs in the order in which they run: a job may read the results of those before it.
func jobs() []analysis.Job {
	return []analysis.Job{
		series.Job{},
		growth.Job{},
		turnover.Job{},
		concentration.Job{},
		activity.Job{},
		events.Job{},
		study.Job{},
		quality.Job{},
		forecast.Job{},
		overtake.Job{},
		calibration.Job{},
	}
}
