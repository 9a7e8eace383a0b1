package overtake

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
)

func TestSharedPageSharesTheErrorOfItsDate(t *testing.T) {
	month := measure.Span{From: day("2011-01-01"), To: day("2011-01-31")}
	make := func(platform, url string, growth float64) *side {
		s := &side{platform: platform, method: "evidence", growth: growth, line: line{platform: platform, metric: "m"},
			level: point{on: month.To, span: month, urls: []string{url}}, model: still(0)}
		return s
	}
	spread := func(urlA, urlB string) float64 {
		st := &study{asOf: day("2011-02-28"), n: manyPaths, days: []float64{0, 30}}
		a, b := make("a", urlA, .15), make("b", urlB, .05)
		st.draw(a)
		st.draw(b)
		d := st.duel(a, b, 0)
		var squares float64
		for i := range d.challengerPaths {
			gap := d.challengerPaths[i][0] - d.leaderPaths[i][0]
			squares += gap * gap / manyPaths
		}
		return math.Sqrt(squares)
	}
	days := month.SDDays() / daysPerMonth
	if got, want := spread("x", "y"), math.Hypot(.15, .05)*days; math.Abs(got/want-1) > .03 {
		t.Errorf("two pages: the dates leave %v open of the gap, want %v", got, want)
	}
	if got, want := spread("x", "x"), (.15-.05)*days; math.Abs(got/want-1) > .03 {
		t.Errorf("one page: the date leaves %v open of the gap, want %v", got, want)
	}
}

func TestQuarterEnds(t *testing.T) {
	for on, want := range map[string]string{"2011-02-28": "2011-03-31", "2011-03-31": "2011-06-30", "2015-12-31": "2016-03-31", "2012-10-01": "2012-12-31"} {
		got := quarterEnds(day(on))
		if len(got) != 4 || !got[0].Equal(day(want)) || !slices.IsSortedFunc(got, func(a, b time.Time) int { return cmp.Compare(a.Unix(), b.Unix()) }) {
			t.Errorf("quarters after %s: %v, want four from %s", on, got, want)
		}
	}
}

// A year of daily readings with hostile values must end in an answer or in a reason, never in NaN.
func TestHostileSeries(t *testing.T) {
	reading := func(platform, on string, value float64) series.Reading {
		r, err := measure.NewReading(value, 1, measure.Exact)
		if err != nil {
			t.Fatal(err)
		}
		return series.Reading{Platform: platform, Metric: "m", Reading: r, Span: measure.Span{From: day(on), To: day(on)}, Precision: "day", PublishedOn: day(on), SourceURL: on}
	}
	base := []series.Reading{reading("b", "2010-01-01", 100), reading("b", "2010-06-01", 120), reading("b", "2010-12-01", 150), reading("b", "2011-02-01", 160)}
	for name, more := range map[string][]series.Reading{
		"one":     {reading("a", "2011-01-01", 5)},
		"zero":    {reading("a", "2010-01-01", 0), reading("a", "2011-01-01", 0)},
		"equal":   {reading("a", "2010-12-01", 50), reading("a", "2010-12-28", 50), reading("a", "2011-02-01", 50)},
		"huge":    {reading("a", "2010-01-01", 1e18), reading("a", "2010-06-01", 1), reading("a", "2010-12-01", 1e18), reading("a", "2011-01-01", 1)},
		"falling": {reading("a", "2010-01-01", 1e6), reading("a", "2010-06-01", 1e3), reading("a", "2010-12-01", 10), reading("a", "2011-01-01", 1)},
		"steep":   {reading("a", "2011-01-01", 1), reading("a", "2011-02-01", 1e17)},
	} {
		f, err := (&facts{Data: series.Data{Readings: append(slices.Clone(base), more...), Metrics: map[string]series.Metric{"m": {Unit: "users", Measure: "stock", ComparedAs: "m"}}}}).known(day("2011-02-28"))
		if err != nil {
			t.Fatal(err)
		}
		b := batch{all: f, asOf: day("2011-02-28"), workers: 1, studies: map[studyKey]*study{}, horizon: DefaultHorizon, paths: DefaultPaths}
		b.add(duty{Request: Request{Metric: "m", Leader: "b", Challenger: "a", AsOf: b.asOf}, turn: true})
		if err := b.run(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, table := range b.tables() {
			for _, row := range table.Rows {
				checkRow(t, table, row)
			}
		}
	}
}
