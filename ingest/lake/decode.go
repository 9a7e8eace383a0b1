package lake

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/journal"
)

// A decoded page: its record, and its rows or why it has none.
type decoded struct {
	rec  journal.Record
	rows ingest.Rows
	err  error
}

// decode reads the journal behind the lake's last commit and decodes several pages at once; it yields them in the order
// of the journal.
func (lk *Lake) decode(ctx context.Context, j *journal.Journal, decoders map[string]ingest.Decoder) iter.Seq2[decoded, error] {
	return func(yield func(decoded, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		type slot struct {
			decoded
			fatal error
			done  chan struct{}
		}
		queue := make(chan *slot, 2*lk.workers()) // bounds the pages in memory
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		wg.Go(func() {
			defer close(queue)
			free := make(chan struct{}, lk.workers())
			for rec, err := range j.Records(ctx, lk.Upto()) {
				s := &slot{decoded: decoded{rec: rec}, fatal: err, done: make(chan struct{})}
				select {
				case queue <- s:
				case <-ctx.Done():
					return
				}
				free <- struct{}{}
				wg.Go(func() {
					defer func() { <-free }()
					defer close(s.done)
					if s.fatal == nil {
						s.rows, s.err, s.fatal = decodePage(rec, decoders)
					}
				})
			}
		})
		for s := range queue {
			<-s.done
			if s.fatal != nil {
				yield(decoded{}, s.fatal)
				return
			}
			if !yield(s.decoded, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(decoded{}, err)
		}
	}
}

// decodePage reads one page's rows. err is about the page, fatal about this program.
func decodePage(rec journal.Record, decoders map[string]ingest.Decoder) (rows ingest.Rows, err, fatal error) {
	page := rec.Page
	if page.Err != "" || page.Decoder == "" {
		return ingest.Rows{}, nil, nil
	}
	decode, ok := decoders[page.Decoder]
	if !ok {
		return ingest.Rows{}, nil, fmt.Errorf("journal record %d needs the decoder %q, which this program does not have; use a newer overtake", rec.ID, page.Decoder)
	}
	rows, err = decode(page)
	return rows, err, nil
}
