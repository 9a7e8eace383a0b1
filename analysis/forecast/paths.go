package forecast

import (
	"math"
	"math/rand/v2"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Paths draws n joint futures of the true level at the running times at (ascending; times before the last reading give
// the level now). Each path has its own parameters, its own level and slope now, and its own shocks, so the spread over
// paths holds all of the uncertainty: level, drift, volatility and reading noise. paths[i][k] is path i at at[k].
// The same rng state gives the same paths.
func (m *Model) Paths(rng *rand.Rand, at []float64, n int) [][]float64 {
	out := make([][]float64, n)
	flat := make([]float64, n*len(at))
	steps := m.steps(at)
	for i := range out {
		row := flat[i*len(at) : (i+1)*len(at) : (i+1)*len(at)]
		k := m.pick(rng.Float64())
		m.walk(rng, &m.nodes[k], steps[k], row)
		out[i] = row
	}
	return out
}

// A step is the move from one asked time to the next under one node's parameters.
type step struct {
	f, a          float64
	cll, clb, cbb float64 // lower Cholesky factor of the noise
}

// steps works out the moves once for each node.
func (m *Model) steps(at []float64) [][]step {
	out := make([][]step, len(m.nodes))
	for k, nd := range m.nodes {
		out[k] = make([]step, len(at))
		now := m.last
		for i, t := range at {
			d := math.Max(0, t-now)
			now = math.Max(now, t)
			f, a, qll, qlb, qbb := nd.th.transition(d)
			cll, clb, cbb := cholesky2(qll, qlb, qbb)
			out[k][i] = step{f, a, cll, clb, cbb}
		}
	}
	return out
}

// walk draws one future of node nd into row.
func (m *Model) walk(rng *rand.Rand, nd *node, steps []step, row []float64) {
	cll, clb, cbb := cholesky2(nd.s.pll, nd.s.plb, nd.s.pbb)
	e1, e2 := rng.NormFloat64(), rng.NormFloat64()
	l, b := nd.s.l+cll*e1, nd.s.b+clb*e1+cbb*e2
	for i, st := range steps {
		e1, e2 = rng.NormFloat64(), rng.NormFloat64()
		l, b = l+st.f*b+st.cll*e1, st.a*b+st.clb*e1+st.cbb*e2
		row[i] = m.back(l)
	}
}

// pick chooses a node by a uniform number.
func (m *Model) pick(u float64) int {
	for k := range m.nodes {
		if u -= m.nodes[k].w; u < 0 {
			return k
		}
	}
	return len(m.nodes) - 1
}

// Quantiles gives the marginal quantiles of the true level: out[k][j] is quantile probs[j] at time at[k]. They are those of the
// mixture of normals over the parameter nodes, found by bisection, so no random numbers are involved.
func (m *Model) Quantiles(at, probs []float64) [][]float64 {
	out := make([][]float64, len(at))
	mu := make([]float64, len(m.nodes))
	sd := make([]float64, len(m.nodes))
	for i, t := range at {
		for k, nd := range m.nodes {
			s := nd.th.ahead(nd.s, t-m.last)
			mu[k], sd[k] = s.l, math.Sqrt(math.Max(s.pll, 0))
		}
		out[i] = make([]float64, len(probs))
		for j, p := range probs {
			out[i][j] = m.back(m.mixtureQuantile(mu, sd, p))
		}
	}
	return out
}

// mixtureQuantile inverts the distribution function of the nodes' normal mixture.
func (m *Model) mixtureQuantile(mu, sd []float64, p float64) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	z := distuv.UnitNormal.Quantile(p)
	for k := range mu {
		q := mu[k] + z*sd[k]
		lo, hi = math.Min(lo, q), math.Max(hi, q)
	}
	if !(hi > lo) {
		return lo
	}
	n := sort.Search(1<<20, func(i int) bool {
		x := lo + (hi-lo)*float64(i)/(1<<20)
		var c float64
		for k := range mu {
			if sd[k] <= 0 {
				if x >= mu[k] {
					c += m.nodes[k].w
				}
				continue
			}
			c += m.nodes[k].w * distuv.UnitNormal.CDF((x-mu[k])/sd[k])
		}
		return c >= p
	})
	return lo + (hi-lo)*float64(n)/(1<<20)
}

// State gives the mean and standard deviation of the working-scale level and slope after the last reading, averaged over
// the parameters: log units and log units per T on the log scale, else units of the series.
func (m *Model) State() (level, levelSD, slope, slopeSD float64) {
	var l2, b2 float64
	for _, nd := range m.nodes {
		level += nd.w * nd.s.l
		slope += nd.w * nd.s.b
		l2 += nd.w * (nd.s.l*nd.s.l + nd.s.pll)
		b2 += nd.w * (nd.s.b*nd.s.b + nd.s.pbb)
	}
	levelSD = math.Sqrt(math.Max(0, l2-level*level))
	slopeSD = math.Sqrt(math.Max(0, b2-slope*slope))
	u := m.unit
	return level * u, levelSD * u, slope * u, slopeSD * u
}

// maxLog keeps exponentials finite: e^230 is beyond any count.
const maxLog = 230

// back turns a working value into the unit of the series.
func (m *Model) back(x float64) float64 {
	if m.log {
		return math.Exp(math.Max(-maxLog, math.Min(maxLog, x)))
	}
	if m.power > 0 {
		return m.unit * math.Pow(math.Max(0, m.power*x), 1/m.power)
	}
	x *= m.unit
	if m.floor && x < 0 {
		return 0
	}
	return x
}

// cholesky2 factors a 2 x 2 covariance; a variance that rounding made negative counts as zero.
func cholesky2(pll, plb, pbb float64) (cll, clb, cbb float64) {
	cll = math.Sqrt(math.Max(pll, 0))
	if cll > 0 {
		clb = plb / cll
	}
	return cll, clb, math.Sqrt(math.Max(pbb-clb*clb, 0))
}
