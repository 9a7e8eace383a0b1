package chart

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// texts gives the words of a figure as they are placed.
func texts(f *Figure) []words {
	s := newSVGSurface(f.Width, f.Height)
	f.paint(newCanvas(s, f.Width, f.Height))
	return s.texts
}

// turned is the box of text that may stand upright.
func turned(w words) box {
	if !w.up {
		b := w.box()
		return b
	}
	wd := w.width() * reserve
	return box{w.x - 0.85*w.size, w.y, w.x + 0.25*w.size, w.y + wd}
}

// checkBounds says which words leave the figure.
func checkBounds(t *testing.T, name string, f *Figure) {
	t.Helper()
	all := box{-0.5, -0.5, f.Width + 0.5, f.Height + 0.5}
	for _, w := range texts(f) {
		b := turned(w)
		if !(b.x0 >= all.x0 && b.x1 <= all.x1 && b.y0 >= all.y0 && b.y1 <= all.y1) {
			t.Errorf("%s: %.60q covers %.0f..%.0f x %.0f..%.0f, outside of the figure's %.0f x %.0f", name, w.s+w.tail, b.x0, b.x1, b.y0, b.y1, f.Width, f.Height)
		}
	}
	if svg := svgOf(t, f); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("%s: the SVG holds a number that is none", name)
	}
}

// checkOverlaps says which words cover each other.
func checkOverlaps(t *testing.T, name string, f *Figure) {
	t.Helper()
	ws := texts(f)
	for i, a := range ws {
		for _, b := range ws[i+1:] {
			if x, y := turned(a).grow(-1.5), turned(b).grow(-1.5); x.hits(y) {
				t.Errorf("%s: %q at %.0f,%.0f and %q at %.0f,%.0f overlap", name, a.s+a.tail, a.x, a.y, b.s+b.tail, b.x, b.y)
			}
		}
	}
}

func TestWordsStayWithinTheFigureAndApart(t *testing.T) {
	for name, make := range samples() {
		f := drawn(t, make)
		checkBounds(t, name, f)
		checkOverlaps(t, name, f)
	}
}

var (
	long   = strings.Repeat("一个非常长的名字 with many words ", 20)[:500]
	inf    = math.Inf(1)
	nan    = math.NaN()
	oneDay = []Point{{On: date("2015-05-05"), X: 3, Y: 7}}
)

// hardSeries are inputs that a careless caller, or an honest source, may hand over.
func hardSeries() map[string][]Series {
	line := func(n int, y func(int) float64) []Series {
		s := Series{Key: "k", Label: "a line"}
		for i := range n {
			s.Points = append(s.Points, Point{On: date("2010-01-01").AddDate(0, i, 0), X: float64(i), Y: y(i)})
		}
		return []Series{s}
	}
	many := func(n int) (out []Series) {
		for i := range n {
			s := line(5, func(j int) float64 { return float64(1 + i*j) })[0]
			s.Key, s.Label = fmt.Sprint("s", i), fmt.Sprint("series number ", i)
			out = append(out, s)
		}
		return out
	}
	shuffled := line(30, func(i int) float64 { return float64(i * i) })
	for i := range shuffled[0].Points {
		j := (i * 7) % 30
		shuffled[0].Points[i], shuffled[0].Points[j] = shuffled[0].Points[j], shuffled[0].Points[i]
	}
	return map[string][]Series{
		"none":           nil,
		"no points":      {{Key: "a", Label: "a"}},
		"one point":      {{Key: "a", Label: "a", Points: oneDay}},
		"equal points":   {{Key: "a", Label: "a", Points: append(oneDay, oneDay...)}},
		"same values":    line(12, func(int) float64 { return 5 }),
		"zeros":          line(12, func(i int) float64 { return float64(i % 3) }),
		"all zero":       line(12, func(int) float64 { return 0 }),
		"negative":       line(12, func(i int) float64 { return float64(-3 - i) }),
		"huge":           line(12, func(i int) float64 { return 1e300 * float64(i+1) / 12 }),
		"tiny":           line(12, func(i int) float64 { return 1e-300 * float64(i+1) }),
		"both":           line(12, func(i int) float64 { return math.Pow(10, float64(50*(i-6))) }),
		"not numbers":    line(12, func(i int) float64 { return []float64{1, nan, 3, inf, -inf, 2}[i%6] }),
		"nothing finite": line(3, func(int) float64 { return nan }),
		"odd bands":      {{Key: "a", Label: "a", Points: []Point{{On: date("2010-01-01"), Y: 5, Lo: -inf, Hi: inf}, {On: date("2011-01-01"), X: 1, Y: 6, Lo: 9, Hi: 2}, {On: date("2012-01-01"), X: 2, Y: 7, Lo: 0, Hi: 1e15}}}},
		"no dates":       {{Key: "a", Label: "a", Points: []Point{{Y: 5}, {Y: 6}}}},
		"far dates":      {{Key: "a", Label: "a", Points: []Point{{On: date("0001-01-01"), Y: 5}, {On: date("9999-12-31"), X: 1e12, Y: 6}}}},
		"out of order":   shuffled,
		"forty":          many(40),
		"long name":      {{Key: long, Label: long, Points: oneDay}, {Key: "b", Label: long + "2", Points: oneDay}},
		"hostile":        {{Key: hostile, Label: hostile, Platform: hostile, Points: []Point{{On: date("2010-01-01"), Y: 1, Note: hostile}}}},
	}
}

