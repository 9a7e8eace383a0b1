package series

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"pgregory.net/rapid"
)

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// figure is a reading for the period that ends on a day: "day", "month", "quarter" or "year", rounded to step.
func figure(on, precision, trust string, value, step float64) Reading {
	to := date(on)
	from := to
	switch precision {
	case "month":
		from = to.AddDate(0, 0, 1-to.Day())
	case "quarter":
		from = to.AddDate(0, 0, 1-to.Day()).AddDate(0, -2, 0)
	case "year":
		from = to.AddDate(0, 0, 1-to.Day()).AddDate(0, -11, 0)
	}
	m, err := measure.NewReading(value, step, measure.Round)
	if err != nil {
		panic(err)
	}
	return Reading{Platform: "p", Family: "weibo_style", Metric: "monthly_active_users", Unit: "users", Reading: m,
		Span: measure.Span{From: from, To: to}, Precision: precision, PublishedOn: to.AddDate(0, 0, 30),
		SourceURL: fmt.Sprintf("https://%s/%v/%s", trust, value, on), Trust: trust}
}

func one(t *testing.T, rs ...Reading) Series {
	t.Helper()
	all, err := Build(rs)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("%d series, want 1", len(all))
	}
	return all[0]
}

func TestCoarserReadingGivesWay(t *testing.T) {
	s := one(t, figure("2016-12-31", "quarter", "C", 310e6, 1e7), figure("2016-12-31", "month", "A", 313e6, 1e6))
	p := s.Points[0]
	if p.Value.Point != 313e6 || p.Precision != "month" || p.Sources != 2 || len(p.Value.Flags) != 0 {
		t.Errorf("%+v, want the month's figure alone", p)
	}
	if e := p.Evidence[0]; e.Used || !strings.Contains(e.Why, "coarser") {
		t.Errorf("the quarter: used %v, why %q", e.Used, e.Why)
	}
	// A finer figure of less trust does not displace a coarser one of more: they are weighed, and trust settles it.
	s = one(t, figure("2013-06-30", "quarter", "A", 218e6, 1e6), figure("2013-06-30", "day", "C", 200e6, 1e6))
	if p := s.Points[0]; p.Value.Point != 218e6 || !p.Value.Flags.Has(measure.ResolvedByTrust) {
		t.Errorf("%v %q, want 218e6 resolved by trust", p.Value.Point, p.Value.Flags)
	}
}

func TestDerivedGivesWayAndStaysMarked(t *testing.T) {
	derived := figure("2013-03-31", "month", "A", 49861496, 1)
	derived.Derived = true
	s := one(t, derived, figure("2013-03-31", "month", "B", 48.6e6, 1e5))
	if p := s.Points[0]; p.Value.Point != 48.6e6 || p.Derived || !strings.Contains(p.Evidence[1].Why, "derived") {
		t.Errorf("%+v, want the printed figure", p)
	}
	s = one(t, derived)
	if p := s.Points[0]; !p.Derived || !p.Value.Flags.Has(measure.Derived) {
		t.Errorf("%+v, want a derived point that says so", p)
	}
}

func TestNeighboursSettleADispute(t *testing.T) {
	// Mastodon, December 2022: one crawl every day, one bot that counts more.
	days := []Reading{
		figure("2022-12-04", "day", "B", 6346202, 1), figure("2022-12-05", "day", "B", 6363135, 1),
		figure("2022-12-06", "day", "B", 6377843, 1), figure("2022-12-05", "day", "B", 8e6, 1e6),
	}
	p := one(t, days...).Points[1]
	if p.Value.Point != 6363135 || !p.Value.Flags.Has(ResolvedByNeighbours) || !p.Value.Flags.Has(measure.SourcesDisagree) {
		t.Errorf("%v %q, want the crawl", p.Value.Point, p.Value.Flags)
	}
	if bot := p.Evidence[1]; bot.Used || !bot.Outlier || bot.Why == "" || !(p.P < 0.01) {
		t.Errorf("bot %+v with p %v, want it shown as an outlier", bot, p.P)
	}
	// Where both figures are possible nothing is settled.
	p = one(t, figure("2024-10-10", "day", "B", 7e6, 1e6), figure("2024-10-31", "day", "B", 11e6, 1e6),
		figure("2024-10-31", "day", "B", 13e6, 1e6), figure("2024-11-13", "day", "B", 15e6, 1e6)).Points[1]
	if p.Value.Point != 12e6 || !p.Value.Flags.Has(measure.WidenedByDispute) {
		t.Errorf("%v %q, want the middle", p.Value.Point, p.Value.Flags)
	}
}

