package overtake

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/warehouse/warehousetest"
)

// The as-of day of the job in tests: after the newest figure of the shipped history.
var today = day("2026-01-31")

func ask(t testing.TB, r Request) *Answer {
	t.Helper()
	a, err := Forecast(t.Context(), warehousetest.Shipped(t), r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var early2011 = Request{Leader: "twitter", Challenger: "sina_weibo", Metric: "top100_followers_total", AsOf: day("2011-02-28"), Seed: 1}

// The acid test. Plain arithmetic from the same rows puts the crossing near 22 May 2011.
func TestReplayOfEarly2011(t *testing.T) {
	a := ask(t, early2011)
	if a.Reason != "" {
		t.Fatal(a.Reason)
	}
	for _, q := range a.Questions {
		if q.Median == nil || q.Median.Before(day("2011-04-15")) || q.Median.After(day("2011-07-31")) {
			t.Errorf("%s: median %v, want between mid-April and the end of July 2011", q.Question, q.Median)
		}
		if q.Lo80 == nil || q.Hi80 == nil || q.Lo80.After(day("2011-05-22")) || q.Hi80.Before(day("2011-05-22")) {
			t.Errorf("%s: 80 %% interval %v to %v, want 22 May 2011 within", q.Question, q.Lo80, q.Hi80)
		}
		june := slices.IndexFunc(q.By, func(c Chance) bool { return c.On.Equal(day("2011-06-30")) })
		if june < 0 || q.By[june].P < .5 || q.By[june].P > .85 {
			t.Errorf("%s: probabilities %v, want one of 0.5 to 0.85 by 30 June 2011", q.Question, q.By)
		}
		if q.PNever > .05 {
			t.Errorf("%s: never within five years has probability %v, want little", q.Question, q.PNever)
		}
	}
	if a.Now.Ahead != "twitter" || a.Now.PChallengerAhead > .01 {
		t.Errorf("ahead: %+v, want Twitter for sure", a.Now)
	}
	if *a.Leader.Level < 291e6 || *a.Leader.Level > 292e6 || !a.Leader.Derived || *a.Leader.LevelSD / *a.Leader.Level < .004 {
		t.Errorf("Twitter's level %v ± %v, derived %v; want 198.2 million / 0.68 with the rounding of 68 %%, marked", *a.Leader.Level, *a.Leader.LevelSD, a.Leader.Derived)
	}
	for _, p := range []struct {
		Party
		accounts int
		lo, hi   float64
	}{{a.Leader, 8, .02, .06}, {a.Challenger, 3, .10, .16}} {
		if p.Accounts < p.accounts || *p.GrowthMonth < p.lo || *p.GrowthMonth > p.hi || !(*p.GrowthSD > .005) {
			t.Errorf("%s grows %v ± %v a month by %d accounts, want %v to %v by at least %d", p.Name, *p.GrowthMonth, *p.GrowthSD, p.Accounts, p.lo, p.hi, p.accounts)
		}
	}
	if !strings.Contains(a.Challenger.Basis, "derived") {
		t.Errorf("the basis %q does not say that the reading of December 2010 is derived", a.Challenger.Basis)
	}
	for _, e := range a.Evidence {
		if e.Role == rolePanel && e.ToValue < 1e6 {
			t.Errorf("%s with %v followers speaks for a list whose average account has millions", e.Account, e.ToValue)
		}
	}
}

func TestPublishedForecastsStandBeside(t *testing.T) {
	a := ask(t, early2011)
	if len(a.Published) != 2 {
		t.Fatalf("published forecasts: %+v, want the bank's and the press's", a.Published)
	}
	bank, press := a.Published[0], a.Published[1]
	if bank.Later || !press.Later {
		t.Errorf("made after the as-of date: bank %v, press %v; want only the press", bank.Later, press.Later)
	}
	if bank.POurs < .1 || bank.POurs > .5 || press.POurs < .3 || press.POurs > .7 {
		t.Errorf("our probabilities of the windows: bank %v, press %v; want both possible", bank.POurs, press.POurs)
	}
}

// Nothing that was published later may move an answer: not the shipped history after that day, and not rows that nobody
// ever published.
func TestLaterPublicationsChangeNothing(t *testing.T) {
	q := warehousetest.Shipped(t)
	for _, r := range append([]Request{early2011}, DefaultReplays[1:]...) {
		then, err := load(t.Context(), q, r.AsOf)
		if err != nil {
			t.Fatal(err)
		}
		all, err := load(t.Context(), q, today)
		if err != nil {
			t.Fatal(err)
		}
		if len(all.Readings) <= len(then.Readings) {
			t.Fatalf("%d readings by %s, %d by today: the test tests nothing", len(then.Readings), date(r.AsOf), len(all.Readings))
		}
		next := r.AsOf.AddDate(0, 0, 1)
		for _, m := range []string{r.Metric, "daily_active_users"} {
			for _, p := range []string{"twitter", "sina_weibo"} {
				x := all.Readings[0]
				x.Platform, x.Metric, x.Value, x.Lo, x.Hi, x.PublishedOn = p, m, 9e9, 8e9, 10e9, next
				x.Span = measure.Span{From: r.AsOf.AddDate(0, -1, 0), To: r.AsOf}
				all.Readings = append(all.Readings, x)
			}
		}
		for _, account := range []string{"ladygaga", "yaochen"} {
			x := all.accounts[0]
			x.platform, x.account, x.publishedOn, x.span = "twitter", account, next, measure.Span{From: r.AsOf, To: r.AsOf}
			x.Value = 9e9
			all.accounts = append(all.accounts, x)
			all.listed = append(all.listed, listed{platform: "twitter", account: account, rank: 1, on: r.AsOf, publishedOn: next})
		}
		if one, other := answerFrom(t, then, r), answerFrom(t, all, r); one != other {
			t.Errorf("%s as of %s: the answer changes with what was published later:\n%s", r.Metric, date(r.AsOf), gocmp.Diff(one, other))
		}
	}
}

// answerFrom is the answer as text, curve and all.
func answerFrom(t *testing.T, f *facts, r Request) string {
	t.Helper()
	if err := r.check(); err != nil {
		t.Fatal(err)
	}
	st, err := newStudy(f, r.AsOf, r.Horizon, r.Seed, 500, r.Edition)
	if err != nil {
		t.Fatal(err)
	}
	a, _, err := st.answer(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Weibo passed Twitter in monthly active users between the ends of 2016 and of March 2017.
func TestReplaysOfMonthlyActiveUsers(t *testing.T) {
	from, to := day("2016-12-31"), day("2017-03-31")
	for _, r := range DefaultReplays[1:] {
		a := ask(t, r)
		if a.Reason != "" {
			t.Errorf("as of %s: %s", date(r.AsOf), a.Reason)
			continue
		}
		ever := a.Questions[1]
		t.Logf("as of %s: %s to %s, median %s, within a year %.2f, never %.2f", date(r.AsOf), a.dayWord(ever.Lo80), a.dayWord(ever.Hi80),
			a.dayWord(ever.Median), ever.PWithin1Y, ever.PNever)
		if ever.Lo80 == nil || ever.Lo80.After(to) || ever.Hi80 != nil && ever.Hi80.Before(from) {
			t.Errorf("as of %s: 80 %% interval %v to %v misses the crossing of early 2017", date(r.AsOf), ever.Lo80, ever.Hi80)
		}
		if r.AsOf.Year() >= 2014 && a.Now.Ahead != "twitter" {
			t.Errorf("as of %s: %s is said to be ahead", date(r.AsOf), a.Now.Ahead)
		}
		if r.AsOf.Year() == 2016 && (ever.PWithin1Y < .8 || ever.Median == nil || ever.Median.After(day("2017-12-31"))) {
			t.Errorf("as of the end of 2016: within a year %v, median %v; want it likely", ever.PWithin1Y, ever.Median)
		}
	}
}

func TestContradictingSourcesDoNotWreckTheFit(t *testing.T) {
	a := ask(t, DefaultReplays[4]) // a panel's 390 million stands beside the company's 297 million for September 2016
	if v := *a.Challenger.Level; v < 290e6 || v > 305e6 {
		t.Errorf("Weibo's level at the end of 2016 %v, want the company's 297 million", v)
	}
	if !slices.ContainsFunc(a.Warnings, func(w string) bool { return strings.Contains(w, "21 million") }) {
		t.Errorf("warnings %q do not tell of the 21 million of July 2011", a.Warnings)
	}
}

func TestTooLittleIsSaid(t *testing.T) {
	r := early2011
	r.AsOf = today
	a := ask(t, r)
	if a.Reason == "" || a.Now != nil || !slices.Contains(a.Flags, "too_little_data") {
		t.Errorf("fifteen years after the only figures: reason %q, now %v, flags %v", a.Reason, a.Now, a.Flags)
	}
	var text strings.Builder
	if err := a.WriteText(&text); err != nil || !strings.Contains(text.String(), "Too little is known") {
		t.Errorf("%v in\n%s", err, text.String())
	}
}

func TestRequestsThatCannotBeAnswered(t *testing.T) {
	for _, c := range []struct {
		change func(*Request)
		want   string
	}{
		{func(r *Request) { r.Leader = "orkut" }, `unknown platform "orkut": there are bluesky,`},
		{func(r *Request) { r.Leader = "sina_weibo" }, "with itself"},
		{func(r *Request) { r.Metric = "hearts" }, "both platforms have registered_users, top100_followers_total"},
		{func(r *Request) { r.Metric = "posts_peak_per_minute" }, "not counted in the same way"},
		{func(r *Request) { r.Metric = "overseas_users_share_pct" }, "share of a whole"},
		{func(r *Request) { r.Paths = 3 }, "3 paths"},
		{func(r *Request) { r.Corr = ptr(2.0) }, "correlation 2"},
		{func(r *Request) { r.Horizon = -1 }, "horizon"},
		{func(r *Request) { r.HoldDays = math.NaN() }, "hold time"},
	} {
		r := early2011
		c.change(&r)
		_, err := Forecast(t.Context(), warehousetest.Shipped(t), r)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), ErrRequest.Error()) {
			t.Errorf("error %v, want one that says %q", err, c.want)
		}
	}
}
