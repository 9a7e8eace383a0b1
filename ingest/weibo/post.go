package weibo

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/observed"
)

// An mblog is a post of any of the three interfaces. Likes are attitudes here, replies are comments.
type mblog struct {
	ID        observed.Text  `json:"id"`
	IDStr     string         `json:"idstr"`
	Mid       observed.Text  `json:"mid"`
	CreatedAt string         `json:"created_at"`
	Reposts   observed.Count `json:"reposts_count"`
	Comments  observed.Count `json:"comments_count"`
	Attitudes observed.Count `json:"attitudes_count"`
	User      *user          `json:"user"` // null where the author is gone
	Display   *struct {
		Least int64  `json:"display_text_min_number"`
		Text  string `json:"display_text"`
	} `json:"number_display_strategy"`
}

// add puts a post among the rows: of whom, where it does not say itself. A counter that stands at the number from which the
// site writes "100万+" is at least that: the site caps it.
func (m mblog) add(r *observed.Rows, author string) {
	id := string(m.ID)
	if id == "" {
		id = string(m.Mid)
	}
	if m.User != nil {
		if uid, err := m.User.uid(); err == nil {
			author = uid
		}
	}
	at, err := parseTime(m.CreatedAt, r.Page.FetchedAt)
	if err != nil {
		r.Reject(id+" "+m.CreatedAt, err)
		return
	}
	p := observed.Post{Author: author, ID: id, At: at}
	for _, c := range []observed.Kinded{{Kind: ingest.Likes, Count: m.Attitudes}, {Kind: ingest.Reposts, Count: m.Reposts}, {Kind: ingest.Replies, Count: m.Comments}} {
		if m.Display != nil && m.Display.Least > 0 && c.Count.Int() == m.Display.Least && author != "" && id != "" {
			reading, err := ingest.CensoredReading(c.Kind, float64(m.Display.Least), float64(m.Display.Least), ingest.BasisStated)
			if err == nil {
				r.PostReading(author, id, at, reading, "shown as "+m.Display.Text)
				continue
			}
		}
		p.Counts = append(p.Counts, c)
	}
	r.Post(p)
}

// parseDesktopPosts reads a page of posts of the desktop site.
func parseDesktopPosts(raw []byte) (posts []mblog, next string, err error) {
	var v struct {
		OK   observed.Text `json:"ok"`
		Data *struct {
			SinceID observed.Text `json:"since_id"`
			List    []mblog       `json:"list"`
		} `json:"data"`
	}
	if err := observed.Decode(raw, &v); err != nil {
		return nil, "", err
	}
	if v.Data == nil {
		if v.OK == "1" || v.OK == "" {
			return nil, "", fmt.Errorf("the answer has no data: the site has changed")
		}
		return nil, "", nil
	}
	return v.Data.List, string(v.Data.SinceID), nil
}

// parseMobilePosts reads a page of posts of the mobile site.
func parseMobilePosts(raw []byte) (posts []mblog, next string, err error) {
	var c container
	if err := observed.Decode(raw, &c); err != nil {
		return nil, "", err
	}
	if c.OK == "" {
		return nil, "", fmt.Errorf("the answer is no container: it does not say ok")
	}
	cards, err := c.cards()
	if err != nil {
		return nil, "", err
	}
	for _, card := range cards {
		if card.Mblog != nil {
			posts = append(posts, *card.Mblog)
		}
	}
	return posts, string(c.Data.Info.SinceID), nil
}

// beijing is the clock of everything that Weibo writes, also where it says no zone.
var beijing = time.FixedZone("UTC+8", 8*3600)

var (
	minutesAgo = regexp.MustCompile(`^(\d{1,4})\s*分钟前$`)
	hoursAgo   = regexp.MustCompile(`^(\d{1,3})\s*小时前$`)
)

// parseTime reads the times of posts: "Wed Apr 27 10:20:54 +0800 2022" today, and the older relative ones (刚刚, 5分钟前,
// 3小时前, 昨天 12:30, 01-31, 2019-01-31), which are taken back from when the answer was complete.
func parseTime(text string, seen time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	now := seen.In(beijing)
	if t, err := time.Parse("Mon Jan 02 15:04:05 -0700 2006", text); err == nil {
		return t.UTC(), nil
	}
	if text == "刚刚" {
		return now.UTC(), nil
	}
	for re, unit := range map[*regexp.Regexp]time.Duration{minutesAgo: time.Minute, hoursAgo: time.Hour} {
		if m := re.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[1])
			return now.Add(-time.Duration(n) * unit).UTC(), nil
		}
	}
	y, mo, d := now.Date()
	for prefix, back := range map[string]int{"昨天": 1, "今天": 0} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			if t, err := time.Parse("15:04", strings.TrimSpace(rest)); err == nil {
				return time.Date(y, mo, d-back, t.Hour(), t.Minute(), 0, 0, beijing).UTC(), nil
			}
		}
	}
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, beijing); err == nil {
			return t.UTC(), nil
		}
	}
	if t, err := time.ParseInLocation("01-02", text, beijing); err == nil {
		t = time.Date(y, t.Month(), t.Day(), 0, 0, 0, 0, beijing)
		if t.After(now) {
			t = t.AddDate(-1, 0, 0)
		}
		return t.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("created_at %q, want a time as Weibo writes it", text)
}
