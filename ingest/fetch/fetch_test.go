package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a loopback server and a client that may ask it.
func serve(t *testing.T, o Options, h http.HandlerFunc) (*Client, string) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	o.UserAgent, o.AllowPrivate = "overtake/test (+mailto:tests@example.org)", true
	if o.Hosts == nil {
		o.Hosts = map[string]HostLimit{u.Host: {Requests: 1e6, Parallel: 4}}
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c, srv.URL
}

func TestGetSaysWhoAsksAndReadsTheAnswer(t *testing.T) {
	c, base := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"agent":%q}`, r.UserAgent())
	})
	a, err := c.Get(t.Context(), base+"/x?access_token=s3cret", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(a.Body), "mailto:tests@example.org") || a.WantJSON() != nil {
		t.Errorf("answer %s, want the User-Agent as JSON", a.Body)
	}
	if strings.Contains(a.URL, "s3cret") {
		t.Errorf("URL %s holds the token", a.URL)
	}
}

func TestStatusErrorKeepsTheAnswer(t *testing.T) {
	c, base := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"error":"Record not found","token":"s3cret"}`)
	})
	a, err := c.Get(t.Context(), base, nil)
	var se *StatusError
	if !errors.As(err, &se) || se.Status != 404 || !strings.Contains(se.Error(), "Record not found") || strings.Contains(se.Error(), "s3cret") {
		t.Errorf("err = %v", err)
	}
	if !strings.Contains(string(a.Body), "Record not found") {
		t.Errorf("the answer was lost: %q", a.Body)
	}
}

func TestOnlyConfiguredHosts(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was asked") }))
	defer other.Close()
	c, base := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) })
	for _, u := range []string{base, other.URL, "ftp://127.0.0.1/x"} {
		_, err := c.Get(t.Context(), u, nil)
		var re *RefusedError
		if !errors.As(err, &re) {
			t.Errorf("Get(%s) = %v, want a refusal", u, err)
		}
	}
}

func TestPrivateAddressesAreRefusedAfterResolution(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private address was asked") }))
	defer srv.Close()
	u, _ := url.Parse(srv.URL)
	c, err := New(Options{UserAgent: "x", Tries: 1, Hosts: map[string]HostLimit{"localhost": {}, u.Host: {}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{srv.URL, "http://localhost:" + u.Port()} {
		if _, err := c.Get(t.Context(), target, nil); err == nil || !strings.Contains(err.Error(), "private or local") {
			t.Errorf("Get(%s) = %v, want a refusal", target, err)
		}
	}
	for addr, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true, "10.1.2.3": false, "169.254.169.254": false, "100.64.0.1": false,
		"::1": false, "fe80::1": false, "fc00::1": false, "::ffff:127.0.0.1": false, "0.0.0.0": false, "64:ff9b::a00:1": false, "224.0.0.1": false,
	} {
		if got := public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("public(%s) = %v, want %v", addr, got, want)
		}
	}
}

func TestLargeAnswersAndBombsAreRefused(t *testing.T) {
	var bomb bytes.Buffer
	zw := gzip.NewWriter(&bomb)
	zw.Write(make([]byte, 8<<20))
	zw.Close()
	for name, h := range map[string]http.HandlerFunc{
		"announced": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "1073741824") },
		"streamed": func(w http.ResponseWriter, _ *http.Request) {
			chunk := make([]byte, 64<<10)
			for range 64 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		},
		"bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, base := serve(t, Options{MaxBody: 2 << 20, Tries: 3}, h)
			if _, err := c.Get(t.Context(), base, nil); !errors.Is(err, ErrTooLarge) {
				t.Errorf("err = %v, want ErrTooLarge", err)
			}
		})
	}
}

func TestCompressedAnswersAreRead(t *testing.T) {
	c, base := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		zw := gzip.NewWriter(w)
		io.WriteString(zw, `{"ok":true}`)
		zw.Close()
	})
	a, err := c.Get(t.Context(), base, nil)
	if err != nil || string(a.Body) != `{"ok":true}` || a.Header.Get("Content-Encoding") != "" {
		t.Errorf("answer %q, header %v, err %v", a.Body, a.Header, err)
	}
}

func TestAnAnswerCutShortIsAskedForAgain(t *testing.T) {
	var tries atomic.Int32
	c, base := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		if tries.Add(1) == 1 {
			io.WriteString(w, "half")
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, "0123456789")
	})
	a, err := c.Get(t.Context(), base, nil)
	if err != nil || string(a.Body) != "0123456789" || tries.Load() != 2 {
		t.Errorf("answer %q after %d tries, err %v", a.Body, tries.Load(), err)
	}
}

