package chart

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/vg"
)

// Every figure tells itself in words and lays open its data: rows as wide as the header, values in full.
func TestFiguresAreToldAndLaidOpen(t *testing.T) {
	for name, make := range samples() {
		f := drawn(t, make)
		header, rows := f.Data()
		if len(header) < 3 || len(rows) == 0 {
			t.Errorf("%s: %d columns, %d rows", name, len(header), len(rows))
		}
		for _, r := range rows {
			if len(r) != len(header) {
				t.Errorf("%s: %q has %d cells, the header %d", name, r, len(r), len(header))
			}
		}
		if !strings.HasPrefix(f.Alt(), f.Title) || len(f.Alt()) < len(f.Title)+40 {
			t.Errorf("%s: the text alternative tells too little: %q", name, f.Alt())
		}
		if f.Width <= 0 || f.Height <= 0 || !strings.Contains(f.SourceLine, "2022") {
			t.Errorf("%s: %g x %g, source line %q", name, f.Width, f.Height, f.SourceLine)
		}
	}
	f := drawn(t, samples()["lines"])
	for _, want := range []string{"Weibo passed Twitter in early 2017", "Twitter: from 54\u00a0M (31 Dec 2010) to 330\u00a0M (31 Mar 2019)", "8 events are marked"} {
		if !strings.Contains(f.Alt(), want) {
			t.Errorf("the text alternative lacks %q: %q", want, f.Alt())
		}
	}
	_, rows := f.Data()
	if got := strings.Join(rows[0], "|"); got != "Twitter|2010-12-31|54000000|53500000|54500000|" {
		t.Errorf("the first row is %q", got)
	}
}

// A fan ends where its last quantile, reading or window ends, however far the caller's axis goes.
func TestFanEndsWhereNothingIsDrawnAnyMore(t *testing.T) {
	d := sampleFan()
	d.Windows = d.Windows[:2]
	last := d.Fans[0].Points[6].On
	for to, want := range map[string]string{"2020-01-01": last.Format("2006-01-02"), "2011-10-01": "2011-10-01"} {
		xs := extent{day(date("2010-12-31")), day(last)}
		asked := extent{xs.lo, day(date(to))}
		if got := dateOf(lastDrawn(xs, asked, d)).Format("2006-01-02"); got != want {
			t.Errorf("asked for %s the axis ends at %s, want %s", to, got, want)
		}
	}
}

// A hugely uncertain reading does not flatten the others: its band is cut off at the axis.
func TestBandsDoNotStretchTheAxis(t *testing.T) {
	s := weiboUsers()
	s.Points[0].Lo, s.Points[0].Hi = 1, 1e12
	for _, log := range []bool{false, true} {
		cs, _ := curves(Options{Log: log}, []Series{s}, false)
		_, ys := ranges(cs, log)
		if ys.lo < -200e6 || log && ys.lo < 60e6 || ys.hi > 1.2e9 {
			t.Errorf("log %v: the axis reaches from %g to %g", log, ys.lo, ys.hi)
		}
	}
}

// A lone reading of a long series is marked, as no line shows it.
func TestLoneReadingsAreMarked(t *testing.T) {
	s := Series{Key: "k", Label: "k"}
	for i := range 100 {
		s.Points = append(s.Points, Point{On: date("2016-01-01").AddDate(0, 0, 9*i), Y: 5})
	}
	alone := Point{On: date("2010-01-01"), Y: 3}
	with, _ := Lines(Options{ID: "x"}, []Series{{Key: "k", Label: "k", Points: append([]Point{alone}, s.Points...)}})
	if n := strings.Count(svgOf(t, with), "<title>k, "); n != 1 {
		t.Errorf("%d marks, want that of the lone reading only", n)
	}
}

// A line of more readings than pixels stays small, and keeps its ends.
func TestLongSeriesStaySmall(t *testing.T) {
	s := Series{Key: "k", Label: "k"}
	for i := range 50_000 {
		s.Points = append(s.Points, Point{On: date("2010-01-01").Add(time.Duration(i) * time.Hour), Y: 100 + float64(i%7)})
	}
	f, err := Lines(Options{ID: "x"}, []Series{s})
	if err != nil {
		t.Fatal(err)
	}
	if svg := svgOf(t, f); len(svg) > 40_000 {
		t.Errorf("the SVG of %d readings has %d bytes, want at most 40000", len(s.Points), len(svg))
	}
	if _, rows := f.Data(); len(rows) != len(s.Points) {
		t.Errorf("the table has %d rows, want all %d", len(rows), len(s.Points))
	}
}

func TestThinnedKeepsPeaks(t *testing.T) {
	var run []vg.Point
	for i := range 1000 {
		run = append(run, pt(float64(i)/10, 5))
	}
	run[437].Y, run[612].Y = 90, -7
	got := thinned(run)
	has := func(y vg.Length) bool { return slices.ContainsFunc(got, func(p vg.Point) bool { return p.Y == y }) }
	if len(got) > 210 || !has(90) || !has(-7) || !slices.IsSortedFunc(got, func(a, b vg.Point) int { return cmp.Compare(a.X, b.X) }) {
		t.Errorf("%d of 1000 points, peak kept: %v, trough kept: %v", len(got), has(90), has(-7))
	}
}

type brokenWriter struct{}

var errBroken = errors.New("no space left on device")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrorsAreReported(t *testing.T) {
	f := drawn(t, samples()["bars"])
	if err := f.SVG(brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("SVG: error %v, want %v", err, errBroken)
	}
	if err := f.PNG(brokenWriter{}, 1); !errors.Is(err, errBroken) {
		t.Errorf("PNG: error %v, want %v", err, errBroken)
	}
}
