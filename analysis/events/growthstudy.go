package events

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overtake-analytics/overtake/analysis/measure"
	"github.com/overtake-analytics/overtake/analysis/series"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// The numbers of the study of growth around events.
const (
	studyBefore = 12  // growth rates before an event at most,
	studyLeast  = 4   // and at least
	studyAfter  = 3   // growth rates after it at most, within studyDays
	studyDays   = 183 // days after an event that still belong to it
)

// A GrowthStudy is the event study of one event on the growth of one metric of a platform.
type GrowthStudy struct {
	Event
	Target, Metric string
	Before, After  int              // growth rates in the estimation window and after the event
	Usual          float64          // mean growth per month before, relative; NaN where not computable
	Abnormal       measure.Estimate // growth per month after the event beyond the usual, relative
	T, P, Q        float64          // NaN where not computable
	Verdict        Verdict
	Words          string
	Flags          measure.Flags
}

// A rate is log growth per month between two readings.
type rate struct {
	from, to time.Time
	perMonth float64
}

// ratesOf are the growth rates between neighbouring readings, readings that follow the last kept one more closely than
// half the series' usual spacing left out: the noise of a short step would drown the rest. No rate spans a gap.
func ratesOf(points []series.Point) []rate {
	var spacing []float64
	for i := 1; i < len(points); i++ {
		spacing = append(spacing, measure.DaysBetween(points[i-1].On, points[i].On))
	}
	if len(spacing) == 0 {
		return nil
	}
	slices.Sort(spacing)
	least := stat.Quantile(0.5, stat.Empirical, spacing, nil) / 2
	var out []rate
	last := 0
	for i := 1; i < len(points); i++ {
		a, b := points[last], points[i]
		days := measure.DaysBetween(a.On, b.On)
		if days < least {
			continue
		}
		last = i
		if b.Value.Flags.Has(measure.Gap) || !(a.Value.Point > 0 && b.Value.Point > 0) || !measure.Finite(a.Value.SD) || !measure.Finite(b.Value.SD) {
			continue
		}
		out = append(out, rate{a.On, b.On, math.Log(b.Value.Point/a.Value.Point) / days * monthDays})
	}
	return out
}

// studyOne compares the growth after an event with that before it. The rate of the interval that holds the event counts
// as after it.
func studyOne(ev Event, u unit) GrowthStudy {
	nan := math.NaN()
	s := GrowthStudy{Event: ev, Target: u.platform, Metric: u.metric, Usual: nan, Abnormal: measure.Undefined("event study"), T: nan, P: nan, Q: nan}
	var before, after []float64
	for _, r := range ratesOf(u.points) {
		switch {
		case r.to.Before(ev.On) && measure.DaysBetween(r.from, ev.On) <= windowDays:
			before = append(before, r.perMonth)
		case !r.to.Before(ev.On) && measure.DaysBetween(ev.On, r.to) <= studyDays && len(after) < studyAfter:
			after = append(after, r.perMonth)
		}
	}
	before = before[max(0, len(before)-studyBefore):]
	s.Before, s.After = len(before), len(after)
	if s.Before < studyLeast || s.After == 0 {
		s.Flags = s.Flags.With(measure.FewPoints)
		return s
	}
	study, err := EventStudy(before, after, 0.95)
	if err != nil { // the growth before the event does not vary at all
		s.Flags = s.Flags.With(measure.AllEqual)
		return s
	}
	s.Usual = math.Expm1(stat.Mean(before, nil))
	mean := study.Cumulative.Scale(1 / float64(s.After))
	s.Abnormal = mean.Map(math.Expm1, math.Exp(mean.Point))
	s.T, s.P = study.T, study.P
	return s
}

// GrowthStudies are the event studies of events on the metrics of their own platform and family, as [Effects] chooses
// them, with false-discovery control over all of them.
func GrowthStudies(all []Event, d series.Data) ([]GrowthStudy, error) {
	var out []GrowthStudy
	for _, ev := range all {
		p, _ := d.Platform(ev.Platform)
		for _, u := range unitsOf(d) {
			own := u.platform == ev.Platform
			if !own && u.family != p.Family || !hasNear(u.points, ev.On) {
				continue
			}
			if s := studyOne(ev, u); own || !math.IsNaN(s.P) {
				out = append(out, s)
			}
		}
	}
	q, err := discoveries(len(out), func(i int) float64 { return out[i].P })
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Q = q[i]
		out[i].conclude()
	}
	return out, nil
}

// discoveries is [BenjaminiHochberg] over those of n p-values that are not NaN; the others stay NaN.
func discoveries(n int, p func(i int) float64) ([]float64, error) {
	var known []float64
	out := make([]float64, n)
	for i := range n {
		if out[i] = p(i); !math.IsNaN(out[i]) {
			known = append(known, out[i])
		}
	}
	q, err := BenjaminiHochberg(known)
	if err != nil {
		return nil, err
	}
	for i, v := range out {
		if !math.IsNaN(v) {
			out[i], q = q[0], q[1:]
		}
	}
	return out, nil
}

