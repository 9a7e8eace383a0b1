// Package events asks what an event changed, and says so only where the data can tell.
//
// The pure functions are the segmented regression of an interrupted series with Newey-West errors, the difference in
// differences, the event study, false-discovery control over many events, the synthetic control with its placebo ranks,
// and a counterfactual regression with predictive uncertainty. Covariates touched by the event have no way into the last
// two: they take the pre-event period and what was declared unaffected, nothing else.
//
// A coefficient that is large beside its own error is not yet an effect. The job runs every event again at placebo dates
// before it and checks the trend before it; its verdict is a sentence, and "cannot be told from this data" is the usual
// one for series of a reading per quarter.
//
// Four methods judge each event: the interrupted series of the level ([Effects]), the event study of growth
// ([GrowthStudies], pooled by [PoolKinds]), and, against platforms of other families, the difference in differences and
// the synthetic control ([Controls]). [JudgeCases] sums them up for the questions that people ask of the history.
package events
