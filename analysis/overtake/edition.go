package overtake

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"

	"github.com/overtake-analytics/overtake/analysis/measure"
)

// An Edition is a stage of the model. The zero value is the full one; the first is kept so that what the full one changed can be seen.
type Edition int

// The editions.
const (
	// Full draws everything that is uncertain: the form of the trend of a fitted series, what a source may be off by, the correlation of the two
	// platforms' errors, and it says when figures will show the lead that is looked for.
	Full Edition = iota
	// First took one form of trend, trusted every source to its last printed digit, and took the two platforms for independent.
	First
)

func (e Edition) String() string {
	if e == First {
		return "first"
	}
	return "full"
}

// sourceError is by how much a figure of a trust class may be off beyond its rounding, a standard deviation of its logarithm: an assumption. In the
// shipped history sources that do not copy one another differ, for the same count and month, by 0.3 % where one is a filing (class A), and
// by 4 % in the median and 21 % in the mean square where one is a blog (class C).
var sourceError = map[string]float64{"A": .003, "B": .02, "C": .1}

// samePage is the correlation of the source errors of two figures of one page: an assumption. Who measures two platforms in one way is wrong about both
// in part alike. Where one figure was derived from the other, the page printed their ratio, and the correlation is 1.
const samePage = .5

// addSourceErrors tells the full edition what the sources may be off by. It comes after the rhythm has been learned, which speaks of growth within
// one source.
func (st *study) addSourceErrors() {
	if st.edition == First {
		return
	}
	for key, l := range st.facts.lines {
		for i := range l.points {
			if e, ok := sourceError[l.points[i].trust]; ok {
				l.points[i].sourceSD = e
			}
		}
		st.facts.lines[key] = l
	}
}

// sourceSDOfGrowth is what the source errors of two readings leave open of the growth between them, in log units: nothing where one page printed both,
// else the errors half cancel, for a counter that is wrong stays wrong.
func sourceSDOfGrowth(a, b point) float64 {
	if a.together(b) {
		return 0
	}
	return math.Sqrt((1 - samePage) * (a.sourceSD*a.sourceSD + b.sourceSD*b.sourceSD))
}

// sourceShifts draws by how much the levels of two sides are off, in log units; a side that was fitted has told its fit already.
func sourceShifts(rng *rand.Rand, one, other *side, n int) (a, b []float64) {
	a, b = make([]float64, n), make([]float64, n)
	rho := 0.0
	if one.level.together(other.level) {
		if rho = samePage; one.level.derived || other.level.derived {
			rho = 1
		}
	}
	for i := range n {
		x, y := rng.NormFloat64(), rng.NormFloat64()
		a[i] = x * one.sourceError()
		b[i] = (rho*x + math.Sqrt(1-rho*rho)*y) * other.sourceError()
	}
	return a, b
}

// sourceError is what the source of the newest level may be off by.
func (s *side) sourceError() float64 {
	if s.method != "evidence" {
		return 0
	}
	return s.level.sourceSD
}

// independenceWorth is how many half-years the belief in independence weighs.
const independenceWorth = 20

// A correlation is how the surprises of two platforms' growth go together.
type correlation struct {
	rho  float64
	from int // pairs of half-years behind it
}

// commonSurprise estimates the correlation of the errors of two platforms from all pairs of platforms known by the date: a surprise is the growth of a
// half-year less that of the half-year before it, in units of its series' usual surprise; a platform's is the mean over its counts of users and
// accounts. The mean product over all shared half-years is shrunk towards independence. Rising tides (a pandemic, a ban, a new way of counting) make
// it positive.
func (st *study) commonSurprise() correlation {
	byPlatform := map[string]map[int][]float64{}
	for _, l := range st.facts.userLines() {
		for k, d := range st.surprises(l) {
			if byPlatform[l.platform] == nil {
				byPlatform[l.platform] = map[int][]float64{}
			}
			byPlatform[l.platform][k] = append(byPlatform[l.platform][k], d)
		}
	}
	var sum float64
	var out correlation
	platforms := keys(byPlatform)
	for i, one := range platforms {
		for _, other := range platforms[i+1:] {
			for k := range mostHalfYears {
				x, y := byPlatform[one][k], byPlatform[other][k]
				if len(x) > 0 && len(y) > 0 {
					sum += stat.Mean(x, nil) * stat.Mean(y, nil)
					out.from++
				}
			}
		}
	}
	out.rho = math.Max(-.9, math.Min(.9, sum/(float64(out.from)+independenceWorth)))
	return out
}

// mostHalfYears is how far back surprises are looked for.
const mostHalfYears = 40

// surprises are the changes of growth from one half-year to the next, counted back from the as-of date, over their root mean square; a single one counts at
// most twice its usual size.
func (st *study) surprises(l line) map[int]float64 {
	var growth [mostHalfYears + 1]float64
	for k := range growth {
		growth[k] = math.NaN()
		end, begin := st.asOf.AddDate(0, -6*k, 0), st.asOf.AddDate(0, -6*k-6, 0)
		b, _, okB := l.at(end, longestGap)
		a, _, okA := l.at(begin, longestGap)
		if okA && okB {
			growth[k] = b - a
		}
	}
	out := map[int]float64{}
	var squares float64
	for k := range mostHalfYears {
		if d := growth[k] - growth[k+1]; measure.Finite(d) {
			out[k] = d
			squares += d * d
		}
	}
	usual := math.Sqrt(squares / float64(len(out)))
	if len(out) < 3 || !(usual > 0) {
		return nil
	}
	for k, d := range out {
		out[k] = math.Max(-2, math.Min(2, d/usual))
	}
	return out
}

// longestGap is how many days may lie between two readings for the level between them to tell of a half-year.
const longestGap = 300

// words say where a correlation comes from.
func (c correlation) words() string {
	if c.from == 0 {
		return "taken for independent: no two platforms have figures over the same half-years"
	}
	return fmt.Sprintf("correlation %+.2f, from %d half-years that two platforms share, shrunk towards independence", c.rho, c.from)
}
