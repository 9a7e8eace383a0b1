package ingest

import (
	"context"
	"errors"
	"fmt"
)

// Progress counts what a run of one source has brought so far.
type Progress struct {
	Source   string
	Pages    int    // landed
	Failed   int    // of them, those that are attempts without an answer
	Bytes    int64  // of answers, as served
	Document string // landed last
}

// Collect reads a source from where the sink's cursor stands to its present end. It lands each page before it asks for the
// next one, or, where the sink is a [Starter], while a few more come in. It stops at the first error and with ctx; pages
// that are in hand when ctx ends are still landed. Whatever stops it, the next Collect goes on behind the last landed
// page. progress, which may be nil, is called after each landed page, by one goroutine at a time, and not any more once
// Collect has returned.
func Collect(ctx context.Context, source Source, sink Sink, progress func(Progress)) (Progress, error) {
	name := source.Name()
	from, err := sink.Cursor(ctx, name)
	if err != nil {
		return Progress{Source: name}, fmt.Errorf("collect %s: cursor: %w", name, err)
	}
	l := newLander(name, sink, progress)
	err = l.read(ctx, source, from)
	done, lerr := l.finish()
	if lerr != nil { // what the disk says comes first: the loop only saw that it was to stop
		err = lerr
	}
	if err != nil {
		err = fmt.Errorf("collect %s: %w", name, err)
	}
	return done, err
}

// underWay is how many pages may wait for the disk while more come in.
const underWay = 8

// A lander lands pages in order and counts those that are on disk.
type lander struct {
	source   string
	sink     Sink
	progress func(Progress)
	queue    chan landing
	stopped  chan struct{} // closed after the first error
	done     chan struct{}

	// Of the goroutine that waits, until done is closed; a sink that is no Starter leaves them to the one that reads.
	count Progress
	err   error
}

type landing struct {
	page Page
	wait func() error
}

func newLander(source string, sink Sink, progress func(Progress)) *lander {
	l := &lander{source: source, sink: sink, progress: progress, count: Progress{Source: source},
		queue: make(chan landing, underWay), stopped: make(chan struct{}), done: make(chan struct{})}
	go l.settle()
	return l
}

// settle waits for each page to be on disk.
func (l *lander) settle() {
	defer close(l.done)
	for p := range l.queue {
		l.landed(p.page, p.wait())
	}
}

// landed counts a page that is on disk. Behind an error nothing counts, as nothing behind it is kept.
func (l *lander) landed(page Page, err error) {
	switch {
	case l.err != nil:
		return
	case err != nil:
		l.err = err
		close(l.stopped)
		return
	}
	l.count.Pages++
	l.count.Bytes += int64(len(page.Raw))
	l.count.Document = page.Document
	if page.Err != "" {
		l.count.Failed++
	}
	if l.progress != nil {
		l.progress(l.count)
	}
}

// finish waits for what is under way.
func (l *lander) finish() (Progress, error) {
	close(l.queue)
	<-l.done
	return l.count, l.err
}

// read hands over the source's pages until there are no more, or something is wrong.
func (l *lander) read(ctx context.Context, source Source, from Cursor) error {
	for page, err := range source.Pages(ctx, from) {
		if err != nil {
			return err
		}
		if page.Source != l.source {
			return fmt.Errorf("page %q says that it is of source %q", page.Document, page.Source)
		}
		if err := l.land(context.WithoutCancel(ctx), page); err != nil {
			return err
		}
		select {
		case <-l.stopped:
			return errStopped
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
	}
	return nil
}

// errStopped ends the loop; finish knows why.
var errStopped = errors.New("stopped")

// land starts a page where the sink can, and else lands it at once.
func (l *lander) land(ctx context.Context, page Page) error {
	s, ok := l.sink.(Starter)
	if !ok {
		err := l.sink.Land(ctx, page)
		l.landed(page, err)
		return err
	}
	wait, err := s.Start(ctx, page)
	if err == nil {
		l.queue <- landing{page, wait}
	}
	return err
}
