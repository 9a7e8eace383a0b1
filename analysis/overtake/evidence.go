package overtake

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// The roles in which a stretch of growth speaks for a series.
const (
	roleOwn    = "own_readings"  // two readings of the series itself
	rolePanel  = "panel_account" // one of the platform's most-followed accounts
	roleSister = "sister_metric" // another count of active users of the same platform
	rolePath   = "fitted_series" // a stretch of a series long enough to be fitted as a whole
)

// A stretch is growth seen between two dates.
type stretch struct {
	role, platform, metric string
	account, name          string // of a panel account
	from, to               time.Time
	fromValue, toValue     float64
	growth, sd             float64 // log growth per month, and what rounding and dates leave open of it
	size                   float64 // of a panel account: ln(its followers/the average of the list)
	derived                bool    // one of the two values was computed by us
	url                    string
}

func (s stretch) months() float64 { return measure.DaysBetween(s.from, s.to) / daysPerMonth }

func newStretch(a, b point, s stretch) stretch {
	s.from, s.to, s.fromValue, s.toValue, s.derived = a.on, b.on, a.value, b.value, a.derived || b.derived
	sd := math.Hypot(a.sd, b.sd)
	if !a.together(b) {
		sd = math.Hypot(a.totalSD(), b.totalSD())
	}
	sd = math.Hypot(sd, sourceSDOfGrowth(a, b))
	s.growth, s.sd = (b.log-a.log)/s.months(), sd/s.months()
	if s.url == "" && len(b.urls) > 0 {
		s.url = b.urls[0]
	}
	return s
}

// Two points must lie so many days apart to tell of growth, and no more to tell of the growth of today.
const (
	shortestStretch = 20
	longestStretch  = 3 * 365
)

// ownStretches are the stretches between neighbouring points of a series that end after since.
func ownStretches(s line, role string, since time.Time) []stretch {
	var out []stretch
	var from point
	for i, p := range s.points {
		switch {
		case i == 0 || !p.on.After(since):
			from = p
		case measure.DaysBetween(from.on, p.on) > longestStretch:
			from = p
		case measure.DaysBetween(from.on, p.on) >= shortestStretch:
			out = append(out, newStretch(from, p, stretch{role: role, platform: s.platform, metric: s.metric}))
			from = p
		}
	}
	return out
}

// Windows of the panel of accounts, in days.
const (
	panelFresh    = 92  // the newest reading of an account is at most this old
	panelIdeal    = 182 // growth is taken over about half a year,
	panelShortest = 61  // at least two months
	panelLongest  = 305 // and at most ten
	listMemory    = 366 // an account counts as listed for a year
)

// panel is the growth of those accounts of a platform that belong to its most-followed hundred (or however many there
// are) as far as can be known: they stood within the hundred in a list published and dated within the last year, or have
// at least half of the average account's followers. Accounts far below say nothing about the sum. Each account counts
// once, over the stretch that comes nearest to half a year.
func (f *facts) panel(platform string, asOf time.Time, size int, logAverage float64) []stretch {
	var out []stretch
	for _, readings := range f.accountSeries(platform) {
		account := readings[0]
		end := readings[len(readings)-1]
		if measure.DaysBetween(end.span.To, asOf) > panelFresh {
			continue
		}
		relative := math.Log(end.Point()) - logAverage
		if relative < math.Log(.5) && !f.isListed(platform, account.account, asOf, size) {
			continue
		}
		best, miss := -1, math.Inf(1)
		for i, r := range readings {
			days := measure.DaysBetween(r.span.To, end.span.To)
			if days >= panelShortest && days <= panelLongest && math.Abs(days-panelIdeal) < miss {
				best, miss = i, math.Abs(days-panelIdeal)
			}
		}
		if best >= 0 {
			s := stretch{role: rolePanel, platform: platform, metric: "followers", account: account.account, name: account.name, size: relative, url: end.url}
			out = append(out, newStretch(withDateError(readings[best].point(), end.point(), s)))
		}
	}
	return out
}

func (r accountReading) point() point {
	return point{on: r.span.To, span: r.span, value: r.Point(), log: math.Log(r.Point()), sd: max(r.SD(), measure.RoundingSD(1)) / r.Point(), urls: []string{r.url}}
}