// sizes are those of the house, one that the kind chooses, and one that is too small for anything.
var sizes = map[string]Size{"own": {}, "small": SizeSmall, "slide": SizeSlide, "square": SizeSquare, "tiny": {120, 80}}

func TestHardSeries(t *testing.T) {
	kinds := map[string]func(Options, []Series) (*Figure, error){
		"lines": Lines, "aligned": Aligned, "curve": Curve, "probability": Probability,
		"panels": func(o Options, s []Series) (*Figure, error) {
			return Panels(o, PanelOptions{FreeX: true}, []Panel{{Title: long, Series: s, Events: sampleEvents()}, {Title: "b"}, {Title: "c", Series: s}})
		},
		"fan": func(o Options, s []Series) (*Figure, error) {
			return Fan(o, FanData{History: s, Truth: s, Cut: date("2011-01-01"), Windows: []Window{{Label: long, From: date("2012-01-01")}},
				Fans: []FanSeries{{Key: "k", Label: long, Points: []Quantiles{{On: date("2012-01-01"), Q10: nan, Q50: 3}, {On: date("2013-01-01"), Q10: 1, Q50: 2, Q90: 1e9}, {}}}}})
		},
	}
	for what, series := range hardSeries() {
		for kind, make := range kinds {
			for size, s := range sizes {
				for _, log := range []bool{false, true} {
					if log && size != "own" && size != "small" {
						continue
					}
					name := fmt.Sprintf("%s, %s, %s, log %v", kind, what, size, log)
					f, err := make(Options{ID: "x", Title: "Hard: " + what, Subtitle: "for the test", Source: "nobody", Size: s, Log: log, Events: sampleEvents()}, series)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					if size != "tiny" { // no room for words at all: it must only not fail
						checkBounds(t, name, f)
					} else {
						svgOf(t, f)
					}
				}
			}
		}
	}
}

