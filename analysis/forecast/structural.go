package forecast

import (
	"fmt"
	"math"
	"slices"
)

// A Scale says on which scale a model works.
type Scale int

const (
	ScaleAuto  Scale = iota // log where all readings are positive, else level
	ScaleLog                // growth is relative: needs positive readings
	ScaleLevel              // growth is in units of the series, made relative to its own size for the priors
	ScaleRoot               // between the two: the square root, so growth that slows from percents to units is a straight line
)

// rootPower is the power of ScaleRoot. Between 0.35 and 0.65 the scores hardly move.
const rootPower = 0.5

// A Trend says what a model believes about the slope.
type Trend int

const (
	TrendDamped Trend = iota // the slope wanders and fades (Ornstein-Uhlenbeck), so long fans do not run away
	TrendLinear              // the slope wanders and does not fade: local linear trend
	TrendNone                // no slope: local level
)

// A Spec chooses the form of a [Model]. Its zero value (damped trend, scale by the data) is the one to use for counts of users.
type Spec struct {
	Scale Scale
	Trend Trend
	// Prior replaces DefaultPrior where its SlopeSD is not zero.
	Prior Prior
}

// A Prior is what is believed before the first reading, weak enough that some ten readings overrule it. Sizes are relative
// (log units) per unit of T, days for dated series.
type Prior struct {
	SlopeSD   float64 // of the slope at the first reading, around zero
	LevelVol  float64 // centre of the level's volatility, per sqrt(T)
	SlopeVol  float64 // centre of the slope's volatility, per sqrt(T)
	Noise     float64 // centre of reading noise beyond the known, relative
	HalfLife  float64 // centre of the slope's half-life, T
	LogSpread float64 // standard deviation of the log of each of the above around its centre
}

// DefaultPrior is pooled over microblog platforms' user counts: a month moves a level by some 2 % beyond its trend, a year moves a monthly
// growth rate by about one point, and growth halves in about a year. Rolling origins on the shipped history chose the last two: slopes believed
// livelier or longer-lived made one- and two-year intervals on the log scale several times too wide.
var DefaultPrior = Prior{
	SlopeSD: 0.003, LevelVol: 0.004, SlopeVol: 1.5e-5, Noise: 0.003, HalfLife: 350, LogSpread: 1.2,
}

// A Model is a fitted trend of one series, with its parameters' uncertainty kept as weighted nodes. It is safe for concurrent use.
type Model struct {
	// Flags are words about the readings: "one_reading", "few_readings", "flat", "outlier", "not_positive".
	Flags []string
	// N counts the readings used.
	N int
	// LogEvidence is the logarithm of the density, in the unit of the series, that the model gave each reading after the first from those before
	// it, averaged over its prior: the sum of past one-step scores. Models of the same readings on different scales may be weighed by it.
	LogEvidence float64

	log   bool
	power float64 // of the root scale, 0 = none
	floor bool    // readings are never negative, so neither are futures
	unit  float64 // size of one working unit on the level scale; 1 on the log scale
	last  float64 // T of the last reading
	nodes []node
}

// A node is one parameter point: its weight and the state after the last reading.
type node struct {
	th theta
	s  state
	w  float64
}

// Last gives the running time of the last reading.
func (m *Model) Last() float64 { return m.last }

// Log tells whether the model works on logarithms.
func (m *Model) Log() bool { return m.log }

// Fit fits a trend to readings in any order: maximum likelihood times the prior, by Nelder-Mead, then the parameters' own
// uncertainty from the curvature at the optimum. One reading is enough (the answer is then the prior's).
// It refuses NaN, infinities, values beyond 1e100, and a log scale with readings that are not positive.
func Fit(obs []Obs, spec Spec) (*Model, error) {
	s, err := clean(obs)
	if err != nil {
		return nil, fmt.Errorf("fit trend: %w", err)
	}
	m, t, z, h, err := prepare(s, spec.Scale)
	if err != nil {
		return nil, fmt.Errorf("fit trend: %w", err)
	}
	pr := spec.Prior
	if pr.SlopeSD == 0 {
		pr = DefaultPrior
	}
	p := newProblem(t, z, h, spec.Trend, pr)
	m.nodes, m.LogEvidence = p.posterior()
	m.LogEvidence += m.logSlopes(s)
	if p.outliers {
		m.Flags = append(m.Flags, "outlier")
	}
	return m, nil
}

// logSlopes is the sum over the readings after the first of the logarithm of the slope of the working scale, which turns a density of
// working values into one of readings.
func (m *Model) logSlopes(s []Obs) float64 {
	var sum float64
	for _, o := range s[1:] {
		switch {
		case m.log:
			sum -= math.Log(o.Y)
		case m.power > 0:
			sum += (m.power-1)*math.Log(math.Max(o.Y/m.unit, 1e-3)) - math.Log(m.unit)
		default:
			sum -= math.Log(m.unit)
		}
	}
	return sum
}

// prepare turns readings into the working scale.
func prepare(s []Obs, scale Scale) (m *Model, t, z, h []float64, err error) {
	n := len(s)
	m = &Model{N: n, last: s[n-1].T, unit: 1, floor: true}
	positive, flat := true, true
	abs := make([]float64, n)
	for i, o := range s {
		positive = positive && o.Y > 0
		m.floor = m.floor && o.Y >= 0
		flat = flat && o.Y == s[0].Y
		abs[i] = math.Abs(o.Y)
	}
	switch {
	case scale == ScaleRoot && !m.floor:
		return nil, nil, nil, nil, fmt.Errorf("root scale needs readings that are not negative: use the level scale")
	case scale == ScaleLog && !positive:
		return nil, nil, nil, nil, fmt.Errorf("log scale needs readings above zero: use the level scale")
	case scale == ScaleAuto && !positive:
		m.Flags = append(m.Flags, "not_positive")
	}
	m.log = positive && scale != ScaleLevel && scale != ScaleRoot
	switch {
	case scale == ScaleRoot && sizeOf(abs) > 0:
		m.power, m.unit = rootPower, math.Max(abs[n-1], 1e-3*sizeOf(abs))
	case !m.log:
		m.unit = sizeOf(abs)
	}
	t, z, h = make([]float64, n), make([]float64, n), make([]float64, n)
	for i, o := range s {
		t[i] = o.T
		sd := o.SD
		switch {
		case m.log:
			z[i], sd = math.Log(o.Y), sd/o.Y
		case m.power > 0:
			r := o.Y / m.unit
			z[i], sd = math.Pow(r, m.power)/m.power, sd/m.unit*math.Pow(math.Max(r, 1e-3), m.power-1)
		default:
			z[i], sd = o.Y/m.unit, sd/m.unit
		}
		h[i] = sd * sd
	}
	switch {
	case n == 1:
		m.Flags = append(m.Flags, "one_reading")
	case n < 5:
		m.Flags = append(m.Flags, "few_readings")
	}
	if flat && n > 1 {
		m.Flags = append(m.Flags, "flat")
	}
	return m, t, z, h, nil
}

// sizeOf gives the typical size of a series: the median of absolute values, or their largest, or one.
func sizeOf(abs []float64) float64 {
	s := slices.Clone(abs)
	slices.Sort(s)
	for _, v := range []float64{s[len(s)/2], s[len(s)-1]} {
		if v > 0 {
			return v
		}
	}
	return 1
}

// median gives the middle of x, which it does not change; 0 for none.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := slices.Clone(x)
	slices.Sort(s)
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}
