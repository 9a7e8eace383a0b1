package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrBudget is wrapped when a host's budget of requests is used up.
var ErrBudget = errors.New("the budget of requests is used up")

// budget keeps what each host may still be asked, for all sources together.
type budget struct {
	now   func() time.Time
	hosts map[string]*hostBudget
}

// A hostBudget is one host's share: a rate, a number of requests at once, a count, and a pause that the host asked for.
type hostBudget struct {
	limiter *rate.Limiter
	slots   chan struct{}

	mu    sync.Mutex
	left  int       // -1: no bound
	until time.Time // not before
}

// longWindow is from where on a limit is a quota to be used within its window rather than a pace: 100 calls a day are not one
// call every quarter of an hour.
const longWindow = time.Hour

func newBudget(hosts map[string]HostLimit, now func() time.Time) *budget {
	b := &budget{now: now, hosts: make(map[string]*hostBudget, len(hosts))}
	for host, l := range hosts {
		if l.Requests <= 0 {
			l.Requests = 60
		}
		if l.Per <= 0 {
			l.Per = time.Minute
		}
		if l.Parallel <= 0 {
			l.Parallel = 2
		}
		left := l.Budget
		if left <= 0 {
			left = -1
		}
		burst := l.Parallel
		if l.Per >= longWindow {
			burst = max(burst, l.Requests)
		}
		b.hosts[host] = &hostBudget{
			limiter: rate.NewLimiter(rate.Limit(float64(l.Requests)/l.Per.Seconds()), burst),
			slots:   make(chan struct{}, l.Parallel),
			left:    left,
		}
	}
	return b
}

func (b *budget) of(host string) *hostBudget {
	if h, ok := b.hosts[host]; ok {
		return h
	}
	for i := len(host) - 1; i >= 0; i-- { // without the port
		if host[i] == ':' {
			return b.hosts[host[:i]]
		}
	}
	return nil
}

func (b *budget) left(host string) (int, time.Time) {
	h := b.of(host)
	if h == nil {
		return 0, time.Time{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.left, h.until
}

// spending takes a request out of its host's budget and learns from the answer how long to stay away.
type spending struct {
	next    http.RoundTripper
	budget  *budget
	maxWait time.Duration // longest pause that is made
}

// RoundTrip implements http.RoundTripper. It waits for its turn; every wait ends with the request's context.
func (s *spending) RoundTrip(req *http.Request) (*http.Response, error) {
	h := s.budget.of(req.URL.Host)
	if h == nil {
		return nil, &RefusedError{RedactURL(req.URL), "the host has no budget"}
	}
	release, err := h.enter(req.Context(), s.budget.now, s.maxWait)
	var wait *WaitError
	if errors.As(err, &wait) {
		wait.URL = RedactURL(req.URL)
		return nil, wait
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", req.URL.Host, err)
	}
	defer release()
	resp, err := s.next.RoundTrip(req)
	if err == nil {
		now := s.budget.now()
		if q, ok := ReadQuota(resp.Header, now); ok {
			h.stayAway(now.Add(q.Wait(now)))
		}
	}
	return resp, err
}

// enter waits until the host may be asked and takes one request and one slot. A pause longer than most is not made: the work
// goes on another time.
func (h *hostBudget) enter(ctx context.Context, now func() time.Time, most time.Duration) (release func(), err error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	release = func() { <-h.slots }
	turn := h.limiter.Reserve() // Wait would give up at once where ctx has an end before the turn, with an error of its own
	if err := sleep(ctx, turn.Delay()); err != nil {
		turn.Cancel()
		release()
		return nil, err
	}
	for {
		h.mu.Lock()
		pause := h.until.Sub(now())
		if pause <= 0 {
			ok := h.left != 0
			if h.left > 0 {
				h.left--
			}
			h.mu.Unlock()
			if !ok {
				release()
				return nil, ErrBudget
			}
			return release, nil
		}
		h.mu.Unlock()
		if pause > most {
			release()
			return nil, &WaitError{Wait: pause}
		}
		if err := sleep(ctx, pause); err != nil {
			release()
			return nil, err
		}
	}
}

func (h *hostBudget) stayAway(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.until) {
		h.until = until
	}
}

// sleep waits for d or for the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
