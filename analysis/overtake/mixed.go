package overtake

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/forecast"
)

// A form is one way to model the trend of a series that is long enough to be fitted.
type form struct {
	name string
	spec forecast.Spec
}

// forms are the ways that are mixed. The first is that of the first edition.
var forms = []form{
	{"fading growth on the log scale", forecast.Spec{Scale: forecast.ScaleLog}},
	{"fading growth on the root scale", forecast.Spec{Scale: forecast.ScaleRoot}},
	{"no trend", forecast.Spec{Scale: forecast.ScaleLog, Trend: forecast.TrendNone}},
}

// leastWeight is the least weight of a form. Few readings do not rule out a form that they fit badly, because all forms are wrong.
const leastWeight = .1

// A mixed is several fitted trends and their weights: each future follows one of them.
type mixed struct {
	trends []fitted
	weight []float64 // sums to 1
}

// mixForms fits all forms and weighs them by how well each foretold every reading from those before it. The log evidence is divided by the square root of the
// number of readings: one-step scores of a model that is not the truth are no independent votes (a tempered posterior).
func mixForms(obs []forecast.Obs, asOf float64) (mixed, error) {
	var m mixed
	scores := make([]float64, len(forms))
	best := math.Inf(-1)
	for i, f := range forms {
		trend, err := forecast.Fit(obs, f.spec)
		if err != nil {
			return mixed{}, err
		}
		m.trends = append(m.trends, fitted{trend, asOf})
		scores[i] = trend.LogEvidence / math.Sqrt(float64(len(obs)))
		best = math.Max(best, scores[i])
	}
	var total float64
	for _, s := range scores {
		w := math.Max(leastWeight, math.Exp(s-best))
		m.weight = append(m.weight, w)
		total += w
	}
	for i := range m.weight {
		m.weight[i] /= total
	}
	return m, nil
}

// LogPaths implements [PathModel]: which form a future follows is drawn for each.
func (m mixed) LogPaths(rng *rand.Rand, days []float64, n int) [][]float64 {
	which, counts := make([]int, n), make([]int, len(m.trends))
	for i := range which {
		u := rng.Float64()
		k := 0
		for k < len(m.weight)-1 && u >= m.weight[k] {
			u -= m.weight[k]
			k++
		}
		which[i] = k
		counts[k]++
	}
	drawn := make([][][]float64, len(m.trends))
	for k, t := range m.trends {
		drawn[k] = t.LogPaths(rng, days, counts[k])
	}
	out := make([][]float64, n)
	for i, k := range which {
		out[i] = drawn[k][0]
		drawn[k] = drawn[k][1:]
	}
	return out
}

// growth is the mean and the standard deviation of the log growth per month at the last reading over the forms.
func (m mixed) growth() (mean, sd float64) {
	var square float64
	for i, t := range m.trends {
		g, s := t.growth()
		mean += m.weight[i] * g
		square += m.weight[i] * (g*g + s*s)
	}
	return mean, math.Sqrt(math.Max(0, square-mean*mean))
}

// growth is the log growth per month of a fitted trend at its last reading, from its state: on the root scale, where the level is
// (p x)^(1/p), a slope b of x is a growth of b/(p x).
func (f fitted) growth() (mean, sd float64) {
	level, _, slope, slopeSD := f.trend.State()
	if !f.trend.Log() && level != 0 {
		slope, slopeSD = slope/(rootPower*level), slopeSD/(rootPower*math.Abs(level))
	}
	return slope * daysPerMonth, slopeSD * daysPerMonth
}

// rootPower is the power of forecast.ScaleRoot.
const rootPower = .5

// words name the forms and their weights.
func (m mixed) words() string {
	parts := make([]string, len(forms))
	for i, f := range forms {
		parts[i] = fmt.Sprintf("%s %.0f %%", f.name, 100*m.weight[i])
	}
	return "forms of the trend weighed by how each foretold the readings: " + strings.Join(parts, ", ")
}
