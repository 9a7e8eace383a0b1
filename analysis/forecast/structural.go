package forecast

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
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
	m.nodes = p.posterior()
	if p.outliers {
		m.Flags = append(m.Flags, "outlier")
	}
	return m, nil
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

// A problem is one maximum-likelihood problem with its prior.
type problem struct {
	t, z, h  []float64
	trend    Trend
	slopeVar float64
	centre   [4]float64 // logs of sigmaL, sigmaE, sigmaB, kappa
	spread   float64
	dim      int
	outliers bool
}

func newProblem(t, z, h []float64, trend Trend, pr Prior) *problem {
	p := &problem{t: t, z: z, h: h, trend: trend, spread: pr.LogSpread}
	p.dim = map[Trend]int{TrendNone: 2, TrendLinear: 3, TrendDamped: 4}[trend]
	p.softenOutliers()
	vol, slope := p.pooledVolatility(pr.LevelVol)
	ratio := vol / pr.LevelVol // a livelier series is believed livelier in all its parts
	p.centre = [4]float64{math.Log(vol), math.Log(pr.Noise * ratio), math.Log(pr.SlopeVol * ratio), math.Log(math.Ln2 / pr.HalfLife)}
	if trend != TrendNone {
		sd := math.Max(pr.SlopeSD*math.Max(1, ratio), 2*math.Abs(slope))
		p.slopeVar = sd * sd
	}
	return p
}

// pooledVolatility blends the prior volatility (worth three steps) with that of the steps seen, on the log scale,
// and gives the overall slope as well. Steps are taken about the median slope by their median size, so one jump does not count.
func (p *problem) pooledVolatility(prior float64) (vol, slope float64) {
	n := len(p.z)
	if n < 2 {
		return prior, 0
	}
	rates := make([]float64, n-1)
	for i := range rates {
		rates[i] = (p.z[i+1] - p.z[i]) / (p.t[i+1] - p.t[i])
	}
	slope = (p.z[n-1] - p.z[0]) / (p.t[n-1] - p.t[0])
	if n < 4 {
		return prior, slope
	}
	mid := median(rates)
	steps := make([]float64, n-1)
	for i := range steps {
		d := p.t[i+1] - p.t[i]
		steps[i] = math.Abs(rates[i]-mid) * math.Sqrt(d)
	}
	seen := math.Max(1.4826*median(steps), prior*1e-3)
	const worth = 3.0
	w := float64(n-2) / (float64(n-2) + worth)
	return math.Exp(w*math.Log(seen) + (1-w)*math.Log(prior)), slope
}

// softenOutliers finds single readings far off both neighbours (eight times the usual deviation from the line between
// them) and gives them a noise of that size, so that they no longer steer the fit.
func (p *problem) softenOutliers() {
	n := len(p.z)
	if n < 6 {
		return
	}
	dev := make([]float64, n-2)
	abs := make([]float64, n-2)
	for i := range dev {
		w := (p.t[i+1] - p.t[i]) / (p.t[i+2] - p.t[i])
		dev[i] = p.z[i+1] - (1-w)*p.z[i] - w*p.z[i+2]
		abs[i] = math.Abs(dev[i])
	}
	usual := 1.4826 * median(abs)
	if usual == 0 {
		return
	}
	for i, d := range dev {
		// a spike: its neighbours bend the other way, half as much
		back := (i > 0 && dev[i-1]*d < 0 && abs[i-1] > 0.25*abs[i]) && (i+1 < len(dev) && dev[i+1]*d < 0 && abs[i+1] > 0.25*abs[i])
		if abs[i] > 8*usual && back {
			p.h[i+1] += d * d
			p.outliers = true
		}
	}
}

// theta reads the parameter vector (offsets of logs from the prior's centre).
func (p *problem) theta(x []float64) theta {
	th := theta{sigmaL: math.Exp(p.centre[0] + x[0]), sigmaE: math.Exp(p.centre[1] + x[1])}
	if p.dim > 2 {
		th.sigmaB = math.Exp(p.centre[2] + x[2])
	}
	if p.dim > 3 {
		th.kappa = math.Exp(p.centre[3] + x[3])
	}
	return th
}

