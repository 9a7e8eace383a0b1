package crawl

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/overtake-analytics/overtake/ingest"
)

// A listWalk reads one account's list of followers or following from its first page to its end.
type listWalk struct {
	c       *Crawler
	what    What
	account string

	pos     position
	seen    idset
	cursors map[uint64]bool // that the server has given
	idle    int             // pages in a row that brought nothing new
	tries   int             // of the request in hand
	ending  error           // the walk stops with it once the note is landed

	rows, stated atomic.Int64 // for whoever looks on
}

// idlePages is after how many pages without a new member a list is taken to go round in circles.
const idlePages = 3

func (l *listWalk) about() (What, string)    { return l.what, l.account }
func (l *listWalk) progress() (int64, int64) { return l.rows.Load(), l.stated.Load() }

// Name implements ingest.Source.
func (l *listWalk) Name() string {
	return Walk{Site: l.c.Site.Name(), What: l.what, Subject: l.account}.Name()
}

func (l *listWalk) walk() Walk {
	return Walk{Site: l.c.Site.Name(), What: l.what, Subject: l.account, StartedAt: l.pos.Started,
		Strategy: l.pos.Strategy, Probability: l.pos.Probability, Seed: l.pos.Seed}
}

// Pages implements ingest.Source.
func (l *listWalk) Pages(ctx context.Context, from ingest.Cursor) iter.Seq2[ingest.Page, error] {
	pos, err := parsePosition(from)
	now := l.c.now()
	switch {
	case err != nil:
	case !pos.fresh() && !pos.due(now, l.c.Orders.every(l.what)):
		return func(func(ingest.Page, error) bool) {}
	case pos.fresh() || !pos.Done.IsZero():
		pos = position{Started: truncate(now), Stated: -1}
	case now.Sub(pos.Started) > l.c.Orders.giveUp():
		pos.Ended, pos.Verdict, pos.Reason = true, ingest.VerdictBudget, "not whole after "+days(l.c.Orders.giveUp())
	}
	l.pos = pos
	if err == nil && pos.Pages > 0 && !pos.Ended {
		err = l.reload(ctx)
	}
	if err != nil {
		return func(yield func(ingest.Page, error) bool) { yield(ingest.Page{}, err) }
	}
	return chain(ctx, l.next)
}

// reload reads again what earlier runs landed of this reading, so that members who are met twice count once.
func (l *listWalk) reload(ctx context.Context) error {
	l.pos.Rows, l.pos.Kept = 0, 0
	l.seen.reserve(l.pos.Stated)
	return l.c.replay(ctx, l.walk(), func(r Reply) {
		l.count(&r)
		l.given(r.Next)
	})
}

// replay hands over what the journal's pages of a walk say, in order.
func (c *Crawler) replay(ctx context.Context, w Walk, read func(Reply)) error {
	name, document := w.Name(), w.Document()
	for page, err := range c.Kept(ctx, w.StartedAt) {
		if err != nil {
			return err
		}
		if page.Source != name || page.Document != document || page.Err != "" || page.Decoder != c.traits.Decoder {
			continue
		}
		if r, err := c.Site.Read(page); err == nil {
			read(r)
		}
	}
	return nil
}

// count adds a page's members and returns how many of them are new.
func (l *listWalk) count(r *Reply) (fresh int64) {
	w := l.walk()
	for i := range r.Rows.Follows {
		member := w.member(&r.Rows.Follows[i])
		if !l.seen.add(member) {
			continue
		}
		fresh++
		if kept(l.pos.Seed, member, l.pos.Probability) {
			l.pos.Kept++
		}
	}
	l.pos.Rows += fresh
	return fresh
}

// given notes a cursor and reports whether the server has given it before in this reading.
func (l *listWalk) given(cursor string) (again bool) {
	if cursor == "" {
		return false
	}
	if l.cursors == nil {
		l.cursors = map[uint64]bool{}
	}
	h := hash64(1, cursor)
	again = l.cursors[h]
	l.cursors[h] = true
	return again
}

