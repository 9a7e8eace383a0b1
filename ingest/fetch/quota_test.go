package fetch

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// now is what the tests call now; the servers of the tests run five minutes ahead where they send a Date.
var now = time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestReadQuotaKnowsTheDialects(t *testing.T) {
	ahead := now.Add(5 * time.Minute)
	for name, c := range map[string]struct {
		header http.Header
		want   Quota
		ok     bool
	}{
		"nothing":             {headers("Content-Type", "application/json"), Quota{Limit: -1, Remaining: -1}, false},
		"retry after seconds": {headers("Retry-After", "120"), Quota{Limit: -1, Remaining: -1, After: now.Add(2 * time.Minute)}, true},
		"retry after date": {headers("Retry-After", now.Add(time.Minute).Format(http.TimeFormat)),
			Quota{Limit: -1, Remaining: -1, After: now.Add(time.Minute)}, true},
		"retry after date, server ahead": {headers("Date", ahead.Format(http.TimeFormat), "Retry-After", ahead.Add(time.Minute).Format(http.TimeFormat)),
			Quota{Limit: -1, Remaining: -1, After: now.Add(time.Minute)}, true},
		"AT protocol": {headers("RateLimit-Limit", "3000", "RateLimit-Remaining", "0", "RateLimit-Reset", "1769853900", "RateLimit-Policy", "3000;w=300"),
			Quota{Limit: 3000, Remaining: 0, Reset: time.Unix(1769853900, 0).UTC()}, true},
		"IETF draft": {headers("RateLimit-Limit", "100, 100;w=60", "RateLimit-Remaining", "7", "RateLimit-Reset", "30"),
			Quota{Limit: 100, Remaining: 7, Reset: now.Add(30 * time.Second)}, true},
		"Mastodon": {headers("X-RateLimit-Limit", "300", "X-RateLimit-Remaining", "297", "X-RateLimit-Reset", "2026-01-31T10:15:00.000000Z"),
			Quota{Limit: 300, Remaining: 297, Reset: now.Add(15 * time.Minute)}, true},
		"X, the day is the tighter window": {headers("x-rate-limit-limit", "900", "x-rate-limit-remaining", "899", "x-rate-limit-reset", "1769854500",
			"x-app-limit-24hour-limit", "1000", "x-app-limit-24hour-remaining", "0", "x-app-limit-24hour-reset", "1769900000"),
			Quota{Limit: 1000, Remaining: 0, Reset: time.Unix(1769900000, 0).UTC()}, true},
		"Graph API, used up": {headers("X-App-Usage", `{"call_count":100,"total_time":12,"total_cputime":9}`),
			Quota{Limit: 100, Remaining: 0, Reset: now.Add(time.Hour)}, true},
		"nonsense": {headers("Retry-After", "soon", "X-RateLimit-Remaining", "-4", "X-App-Usage", "[]"), Quota{Limit: -1, Remaining: -1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := ReadQuota(c.header, now)
			if diff := cmp.Diff(c.want, got); diff != "" || ok != c.ok {
				t.Errorf("ReadQuota(%v) ok = %v, want %v; -want +got:\n%s", c.header, ok, c.ok, diff)
			}
		})
	}
}

func TestWaitOnlyWhenTheServerAsks(t *testing.T) {
	for name, c := range map[string]struct {
		q    Quota
		want time.Duration
	}{
		"much left":         {Quota{Remaining: 9, Reset: now.Add(time.Hour)}, 0},
		"nothing left":      {Quota{Remaining: 0, Reset: now.Add(time.Minute)}, time.Minute},
		"reset in the past": {Quota{Remaining: 0, Reset: now.Add(-time.Minute)}, 0},
		"told so":           {Quota{Remaining: 9, After: now.Add(3 * time.Second)}, 3 * time.Second},
	} {
		if got := c.q.Wait(now); got != c.want {
			t.Errorf("%s: wait %v, want %v", name, got, c.want)
		}
	}
}

func FuzzReadQuota(f *testing.F) {
	f.Add("120", "0", "1769853900", `{"call_count":3}`)
	f.Add("Sat, 31 Jan 2026 10:00:00 GMT", "297", "2026-01-31T10:15:00.000000Z", "")
	f.Add("1e300", "NaN", "-1", "{")
	f.Fuzz(func(t *testing.T, after, remaining, reset, usage string) {
		h := http.Header{"Retry-After": {after}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}, "X-App-Usage": {usage}}
		q, ok := ReadQuota(h, now)
		if q.Wait(now) < 0 {
			t.Errorf("negative wait from %v", h)
		}
		if !ok && (q.Remaining >= 0 || !q.After.IsZero()) {
			t.Errorf("%+v from %v, but not ok", q, h)
		}
	})
}