// The kinds that take no series.
func TestHardInputsOfOtherKinds(t *testing.T) {
	var manyRanks []Rank
	var manyDots []Dot
	var manyBars []Bar
	var manyRows []CoverageRow
	var manyEvents []Event
	for i := range 40 {
		on := date("2010-01-01").AddDate(0, i%7, i)
		manyRanks = append(manyRanks, Rank{On: on, Rank: 1 + i%10, Key: fmt.Sprint(i % 13), Label: long, Value: float64(i)})
		manyDots = append(manyDots, Dot{Key: fmt.Sprint(i), Label: fmt.Sprint("estimate ", i), Group: fmt.Sprint(i / 5), X: math.Pow(10, float64(i-20)), Lo: 1, Hi: 2})
		manyBars = append(manyBars, Bar{Label: fmt.Sprint("bar ", i), Value: float64(i - 20)})
		manyRows = append(manyRows, CoverageRow{Platform: fmt.Sprint(i / 4), Label: long, Metric: fmt.Sprint(i), Spans: []Span{{From: on, To: on.AddDate(0, i, 0), Trust: i - 3}}})
		manyEvents = append(manyEvents, Event{On: on, Label: hostile, Platform: fmt.Sprint(i % 4)})
	}
	for size, s := range sizes {
		o := Options{ID: "x", Title: "Hard", Subtitle: "for the test", Source: "nobody", Size: s}
		logged := o
		logged.Log = true
		figures := map[string]func() (*Figure, error){
			"bump, none": func() (*Figure, error) { return Bump(o, 0, nil) },
			"bump, one":  func() (*Figure, error) { return Bump(o, 3, manyRanks[:1]) },
			"bump, odd": func() (*Figure, error) {
				return Bump(o, 3, []Rank{{Rank: -1}, {Rank: 1}, {On: date("2010-01-01"), Rank: 2, Value: nan}})
			},
			"bump, many":      func() (*Figure, error) { return Bump(o, 10, manyRanks) },
			"slope, none":     func() (*Figure, error) { return Slope(o, nil) },
			"slope, one date": func() (*Figure, error) { return Slope(o, manyRanks[:1]) },
			"slope, many":     func() (*Figure, error) { return Slope(logged, manyRanks) },
			"dots, none":      func() (*Figure, error) { return Dots(o, nil) },
			"dots, no number": func() (*Figure, error) {
				return Dots(logged, []Dot{{Label: long, X: nan, Lo: -inf, Hi: inf}, {Label: "b", Missing: long}})
			},
			"dots, many": func() (*Figure, error) { return Dots(logged, manyDots) },
			"dots, dates": func() (*Figure, error) {
				return Dots(o, []Dot{{Label: hostile, OnLo: date("2011-01-01"), Open: true}, {Label: "b", On: date("2012-01-01")}})
			},
			"bars, none": func() (*Figure, error) { return Bars(o, nil) },
			"bars, odd": func() (*Figure, error) {
				return Bars(o, []Bar{{Label: long, Value: nan}, {Label: "z"}, {Label: hostile, Value: 1e300, Lo: 0, Hi: inf}})
			},
			"bars, many":     func() (*Figure, error) { return Bars(o, manyBars) },
			"heat, none":     func() (*Figure, error) { return Heat(o, nil, nil) },
			"heat, one":      func() (*Figure, error) { return Heat(o, []string{long}, [][]float64{{nan}}) },
			"heat, beyond":   func() (*Figure, error) { return Heat(o, []string{hostile, "b"}, [][]float64{{-1, 7}, {inf, 0}}) },
			"coverage, none": func() (*Figure, error) { return Coverage(o, nil) },
			"coverage, many": func() (*Figure, error) { return Coverage(o, manyRows) },
			"coverage, odd": func() (*Figure, error) {
				return Coverage(o, []CoverageRow{{Label: hostile, Spans: []Span{{From: date("2012-01-01"), To: date("2010-01-01"), Trust: 99}}}})
			},
			"timeline, none":   func() (*Figure, error) { return Timeline(o, nil) },
			"timeline, one":    func() (*Figure, error) { return Timeline(o, manyEvents[:1]) },
			"timeline, many":   func() (*Figure, error) { return Timeline(o, manyEvents) },
			"panels, none":     func() (*Figure, error) { return Panels(o, PanelOptions{}, nil) },
			"panels, nothing":  func() (*Figure, error) { return Panels(o, PanelOptions{Columns: -3}, make([]Panel, 7)) },
			"fan, none":        func() (*Figure, error) { return Fan(o, FanData{}) },
			"fan, only window": func() (*Figure, error) { return Fan(o, FanData{Cut: date("2011-01-01"), Windows: sampleFan().Windows}) },
		}
		for what, make := range figures {
			f, err := make()
			if err != nil {
				t.Fatalf("%s, %s: %v", what, size, err)
			}
			if size == "tiny" {
				svgOf(t, f)
				continue
			}
			checkBounds(t, what+", "+size, f)
		}
	}
}

