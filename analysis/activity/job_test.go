package activity

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/series"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

var date = measuretest.Date

func figure(metric, on, url, trust string, value float64) series.Reading {
	r, err := measure.NewReading(value, 1e6, measure.Round)
	if err != nil {
		panic(err)
	}
	return series.Reading{Platform: "p", Family: "weibo_style", Metric: metric, Unit: "users", Reading: r, Precision: "month",
		Span: measure.Span{From: date(on), To: date(on)}, PublishedOn: date(on), SourceURL: url, Trust: trust}
}

func TestSourceFamily(t *testing.T) {
	for page, want := range map[string]string{
		"http://ir.weibo.com./news-releases/x":          "weibo.com",
		"https://www.businessofapps.com/data/x":         "businessofapps.com",
		"https://www.independent.co.uk/tech/x":          "independent.co.uk",
		"http://www.chinadaily.com.cn/china/2011-01/28": "chinadaily.com.cn",
		"no address": "no address",
	} {
		if got := SourceFamily(page); got != want {
			t.Errorf("SourceFamily(%q) = %q, want %q", page, got, want)
		}
	}
}

func TestDailyOverMonthlyNeedsOneSource(t *testing.T) {
	const dau, mau = "daily_active_users", "monthly_active_users"
	readings := []series.Reading{
		figure(dau, "2016-09-30", "https://a.com/1", "A", 132e6), figure(mau, "2016-09-30", "https://ir.a.com/2", "A", 297e6),
		figure(mau, "2016-09-30", "https://panel.com/", "C", 390e6),
		figure(dau, "2016-09-30", "https://copy.com/1", "C", 132e6), figure(mau, "2016-09-30", "https://copy.com/1", "C", 297e6),
		figure(dau, "2016-12-31", "https://a.com/3", "A", 139e6),
	}
	got := FromOneSource(Definitions[0], readings)
	if len(got) != 1 {
		t.Fatalf("%d quotients, want the company's alone", len(got))
	}
	q := got[0]
	digits(t, "dau per mau", q.Value.Point, "0.444444")
	// Relative sd: (1e6/sqrt 12) * sqrt(1/132e6^2 + 1/297e6^2) = 0.00239320.
	digits(t, "relative sd", q.Value.SD/q.Value.Point, "0.00239320")
	if q.SourceURL != "https://a.com/1" || !q.OneSource || len(q.Value.Flags) != 0 {
		t.Errorf("%+v, want the better of two sources", q)
	}
	readings[0].Value, readings[0].Lo, readings[0].Hi = 400e6, 399e6, 401e6
	if got = FromOneSource(Definitions[0], readings); len(got) != 2 || !got[1].Value.Flags.Has(ImpossibleQuotient) {
		t.Errorf("%d quotients, the last with flags %q: more daily than monthly users must be flagged", len(got), got[len(got)-1].Value.Flags)
	}
	readings[0].Derived = true
	if got = FromOneSource(Definitions[0], readings); len(got) != 1 {
		t.Errorf("%d quotients, want none from a derived figure", len(got))
	}
}

func TestQuotientOfSeries(t *testing.T) {
	build := func(rs ...series.Reading) series.Series {
		all, err := series.Build(rs)
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	def := Definitions[6]
	if def.Name != "posts_a_day_per_registered" {
		t.Fatalf("definition %s", def.Name)
	}
	posts := build(figure("posts_per_day", "2011-09-30", "https://a.com/1", "C", 86e6), figure("posts_per_day", "2012-09-24", "https://a.com/2", "C", 100e6))
	users := build(figure("registered_users", "2011-09-30", "https://b.com/1", "A", 227e6), figure("registered_users", "2011-10-30", "https://a.com/1", "A", 240e6))
	got := FromSeries(def, posts, users)
	if len(got) != 1 || got[0].Value.Flags.String() != "different_sources" {
		t.Fatalf("%+v, want one quotient of different sources", got)
	}
	digits(t, "posts per account", got[0].Value.Point, "0.378855")
	users = build(figure("registered_users", "2011-10-30", "https://a.com/1", "A", 240e6))
	if got = FromSeries(def, posts, users); got[0].Value.Flags.String() != "different_days" || !got[0].OneSource {
		t.Errorf("%+v, want one source on different days", got[0])
	}
	users.Points[0].Value.Point = 0
	if got = FromSeries(def, posts, users); got[0].Value.Defined() || !got[0].Value.Flags.Has(measure.NonPositive) {
		t.Errorf("%+v, want no quotient over zero", got[0].Value)
	}
}

func TestShippedHistory(t *testing.T) {
	q := warehousetest.Shipped(t)
	tables, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	weibo := map[string]float64{}
	for _, r := range measuretest.Rows(tables[0]) {
		if r["quotient"] == "dau_per_mau" {
			if !r["same_source"].(bool) || !(r["value"].(float64) > 0 && r["value"].(float64) < 1) {
				t.Errorf("%v", r)
			}
			weibo[r["on"].(time.Time).Format(time.DateOnly)] = r["value"].(float64)
		}
		if r["definition"] == "" {
			t.Errorf("%v has no definition", r)
		}
	}
	digits(t, "Weibo at the end of 2018", weibo["2018-12-31"], "0.432900") // 200 of 462 million, one annual report
	if len(weibo) < 8 {
		t.Errorf("daily over monthly users of %d days", len(weibo))
	}
	var said []string
	for _, r := range measuretest.Rows(tables[2]) {
		said = append(said, fmt.Sprint(r["said"], " ", r["statement"]))
	}
	text := strings.Join(said, "\n")
	for _, want := range []string{"cannot Whether users", "cannot Sina Weibo", "cannot Twitter", "posts a day per registered account", "derived by us"} {
		if !strings.Contains(text, want) {
			t.Errorf("the note on 2011 lacks %q:\n%s", want, text)
		}
	}
	early, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2010-01-01")})
	if err != nil {
		t.Fatal(err)
	}
	if len(early[0].Rows) != 0 {
		t.Errorf("%d quotients before anything was published", len(early[0].Rows))
	}
}
