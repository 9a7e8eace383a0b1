package events

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The two methods that hold an event against units it should not have touched.
const (
	MethodDifference = "difference_in_differences"
	MethodSynthetic  = "synthetic_control"
)

// DatesOnly says that the error of an effect comes from placebo dates alone, as there are too few controls for a spread.
const DatesOnly measure.Flag = "placebo_dates_only"

const (
	mostControls = 40   // the largest at the eve of the event: more only cost time
	leastSpread  = 2    // controls from which their spread gives an error
	poorFit      = 0.25 // a synthetic control that misses the path before the event by more than this share of its own movement is none
)

// A Control is one event judged on one metric against units of other families, which it should not have touched.
type Control struct {
	Event
	Target, Metric, Method string
	Treated, Controls      int
	Before, After          int              // months of the path before and after the eve of the event
	Effect                 measure.Estimate // difference: growth per month; synthetic: level at the end of the path; relative
	P, Q                   float64          // NaN where not computable
	LeastP                 float64          // the smallest p that so many placebos allow; NaN where p is not a rank
	Placebos               int              // placebo dates at which the same was done
	PlaceboP               float64          // share of dates, the event among them, with a statistic as large
	PretrendP              float64          // of a difference of growth within the months before; NaN where not computable
	Fit                    float64          // synthetic: gap before the event beside the movement of the path
	Weights                string           // synthetic: who stands for the treated unit, the heaviest first
	Verdict                Verdict
	Words                  string
	Flags                  measure.Flags
	statistic              float64
}

// bend is the change of log growth per month between the months before and after the eve, of a path with so many
// months before.
func bend(path []float64, before int) float64 {
	after := len(path) - 1 - before
	return path[before+after]/float64(after) + path[0]/float64(before)
}

// differences is the difference in differences of the growth of the treated units and of the controls, with the error
// that the controls' own spread shows, Student's t. P is NaN with fewer than two controls.
func differences(d design) (effect measure.Estimate, p float64) {
	mean := func(paths [][]float64) (m, sd float64) {
		x := make([]float64, len(paths))
		for i, path := range paths {
			x[i] = bend(path, d.before)
		}
		return stat.MeanStdDev(x, nil)
	}
	treated, _ := mean(d.treated)
	control, sd := mean(d.controls)
	exact := func(v float64) measure.Estimate { return measure.Estimate{Point: v} }
	effect = DifferenceInDifferences(exact(0), exact(treated), exact(0), exact(control), 0.95)
	if len(d.controls) < leastSpread || !(sd > 0) {
		effect.SD, effect.Lo, effect.Hi = math.NaN(), math.NaN(), math.NaN()
		return effect, math.NaN()
	}
	n := float64(len(d.controls))
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}
	se := sd * math.Sqrt(1/float64(len(d.treated))+1/n)
	half := t.Quantile(0.975) * se
	effect.SD, effect.Lo, effect.Hi = se, effect.Point-half, effect.Point+half
	return effect, 2 * t.Survival(math.Abs(effect.Point)/se)
}

func differenceControl(c *Control, d design, placebos []design) {
	effect, p := differences(d)
	c.Effect, c.P = effect.Map(math.Expm1, math.Exp(effect.Point)), p
	c.statistic = math.Abs(effect.Point)
	half := d.before / 2
	early := design{before: half, after: d.before - half}
	early.treated, early.controls = upTo(d.treated, d.before), upTo(d.controls, d.before)
	_, c.PretrendP = differences(rebased(early))
	var others, sizes []float64
	for _, other := range placebos {
		e, _ := differences(other)
		others, sizes = append(others, e.Point), append(sizes, math.Abs(e.Point))
	}
	c.rank(sizes)
	if n := float64(len(others)); math.IsNaN(c.P) && n >= 2 { // too few controls for a spread: the dates give the error
		c.P, c.LeastP, c.Flags = c.PlaceboP, 1/(1+n), c.Flags.With(DatesOnly)
		e := effect
		e.Lo, e.Hi, e.Level = e.Point-slices.Max(others), e.Point-slices.Min(others), (n-1)/(n+1)
		c.Effect = e.Map(math.Expm1, math.Exp(e.Point))
	}
}

func (c *Control) rank(placebos []float64) {
	c.Placebos, c.PlaceboP = len(placebos), math.NaN()
	if len(placebos) > 0 {
		c.PlaceboP = PlaceboP(c.statistic, placebos)
	}
}

// synthesise is the synthetic control of one path among donors.
func synthesise(path []float64, donors [][]float64, before int) (Synthetic, error) {
	pre, post := make([][]float64, len(donors)), make([][]float64, len(donors))
	for j, d := range donors {
		pre[j], post[j] = d[:before+1], d[before+1:]
	}
	return SyntheticControl(path[:before+1], path[before+1:], pre, post)
}

