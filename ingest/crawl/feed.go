package crawl

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/overtake-analytics/overtake/ingest"
)

// A feed is a walk over pages whose rows stand for themselves: posts, figures, a ranking.
type feed struct {
	c       *Crawler
	what    What
	subject string
	most    int64 // posts wanted, 0: all

	pos   position
	tries int
	end   error // the walk stops with it once the attempt is landed
	rows  atomic.Int64
	given map[string]bool
}

func (f *feed) about() (What, string)    { return f.what, f.subject }
func (f *feed) progress() (int64, int64) { return f.rows.Load(), f.most }

// Name implements ingest.Source.
func (f *feed) Name() string { return f.walk().Name() }

func (f *feed) walk() Walk {
	return Walk{Site: f.c.Site.Name(), What: f.what, Subject: f.subject, StartedAt: f.pos.Started}
}

// Pages implements ingest.Source.
func (f *feed) Pages(ctx context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	pos, err := parsePosition(from)
	now := f.c.now()
	switch {
	case err != nil:
		return failing(err)
	case !pos.fresh() && !pos.due(now, f.c.Orders.every(f.what)):
		return nothing
	case pos.fresh() || !pos.Done.IsZero() || now.Sub(pos.Started) > f.c.Orders.every(f.what):
		pos = position{Started: truncate(now)} // half of yesterday's is no reading of today
	}
	f.pos, f.given = pos, map[string]bool{}
	return chain(ctx, f.next)
}

func (f *feed) next(ctx context.Context) (step, error) {
	switch {
	case f.end != nil:
		return step{}, f.end
	case f.pos.Ended:
		return f.total()
	}
	limit := 0
	if f.most > 0 {
		limit = int(max(1, f.most-f.pos.Rows))
	}
	got, err := f.c.ask(ctx, f.Name(), f.walk(), Ask{Cursor: f.pos.Next, Limit: limit})
	if got.page.Source == "" {
		return step{}, err
	}
	if got.err != nil {
		f.tries++
		got.page.Next = f.pos.cursor()
		if f.end = err; err == nil && f.tries >= Tries {
			f.end = got.err
		}
		return step{page: got.page, more: true}, nil
	}
	f.tries = 0
	return f.took(got)
}

func (f *feed) took(got answered) (step, error) {
	r, p := &got.reply, &f.pos
	p.Pages++
	p.Last = got.page.FetchedAt
	p.Rows += items(r)
	f.rows.Store(p.Rows)
	p.addSums(r.Sums)
	p.Next = r.Next
	if r.Restart && p.Restarts < Tries { // what came before stays: rows of posts stand for themselves, sums begin anew
		p.Restarts++
		p.Next, p.Sums = "", nil
		got.page.Next = p.cursor()
		return step{page: got.page, more: true}, nil
	}
	if r.Next == "" || r.Verdict != "" || f.given[r.Next] || f.most > 0 && p.Rows >= f.most {
		if len(p.Sums) > 0 {
			p.Ended = true
		} else {
			p.Done, p.Next = f.c.now(), ""
		}
	}
	f.given[r.Next] = true
	got.page.Next = p.cursor()
	return step{page: got.page, more: p.Done.IsZero()}, nil
}

// total lands the note that holds the sums of all pages.
func (f *feed) total() (step, error) {
	page, err := note{Sums: f.pos.Sums}.page(f.walk(), f.c.Site.Platform(), f.pos.Last)
	if err != nil {
		return step{}, err
	}
	page.Next = position{Started: f.pos.Started, Done: f.c.now(), Pages: f.pos.Pages}.cursor()
	return step{page: page}, nil
}

func (p *position) addSums(sums []Sum) {
next:
	for _, s := range sums {
		for i := range p.Sums {
			if p.Sums[i].Kind == s.Kind {
				p.Sums[i].Value += s.Value
				continue next
			}
		}
		p.Sums = append(p.Sums, sumNote(s))
	}
}

// items counts what a page is about: posts, lines of a ranking, figures.
func items(r *Reply) (n int64) {
	last := ""
	for i := range r.Rows.Posts {
		if id := r.Rows.Posts[i].PostID; id != last { // the readings of a post stand together
			last = id
			n++
		}
	}
	return n + int64(len(r.Rows.Rankings)) + int64(len(r.Rows.PlatformMetrics))
}

func failing(err error) iter.Seq2[ingest.Page, error] {
	return func(yield func(ingest.Page, error) bool) { yield(ingest.Page{}, err) }
}

func nothing(func(ingest.Page, error) bool) {}

// days says a long time in words.
func days(d time.Duration) string {
	if n := int(d.Hours() / 24); n > 1 {
		return fmt.Sprintf("%d days", n)
	}
	return d.String()
}
