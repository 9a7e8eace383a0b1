package overtake

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/overtake-analytics/overtake/analysis/forecast"
	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A side is one platform in a comparison: its newest level, the model of its future and how its growth was estimated.
type side struct {
	platform string
	series   series
	level    point
	model    PathModel
	growth   float64 // log growth per month at the date of the level
	growthSD float64
	basis    string // how the growth was estimated, in words
	method   string // fitted_series, evidence
	evidence []stretch
	accounts int // accounts behind the growth, 0 where it comes from the series
	flags    []string
}

// fitFrom is the number of points from which a series is fitted as a whole; below it growth is pieced together from all
// evidence that bears on it.
const fitFrom = 5

// topList matches metrics that sum the followers of the most-followed accounts: the panel of accounts speaks for them.
var topList = regexp.MustCompile(`^top([0-9]+)_followers_total$`)

func listSize(metric string) (int, bool) {
	m := topList.FindStringSubmatch(metric)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n > 0
}

// memory is how far before the newest reading growth is looked for.
const memory = 2 // years

// gather collects what bears on the growth of a short series: its own readings of the last two years, the accounts of
// its top list, and for a count of active users the other such counts of the platform, up to the as-of date.
func (f *facts) gather(s series, asOf time.Time) ([]stretch, error) {
	last, ok := s.last()
	if !ok {
		return nil, nil
	}
	since := last.on.AddDate(-memory, 0, 0)
	out := ownStretches(s, roleOwn, since)
	if n, ok := listSize(s.metric); ok {
		out = append(out, f.panel(s.platform, asOf, n, last.log-math.Log(float64(n)))...)
	}
	if f.metrics[s.metric].unit != "users" {
		return out, nil
	}
	for _, key := range f.userSeries() {
		if key[0] != s.platform || key[1] == s.metric || f.metrics[key[1]].unit != "users" {
			continue
		}
		sister, err := f.seriesOf(key[0], key[1])
		if err != nil {
			return nil, err
		}
		out = append(out, ownStretches(sister, roleSister, since)...)
	}
	return out, nil
}

// A piece is one number for the growth about the date of the level: an average over a window before or after it.
type piece struct {
	from, to float64 // months after the date of the level, negative before
	mean, sd float64 // log growth per month averaged over the window
	sister   bool    // it speaks of another count of the same users
}

// pieces turns stretches into evidence: every own and sister stretch, and the panel as one. vol is the volatility of the
// log level per root month: what a window of so many months saw may differ from the growth behind it by vol/sqrt(months).
func pieces(evidence []stretch, levelOn time.Time, between, vol float64) []piece {
	var out []piece
	var panel []stretch
	for _, s := range evidence {
		if s.role == rolePanel {
			panel = append(panel, s)
			continue
		}
		out = append(out, piece{from: monthsAfter(levelOn, s.from), to: monthsAfter(levelOn, s.to), mean: s.growth,
			sd: math.Hypot(s.sd, vol/math.Sqrt(s.months())), sister: s.role == roleSister})
	}
	if len(panel) >= 2 && measure.Finite(between) {
		m := meanGrowth(panel, between)
		p := piece{mean: m.mean}
		for _, s := range panel {
			p.from += monthsAfter(levelOn, s.from) / float64(len(panel))
			p.to += monthsAfter(levelOn, s.to) / float64(len(panel))
		}
		p.sd = math.Hypot(m.sd, vol/math.Sqrt(p.to-p.from))
		out = append(out, p)
	}
	return out
}

func monthsAfter(origin, t time.Time) float64 { return measure.DaysBetween(origin, t) / daysPerMonth }

// decayNodes is how many values of the decay stand for its distribution.
const decayNodes = 15

// posterior combines the evidence for each value of the decay and weighs the values by how well the evidence agrees with
// them. With growth that fades at pace c the average over a window is g times a known factor, so that given c the best g
// is a weighted least squares estimate. Where history has seen growth speed up (c < 0), steady growth stands for it: no
// growth speeds up for ever.
func posterior(evidence []piece, r rhythm) []DriftNode {
	prior := distuv.Normal{Mu: r.decay, Sigma: max(r.decaySD, 1e-6)}
	nodes, logWeight := make([]DriftNode, decayNodes), make([]float64, decayNodes)
	for j := range nodes {
		nodes[j], logWeight[j] = atDecay(evidence, max(0, prior.Quantile((float64(j)+.5)/decayNodes)))
	}
	best := slices.Max(logWeight)
	for j := range nodes {
		nodes[j].Weight = math.Exp(logWeight[j] - best)
	}
	return nodes
}

// sisterError is the share of the growth of another count of the platform's users by which that of the count in question
// may differ from it, a standard deviation: an assumption, for too few platforms publish both to estimate it.
const sisterError = 0.5

// atDecay is the growth at month 0 given the decay c, and the log likelihood of the evidence at it. Own and sister
// pieces are averaged apart, each average with the scatter of its pieces if that exceeds their errors; the sisters' has
// the further error that they all share.
func atDecay(evidence []piece, c float64) (DriftNode, float64) {
	var information, weighted, loss float64
	for _, sister := range []bool{false, true} {
		g, v, chi2, n := averagePieces(evidence, c, sister)
		if n == 0 {
			continue
		}
		scatter := 1.0
		if n > 1 {
			scatter = max(1, chi2/float64(n-1)) // Birge 1932, Physical Review 40
		}
		v *= scatter
		if sister {
			v += sisterError * sisterError * g * g
		}
		information, weighted, loss = information+1/v, weighted+g/v, loss+chi2/scatter
	}
	return DriftNode{Decay: c, Mean: weighted / information, SD: 1 / math.Sqrt(information)}, -loss / 2
}

