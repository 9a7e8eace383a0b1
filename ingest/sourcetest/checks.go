package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/ingest"
	"github.com/overtake-analytics/overtake/ingest/crawl"
)

// Run makes all checks of a case. Each has a world, a server and a journal of its own.
func Run(t *testing.T, c Case) {
	check := func(name string, f func(*lab)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { l := newLab(t, c); f(l); l.secrets() }) })
	}
	check("reads everything", (*lab).readsEverything)
	check("ends", (*lab).ends)
	t.Run("goes on after every page", func(t *testing.T) { goesOn(t, c) })
	check("obeys ctx at once", (*lab).obeysEarlyCtx)
	check("obeys ctx in a request", (*lab).obeysCtxInRequest)
	check("obeys ctx in a pause", (*lab).obeysCtxInPause)
	if c.Verdict != "" {
		check("a list whose pages repeat rows", (*lab).repeatedRows)
		check("a list that grows while it is read", (*lab).shiftedPages)
		check("a list that leads in a circle", (*lab).circle)
	}
	if !c.PlainPages {
		check("accounts that are gone", (*lab).gone)
	}
	if c.Closed != Alive {
		check("a list that is closed", (*lab).closed)
	}
	for name, fault := range passing(c) {
		t.Run("survives once: "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { l := newLab(t, c); l.survives(fault, 1); l.secrets() })
		})
		if strings.HasPrefix(name, "429, ") && name != "429, nothing said" {
			continue // they differ in how long to wait, which once shows
		}
		t.Run("survives for good: "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { l := newLab(t, c); l.survives(fault, -1); l.secrets() })
		})
	}
	for name, fault := range c.Walls {
		check("stops: "+name, func(l *lab) { l.stops(fault) })
	}
	check("answers under another type", (*lab).mislabelled)
}

// Read makes the first checks of Run alone, for the variants of a platform that differ in what they say and not in how they
// break.
func Read(t *testing.T, c Case) {
	synctest.Test(t, func(t *testing.T) { l := newLab(t, c); l.readsEverything(); l.secrets() })
}

// passing are the faults that every source meets: after them it reads what it would have read without.
func passing(c Case) map[string]Fault {
	faults := map[string]Fault{
		"503":                             Overload(),
		"500 in JSON":                     Fail(500, "application/json", `{"error":"Internal Server Error"}`),
		"a reset in mid-body":             Reset(),
		"a drip":                          Drip(time.Second),
		"no answer at all":                Hang(),
		"a body of 1 GiB":                 Endless(1 << 30),
		"a body of 1 GiB, foretold":       Announced(1 << 30),
		"a bomb":                          Bomb(64 << 20),
		"a page in place of data":         HTML(),
		"a redirect to another host":      RedirectTo(OtherHost),
		"a redirect to an address inside": RedirectTo(PrivateAddress),
	}
	for name, d := range Dialects {
		faults["429, "+name] = TooMany(d, 5*time.Minute)
	}
	if !c.PlainPages {
		faults["JSON cut short"] = Truncated()
		faults["JSON of other types"] = Mistyped()
		faults["null"] = Fail(200, "application/json", "null")
		faults["an empty answer"] = Fail(200, "application/json", "")
		faults["an empty object"] = Fail(200, "application/json", "{}")
	}
	for name, f := range c.Limits {
		faults[name] = f
	}
	return faults
}

// readsEverything compares what was read with the world.
func (l *lab) readsEverything() {
	sum, err := l.run(l.t.Context())
	if err != nil || len(sum.Missing) > 0 || sum.Failed > 0 {
		l.t.Fatalf("run: %v, summary %+v", err, sum)
	}
	got := l.rows()
	if len(got.Rejects) > 0 {
		l.t.Errorf("rows in quarantine: %v", got.Rejects)
	}
	l.compareLists(got)
	for no := 1; no <= l.world.Tracked(); no++ {
		if id := l.c.ID(no); !l.c.PlainPages && got.Statuses[id] != ingest.StatusActive {
			l.t.Errorf("account %s is %q, want active", id, got.Statuses[id])
		}
	}
	if len(got.Counts)+len(got.Rankings) == 0 {
		l.t.Error("no count was read")
	}
}

// compareLists wants each list whole, once, and with the right verdict.
func (l *lab) compareLists(got found) {
	l.t.Helper()
	if l.c.Verdict == "" {
		if len(got.Follows) > 0 {
			l.t.Errorf("%d follows of a platform that shows none", len(got.Follows))
		}
		return
	}
	for no := 1; no <= l.world.Tracked(); no++ {
		id := l.c.ID(no)
		if diff := cmp.Diff(l.wanted(no), got.followers(id)); diff != "" {
			l.t.Errorf("followers of %s, -want +got:\n%s", id, diff)
		}
		if got.Verdicts[id] != l.c.Verdict {
			l.t.Errorf("the list of %s is %q, want %q", id, got.Verdicts[id], l.c.Verdict)
		}
	}
	for key, n := range got.Follows {
		if n > 1 {
			l.t.Errorf("%s stands in %d rows", key, n)
		}
	}
}

