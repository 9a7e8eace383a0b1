package serve_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
	"github.com/overtake-analytics/overtake/reports/serve"
)

// A store is a warehouse that notes when it is closed; the file itself lives as long as the test.
type store struct {
	*warehouse.DB
	closed *atomic.Int32
}

func (s store) Select(ctx context.Context, query, format string, limits serve.Limits, w io.Writer) (int64, error) {
	return s.DB.Select(ctx, query, warehouse.Format(format), warehouse.Limits(limits), w)
}

func (s store) Close() error { s.closed.Add(1); return nil }

// A site is a server over the shipped history, with a report of one page.
type site struct {
	url     string
	stamp   atomic.Int64 // publish by adding to it
	opened  atomic.Int32
	closed  atomic.Int32
	stop    context.CancelFunc
	stopped chan error
}

func start(t *testing.T, change func(*serve.Options)) *site {
	t.Helper()
	db := warehousetest.Analyzed(t, nil)
	s := &site{stopped: make(chan error, 1)}
	report := filepath.Join(t.TempDir(), "report")
	if err := os.MkdirAll(filepath.Join(report, "tables"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"report/index.html": "<!doctype html><html lang='en'><title>A report</title><h1 id='answer'>Who is ahead?</h1>", "report/tables/x.csv": "a\n1\n", "secret.txt": "secret",
	} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(report), name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret.txt", filepath.Join(report, "way-out.txt")); err != nil {
		t.Fatal(err)
	}
	opt := serve.Options{
		Report: report, Version: "test", Watch: time.Millisecond, Rows: 20, DownloadRows: 2000,
		Open:     func(context.Context) (serve.Store, error) { s.opened.Add(1); return store{db, &s.closed}, nil },
		Stamp:    func() (string, error) { return fmt.Sprint(s.stamp.Load()), nil },
		Examples: []serve.Example{{Question: "Which platforms are there?", SQL: "select platform, name from marts.platforms order by platform"}},
	}
	if change != nil {
		change(&opt)
	}
	server, err := serve.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	l, err := serve.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + l.Addr().String()
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	go func() {
		err := server.Serve(ctx, l, 10*time.Second)
		s.stopped <- err
	}()
	t.Cleanup(func() {
		s.stop()
		if err := <-s.stopped; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if o, c := s.opened.Load(), s.closed.Load(); o != c {
			t.Errorf("%d warehouses were opened, %d closed", o, c)
		}
	})
	return s
}

// An ask is one request, with what a browser or a stranger would add.
type ask struct {
	method, path, body string
	head               map[string]string
	host               string
}