// synthetics are the ratio of the gaps after and before, and the last gap, of each treated path; the fit and the mean
// weights.
func synthetics(d design) (ratios, last, fits, weights []float64) {
	weights = make([]float64, len(d.controls))
	for _, path := range d.treated {
		s, err := synthesise(path, d.controls, d.before)
		if err != nil {
			continue
		}
		ratios, last = append(ratios, s.Ratio), append(last, s.Gaps[len(s.Gaps)-1])
		fits = append(fits, s.PreRMSPE/max(stat.PopStdDev(path[:d.before+1], nil), 1e-12))
		for j, w := range s.Weights {
			weights[j] += w / float64(len(d.treated))
		}
	}
	return ratios, last, fits, weights
}

// syntheticControl gives each treated unit its synthetic control and takes the middle one; each control in turn is the
// placebo. The interval is the gap less the extremes of the placebos' own gaps, at the level (J-1)/(J+1) that J of them
// give.
func syntheticControl(c *Control, d design, placebos []design) {
	c.P, c.LeastP, c.PlaceboP, c.Fit = math.NaN(), 1/float64(1+len(d.controls)), math.NaN(), math.NaN()
	ratios, last, fits, weights := synthetics(d)
	if len(ratios) == 0 || len(d.controls) < leastSpread {
		c.Effect = measure.Undefined("synthetic control", measure.FewPoints)
		return
	}
	var placeboRatios, placeboLast []float64
	for j := range d.controls {
		rest := slices.Delete(slices.Clone(d.controls), j, j+1)
		if s, err := synthesise(d.controls[j], rest, d.before); err == nil {
			placeboRatios, placeboLast = append(placeboRatios, s.Ratio), append(placeboLast, s.Gaps[len(s.Gaps)-1])
		}
	}
	c.statistic, c.Fit, c.Weights = median(ratios), median(fits), heaviest(d.names, weights)
	gap := median(last)
	c.Effect = measure.Estimate{Point: gap, SD: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), N: len(d.treated), Method: "synthetic control, placebo units"}
	if n := float64(len(placeboLast)); n >= 2 {
		c.P, c.LeastP = PlaceboP(c.statistic, placeboRatios), 1/(1+n)
		c.Effect.Lo, c.Effect.Hi, c.Effect.Level = gap-slices.Max(placeboLast), gap-slices.Min(placeboLast), (n-1)/(n+1)
	}
	c.Effect = c.Effect.Map(math.Expm1, math.Exp(gap))
	var others []float64
	for _, other := range placebos {
		if r, _, _, _ := synthetics(other); len(r) > 0 && len(other.controls) >= leastSpread {
			others = append(others, median(r))
		}
	}
	c.rank(others)
}

func median(x []float64) float64 {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// heaviest writes the weights of at least a hundredth, the greatest first.
func heaviest(names []string, weights []float64) string {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b], weights[a]) })
	var parts []string
	for _, i := range order {
		if weights[i] >= 0.01 {
			parts = append(parts, fmt.Sprintf("%s %.2f", names[i], weights[i]))
		}
	}
	return strings.Join(parts, "; ")
}

// Controls judges each event on the metrics of its platform, and on the followers of its accounts, against the same
// metric of platforms of other families by both methods, with false-discovery control over each method.
func Controls(all []Event, d series.Data, accounts []unit) ([]Control, error) {
	units := append(unitsOf(d), accounts...)
	var out []Control
	for _, ev := range all {
		p, _ := d.Platform(ev.Platform)
		for _, metric := range append(slices.Clone(judged), followers) {
			var treated, controls []unit
			for _, u := range units {
				switch {
				case u.metric != metric:
				case u.platform == ev.Platform:
					treated = append(treated, u)
				case u.family != p.Family:
					controls = append(controls, u)
				}
			}
			if slices.ContainsFunc(treated, func(u unit) bool { return hasNear(u.points, ev.On) }) {
				out = append(out, controlsOf(ev, metric, treated, controls)...)
			}
		}
	}
	for _, method := range []string{MethodDifference, MethodSynthetic} {
		q, err := discoveries(len(out), func(i int) float64 {
			if out[i].Method != method {
				return math.NaN()
			}
			return out[i].P
		})
		if err != nil {
			return nil, err
		}
		for i := range out {
			if out[i].Method == method {
				out[i].Q = q[i]
			}
		}
	}
	for i := range out {
		out[i].conclude()
	}
	return out, nil
}

func controlsOf(ev Event, metric string, treated, controls []unit) []Control {
	d := designAt(ev.On, treated, controls)
	nan := math.NaN()
	c := Control{Event: ev, Target: ev.Platform, Metric: metric, Treated: len(d.treated), Controls: len(d.controls), Before: d.before, After: d.after,
		Effect: measure.Undefined("control"), P: nan, Q: nan, LeastP: nan, PlaceboP: nan, PretrendP: nan, Fit: nan}
	one, other := c, c
	one.Method, other.Method = MethodDifference, MethodSynthetic
	if len(d.treated) == 0 || len(d.controls) == 0 {
		one.Flags, other.Flags = one.Flags.With(measure.FewPoints), other.Flags.With(measure.FewPoints)
		return []Control{one, other}
	}
	placebos := placeboDesigns(ev.On, d, treated, controls)
	differenceControl(&one, d, placebos)
	syntheticControl(&other, d, placebos)
	return []Control{one, other}
}