// ends wants nothing more to do when all is done, and everything again when it is due.
func (l *lab) ends() {
	if _, err := l.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	before := len(l.server.Asked())
	if _, err := l.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	if n := len(l.server.Asked()) - before; n > 0 {
		l.t.Errorf("a second run at once asked %d times, want none", n)
	}
	time.Sleep(8 * 24 * time.Hour)
	if _, err := l.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	if n := len(l.server.Asked()) - before; n == 0 {
		l.t.Error("a run after eight days asked for nothing")
	}
}

// goesOn breaks the disk after each page, goes on, and compares with a run that nobody disturbed.
func goesOn(t *testing.T, c Case) {
	var want found
	pages := 0
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, c)
		if _, err := l.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		want, pages = l.rows(), len(l.sink.pages)
	})
	for n := 1; n <= pages && !t.Failed(); n++ {
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, c)
			l.sink.left = n
			_, _ = l.run(t.Context())
			l.sink.left = 0
			if _, err := l.run(t.Context()); err != nil {
				t.Fatalf("after %d pages: %v", n-1, err)
			}
			if diff := cmp.Diff(want, l.rows()); diff != "" {
				t.Fatalf("a stop after %d of %d pages changes the rows, -want +got:\n%s", n-1, pages, diff)
			}
			l.secrets()
		})
	}
}

// gone wants accounts that were suspended or deleted to become states of their ids, without a count, and the others to be
// read as ever.
func (l *lab) gone() {
	l.world.Change(2, func(p *Person) { p.State = Suspended })
	l.world.Change(3, func(p *Person) { p.State = Deleted })
	if _, err := l.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	got := l.rows()
	for _, no := range []int{2, 3} {
		id := l.c.ID(no)
		if s := got.Statuses[id]; s == "" || s == ingest.StatusActive {
			l.t.Errorf("account %s is %q, want to be told that it is gone", id, s)
		}
		for key := range got.Counts {
			if strings.HasPrefix(key, id+" ") {
				l.t.Errorf("a count of an account that is gone: %s", key)
			}
		}
		if v := got.Verdicts[id]; v == ingest.VerdictComplete || v == ingest.VerdictTruncated {
			l.t.Errorf("the list of %s, which is gone, is %q", id, v)
		}
	}
	id := l.c.ID(1)
	if got.Statuses[id] != ingest.StatusActive {
		l.t.Errorf("account %s is %q, want active", id, got.Statuses[id])
	}
	if l.c.Verdict != "" {
		if diff := cmp.Diff(l.wanted(1), got.followers(id)); diff != "" {
			l.t.Errorf("followers of %s, -want +got:\n%s", id, diff)
		}
	}
}

// closed wants a list that is shown to nobody to be called hidden, never empty.
func (l *lab) closed() {
	l.world.Change(1, func(p *Person) { p.State = l.c.Closed })
	if _, err := l.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	got := l.rows()
	id := l.c.ID(1)
	if got.Verdicts[id] != ingest.VerdictHidden || len(got.followers(id)) > 0 || got.Statuses[id] != ingest.StatusActive {
		l.t.Errorf("account %s is %q, its list %q with %d members, want active and hidden", id, got.Statuses[id], got.Verdicts[id], len(got.followers(id)))
	}
}

func (l *lab) obeysEarlyCtx() {
	ctx, cancel := context.WithCancel(l.t.Context())
	cancel()
	if _, err := l.run(ctx); !errors.Is(err, context.Canceled) {
		l.t.Errorf("err = %v, want the end of the context", err)
	}
	if n := len(l.server.Asked()); n > 0 {
		l.t.Errorf("%d requests although the context had ended", n)
	}
}

func (l *lab) obeysCtxInRequest() {
	l.server.Break("", -1, Hang())
	l.endsWith(time.Second)
}

func (l *lab) obeysCtxInPause() {
	l.server.Break("", -1, TooMany(Dialects["Retry-After in seconds"], 10*time.Minute))
	l.endsWith(time.Minute)
}

// endsWith wants a run to end within two seconds of its context.
func (l *lab) endsWith(d time.Duration) {
	ctx, cancel := context.WithTimeout(l.t.Context(), d)
	defer cancel()
	start := time.Now()
	if _, err := l.run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		l.t.Errorf("err = %v, want the end of the context", err)
	}
	if took := time.Since(start); took > d+2*time.Second {
		l.t.Errorf("the run ended after %v, want %v", took, d)
	}
}

func (l *lab) repeatedRows() {
	l.server.RepeatRows()
	if _, err := l.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	got := l.rows()
	for no := 1; no <= l.world.Tracked(); no++ {
		if diff := cmp.Diff(l.wanted(no), got.followers(l.c.ID(no))); diff != "" {
			l.t.Errorf("followers of %s, -want +got:\n%s", l.c.ID(no), diff)
		}
	}
}