func (l *listWalk) next(ctx context.Context) (step, error) {
	switch {
	case l.ending != nil && l.pos.Pages == 0:
		return step{}, l.ending
	case l.ending != nil:
		return l.pause()
	case l.pos.Ended:
		return l.finish()
	case l.pos.Strategy == "":
		return l.begin(ctx)
	}
	got, err := l.c.ask(ctx, l.Name(), l.walk(), Ask{Cursor: l.pos.Next, Limit: l.limit()})
	if err != nil && (ctx.Err() != nil || got.page.Source == "") {
		return l.stop(ctx, err)
	}
	if got.err != nil {
		return l.failed(got, err)
	}
	return l.took(got)
}

// stop ends the walk for now: with a note, where a part of the list is landed.
func (l *listWalk) stop(ctx context.Context, err error) (step, error) {
	if ctx.Err() != nil || l.pos.Pages == 0 {
		return step{}, err
	}
	l.ending = err
	return step{skip: true, more: true}, nil
}

// failed lands an answer that is no use. fatal is set where the site must not be asked again.
func (l *listWalk) failed(got answered, fatal error) (step, error) {
	l.tries++
	if fatal != nil {
		l.ending = fatal
	} else if l.tries >= Tries {
		l.ending = got.err
	}
	got.page.Next = l.pos.cursor()
	return step{page: got.page, more: true}, nil
}

// limit is how many members the next page need not exceed.
func (l *listWalk) limit() int {
	most := l.most()
	if most <= 0 {
		return 0
	}
	return int(max(1, most-l.pos.Rows))
}

// most is how many members are wanted, 0: all.
func (l *listWalk) most() int64 {
	most := l.c.Orders.Most
	if l.pos.Strategy == ingest.StrategyFirst && (most == 0 || l.c.Orders.First < most) {
		most = l.c.Orders.First
	}
	return most
}

// took lands a good answer and judges whether the list goes on.
func (l *listWalk) took(got answered) (step, error) {
	l.tries = 0
	r := &got.reply
	p := &l.pos
	p.Last = got.page.FetchedAt
	if r.Stated > 0 {
		p.Stated = r.Stated
	}
	if r.Restart {
		return l.restart(got)
	}
	fresh := l.count(r)
	p.Pages++
	p.Next = r.Next
	l.idle++
	if fresh > 0 {
		l.idle = 0
	}
	switch most := l.most(); {
	case r.Verdict != "":
		p.end(r.Verdict, r.Reason)
	case most > 0 && p.Rows >= most && r.Next != "":
		p.end(ingest.VerdictBudget, fmt.Sprintf("the first %d were asked for", most))
	case r.Next == "":
		l.judge()
	case l.given(r.Next):
		p.end(ingest.VerdictTruncated, "the server gave the same cursor twice")
	case l.idle >= idlePages:
		p.end(ingest.VerdictTruncated, fmt.Sprintf("%d pages in a row brought nothing new", l.idle))
	}
	l.rows.Store(p.Rows)
	l.stated.Store(max(0, p.Stated))
	got.page.Next = p.cursor()
	return step{page: got.page, more: true}, nil
}

func (p *position) end(verdict, reason string) { p.Ended, p.Verdict, p.Reason = true, verdict, reason }

// restart begins the list again under the same name after its cursor has expired.
func (l *listWalk) restart(got answered) (step, error) {
	l.pos.Restarts++
	l.pos.Next = ""
	l.cursors = nil
	l.idle = -int(l.pos.Rows) // pages that were read before may bring nothing new
	if l.pos.Restarts > Tries {
		l.pos.end(ingest.VerdictError, "the cursor expired again and again")
	}
	got.page.Next = l.pos.cursor()
	return step{page: got.page, more: true}, nil
}

