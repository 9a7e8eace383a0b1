package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/overtake-analytics/overtake/analysis"
)

// A Store is one published warehouse, open for reading. Queries of its Querier are our own.
type Store interface {
	analysis.Querier
	// Select runs a stranger's query, which must be one select, and writes its rows. The context bounds its time.
	Select(ctx context.Context, query, format string, limits Limits, w io.Writer) (rows int64, err error)
	Close() error
}

// Limits bound an answer. Format "grid" ends after Rows and says that there are more; other formats fail.
type Limits struct{ Rows, Bytes int64 }

// An Example is a question for the query page, with its answer in SQL.
type Example struct{ Question, SQL string }

// Options say what is served and within which limits. Open, Stamp and Report are required.
type Options struct {
	// Report is the report's folder. It may be missing.
	Report string
	// Open opens the warehouse that is published now.
	Open func(ctx context.Context) (Store, error)
	// Stamp names the warehouse that is published now without opening it: another one has another stamp.
	Stamp func() (string, error)
	// Time is the longest that a query may run. Default: 30 s.
	Time time.Duration
	// Rows is how many rows the query page gets. Default: 10,000.
	Rows int64
	// DownloadRows is how many rows a file may have. Default: 1,000,000.
	DownloadRows int64
	// Queries is how many queries run at once; others wait. Default: 2.
	Queries int
	// Watch is how often to look for another warehouse while somebody waits for one. Default: 1 s.
	Watch time.Duration
	// Examples are offered on the query page.
	Examples []Example
	// Version is the program's.
	Version string
	// Log gets a line for each query. Nil means none.
	Log *slog.Logger
}

// The largest answer: more than a browser shows with ease, and more than a file of a million rows needs.
const (
	gridBytes     = 64 << 20
	downloadBytes = 4 << 30
	queryBytes    = 1 << 20 // of SQL
)

func (o Options) withDefaults() Options {
	if o.Time <= 0 {
		o.Time = 30 * time.Second
	}
	if o.Rows <= 0 {
		o.Rows = 10_000
	}
	if o.DownloadRows <= 0 {
		o.DownloadRows = 1_000_000
	}
	if o.Queries <= 0 {
		o.Queries = 2
	}
	if o.Watch <= 0 {
		o.Watch = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// A Server answers requests. Its methods may be called from several goroutines.
type Server struct {
	opt   Options
	store shelf
	slots chan struct{}   // one for each query that may run
	ends  context.Context // when the server stops
	stop  context.CancelFunc
}

// New makes a server, which opens nothing before it is asked. Close it after use.
func New(o Options) (*Server, error) {
	if o.Open == nil || o.Stamp == nil || o.Report == "" {
		return nil, errors.New("serve: Report, Open and Stamp are required")
	}
	o = o.withDefaults()
	s := &Server{opt: o, store: shelf{open: o.Open, stamp: o.Stamp}, slots: make(chan struct{}, o.Queries)}
	s.ends, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// Close ends streams and queries that run, and closes the warehouse.
func (s *Server) Close() error {
	s.stop()
	return s.store.close()
}

// Serve answers on l until ctx is done, then lets what is being answered end for at most grace. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener, grace time.Duration) error {
	handler, err := s.Handler(l.Addr())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.opt.Log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.stop() // the streams, which would never end by themselves
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(late); err != nil {
		return errors.Join(fmt.Errorf("a query did not end in time: %w", err), server.Close())
	}
	return nil
}

// Listen opens a port on loopback. Another address is refused: what is served is for the people of this machine.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%q is no address such as 127.0.0.1:8642: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s is not this machine alone: only loopback is served, such as 127.0.0.1:8642", address)
	}
	return new(net.ListenConfig).Listen(ctx, "tcp", address)
}
