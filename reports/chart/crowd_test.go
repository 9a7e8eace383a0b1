package chart

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
)

// A matrix of ten thousand different cells stays small enough for a page.
func TestHeatStaysSmall(t *testing.T) {
	labels, cells := make([]string, mostCells), make([][]float64, mostCells)
	for i := range cells {
		labels[i], cells[i] = fmt.Sprintf("账号 %d", i), make([]float64, mostCells)
		for j := range cells[i] {
			cells[i][j] = math.Abs(math.Sin(float64(7*i + 31*j)))
		}
	}
	f, err := Heat(Options{ID: "x", Format: Percent}, labels, cells)
	if err != nil {
		t.Fatal(err)
	}
	if svg := svgOf(t, f); len(svg) > 100_000 {
		t.Errorf("the SVG has %d bytes, want at most 100000", len(svg))
	}
}

// Large cells tell their values, small ones do not.
func TestHeatTellsValuesWhereThereIsRoom(t *testing.T) {
	small, _ := Heat(Options{ID: "x", Format: Percent}, []string{"a", "b"}, [][]float64{{1, 0.42}, {math.NaN(), 1}})
	if svg := svgOf(t, small); !strings.Contains(svg, ">42\u00a0%<") {
		t.Error("a cell of two by two does not tell its value")
	}
	cells := make([][]float64, 40)
	for i := range cells {
		cells[i] = make([]float64, 40)
		cells[i][i] = 0.42
	}
	large, _ := Heat(Options{ID: "x", Format: Percent}, make([]string, 40), cells)
	if svg := svgOf(t, large); strings.Contains(svg, ">42\u00a0%<") {
		t.Error("a cell of 40 by 40 tells its value without room for it")
	}
}

// Two lists of one month are told apart by their days.
func TestListsOfOneMonthAreToldApart(t *testing.T) {
	var dates []float64
	for _, d := range []string{"2011-02-14", "2011-04-04", "2011-04-26", "2011-07-04"} {
		dates = append(dates, day(date(d)))
	}
	for i, want := range []string{"Feb 2011", "4 Apr 2011", "26 Apr 2011", "Jul 2011"} {
		if got := listDate(dates, i, false); got != want {
			t.Errorf("list %d is of %q, want %q", i, got, want)
		}
	}
}

// On a shared time axis a year stands at the same place of every panel, whatever the width of its labels.
func TestPanelsStandInLine(t *testing.T) {
	long := twitterUsers()
	long.Label = "Twitter, under a long name"
	f := drawn(t, func() (*Figure, error) {
		return Panels(Options{ID: "x"}, PanelOptions{Columns: 1, FreeY: true}, []Panel{
			{Title: "a", Series: []Series{long}}, {Title: "b", Series: []Series{{Key: "k", Label: "k", Points: counts("2011-06-30 2019-03-31", 9e6, 3e7)}}}})
	})
	drawing := newSVGSurface(f.Width, f.Height)
	f.paint(newCanvas(drawing, f.Width, f.Height))
	var at []float64
	for _, w := range drawing.texts {
		if w.s == "2015" {
			at = append(at, w.x)
		}
	}
	if len(at) != 2 || at[0] != at[1] {
		t.Errorf("2015 stands at %v, want twice at one place", at)
	}
}

// Lines that share a look are dashed differently; lines that are grey for want of room are counted, not named.
func TestCrowdsStayReadable(t *testing.T) {
	two := []Series{{Key: "d", Label: "daily", Platform: "twitter", Points: counts("2010-12-31 2011-12-31", 5, 9)},
		{Key: "m", Label: "monthly", Platform: "twitter", Points: counts("2010-12-31 2011-12-31", 50, 90)}}
	f := drawn(t, func() (*Figure, error) { return Lines(Options{ID: "x"}, two) })
	if n := strings.Count(svgOf(t, f), "stroke-dasharray:7,3"); n != 1 {
		t.Errorf("%d dashed styles for two lines of a platform, want 1", n)
	}
	var many []Series
	for i := range 40 {
		many = append(many, Series{Key: fmt.Sprint(i), Label: fmt.Sprintf("series %d", i), Points: counts("2010-12-31 2011-12-31", 5, float64(10+i))})
	}
	f = drawn(t, func() (*Figure, error) { return Lines(Options{ID: "x"}, many) })
	svg := svgOf(t, f)
	if n := len(regexp.MustCompile(`>series \d+<(tspan|/text)`).FindAllString(svg, -1)); n != mostNamed {
		t.Errorf("%d of 40 lines are named, want the %d largest", n, mostNamed)
	}
	if !strings.Contains(svg, ">series 39<") || !strings.Contains(f.Subtitle, "the other 28 drawn grey") {
		t.Errorf("the largest is named: %v; subtitle %q", strings.Contains(svg, ">series 39<"), f.Subtitle)
	}
}

// What is possible is told by its ends where there is no best guess.
func TestBarWithoutAValueTellsItsBounds(t *testing.T) {
	f, err := Bars(Options{ID: "x"}, []Bar{{Key: "a", Label: "sum", Value: 40}, {Key: "b", Label: "people", Value: math.NaN(), Lo: 10, Hi: 30}, {Key: "c", Label: "nothing", Value: math.NaN()}})
	if err != nil {
		t.Fatal(err)
	}
	if svg := svgOf(t, f); !strings.Contains(svg, "10–30") {
		t.Errorf("the bounds 10 and 30 are not told: %s", svg)
	}
}

// The colours of a matrix end where its values do, whatever stands on the diagonal.
func TestHeatScale(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		cells [][]float64
		want  float64
	}{
		{[][]float64{{1, .03}, {.03, 1}}, .05},
		{[][]float64{{nan, .4}, {.2, nan}}, .4},
		{[][]float64{{nan, .81}, {.2, nan}}, 1},
		{[][]float64{{1}}, 1},
		{nil, 1},
	} {
		if got := topOf(c.cells); got != c.want {
			t.Errorf("scale of %v ends at %v, want %v", c.cells, got, c.want)
		}
	}
}
