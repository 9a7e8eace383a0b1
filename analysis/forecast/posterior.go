package forecast

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

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
//
// evidence is the logarithm of the likelihood averaged over the prior (Laplace's approximation): how well the model foretold each reading after
// the first from those before it.
func (p *problem) posterior() (_ []node, evidence float64) {
	x := p.mode(80 * p.dim)
	axes := p.axes(x)
	base := p.cost(x)
	evidence = -base - float64(p.dim)*math.Log(p.spread)
	for _, a := range axes {
		evidence += math.Log(norm(a))
	}
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
	return nodes, evidence
}

func norm(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v * v
	}
	return math.Sqrt(s)
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
