package forecast

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// A record is one past forecast whose target has come: by how many of its own scales the truth missed the point.
type record struct {
	id     string
	kind   Step
	h      int
	target float64 // running time of the target: a later cutoff may use the record, an earlier one may not
	u      float64
}

// A records is a list ordered by target.
type records []record

func (r records) sort() {
	slices.SortFunc(r, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.id, b.id), cmp.Compare(a.h, b.h), cmp.Compare(a.u, b.u))
	})
}

// until gives the records whose target is not after the cutoff.
func (r records) until(cutoff float64) records {
	n, _ := slices.BinarySearchFunc(r, cutoff, func(a record, t float64) int {
		if a.target <= t {
			return -1
		}
		return 1
	})
	return r[:n]
}

// A shape holds the numbers of the calibration; README.md says how they were chosen.
type shape struct {
	nu       float64 // Student's t, in two halves, that stands for scaled errors before any is seen
	down, up float64 // ... its scale below and above zero: series of counts surprise upwards more
	widen    float64 // ... times the horizon to this power: slopes change, which past errors of a quiet time do not show
	worth    float64 // what it weighs, in records
	own      float64 // weight of a record of the same series above one
	foreign  float64 // weight of a record of another spacing
	reach    float64 // how fast the weight falls with the ratio of horizons
	skew     float64 // share of a record's side that is kept: 0 = mirrored, 1 = as it fell
}

var standardShape = shape{nu: 5, down: 1.15, up: 1.3, widen: 0.1, worth: 80, own: 4, foreign: 0.3, reach: 1.5, skew: 0}

// A weighted is one scaled error and what it counts.
type weighted struct{ u, w float64 }

func byError(a, b weighted) int { return cmp.Or(cmp.Compare(a.u, b.u), cmp.Compare(a.w, b.w)) }

// maxPool bounds how many records of other series shape one interval; beyond it an even sample serves.
const maxPool = 1500

// A calibrator turns records into quantiles of scaled errors. It is safe for concurrent use; what it gives depends on its records only.
type calibrator struct {
	shape shape
	recs  records // ordered by target
	own   map[string]records

	mu    sync.Mutex
	bases map[baseKey][]weighted
}

type baseKey struct {
	n    int // records known
	kind Step
	h    int
}

func newCalibrator(sh shape, recs records) *calibrator {
	recs.sort()
	c := &calibrator{shape: sh, recs: recs, own: map[string]records{}, bases: map[baseKey][]weighted{}}
	for _, r := range recs {
		c.own[r.id] = append(c.own[r.id], r)
	}
	return c
}

// weight says what a record counts for a spacing and horizon.
func (sh shape) weight(r record, kind Step, h int) float64 {
	w := math.Exp(-sh.reach*math.Abs(math.Log(float64(h)/float64(r.h)))) / (1 + 0.2*float64(h-1))
	if r.kind != kind {
		w *= sh.foreign
	}
	return w
}

// add appends a record on the side it fell and mirrored.
func (sh shape) add(s []weighted, u, w float64) []weighted {
	return append(s, weighted{u, w * (1 + sh.skew) / 2}, weighted{-u, w * (1 - sh.skew) / 2})
}

// tGrid are the 199 mid-quantiles of Student's t with five degrees of freedom.
var tGrid = sync.OnceValue(func() []float64 {
	out := make([]float64, 199)
	t := distuv.StudentsT{Sigma: 1, Nu: 5}
	for i := range out {
		out[i] = t.Quantile((float64(i) + 0.5) / float64(len(out)))
	}
	return out
})

// base gives the start and the records of all series known so far, in order.
func (c *calibrator) base(n int, kind Step, h int) []weighted {
	key := baseKey{n, kind, h}
	c.mu.Lock()
	s, ok := c.bases[key]
	c.mu.Unlock()
	if ok {
		return s
	}
	sh, t := c.shape, tGrid()
	stride := 1 + n/maxPool
	s = make([]weighted, 0, len(t)+2*(n/stride+1))
	wide := math.Pow(float64(h), sh.widen)
	for _, u := range t {
		if u < 0 {
			u *= sh.down * wide
		} else {
			u *= sh.up * wide
		}
		s = append(s, weighted{u, sh.worth / float64(len(t))})
	}
	for i := 0; i < n; i += stride {
		s = sh.add(s, c.recs[i].u, sh.weight(c.recs[i], kind, h))
	}
	slices.SortFunc(s, byError)
	c.mu.Lock()
	if len(c.bases) > 4096 { // many cutoffs: keep memory bounded, the work is only repeated
		clear(c.bases)
	}
	c.bases[key] = s
	c.mu.Unlock()
	return s
}

// quantiles gives quantiles of scaled errors for one series, spacing and horizon from the records whose targets are not after the cutoff. The
// median stays at zero: the point forecast is not second-guessed. Records are mirrored (skew 0): the side on which past misses fell did
// not foretell the side of later ones.
func (c *calibrator) quantiles(cutoff float64, id string, kind Step, h int, probs []float64) []float64 {
	base := c.base(len(c.recs.until(cutoff)), kind, h)
	var own []weighted
	for _, r := range c.own[id].until(cutoff) {
		own = c.shape.add(own, r.u, c.shape.own*c.shape.weight(r, kind, h))
	}
	slices.SortFunc(own, byError)
	var total float64
	for _, x := range base {
		total += x.w
	}
	for _, x := range own {
		total += x.w
	}
	out := make([]float64, len(probs))
	var cum, last float64
	i, j := 0, 0
	for k, p := range probs { // ascending
		for cum < p*total && (i < len(base) || j < len(own)) {
			if j >= len(own) || (i < len(base) && byError(base[i], own[j]) <= 0) {
				cum, last = cum+base[i].w, base[i].u
				i++
			} else {
				cum, last = cum+own[j].w, own[j].u
				j++
			}
		}
		switch {
		case p == 0.5:
			out[k] = 0
		case p < 0.5:
			out[k] = math.Min(last, 0)
		default:
			out[k] = math.Max(last, 0)
		}
	}
	return out
}
