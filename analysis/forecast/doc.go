// Package forecast looks ahead: where a series of readings goes, how wide the doubt is, and how often such doubt was right.
//
// Two ways to look ahead live here, for two kinds of question.
//
// [Fit] gives a [Model]: a state-space trend (level and slope in continuous time) for one series of irregular, rounded
// readings. It takes unequal spacing and the known noise of every reading as they are, needs no grid, and answers
// with joint futures ([Model.Paths]): level, drift, volatility and rounding are all drawn. The overtake question is
// built on it.
//
// [RunBacktest] and [RunForecast] take a panel of regular series (unique_id, ds, y) and give quantiles of the h-th step
// after a cutoff from a pool of candidates (naive, drift, exponential smoothing, theta, autoregressions, state space,
// seasonal forms) whose weights and whose intervals come from past errors only.
//
// Everything is deterministic: the same readings, options and seed give the same digits whatever the number of workers.
// README.md beside this file says what was tried, what it scored and where it is weak.
package forecast
