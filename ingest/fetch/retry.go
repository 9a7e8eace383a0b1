package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retry asks again where another try may help: 429 and 5xx, and connections that broke. It waits as long as the server
// asked for, else with growing, jittered pauses.
type retry struct {
	next    http.RoundTripper
	tries   int
	maxWait time.Duration
	now     func() time.Time
	log     *slog.Logger
}

// RoundTrip implements http.RoundTripper. Requests with a body are tried once, unless they only read.
func (r *retry) RoundTrip(req *http.Request) (*http.Response, error) {
	body := req.Body != nil && req.Body != http.NoBody
	reads := req.Context().Value(onlyReads{}) != nil && req.GetBody != nil
	if !reads && (req.Method != http.MethodGet && req.Method != http.MethodHead || body) {
		return r.next.RoundTrip(req)
	}
	pauses := backoff.NewExponentialBackOff() // 0.5 s, growing by 1.5, half of it jitter
	pauses.InitialInterval = time.Second
	pauses.MaxInterval = time.Minute
	for try := 1; ; try++ {
		if body {
			again, err := req.GetBody()
			if err != nil {
				return nil, err
			}
			req = req.Clone(req.Context())
			req.Body = again
		}
		resp, err := r.next.RoundTrip(req)
		pause, again := r.judge(resp, err)
		r.log.Debug("request", "url", RedactURL(req.URL), "status", statusOf(resp), "try", try, "err", err)
		if !again || req.Context().Err() != nil {
			return resp, err
		}
		if pause > r.maxWait {
			if resp != nil {
				drain(resp)
			}
			return nil, &WaitError{URL: RedactURL(req.URL), Status: statusOf(resp), Wait: pause}
		}
		if try >= r.tries {
			return resp, err
		}
		if pause <= 0 {
			pause = pauses.NextBackOff()
		} else {
			pause += time.Duration(rand.Int64N(int64(pause/10 + time.Second))) // not all at once when the window opens
		}
		if resp != nil {
			drain(resp)
		}
		if err := sleep(req.Context(), pause); err != nil {
			return nil, err
		}
	}
}

// judge says whether to try again, and how long the server asked to wait (0: it did not say).
func (r *retry) judge(resp *http.Response, err error) (pause time.Duration, again bool) {
	if err != nil {
		return 0, transient(err)
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == 420, // X before 2013
		resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented && resp.StatusCode != http.StatusHTTPVersionNotSupported:
	default:
		return 0, false
	}
	if usedUp(resp) {
		return 0, false
	}
	if q, ok := ReadQuota(resp.Header, r.now()); ok {
		return q.Wait(r.now()), true
	}
	return 0, true
}

// usedUp reports a 429 that speaks of a quota of days or of credit rather than of a rate: no pause of minutes cures it, and
// each further request may be counted. The body has been read whole by then.
func usedUp(resp *http.Response) bool {
	if resp.Body == nil {
		return false
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(raw), resp.Body), resp.Body}
	if err != nil {
		return false
	}
	for _, mark := range []string{"usage-capped", "UsageCapExceeded", "credits-depleted", "CreditsDepleted"} {
		if bytes.Contains(raw, []byte(mark)) {
			return true
		}
	}
	return false
}

// transient reports errors of the way rather than of the request.
func transient(err error) bool {
	var refused *RefusedError
	if errors.As(err, &refused) || errors.Is(err, ErrBudget) || errors.Is(err, ErrTooLarge) || errors.Is(err, context.Canceled) {
		return false
	}
	var ne net.Error
	return errors.Is(err, ErrTruncated) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EPIPE) ||
		errors.As(err, &ne) && ne.Timeout()
}

// A WaitError says that the server asked for a longer pause than the client may make; the work goes on another time.
type WaitError struct {
	URL    string
	Status int
	Wait   time.Duration
}

// Error implements error.
func (e *WaitError) Error() string {
	if e.Status == 0 { // an earlier answer said so
		return fmt.Sprintf("%s asked to be left alone for %v more, longer than a run may pause", e.URL, e.Wait.Round(time.Second))
	}
	return fmt.Sprintf("%s answered %d and asks to wait %v, longer than a run may pause", e.URL, e.Status, e.Wait.Round(time.Second))
}

func statusOf(resp *http.Response) int {
	if resp == nil {
		return 0
	}
	return resp.StatusCode
}

// drain lets the connection be used again.
func drain(resp *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	resp.Body.Close()
}