// shiftedPages wants nobody to be lost who followed when the reading began.
func (l *lab) shiftedPages() {
	want := map[int][]string{}
	for no := 1; no <= l.world.Tracked(); no++ {
		want[no] = l.wanted(no)
	}
	l.server.ShiftPages()
	if _, err := l.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	got := l.rows()
	for no, list := range want {
		have := got.followers(l.c.ID(no))
		lost := 0
		for _, id := range list {
			if _, ok := slices.BinarySearch(have, id); !ok {
				lost++
			}
		}
		// Where a platform shows the first pages only, newcomers push the last ones out of sight.
		if lost > 0 && l.c.Visible == 0 {
			l.t.Errorf("%d of %d followers of %s were lost", lost, len(list), l.c.ID(no))
		}
	}
}

// circle wants an end, and no praise for it.
func (l *lab) circle() {
	l.server.LoopCursors()
	_, _ = l.run(l.t.Context())
	if n := len(l.server.Asked()); n > 400 {
		l.t.Errorf("%d requests for lists that lead in a circle", n)
	}
	for id, verdict := range l.rows().Verdicts {
		if verdict == ingest.VerdictComplete {
			l.t.Errorf("the list of %s is called complete", id)
		}
	}
}

// survives breaks requests, and wants the same rows as without in the end, and no wrong ones on the way.
func (l *lab) survives(fault Fault, times int) {
	quiet := newLab(l.t, l.c)
	if _, err := quiet.run(l.t.Context()); err != nil {
		l.t.Fatal(err)
	}
	time.Sleep(time.Until(time.Now().Add(24 * time.Hour).Truncate(24 * time.Hour))) // both on days of their own
	want := quiet.rows()
	l.server.Break("", times, fault)
	sum, err := l.run(l.t.Context())
	if n := len(l.server.Asked()); times < 0 && n > 400 {
		l.t.Errorf("%d requests of a server that is broken", n)
	}
	if times < 0 && err == nil && len(sum.Missing) == 0 {
		l.t.Errorf("a run against a broken server calls itself whole: %+v", sum)
	}
	l.noStrangers(want)
	l.server.Heal()
	for range 4 { // as cron would
		time.Sleep(25 * time.Hour)
		if _, err = l.run(l.t.Context()); err == nil {
			break
		}
	}
	if err != nil {
		l.t.Fatalf("the server is well again, and the run is not: %v", err)
	}
	got := l.rows()
	same(l, "follows", want.Follows, got.Follows)
	same(l, "verdicts", want.Verdicts, got.Verdicts)
	same(l, "states", want.Statuses, got.Statuses)
	same(l, "posts", want.Posts, got.Posts)
	same(l, "rankings", want.Rankings, got.Rankings)
}

// same compares rows by their keys, and names a few that differ.
func same[V comparable](l *lab, what string, want, got map[string]V) {
	l.t.Helper()
	var wrong []string
	for key, v := range want {
		if g, ok := got[key]; !ok || g != v {
			wrong = append(wrong, fmt.Sprintf("%s is %v, want %v", key, g, v))
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s is %v, want none", key, g))
		}
	}
	slices.Sort(wrong)
	if len(wrong) > 0 {
		l.t.Errorf("%d %s differ from those of an undisturbed run, among them:\n%s", len(wrong), what, strings.Join(wrong[:min(3, len(wrong))], "\n"))
	}
}

// noStrangers wants no row that the world does not have.
func (l *lab) noStrangers(want found) {
	l.t.Helper()
	got := l.rows()
	for key := range got.Follows {
		if want.Follows[key] == 0 {
			l.t.Errorf("the fault made a follow of nothing: %s", key)
		}
	}
	for id, status := range got.Statuses {
		if want.Statuses[id] != status {
			l.t.Errorf("the fault made %s %s, want %s", id, status, want.Statuses[id])
		}
	}
	for id, verdict := range got.Verdicts {
		if verdict == ingest.VerdictComplete && len(got.followers(id)) != len(want.followers(id)) {
			l.t.Errorf("the fault made the list of %s complete with %d of %d", id, len(got.followers(id)), len(want.followers(id)))
		}
	}
}

// stops wants a wall to be respected: a few requests at most, an error that says so, and no row.
func (l *lab) stops(fault Fault) {
	l.server.Break("", -1, fault)
	_, err := l.run(l.t.Context())
	var stop *crawl.StopError
	if !errors.As(err, &stop) {
		l.t.Errorf("err = %v, want a stop of the whole site", err)
	}
	if n := len(l.server.Asked()); n > l.site.Traits().Parallel+1 {
		l.t.Errorf("%d requests: more after the first refusal: %q; %v", n, l.server.Asked(), err)
	}
	if got := l.rows(); len(got.Follows)+len(got.Counts)+len(got.Statuses)+len(got.Posts) > 0 {
		l.t.Errorf("a wall gave rows: %+v", got)
	}
}

// mislabelled wants data that calls itself text/html to be read all the same.
func (l *lab) mislabelled() {
	l.server.Break("", -1, Mislabelled())
	if sum, err := l.run(l.t.Context()); err != nil || len(sum.Missing) > 0 {
		l.t.Errorf("run: %v, summary %+v", err, sum)
	}
}