func TestALoginPageIsNotJSON(t *testing.T) {
	a := Answer{URL: "https://a.example/x", MediaType: "text/html; charset=utf-8", Body: []byte("<html><title>Login</title>")}
	var te *TypeError
	if err := a.WantJSON(); !errors.As(err, &te) || te.Got != "text/html" {
		t.Errorf("WantJSON = %v", err)
	}
	a.Body = []byte("\n {\"ok\":1}")
	if err := a.WantJSON(); err != nil {
		t.Errorf("JSON that calls itself text/html is refused: %v", err)
	}
}

func TestRobots(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		kind    string
		text    string
		allowed bool
	}{
		"none":            {404, "text/html", "", true},
		"forbids us":      {200, "text/plain", "User-agent: overtake\nDisallow: /top\n", false},
		"forbids others":  {200, "text/plain", "User-agent: else\nDisallow: /\n", true},
		"forbids all":     {200, "text/plain", "User-agent: *\nDisallow: /\n", false},
		"page in place":   {200, "text/html", "<html>hello</html>", false},
		"server overload": {503, "text/plain", "", false},
		"forbidden":       {403, "text/plain", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			client, base := serve(t, Options{Robots: true, Tries: 1}, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/robots.txt" {
					return
				}
				asked.Add(1)
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.status)
				io.WriteString(w, c.text)
			})
			for range 2 {
				_, err := client.Get(t.Context(), base+"/top/100", nil)
				if (err == nil) != c.allowed {
					t.Errorf("err = %v, want allowed %v", err, c.allowed)
				}
			}
			if asked.Load() != 1 {
				t.Errorf("robots.txt was asked for %d times, want once", asked.Load())
			}
		})
	}
}

// An answering is a RoundTripper of scripted answers.
type answering func(try int) *http.Response

func (a answering) counted(tries *int) http.RoundTripper {
	return roundTripper(func(*http.Request) (*http.Response, error) {
		*tries++
		return a(*tries), nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, h http.Header) *http.Response {
	if h == nil {
		h = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(""))}
}

func request(ctx context.Context) *http.Request {
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://a.example/x", nil)
	return r
}

func TestRetryWaitsAsLongAsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		rt := &retry{tries: 5, maxWait: time.Hour, now: time.Now, log: Options{}.withDefaults().Log, next: answering(func(try int) *http.Response {
			if try == 1 {
				return respond(429, headers("Retry-After", "90"))
			}
			return respond(200, nil)
		}).counted(&tries)}
		start := time.Now()
		resp, err := rt.RoundTrip(request(t.Context()))
		if err != nil || resp.StatusCode != 200 || tries != 2 {
			t.Fatalf("answer %v after %d tries, err %v", resp, tries, err)
		}
		if took := time.Since(start); took < 90*time.Second || took > 100*time.Second {
			t.Errorf("waited %v, want 90 s and a little", took)
		}
	})
}

func TestRetryGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			answer *http.Response
			tries  int
			wait   bool
		}{
			"5xx without end":          {respond(503, nil), 4, false},
			"not worth a second try":   {respond(404, nil), 1, false},
			"not implemented":          {respond(501, nil), 1, false},
			"a pause of half a day":    {respond(429, headers("Retry-After", "43200")), 1, true},
			"a reset that lies behind": {respond(429, headers("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1999-01-31T10:15:00Z")), 4, false},
		} {
			tries := 0
			rt := &retry{tries: 4, maxWait: time.Hour, now: time.Now, log: Options{}.withDefaults().Log,
				next: answering(func(int) *http.Response { return c.answer }).counted(&tries)}
			_, err := rt.RoundTrip(request(t.Context()))
			var we *WaitError
			if tries != c.tries || errors.As(err, &we) != c.wait {
				t.Errorf("%s: %d tries, want %d; err %v", name, tries, c.tries, err)
			}
		}
	})
}

func TestEveryWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		tries := 0
		next := answering(func(int) *http.Response { return respond(429, headers("Retry-After", "600")) }).counted(&tries)
		b := newBudget(map[string]HostLimit{"a.example": {Requests: 1, Per: time.Hour, Parallel: 1}}, time.Now)
		rt := &retry{tries: 5, maxWait: time.Hour, now: time.Now, log: Options{}.withDefaults().Log, next: &spending{next: next, budget: b, maxWait: time.Hour}}
		start := time.Now()
		if _, err := rt.RoundTrip(request(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v, want the end of the context", err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("came back after %v", took)
		}
	})
}

