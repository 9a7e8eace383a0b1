package main

import (
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/ingest/crawl"
)

func TestMeterSaysWhatIsKnown(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	until := time.Time{}
	m := &meter{
		now: func() time.Time { return now }, budget: &crawl.Budget{Requests: 50},
		left: func(string) (int, time.Time) { return -1, until }, hosts: map[string][]string{"bluesky": {"x.example"}},
	}
	step := func(rows int64) string {
		now = now.Add(time.Second)
		line, _ := m.add(crawl.Event{Site: "bluesky", Walk: "followers/a", What: crawl.Followers, Rows: rows, Stated: 1000})
		return line
	}
	if got, want := step(100), "bluesky followers/a 100 of 1000, 50 requests left"; got != want {
		t.Errorf("%q, want %q: a rate or an end is not known yet", got, want)
	}
	step(200)
	if got, want := step(300), "bluesky followers/a 300 of 1000, 1.0 answers/s, 50 requests left, lists in hand whole in about 7 s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	until = now.Add(61 * time.Second)
	if got, want := step(400), "bluesky followers/a 400 of 1000, 1.0 answers/s, 50 requests left, waits 1 min, lists in hand whole in about 1 min"; got != want {
		t.Errorf("%q, want %q: the pause that the platform asks for counts", got, want)
	}
	now = now.Add(10 * time.Millisecond)
	if _, ok := m.add(crawl.Event{Site: "bluesky", Walk: "followers/a", Rows: 500, Stated: 1000}); ok {
		t.Error("the line changes faster than anybody reads")
	}
}
