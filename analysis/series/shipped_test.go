package series

import (
	"testing"

	"github.com/overtake-analytics/overtake/analysis"
	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/measure/measuretest"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

func TestShippedHistory(t *testing.T) {
	q := warehousetest.Shipped(t)
	d, err := Load(t.Context(), q, date("2026-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	readings := 0
	for _, s := range d.Series {
		for _, p := range s.Days() {
			readings += len(p.Evidence)
		}
	}
	if readings != len(d.Readings) || readings < 600 {
		t.Errorf("%d of %d readings stand in a series", readings, len(d.Readings))
	}
	at := func(platform, metric, on string) Point {
		s, ok := d.Find(platform, metric)
		if !ok {
			t.Fatalf("no series %s %s", platform, metric)
		}
		for _, p := range s.Days() {
			if p.On.Equal(date(on)) {
				return p
			}
		}
		t.Fatalf("%s %s has nothing on %s", platform, metric, on)
		return Point{}
	}
	if p := at("mastodon", "registered_users", "2022-12-05"); p.Value.Point != 6363135 {
		t.Errorf("Mastodon on 2022-12-05 = %v, want the crawl's 6363135", p.Value.Point)
	}
	if p := at("sina_weibo", "monthly_active_users", "2016-12-31"); p.Value.Point != 313e6 || p.Sources != 2 {
		t.Errorf("Weibo at the end of 2016 = %v from %d sources, want 313e6 from 2", p.Value.Point, p.Sources)
	}
	if p := at("twitter", "top100_followers_total", "2011-01-31"); !p.Derived || !p.Value.Flags.Has(measure.Derived) {
		t.Errorf("Twitter's top 100 is not marked as derived: %+v", p)
	}
	if p := at("sina_weibo", "daily_active_users", "2013-03-31"); p.Derived || p.Value.Point != 48.6e6 {
		t.Errorf("Weibo's daily users of March 2013 = %v, want the printed 48.6e6", p.Value.Point)
	}

	early, err := Load(t.Context(), q, date("2011-02-28"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range early.Readings {
		if r.PublishedOn.After(date("2011-02-28")) {
			t.Fatalf("sees %+v, which was published later", r)
		}
	}
	if len(early.Readings) == 0 || len(early.Readings) >= len(d.Readings) {
		t.Errorf("%d readings known by 2011-02-28, %d today", len(early.Readings), len(d.Readings))
	}
	if _, err := Load(t.Context(), q, early.Readings[0].PublishedOn.AddDate(-3000, 0, 0)); err != nil {
		t.Errorf("before any publication: %v", err)
	}
}

func TestJobTables(t *testing.T) {
	q := warehousetest.Shipped(t)
	tables, err := Job{}.Run(t.Context(), q, analysis.Env{AsOf: date("2026-12-31")})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.CheckTables(t, tables...)
	if len(tables) != 2 || len(tables[0].Rows) < 400 || len(tables[1].Rows) < 600 {
		t.Fatalf("%d tables", len(tables))
	}
	if _, err := (Job{}).Run(t.Context(), q, analysis.Env{}); err == nil {
		t.Error("a run without an as-of day was accepted")
	}
}
