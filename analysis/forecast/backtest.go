package forecast

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Levels are the quantile levels of the panel output.
var Levels = []float64{0.1, 0.25, 0.5, 0.75, 0.9}

// Options steer [Backtest]. The zero value is what one wants.
type Options struct {
	Season  int       // season length in steps for all series; 0 = as the panel says, else found from the spacing; 1 = none
	Probs   []float64 // quantile levels, ascending; nil = Levels
	Workers int       // goroutines; 0 = GOMAXPROCS. Never changes a digit.
}

// A Forecast answers one task.
type Forecast struct {
	Task
	TargetT float64 // running time of the target
	Target  string  // the same as ds
	Q       []float64
	Model   string   // the candidates that carry it, in plain words
	Flags   []string // "one_reading", "few_readings", "flat", "stale", "sparse", "outlier", "no_better_than_drift", ...
}

// A Refusal is a task without an answer.
type Refusal struct {
	Task
	Reason string
}

// A Result is what a backtest gives: forecasts in the order of the tasks, and the tasks it had to refuse.
type Result struct {
	Forecasts []Forecast
	Refusals  []Refusal
}

// A cut is one series at one cutoff with all horizons asked for.
type cut struct {
	s     *Series
	t     float64
	hs    []int // from the cutoff, ascending
	extra bool  // made for calibration only
	fit   *fit
	recs  records
}

// Backtest answers tasks. A forecast sees only rows with ds <= its cutoff: its own series' to fit, and past forecasts of the whole panel
// whose targets lie at or before the cutoff to calibrate the intervals.
func Backtest(ctx context.Context, p *Panel, tasks []Task, opt Options) (*Result, error) {
	if opt.Probs == nil {
		opt.Probs = Levels
	}
	res := &Result{}
	cuts := cutsOf(p, tasks, res)
	extra := calibrationCuts(cuts)
	all := append(slices.Clone(cuts), extra...)
	if err := each(ctx, opt.Workers, len(all), func(i int) { all[i].run(opt.Season) }); err != nil {
		return nil, fmt.Errorf("backtest: %w", err)
	}
	var recs records
	for _, c := range all {
		recs = append(recs, c.recs...)
	}
	cal := newCalibrator(standardShape, recs)
	byCut := map[string][]Forecast{}
	answers := make([][]Forecast, len(cuts))
	if err := each(ctx, opt.Workers, len(cuts), func(i int) { answers[i] = cuts[i].answer(cal, opt.Probs) }); err != nil {
		return nil, fmt.Errorf("backtest: %w", err)
	}
	for i, c := range cuts {
		byCut[cutKey(c.s.ID, c.t)] = answers[i]
	}
	for _, k := range tasks {
		for _, f := range byCut[cutKey(k.ID, k.T)] {
			if f.H == k.H {
				f.Cutoff = k.Cutoff
				res.Forecasts = append(res.Forecasts, f)
				break
			}
		}
	}
	return res, nil
}

func cutKey(id string, t float64) string { return fmt.Sprintf("%s\x00%v", id, t) }

// each runs f(0..n-1) on a bounded number of goroutines; each call writes its own slot, so order does not matter.
func each(ctx context.Context, workers, n int, f func(i int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var g errgroup.Group
	var next atomic.Int64
	for range min(workers, n) {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				f(i)
			}
		})
	}
	return g.Wait()
}

// cutsOf groups tasks by series and cutoff; tasks that cannot be answered go to res.Refusals.
func cutsOf(p *Panel, tasks []Task, res *Result) []*cut {
	by := map[string]*cut{}
	var out []*cut
	for _, k := range tasks {
		s := p.Find(k.ID)
		reason := ""
		switch {
		case s == nil:
			reason = "no series of this name in the panel"
		case len(s.until(k.T)) == 0:
			reason = "no usable row at or before the cutoff"
		}
		if reason != "" {
			res.Refusals = append(res.Refusals, Refusal{k, reason})
			continue
		}
		key := cutKey(k.ID, k.T)
		c := by[key]
		if c == nil {
			c = &cut{s: s, t: k.T}
			by[key] = c
			out = append(out, c)
		}
		if !slices.Contains(c.hs, k.H) {
			c.hs = append(c.hs, k.H)
		}
	}
	for _, c := range out {
		slices.Sort(c.hs)
	}
	return out
}

