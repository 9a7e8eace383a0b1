package chart

import (
	"fmt"
	"regexp"
	"time"
)

// A Size is the drawing area in CSS pixels. An SVG scales from it; a PNG has Scale times as many pixels.
type Size struct{ W, H float64 }

// The sizes that the house uses. The zero Size means SizeReport, with the height that the kind of chart needs.
var (
	SizeReport = Size{900, 520}
	SizeSmall  = Size{440, 300} // a small multiple, or a phone
	SizeSlide  = Size{960, 540} // 16:9; at scale 2 a picture of 1920 x 1080
	SizeSquare = Size{720, 720}
	SizePaper  = Size{680, 440}
)

// A Format says how numbers are written on axes, labels and in the table of a chart.
type Format int

const (
	Count   Format = iota // 950, 12 K, 1.2 M, 3.4 B; with Lang "zh" 9,500, 1.2万, 3.4亿
	Percent               // a share of 1: 0.163 is 16.3 %
	Plain                 // 1,234.5
)

// Options is what all kinds of chart share. Only ID is required.
type Options struct {
	// ID names the figure in the page and in file names: lower-case letters, digits, "-" and "_", a letter first.
	ID string
	// Title states the finding in one sentence; Subtitle says what is drawn. Unit follows the subtitle.
	Title, Subtitle, Unit string
	// Source is the source line at the foot, as plain text. AsOf is the last publication day that the data hold.
	Source string
	AsOf   time.Time
	// Lang is "en" (default) or "zh": words, dates and units (K/M/B or 万/亿) of the chart's own text.
	Lang string
	// Size is the drawing area; zero means a width of 900 and the height that the data need.
	Size Size
	// Log asks for a logarithmic value axis.
	Log bool
	// Format is how values are written.
	Format Format
	// From and To cut or widen a time axis. Zero means what the data need.
	From, To time.Time
	// Gap is the longest silence that a line is drawn across. Zero means 400 days.
	Gap time.Duration
	// Events are marked on the time axis.
	Events []Event
	// Refs are reference lines (a truth, a threshold).
	Refs []Ref
	// XLabel names the x axis of Curve, Bars and Dots, where it is not time.
	XLabel string
}

// A Point is one value of a series: On for time axes, X for numeric ones (Aligned: days since launch).
type Point struct {
	On     time.Time
	X      float64
	Y      float64
	Lo, Hi float64 // interval; none where Lo == Hi
	Note   string  // shown when pointed at, and in the table
}

// A Series is one line. Platform (or Family, for a sum over platforms) chooses its colour, dash and marker.
type Series struct {
	Key      string // stable id, unique within the chart
	Label    string // as shown; names from strangers are welcome
	Platform string
	Family   string
	Points   []Point
	Quiet    bool // context only: drawn grey, labelled last
}

// An Event is a dated mark: a thin rule with its words on line charts, a dot on a Timeline.
type Event struct {
	On       time.Time
	Until    time.Time // the end of a period that is known only as month or year; zero for a day
	Label    string
	Platform string
	Kind     string // product, ownership, investment, ...; words for the table
	Status   string // confirmed (default), planned, rumour; drawn full, open, dotted
}

// A Ref is a reference line: at a date (On, optionally Until) across a time axis, else at Value.
type Ref struct {
	Label     string
	Value     float64
	On, Until time.Time
}

// A Panel is one of several small charts. Its Events stand beside those of the options, which all panels show.
type Panel struct {
	Key, Title string
	Series     []Series
	Events     []Event
}

// PanelOptions says how small multiples are arranged.
type PanelOptions struct {
	Columns      int  // 0: chosen by number and width
	FreeX, FreeY bool // each panel its own scale; shared by default
}

// A Rank is one entry of a ranked list at a date.
type Rank struct {
	On       time.Time
	Rank     int // 1 is the top
	Key      string
	Label    string
	Platform string
	Group    string  // colours entries of one list apart, e.g. a category
	Value    float64 // e.g. followers; drawn by Slope, told by Bump
}

// A Quantiles is a forecast's distribution on a day. Pairs that are equal (or both zero) are not drawn.
type Quantiles struct {
	On                                time.Time
	Q05, Q10, Q25, Q50, Q75, Q90, Q95 float64
}

// A FanSeries is the forecast of one line.
type FanSeries struct {
	Key, Label, Platform string
	Points               []Quantiles
}

// A Window is another forecaster's claim that something happens between From and To; a zero To is open-ended.
type Window struct {
	Label    string
	From, To time.Time
	Made     time.Time // when it was said
	Note     string
	Ours     bool      // our own interval, drawn first and stronger
	Median   time.Time // our median, if any
}

// FanData is what a Fan chart draws: what was known, what was expected, what came.
type FanData struct {
	History []Series // known at Cut
	Fans    []FanSeries
	Truth   []Series // what came afterwards, drawn apart from history
	Windows []Window
	Cut     time.Time // the day of the forecast
}

// A Dot is one estimate with its intervals, on a numeric axis (X, Lo, Hi, Lo95, Hi95) or a time axis (On, OnLo,
// OnHi, OnLo95, OnHi95). The inner interval is 80 %.
type Dot struct {
	Key, Label, Group, Platform    string
	X, Lo, Hi, Lo95, Hi95          float64
	On, OnLo, OnHi, OnLo95, OnHi95 time.Time
	Open                           bool   // the interval has no upper end: drawn with an arrow
	Missing                        string // why there is no estimate; shown in words in its place
	Note                           string
}

// A CoverageRow is one strip of a Coverage chart: a metric of a platform.
type CoverageRow struct {
	Platform, Label, Metric string
	Spans                   []Span
	Readings, Sources       int
}

// A Span is a stretch that readings cover. Trust is the best class of its sources: 1 (primary) to 4 (weak), 0 unknown.
type Span struct {
	From, To time.Time
	Trust    int
	Sources  int
	Readings int
	Derived  bool
}

// A Bar is an amount with a name.
type Bar struct {
	Key, Label, Platform string
	Value, Lo, Hi        float64
	Note                 string
}

var goodID = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// check says whether the options can be drawn at all.
func (o Options) check(kind string) error {
	switch {
	case !goodID.MatchString(o.ID):
		return fmt.Errorf("chart %s: ID %q: want lower-case letters, digits, - and _, a letter first", kind, o.ID)
	case !(o.Size.W >= 0 && o.Size.H >= 0 && o.Size.W <= 8000 && o.Size.H <= 8000):
		return fmt.Errorf("chart %s %s: size %gx%g: want 0 to 8000 pixels", kind, o.ID, o.Size.W, o.Size.H)
	case o.Lang != "" && o.Lang != "en" && o.Lang != "zh":
		return fmt.Errorf("chart %s %s: language %q: want en or zh", kind, o.ID, o.Lang)
	}
	return nil
}
