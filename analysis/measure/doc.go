// Package measure is what the analysis packages share about measurement error: how exact a displayed count is, how
// errors travel through a formula, how several sources for one figure become one, and how dates known only to the month
// are handled.
//
// No figure leaves an analysis package as a bare number. An [Estimate] holds the point, its standard uncertainty, an
// interval with its level, how many readings stand behind it, the method in words, and [Flags] that say what a reader
// must know. A [Quantity] adds the kind of count (followers, monthly active users, ...) and refuses arithmetic across
// kinds. Inside Go an unknown bound is NaN and an unbounded one is infinite; [Cell] turns both into the NULL of a table.
//
// The formulas follow the Guide to the expression of uncertainty in measurement (JCGM 100:2008): a display with step q
// has standard uncertainty q/sqrt(12), errors add in quadrature where they are independent, and the delta method
// carries them through closed forms. What is not closed is simulated by the seeded bootstrap of this package.
package measure
