package overtake

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A study is one as-of date: what was known by then, what that teaches about growth, and the sides modelled so far. Once
// all sides that it needs are modelled it is only read.
type study struct {
	facts  *facts // known by asOf
	asOf   time.Time
	seed   uint64
	n      int // paths
	rhythm rhythm
	// edition is the stage of the model, common how two platforms' errors go together.
	edition Edition
	common  correlation
	sides   map[[2]string]*side
	failed  map[[2]string]error // why there is no side
	days    []float64           // the grid
}

// Defaults of a [Request].
const (
	DefaultPaths   = 4000
	DefaultHorizon = 1826 * 24 * time.Hour // five years
)

func newStudy(all *facts, asOf time.Time, horizon time.Duration, seed uint64, paths int, edition Edition) (*study, error) {
	known, err := all.known(asOf)
	if err != nil {
		return nil, err
	}
	st := &study{facts: known, asOf: asOf, seed: seed, n: paths, rhythm: known.rhythmOf(asOf), sides: map[[2]string]*side{},
		failed: map[[2]string]error{}, days: horizonGrid(math.Round(horizon.Hours() / 24)), edition: edition}
	if edition == Full {
		st.common = st.commonSurprise()
	}
	st.addSourceErrors()
	return st, nil
}

// A tooLittle says in words why a series cannot be forecast.
type tooLittle struct{ flag, why string }

func (e *tooLittle) Error() string { return e.why }

// side is the model of one platform, or a *tooLittle.
func (st *study) side(platform, metric string) (*side, error) {
	key := [2]string{platform, metric}
	if st.sides[key] == nil && st.failed[key] == nil {
		if st.sides[key], st.failed[key] = st.newSide(platform, metric); st.failed[key] == nil {
			st.draw(st.sides[key])
		}
	}
	return st.sides[key], st.failed[key]
}

func (st *study) newSide(platform, metric string) (*side, error) {
	f, name := st.facts, st.facts.name(platform)
	s := f.line(platform, metric)
	level, ok := s.last()
	if !ok {
		return nil, &tooLittle{"no_reading", fmt.Sprintf("no figure of %s was known by %s", name, date(st.asOf))}
	}
	if p, _ := f.Platform(platform); !p.Closed.To.IsZero() && !p.Closed.To.After(st.asOf) {
		return nil, &tooLittle{"closed_" + platform, fmt.Sprintf("%s closed by %s", name, date(p.Closed.To))}
	}
	oldest, newest := s.points[0].on, level.on
	var evidence []stretch
	if len(s.points) < fitFrom {
		evidence = f.gather(s, st.asOf)
		for _, e := range evidence {
			oldest, newest = earlier(oldest, e.from), later(newest, e.to)
		}
	}
	if age, span := measure.DaysBetween(newest, st.asOf), measure.DaysBetween(oldest, newest); age > 366+3*span {
		return nil, &tooLittle{"stale_" + platform, fmt.Sprintf("the newest figure of %s is of %s, %s before, and all that is known spans %.0f days: "+
			"too little to carry that far", name, date(newest), ago(age), span)}
	}
	var out *side
	var err error
	if len(s.points) >= fitFrom {
		out, err = f.fromSeries(s, st.asOf, st.edition)
	} else {
		out, err = f.fromEvidence(s, evidence, st.asOf, st.between(metric), st.rhythm)
	}
	if err != nil {
		return nil, err
	}
	st.warn(out)
	return out, nil
}

// between is the spread between accounts of top lists, learned from all platforms that have such a metric.
func (st *study) between(metric string) float64 {
	size, ok := listSize(metric)
	if !ok {
		return math.NaN()
	}
	var panels [][]stretch
	for _, platform := range st.facts.platformsWith(metric) {
		if last, ok := st.facts.line(platform, metric).last(); ok {
			panels = append(panels, st.facts.panel(platform, st.asOf, size, last.log-math.Log(float64(size))))
		}
	}
	return betweenAccounts(panels...)
}

// warn puts into flags what a reader must know of a side.
func (st *study) warn(s *side) {
	if age := s.ageDays(st.asOf); age > 366 {
		s.flags = append(s.flags, fmt.Sprintf("stale_%s_%.0fd", s.platform, age))
	}
	if s.level.derived {
		s.flags = append(s.flags, "derived_"+s.platform)
	}
	if s.level.dispute {
		s.flags = append(s.flags, "sources_disagree_"+s.platform)
	}
	if len(s.line.aside) > 0 {
		s.flags = append(s.flags, "set_aside_"+s.platform)
	}
	if s.method == "evidence" {
		s.flags = append(s.flags, fmt.Sprintf("few_readings_%s_%d", s.platform, len(s.line.points)))
	}
}

