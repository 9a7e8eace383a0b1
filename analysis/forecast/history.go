package forecast

import (
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

// HistoryPanel makes a panel of the series in the shipped history (history/*.csv in fsys) that are regular enough to be judged by rolling origins:
// followers of accounts by month, totals of Bluesky by day, Twitter's active users by quarter. Of several readings in a period the last counts (of
// several sources of a quarter the middle one); each series is the longest run without more than two empty periods in a row (without
// any, for days), empty periods filled by the line between and marked as guessed. It is the panel of the scores in README.md.
func HistoryPanel(fsys fs.FS) (*Panel, error) {
	b := historyBuilder{cells: map[string]map[int][]historyCell{}}
	for _, f := range []struct {
		name string
		add  func(row func(string) string) error
	}{
		{"history/twitter_followers_wayback.csv", b.followers},
		{"history/account_followers.csv", b.followers},
		{"history/bluesky_daily.csv", b.bluesky},
		{"history/platform_metrics.csv", b.quarter},
	} {
		if err := eachRow(fsys, f.name, f.add); err != nil {
			return nil, err
		}
	}
	p := &Panel{}
	for _, id := range sortedKeys(b.cells) {
		if s := b.series(id); len(s.Points) >= minHistory {
			p.Series = append(p.Series, s)
		}
	}
	return p, nil
}

// minHistory is the least number of periods of a series of the panel.
const minHistory = 15

type historyCell struct {
	day time.Time
	y   float64
}

type historyBuilder struct {
	cells map[string]map[int][]historyCell // by series and period
}

// eachRow calls add for each row of a CSV file, with a getter of columns by name.
func eachRow(fsys fs.FS, name string, add func(row func(string) string) error) error {
	f, err := fsys.Open(name)
	if err != nil {
		return fmt.Errorf("history panel: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return fmt.Errorf("history panel: %s: %w", name, err)
	}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("history panel: %s: %w", name, err)
		}
		if err := add(func(col string) string {
			if i := slices.Index(head, col); i >= 0 {
				return rec[i]
			}
			return ""
		}); err != nil {
			line, _ := r.FieldPos(0)
			return fmt.Errorf("history panel: %s: line %d: %w", name, line, err)
		}
	}
}

// put takes a reading; the first letter of the key is the length of a period.
func (b *historyBuilder) put(id, date, value string) error {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return err
	}
	y, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return err
	}
	if b.cells[id] == nil {
		b.cells[id] = map[int][]historyCell{}
	}
	k := periodOf(Days(day), id[:1])
	b.cells[id][k] = append(b.cells[id][k], historyCell{day, y})
	return nil
}

// followers takes accounts that one source has followed month by month: those of the wayback file, and of the other those known by a number.
func (b *historyBuilder) followers(row func(string) string) error {
	account := row("account")
	if _, err := strconv.Atoi(account); err != nil && row("memento_url") == "" && !strings.Contains(row("source_url"), "FollowerCountHistory") {
		return nil
	}
	return b.put("M "+row("platform")+"/"+account, row("as_of"), row("followers"))
}

// bluesky takes the daily totals; the count of likes changed its method on 2025-09-23 and starts there.
func (b *historyBuilder) bluesky(row func(string) string) error {
	for _, c := range []string{"total_users", "total_posts", "total_follows", "total_likes"} {
		if c == "total_likes" && row("as_of") < "2025-09-23" {
			continue
		}
		if err := b.put("D bluesky/"+c, row("as_of"), row(c)); err != nil {
			return err
		}
	}
	return nil
}

// quarter takes Twitter's quarterly active users.
func (b *historyBuilder) quarter(row func(string) string) error {
	m := row("metric")
	if row("platform") != "twitter" || row("precision") != "quarter" || !strings.Contains(m, "active_users") {
		return nil
	}
	return b.put("Q twitter/"+m, row("as_of"), row("value"))
}

// series makes the longest run of periods of one series; the first letter of the key is the length of a period.
func (b *historyBuilder) series(key string) *Series {
	unit, id, _ := strings.Cut(key, " ")
	cells := b.cells[key]
	periods := make([]int, 0, len(cells))
	for k := range cells {
		periods = append(periods, k)
	}
	slices.Sort(periods)
	most := 3 // periods from one reading to the next
	if unit == "D" {
		most = 1
	}
	var best, run []int
	for i, k := range periods {
		if i > 0 && k-periods[i-1] > most {
			run = nil
		}
		if run = append(run, k); len(run) > len(best) {
			best = slices.Clone(run)
		}
	}
	s := &Series{ID: id, Dated: true}
	for _, k := range best {
		y := settleCell(cells[k], unit == "Q")
		if n := len(s.Points); n > 0 { // empty periods: the line between, marked as guessed
			for from, before, i := s.Points[n-1], periodOf(s.Points[n-1].T, unit), 1; before+i < k; i++ {
				w := float64(i) / float64(k-before)
				s.Points = append(s.Points, pointOf(before+i, unit, (1-w)*from.Y+w*y, true))
			}
		}
		s.Points = append(s.Points, pointOf(k, unit, y, false))
	}
	return s
}

// periodOf counts days, months or quarters.
func periodOf(t float64, unit string) int {
	switch unit {
	case "D":
		return int(t)
	case "Q":
		return monthOf(t) / 3
	}
	return monthOf(t)
}

// pointOf makes the point of a period, dated by its first day.
func pointOf(period int, unit string, y float64, guessed bool) Point {
	day := Date(float64(period))
	switch unit {
	case "Q":
		day = time.Date(0, time.Month(1+3*period), 1, 0, 0, 0, 0, time.UTC)
	case "M":
		day = time.Date(0, time.Month(1+period), 1, 0, 0, 0, 0, time.UTC)
	}
	return Point{DS: day.Format(time.DateOnly), T: Days(day), Y: y, Guessed: guessed}
}

// settleCell gives a period's last reading, or the middle one of several sources.
func settleCell(c []historyCell, middle bool) float64 {
	slices.SortStableFunc(c, func(a, b historyCell) int { return a.day.Compare(b.day) })
	if !middle {
		return c[len(c)-1].y
	}
	values := make([]float64, len(c))
	for i, v := range c {
		values[i] = v.y
	}
	return median(values)
}