// cost is minus the log posterior, finite everywhere.
func (p *problem) cost(x []float64) float64 {
	var c float64
	for _, v := range x {
		c += 0.5 * v * v / (p.spread * p.spread)
		if math.Abs(v) > 30 {
			return 1e300
		}
	}
	_, ll := p.theta(x).filter(p.t, p.z, p.h, p.slopeVar)
	if math.IsNaN(ll) || math.IsInf(ll, 0) {
		return 1e300
	}
	return c - ll
}

// mode finds the most probable parameters.
func (p *problem) mode(evals int) []float64 {
	x := make([]float64, p.dim)
	if len(p.z) < 2 {
		return x
	}
	settings := &optimize.Settings{FuncEvaluations: evals, Converger: &optimize.FunctionConverge{Absolute: 1e-4, Iterations: 25}}
	r, err := optimize.Minimize(optimize.Problem{Func: p.cost}, x, settings, &optimize.NelderMead{SimplexSize: 0.7})
	if r == nil || (err != nil && r.X == nil) {
		return x
	}
	return r.X
}

// posterior gives the parameter nodes: the mode and symmetric points along the axes of the curvature, weighted by their
// true posterior, which is a Gauss-Hermite-like quadrature that is exact for a normal posterior and tilts where it is not.
func (p *problem) posterior() []node {
	x := p.mode(80 * p.dim)
	axes := p.axes(x)
	base := p.cost(x)
	nodes := []node{}
	add := func(y []float64, w float64) {
		th := p.theta(y)
		s, _ := th.filter(p.t, p.z, p.h, p.slopeVar)
		nodes = append(nodes, node{th: th, s: s, w: w})
	}
	d := float64(p.dim)
	r := math.Sqrt(d + 2) // third-degree spherical rule of radius r with weight at the centre
	add(x, 2/(d+2))
	for _, a := range axes {
		for _, sign := range []float64{-1, 1} {
			y := slices.Clone(x)
			for i := range y {
				y[i] += sign * r * a[i]
			}
			normal := math.Exp(-r * r / 2)
			tilt := math.Exp(base-p.cost(y)) / normal
			add(y, (1/(2*(d+2)))*math.Min(4, math.Max(0.25, tilt)))
		}
	}
	var sum float64
	for _, n := range nodes {
		sum += n.w
	}
	for i := range nodes {
		nodes[i].w /= sum
	}
	return nodes
}

// axes gives the principal axes of the curvature at x, each as long as one posterior standard deviation; where the curvature is
// below the prior's (flat or not convex) the prior's is used.
func (p *problem) axes(x []float64) [][]float64 {
	const step = 0.15
	d := p.dim
	h := mat.NewSymDense(d, nil)
	f0 := p.cost(x)
	at := func(i, j int, si, sj float64) float64 {
		y := slices.Clone(x)
		y[i] += si * step
		y[j] += sj * step
		return p.cost(y)
	}
	for i := range d {
		h.SetSym(i, i, (at(i, i, .5, .5)-2*f0+at(i, i, -.5, -.5))/(step*step))
		for j := i + 1; j < d; j++ {
			h.SetSym(i, j, (at(i, j, 1, 1)-at(i, j, 1, -1)-at(i, j, -1, 1)+at(i, j, -1, -1))/(4*step*step))
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(h, true) {
		h = mat.NewSymDense(d, nil)
		for i := range d {
			h.SetSym(i, i, 1/(p.spread*p.spread))
		}
		eig.Factorize(h, true)
	}
	vals := eig.Values(nil)
	var vec mat.Dense
	eig.VectorsTo(&vec)
	out := make([][]float64, d)
	for k := range d {
		v := math.Max(vals[k], 1/(p.spread*p.spread))
		out[k] = make([]float64, d)
		for i := range d {
			out[k][i] = vec.At(i, k) / math.Sqrt(v)
		}
	}
	return out
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