func TestNothingToDrawIsSaidInWords(t *testing.T) {
	f, err := Lines(Options{ID: "x", Title: "Nobody counted"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if svg := svgOf(t, f); !strings.Contains(svg, "There are no data for this chart.") || !strings.Contains(f.Alt(), "no data") {
		t.Errorf("an empty chart does not say so: %s", svg)
	}
}

func TestMistakesAreExplained(t *testing.T) {
	crowdOf := make([]Series, 5000)
	for i := range crowdOf {
		crowdOf[i] = Series{Key: fmt.Sprint(i), Label: fmt.Sprint(i), Points: oneDay}
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"5,000 series":    {second(Lines(Options{ID: "x"}, crowdOf)), "chart lines x: 5000 series, at most 400 can be told apart: choose some, or sum them"},
		"5,000 in panels": {second(Panels(Options{ID: "x"}, PanelOptions{}, []Panel{{Title: "p", Series: crowdOf}})), "5000 series, at most 400"},
		"5,000 in a fan":  {second(Fan(Options{ID: "x"}, FanData{History: crowdOf})), "5000 series, at most 400"},
		"5,000 dots":      {second(Dots(Options{ID: "x"}, make([]Dot, 5000))), "5000 estimates, at most 400 can be read"},
		"5,000 bars":      {second(Bars(Options{ID: "x"}, make([]Bar, 5000))), "5000 bars, at most 400 can be read"},
		"5,000 rows":      {second(Coverage(Options{ID: "x"}, make([]CoverageRow, 5000))), "5000 rows, at most 400 can be read"},
		"5,000 labels":    {second(Heat(Options{ID: "x"}, make([]string, 5000), nil)), "5000 rows, at most 100 can be seen"},
		"not square":      {second(Heat(Options{ID: "x"}, []string{"a", "b"}, [][]float64{{1, 2}, {3}})), "row 2 has 1 cells, want 2"},
		"5,000 ranks":     {second(Bump(Options{ID: "x"}, 5000, nil)), "5000 ranks, at most 100 can be read"},
		"5,000 panels":    {second(Panels(Options{ID: "x"}, PanelOptions{}, make([]Panel, 5000))), "5000 panels, at most 60 can be seen"},
		"no ID":           {second(Lines(Options{}, nil)), `ID "": want lower-case letters`},
		"bad ID":          {second(Lines(Options{ID: `x" onload="`}, nil)), "a letter first"},
		"size":            {second(Lines(Options{ID: "x", Size: Size{-1, 5}}, nil)), "want 0 to 8000 pixels"},
		"size NaN":        {second(Lines(Options{ID: "x", Size: Size{nan, 5}}, nil)), "want 0 to 8000 pixels"},
		"language":        {second(Lines(Options{ID: "x", Lang: "fr"}, nil)), `language "fr": want en or zh`},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", name, c.err, c.want)
		}
	}
}

func second(_ *Figure, err error) error { return err }

func TestValuesWithoutLogarithmAreCounted(t *testing.T) {
	s := Series{Key: "k", Label: "k"}
	for i, y := range []float64{0, 5, -2, 0, 50} {
		s.Points = append(s.Points, Point{On: date("2010-01-01").AddDate(0, i, 0), Y: y})
	}
	f, err := Lines(Options{ID: "x", Log: true}, []Series{s})
	if err != nil {
		t.Fatal(err)
	}
	if want := "3 values of zero or less not shown"; !strings.Contains(f.Notes, want) || !strings.Contains(f.Subtitle, want) {
		t.Errorf("notes %q, subtitle %q: want both to say %q", f.Notes, f.Subtitle, want)
	}
}

// Points in any order draw the same line, and the caller's slice stays as it was.
func TestOrderOfPointsDoesNotMatter(t *testing.T) {
	a, b := weiboUsers(), weiboUsers()
	for i, j := 0, len(b.Points)-1; i < j; i, j = i+1, j-1 {
		b.Points[i], b.Points[j] = b.Points[j], b.Points[i]
	}
	first := b.Points[0].On
	fa, _ := Lines(Options{ID: "x"}, []Series{a})
	fb, _ := Lines(Options{ID: "x"}, []Series{b})
	if svgOf(t, fa) != svgOf(t, fb) {
		t.Error("the same points in another order give another picture")
	}
	if !b.Points[0].On.Equal(first) {
		t.Error("drawing sorted the caller's points")
	}
}

// A silence longer than Gap is a gap in the line.
func TestSilenceIsAGap(t *testing.T) {
	s := Series{Key: "k", Label: "k", Points: []Point{{On: date("2010-01-01"), Y: 1}, {On: date("2010-06-01"), Y: 2}, {On: date("2013-01-01"), Y: 3}, {On: date("2013-03-01"), Y: nan}, {On: date("2013-06-01"), Y: 4}}}
	for gap, want := range map[time.Duration]map[int]bool{0: {2: true, 3: true}, 24 * time.Hour: {1: true, 2: true, 3: true}, 1e5 * time.Hour: {3: true}} {
		cs, _ := curves(Options{Gap: gap}, []Series{s}, false)
		for i := range cs[0].pts {
			if cs[0].breaks[i] != want[i] {
				t.Errorf("gap %v: break before point %d is %v, want %v", gap, i, cs[0].breaks[i], want[i])
			}
		}
	}
}
