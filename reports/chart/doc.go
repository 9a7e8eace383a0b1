// Package chart draws the project's pictures in one house style: titles that say the finding, quiet grids, labels at
// the ends of lines instead of legends, uncertainty by default, gaps left as gaps, and one colour per platform.
//
// It takes plain structs (no SQL, no platform code) and gives back a [Figure], which is written as SVG or PNG, told in
// words ([Figure.Alt]) and laid open as a table ([Figure.Data]):
//
//	f, err := chart.Lines(chart.Options{
//		ID: "mau", Title: "Weibo passed Twitter in early 2017", Subtitle: "Monthly active users",
//		Unit: "users", Source: "company reports", AsOf: asOf, Log: true, Events: events,
//	}, series)
//	err = f.SVG(w)    // text stays text; colours are CSS custom properties with fallbacks
//	err = f.PNG(w, 2) // two pixels per unit, Chinese names drawn with the font that the package carries
//
// # Kinds
//
//	Lines        counts through time, with bands, gaps, events       Series
//	Panels       small multiples of Lines on shared or free scales   Panel
//	Aligned      counts since launch, numeric x in days              Series
//	Bump         ranks through time                                  Rank
//	Slope        values at two dates                                 Rank
//	Fan          history, quantile fan, truth, windows of others     FanData
//	Probability  curves of 0..100 % through time                     Series
//	Dots         estimates with 80 % and 95 % intervals              Dot
//	Coverage     what is known when, and how well                    CoverageRow
//	Bars         amounts or frequencies                              Bar
//	Heat         a matrix of overlaps, up to 100 x 100               [][]float64
//	Curve        y against a numeric x, e.g. reach                   Series
//	Timeline     dated events by platform                            Event
//
// # Rules that hold for all kinds
//
// The zero value of an optional field means "not given". A point's interval is not drawn where Lo == Hi. A value that
// is NaN or infinite is a gap. Where Log is set, values that have no logarithm are left out and counted in the
// subtitle. No data at all gives a figure that says so in words, not an error; an error means a caller's mistake (a
// bad ID, more series than can be told apart), and says what to do.
//
// A Figure never changes after it is made: its methods may be called from several goroutines. The same input gives
// the same bytes.
//
// # Colours and dark mode
//
// Every colour in an SVG is var(--name, #light). [StyleSheet] gives the names' values for light, dark and print, to be
// put once into the page. The element ids of an SVG begin with Options.ID, so IDs must differ within a page.
package chart
