package ingest

import (
	"context"
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

// Collect reads a source from where the sink's cursor stands to its present end, and lands each page before it asks for
// the next one. It stops at the first error and with ctx; a page that is in hand when ctx ends is still landed. Whatever
// stops it, the next Collect goes on behind the last landed page. progress, which may be nil, is called after each page
// by the goroutine that called Collect.
func Collect(ctx context.Context, source Source, sink Sink, progress func(Progress)) (Progress, error) {
	p := Progress{Source: source.Name()}
	from, err := sink.Cursor(ctx, p.Source)
	if err != nil {
		return p, fmt.Errorf("collect %s: cursor: %w", p.Source, err)
	}
	for page, err := range source.Pages(ctx, from) {
		if err != nil {
			return p, fmt.Errorf("collect %s: %w", p.Source, err)
		}
		if page.Source != p.Source {
			return p, fmt.Errorf("collect %s: page %q says that it is of source %q", p.Source, page.Document, page.Source)
		}
		if err := sink.Land(context.WithoutCancel(ctx), page); err != nil {
			return p, fmt.Errorf("collect %s: %w", p.Source, err)
		}
		p.Pages++
		p.Bytes += int64(len(page.Raw))
		p.Document = page.Document
		if page.Err != "" {
			p.Failed++
		}
		if progress != nil {
			progress(p)
		}
		if err := ctx.Err(); err != nil {
			return p, fmt.Errorf("collect %s: %w", p.Source, err)
		}
	}
	return p, nil
}
