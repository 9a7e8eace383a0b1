package chart

import (
	"math"
	"strings"
	"testing"
	"time"
)

// Small inputs for the tests of all kinds: counts as the platforms published them, rounded as they were.

func date(s string) time.Time {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return t
}

// counts makes points from "2010-01-01 18, 2010-03-31 30": dates and millions.
func counts(s string, millions ...float64) (out []Point) {
	for i, d := range strings.Fields(s) {
		v := millions[i] * 1e6
		out = append(out, Point{On: date(d), Y: v, Lo: v - 0.5e6, Hi: v + 0.5e6})
	}
	return out
}

func twitterUsers() Series {
	return Series{Key: "twitter", Label: "Twitter", Platform: "twitter", Points: counts(
		"2010-12-31 2011-12-31 2012-12-31 2013-12-31 2014-12-31 2015-12-31 2016-12-31 2017-12-31 2019-03-31", 54, 117, 185, 241, 288, 305, 319, 330, 330)}
}

func weiboUsers() Series {
	return Series{Key: "sina_weibo", Label: "Sina Weibo 新浪微博", Platform: "sina_weibo", Points: counts(
		"2013-12-31 2014-12-31 2015-12-31 2016-12-31 2017-12-31 2018-12-31 2019-12-31 2020-12-31 2022-03-31", 129, 176, 236, 313, 392, 462, 516, 521, 582)}
}

func tencentUsers() Series {
	return Series{Key: "tencent_weibo", Label: "Tencent Weibo", Platform: "tencent_weibo", Points: counts("2011-12-31 2012-12-31", 68, 87)}
}

func sampleEvents() []Event {
	return []Event{
		{On: date("2009-08-14"), Label: "Sina Weibo launched", Platform: "sina_weibo", Kind: "product"},
		{On: date("2009-06-02"), Label: "Twitter blocked in China", Platform: "twitter", Kind: "access"},
		{On: date("2013-04-29"), Label: "Alibaba buys 18 % of Weibo", Platform: "sina_weibo", Kind: "investment"},
		{On: date("2014-04-17"), Label: "Weibo listed in New York", Platform: "sina_weibo", Kind: "ownership"},
		{On: date("2013-11-07"), Label: "Twitter listed in New York", Platform: "twitter", Kind: "ownership"},
		{On: date("2014-07-01"), Until: date("2014-07-31"), Label: "Tencent Weibo team reported dissolved", Platform: "tencent_weibo", Kind: "product", Status: "rumour"},
		{On: date("2020-09-28"), Label: "Tencent Weibo closes", Platform: "tencent_weibo", Kind: "product", Status: "planned"},
		{On: date("2022-10-27"), Label: "Elon Musk buys Twitter", Platform: "twitter", Kind: "ownership"},
	}
}

func sampleOptions(id, title string) Options {
	return Options{ID: id, Title: title, Subtitle: "Monthly active users", Unit: "users", Source: "company reports", AsOf: date("2022-12-31")}
}

func sampleRanks() (out []Rank) {
	lists := []struct {
		on    string
		names []string
		top   float64
	}{
		{"2010-12-31", []string{"姚晨", "黄晓明", "小S", "蔡康永", "李开复"}, 5},
		{"2011-06-30", []string{"姚晨", "小S", "黄晓明", "谢娜", "李开复"}, 10},
		{"2012-06-30", []string{"姚晨", "谢娜", "小S", "黄晓明", "蔡康永"}, 21},
		{"2014-06-30", []string{"谢娜", "陈坤", "姚晨", "黄晓明", "郭德纲"}, 74},
		{"2019-04-30", []string{"谢娜", "何炅", "杨幂", "姚晨", "黄晓明"}, 124},
	}
	for _, l := range lists {
		for i, n := range l.names {
			out = append(out, Rank{On: date(l.on), Rank: i + 1, Key: n, Label: n, Platform: "sina_weibo", Value: l.top * 1e6 / float64(i+1)})
		}
	}
	return out
}

