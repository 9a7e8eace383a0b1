package fetch

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A Quota is what a server says of the caller's limit. Fields that it does not speak of are -1 or zero.
type Quota struct {
	Limit     int       // requests in a window
	Remaining int       // of them now
	Reset     time.Time // when the window begins anew
	After     time.Time // not before this time, from Retry-After
}

// ReadQuota reads the limits of an answer in all dialects that we meet:
//
//	Retry-After            seconds, or an HTTP date (RFC 9110 section 10.2.3)
//	RateLimit-Reset        unix seconds (AT protocol), or seconds from now (IETF draft): told apart by size
//	X-RateLimit-Reset      ISO 8601 (Mastodon), unix seconds, or seconds from now
//	x-rate-limit-reset     unix seconds (X); its 24-hour variants where they are the tighter ones
//	X-App-Usage            percentages (Graph API): 90 and above means wait; X-Business-Use-Case-Usage the same by customer
//
// Absolute times are compared with the answer's own Date, as the server's clock and ours may differ; what comes back is
// in our clock, now being the time of the answer. ok is false where the answer says nothing.
func ReadQuota(h http.Header, now time.Time) (q Quota, ok bool) {
	q = Quota{Limit: -1, Remaining: -1}
	skew := time.Duration(0)
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		skew = now.Sub(date)
	}
	if t, found := instant(h.Get("Retry-After"), now, skew); found {
		q.After, ok = t, true
	}
	for _, dialect := range [][3]string{
		{"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"},
		{"X-App-Limit-24hour-Limit", "X-App-Limit-24hour-Remaining", "X-App-Limit-24hour-Reset"},
		{"X-User-Limit-24hour-Limit", "X-User-Limit-24hour-Remaining", "X-User-Limit-24hour-Reset"},
		{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"},
		{"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"},
	} {
		left, err := strconv.Atoi(firstField(h.Get(dialect[1])))
		if err != nil || left < 0 || ok && q.Remaining >= 0 && left >= q.Remaining {
			continue
		}
		q.Remaining, ok = left, true
		if limit, err := strconv.Atoi(firstField(h.Get(dialect[0]))); err == nil {
			q.Limit = limit
		}
		q.Reset, _ = instant(h.Get(dialect[2]), now, skew)
	}
	if full, regain := graphUsage(h); full >= 0 {
		ok = true
		q.Limit, q.Remaining = 100, max(0, 100-full)
		if full >= graphFull {
			q.Remaining = 0
		}
		if q.Remaining == 0 && q.Reset.IsZero() {
			q.Reset = now.Add(max(regain, time.Hour)) // an hour is the platform's advice for an exhausted app
		}
	}
	return q, ok
}

// graphFull is the percentage from which the Graph API is left alone: at 100 it refuses, and says so for everybody who uses
// the same application.
const graphFull = 90

// Wait is how long to stay away: until After, or until Reset when nothing remains.
func (q Quota) Wait(now time.Time) time.Duration {
	until := q.After
	if q.Remaining == 0 && q.Reset.After(until) {
		until = q.Reset
	}
	return max(0, until.Sub(now))
}

// Numbers below this are seconds from now, numbers above are unix seconds: no window lasts 30 years.
const unixFrom = 1_000_000_000

// instant reads a number of seconds, a unix time, an ISO 8601 time or an HTTP date. Server clocks are corrected by skew.
func instant(text string, now time.Time, skew time.Duration) (time.Time, bool) {
	text = firstField(text)
	if text == "" {
		return time.Time{}, false
	}
	if sec, err := strconv.ParseFloat(text, 64); err == nil {
		switch {
		case !(sec >= 0) || sec > 1e11:
			return time.Time{}, false
		case sec >= unixFrom:
			return time.Unix(int64(sec), 0).UTC().Add(skew), true
		}
		return now.Add(time.Duration(sec * float64(time.Second))), true
	}
	for _, layout := range []string{time.RFC3339Nano, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Add(skew), true
		}
	}
	if t, err := http.ParseTime(text); err == nil {
		return t.UTC().Add(skew), true
	}
	return time.Time{}, false
}

// firstField drops the parameters of a structured field ("100;w=300") and of lists ("100, 100;w=60"); an HTTP date keeps
// its comma.
func firstField(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || text[0] < '0' || text[0] > '9' {
		return text
	}
	text, _, _ = strings.Cut(text, ";")
	text, _, _ = strings.Cut(text, ",")
	return strings.TrimSpace(text)
}

// graphUsage is the highest of the percentages in the headers of the Graph API, -1 where there is none, and how long access
// takes to come back where they say it.
func graphUsage(h http.Header) (full int, regain time.Duration) {
	most := -1.0
	take := func(usage map[string]any) {
		for name, v := range usage {
			n, ok := v.(float64)
			switch {
			case !ok:
			case name == "estimated_time_to_regain_access": // minutes
				regain = max(regain, time.Duration(min(n, 1e5)*float64(time.Minute)))
			default:
				most = max(most, n)
			}
		}
	}
	var app map[string]any
	if json.Unmarshal([]byte(h.Get("X-App-Usage")), &app) == nil {
		take(app)
	}
	var business map[string][]map[string]any
	if json.Unmarshal([]byte(h.Get("X-Business-Use-Case-Usage")), &business) == nil {
		for _, list := range business {
			for _, usage := range list {
				take(usage)
			}
		}
	}
	return int(min(most, 1000)), regain
}
