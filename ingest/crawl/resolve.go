package crawl

import (
	"context"
	"fmt"
	"iter"

	"github.com/overtake-analytics/overtake/ingest"
)

// A resolver finds the native id of one configured name, once and for ever: handles change hands, ids do not.
type resolver struct {
	c     *Crawler
	name  string
	tries int
	end   error
}

func (r *resolver) about() (What, string) { return Resolve, r.name }

// Name implements ingest.Source.
func (r *resolver) Name() string {
	return Walk{Site: r.c.Site.Name(), What: Resolve, Subject: r.name}.Name()
}

// Pages implements ingest.Source.
func (r *resolver) Pages(ctx context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	pos, err := parsePosition(from)
	now := r.c.now()
	switch {
	case err != nil:
		return failing(err)
	case pos.ID != "":
		r.found(pos.ID)
		return nothing
	case !pos.Done.IsZero() && !pos.due(now, r.c.Orders.every(Profiles)):
		return failing(fmt.Errorf("there is no account %s: %s", r.name, pos.Reason))
	}
	started := truncate(now)
	return chain(ctx, func(ctx context.Context) (step, error) { return r.next(ctx, position{Started: started}) })
}

func (r *resolver) found(id string) {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	r.c.ids[r.name] = id
}

func (r *resolver) next(ctx context.Context, pos position) (step, error) {
	if r.end != nil {
		return step{}, r.end
	}
	w := Walk{Site: r.c.Site.Name(), What: Resolve, Subject: r.name, StartedAt: pos.Started}
	got, err := r.c.ask(ctx, r.Name(), w, Ask{})
	if got.page.Source == "" {
		return step{}, err
	}
	switch {
	case got.err != nil:
		r.tries++
		if r.end = err; err == nil && r.tries >= Tries {
			r.end = got.err
		}
	case got.reply.ID == "":
		pos.Done, pos.Reason = r.c.now(), got.reply.Reason
		r.end = fmt.Errorf("there is no account %s: %s", r.name, got.reply.Reason)
	default:
		pos.Done, pos.ID = r.c.now(), got.reply.ID
		got.page.Next = pos.cursor()
		r.found(pos.ID)
		return step{page: got.page}, nil
	}
	got.page.Next = pos.cursor()
	return step{page: got.page, more: true}, nil
}
