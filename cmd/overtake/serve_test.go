package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestServe starts the server as a user does, asks, publishes another warehouse beside it, asks again and interrupts it.
func TestServe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must := func(args ...string) {
		t.Helper()
		var said bytes.Buffer
		if code := run(t.Context(), append(args, "--quiet", "--dir", dir), stdio{out: io.Discard, err: &said}); code != exitOK {
			t.Fatalf("overtake %v ends with %d: %s", args, code, &said)
		}
	}
	must("run")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, in := io.Pipe()
	var said bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, []string{"serve", "--dir", dir, "--listen", "127.0.0.1:0"}, stdio{out: in, err: &said})
		in.Close()
		ended <- code
	}()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server says no address: %v, %s", err, &said)
	}
	url = strings.TrimSpace(url)
	ask := func() string {
		t.Helper()
		answer, err := http.Post(url+"api/query", "application/json", strings.NewReader(`{"sql": "select value from meta.run where key = 'as_of'"}`))
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if got := ask(); strings.Contains(got, "2011-02-28") || !strings.Contains(got, `"rows"`) {
		t.Errorf("the first answer is %s", got)
	}
	must("analyze", "--as-of", "2011-02-28")
	if got := ask(); !strings.Contains(got, "2011-02-28") {
		t.Errorf("after another warehouse was published: %s", got)
	}

	// Mistakes, while it runs.
	address := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"serve", "--dir", dir, "--listen", address}, exitFailed, "takes any free port"},
		{[]string{"serve", "--dir", dir, "--listen", "0.0.0.0:0"}, exitUsage, "only loopback is served"},
		{[]string{"serve", "--dir", dir, "--rows", "0"}, exitUsage, "more than nothing"},
		{[]string{"serve", "--dir", filepath.Join(dir, "empty")}, exitFailed, "overtake run"},
	} {
		var said bytes.Buffer
		if code := run(t.Context(), c.args, stdio{out: io.Discard, err: &said}); code != c.code || !strings.Contains(said.String(), c.want) {
			t.Errorf("overtake %v ends with %d, want %d with %q: %s", c.args, code, c.code, c.want, &said)
		}
	}

	interrupt()
	if code := <-ended; code != exitOK {
		t.Errorf("interrupted, it ends with %d: %s", code, &said)
	}
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("somebody still listens")
	}
}
