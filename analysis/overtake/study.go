package overtake

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// A study is one as-of date: what was known by then, what that teaches about growth, and the sides modelled so far. It
// is not safe for concurrent use.
type study struct {
	facts  *facts // known by asOf
	asOf   time.Time
	seed   uint64
	n      int // paths
	rhythm rhythm
	sides  map[[2]string]*side
	drawn  map[[2]string][][]float64
	days   []float64 // the grid
}

// Defaults of a [Request].
const (
	DefaultPaths   = 4000
	DefaultHorizon = 1826 * 24 * time.Hour // five years
)

func newStudy(all *facts, asOf time.Time, horizon time.Duration, seed uint64, paths int) (*study, error) {
	st := &study{facts: all.known(asOf), asOf: asOf, seed: seed, n: paths, sides: map[[2]string]*side{}, drawn: map[[2]string][][]float64{}}
	st.days = horizonGrid(math.Round(horizon.Hours() / 24))
	var err error
	st.rhythm, err = st.facts.rhythmOf(asOf)
	return st, err
}

// A tooLittle says in words why a series cannot be forecast.
type tooLittle struct{ flag, why string }

func (e *tooLittle) Error() string { return e.why }

// side is the model of one platform, or a *tooLittle.
func (st *study) side(platform, metric string) (*side, error) {
	key := [2]string{platform, metric}
	if s, ok := st.sides[key]; ok {
		return s, nil
	}
	s, err := st.newSide(platform, metric)
	if err == nil {
		st.sides[key] = s
	}
	return s, err
}

func (st *study) newSide(platform, metric string) (*side, error) {
	f, name := st.facts, st.facts.name(platform)
	s, err := f.seriesOf(platform, metric)
	if err != nil {
		return nil, err
	}
	level, ok := s.last()
	if !ok {
		return nil, &tooLittle{"no_reading", fmt.Sprintf("no figure of %s was known by %s", name, date(st.asOf))}
	}
	if closed := f.platforms[platform].closedOn; !closed.IsZero() && !closed.After(st.asOf) {
		return nil, &tooLittle{"closed_" + platform, fmt.Sprintf("%s closed by %s", name, date(closed))}
	}
	oldest, newest := s.points[0].on, level.on
	var evidence []stretch
	if len(s.points) < fitFrom {
		if evidence, err = f.gather(s, st.asOf); err != nil {
			return nil, err
		}
		for _, e := range evidence {
			oldest, newest = earlier(oldest, e.from), later(newest, e.to)
		}
	}
	if age, span := measure.DaysBetween(newest, st.asOf), measure.DaysBetween(oldest, newest); age > 366+3*span {
		return nil, &tooLittle{"stale_" + platform, fmt.Sprintf("the newest figure of %s is of %s, %s before, and all that is known spans %.0f days: "+
			"too little to carry that far", name, date(newest), ago(age), span)}
	}
	out, err := (*side)(nil), error(nil)
	if evidence == nil && len(s.points) >= fitFrom {
		out, err = f.fromSeries(s, st.asOf)
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
		s, err := st.facts.seriesOf(platform, metric)
		if last, ok := s.last(); err == nil && ok {
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
	if len(s.series.aside) > 0 {
		s.flags = append(s.flags, "set_aside_"+s.platform)
	}
	if s.method == "evidence" {
		s.flags = append(s.flags, fmt.Sprintf("few_readings_%s_%d", s.platform, len(s.series.points)))
	}
}

// stream is the random stream of a purpose: by seed and names, so that no comparison disturbs another.
func (st *study) stream(names ...string) *rand.Rand {
	return measure.Stream(st.seed, "overtake/"+st.asOf.Format(time.DateOnly)+"/"+strings.Join(names, "/"))
}

// paths are the futures of a side: one draw for all comparisons that it takes part in.
func (st *study) paths(s *side) [][]float64 {
	key := [2]string{s.platform, s.series.metric}
	p, ok := st.drawn[key]
	if !ok {
		p = s.model.LogPaths(st.stream(s.series.metric, s.platform), st.days, st.n)
		st.drawn[key] = p
	}
	return p
}

// A duel is the joint futures of two sides.
type duel struct {
	challenger, leader           *side
	challengerPaths, leaderPaths [][]float64
}

// duel pairs the futures of two sides. corr correlates their errors, see correlate. What the dates of few readings leave
// open is drawn here: a figure that holds for some day of a month stands at the month's end with an error of growth times
// days, and where both figures come from one page and one period it is the same day for both.
func (st *study) duel(challenger, leader *side, corr float64) duel {
	d := duel{challenger, leader, st.paths(challenger), st.paths(leader)}
	metric := challenger.series.metric
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
	d.challengerPaths = shifted(d.challengerPaths, shift[challenger], challenger.dateError())
	d.leaderPaths = shifted(d.leaderPaths, shift[leader], leader.dateError())
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

// platformsWith are the platforms that have a figure of the metric, in order.
func (f *facts) platformsWith(metric string) []string {
	var out []string
	for _, r := range f.readings {
		if r.metric == metric && !slices.Contains(out, r.platform) {
			out = append(out, r.platform)
		}
	}
	slices.Sort(out)
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
