package crawl

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/overtake-analytics/overtake/ingest"
)

// profileWalk reads the profiles of all tracked accounts: batch by batch, and one by one those that a batch leaves out.
type profileWalk struct {
	c        *Crawler
	accounts []string // native ids, sorted

	pos    position
	tries  int
	failed int   // accounts that could not be read
	why    error // the last failure
	streak int   // failures in a row
	end    error
	rows   atomic.Int64
}

// failuresInARow is after how many requests in vain a walk over many accounts is given up.
const failuresInARow = 3

func (p *profileWalk) about() (What, string)    { return Profiles, "" }
func (p *profileWalk) progress() (int64, int64) { return p.rows.Load(), int64(len(p.accounts)) }

// Name implements ingest.Source.
func (p *profileWalk) Name() string { return Walk{Site: p.c.Site.Name(), What: Profiles}.Name() }

// Pages implements ingest.Source.
func (p *profileWalk) Pages(ctx context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	pos, err := parsePosition(from)
	if err != nil {
		return failing(err)
	}
	slices.Sort(p.accounts)
	key := strconv.FormatUint(hash64(0, strings.Join(p.accounts, "\x00")), 36)
	now, every := p.c.now(), p.c.Orders.every(Profiles)
	same := pos.Key == key
	over := same && !pos.fresh() && !pos.due(now, every)
	fromStart := pos.fresh() || !same || !pos.Done.IsZero() || now.Sub(pos.Started) > every
	if len(p.accounts) > 0 && (over || !fromStart) {
		if err := p.remember(ctx, pos); err != nil {
			return failing(err)
		}
	}
	if len(p.accounts) == 0 || over {
		return nothing
	}
	if fromStart {
		pos = position{Started: truncate(now), Key: key}
	}
	p.pos = pos
	return chain(ctx, p.next)
}

// remember learns from the journal what earlier runs read in this round, as lists and posts need it.
func (p *profileWalk) remember(ctx context.Context, pos position) error {
	for page, err := range p.c.Kept(ctx, pos.Started) {
		if err != nil {
			return err
		}
		if page.Source != p.Name() || page.Err != "" || page.Decoder != p.c.traits.Decoder {
			continue
		}
		if w, err := ParseDocument(page.Document); err != nil || !w.StartedAt.Equal(pos.Started) {
			continue
		}
		if r, err := p.c.Site.Read(page); err == nil {
			p.c.learn(&r.Rows)
		}
	}
	return nil
}

func (p *profileWalk) next(ctx context.Context) (step, error) {
	if p.end != nil {
		return step{}, p.end
	}
	w, a, n := p.request()
	got, err := p.c.ask(ctx, p.Name(), w, a)
	if got.page.Source == "" {
		return step{}, err
	}
	if got.err != nil {
		p.tries++
		if err == nil && p.tries < Tries {
			got.page.Next = p.pos.cursor()
			return step{page: got.page, more: true}, nil
		}
		p.why, p.failed, p.streak = got.err, p.failed+n, p.streak+1
		if p.end = err; err == nil && p.streak >= failuresInARow {
			p.end = got.err
		}
		if p.end != nil {
			got.page.Next = p.pos.cursor()
			return step{page: got.page, more: true}, nil
		}
	} else {
		p.streak = 0
		p.c.learn(&got.reply.Rows)
	}
	p.tries = 0
	p.advance(w, a, &got)
	got.page.Next = p.pos.cursor()
	return step{page: got.page, more: p.pos.Done.IsZero() || p.end != nil}, nil
}

// request is the next one of the walk, and how many accounts it is about.
func (p *profileWalk) request() (Walk, Ask, int) {
	site := p.c.Site.Name()
	one := func(id string) (Walk, Ask, int) {
		return Walk{Site: site, What: Profile, Subject: id, StartedAt: p.pos.Started}, Ask{}, 1
	}
	if len(p.pos.Missing) > 0 {
		return one(p.pos.Missing[0])
	}
	if p.c.traits.Batch <= 1 {
		return one(p.accounts[p.pos.Index])
	}
	batch := p.accounts[p.pos.Index:min(len(p.accounts), p.pos.Index+p.c.traits.Batch)]
	return Walk{Site: site, What: Profiles, StartedAt: p.pos.Started}, Ask{Accounts: batch}, len(batch)
}

// advance moves behind what was asked for.
func (p *profileWalk) advance(w Walk, a Ask, got *answered) {
	pos := &p.pos
	switch {
	case w.What == Profiles:
		pos.Index += len(a.Accounts)
		if got.err == nil {
			pos.Missing = leftOut(a.Accounts, &got.reply.Rows)
		}
	case len(pos.Missing) > 0:
		pos.Missing = pos.Missing[1:]
	default:
		pos.Index++
	}
	p.rows.Store(int64(pos.Index - len(pos.Missing)))
	if pos.Index < len(p.accounts) || len(pos.Missing) > 0 {
		return
	}
	pos.Done = p.c.now()
	if p.failed > 0 {
		p.end = fmt.Errorf("%d of %d profiles could not be read: %w", p.failed, len(p.accounts), p.why)
	}
}

// leftOut lists the accounts that an answer does not speak of.
func leftOut(asked []string, rows *ingest.Rows) (missing []string) {
	found := map[string]bool{}
	for i := range rows.Accounts {
		found[rows.Accounts[i].NativeID] = true
	}
	for i := range rows.AccountStatuses {
		found[rows.AccountStatuses[i].NativeID] = true
	}
	for _, id := range asked {
		if !found[id] {
			missing = append(missing, id)
		}
	}
	return missing
}