// withDateError adds to two points what their dates leave open of the growth between them.
func withDateError(a, b point, s stretch) (point, point, stretch) {
	perDay := (b.log - a.log) / measure.DaysBetween(a.on, b.on)
	a.dateSD, b.dateSD = a.span.DateSD(perDay), b.span.DateSD(perDay)
	return a, b, s
}

func (f *facts) isListed(platform, account string, asOf time.Time, size int) bool {
	return slices.ContainsFunc(f.listed, func(l listed) bool {
		return l.platform == platform && l.account == account && l.rank <= size && measure.DaysBetween(l.on, asOf) <= listMemory
	})
}

// accountSeries are the readings of each account of a platform by date, in the order of the accounts' ids: one reading a
// day (the most exact, then the latest published). A reading dated only to the month or worse stands back where the
// account has a better dated one within 45 days: its day may be far from the month's end.
func (f *facts) accountSeries(platform string) [][]accountReading {
	byAccount := map[string][]accountReading{}
	for _, r := range f.accounts {
		if r.platform == platform && r.Mode != measure.CensoredRight {
			byAccount[r.account] = append(byAccount[r.account], r)
		}
	}
	var out [][]accountReading
	for _, rs := range byAccount {
		slices.SortStableFunc(rs, func(a, b accountReading) int {
			return cmp.Or(a.span.To.Compare(b.span.To), cmp.Compare(a.span.Days(), b.span.Days()), cmp.Compare(a.Step, b.Step), b.publishedOn.Compare(a.publishedOn))
		})
		rs = slices.CompactFunc(rs, func(a, b accountReading) bool { return a.span.To.Equal(b.span.To) })
		out = append(out, without(rs, func(r accountReading) bool {
			return r.span.Days() > 7 && slices.ContainsFunc(rs, func(o accountReading) bool {
				return o.span.Days() <= 7 && math.Abs(measure.DaysBetween(o.span.To, r.span.To)) <= 45
			})
		}))
	}
	slices.SortFunc(out, func(a, b []accountReading) int { return cmp.Compare(a[0].account, b[0].account) })
	return out
}

// A panelMean is what a panel of accounts says about the growth of the sum over the list.
type panelMean struct {
	mean, sd float64 // log growth per month of an average account of the list
	spread   float64 // standard deviation between accounts
	n        int
}

// gibratWeight is how many accounts, an e-fold in size away from the rest, the belief in Gibrat's law weighs.
const gibratWeight = 4

// meanGrowth estimates the growth of an account of average size, log growth per month.
//
// It is a straight line in the logarithm of size, read off at the list's average account, because panels hold the giants
// and the sum is mostly made of the others. The prior of its slope is Gibrat's law: growth does not depend on size. It
// weighs much (gibratWeight), because the sum also gains from newcomers who replace the small accounts that stand still;
// what it leaves open of the slope widens the standard error by the panel's distance from the average. between is the
// spread between accounts beyond their own errors, the standard deviation of a single one about the line.
func meanGrowth(panel []stretch, between float64) panelMean {
	between = max(between, 1e-6)
	var w, wx, wxx, wy, wxy float64
	for _, s := range panel {
		v := 1 / (between*between + s.sd*s.sd)
		w, wx, wxx, wy, wxy = w+v, wx+v*s.size, wxx+v*s.size*s.size, wy+v*s.growth, wxy+v*s.size*s.growth
	}
	// normal equations of (growth at average size, slope), the prior of the slope added
	wxx += gibratWeight / (between * between)
	det := w*wxx - wx*wx
	return panelMean{mean: (wxx*wy - wx*wxy) / det, sd: math.Sqrt(wxx / det), spread: between, n: len(panel)}
}

// betweenAccounts is the spread of growth between accounts of one list beyond their own errors, a standard deviation in
// log growth per month: the root mean square of the panels' own spreads, weighted by their degrees of freedom. A panel of
// four alike accounts does not prove that all are alike. It is NaN where no panel has two accounts.
func betweenAccounts(panels ...[]stretch) float64 {
	var sum, freedom float64
	for _, p := range panels {
		if len(p) < 2 {
			continue
		}
		growth := make([]float64, len(p))
		var own float64
		for i, s := range p {
			growth[i] = s.growth
			own += s.sd * s.sd / float64(len(p))
		}
		df := float64(len(p) - 1)
		sum += df * max(stat.Variance(growth, nil)-own, 0)
		freedom += df
	}
	return math.Sqrt(sum / freedom)
}