func (s *GrowthStudy) conclude() {
	s.Verdict = CannotBeTold
	seen := fmt.Sprintf("growth of %s a month beyond the usual %s", between(s.Abnormal), percent(s.Usual))
	switch {
	case s.Flags.Has(measure.AllEqual):
		s.Words = "cannot be told from this data: the growth before the event does not vary at all, as it is interpolated or copied"
	case math.IsNaN(s.P):
		s.Words = fmt.Sprintf("cannot be told from this data: growth is known for %d stretches before the event and %d after, and the test wants %d and 1",
			s.Before, s.After, studyLeast)
	case s.P >= alpha:
		s.Verdict = Unchanged
		s.Words = "no change of growth that this data could show: " + seen
	case !(s.Q < alpha):
		s.Words = fmt.Sprintf("cannot be told from this data: %s, but among so many events tested one such is expected by chance (q = %.2f)", seen, s.Q)
	default:
		s.Verdict = Changed
		s.Words = seen + "; that the event caused it is not shown"
	}
}

// between writes a relative change with its interval: +3.2 % (95 % interval -1 to +7.5 %).
func between(e measure.Estimate) string {
	return fmt.Sprintf("%s (%.0f %% interval %s to %s)", percent(e.Point), 100*e.Level, percent(e.Lo), percent(e.Hi))
}

func percent(v float64) string { return fmt.Sprintf("%+.3g %%", 100*v) }

// A KindStudy pools the event studies of events of one kind on one metric: does growth change after such events?
type KindStudy struct {
	Kind, Metric string
	Events       int              // studies pooled, of events at least studyDays apart on each platform
	Mean         measure.Estimate // mean abnormal growth per month, relative
	P, Q         float64
	Verdict      Verdict
	Words        string
}

// leastPooled is the fewest events that are pooled: with fewer, their spread tells nothing.
const leastPooled = 3

// PoolKinds pools studies by kind of event and metric, each platform's own studies only. Of events of one platform that
// follow one another within studyDays only the first counts, because the others share its window. The error is the
// spread of the events' own means (the cross-sectional test), Student's t.
// Boehmer, Musumeci and Poulsen 1991, J. Fin. Econ. 30(2).
func PoolKinds(studies []GrowthStudy) ([]KindStudy, error) {
	type key struct{ kind, metric string }
	pooled := map[key][]float64{}
	last := map[[3]string]time.Time{}
	var order []key
	for _, s := range studies { // by platform and day
		if math.IsNaN(s.P) || s.Target != s.Platform {
			continue
		}
		k, track := key{s.Kind, s.Metric}, [3]string{s.Kind, s.Metric, s.Platform}
		if before, ok := last[track]; ok && measure.DaysBetween(before, s.On) <= studyDays {
			continue
		}
		last[track] = s.On
		if pooled[k] == nil {
			order = append(order, k)
		}
		pooled[k] = append(pooled[k], math.Log1p(s.Abnormal.Point))
	}
	var out []KindStudy
	for _, k := range order {
		x := pooled[k]
		mean, sd := stat.MeanStdDev(x, nil)
		if len(x) < leastPooled || !(sd > 0) {
			continue
		}
		n := float64(len(x))
		t := distuv.StudentsT{Sigma: 1, Nu: n - 1}
		half := t.Quantile(0.975) * sd / math.Sqrt(n)
		e := measure.Estimate{Point: mean, SD: sd / math.Sqrt(n), Lo: mean - half, Hi: mean + half, Level: 0.95, N: len(x), Method: "event study, cross-sectional"}
		out = append(out, KindStudy{Kind: k.kind, Metric: k.metric, Events: len(x), Mean: e.Map(math.Expm1, math.Exp(mean)),
			P: 2 * t.Survival(math.Abs(mean)/e.SD)})
	}
	q, err := discoveries(len(out), func(i int) float64 { return out[i].P })
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Q = q[i]
		out[i].conclude()
	}
	return out, nil
}

func (k *KindStudy) conclude() {
	seen := fmt.Sprintf("after %d events growth was %s a month beyond the usual", k.Events, between(k.Mean))
	switch {
	case k.P >= alpha:
		k.Verdict, k.Words = Unchanged, "no change of growth that these events could show: "+seen
	case !(k.Q < alpha):
		k.Verdict, k.Words = CannotBeTold, fmt.Sprintf("cannot be told from this data: %s, but among so many kinds tested one such is expected by chance (q = %.2f)", seen, k.Q)
	default:
		k.Verdict, k.Words = Changed, seen+"; that the events caused it is not shown"
	}
}