func sampleFan() FanData {
	fan := func(key, label string, from, step float64) (fs FanSeries) {
		fs = FanSeries{Key: key, Label: label, Platform: key}
		for i := range 7 {
			m := from * math.Pow(step, float64(i))
			w := 1 + 0.05*float64(i)
			fs.Points = append(fs.Points, Quantiles{On: date("2011-02-28").AddDate(0, 2*i, 0), Q05: m / w / w, Q10: m / w, Q25: m / math.Sqrt(w), Q50: m,
				Q75: m * math.Sqrt(w), Q90: m * w, Q95: m * w * w})
		}
		return fs
	}
	return FanData{
		Cut: date("2011-02-28"),
		History: []Series{
			{Key: "sina_weibo", Label: "Sina Weibo", Platform: "sina_weibo", Points: counts("2010-12-31 2011-01-31", 170.9, 198.2)},
			{Key: "twitter", Label: "Twitter", Platform: "twitter", Points: counts("2011-01-31", 291.5)},
		},
		Fans:  []FanSeries{fan("sina_weibo", "Sina Weibo", 220e6, 1.25), fan("twitter", "Twitter", 300e6, 1.06)},
		Truth: []Series{{Key: "came", Label: "came", Platform: "sina_weibo", Points: counts("2011-05-31 2011-08-31", 300, 380)}},
		Windows: []Window{
			{Label: "ours, 80 %", From: date("2011-04-20"), To: date("2011-09-10"), Ours: true, Median: date("2011-06-03")},
			{Label: "Credit Suisse", From: date("2011-07-01"), To: date("2011-12-31"), Made: date("2011-02-28"), Note: "second half of 2011"},
			{Label: "an optimist", From: date("2012-01-01")},
		},
	}
}

func sampleDots() []Dot {
	return []Dot{
		{Key: "a", Group: "Monthly active users", Label: "Sina Weibo, to Dec 2020", Platform: "sina_weibo", X: 0.0097, Lo95: 0.0081, Hi95: 0.0112},
		{Key: "b", Group: "Monthly active users", Label: "Twitter, to Dec 2018", Platform: "twitter", X: -0.0273, Lo: -0.029, Hi: -0.026, Lo95: -0.0297, Hi95: -0.0249},
		{Key: "c", Group: "Registered accounts", Label: "Sina Weibo, to Apr 2013", Platform: "sina_weibo", X: 0.597, Lo: 0.57, Hi: 0.62, Lo95: 0.561, Hi95: 0.635},
		{Key: "d", Group: "Registered accounts", Label: "Sohu Weibo", Platform: "sohu_weibo", Missing: "one reading only"},
	}
}

func sampleCoverage() []CoverageRow {
	return []CoverageRow{
		{Platform: "sina_weibo", Label: "Sina Weibo", Metric: "monthly active users", Readings: 33, Sources: 27, Spans: []Span{
			{From: date("2011-06-30"), To: date("2011-09-30"), Trust: 2, Sources: 1, Readings: 1},
			{From: date("2013-12-31"), To: date("2022-03-31"), Trust: 1, Sources: 20, Readings: 32}}},
		{Platform: "sina_weibo", Label: "Sina Weibo", Metric: "posts a day", Readings: 4, Sources: 3, Spans: []Span{
			{From: date("2010-10-30"), To: date("2012-02-29"), Trust: 3, Sources: 3, Readings: 4, Derived: true}}},
		{Platform: "twitter", Label: "Twitter", Metric: "monthly active users", Readings: 1, Sources: 1, Spans: []Span{
			{From: date("2010-12-31"), To: date("2010-12-31"), Trust: 0, Sources: 1, Readings: 1}}},
	}
}

func aged() []Series {
	age := func(s Series, launch string) Series {
		for i := range s.Points {
			s.Points[i].X = s.Points[i].On.Sub(date(launch)).Hours() / 24
		}
		return s
	}
	return []Series{age(twitterUsers(), "2006-07-15"), age(weiboUsers(), "2009-08-14"), age(tencentUsers(), "2010-04-01")}
}

func reach() []Series {
	s := Series{Key: "reach", Label: "share of all followers", Platform: "sina_weibo"}
	for i := range 101 {
		x := float64(i)
		s.Points = append(s.Points, Point{X: x, Y: 1 - math.Exp(-x/22), Lo: 1 - math.Exp(-x/25), Hi: 1 - math.Exp(-x/19)})
	}
	return []Series{s}
}

func chances() (out []Series) {
	for k, name := range []string{"ahead on the day", "ahead at least once", "ahead for good, never again overtaken within ten years"} {
		s := Series{Key: name, Label: name, Platform: "sina_weibo", Quiet: k > 0}
		for i := range 12 {
			s.Points = append(s.Points, Point{On: date("2011-03-31").AddDate(0, i, 0), Y: 1 / (1 + math.Exp(3-float64(i)+0.2*float64(k)))})
		}
		out = append(out, s)
	}
	return out
}

