// Package calibration asks of forecasts how right they were: scores, coverage, comparisons, and a ledger that keeps every forecast
// that was ever published until its date comes.
//
// Scores are pure functions (METRICS.md sections 2.4 to 2.9); lower is better for all of them but coverage. The [Ledger] is a file
// of JSON lines that is only ever appended to; [Job] scores it and gives results.calibration.
package calibration