// averagePieces is the weighted least squares growth at month 0 of the own or the sister pieces, its variance, the sum
// of squares about it in units of the errors, and the number of pieces.
func averagePieces(evidence []piece, c float64, sister bool) (growth, variance, chi2 float64, n int) {
	var information, weighted float64
	for _, e := range evidence {
		if e.sister == sister {
			a := average(c, e.from, e.to)
			information, weighted = information+a*a/(e.sd*e.sd), weighted+a*e.mean/(e.sd*e.sd)
			n++
		}
	}
	growth = weighted / information
	for _, e := range evidence {
		if e.sister == sister {
			z := (e.mean - growth*average(c, e.from, e.to)) / e.sd
			chi2 += z * z
		}
	}
	return growth, 1 / information, chi2, n
}

// average is the mean over a window of growth that is 1 at month 0 and fades at pace c.
func average(c, from, to float64) float64 {
	return (decayed(c, to) - decayed(c, from)) / (to - from)
}

// fromEvidence models a series of few readings. between is the spread between accounts of top lists.
func (f *facts) fromEvidence(s series, evidence []stretch, asOf time.Time, between float64, r rhythm) (*side, error) {
	level, _ := s.last()
	vol := f.volatility(s, evidence, r)
	known := pieces(evidence, level.on, between, vol)
	if len(known) == 0 {
		return nil, &tooLittle{"no_growth_" + s.platform, fmt.Sprintf("nothing known by then tells how fast %s grew", f.name(s.platform))}
	}
	nodes := posterior(known, r)
	growth, sd := mixture(nodes)
	out := &side{platform: s.platform, series: s, level: level, growth: growth, growthSD: sd, method: "evidence", evidence: evidence}
	out.model = GrowthModel{LogLevel: level.log, LevelSD: level.sd, AgeDays: out.ageDays(asOf), Nodes: nodes, Vol: vol}
	for _, e := range evidence {
		if e.role == rolePanel {
			out.accounts++
		}
	}
	out.basis = basisOf(evidence, r)
	if r.decayFrom == 0 {
		out.flags = append(out.flags, "no_history_of_decay")
	}
	if r.cvFrom == 0 {
		out.flags = append(out.flags, "no_history_of_volatility")
	}
	return out, nil
}

// volatility is that of the log level per root month: the rhythm's share of the median growth in the evidence. Counts of
// users also rise and fall while they do not grow: theirs is at least what package forecast believes of such counts.
func (f *facts) volatility(s series, evidence []stretch, r rhythm) float64 {
	growth := make([]float64, len(evidence))
	for i, e := range evidence {
		growth[i] = e.growth
	}
	least := 1e-4
	if m := f.metrics[s.metric]; m.unit == "users" || m.unit == "accounts" {
		least = forecast.DefaultPrior.LevelVol * math.Sqrt(daysPerMonth)
	}
	if len(growth) == 0 {
		return least
	}
	median, _ := medianSpread(growth)
	return max(least, r.cv*math.Abs(median))
}

// mixture is the mean and the standard deviation of growth over the nodes.
func mixture(nodes []DriftNode) (mean, sd float64) {
	var w, m, mm float64
	for _, n := range nodes {
		w += n.Weight
		m += n.Weight * n.Mean
		mm += n.Weight * (n.Mean*n.Mean + n.SD*n.SD)
	}
	m /= w
	return m, math.Sqrt(max(0, mm/w-m*m))
}

// basisOf says in words what the growth rests on.
func basisOf(evidence []stretch, r rhythm) string {
	var parts []string
	for _, role := range []string{roleOwn, rolePanel, roleSister} {
		var rates []float64
		metrics := []string{}
		for _, e := range evidence {
			if e.role == role {
				rates = append(rates, 100*math.Expm1(e.growth))
				if !slices.Contains(metrics, e.metric) {
					metrics = append(metrics, e.metric)
				}
			}
		}
		if len(rates) == 0 {
			continue
		}
		median, _ := medianSpread(rates)
		span := fmt.Sprintf("%.1f to %.1f %% a month, median %.1f", slices.Min(rates), slices.Max(rates), median)
		if len(rates) == 1 {
			span = fmt.Sprintf("%.1f %% a month", rates[0])
		}
		switch role {
		case roleOwn:
			parts = append(parts, fmt.Sprintf("%s between readings of its own%s: %s", plural(len(rates), "stretch", "stretches"), derivedEnds(evidence), span))
		case rolePanel:
			parts = append(parts, fmt.Sprintf("%s of its top list (ranked in it within a year, or with at least half of its average followers): %s",
				plural(len(rates), "account", "accounts"), span))
		case roleSister:
			parts = append(parts, fmt.Sprintf("%s of %s, as other counts of its users with an error of half their growth: %s",
				plural(len(rates), "stretch", "stretches"), strings.Join(metrics, ", "), span))
		}
	}
	text := strings.Join(parts, "; ")
	if r.decayFrom > 0 {
		text += fmt.Sprintf("; growth fades by %.0f±%.0f %% of itself a month, as in %d comparisons of half-years a year apart known by then", 100*r.decay, 100*r.decaySD, r.decayFrom)
	}
	return text
}

// derivedEnds names the own readings that were derived.
func derivedEnds(evidence []stretch) string {
	n := 0
	for _, e := range evidence {
		if e.role == roleOwn && e.derived {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d with a value derived from printed figures)", n)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
