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
	line     line
	level    point
	model    PathModel
	growth   float64 // log growth per month at the date of the level
	growthSD float64
	basis    string // how the growth was estimated, in words
	method   string // fitted_series, evidence
	evidence []stretch
	accounts int // accounts behind the growth, 0 where it comes from the series
	flags    []string

	paths [][]float64 // futures of the log level on the study's grid; nil until drawn
	fan   []FanPoint
}

// fitFrom is the number of points from which a series is fitted as a whole; below it growth is pieced together from all
// evidence that bears on it.
const fitFrom = 4

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
func (f *facts) gather(s line, asOf time.Time) []stretch {
	last, ok := s.last()
	if !ok {
		return nil
	}
	since := last.on.AddDate(-memory, 0, 0)
	out := ownStretches(s, roleOwn, since)
	if n, ok := listSize(s.metric); ok {
		out = append(out, f.panel(s.platform, asOf, n, last.log-math.Log(float64(n)))...)
	}
	if f.Metrics[s.metric].Unit != "users" {
		return out
	}
	for _, sister := range f.userLines() {
		if sister.platform == s.platform && sister.metric != s.metric && f.Metrics[sister.metric].Unit == "users" {
			out = append(out, ownStretches(sister, roleSister, since)...)
		}
	}
	return out
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
	prior := distuv.Normal{Mu: r.decay, Sigma: max(r.decaySD, 1e-9)}
	var averages [decayNodes][2]averaged // of own and of sister pieces
	scatter := [2]float64{math.Inf(1), math.Inf(1)}
	nodes := make([]DriftNode, decayNodes)
	for j := range nodes {
		nodes[j].Decay = max(0, prior.Quantile((float64(j)+.5)/decayNodes))
		for k := range scatter {
			a := averagePieces(evidence, nodes[j].Decay, k == 1)
			averages[j][k] = a
			scatter[k] = min(scatter[k], max(1, a.chi2/max(1, float64(a.n-1))))
		}
	}
	best := math.Inf(-1)
	logWeight := make([]float64, decayNodes)
	for j := range nodes {
		logWeight[j] = nodes[j].join(averages[j], scatter)
		best = max(best, logWeight[j])
	}
	for j := range nodes {
		nodes[j].Weight = math.Exp(logWeight[j] - best)
	}
	return nodes
}

// sisterError is the share of the growth of another count of the platform's users by which that of the count in question
// may differ from it, a standard deviation: an assumption, for too few platforms publish both to estimate it.
const sisterError = 0.5

// join sets the growth of a node from the averages of own and sister pieces and gives the log likelihood of all pieces.
// The errors of either kind are widened by its scatter, that of the best decay, if its pieces differ by more than their
// errors allow (Birge 1932, Physical Review 40); the sisters' average has the further error that all sisters share.
func (n *DriftNode) join(averages [2]averaged, scatter [2]float64) (logLikelihood float64) {
	var information, weighted float64
	for k, a := range averages {
		if a.n == 0 {
			continue
		}
		v := a.variance * scatter[k]
		if k == 1 {
			v += sisterError * sisterError * a.growth * a.growth
		}
		information, weighted, logLikelihood = information+1/v, weighted+a.growth/v, logLikelihood-a.chi2/scatter[k]/2
	}
	n.Mean, n.SD = weighted/information, 1/math.Sqrt(information)
	if own, sisters := averages[0], averages[1]; own.n > 0 && sisters.n > 0 { // the two averages may disagree as well
		v := own.variance*scatter[0] + sisters.variance*scatter[1] + math.Pow(sisterError*sisters.growth, 2)
		logLikelihood -= math.Pow(own.growth-sisters.growth, 2) / v / 2
	}
	return logLikelihood
}

// averaged is the weighted least squares growth at month 0 of n pieces, its variance, and the sum of squares about it in
// units of the errors.
type averaged struct {
	growth, variance, chi2 float64
	n                      int
}

// averagePieces averages the own or the sister pieces given the decay c.
func averagePieces(evidence []piece, c float64, sister bool) averaged {
	var out averaged
	var information, weighted float64
	for _, e := range evidence {
		if e.sister == sister {
			a := average(c, e.from, e.to)
			information, weighted = information+a*a/(e.sd*e.sd), weighted+a*e.mean/(e.sd*e.sd)
			out.n++
		}
	}
	out.growth, out.variance = weighted/information, 1/information
	for _, e := range evidence {
		if e.sister == sister {
			z := (e.mean - out.growth*average(c, e.from, e.to)) / e.sd
			out.chi2 += z * z
		}
	}
	return out
}

// average is the mean over a window of growth that is 1 at month 0 and fades at pace c.
func average(c, from, to float64) float64 {
	return (decayed(c, to) - decayed(c, from)) / (to - from)
}

// fromEvidence models a series of few readings. between is the spread between accounts of top lists.
func (f *facts) fromEvidence(s line, evidence []stretch, asOf time.Time, between float64, r rhythm) (*side, error) {
	level, _ := s.last()
	vol := f.volatility(s, evidence, r)
	known := pieces(evidence, level.on, between, vol)
	if len(known) == 0 {
		return nil, &tooLittle{"no_growth_" + s.platform, fmt.Sprintf("nothing known by then tells how fast %s grew", f.name(s.platform))}
	}
	nodes := posterior(known, r)
	growth, sd := mixture(nodes)
	out := &side{platform: s.platform, line: s, level: level, growth: growth, growthSD: sd, method: "evidence", evidence: evidence}
	out.model = GrowthModel{LogLevel: level.log, LevelSD: level.sd, AgeDays: out.ageDays(asOf), Nodes: nodes, Vol: vol}
	for _, e := range evidence {
		if e.role == rolePanel {
			out.accounts++
		}
	}
	out.basis = basisOf(evidence, between, r)
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
func (f *facts) volatility(s line, evidence []stretch, r rhythm) float64 {
	growth := make([]float64, len(evidence))
	for i, e := range evidence {
		growth[i] = e.growth
	}
	least := 1e-4
	if m := f.Metrics[s.metric]; m.Unit == "users" || m.Unit == "accounts" {
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
func basisOf(evidence []stretch, between float64, r rhythm) string {
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
			parts = append(parts, fmt.Sprintf("%s of its top list (ranked in it within a year, or with at least half of its average followers): %s%s",
				plural(len(rates), "account", "accounts"), span, panelWords(evidence, between)))
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

// panelWords says what the panel as a whole tells.
func panelWords(evidence []stretch, between float64) string {
	panel := without(evidence, func(e stretch) bool { return e.role != rolePanel })
	if len(panel) < 2 || !measure.Finite(between) {
		return ""
	}
	m := meanGrowth(panel, between)
	return fmt.Sprintf(", together %.1f±%.1f %% at the size of the list's average account", 100*math.Expm1(m.mean), 100*m.sd)
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
