package chart

// Curve draws Y against a numeric X, e.g. the share of an audience that is reached against the number of accounts, with
// bands where Lo and Hi are given. Options.XLabel names the x axis; a line is broken only where Options.Gap, counted in
// days, or a value that is no number asks for it.
func Curve(o Options, series []Series) (*Figure, error) { return lineChart("curve", o, series, true) }