// stream is the random stream of a purpose: by seed and names, so that no comparison disturbs another.
func (st *study) stream(names ...string) *rand.Rand {
	return measure.Stream(st.seed, "overtake/"+st.asOf.Format(time.DateOnly)+"/"+strings.Join(names, "/"))
}

// draw draws the futures of a side: once, for all comparisons that it takes part in.
func (st *study) draw(s *side) {
	s.paths = s.model.LogPaths(st.stream(s.line.metric, s.platform), st.days, st.n)
	s.fan = st.fanOf(s.platform, s.paths)
}

// fanDays is about how many days of the grid a fan shows, fanPaths of how many futures: a decile is then good to 4 % of
// the standard deviation.
const (
	fanDays  = 16
	fanPaths = 2000
)

func (st *study) fanOf(platform string, paths [][]float64) []FanPoint {
	var at []int
	for i := 0; i < len(st.days); i += max(1, len(st.days)/fanDays) {
		at = append(at, i)
	}
	if last := len(st.days) - 1; at[len(at)-1] != last {
		at = append(at, last)
	}
	out := make([]FanPoint, len(at))
	for k, row := range fan(paths[:min(len(paths), fanPaths)], at, fanQuantiles) {
		out[k] = FanPoint{Platform: platform, On: Day{addDays(st.asOf, st.days[at[k]])}}
		for j, v := range row {
			out[k].Q[j] = math.Exp(min(v, maxLog))
		}
	}
	return out
}

// maxLog keeps levels finite: e^230 is beyond any count.
const maxLog = 230

// A duel is the joint futures of two sides.
type duel struct {
	challenger, leader           *side
	challengerPaths, leaderPaths [][]float64
}

// duel pairs the futures of two sides. corr correlates their errors, see correlate. What the dates of few readings leave
// open is drawn here: a figure that holds for some day of a month stands at the month's end with an error of growth times
// days, and where both figures come from one page and one period it is the same day for both.
func (st *study) duel(challenger, leader *side, corr float64) duel {
	d := duel{challenger, leader, challenger.paths, leader.paths}
	metric := challenger.line.metric
	d.leaderPaths = correlate(d.challengerPaths, d.leaderPaths, corr, st.stream(metric, challenger.platform, leader.platform, "correlation"))
	same := challenger.level.together(leader.level) && challenger.level.span == leader.level.span
	first, second := challenger, leader
	if first.platform > second.platform { // the same errors whoever challenges
		first, second = second, first
	}
	rng := st.stream(metric, first.platform, second.platform, "dates")
	shift := map[*side][]float64{first: make([]float64, st.n), second: make([]float64, st.n)}
	for i := range st.n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		if same {
			b = a
		}
		shift[first][i], shift[second][i] = a*first.dateError(), b*second.dateError()
	}
	if first.sourceError()+second.sourceError() > 0 {
		a, b := sourceShifts(st.stream(metric, first.platform, second.platform, "sources"), first, second, st.n)
		for i := range st.n {
			shift[first][i] += a[i]
			shift[second][i] += b[i]
		}
	}
	d.challengerPaths = shifted(d.challengerPaths, shift[challenger], challenger.dateError()+challenger.sourceError())
	d.leaderPaths = shifted(d.leaderPaths, shift[leader], leader.dateError()+leader.sourceError())
	return d
}

// dateError is the standard deviation, of the log level, that the date of the newest reading leaves open; 0 for a fitted
// series, where every reading's own error has been told to the fit.
func (s *side) dateError() float64 {
	if s.method != "evidence" {
		return 0
	}
	return s.level.span.DateSD(s.growth / daysPerMonth)
}

func shifted(paths [][]float64, by []float64, sd float64) [][]float64 {
	if sd == 0 || len(paths) == 0 {
		return paths
	}
	out := makePaths(len(paths), len(paths[0]))
	for i, p := range paths {
		for j, v := range p {
			out[i][j] = v + by[i]
		}
	}
	return out
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func date(t time.Time) string { return t.Format("2 January 2006") }

// ago says a number of days in the unit that a reader would use.
func ago(days float64) string {
	switch {
	case days < 61:
		return fmt.Sprintf("%.0f days", days)
	case days < 730:
		return fmt.Sprintf("%.0f months", days/daysPerMonth)
	}
	return fmt.Sprintf("%.1f years", measure.Years(days))
}
