package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/overtake-analytics/overtake/analysis/warehouse"
	"github.com/overtake-analytics/overtake/analysis/warehouse/dictionary"
	"github.com/overtake-analytics/overtake/reports/serve"
)

// serveCmd shows the report and the warehouse in a browser.
type serveCmd struct {
	Listen  string        `default:"127.0.0.1:8642" placeholder:"ADDRESS" help:"Where to listen, on this machine only. Port 0 takes any free one. Default: ${default}."`
	Time    time.Duration `default:"30s" placeholder:"TIME" help:"The longest that a query may run. Default: ${default}."`
	Rows    int64         `default:"10000" placeholder:"N" help:"Rows that the query page gets at most. Default: ${default}."`
	MaxRows int64         `name:"download-rows" default:"1000000" placeholder:"N" help:"Rows that a downloaded file has at most. Default: ${default}."`
	Memory  string        `default:"1GB" placeholder:"SIZE" help:"Memory that the queries may take together. Default: ${default}."`
}

// Help shows examples.
func (serveCmd) Help() string {
	return `The report, the tables with their descriptions, and a query page over read-only SQL. Runs in the same folder go on meanwhile; pages
follow when a newer warehouse is published. Everybody who is logged in on this machine can open the address; nobody else can. Ctrl-C ends it.

Examples:
  overtake serve
  overtake serve --dir ~/microblogs --listen 127.0.0.1:0
  ssh -L 8642:127.0.0.1:8642 analysis.example.org overtake serve     from your own machine`
}

// Run serves until it is interrupted, which is how it is meant to end.
func (c serveCmd) Run(a *app) error {
	if c.Time <= 0 || c.Rows <= 0 || c.MaxRows <= 0 {
		return usage{errors.New("--time, --rows and --download-rows must be more than nothing")}
	}
	if err := a.space.need(a.space.warehouse(), "warehouse"); err != nil {
		return err
	}
	server, err := serve.New(serve.Options{
		Report: a.space.report, Open: c.open(a), Stamp: func() (string, error) { return stampOf(a.space.warehouse()) },
		Time: c.Time, Rows: c.Rows, DownloadRows: c.MaxRows, Examples: examples(), Version: buildVersion(), Log: a.log,
	})
	if err != nil {
		return err
	}
	l, err := serve.Listen(a.ctx, c.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return withHint(err, "overtake serve --listen 127.0.0.1:0 takes any free port")
	case err != nil:
		return usage{err}
	}
	url := "http://" + l.Addr().String() + "/"
	if a.JSON {
		err = writeJSON(a.std.out, map[string]string{"url": url})
	} else {
		_, err = fmt.Fprintln(a.std.out, url)
	}
	if err == nil {
		err = server.Serve(a.ctx, l, 5*time.Second)
	}
	return errors.Join(err, server.Close())
}

// open opens the warehouse of now; a first look shows early that it cannot be opened.
func (c serveCmd) open(a *app) func(context.Context) (serve.Store, error) {
	opt := warehouse.ReadOptions{Threads: a.conf.Warehouse.Threads, MemoryLimit: c.Memory, SpillLimit: "10GB"}
	return func(ctx context.Context) (serve.Store, error) {
		db, err := opt.Open(ctx, a.space.warehouse())
		if err != nil {
			return nil, err
		}
		return shelved{db}, nil
	}
}

// shelved is a warehouse as the server wants it.
type shelved struct{ *warehouse.DB }

// Select implements serve.Store.
func (s shelved) Select(ctx context.Context, query, format string, limits serve.Limits, w io.Writer) (int64, error) {
	return s.DB.Select(ctx, query, warehouse.Format(format), warehouse.Limits(limits), w)
}

// stampOf tells one published file from the next.
func stampOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	id := uint64(0)
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id = st.Ino
	}
	return fmt.Sprintf("%d-%d-%d", id, info.Size(), info.ModTime().UnixNano()), nil
}

// examples are the questions of the data dictionary.
func examples() []serve.Example {
	var all []serve.Example
	for _, e := range dictionary.Examples() {
		all = append(all, serve.Example(e))
	}
	return all
}
