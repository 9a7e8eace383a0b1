package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/overtake-analytics/overtake/ingest"
)

// A Crawler collects from one site what its orders say. Make one for each run.
type Crawler struct {
	Site   Site
	Orders Orders
	Fetch  Getter
	Sink   ingest.Sink
	// Kept yields the pages of the journal that may have been landed since a time, oldest first: what a walk that was
	// interrupted has seen is read from there. A page may come that is older.
	Kept     func(ctx context.Context, since time.Time) iter.Seq2[ingest.Page, error]
	Parallel int              // walks at once; 0: as the site's traits say
	Budget   *Budget          // of the run, shared by all sites; nil: no bound
	Progress func(Event)      // called by several goroutines; nil: nobody looks
	Now      func() time.Time // nil: the clock
	Log      *slog.Logger     // nil: nowhere

	traits   Traits
	failures atomic.Int64      // answers in a row that were no use
	ids      map[string]string // native ids of the configured names

	mu      sync.Mutex
	stated  map[ingest.Kind]map[string]int64 // as this run's profiles have it, by native id
	gone    map[string]string                // accounts that were found to be gone, and how
	halted  *StopError
	summary Summary
}

// An Event tells of one landed page.
type Event struct {
	Site   string
	Walk   string // its name without the site
	What   What
	Rows   int64 // of the walk so far
	Stated int64 // how many there should be, 0: unknown
	Failed bool  // the page is an attempt without an answer
}

// A Summary says what a run brought, and what it did not.
type Summary struct {
	Site     string         `json:"site"`
	Platform string         `json:"platform"`
	Pages    int            `json:"pages"`
	Failed   int            `json:"failed_pages"`
	Walks    int            `json:"walks"` // that were due and ended well
	Bytes    int64          `json:"bytes"`
	Missing  []Missing      `json:"missing,omitempty"`  // walks that did not end, and why
	Verdicts map[string]int `json:"verdicts,omitempty"` // of lists that ended
	Stopped  string         `json:"stopped,omitempty"`  // why the site as a whole could not be asked any more
}

// Missing is one walk that did not end in this run.
type Missing struct {
	Walk   string `json:"walk"`
	Reason string `json:"reason"`
	Budget bool   `json:"budget,omitempty"` // nothing is wrong: it goes on in the next run
}

// Run makes all walks that are due. It returns early with ctx only; what fails is told by the summary, and by the error
// where the site as a whole cannot be asked.
func (c *Crawler) Run(ctx context.Context) (Summary, error) {
	c.traits = c.Site.Traits()
	c.ids = map[string]string{}
	c.stated = map[ingest.Kind]map[string]int64{ingest.Followers: {}, ingest.Following: {}}
	c.gone = map[string]string{}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.summary = Summary{Site: c.Site.Name(), Platform: string(c.Site.Platform()), Verdicts: map[string]int{}}
	for _, phase := range []func(context.Context) []walker{c.resolvers, c.profiles, c.feeds, c.lists, c.members} {
		c.together(ctx, phase(ctx))
		if err := ctx.Err(); err != nil {
			return c.summary, err
		}
	}
	slices.SortFunc(c.summary.Missing, func(a, b Missing) int { return cmp.Compare(a.Walk, b.Walk) })
	if err := c.stopped(); err != nil {
		return c.summary, fmt.Errorf("%s: %w", c.Site.Name(), err)
	}
	return c.summary, nil
}

// A walker is one walk as a source: Pages begins where its cursor stands, or does nothing where nothing is due.
type walker interface {
	ingest.Source
	about() (What, string)
}

// together makes several walks at once, as many as the site allows.
func (c *Crawler) together(ctx context.Context, walks []walker) {
	var g errgroup.Group // a walk that fails leaves the others running
	g.SetLimit(max(1, cmp.Or(c.Parallel, c.traits.Parallel)))
	for _, w := range walks {
		g.Go(func() error {
			if ctx.Err() == nil {
				c.walk(ctx, w)
			}
			return nil
		})
	}
	_ = g.Wait() // walks note their own errors
}

func (c *Crawler) walk(ctx context.Context, w walker) {
	what, _ := w.about()
	last := ingest.Progress{}
	done, err := ingest.Collect(ctx, w, c.Sink, func(p ingest.Progress) {
		if c.Progress != nil {
			e := Event{Site: c.Site.Name(), Walk: lastPath(p.Source), What: what, Failed: p.Failed > last.Failed}
			if t, ok := w.(interface{ progress() (rows, stated int64) }); ok {
				e.Rows, e.Stated = t.progress()
			}
			c.Progress(e)
		}
		last = p
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.summary.Pages += done.Pages
	c.summary.Failed += done.Failed
	c.summary.Bytes += done.Bytes
	switch {
	case err == nil && done.Pages > 0:
		c.summary.Walks++
	case err == nil || ctx.Err() != nil:
	default:
		c.summary.Missing = append(c.summary.Missing, Missing{Walk: lastPath(w.Name()), Reason: reasonOf(err), Budget: errors.Is(err, ErrBudget)})
		c.Log.Debug("walk", "walk", w.Name(), "err", err)
	}
}

// reasonOf is the cause without the words that ingest.Collect puts before it.
func reasonOf(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

func (c *Crawler) now() time.Time {
	if c.Now != nil {
		return c.Now().UTC()
	}
	return time.Now().UTC()
}

// stop notes that the site must be left alone and returns what stops the walks.
func (c *Crawler) stop(e *StopError) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.halted == nil {
		c.halted = e
	}
	return c.halted
}

func (c *Crawler) stopped() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.halted == nil {
		return nil
	}
	return c.halted
}

// learn notes what profiles say that other walks need.
func (c *Crawler) learn(rows *ingest.Rows) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range rows.Snapshots {
		s := &rows.Snapshots[i]
		if of, ok := c.stated[s.Kind]; ok {
			of[s.NativeID] = int64(s.Value)
		}
	}
	for i := range rows.AccountStatuses {
		s := &rows.AccountStatuses[i]
		if s.Status == ingest.StatusActive || s.Status == ingest.StatusRenamed {
			delete(c.gone, s.NativeID)
		} else {
			c.gone[s.NativeID] = s.Status
		}
	}
}

func (c *Crawler) statedOf(w What, account string) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.stated[ingest.Kind(w)][account]
	return n, ok
}

func (c *Crawler) goneHow(account string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gone[account]
}

// tracked are the native ids of the configured accounts, in their order, without repeats.
func (c *Crawler) tracked() []string { return c.native(c.Orders.Accounts) }

func (c *Crawler) native(names []string) []string {
	seen := map[string]bool{}
	var ids []string
	for _, name := range names {
		id := name
		if c.traits.Unresolved != nil && c.traits.Unresolved(name) {
			id = c.ids[name]
		}
		if id != "" && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}