func TestBudgetIsSharedAndFinite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		next := answering(func(int) *http.Response { return respond(200, nil) }).counted(&tries)
		b := newBudget(map[string]HostLimit{"a.example": {Requests: 60, Per: time.Minute, Parallel: 1, Budget: 3}}, time.Now)
		s := &spending{next: next, budget: b, maxWait: time.Hour}
		start := time.Now()
		var err error
		for range 4 {
			_, err = s.RoundTrip(request(t.Context()))
		}
		if !errors.Is(err, ErrBudget) || tries != 3 {
			t.Errorf("err = %v after %d requests, want the budget's end after 3", err, tries)
		}
		if took := time.Since(start); took < 2*time.Second {
			t.Errorf("3 requests at one a second took %v", took)
		}
	})
}

func TestAHostIsLeftAloneUntilItsWindowOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		next := answering(func(int) *http.Response {
			return respond(200, headers("RateLimit-Limit", "2", "RateLimit-Remaining", "0", "RateLimit-Reset", "30"))
		}).counted(&tries)
		b := newBudget(map[string]HostLimit{"a.example": {Requests: 6000}}, time.Now)
		s := &spending{next: next, budget: b, maxWait: time.Hour}
		start := time.Now()
		for range 2 {
			if _, err := s.RoundTrip(request(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took < 30*time.Second {
			t.Errorf("the second request came %v after the first, want 30 s", took)
		}
	})
}

func TestAHostThatAsksForAnHourIsLeftForAnotherRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		next := answering(func(int) *http.Response { return respond(429, headers("Retry-After", "3600")) }).counted(&tries)
		b := newBudget(map[string]HostLimit{"a.example": {Requests: 6000}}, time.Now)
		rt := &retry{tries: 1, maxWait: 10 * time.Minute, now: time.Now, log: Options{}.withDefaults().Log,
			next: &spending{next: next, budget: b, maxWait: 10 * time.Minute}}
		start := time.Now()
		for range 2 { // also whoever asks the same host after the answer
			_, err := rt.RoundTrip(request(t.Context()))
			var we *WaitError
			if !errors.As(err, &we) || we.Wait < 59*time.Minute {
				t.Errorf("err = %v, want to be told of an hour", err)
			}
		}
		if took := time.Since(start); tries != 1 || took > time.Minute {
			t.Errorf("%d requests in %v, want one and no pause", tries, took)
		}
	})
}

func TestAQuotaOfDaysIsNotAPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		next := answering(func(int) *http.Response { return respond(200, nil) }).counted(&tries)
		b := newBudget(map[string]HostLimit{"a.example": {Requests: 100, Per: 24 * time.Hour}}, time.Now)
		s := &spending{next: next, budget: b, maxWait: time.Hour}
		start := time.Now()
		for range 100 {
			if _, err := s.RoundTrip(request(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("the 100 calls of a day took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := s.RoundTrip(request(ctx)); err == nil {
			t.Error("the 101st call of the day went out")
		}
	})
}

func TestCreditIsNoRate(t *testing.T) {
	tries := 0
	next := roundTripper(func(*http.Request) (*http.Response, error) {
		tries++
		r := respond(429, nil)
		r.Body = io.NopCloser(strings.NewReader(`{"title":"UsageCapExceeded","type":"https://api.x.com/2/problems/usage-capped"}`))
		return r, nil
	})
	rt := &retry{tries: 5, maxWait: time.Hour, now: time.Now, log: Options{}.withDefaults().Log, next: next}
	resp, err := rt.RoundTrip(request(t.Context()))
	if err != nil || tries != 1 {
		t.Fatalf("%d tries, err %v", tries, err)
	}
	if raw, _ := io.ReadAll(resp.Body); !strings.Contains(string(raw), "usage-capped") {
		t.Errorf("the answer was lost: %q", raw)
	}
}

func TestSecretsInAnswersAreHidden(t *testing.T) {
	const token = "a-token/of+ours"
	c, base := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", "Bearer "+token)
		fmt.Fprintf(w, `{"next":"https://a.example/x?access_token=%s","escaped":"%s"}`, url.QueryEscape(token), strings.ReplaceAll(token, "/", `\/`))
	})
	c.Hide("", "short", token)
	a, err := c.Get(t.Context(), base, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(a.Body) + fmt.Sprint(a.Header); strings.Contains(text, "token/of") || strings.Contains(text, "token%2Fof") || strings.Contains(text, "of+ours") {
		t.Errorf("the answer holds the token: %s", text)
	}
}
