package measure

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// DisagreeP is the p-value of Cochran's Q below which sources are said to disagree. It is 0.01 so that two neighbouring
// displayed values (318 and 319 million: p = 0.0143), which one true count between them explains, are not called a
// contradiction.
const DisagreeP = 0.01

// InverseVariance is the weighted mean of independent estimates of one value with known standard deviations, its
// standard deviation, Cochran's Q and the p-value of Q (NaN for a single estimate). Cochran 1954, Biometrics 10.
func InverseVariance(points, sds []float64) (mean, sd, q, p float64, err error) {
	if len(points) == 0 || len(points) != len(sds) {
		return 0, 0, 0, 0, fmt.Errorf("inverse variance of %d points with %d deviations", len(points), len(sds))
	}
	var weights, sum float64
	for i, x := range points {
		if !Finite(x) || !(sds[i] > 0) || !Finite(sds[i]) {
			return 0, 0, 0, 0, fmt.Errorf("inverse variance: %v ± %v, want finite numbers and a positive deviation", x, sds[i])
		}
		w := 1 / (sds[i] * sds[i])
		weights += w
		sum += w * (x - points[0]) // relative to the first: no cancellation with great counts
	}
	mean, sd = points[0]+sum/weights, 1/math.Sqrt(weights)
	for i, x := range points {
		q += (x - mean) / sds[i] * ((x - mean) / sds[i])
	}
	p = math.NaN()
	if len(points) > 1 {
		p = distuv.ChiSquared{K: float64(len(points) - 1)}.Survival(q)
	}
	return mean, sd, q, p, nil
}

// RandomEffects is the DerSimonian-Laird mean: the spread of the sources beyond their own errors (tau, a standard
// deviation) is estimated from Q and added to each error. With tau = 0 it equals [InverseVariance].
// DerSimonian and Laird 1986, Controlled Clinical Trials 7.
func RandomEffects(points, sds []float64) (mean, sd, tau float64, err error) {
	mean, sd, q, _, err := InverseVariance(points, sds)
	if err != nil || len(points) < 2 {
		return mean, sd, 0, err
	}
	excess := q - float64(len(points)-1)
	if excess <= 0 {
		return mean, sd, 0, nil
	}
	tau = math.Sqrt(excess / unequalWeights(sds))
	wide := make([]float64, len(sds))
	for i, s := range sds {
		wide[i] = math.Hypot(s, tau)
	}
	mean, sd, _, _, err = InverseVariance(points, wide)
	return mean, sd, tau, err
}

// unequalWeights is W - sum w^2/W with W the sum of the weights w = 1/sd^2, written as a sum over pairs so that one
// overwhelming weight does not cancel the rest away.
func unequalWeights(sds []float64) float64 {
	var total, pairs float64
	for i, s := range sds {
		w := 1 / (s * s)
		total += w
		for _, o := range sds[:i] {
			pairs += 2 * w / (o * o)
		}
	}
	return pairs / total
}

// A Witness is one source's reading of a figure.
type Witness struct {
	Source  string // who says so
	Trust   string // "A", "B", "C"; anything else counts as worse than C
	Reading Reading
	ExtraSD float64 // further standard uncertainty beside the rounding, such as that of the date
}

func (w Witness) sd() float64 {
	// An exact display still counts whole things: its uncertainty is that of a step of one, so that two exact figures
	// that differ have a finite Q.
	return math.Hypot(max(w.Reading.SD(), RoundingSD(1)), w.ExtraSD)
}

// Combined is one figure made of several witnesses, with their disagreement kept.
type Combined struct {
	Estimate
	Q, P      float64   // Cochran's Q over all distinct figures and its p-value; NaN with fewer than two
	Distinct  int       // distinct figures among the witnesses
	Tau       float64   // spread beyond the sources' own errors that the interval includes; 0 if none
	Used      []bool    // by witness: whether it fed the point
	Outlier   []bool    // by witness: whether it lies outside the interval by more than its own error
	Deviation []float64 // by witness: (its point - Point) in its own standard deviations; NaN for a lower bound
}

// ErrNoWitness is returned by [Combine] without a reading.
var ErrNoWitness = errors.New("no reading to combine")

