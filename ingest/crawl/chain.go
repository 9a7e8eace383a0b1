package crawl

import (
	"context"
	"iter"

	"github.com/overtake-analytics/overtake/ingest"
)

// A step is one page that is ready to be landed. A walk ends with more = false; a step without a page is passed over.
type step struct {
	page ingest.Page
	skip bool // no page
	more bool
}

// chain makes pages of steps. The step after a page is under way while the page is being landed: the network and the disk
// work side by side, and a page that is not landed costs one request at most. Steps are called one after another.
func chain(ctx context.Context, next func(context.Context) (step, error)) iter.Seq2[ingest.Page, error] {
	type result struct {
		step
		err error
	}
	return func(yield func(ingest.Page, error) bool) {
		outer := ctx
		ctx, cancel := context.WithCancel(ctx)
		results := make(chan result)
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer close(results)
			for {
				s, err := next(ctx)
				select {
				case results <- result{s, err}:
				case <-ctx.Done():
					return
				}
				if err != nil || !s.more {
					return
				}
			}
		}()
		defer func() { cancel(); <-done }()
		for {
			select {
			case r, ok := <-results:
				if !ok {
					if err := outer.Err(); err != nil {
						yield(ingest.Page{}, err)
					}
					return
				}
				if r.err != nil {
					yield(ingest.Page{}, r.err)
					return
				}
				if !r.skip && !yield(r.page, nil) {
					return
				}
			case <-ctx.Done():
				yield(ingest.Page{}, ctx.Err())
				return
			}
		}
	}
}