// judge gives the verdict of a list that the server says is at its end.
func (l *listWalk) judge() {
	p, t := &l.pos, l.c.traits
	missing := t.Missing
	if missing == 0 {
		missing = 0.02
	}
	short := p.Stated > 0 && float64(p.Rows) < float64(p.Stated)*(1-missing)
	switch {
	case t.Federated:
		p.end(ingest.VerdictPartialFederation, "as this server knows the list")
	case short && p.Rows == 0:
		p.end(ingest.VerdictHidden, fmt.Sprintf("the platform states %d and shows none", p.Stated))
	case short:
		p.end(ingest.VerdictTruncated, fmt.Sprintf("it ended after %d of %d", p.Rows, p.Stated))
	default:
		p.end(ingest.VerdictComplete, "")
	}
}

// begin makes the design of the reading. Where this run has not seen the account's profile, it is asked for.
func (l *listWalk) begin(ctx context.Context) (step, error) {
	stated, known := l.c.statedOf(l.what, l.account)
	how := l.c.goneHow(l.account)
	if !known && how == "" && l.c.traits.Can(Profile) {
		w := Walk{Site: l.c.Site.Name(), What: Profile, Subject: l.account, StartedAt: l.pos.Started}
		got, err := l.c.ask(ctx, l.Name(), w, Ask{})
		if err != nil && got.page.Source == "" {
			return step{}, err
		}
		if got.err != nil {
			return l.failed(got, err)
		}
		l.tries = 0
		l.c.learn(&got.reply.Rows)
		stated, known = l.c.statedOf(l.what, l.account)
		how = l.c.goneHow(l.account)
		l.design(stated, known, how, got.page)
		got.page.Next = l.pos.cursor()
		return step{page: got.page, more: true}, nil
	}
	l.design(stated, known, how, ingest.Page{FetchedAt: l.c.now()})
	return step{skip: true, more: true}, nil
}

func (l *listWalk) design(stated int64, known bool, gone string, page ingest.Page) {
	if known {
		l.pos.Stated = stated
		l.seen.reserve(stated)
	}
	l.pos.Last = page.FetchedAt
	l.c.Orders.design(&l.pos, l.account, l.c.traits.Can(Members))
	if gone != "" {
		l.pos.end(ingest.VerdictHidden, "the account is "+gone)
	}
}

// pause lands a note that says how far the list has come, and then stops with the error that ends the walk.
func (l *listWalk) pause() (step, error) {
	err := l.ending
	verdict, reason := ingest.VerdictError, reasonOf(err)
	if errors.Is(err, ErrBudget) {
		verdict, reason = ingest.VerdictBudget, "goes on in the next run"
	}
	page, perr := l.note(verdict, reason)
	if perr != nil {
		return step{}, perr
	}
	page.Next = l.pos.cursor()
	l.pos.Pages = 0 // the next call ends the walk; the page carries the true position
	return step{page: page, more: true}, nil
}

// finish lands the note that ends the reading.
func (l *listWalk) finish() (step, error) {
	page, err := l.note(l.pos.Verdict, l.pos.Reason)
	if err != nil {
		return step{}, err
	}
	p := l.pos
	p.Done, p.Next, p.Ended = l.c.now(), "", false
	page.Next = p.cursor()
	l.c.verdict(l.pos.Verdict)
	return step{page: page}, nil
}

func (c *Crawler) verdict(v string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.summary.Verdicts[v]++
}

func (l *listWalk) note(verdict, reason string) (ingest.Page, error) {
	p, w := l.pos, l.walk()
	r := &ingest.ListReading{
		Platform: l.c.Site.Platform(), List: w.List(), NativeID: l.account, Direction: string(l.what),
		Strategy: p.Strategy, Verdict: verdict, Collected: p.Rows, Stated: p.Stated, Frame: -1, Probability: 1,
		StartedAt: p.Started, EndedAt: p.Last, Reason: reason,
	}
	switch {
	case p.Strategy == ingest.StrategySample:
		r.Collected, r.Frame, r.Probability, r.Seed, r.Basis = p.Kept, p.Rows, p.Probability, p.Seed, ingest.BasisThresholdHash
	case verdict != ingest.VerdictComplete && l.c.traits.NewestFirst:
		r.Basis = ingest.BasisRecency
	}
	at := p.Last
	if at.IsZero() {
		at = l.c.now()
		r.EndedAt = at
	}
	return note{List: r}.page(w, l.c.Site.Platform(), at)
}