// Combine makes one estimate of the readings that several sources give for one figure at one date.
//
// Repeats of one figure (same point, same step) are one piece of evidence, not several: sources copy one another. The
// distinct figures are combined by inverse variance. If Cochran's Q says that they disagree (p < [DisagreeP]), only the
// best trust class present speaks (flag resolved_by_trust): a company's filing is not averaged with a blog. If the best
// class disagrees within itself, its members are combined with their spread added to the error (DerSimonian-Laird, flag
// widened_by_dispute). Either way sources_disagree is set, and Used, Outlier and Deviation show every source beside the
// point; nothing is dropped from sight. Lower bounds (censored readings) feed the point only where there is nothing else.
// The result does not depend on the order of the witnesses.
func Combine(witnesses []Witness, level float64) (Combined, error) {
	c := Combined{Q: math.NaN(), P: math.NaN(), Used: make([]bool, len(witnesses)), Outlier: make([]bool, len(witnesses)),
		Deviation: make([]float64, len(witnesses))}
	if len(witnesses) == 0 {
		return Combined{}, ErrNoWitness
	}
	for _, w := range witnesses {
		if !Finite(w.Reading.Point()) {
			return Combined{}, fmt.Errorf("combine: %q reads %v, want a finite number", w.Source, w.Reading.Value)
		}
	}
	all := distinct(witnesses)
	c.Distinct = len(all)
	if len(all) == 0 {
		return lowerBound(c, witnesses, level), nil
	}
	points, sds := columns(all)
	var err error
	if _, _, c.Q, c.P, err = InverseVariance(points, sds); err != nil {
		return Combined{}, err
	}
	speakers := all
	disputed := c.P < DisagreeP
	if disputed {
		speakers = bestTrust(all)
	}
	if c.Estimate, c.Tau, err = pool(speakers, level); err != nil {
		return Combined{}, err
	}
	if disputed {
		c.Flags = c.Flags.With(SourcesDisagree)
	}
	if len(speakers) < len(all) {
		c.Flags = c.Flags.With(ResolvedByTrust)
	}
	if len(all) == 1 {
		c.Q = math.NaN() // one figure cannot disagree with itself
	}
	c.judge(witnesses, speakers)
	return c, nil
}

// distinct are the witnesses with different figures, lower bounds left out, in a fixed order, each with the best trust
// of those who repeat it.
func distinct(witnesses []Witness) []Witness {
	var out []Witness
	for _, w := range witnesses {
		if w.Reading.Mode != CensoredRight {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b Witness) int {
		return cmp.Or(cmp.Compare(a.Reading.Point(), b.Reading.Point()), cmp.Compare(a.sd(), b.sd()),
			cmp.Compare(trustRank(a.Trust), trustRank(b.Trust)), cmp.Compare(a.Source, b.Source))
	})
	return slices.CompactFunc(out, sameFigure)
}

func sameFigure(a, b Witness) bool {
	return a.Reading.Point() == b.Reading.Point() && a.sd() == b.sd()
}

func bestTrust(ws []Witness) []Witness {
	best := math.MaxInt
	for _, w := range ws {
		best = min(best, trustRank(w.Trust))
	}
	var out []Witness
	for _, w := range ws {
		if trustRank(w.Trust) == best {
			out = append(out, w)
		}
	}
	return out
}

// trustRank orders trust classes, best first; an unknown class is the worst.
func trustRank(trust string) int {
	if len(trust) == 1 && trust[0] >= 'A' && trust[0] <= 'C' {
		return int(trust[0] - 'A')
	}
	return 3
}

// BetterTrust reports whether class a is better than class b.
func BetterTrust(a, b string) bool { return trustRank(a) < trustRank(b) }

func columns(ws []Witness) (points, sds []float64) {
	for _, w := range ws {
		points, sds = append(points, w.Reading.Point()), append(sds, w.sd())
	}
	return points, sds
}

func pool(ws []Witness, level float64) (Estimate, float64, error) {
	if len(ws) == 1 {
		w := ws[0]
		e := w.Reading.Estimate(level)
		if w.ExtraSD > 0 {
			e = Normal(w.Reading.Point(), w.sd(), level, "single reading")
		}
		return e, 0, nil
	}
	points, sds := columns(ws)
	mean, sd, _, p, err := InverseVariance(points, sds)
	if err != nil {
		return Estimate{}, 0, err
	}
	if p >= DisagreeP {
		e := Normal(mean, sd, level, "inverse variance")
		e.N = len(ws)
		return e, 0, nil
	}
	mean, sd, tau, err := RandomEffects(points, sds)
	if err != nil {
		return Estimate{}, 0, err
	}
	e := Normal(mean, sd, level, "random effects").With(WidenedByDispute)
	e.N = len(ws)
	return e, tau, nil
}

func lowerBound(c Combined, witnesses []Witness, level float64) Combined {
	best := 0
	for i, w := range witnesses {
		c.Deviation[i] = math.NaN()
		if w.Reading.Value > witnesses[best].Reading.Value {
			best = i
		}
	}
	c.Estimate = witnesses[best].Reading.Estimate(level)
	for i, w := range witnesses {
		c.Used[i] = w.Reading.Value == c.Point
	}
	return c
}

func (c *Combined) judge(witnesses, speakers []Witness) {
	for i, w := range witnesses {
		if w.Reading.Mode == CensoredRight {
			c.Deviation[i] = math.NaN()
			c.Outlier[i] = w.Reading.Lo > c.Hi
			continue
		}
		c.Used[i] = slices.ContainsFunc(speakers, func(s Witness) bool { return sameFigure(s, w) })
		c.Deviation[i] = (w.Reading.Point() - c.Point) / w.sd()
		slack := Z(0.95) * w.sd()
		c.Outlier[i] = w.Reading.Point()+slack < c.Lo || w.Reading.Point()-slack > c.Hi
	}
}