// samples draws one figure of every kind, and the variants that take other paths.
func samples() map[string]func() (*Figure, error) {
	lines := []Series{twitterUsers(), weiboUsers(), tencentUsers()}
	with := func(o Options, change func(*Options)) Options { change(&o); return o }
	return map[string]func() (*Figure, error){
		"lines": func() (*Figure, error) {
			return Lines(with(sampleOptions("lines", "Weibo passed Twitter in early 2017"), func(o *Options) {
				o.Events = sampleEvents()
				o.Refs = []Ref{{Label: "crossing", On: date("2016-12-31"), Until: date("2017-03-31")}, {Label: "300 million", Value: 300e6}}
			}), lines)
		},
		"lines-log-zh": func() (*Figure, error) {
			return Lines(with(sampleOptions("lines-log-zh", "2017年初，新浪微博的月活跃用户数超过推特"), func(o *Options) {
				o.Lang, o.Log, o.Subtitle, o.Unit, o.Source = "zh", true, "月活跃用户", "人", "公司财报"
			}), lines)
		},
		"panels": func() (*Figure, error) {
			return Panels(sampleOptions("panels", "Two families, four counts"), PanelOptions{FreeY: true}, []Panel{
				{Key: "mau", Title: "Monthly active users", Series: lines[:2], Events: sampleEvents()[2:4]}, {Key: "t", Title: "Twitter alone", Series: lines[:1]},
				{Key: "w", Title: "Weibo alone", Series: lines[1:2]}, {Key: "none", Title: "Nothing known"}})
		},
		"aligned": func() (*Figure, error) {
			return Aligned(sampleOptions("aligned", "At the same age, Weibo was larger"), aged())
		},
		"bump": func() (*Figure, error) {
			return Bump(sampleOptions("bump", "Yao Chen led for years, then Xie Na"), 5, sampleRanks())
		},
		"slope": func() (*Figure, error) {
			return Slope(sampleOptions("slope", "From five million followers to 124"), sampleRanks())
		},
		"fan": func() (*Figure, error) {
			return Fan(with(sampleOptions("fan", "The crossing was expected for June 2011"), func(o *Options) { o.To = date("2013-01-01") }), sampleFan())
		},
		"probability": func() (*Figure, error) {
			return Probability(sampleOptions("probability", "More likely than not from June"), chances())
		},
		"dots": func() (*Figure, error) {
			return Dots(with(sampleOptions("dots", "Growth in the last year"), func(o *Options) { o.Format, o.XLabel = Percent, "growth per year" }), sampleDots())
		},
		"dots-dates": func() (*Figure, error) {
			return Dots(with(sampleOptions("dots-dates", "How the expected date moved"), func(o *Options) {
				o.Refs = []Ref{{Label: "what happened", On: date("2016-12-31"), Until: date("2017-03-31")}}
			}), []Dot{
				{Key: "2013", Label: "seen from 2013", Platform: "sina_weibo", On: date("2017-01-15"), OnLo: date("2013-12-31"), Open: true},
				{Key: "2016", Label: "seen from 2016", Platform: "sina_weibo", On: date("2017-01-10"), OnLo: date("2016-12-31"), OnHi: date("2017-04-20")}})
		},
		"coverage": func() (*Figure, error) {
			return Coverage(sampleOptions("coverage", "Two of three counts rest on few readings"), sampleCoverage())
		},
		"bars": func() (*Figure, error) {
			return Bars(sampleOptions("bars", "Largest at their last count"), []Bar{
				{Key: "t", Label: "Twitter", Platform: "twitter", Value: 330e6}, {Key: "w", Label: "新浪微博", Platform: "sina_weibo", Value: 582e6, Lo: 575e6, Hi: 590e6},
				{Key: "loss", Label: "a loss", Value: -40e6}})
		},
		"heat": func() (*Figure, error) {
			return Heat(with(sampleOptions("heat", "姚晨 and 谢娜 share most followers"), func(o *Options) { o.Format = Percent }),
				[]string{"姚晨", "谢娜", "黄晓明"}, [][]float64{{1, 0.42, 0.3}, {0.42, 1, math.NaN()}, {0.3, 0.25, 1}})
		},
		"curve": func() (*Figure, error) {
			return Curve(with(sampleOptions("curve", "Twenty accounts reach six in ten"), func(o *Options) { o.Format, o.XLabel = Percent, "accounts" }), reach())
		},
		"timeline": func() (*Figure, error) {
			return Timeline(sampleOptions("timeline", "Eight events"), sampleEvents())
		},
	}
}

// drawn makes a sample, or ends the test.
func drawn(t testing.TB, make func() (*Figure, error)) *Figure {
	t.Helper()
	f, err := make()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func svgOf(t testing.TB, f *Figure) string {
	t.Helper()
	var b strings.Builder
	if err := f.SVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
