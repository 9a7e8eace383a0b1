// Package growth answers how fast a platform or an account grows, and how sure that is.
//
// The pure functions are net and relative change, compound rates, the log-linear rate, doubling time, the growth curves
// of Verhulst, Gompertz and Bass, the survivorship triple of top lists, and Kaplan-Meier survival. Each takes numbers
// and gives a [measure.Estimate] or a small struct; none reads the warehouse. Two rules hold everywhere: a change
// smaller than the display can show is not a growth rate (flag below_step), and a relative figure from a start at or
// below zero is undefined with a reason, never infinite.
//
// The job makes the growth, family and age tables, and the fitted curves with the words of refusal where a saturation
// level cannot be told from the data.
package growth