// Calibration: earlier origins of each series whose outcomes are known by the first cutoff, at most this many per series and in all.
const (
	extraPerSeries = 6
	extraInAll     = 4000
)

// calibrationCuts adds earlier origins to each series (of a large panel to an even sample of them).
func calibrationCuts(cuts []*cut) []*cut {
	first := map[string]*cut{}
	var ids []string
	for _, c := range cuts {
		f := first[c.s.ID]
		if f == nil {
			ids = append(ids, c.s.ID)
		}
		if f == nil || c.t < f.t {
			first[c.s.ID] = c
		}
	}
	slices.Sort(ids)
	stride := 1 + len(ids)*extraPerSeries/extraInAll
	var out []*cut
	for i := 0; i < len(ids); i += stride {
		c := first[ids[i]]
		n := len(c.s.until(c.t))
		lo := max(6, n*35/100)
		before := 0
		for k := range extraPerSeries {
			at := lo + k*(n-lo)/extraPerSeries
			if at >= n || at == before {
				continue
			}
			before = at
			out = append(out, &cut{s: c.s, t: c.s.Points[at-1].T, hs: c.hs, extra: true})
		}
	}
	return out
}

// run fits the cut and records by how much each outcome that the series holds missed. Records are used only by cutoffs at or after the outcome.
func (c *cut) run(season int) {
	c.fit = fitSeries(c.s, c.t, c.steps(), season)
	if c.fit == nil {
		return
	}
	for k := range c.hs {
		t, y, ok := c.outcome(c.hs[k])
		if !ok || c.fit.scale[k] <= 0 {
			continue
		}
		u := (y - c.fit.point[k]) / c.fit.scale[k]
		c.recs = append(c.recs, record{id: c.s.ID, kind: c.fit.g.step, h: c.hs[k], target: t, u: math.Max(-50, math.Min(50, u))})
	}
}

// steps gives the horizons from the last reading: those asked for, which count from the cutoff, plus the steps without a reading before it.
func (c *cut) steps() []int {
	p := c.s.until(c.t)
	st := stepOf(p, c.s.Dated)
	lag := min(max(0, st.index(p[len(p)-1].T, c.t)), maxHorizon-1)
	out := make([]int, len(c.hs))
	for i, h := range c.hs {
		out[i] = h + lag
	}
	return out
}

// outcome finds the row of the h-th step after the cutoff, if the panel has one that was truly observed.
func (c *cut) outcome(h int) (t, y float64, ok bool) {
	g := c.fit.g
	n := len(c.s.until(c.t))
	want := h + g.lag
	for _, p := range c.s.Points[n:] {
		i := g.step.index(g.t, p.T)
		if i > want {
			break
		}
		if i == want && !p.Guessed {
			t, y, ok = p.T, p.Y, true
		}
	}
	return t, y, ok
}

// answer turns the fit into quantiles, calibrated by the records known at the cutoff.
func (c *cut) answer(cal *calibrator, probs []float64) []Forecast {
	if c.fit == nil {
		return nil
	}
	out := make([]Forecast, len(c.hs))
	for k, h := range c.hs {
		u := cal.quantiles(c.t, c.s.ID, c.fit.g.step, h, probs)
		q := make([]float64, len(probs))
		for i := range q {
			q[i] = c.fit.point[k] + c.fit.scale[k]*u[i]
			if c.fit.floor {
				q[i] = math.Max(q[i], 0)
			}
		}
		target := c.fit.g.step.at(c.fit.g.t, h+c.fit.g.lag)
		out[k] = Forecast{
			Task: Task{ID: c.s.ID, T: c.t, H: h}, TargetT: target, Target: formatDS(target, c.s.Dated),
			Q: q, Model: c.fit.model, Flags: c.fit.flags,
		}
	}
	return out
}

func sortForecasts(f []Forecast) {
	slices.SortStableFunc(f, func(a, b Forecast) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.T, b.T), cmp.Compare(a.H, b.H))
	})
}
