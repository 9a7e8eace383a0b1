package chart

// Lines draws counts through time: one line per series with its band, labelled at its end.
func Lines(o Options, series []Series) (*Figure, error) { return begin("lines", o) }

// Panels draws small multiples of Lines.
func Panels(o Options, p PanelOptions, panels []Panel) (*Figure, error) { return begin("panels", o) }

// Aligned draws counts since launch: Point.X is the age in days.
func Aligned(o Options, series []Series) (*Figure, error) { return begin("aligned", o) }

// Bump draws ranks through time; entries below top are not drawn (0: the first 10).
func Bump(o Options, top int, ranks []Rank) (*Figure, error) { return begin("bump", o) }

// Slope draws Value at the first and the last date that ranks hold.
func Slope(o Options, ranks []Rank) (*Figure, error) { return begin("slope", o) }

// Fan draws history, a fan of quantiles from Cut on, what came afterwards, and the windows that others named.
func Fan(o Options, d FanData) (*Figure, error) { return begin("fan", o) }

// Probability draws curves of a probability (Y from 0 to 1) through time as 0..100 %.
func Probability(o Options, series []Series) (*Figure, error) { return begin("probability", o) }

// Dots draws estimates with their intervals, one line each, in the order given, grouped by Group.
func Dots(o Options, dots []Dot) (*Figure, error) { return begin("dots", o) }

// Coverage draws which metric of which platform is known when.
func Coverage(o Options, rows []CoverageRow) (*Figure, error) { return begin("coverage", o) }

// Bars draws amounts as horizontal bars in the order given.
func Bars(o Options, bars []Bar) (*Figure, error) { return begin("bars", o) }

// Heat draws a square matrix, cells[row][column] from 0 to 1, up to 100 x 100; NaN is "not known".
func Heat(o Options, labels []string, cells [][]float64) (*Figure, error) { return begin("heat", o) }

// Curve draws y against a numeric x (Point.X), e.g. reach against accounts.
func Curve(o Options, series []Series) (*Figure, error) { return begin("curve", o) }

// Timeline draws events as dots in a row per platform.
func Timeline(o Options, events []Event) (*Figure, error) { return begin("timeline", o) }

// StyleSheet gives the CSS custom properties of the charts' colours for light, dark and print, for the page's <style>.
func StyleSheet() string { return "" }

// MissingGlyphs gives the characters of text, each once, that a PNG cannot show on this machine.
func MissingGlyphs(text string) []rune { return nil }

func begin(kind string, o Options) (*Figure, error) {
	if err := o.check(kind); err != nil {
		return nil, err
	}
	return &Figure{ID: o.ID, Kind: kind, Title: o.Title, Subtitle: o.Subtitle, Width: 900, Height: 520}, nil
}