func (s *site) do(t *testing.T, a ask) (int, http.Header, string) {
	t.Helper()
	if a.method == "" {
		a.method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(t.Context(), a.method, s.url+a.path, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range a.head {
		r.Header.Set(k, v)
	}
	if a.host != "" {
		r.Host = a.host
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(body)
}

var asJSON = map[string]string{"Content-Type": "application/json"}

func sqlBody(sql string) string {
	b, _ := json.Marshal(map[string]string{"sql": sql}) // a text always has a form in JSON
	return string(b)
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for _, c := range []struct {
		path, want string
		status     int
	}{
		{"/", `src="/report/"`, 200},
		{"/report/", "Who is ahead?", 200},
		{"/report/tables/x.csv", "a\n1\n", 200},
		{"/report/tables/", "not found", 404},
		{"/report/way-out.txt", "not found", 404},
		{"/report/missing.svg", "not found", 404},
		{"/tables", `<a href="/tables/marts.events">`, 200},
		{"/tables/marts.events", "What happened to platforms", 200},
		{"/tables/marts.nothing", "there is no table", 404},
		{"/tables/marts.platforms.csv", "platform,", 200},
		{"/tables/marts.platforms.json", `"platform":"bluesky"`, 200},
		{"/tables/marts.platforms.xlsx", "there is no table", 404},
		{"/query", "<textarea", 200},
		{"/query", "Which platforms are there?", 200},
		{"/assets/query.js", "'use strict'", 200},
		{"/elsewhere", "not found", 404},
	} {
		status, head, body := s.do(t, ask{path: c.path})
		if status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, want %d with %q, got\n%.300s", c.path, status, c.status, c.want, body)
		}
		if strings.Contains(body, "secret") {
			t.Errorf("%s leads out of the report's folder", c.path)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy"} {
			if head.Get(name) == "" {
				t.Errorf("%s has no %s", c.path, name)
			}
		}
		if policy := head.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s has the policy %s", c.path, policy)
		}
	}
}

func TestQueries(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for _, c := range []struct {
		sql, want string
		status    int
	}{
		{"select 1 as one", `"rows":[` + "\n[1]\n" + `],"more":false`, 200},
		{"select * from range(21)", `"more":true`, 200},
		{"select '<script>' as x", `["<script>"]`, 200},
		{"drop table marts.events", "only a select", 422},
		{"select 1; select 2", "one query at a time", 422},
		{"select * from read_csv('/etc/passwd')", "may not be used here", 422},
		{"selec 1", "syntax error", 422},
		{"", "there is no query", 422},
	} {
		if status, _, body := s.do(t, ask{method: "POST", path: "/api/query", body: sqlBody(c.sql), head: asJSON}); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, want %d with %q, got\n%s", c.sql, status, c.status, c.want, body)
		}
	}
	for format, want := range map[string]string{"csv": "range\n0\n1\n", "json": `{"range":1}`, "parquet": "PAR1", "arrow": "ARROW1", "exe": "want csv, json"} {
		form := url.Values{"sql": {"from range(2)"}, "format": {format}}
		_, head, body := s.do(t, ask{method: "POST", path: "/download", body: form.Encode(), head: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
		if !strings.Contains(body, want) {
			t.Errorf("%s: %q", format, body)
		}
		if d := head.Get("Content-Disposition"); format != "exe" && d != "attachment; filename=query."+format {
			t.Errorf("%s comes as %q", format, d)
		}
	}
	form := url.Values{"sql": {"from range(2001)"}, "format": {"csv"}}
	if status, _, body := s.do(t, ask{method: "POST", path: "/download", body: form.Encode(), head: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}); status != 422 || !strings.Contains(body, "more than 2000 rows") {
		t.Errorf("a file that is too large: %d %s", status, body)
	}
}

func TestStrangersAreTurnedAway(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	port := s.url[strings.LastIndex(s.url, ":")+1:]
	query := ask{method: "POST", path: "/api/query", body: sqlBody("select 1"), head: asJSON}
	with := func(a ask, head map[string]string) ask {
		all := map[string]string{}
		for _, h := range []map[string]string{a.head, head} {
			for k, v := range h {
				all[k] = v
			}
		}
		a.head = all
		return a
	}
	for name, c := range map[string]struct {
		ask    ask
		status int
	}{
		"another name for this address":       {ask{path: "/tables", host: "rebound.example:" + port}, 421},
		"another port":                        {ask{path: "/tables", host: "127.0.0.1:1"}, 421},
		"no port":                             {ask{path: "/tables", host: "localhost"}, 421},
		"localhost":                           {ask{path: "/tables", host: "localhost:" + port}, 200},
		"a query of another site":             {with(query, map[string]string{"Sec-Fetch-Site": "cross-site"}), 403},
		"a query of another port":             {with(query, map[string]string{"Sec-Fetch-Site": "same-site"}), 403},
		"a query with another origin":         {with(query, map[string]string{"Origin": "https://evil.example"}), 403},
		"a query of an old browser from here": {with(query, map[string]string{"Origin": s.url}), 200},
		"a query of our page":                 {with(query, map[string]string{"Sec-Fetch-Site": "same-origin"}), 200},
		"a query of a script":                 {query, 200},
		"a query as a form":                   {with(query, map[string]string{"Content-Type": "text/plain"}), 415},
		"a query by link":                     {ask{path: "/api/query?sql=select+1"}, 405},
		"no JSON":                             {ask{method: "POST", path: "/api/query", body: "select 1", head: asJSON}, 400},
		"a link from another site":            {ask{path: "/tables", head: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}}, 200},
		"a frame of another site":             {ask{path: "/tables", head: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}}, 403},
		"a picture of another site":           {ask{path: "/tables/marts.events.csv", head: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}}, 403},
		"the stream for another site":         {ask{path: "/api/published", head: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}}, 403},
	} {
		if status, _, body := s.do(t, c.ask); status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, status, c.status, body)
		}
	}
}

func TestOnlyLoopbackIsServed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.org:0", "8642"} {
		if l, err := serve.Listen(t.Context(), address); err == nil {
			l.Close()
			t.Errorf("%s is listened to", address)
		}
	}
}

func TestQueriesEndInTime(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *serve.Options) { o.Time = 30 * time.Millisecond })
	status, _, body := s.do(t, ask{method: "POST", path: "/api/query", body: sqlBody("select count(*) from range(1000000000000) a"), head: asJSON})
	if status != 408 || !strings.Contains(body, "stopped after 30ms") {
		t.Errorf("a query without end: %d %s", status, body)
	}
}

// TestANewWarehouse publishes while a stream listens and while a query runs.
func TestANewWarehouse(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/published", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	events := bufio.NewScanner(stream.Body)
	next := func() string {
		for events.Scan() {
			if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				return data
			}
		}
		return "nothing"
	}
	if got := next(); got != `"0"` {
		t.Fatalf("the first event names %s", got)
	}
	one := ask{method: "POST", path: "/api/query", body: sqlBody("select 1"), head: asJSON}
	s.do(t, one)
	s.do(t, one)
	if n := s.opened.Load(); n != 1 {
		t.Errorf("two queries opened the warehouse %d times", n)
	}
	s.stamp.Add(1)
	if got := next(); got != `"1"` {
		t.Fatalf("the second event names %s", got)
	}
	s.do(t, one)
	if o, c := s.opened.Load(), s.closed.Load(); o != 2 || c != 1 {
		t.Errorf("after another was published: %d opened, %d closed, want 2 and 1", o, c)
	}
	s.stop() // the stream must not hold the server
	if err := <-s.stopped; err != nil {
		t.Errorf("the server ended with %v", err)
	}
	s.stopped <- nil
	for events.Scan() { // the stream has an end
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://")); err == nil {
		t.Error("somebody still listens")
	}
}