func TestWeakSourceIsOverruled(t *testing.T) {
	before, after := figure("2011-06-30", "quarter", "A", 85e6, 1e6), figure("2011-09-30", "quarter", "A", 101e6, 1e6)
	weak := figure("2011-07-15", "day", "C", 21e6, 1e6)
	s := one(t, before, after, weak)
	if len(s.Points) != 2 || len(s.SetAside) != 1 || len(s.Days()) != 3 {
		t.Fatalf("%d points and %d set aside, want 2 and 1", len(s.Points), len(s.SetAside))
	}
	if e := s.SetAside[0].Evidence[0]; e.Used || !e.Outlier || !strings.Contains(e.Why, "85 million and 101 million") {
		t.Errorf("%+v, want its reason", e)
	}
	if s = one(t, before, weak); len(s.SetAside) != 1 {
		t.Error("a quarter of the only neighbour was kept")
	}
	if s = one(t, figure("2011-07-15", "day", "C", 90e6, 1e6), figure("2011-09-30", "quarter", "A", 21e6, 1e6)); len(s.SetAside) != 1 {
		t.Error("a fall to a quarter of the only neighbour was kept")
	}
	if s = one(t, figure("2011-06-30", "quarter", "C", 85e6, 1e6), figure("2011-07-15", "day", "A", 21e6, 1e6)); s.Points[0].Trust != "A" {
		t.Error("the better source was set aside")
	}
	for name, keep := range map[string][]Reading{
		"half of the only neighbour":           {before, figure("2011-07-15", "day", "C", 50e6, 1e6)},
		"within what two allow":                {before, after, figure("2011-07-15", "day", "C", 70e6, 1e6)},
		"far from any":                         {before, figure("2012-07-15", "day", "C", 21e6, 1e6)},
		"a steep rise to the only neighbour":   {figure("2010-05-31", "month", "C", 10e6, 1e6), figure("2010-10-31", "month", "A", 50e6, 1e6)},
		"a steep rise from the only neighbour": {figure("2010-05-31", "month", "A", 10e6, 1e6), figure("2010-10-31", "month", "C", 50e6, 1e6)},
		"neighbour of the same trust":          {figure("2011-06-30", "quarter", "C", 85e6, 1e6), weak},
	} {
		if s := one(t, keep...); len(s.SetAside) != 0 {
			t.Errorf("%s: set aside", name)
		}
	}
}

func TestInferredStepOfAPage(t *testing.T) {
	mau, dau := figure("2015-09-30", "month", "A", 222e6, 1e6), figure("2015-09-30", "month", "A", 100e6, 1e7)
	dau.Metric, dau.SourceURL = "daily_active_users", mau.SourceURL
	sdOf := func() float64 {
		all, err := Build([]Reading{mau, dau})
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Points[0].Value.SD
	}
	if got := sdOf(); got != measure.RoundingSD(1e7) {
		t.Errorf("sd %v of a step that the page states, want that of ten million", got)
	}
	mau.StepBasis, dau.StepBasis = "inferred", "inferred"
	if got := sdOf(); got != measure.RoundingSD(1e6) {
		t.Errorf("sd %v beside a figure in millions, want that of a million", got)
	}
	dau.SourceURL = "elsewhere"
	if got := sdOf(); got != measure.RoundingSD(1e7) {
		t.Errorf("sd %v of a figure alone on its page, want that of ten million", got)
	}
}

func TestFlags(t *testing.T) {
	s := one(t, figure("2018-12-31", "quarter", "A", 321e6, 1e6), figure("2019-03-31", "quarter", "A", 330e6, 1e6),
		figure("2024-05-31", "month", "C", 600e6, 1e8))
	if !s.Points[2].Value.Flags.Has(measure.Gap) || s.Points[1].Value.Flags.Has(measure.Gap) {
		t.Errorf("gap flags %q, %q", s.Points[1].Value.Flags, s.Points[2].Value.Flags)
	}
	late := []Reading{figure("2012-06-30", "day", "B", 368e6, 1e6), figure("2012-09-24", "day", "B", 350e6, 1e7)}
	for i := range late {
		late[i].Metric = "registered_users"
	}
	if s = one(t, late...); !s.Points[1].Value.Flags.Has(BelowEarlier) {
		t.Error("a count since launch that falls is not flagged")
	}
	late[1] = figure("2012-09-24", "day", "B", 360e6, 2e7)
	late[1].Metric = "registered_users"
	if s = one(t, late...); s.Points[1].Value.Flags.Has(BelowEarlier) {
		t.Error("a fall within the rounding is flagged")
	}
}

func TestKindsStayApart(t *testing.T) {
	a, b := figure("2016-12-31", "month", "A", 313e6, 1e6), figure("2016-12-31", "month", "A", 139e6, 1e6)
	b.Metric = "daily_active_users"
	if all, err := Build([]Reading{a, b}); err != nil || len(all) != 2 {
		t.Errorf("%d series, %v: want one for each kind", len(all), err)
	}
	if all, err := Build(nil); err != nil || len(all) != 0 {
		t.Errorf("%v, %v from no reading", all, err)
	}
	a.Value = math.NaN()
	if _, err := Build([]Reading{a}); err == nil {
		t.Error("NaN was built in")
	}
}

// Whatever the readings: each stands in exactly one day, every point has a reading behind it, order does not matter.
func TestBuildProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		rs := make([]Reading, n)
		for i := range rs {
			on := date("2012-01-31").AddDate(0, 0, 31*rapid.IntRange(0, 6).Draw(t, "month"))
			rs[i] = figure(on.Format(time.DateOnly), rapid.SampledFrom([]string{"day", "month", "quarter", "year"}).Draw(t, "precision"),
				rapid.SampledFrom([]string{"A", "B", "C", ""}).Draw(t, "trust"), float64(rapid.IntRange(0, 1e9).Draw(t, "value")), 1e3)
			rs[i].Derived = rapid.Bool().Draw(t, "derived")
			rs[i].SourceURL = fmt.Sprint(i)
		}
		a, err := Build(rs)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Build(rapid.Permutation(rs).Draw(t, "order"))
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("order matters:\n%v\n%v", a, b)
		}
		seen := 0
		for _, p := range a[0].Days() {
			seen += len(p.Evidence)
		}
		if seen != n {
			t.Fatalf("%d readings went in, %d stand in the days", n, seen)
		}
		for i, p := range a[0].Points {
			if usedOf(p.Evidence) == 0 || !p.Value.Defined() || i > 0 && !a[0].Points[i-1].On.Before(p.On) {
				t.Fatalf("point %+v", p)
			}
			for _, e := range p.Evidence {
				if e.Used == (e.Why != "") {
					t.Fatalf("used %v with the reason %q", e.Used, e.Why)
				}
			}
		}
	})
}
