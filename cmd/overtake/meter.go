package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// A meter makes one line of what a collecting run is doing: where it is, how fast, what is left of the budget, how long a
// platform asks to wait, and when the lists in hand will be whole.
type meter struct {
	now    func() time.Time
	budget *crawl.Budget
	left   func(host string) (requests int, until time.Time)
	hosts  map[string][]string // by site

	mu    sync.Mutex
	shown time.Time
	walks map[string]walkMeter
	ticks []tick // of the last while, oldest first
}

// A walkMeter is a list in hand.
type walkMeter struct{ rows, stated int64 }

// A tick is one answer and the rows that it brought.
type tick struct {
	at   time.Time
	rows int64
}

// meterWindow is how long ago an answer may be to count for the rate.
const meterWindow = 20 * time.Second

// add takes in an event and gives the line; ok is false where the last one is too young to be replaced.
func (m *meter) add(e crawl.Event) (line string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	key := e.Site + "/" + e.Walk
	if m.walks == nil {
		m.walks = map[string]walkMeter{}
	}
	m.ticks = append(m.ticks, tick{now, max(0, e.Rows-m.walks[key].rows)})
	for len(m.ticks) > 1 && now.Sub(m.ticks[0].at) > meterWindow {
		m.ticks = m.ticks[1:]
	}
	if m.walks[key] = (walkMeter{e.Rows, e.Stated}); e.Stated > 0 && e.Rows >= e.Stated {
		delete(m.walks, key)
	}
	if now.Sub(m.shown) < 200*time.Millisecond {
		return "", false
	}
	m.shown = now
	return m.line(e, now), true
}

func (m *meter) line(e crawl.Event, now time.Time) string {
	text := e.Site + " " + e.Walk
	if e.Stated > 0 {
		text += fmt.Sprintf(" %d of %d", e.Rows, e.Stated)
	} else if e.Rows > 0 {
		text += fmt.Sprintf(" %d", e.Rows)
	}
	answers, rows := m.rate(now)
	if answers > 0 {
		text += fmt.Sprintf(", %.1f answers/s", answers)
	}
	if m.budget != nil && m.budget.Requests > 0 {
		text += fmt.Sprintf(", %d requests left", max(0, m.budget.Requests-m.budget.Used()))
	}
	if m.budget != nil && !m.budget.Until.IsZero() {
		text += ", " + spoken(max(0, m.budget.Until.Sub(now))) + " left"
	}
	wait := time.Duration(0)
	for _, host := range m.hosts[e.Site] {
		if _, until := m.left(host); until.Sub(now) > wait {
			wait = until.Sub(now)
		}
	}
	if wait > 0 {
		text += ", waits " + spoken(wait)
	}
	if rest := m.rest(); rest > 0 && rows > 0 {
		text += ", lists in hand whole in about " + spoken(time.Duration(float64(rest)/rows*float64(time.Second))+wait)
	}
	return text
}

// rate is answers and rows a second, 0 where that is not known yet.
func (m *meter) rate(now time.Time) (answers, rows float64) {
	if len(m.ticks) < 3 {
		return 0, 0
	}
	took := now.Sub(m.ticks[0].at).Seconds()
	if took < 1 {
		return 0, 0
	}
	sum := int64(0)
	for _, t := range m.ticks[1:] {
		sum += t.rows
	}
	return float64(len(m.ticks)-1) / took, float64(sum) / took
}

// rest is how many members of the lists in hand are still to come.
func (m *meter) rest() (n int64) {
	for _, w := range m.walks {
		n += max(0, w.stated-w.rows)
	}
	return n
}
